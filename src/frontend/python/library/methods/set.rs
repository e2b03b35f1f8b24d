//! The methods of `set` and `frozenset`.

use ruff_python_ast::Operator as Binary;

use super::super::super::evaluate::{Call, Evaluator, Failure, Lookup, NativeMethod, Outcome};
use super::super::super::state::Operator;
use super::super::super::value::{Mapping, ObjectId, ObjectKind, TypeBound, Value};
use super::super::arguments::{bind, kind_of, misfit, receiver};

/// The methods of `set`.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "add" => add,
        "remove" | "discard" => remove,
        "pop" => pop,
        "clear" => clear,
        "update" | "intersection_update" | "difference_update" | "symmetric_difference_update" => update,
        _ => return frozen_method(name),
    })
}

/// The methods of `frozenset`.
pub fn frozen_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "copy" => copy,
        "union" | "intersection" | "difference" | "symmetric_difference" => combined,
        "issubset" | "issuperset" => is_part,
        "isdisjoint" => isdisjoint,
        _ => return None,
    })
}

fn own(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(ObjectId, Mapping), Failure> {
    let value = receiver(evaluator, call);
    let object = kind_of(evaluator, &value);
    match (value.as_object(), object.as_deref().map(|object| &object.kind)) {
        (Some(id), Some(ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries))) => {
            evaluator.charge(entries.entries.len() / 8);
            Ok((id, entries.clone()))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

fn put(evaluator: &mut Evaluator<'_>, id: ObjectId, entries: Mapping) {
    evaluator.state.change(id, |object| object.kind = ObjectKind::Set(entries));
}

fn add(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "element, /")?;
    let Some(slot) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (id, mut entries) = own(evaluator, call)?;
    evaluator.add_to_set(&mut entries, slot);
    put(evaluator, id, entries);
    Ok(Value::none(call.at))
}

fn remove(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "element, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (id, mut entries) = own(evaluator, call)?;
    let is_remove = call.name() == "remove";
    match (evaluator.lookup(&entries, &value), evaluator.key_of(&value)) {
        (Lookup::Found(_), Some(key)) => {
            entries.remove(&key);
            put(evaluator, id, entries);
        }
        (Lookup::Missing, _) if is_remove => {
            let shown = evaluator.repr(&value).unwrap_or_default();
            return Err(evaluator.raise("KeyError", shown, call.at));
        }
        (Lookup::Missing, _) => {}
        (_, known) => {
            if is_remove {
                evaluator.may_raise_builtin("KeyError", call.at);
            }
            if known.is_none() {
                let reason = evaluator.snippet(call.at);
                entries.forget(&reason);
                put(evaluator, id, entries);
            }
        }
    }
    Ok(Value::none(call.at))
}

fn pop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let (id, mut entries) = own(evaluator, call)?;
    let values: Vec<Value> = entries.values().cloned().collect();
    match (entries.entries.len(), &entries.rest) {
        (0, None) => Err(evaluator.raise("KeyError", "'pop from an empty set'", call.at)),
        (1, None) => {
            put(evaluator, id, Mapping::default());
            Ok(entries.entries.values().next().map_or_else(|| Value::none(call.at), |entry| entry.key.value.clone()))
        }
        (_, rest) => {
            let is_one_of = rest.is_none();
            let reason = evaluator.snippet(call.at);
            entries.forget(&reason);
            put(evaluator, id, entries);
            Ok(evaluator.one_of(values, is_one_of, call.at))
        }
    }
}

fn clear(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let (id, _) = own(evaluator, call)?;
    put(evaluator, id, Mapping::default());
    Ok(Value::none(call.at))
}

fn copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let value = receiver(evaluator, call);
    match kind_of(evaluator, &value).map(|object| object.kind.clone()) {
        Some(kind @ ObjectKind::Set(_)) => Ok(evaluator.allocate(kind, call.at)),
        Some(ObjectKind::FrozenSet(_)) => Ok(value),
        _ => Err(evaluator.opaque(call)),
    }
}

/// The set with all arguments, one after another.
fn with_all(evaluator: &mut Evaluator<'_>, start: Value, call: &Call) -> Outcome {
    if call.arguments.is_open() || !call.arguments.keywords.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let name = call.name().trim_end_matches("_update");
    let operator = match name {
        "intersection" => Binary::BitAnd,
        "difference" => Binary::Sub,
        "symmetric_difference" => Binary::BitXor,
        _ => Binary::BitOr,
    };
    let mut result = start;
    for slot in &call.arguments.positional {
        let other = evaluator.call_named("builtins.set", vec![slot.value.clone()], call.at)?;
        result = evaluator.binary(operator, &result, &other, call.at)?;
    }
    Ok(result)
}

fn update(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, entries) = own(evaluator, call)?;
    let copy = evaluator.allocate(ObjectKind::Set(entries), call.at);
    let result = with_all(evaluator, copy, call)?;
    match kind_of(evaluator, &result).map(|object| object.kind.clone()) {
        Some(ObjectKind::Set(entries)) => {
            put(evaluator, id, entries);
            Ok(Value::none(call.at))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

fn combined(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = receiver(evaluator, call);
    own(evaluator, call)?;
    if call.arguments.positional.is_empty() {
        return copy(evaluator, call);
    }
    with_all(evaluator, value, call)
}

fn is_part(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "other, /")?;
    let Some(other) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    own(evaluator, call)?;
    let own = receiver(evaluator, call);
    let other = evaluator.call_named("builtins.set", vec![other], call.at)?;
    let operator = if call.name() == "issubset" { Operator::LessEqual } else { Operator::GreaterEqual };
    Ok(evaluator.ordered(operator, &own, &other, call.at)?)
}

fn isdisjoint(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "other, /")?;
    let Some(other) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (_, entries) = own(evaluator, call)?;
    let other = evaluator.elements(&other, call.at)?;
    let others = evaluator.set_of(other, call.at)?;
    let shared = entries.entries.keys().any(|key| others.entries.contains_key(key));
    match (shared, entries.rest.is_none() && others.rest.is_none()) {
        (true, _) => Ok(evaluator.bool(false, call.at)),
        (false, true) => Ok(evaluator.bool(true, call.at)),
        (false, false) => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}
