//! The methods of pydantic models.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::super::value::{
    Arguments, ClassKind, ClassRef, Element, Field, Key, Keyword, Mapping, ObjectId, ObjectKind, Sequence, Slot, Value,
};
use crate::tree::Location;

/// The names of methods that models have.
const METHODS: &[&str] = &[
    "model_dump",
    "dict",
    "model_dump_json",
    "json",
    "model_copy",
    "copy",
    "model_validate",
    "parse_obj",
    "model_validate_json",
    "parse_raw",
    "model_construct",
    "model_json_schema",
    "model_rebuild",
];

/// An attribute that models have beside their fields.
pub fn attribute(evaluator: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Outcome> {
    if METHODS.contains(&name) {
        return Some(Ok(super::pydantic::method(value, name, at)));
    }
    if name.starts_with("model_") && name != "model_config" && name != "model_post_init" {
        return Some(Ok(evaluator.unsupported(at)));
    }
    None
}

/// A call of one of these methods.
pub fn call(
    evaluator: &mut Evaluator<'_>,
    class: ObjectId,
    receiver: &Value,
    fields: &Rc<[Field]>,
    name: &str,
    call: &Call,
) -> Option<Outcome> {
    Some(match name {
        "model_dump" | "dict" => dump(evaluator, receiver, fields, call),
        "model_copy" | "copy" => copy(evaluator, receiver, call),
        "model_validate" | "parse_obj" => {
            let value = call.arguments.positional.first()?.clone();
            validate(evaluator, class, &value, call)
        }
        "model_validate_json" | "parse_raw" => {
            let text = call.arguments.positional.first()?.clone();
            match evaluator.call_named("json.loads", vec![text.value.clone()], call.at) {
                Ok(value) => validate(evaluator, class, &Slot::new(value, text.at), call),
                Err(stop) => Err(Failure::from(stop)),
            }
        }
        "model_dump_json" | "json" => dump_json(evaluator, receiver, fields, call),
        "model_rebuild" => Ok(Value::none(call.at)),
        _ => Err(evaluator.not_modelled(call)),
    })
}

/// A model made of a mapping; an instance stays as it is.
fn validate(evaluator: &mut Evaluator<'_>, class: ObjectId, given: &Slot, call: &Call) -> Outcome {
    if matches!(evaluator.class_ref_of(&given.value), ClassRef::User(of) if of == class) {
        return Ok(given.value.clone());
    }
    let Some(mapping) = evaluator.mapping_of(&given.value, given.at)? else {
        if given.value.is_unknown() {
            let arguments = Arguments { more_keywords: Some(evaluator.gap_for(&given.value)), ..Arguments::default() };
            return evaluator.call_class(class, arguments, call.at).map_err(Failure::from);
        }
        return Err(super::pydantic_instances::refused(
            evaluator,
            "input should be a valid dictionary".to_owned(),
            call,
        ));
    };
    let mut arguments = Arguments { more_keywords: mapping.rest.clone(), ..Arguments::default() };
    for entry in mapping.entries.values() {
        if let Some(name) = entry.key.value.as_text() {
            arguments.keywords.push(Keyword { name: name.into(), name_at: entry.key.at, slot: entry.value.clone() });
        }
    }
    evaluator.call_class(class, arguments, call.at).map_err(Failure::from)
}

/// `model_copy(update=…)`.
fn copy(evaluator: &mut Evaluator<'_>, receiver: &Value, call: &Call) -> Outcome {
    let deep = call.arguments.named("deep").is_some();
    let function = if deep { "copy.deepcopy" } else { "copy.copy" };
    let result = evaluator.call_named(function, vec![receiver.clone()], call.at)?;
    if let (Some(update), Some(id)) = (call.arguments.named("update").cloned(), result.as_object()) {
        match evaluator.mapping_of(&update.value, update.at)? {
            Some(mapping) if mapping.rest.is_none() => {
                for entry in mapping.entries.values() {
                    if let Some(name) = entry.key.value.as_text() {
                        evaluator.set_raw_attribute(id, name, entry.key.at, entry.value.clone());
                    }
                }
            }
            _ if update.value.is_none() => {}
            _ => {
                let reason = evaluator.snippet(update.at);
                evaluator.state.forget(id, &reason);
            }
        }
    }
    Ok(result)
}

/// Options of `model_dump`.
struct Options {
    exclude: Vec<Rc<str>>,
    include: Option<Vec<Rc<str>>>,
    exclude_none: bool,
    by_alias: bool,
}

fn options(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Option<Options>, Failure> {
    let mut options = Options { exclude: Vec::new(), include: None, exclude_none: false, by_alias: false };
    if call.arguments.is_open() {
        return Ok(None);
    }
    for keyword in call.arguments.keywords.clone() {
        match &*keyword.name {
            "exclude" | "include" => {
                if keyword.slot.value.is_none() {
                    continue;
                }
                let items = evaluator.elements(&keyword.slot.value, keyword.slot.at)?;
                let names: Option<Vec<Rc<str>>> = items
                    .slots()
                    .and_then(|slots| slots.iter().map(|slot| slot.value.as_text().map(Into::into)).collect());
                let names = match names {
                    Some(names) => names,
                    // The order of a set is not known, but its elements are.
                    None => match set_names(evaluator, &keyword.slot.value) {
                        Some(names) => names,
                        None => return Ok(None),
                    },
                };
                if &*keyword.name == "exclude" { options.exclude = names } else { options.include = Some(names) }
            }
            "exclude_none" => {
                options.exclude_none =
                    matches!(keyword.slot.value.kind, super::super::super::value::ValueKind::Bool(true))
            }
            "by_alias" => {
                options.by_alias = matches!(keyword.slot.value.kind, super::super::super::value::ValueKind::Bool(true))
            }
            "mode" => {
                if keyword.slot.value.as_text() != Some("python") {
                    return Ok(None);
                }
            }
            _ => return Ok(None),
        }
    }
    Ok(Some(options))
}

fn set_names(evaluator: &Evaluator<'_>, value: &Value) -> Option<Vec<Rc<str>>> {
    match &evaluator.state.object(value.as_object()?)?.kind {
        ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) if entries.rest.is_none() => {
            entries.entries.values().map(|entry| entry.key.value.as_text().map(Into::into)).collect()
        }
        _ => None,
    }
}

fn dump(evaluator: &mut Evaluator<'_>, receiver: &Value, fields: &Rc<[Field]>, call: &Call) -> Outcome {
    let Some(options) = options(evaluator, call)? else { return Err(evaluator.not_modelled(call)) };
    match dumped(evaluator, receiver, fields, &options, call.at, 0) {
        Some(value) => Ok(value),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn dumped(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    fields: &Rc<[Field]>,
    options: &Options,
    at: Location,
    depth: usize,
) -> Option<Value> {
    let instance = evaluator.state.shared(value.as_object()?)?.as_instance()?.clone();
    let mut mapping = Mapping { rest: instance.attributes.rest.clone(), ..Mapping::default() };
    for field in fields.iter() {
        let is_left_out = options.exclude.contains(&field.name)
            || options.include.as_ref().is_some_and(|names| !names.contains(&field.name));
        let Some(attribute) = instance.attributes.get(&field.name).filter(|_| !is_left_out) else { continue };
        let inner = Options { exclude: Vec::new(), include: None, ..*options };
        let item = dumped_value(evaluator, &attribute.slot.value, &inner, at, depth + 1)?;
        if options.exclude_none && item.is_none() {
            continue;
        }
        if options.exclude_none && item.is_unknown() {
            mapping.open(&evaluator.gap_for(&item));
            continue;
        }
        let name = if options.by_alias { field.alias.as_ref().unwrap_or(&field.name) } else { &field.name };
        let key = Value::text(Rc::clone(name), field.at);
        mapping.set(Key::Text(Rc::clone(name)), Slot::here(key), Slot::new(item, attribute.slot.at));
    }
    Some(evaluator.allocate(ObjectKind::Dict(mapping, None), at))
}

fn dumped_value(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    options: &Options,
    at: Location,
    depth: usize,
) -> Option<Value> {
    if depth > 30 {
        return None;
    }
    let Some(object) = value.as_object().and_then(|id| evaluator.state.shared(id)) else { return Some(value.clone()) };
    match &object.kind {
        ObjectKind::Instance(instance) => {
            let ClassRef::User(class) = instance.class else { return Some(value.clone()) };
            match evaluator.class(class)?.kind.clone() {
                ClassKind::Fields { library: "pydantic" | "pydantic_settings", fields, .. } => {
                    dumped(evaluator, value, &fields, options, at, depth)
                }
                _ => Some(value.clone()),
            }
        }
        ObjectKind::List(items) => {
            let mut result = Sequence::default();
            for element in &items.elements {
                match element {
                    Element::One(slot) => {
                        let item = dumped_value(evaluator, &slot.value, options, at, depth + 1)?;
                        result.push(Slot::new(item, slot.at));
                    }
                    Element::Gap(gap) => result.push_gap(gap.clone()),
                }
            }
            Some(evaluator.allocate(ObjectKind::List(result), object.at))
        }
        ObjectKind::Dict(entries, _) => {
            let mut result = Mapping { rest: entries.rest.clone(), ..Mapping::default() };
            for (key, entry) in &entries.entries {
                let item = dumped_value(evaluator, &entry.value.value, options, at, depth + 1)?;
                result.set(key.clone(), entry.key.clone(), Slot::new(item, entry.value.at));
            }
            Some(evaluator.allocate(ObjectKind::Dict(result, None), object.at))
        }
        _ => Some(value.clone()),
    }
}

/// `model_dump_json()`: pydantic writes it without spaces.
fn dump_json(evaluator: &mut Evaluator<'_>, receiver: &Value, fields: &Rc<[Field]>, call: &Call) -> Outcome {
    if call.arguments.named("indent").is_some() {
        return Err(evaluator.not_modelled(call));
    }
    let dict = dump(evaluator, receiver, fields, call)?;
    let separators = evaluator.tuple(vec![Value::text(",", call.at), Value::text(":", call.at)], call.at);
    let keyword = |name: &str, value: Value| Keyword { name: name.into(), name_at: call.at, slot: Slot::here(value) };
    let ascii = evaluator.bool(false, call.at);
    let arguments = Arguments {
        positional: vec![Slot::here(dict)],
        keywords: vec![keyword("separators", separators), keyword("ensure_ascii", ascii)],
        ..Arguments::default()
    };
    evaluator.call_named_with("json.dumps", arguments, call.at).map_err(Failure::from)
}
