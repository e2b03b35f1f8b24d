//! Copies of templates and models, and of whatever holds them: `copy.copy`, `copy.deepcopy`, `dataclasses.replace`.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Outcome, Stop};
use super::super::value::{
    Attributes, Cause, ClassRef, Element, Entry, Gap, Key, Mapping, Object, ObjectId, ObjectKind, Sequence, Slot,
    Unknown, Value, ValueKind,
};
use super::fields::FIELDS;
use super::templates;

/// How deeply what is copied may nest.
const MAX_DEPTH: usize = 60;

/// The copies that a deep copy has made already.
type Memo = HashMap<ObjectId, Value>;

/// A copy of a value and all that it holds.
pub fn deep_copy(ev: &mut Evaluator<'_>, value: &Value) -> Result<Value, Stop> {
    copied(ev, value, &mut Memo::new(), 0)
}

fn copied(ev: &mut Evaluator<'_>, value: &Value, memo: &mut Memo, depth: usize) -> Result<Value, Stop> {
    match &value.kind {
        ValueKind::Object(id) => {
            if let Some(known) = memo.get(id) {
                return Ok(known.clone().moved(value.at));
            }
            object_copied(ev, *id, value, memo, depth)
        }
        ValueKind::Unknown(unknown) if !unknown.candidates.is_empty() => {
            let candidates = all_copied(ev, &unknown.candidates, memo, depth)?;
            let unknown = Unknown { candidates: candidates.into(), ..(**unknown).clone() };
            Ok(Value::new(ValueKind::Unknown(Rc::new(unknown)), value.at))
        }
        _ => Ok(value.clone()),
    }
}

fn all_copied(ev: &mut Evaluator<'_>, values: &[Value], memo: &mut Memo, depth: usize) -> Result<Vec<Value>, Stop> {
    values.iter().map(|value| copied(ev, value, memo, depth + 1)).collect()
}

fn object_copied(
    ev: &mut Evaluator<'_>,
    id: ObjectId,
    value: &Value,
    memo: &mut Memo,
    depth: usize,
) -> Result<Value, Stop> {
    let Some(object) = ev.state.shared(id) else { return Ok(value.clone()) };
    if depth > MAX_DEPTH || !ev.charge(1) {
        return Ok(ev.fresh(Cause::Limit, "a copy of something deep", value.at));
    }
    if matches!(object.kind, ObjectKind::Class(_) | ObjectKind::Function(_) | ObjectKind::Descriptor(_)) {
        return Ok(value.clone());
    }
    if let Some(result) = ev.special_method(value, "__deepcopy__") {
        let memory = ev.fresh(Cause::Unsupported, "memo", value.at);
        return ev.call_with(&result, vec![memory], value.at);
    }
    // Known before it is filled, since it may hold itself.
    let copy = shallow(ev, id, &object);
    memo.insert(id, copy.clone());
    let kind = kind_copied(ev, &object.kind, memo, depth)?;
    if let Some(copy) = copy.as_object()
        && let Some(object) = ev.state.object_mut(copy)
    {
        object.kind = kind;
    }
    Ok(copy.moved(value.at))
}

/// A new object with the same contents.
fn shallow(ev: &mut Evaluator<'_>, id: ObjectId, object: &Object) -> Value {
    let copy = ev.allocate(object.kind.clone(), object.at);
    if let Some(new) = copy.as_object() {
        if ev.notes.from_dict.contains(&id) {
            ev.notes.from_dict.insert(new);
        }
        if ev.notes.default_specs.contains(&id) {
            ev.notes.default_specs.insert(new);
        }
        if ev.is_template(new) {
            templates::register(ev, &copy);
        }
    }
    copy
}

fn kind_copied(ev: &mut Evaluator<'_>, kind: &ObjectKind, memo: &mut Memo, depth: usize) -> Result<ObjectKind, Stop> {
    Ok(match kind {
        ObjectKind::List(items) => ObjectKind::List(sequence_copied(ev, items, memo, depth)?),
        ObjectKind::Tuple(items) => ObjectKind::Tuple(sequence_copied(ev, items, memo, depth)?),
        ObjectKind::Dict(entries, factory) => {
            ObjectKind::Dict(mapping_copied(ev, entries, memo, depth)?, factory.clone())
        }
        ObjectKind::Set(entries) => ObjectKind::Set(mapping_copied(ev, entries, memo, depth)?),
        ObjectKind::FrozenSet(entries) => ObjectKind::FrozenSet(mapping_copied(ev, entries, memo, depth)?),
        ObjectKind::Instance(instance) => {
            let mut instance = instance.clone();
            instance.attributes = attributes_copied(ev, &instance.attributes, memo, depth)?;
            if let Some(payload) = &instance.payload {
                instance.payload = Some(copied(ev, payload, memo, depth + 1)?);
            }
            ObjectKind::Instance(instance)
        }
        other => other.clone(),
    })
}

fn slot_copied(ev: &mut Evaluator<'_>, slot: &Slot, memo: &mut Memo, depth: usize) -> Result<Slot, Stop> {
    Ok(Slot::new(copied(ev, &slot.value, memo, depth + 1)?, slot.at))
}

fn gap_copied(ev: &mut Evaluator<'_>, gap: &Gap, memo: &mut Memo, depth: usize) -> Result<Gap, Stop> {
    Ok(Gap::with(Rc::clone(&gap.reason), all_copied(ev, &gap.candidates, memo, depth)?))
}

fn sequence_copied(ev: &mut Evaluator<'_>, items: &Sequence, memo: &mut Memo, depth: usize) -> Result<Sequence, Stop> {
    let mut elements = Vec::with_capacity(items.elements.len());
    for element in &items.elements {
        elements.push(match element {
            Element::One(slot) => Element::One(slot_copied(ev, slot, memo, depth)?),
            Element::Gap(gap) => Element::Gap(gap_copied(ev, gap, memo, depth)?),
        });
    }
    Ok(Sequence { elements })
}

fn mapping_copied(ev: &mut Evaluator<'_>, entries: &Mapping, memo: &mut Memo, depth: usize) -> Result<Mapping, Stop> {
    let mut mapping = Mapping::default();
    for (key, entry) in &entries.entries {
        let name = slot_copied(ev, &entry.key, memo, depth)?;
        let value = slot_copied(ev, &entry.value, memo, depth)?;
        // Objects that are equal only to themselves are other keys once they are copied.
        let key = match key {
            Key::Object(_) => ev.key_of(&name.value).unwrap_or_else(|| key.clone()),
            _ => key.clone(),
        };
        mapping.entries.insert(key, Entry { key: name, value });
    }
    mapping.rest = entries.rest.as_ref().map(|gap| gap_copied(ev, gap, memo, depth)).transpose()?;
    Ok(mapping)
}

fn attributes_copied(
    ev: &mut Evaluator<'_>,
    attributes: &Attributes,
    memo: &mut Memo,
    depth: usize,
) -> Result<Attributes, Stop> {
    let mut copy = Attributes::default();
    for attribute in attributes.iter() {
        let slot = slot_copied(ev, &attribute.slot, memo, depth)?;
        copy.set(&attribute.name, attribute.name_at, slot);
    }
    copy.rest = attributes.rest.as_ref().map(|gap| gap_copied(ev, gap, memo, depth)).transpose()?;
    Ok(copy)
}

/// A copy of a value that shares what it holds.
pub fn shallow_copy(ev: &mut Evaluator<'_>, value: &Value) -> Value {
    let Some(id) = value.as_object() else { return value.clone() };
    let Some(object) = ev.state.shared(id) else { return value.clone() };
    shallow(ev, id, &object).moved(value.at)
}

/// Functions that copy: `copy.copy`, `copy.deepcopy`, `copy.replace`, `dataclasses.replace`. `None` where nothing of the SDKs or
/// the client is concerned.
pub fn copy_function(ev: &mut Evaluator<'_>, call: &Call) -> Option<Outcome> {
    let first = call.arguments.positional.first()?.value.clone();
    if let ValueKind::Unknown(unknown) = &first.kind {
        let concerned = unknown.candidates.iter().any(|candidate| is_concerned(ev, candidate));
        if !concerned || !unknown.is_one_of {
            return None;
        }
        let unknown = Rc::clone(unknown);
        let result = ev.each_candidate(&unknown, call.at, |ev, candidate| {
            let mut call = call.clone();
            if let Some(slot) = call.arguments.positional.first_mut() {
                slot.value = candidate.clone();
            }
            ev.call_at(&call.callee.clone(), call.arguments, call.at, call.head)
        });
        return Some(result.map_err(Failure::from));
    }
    match call.name() {
        "copy.deepcopy" => Some(deep_copy(ev, &first).map_err(Failure::from)),
        "copy.copy" if is_concerned(ev, &first) => Some(Ok(shallow_copy(ev, &first))),
        "copy.replace" | "dataclasses.replace" if is_template(ev, &first) => Some(replaced(ev, &first, call)),
        _ => None,
    }
}

fn is_template(ev: &Evaluator<'_>, value: &Value) -> bool {
    value.as_object().is_some_and(|id| ev.is_template(id))
}

fn is_concerned(ev: &Evaluator<'_>, value: &Value) -> bool {
    is_template(ev, value) || ev.classes_of(value).iter().any(|class| matches!(class, ClassRef::Client(_)))
}

/// `dataclasses.replace(template, annotations=…)`: the constructor is called with what the template has, and the changes.
fn replaced(ev: &mut Evaluator<'_>, original: &Value, call: &Call) -> Outcome {
    let Some(instance) = ev.instance(original) else { return Err(ev.opaque(call)) };
    let (class, attributes) = (instance.class.clone(), instance.attributes.clone());
    let known = ev.is_guarded() && matches!(class, ClassRef::Template(_));
    if let Some(keyword) = call.arguments.keywords.iter().find(|word| known && !FIELDS.contains(&&*word.name)) {
        let message = format!("got an unexpected keyword argument '{}'", keyword.name);
        return Err(ev.raise("TypeError", message, keyword.name_at));
    }
    let copy = shallow_copy(ev, original);
    let Some(id) = copy.as_object() else { return Ok(copy) };
    for keyword in &call.arguments.keywords {
        ev.set_raw_attribute(id, &keyword.name, keyword.name_at, keyword.slot.clone());
    }
    super::models::open(ev, id, &call.arguments);
    if attributes.rest.is_none()
        && let Some(result) = ev.call_special(&copy, "__post_init__", Vec::new(), call.at)
    {
        result?;
    }
    Ok(copy)
}
