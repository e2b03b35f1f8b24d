//! Models of the Kubernetes client as plain data, and models from it: `to_dict`, `sanitize_for_serialization`, `from_dict`.

use super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::value::{
    Arguments, ClassRef, Element, Entry, Key, Mapping, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind,
};
use super::fields::nowhere;
use super::{copies, models, taking};
use crate::config::ClientGeneration;
use crate::schema::python::{self, Class};
use crate::tree::Location;

/// How deeply models may nest.
const MAX_DEPTH: usize = 40;

/// How a model becomes a dict.
#[derive(Clone, Copy)]
struct Style {
    /// Under the names of the API instead of Python's.
    wire: bool,
    /// Without what is not set.
    skip_none: bool,
}

/// A method of a model.
pub fn method(
    ev: &mut Evaluator<'_>,
    receiver: &Value,
    class: &'static Class,
    name: &str,
    call: &Call,
) -> Option<Outcome> {
    match name {
        "to_dict" => match flag(&call.arguments, "serialize", 0) {
            Some(wire) => Some(Ok(dumped(ev, receiver, Style { wire, skip_none: false }, call.at, 0))),
            None => Some(Err(ev.unknown_of(call, TypeBound::Dict))),
        },
        "model_dump" | "dict" => Some(model_dump(ev, receiver, call)),
        "model_copy" | "copy" => Some(model_copy(ev, receiver, class, call)),
        "to_str" | "to_json" | "model_dump_json" | "json" => Some(Err(ev.unknown_of(call, TypeBound::Text))),
        // What an object of the client does to what it is given is known: nothing.
        _ => Some(Err(ev.not_modelled(call))),
    }
}

/// A flag among arguments; `None` where it is not known.
fn flag(arguments: &Arguments, name: &str, position: usize) -> Option<bool> {
    match arguments.named(name).or_else(|| arguments.positional.get(position)) {
        None => (!arguments.is_open()).then_some(false),
        Some(slot) => match slot.value.kind {
            ValueKind::Bool(value) => Some(value),
            _ => None,
        },
    }
}

/// `model.model_dump(exclude_none=True, by_alias=True)`, which newer clients have.
fn model_dump(ev: &mut Evaluator<'_>, receiver: &Value, call: &Call) -> Outcome {
    ev.depends_on_client = true;
    let (arguments, none) = (&call.arguments, usize::MAX);
    let known = |name: &str| matches!(name, "exclude_none" | "by_alias" | "mode");
    if arguments.keywords.iter().any(|word| !known(&word.name)) {
        return Err(ev.unknown_of(call, TypeBound::Dict));
    }
    match (flag(arguments, "by_alias", none), flag(arguments, "exclude_none", none)) {
        (Some(wire), Some(skip_none)) => Ok(dumped(ev, receiver, Style { wire, skip_none }, call.at, 0)),
        _ => Err(ev.unknown_of(call, TypeBound::Dict)),
    }
}

/// `model.model_copy(update={…}, deep=True)`, which newer clients have.
fn model_copy(ev: &mut Evaluator<'_>, receiver: &Value, class: &'static Class, call: &Call) -> Outcome {
    ev.depends_on_client = true;
    let copy = match flag(&call.arguments, "deep", usize::MAX) {
        Some(true) => copies::deep_copy(ev, receiver)?,
        Some(false) => copies::shallow_copy(ev, receiver),
        None => return Err(ev.not_modelled(call)),
    };
    let (Some(id), Some(update)) = (copy.as_object(), call.arguments.named("update").cloned()) else {
        return Ok(copy.moved(call.at));
    };
    match ev.mapping_of(&update.value, update.at)? {
        Some(mapping) => {
            for entry in mapping.entries.values() {
                let Some(name) = entry.key.value.as_text() else { continue };
                // The values are neither checked nor copied.
                let python = class.attribute(name).map_or(name, |attribute| attribute.python).to_owned();
                ev.set_raw_attribute(id, &python, entry.key.at, entry.value.clone());
            }
            let arguments = Arguments { more_keywords: mapping.rest, ..Arguments::default() };
            models::open(ev, id, &arguments);
        }
        None => {
            let gap = ev.gap_for(&update.value);
            models::open(ev, id, &Arguments { more_keywords: Some(gap), ..Arguments::default() });
        }
    }
    Ok(copy.moved(call.at))
}

/// A model and all models in it as dicts; anything else as it is.
fn dumped(ev: &mut Evaluator<'_>, value: &Value, style: Style, at: Location, depth: usize) -> Value {
    let Some(object) = value.as_object().and_then(|id| ev.state.shared(id)) else { return value.clone() };
    if depth > MAX_DEPTH || !ev.charge(1 + object.size()) {
        return ev.fresh(super::super::value::Cause::Limit, "nested too deeply", at);
    }
    let kind = match &object.kind {
        ObjectKind::List(items) => ObjectKind::List(all_dumped(ev, items, style, at, depth)),
        ObjectKind::Tuple(items) => ObjectKind::Tuple(all_dumped(ev, items, style, at, depth)),
        ObjectKind::Dict(entries, _) => {
            let mut mapping = Mapping { rest: entries.rest.clone(), ..Mapping::default() };
            for (key, entry) in &entries.entries {
                let slot = slot_dumped(ev, &entry.value, style, at, depth);
                mapping.entries.insert(key.clone(), Entry { key: entry.key.clone(), value: slot });
            }
            ObjectKind::Dict(mapping, None)
        }
        ObjectKind::Instance(instance) => {
            let class = ev.classes_of(value).iter().find_map(|class| match class {
                ClassRef::Client(class) => Some(*class),
                _ => None,
            });
            let Some(class) = class else { return value.clone() };
            let attributes = instance.attributes.clone();
            let mut mapping = Mapping { rest: attributes.rest.clone(), ..Mapping::default() };
            let newest = newest(ev);
            for attribute in class.attributes.iter().filter(|known| known.clients & newest != 0) {
                let given = attributes.get(attribute.python);
                let name = if style.wire { attribute.wire } else { attribute.python };
                let is_none = given.is_none_or(|given| given.slot.value.is_none());
                if is_none && (style.skip_none || attributes.rest.is_some()) {
                    continue;
                }
                let name_at = given.map_or_else(|| nowhere(at), |given| given.name_at);
                let slot = match given {
                    Some(given) => slot_dumped(ev, &given.slot.clone(), style, at, depth),
                    None => Slot::here(Value::none(at)),
                };
                mapping.set(Key::Text(name.into()), Slot::here(Value::text(name, name_at)), slot);
            }
            ObjectKind::Dict(mapping, None)
        }
        _ => return value.clone(),
    };
    ev.allocate(kind, object.at).moved(value.at)
}

/// The bit of the newest client that is assumed.
const fn newest(ev: &Evaluator<'_>) -> u8 {
    if ev.assumptions.client_copies { 1 << 3 } else { 1 << 2 }
}

fn slot_dumped(ev: &mut Evaluator<'_>, slot: &Slot, style: Style, at: Location, depth: usize) -> Slot {
    Slot::new(dumped(ev, &slot.value, style, at, depth + 1), slot.at)
}

fn all_dumped(ev: &mut Evaluator<'_>, items: &Sequence, style: Style, at: Location, depth: usize) -> Sequence {
    let elements = items.elements.iter().map(|element| match element {
        Element::One(slot) => Element::One(slot_dumped(ev, slot, style, at, depth)),
        Element::Gap(gap) => Element::Gap(gap.clone()),
    });
    Sequence { elements: elements.collect() }
}

/// `V1PodSpec.from_dict({…})` and its like, which newer clients have.
pub fn class_method(ev: &mut Evaluator<'_>, class: &'static Class, name: &str, call: &Call) -> Option<Outcome> {
    let is_newer = matches!(name, "from_dict" | "from_json" | "parse_obj" | "parse_raw") || name.starts_with("model_");
    if is_newer && ev.assumptions.client == ClientGeneration::UpTo36 {
        let message = format!("type object '{}' has no attribute '{name}' up to version 36 of the client", class.name);
        return Some(Err(ev.raise("AttributeError", message, call.at)));
    }
    let given = call.arguments.positional.first()?.value.clone();
    let data = match name {
        "from_dict" | "model_validate" | "parse_obj" => given,
        "from_json" | "model_validate_json" | "parse_raw" => match ev.call_named("json.loads", vec![given], call.at) {
            Ok(data) => data,
            Err(stop) => return Some(Err(stop.into())),
        },
        _ => return None,
    };
    ev.depends_on_client = true;
    Some(model(ev, &data, class, call))
}

/// A model from data; what is neither a dict nor a model gives something unknown.
fn model(ev: &mut Evaluator<'_>, data: &Value, class: &'static Class, call: &Call) -> Outcome {
    if data.is_none() {
        return Ok(data.clone());
    }
    let made = taking::model(ev, data, class);
    let is_model = ev.classes_of(&made).iter().any(|known| matches!(known, ClassRef::Client(_)));
    if is_model { Ok(made) } else { Err(ev.not_modelled(call)) }
}

/// A method of `ApiClient()`.
pub fn api_method(ev: &mut Evaluator<'_>, name: &str, call: &Call) -> Option<Outcome> {
    let arguments = &call.arguments;
    match name {
        "sanitize_for_serialization" => {
            let given = arguments.get("obj", 0)?.value.clone();
            Some(Ok(dumped(ev, &given, Style { wire: true, skip_none: true }, call.at, 0)))
        }
        "_ApiClient__deserialize" => {
            let data = arguments.get("data", 0)?.value.clone();
            let wanted = arguments.get("klass", 1)?.value.clone();
            Some(deserialized(ev, &data, &wanted, call))
        }
        "deserialize" => {
            let response = arguments.get("response", 0).or_else(|| arguments.named("response_text"))?.value.clone();
            let wanted = arguments.get("response_type", 1)?.value.clone();
            Some(response_data(ev, &response, call).and_then(|data| deserialized(ev, &data, &wanted, call)))
        }
        _ => Some(Err(ev.not_modelled(call))),
    }
}

/// What a response holds: its text, read as JSON.
fn response_data(ev: &mut Evaluator<'_>, response: &Value, call: &Call) -> Outcome {
    let text = if response.as_text().is_some() || response.is_unknown() {
        response.clone()
    } else {
        ev.attribute(response, "data", call.at)?
    };
    Ok(ev.call_named("json.loads", vec![text], call.at)?)
}

fn deserialized(ev: &mut Evaluator<'_>, data: &Value, wanted: &Value, call: &Call) -> Outcome {
    let class = match &wanted.kind {
        ValueKind::Text(name) => python::class(name),
        ValueKind::ClientClass(class) => Some(*class),
        _ => None,
    };
    if let Some(class) = class {
        return model(ev, data, class, call);
    }
    let item = wanted.as_text().and_then(|text| text.strip_prefix("list[")?.strip_suffix(']')).and_then(python::class);
    let items = ev.as_list(data).and_then(|(_, items)| items.slots());
    match (item, items) {
        (Some(class), Some(items)) => {
            let mut made = Vec::new();
            for slot in items {
                made.push(Slot::new(model(ev, &slot.value, class, call)?, slot.at));
            }
            Ok(ev.list(made, call.at))
        }
        _ => Err(ev.not_modelled(call)),
    }
}
