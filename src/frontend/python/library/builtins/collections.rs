//! `len`, and the collections by their names.

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Stop};
use super::super::super::state::MAX_ITEMS;
use super::super::super::value::{ClassKind, Gap, Mapping, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, kept, kind_of, library_instance, misfit, unwrapped};
use crate::tree::Location;

/// `len(value)`.
pub fn len(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(result) = evaluator.call_special(&value, "__len__", Vec::new(), call.at) {
        return Ok(result?);
    }
    let value = unwrapped(evaluator, &value);
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    match &value.kind {
        ValueKind::Text(text) => {
            evaluator.budget.charge_text(text.len());
            Ok(evaluator.int(number(text.chars().count()), call.at))
        }
        ValueKind::Bytes(bytes) => Ok(evaluator.int(number(bytes.len()), call.at)),
        ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => {
            let message = format!("object of type '{}' has no len()", evaluator.type_name(&value));
            Err(evaluator.raise("TypeError", message, call.at))
        }
        ValueKind::Object(_) => {
            let known = match kind_of(evaluator, &value).as_deref().map(|object| &object.kind) {
                Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => items.len(),
                Some(ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries)) => {
                    entries.rest.is_none().then(|| entries.entries.len())
                }
                Some(ObjectKind::Instance(_)) => evaluator.tuple_fields(&value).map(|slots| slots.len()),
                Some(ObjectKind::Class(class)) if matches!(class.kind, ClassKind::Enum(_)) => {
                    value.as_object().and_then(|id| evaluator.members(id).len())
                }
                _ => None,
            };
            match known {
                Some(count) => Ok(evaluator.int(number(count), call.at)),
                None => Err(evaluator.unknown_of(call, TypeBound::Int)),
            }
        }
        _ => Err(applied(evaluator, call, TypeBound::Int)),
    }
}

/// The elements of the only argument; none without one.
fn given_elements(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Sequence, Failure> {
    if call.arguments.more_keywords.is_some() || (call.arguments.more_positional.is_some()) {
        return Err(evaluator.opaque(call));
    }
    match (&call.arguments.positional[..], call.arguments.keywords.is_empty()) {
        ([], true) => Ok(Sequence::default()),
        ([slot], true) => {
            let items = evaluator.elements(&slot.value, call.at)?;
            evaluator.charge(items.elements.len());
            Ok(items)
        }
        _ => Err(misfit(evaluator, call)),
    }
}

/// `list(…)`.
pub fn list(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let items = given_elements(evaluator, call)?;
    Ok(evaluator.allocate(ObjectKind::List(items), call.at))
}

/// `tuple(…)`: of a tuple that tuple itself.
pub fn tuple(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if let [slot] = &call.arguments.positional[..]
        && matches!(kind_of(evaluator, &slot.value).as_deref().map(|object| &object.kind), Some(ObjectKind::Tuple(_)))
    {
        return Ok(slot.value.clone());
    }
    let items = given_elements(evaluator, call)?;
    Ok(evaluator.allocate(ObjectKind::Tuple(items), call.at))
}

/// `set(…)`.
pub fn set(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let entries = hashed(evaluator, call)?;
    Ok(evaluator.allocate(ObjectKind::Set(entries), call.at))
}

/// `frozenset(…)`.
pub fn frozenset(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let entries = hashed(evaluator, call)?;
    Ok(evaluator.allocate(ObjectKind::FrozenSet(entries), call.at))
}

fn hashed(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Mapping, Failure> {
    if let [slot] = &call.arguments.positional[..] {
        let value = unwrapped(evaluator, &slot.value);
        if let Some(ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries)) =
            kind_of(evaluator, &value).as_deref().map(|object| &object.kind)
        {
            evaluator.charge(entries.entries.len());
            return Ok(entries.clone());
        }
    }
    let items = given_elements(evaluator, call)?;
    for slot in items.sure() {
        let kind = kind_of(evaluator, &slot.value);
        if let Some(ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_)) =
            kind.as_deref().map(|object| &object.kind)
        {
            let message = format!("unhashable type: '{}'", evaluator.type_name(&slot.value));
            return Err(evaluator.raise("TypeError", message, call.at));
        }
    }
    Ok(evaluator.set_of(items, call.at)?)
}

/// `dict(mapping or pairs, **names)`.
pub fn dict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.more_positional.is_some() {
        return Err(evaluator.opaque(call));
    }
    let made = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
    match &call.arguments.positional[..] {
        [] => {}
        [slot] => fill(evaluator, &made, &slot.value, call)?,
        _ => return Err(misfit(evaluator, call)),
    }
    fill_by_name(evaluator, &made, call)?;
    Ok(made)
}

/// Fills a dict with the keywords of a call.
pub fn fill_by_name(evaluator: &mut Evaluator<'_>, dict: &Value, call: &Call) -> Result<(), Failure> {
    let Some(id) = dict.as_object() else { return Ok(()) };
    for keyword in &call.arguments.keywords {
        let name = Value::text(std::rc::Rc::clone(&keyword.name), keyword.name_at);
        evaluator.set_entry(id, Slot::here(name), keyword.slot.clone());
    }
    if let Some(gap) = &call.arguments.more_keywords {
        evaluator.state.change(id, |object| {
            if let ObjectKind::Dict(entries, _) = &mut object.kind {
                let mut opened = Mapping::unknown(gap.clone());
                opened.open(&Gap::with(gap.reason.clone(), entries.values().cloned().collect::<Vec<_>>()));
                *entries = opened;
            }
        });
    }
    Ok(())
}

/// `dict.update(value)`: a mapping, or pairs.
pub fn fill(evaluator: &mut Evaluator<'_>, dict: &Value, value: &Value, call: &Call) -> Result<(), Failure> {
    let inner = unwrapped(evaluator, value);
    let is_mapping = match kind_of(evaluator, &inner).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::Dict(..)) => true,
        Some(ObjectKind::Instance(_)) => evaluator.special_method(&inner, "keys").is_some(),
        Some(_) => false,
        None => inner.as_unknown().is_some(),
    };
    if is_mapping {
        return Ok(evaluator.update_dict(dict, value, call.at)?);
    }
    let Some(id) = dict.as_object() else { return Ok(()) };
    let items = evaluator.elements(value, call.at)?;
    for element in items.elements {
        match element {
            super::super::super::value::Element::One(slot) => {
                let pair = evaluator.elements(&slot.value, call.at)?;
                match pair.slots().as_deref() {
                    Some([key, held]) => evaluator.set_entry(id, key.clone(), held.clone()),
                    Some(_) => {
                        let message = "dictionary update sequence element has another length; 2 is required";
                        return Err(evaluator.raise("ValueError", message, call.at));
                    }
                    None => {
                        let gap = Gap::with(evaluator.snippet(call.at), pair.values().cloned().collect::<Vec<_>>());
                        open_dict(evaluator, dict, &gap, call.at)?;
                    }
                }
            }
            super::super::super::value::Element::Gap(gap) => {
                let gap = Gap::with(gap.reason.clone(), evaluator.held_by(&gap.candidates));
                open_dict(evaluator, dict, &gap, call.at)?;
            }
        }
    }
    Ok(())
}

/// Any entry may have been set.
fn open_dict(evaluator: &mut Evaluator<'_>, dict: &Value, gap: &Gap, at: Location) -> Result<(), Stop> {
    let other = evaluator.allocate(ObjectKind::Dict(Mapping::unknown(gap.clone()), None), at);
    evaluator.update_dict(dict, &other, at)
}

/// `dict.fromkeys(keys, value)`.
pub fn dict_fromkeys(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, value?, /")?;
    let value = bound.slot(1).cloned().unwrap_or_else(|| Slot::here(Value::none(call.at)));
    let Some(keys) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let keys = evaluator.elements(&keys, call.at)?;
    let made = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
    for element in keys.elements {
        match (element, made.as_object()) {
            (super::super::super::value::Element::One(key), Some(id)) => {
                evaluator.set_entry(id, key, value.clone());
            }
            (super::super::super::value::Element::Gap(gap), Some(id)) => {
                let gap = gap.merged(&Gap::with(gap.reason.clone(), [value.value.clone()]));
                evaluator.state.change(id, |object| {
                    if let ObjectKind::Dict(entries, _) = &mut object.kind {
                        entries.open(&gap);
                    }
                });
            }
            _ => {}
        }
    }
    Ok(made)
}

/// `range(…)`, with its numbers as long as they are few.
pub fn range(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.not_modelled(call));
    }
    let slots = &call.arguments.positional;
    if slots.is_empty() || slots.len() > 3 || !call.arguments.keywords.is_empty() {
        return Err(misfit(evaluator, call));
    }
    for slot in slots {
        if matches!(slot.value.kind, ValueKind::Float(_) | ValueKind::Text(_) | ValueKind::None) {
            let message = format!("'{}' object cannot be interpreted as an integer", evaluator.type_name(&slot.value));
            return Err(evaluator.raise("TypeError", message, call.at));
        }
    }
    let numbers: Option<Vec<i64>> = slots.iter().map(|slot| unwrapped(evaluator, &slot.value).as_int()).collect();
    let Some(numbers) = numbers else {
        let gap = Sequence::unknown(Gap::new(evaluator.snippet(call.at)));
        let payload = evaluator.allocate(ObjectKind::Tuple(gap), call.at);
        return Ok(library_instance(evaluator, "builtins.range", Vec::new(), Some(payload), call.at));
    };
    let (start, stop, step) = match numbers[..] {
        [stop] => (0, stop, 1),
        [start, stop] => (start, stop, 1),
        [start, stop, step, ..] => (start, stop, step),
        [] => (0, 0, 1),
    };
    if step == 0 {
        return Err(evaluator.raise("ValueError", "range() arg 3 must not be zero", call.at));
    }
    Ok(range_of(evaluator, start, stop, step, call.at))
}

fn range_of(evaluator: &mut Evaluator<'_>, start: i64, stop: i64, step: i64, at: Location) -> Value {
    let distance = i128::from(stop) - i128::from(start);
    let step_size = i128::from(step);
    let count = if (distance > 0) == (step > 0) && distance != 0 {
        (distance + step_size - step_size.signum()) / step_size
    } else {
        0
    };
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let items = if usize::try_from(count).is_ok_and(|count| count <= MAX_ITEMS) {
        evaluator.charge(usize::try_from(count).unwrap_or_default());
        let number = |index: i64| Slot::new(Value::new(ValueKind::Int(start + index * step), at), at);
        Sequence::known((0..count).map(number).collect())
    } else {
        Sequence::unknown(Gap::new(evaluator.snippet(at)))
    };
    let payload = evaluator.allocate(ObjectKind::Tuple(items), at);
    let parts = [("start", start), ("stop", stop), ("step", step), ("length", count)];
    let attributes = parts.into_iter().map(|(name, number)| (name, Value::new(ValueKind::Int(number), at))).collect();
    library_instance(evaluator, "builtins.range", attributes, Some(payload), at)
}

/// `repr(range(…))`.
pub fn range_repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(own) = &call.receiver else { return Err(evaluator.opaque(call)) };
    let part = |name: &str| kept(evaluator, own, name).and_then(|value| value.as_int());
    match (part("start"), part("stop"), part("step")) {
        (Some(start), Some(stop), Some(1)) => Ok(Value::text(format!("range({start}, {stop})"), call.at)),
        (Some(start), Some(stop), Some(step)) => Ok(Value::text(format!("range({start}, {stop}, {step})"), call.at)),
        _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// `len(range(…))`.
pub fn range_len(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match call.receiver.as_ref().and_then(|own| kept(evaluator, own, "length")) {
        Some(length) => Ok(length),
        None => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

/// `bytes(…)`.
pub fn bytes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "source?, encoding?, errors?")?;
    let Some(source) = bound.value(0).cloned() else {
        return Ok(Value::new(ValueKind::Bytes(std::rc::Rc::from([])), call.at));
    };
    match (&source.kind, bound.value(1)) {
        (ValueKind::Bytes(_), None) => Ok(source),
        (ValueKind::Text(_), None) => Err(evaluator.raise("TypeError", "string argument without an encoding", call.at)),
        (ValueKind::Text(text), Some(encoding)) if encoding.as_text().is_some_and(is_utf8) => {
            Ok(Value::new(ValueKind::Bytes(text.as_bytes().into()), call.at))
        }
        (ValueKind::Int(count), None) if (0..4096).contains(count) => {
            let zeros = vec![0; usize::try_from(*count).unwrap_or_default()];
            Ok(Value::new(ValueKind::Bytes(zeros.into()), call.at))
        }
        (ValueKind::Object(_), None) => {
            let numbers = evaluator.elements(&source, call.at)?.slots();
            let bytes: Option<Vec<u8>> =
                numbers.and_then(|slots| slots.iter().map(|slot| u8::try_from(slot.value.as_int()?).ok()).collect());
            match bytes {
                Some(bytes) => Ok(Value::new(ValueKind::Bytes(bytes.into()), call.at)),
                None => Err(evaluator.unknown_of(call, TypeBound::Bytes)),
            }
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Bytes)),
    }
}

/// Whether a name means UTF-8.
pub fn is_utf8(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().replace('_', "-").as_str(), "utf-8" | "utf8" | "u8")
}
