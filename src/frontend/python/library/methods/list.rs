//! The methods of `list` and `tuple`.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome, Test};
use super::super::super::value::{Element, Gap, ObjectId, ObjectKind, Sequence, Slot, TypeBound, Value};
use super::super::arguments::{bind, kind_of, misfit, receiver};
use super::super::builtins::sorting::sorted_values;

/// The methods of `list`.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "append" => append,
        "extend" => extend,
        "insert" => insert,
        "pop" => pop,
        "remove" => remove,
        "clear" => clear,
        "copy" => copy,
        "reverse" => reverse,
        "sort" => sort,
        "index" => index,
        "count" => count,
        _ => return None,
    })
}

/// The methods of `tuple`.
pub fn tuple_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "index" => index,
        "count" => count,
        _ => return None,
    })
}

/// The list of the receiver.
///
/// # Errors
/// Where it is not known, the call may change any of its candidates.
fn own(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(ObjectId, Sequence), Failure> {
    let value = receiver(evaluator, call);
    let object = kind_of(evaluator, &value);
    match (value.as_object(), object.as_deref().map(|object| &object.kind)) {
        (Some(id), Some(ObjectKind::List(items) | ObjectKind::Tuple(items))) => {
            evaluator.charge(items.elements.len() / 8);
            Ok((id, items.clone()))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

/// Changes the list of the receiver.
fn change(evaluator: &mut Evaluator<'_>, call: &Call, change: impl FnOnce(&mut Sequence)) -> Result<(), Failure> {
    let value = receiver(evaluator, call);
    let is_list = matches!(kind_of(evaluator, &value).as_deref().map(|object| &object.kind), Some(ObjectKind::List(_)));
    let Some(id) = value.as_object().filter(|_| is_list) else { return Err(evaluator.opaque(call)) };
    evaluator.state.change(id, |object| {
        if let ObjectKind::List(items) = &mut object.kind {
            change(items);
        }
    });
    Ok(())
}

fn append(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, /")?;
    let Some(slot) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    change(evaluator, call, |items| items.push(slot))?;
    Ok(Value::none(call.at))
}

fn extend(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    own(evaluator, call)?;
    let more = evaluator.elements(&value, call.at)?;
    change(evaluator, call, |items| items.extend(more))?;
    Ok(Value::none(call.at))
}

fn insert(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "index, object, /")?;
    let (Some(at), Some(slot)) = (bound.value(0).cloned(), bound.slot(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let (_, items) = own(evaluator, call)?;
    let gap = Gap::with(evaluator.snippet(call.at), [slot.value.clone()]);
    let place = match at.as_int() {
        Some(0) => Some(0),
        Some(index) if items.is_known() => {
            let length = i64::try_from(items.elements.len()).unwrap_or(i64::MAX);
            let index = if index < 0 { index + length } else { index };
            usize::try_from(index.clamp(0, length)).ok()
        }
        Some(index) if index > 0 => items.position(index).ok(),
        _ => None,
    };
    change(evaluator, call, |items| match place {
        Some(place) => items.elements.insert(place, Element::One(slot)),
        None => items.forget_positions(&gap),
    })?;
    Ok(Value::none(call.at))
}

fn pop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "index?, /")?;
    let index = bound.value(0).map_or(Some(-1), Value::as_int);
    let (_, items) = own(evaluator, call)?;
    let place = index.map_or(Err(false), |index| items.position(index));
    match place {
        Ok(place) => {
            let Some(Element::One(slot)) = items.elements.get(place).cloned() else {
                return Err(evaluator.opaque(call));
            };
            change(evaluator, call, |items| {
                items.elements.remove(place);
            })?;
            Ok(slot.value)
        }
        Err(true) => {
            let message = if items.elements.is_empty() { "pop from empty list" } else { "pop index out of range" };
            Err(evaluator.raise("IndexError", message, call.at))
        }
        Err(false) => {
            evaluator.may_raise_builtin("IndexError", call.at);
            let reason = evaluator.snippet(call.at);
            change(evaluator, call, |items| items.forget(&reason))?;
            Ok(evaluator.one_of(items.values().cloned().collect(), items.is_known(), call.at))
        }
    }
}

/// Where an element stands: the first that surely is it, with none before it that may be.
fn place_of(
    evaluator: &mut Evaluator<'_>,
    items: &Sequence,
    value: &Value,
    call: &Call,
) -> Result<Option<Option<usize>>, Failure> {
    for (place, element) in items.elements.iter().enumerate() {
        let Element::One(slot) = element else { return Ok(None) };
        match is_equal(evaluator, &slot.value, value, call)? {
            Some(true) => return Ok(Some(Some(place))),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    Ok(Some(None))
}

/// Whether two values are identical or equal.
pub fn is_equal(
    evaluator: &mut Evaluator<'_>,
    one: &Value,
    other: &Value,
    call: &Call,
) -> Result<Option<bool>, Failure> {
    evaluator.charge(1);
    if evaluator.identical(one, other) == Some(true) {
        return Ok(Some(true));
    }
    let equal = evaluator.equal(one, other, call.at)?;
    let truth = evaluator.truth(&equal, call.at)?;
    Ok(evaluator.outcome(&Test::Value(truth)))
}

fn remove(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (_, items) = own(evaluator, call)?;
    match place_of(evaluator, &items, &value, call)? {
        Some(Some(place)) => change(evaluator, call, |items| {
            items.elements.remove(place);
        })?,
        Some(None) => return Err(evaluator.raise("ValueError", "list.remove(x): x not in list", call.at)),
        None => {
            evaluator.may_raise_builtin("ValueError", call.at);
            let reason = evaluator.snippet(call.at);
            change(evaluator, call, |items| items.forget(&reason))?;
        }
    }
    Ok(Value::none(call.at))
}

fn clear(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    change(evaluator, call, |items| items.elements.clear())?;
    Ok(Value::none(call.at))
}

fn copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let (_, items) = own(evaluator, call)?;
    evaluator.charge(items.elements.len());
    Ok(evaluator.allocate(ObjectKind::List(items), call.at))
}

fn reverse(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    change(evaluator, call, |items| items.elements.reverse())?;
    Ok(Value::none(call.at))
}

fn sort(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "*, key?, reverse?")?;
    let (key, reverse) = (bound.given(0).cloned(), bound.value(1).cloned());
    let (_, items) = own(evaluator, call)?;
    let sorted = sorted_values(evaluator, items, key.as_ref(), reverse.as_ref(), call.at)?;
    change(evaluator, call, |items| *items = sorted)?;
    Ok(Value::none(call.at))
}

fn index(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value, start?, stop?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (_, items) = own(evaluator, call)?;
    if bound.value(1).is_some() {
        return Err(evaluator.unknown_of(call, TypeBound::Int));
    }
    match place_of(evaluator, &items, &value, call)? {
        Some(Some(place)) => Ok(evaluator.int(i64::try_from(place).unwrap_or(i64::MAX), call.at)),
        Some(None) => Err(evaluator.raise("ValueError", "value is not in the list", call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

fn count(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (_, items) = own(evaluator, call)?;
    let slots: Option<Vec<Slot>> = items.slots();
    let Some(slots) = slots else { return Err(evaluator.unknown_of(call, TypeBound::Int)) };
    let mut found = 0;
    for slot in slots {
        match is_equal(evaluator, &slot.value, &value, call)? {
            Some(equal) => found += i64::from(equal),
            None => return Err(evaluator.unknown_of(call, TypeBound::Int)),
        }
    }
    Ok(evaluator.int(found, call.at))
}
