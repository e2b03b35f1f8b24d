//! `collections.deque`.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Element, ObjectKind, Sequence, TypeBound, Value};
use super::super::arguments::{bind, kept, kind_of, library_instance, misfit, unwrapped};
use super::super::text::represent::bracketed;

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "append" | "appendleft" => append,
        "extend" | "extendleft" => extend,
        "pop" | "popleft" => pop,
        "rotate" => rotate,
        "copy" => copy,
        "__repr__" => repr,
        "clear" | "count" | "index" | "insert" | "remove" | "reverse" => on_list,
        _ => return None,
    })
}

fn receiver(call: &Call) -> Value {
    call.receiver.clone().unwrap_or_else(|| Value::none(call.at))
}

/// `deque(iterable, maxlen)`.
pub fn deque(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable?, maxlen?")?;
    let mut items = match bound.value(0).cloned() {
        Some(value) => evaluator.elements(&value, call.at)?,
        None => Sequence::default(),
    };
    let limit = bound.value(1).cloned().unwrap_or_else(|| Value::none(call.at));
    cut(&mut items, limit.as_int(), false);
    let payload = evaluator.allocate(ObjectKind::List(items), call.at);
    Ok(library_instance(evaluator, "collections.deque", vec![("maxlen", limit)], Some(payload), call.at))
}

/// Drops what is too much, at the other end than that where something was added.
fn cut(items: &mut Sequence, limit: Option<i64>, added_left: bool) {
    let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) else { return };
    if !items.is_known() {
        let reason = items.gap().map(|gap| gap.reason.clone()).unwrap_or_default();
        return items.forget(&reason);
    }
    while items.elements.len() > limit {
        if added_left {
            items.elements.pop();
        } else {
            items.elements.remove(0);
        }
    }
}

fn change(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
    added_left: bool,
    change: impl FnOnce(&mut Sequence),
) -> Result<(), Failure> {
    let own = receiver(call);
    let limit = kept(evaluator, &own, "maxlen").and_then(|limit| limit.as_int());
    let Some(id) = unwrapped(evaluator, &own).as_object() else { return Err(evaluator.opaque(call)) };
    evaluator.state.change(id, |object| {
        if let ObjectKind::List(items) = &mut object.kind {
            change(items);
            cut(items, limit, added_left);
        }
    });
    Ok(())
}

fn append(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "x, /")?;
    let Some(slot) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    let is_left = call.name() == "appendleft";
    change(evaluator, call, is_left, |items| {
        if is_left { items.elements.insert(0, Element::One(slot)) } else { items.push(slot) }
    })?;
    Ok(Value::none(call.at))
}

fn extend(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let mut more = evaluator.elements(&value, call.at)?;
    let is_left = call.name() == "extendleft";
    change(evaluator, call, is_left, |items| {
        if is_left {
            more.elements.reverse();
            let before = std::mem::replace(items, more);
            items.extend(before);
        } else {
            items.extend(more);
        }
    })?;
    Ok(Value::none(call.at))
}

fn pop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let list = unwrapped(evaluator, &receiver(call));
    let is_empty = match kind_of(evaluator, &list).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::List(items)) => items.elements.is_empty(),
        _ => return Err(evaluator.opaque(call)),
    };
    if is_empty {
        return Err(evaluator.raise("IndexError", "pop from an empty deque", call.at));
    }
    let method = evaluator.attribute(&list, "pop", call.at)?;
    let index = evaluator.int(if call.name() == "popleft" { 0 } else { -1 }, call.at);
    Ok(evaluator.call_with(&method, vec![index], call.at)?)
}

fn rotate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "n?, /")?;
    let Some(steps) = bound.value(0).map_or(Some(1), Value::as_int) else { return Err(evaluator.opaque(call)) };
    change(evaluator, call, false, |items| {
        if !items.is_known() {
            let reason = items.gap().map(|gap| gap.reason.clone()).unwrap_or_default();
            return items.forget(&reason);
        }
        let length = i64::try_from(items.elements.len()).unwrap_or(i64::MAX);
        if length > 0 {
            items.elements.rotate_right(usize::try_from(steps.rem_euclid(length)).unwrap_or_default());
        }
    })?;
    Ok(Value::none(call.at))
}

fn copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let list = unwrapped(evaluator, &own);
    let Some(kind) = kind_of(evaluator, &list).map(|object| object.kind.clone()) else {
        return Err(evaluator.opaque(call));
    };
    let payload = evaluator.allocate(kind, call.at);
    let limit = kept(evaluator, &own, "maxlen").unwrap_or_else(|| Value::none(call.at));
    Ok(library_instance(evaluator, "collections.deque", vec![("maxlen", limit)], Some(payload), call.at))
}

fn repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let list = unwrapped(evaluator, &own);
    let items = match kind_of(evaluator, &list).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::List(items)) => items.clone(),
        _ => return Err(evaluator.unknown_of(call, TypeBound::Text)),
    };
    let close = match kept(evaluator, &own, "maxlen").and_then(|limit| limit.as_int()) {
        Some(limit) => format!("], maxlen={limit})"),
        None => "])".to_owned(),
    };
    match bracketed(evaluator, "deque([", &items, &close, call.at, 0)? {
        Some(text) => Ok(evaluator.computed_text(text, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// What a deque does as a list does.
fn on_list(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let list = unwrapped(evaluator, &receiver(call));
    let method = evaluator.attribute(&list, call.name(), call.at)?;
    Ok(evaluator.call_value(&method, call.arguments.clone(), call.at)?)
}
