//! The methods of `dict` and `defaultdict`.

use super::super::super::evaluate::{Call, Evaluator, Failure, Lookup, NativeMethod, Outcome};
use super::super::super::value::{Gap, Mapping, ObjectId, ObjectKind, Slot, Value};
use super::super::arguments::{bind, kind_of, library_instance, misfit, receiver};
use super::super::builtins::collections::{fill, fill_by_name};
use super::super::builtins::iteration::pair;

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "get" => get,
        "keys" | "values" | "items" => view,
        "pop" => pop,
        "popitem" => popitem,
        "setdefault" => setdefault,
        "update" => update,
        "clear" => clear,
        "copy" => copy,
        "fromkeys" => super::super::builtins::collections::dict_fromkeys,
        _ => return None,
    })
}

/// A dict, its entries, and what makes the missing ones.
pub type Own = (ObjectId, Mapping, Option<Value>);

/// The dict of the receiver.
///
/// # Errors
/// Where it is not known, the call may change any of its candidates.
pub fn own(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Own, Failure> {
    let value = receiver(evaluator, call);
    let object = kind_of(evaluator, &value);
    match (value.as_object(), object.as_deref().map(|object| &object.kind)) {
        (Some(id), Some(ObjectKind::Dict(entries, factory))) => {
            evaluator.charge(entries.entries.len() / 8);
            Ok((id, entries.clone(), factory.clone()))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

/// Changes the entries of a dict.
pub fn change(evaluator: &mut Evaluator<'_>, id: ObjectId, change: impl FnOnce(&mut Mapping)) {
    evaluator.state.change(id, |object| {
        if let ObjectKind::Dict(entries, _) = &mut object.kind {
            change(entries);
        }
    });
}

fn get(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, default?, /")?;
    let Some(key) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let default = bound.value(1).cloned().unwrap_or_else(|| Value::none(call.at));
    let value = receiver(evaluator, call);
    if value.is_unknown() {
        // Reading leaves it as it is; what it holds may be meant.
        let mut held = evaluator.held_by(std::slice::from_ref(&value));
        let inner = value.as_unknown().map(|unknown| unknown.candidates.to_vec()).unwrap_or_default();
        held.extend(evaluator.held_by(&inner));
        held.push(default);
        return Ok(evaluator.one_of(held, false, call.at));
    }
    let (_, entries, _) = own(evaluator, call)?;
    Ok(match evaluator.lookup(&entries, &key) {
        Lookup::Found(slot) => slot.value,
        Lookup::Missing => default,
        Lookup::OneOf(mut values, is_one_of) => {
            values.push(default);
            evaluator.one_of(values, is_one_of, call.at)
        }
    })
}

fn view(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let value = receiver(evaluator, call);
    if value.as_object().is_none() {
        return Err(evaluator.not_modelled(call));
    }
    let class = format!("builtins.dict_{}", call.name());
    // The keys behave as the dict itself does in most places.
    let payload = (call.name() == "keys").then(|| value.clone());
    Ok(library_instance(evaluator, &class, vec![("mapping", value)], payload, call.at))
}

fn pop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, default?, /")?;
    let Some(key) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let default = bound.value(1).cloned();
    let (id, entries, _) = own(evaluator, call)?;
    match (evaluator.lookup(&entries, &key), evaluator.key_of(&key)) {
        (Lookup::Found(slot), Some(known)) => {
            change(evaluator, id, |entries| {
                entries.remove(&known);
            });
            Ok(slot.value)
        }
        (Lookup::Missing, _) => match default {
            Some(default) => Ok(default),
            None => Err(evaluator.raise_key_error(&key, call.at)),
        },
        (found, known) => {
            let (mut values, is_one_of) = match found {
                Lookup::OneOf(values, is_one_of) => (values, is_one_of),
                Lookup::Found(slot) => (vec![slot.value], true),
                Lookup::Missing => (Vec::new(), false),
            };
            match default {
                Some(default) => values.push(default),
                None => evaluator.may_raise_builtin("KeyError", call.at),
            }
            // With a known key only the rest may have changed.
            if known.is_none() {
                let reason = evaluator.snippet(call.at);
                change(evaluator, id, |entries| entries.forget(&reason));
            }
            Ok(evaluator.one_of(values, is_one_of, call.at))
        }
    }
}

fn popitem(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "last?")?;
    let is_last = bound.value(0).map_or(Some(1), Value::as_int) == Some(1);
    let (id, entries, _) = own(evaluator, call)?;
    if entries.rest.is_some() || (bound.value(0).is_some() && bound.value(0).and_then(Value::as_int).is_none()) {
        return Err(evaluator.opaque(call));
    }
    let found = if is_last { entries.entries.last() } else { entries.entries.first() };
    match found.map(|(key, entry)| (key.clone(), entry.clone())) {
        Some((key, entry)) => {
            change(evaluator, id, |entries| {
                entries.remove(&key);
            });
            Ok(pair(evaluator, entry.key, entry.value, call.at))
        }
        None => Err(evaluator.raise("KeyError", "'popitem(): dictionary is empty'", call.at)),
    }
}

fn setdefault(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, default?, /")?;
    let Some(key) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    let default = bound.slot(1).cloned().unwrap_or_else(|| Slot::here(Value::none(call.at)));
    let (id, entries, _) = own(evaluator, call)?;
    match (evaluator.lookup(&entries, &key.value), evaluator.key_of(&key.value)) {
        (Lookup::Found(slot), _) => Ok(slot.value),
        (Lookup::Missing, Some(_)) => {
            evaluator.set_entry(id, key, default.clone());
            Ok(default.value)
        }
        (found, known) => {
            let mut values = match found {
                Lookup::OneOf(values, _) => values,
                _ => Vec::new(),
            };
            values.push(default.value.clone());
            let result = evaluator.one_of(values, entries.rest.is_none(), call.at);
            match known {
                // Now it is there: either what was, or the default.
                Some(_) => evaluator.set_entry(id, key, Slot::new(result.clone(), call.at)),
                None => {
                    let gap = Gap::with(evaluator.snippet(call.at), [key.value, default.value]);
                    change(evaluator, id, |entries| entries.open(&gap));
                }
            }
            Ok(result)
        }
    }
}

fn update(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.more_positional.is_some() {
        return Err(evaluator.opaque(call));
    }
    own(evaluator, call)?;
    let dict = receiver(evaluator, call);
    match &call.arguments.positional[..] {
        [] => {}
        [slot] => fill(evaluator, &dict, &slot.value, call)?,
        _ => return Err(misfit(evaluator, call)),
    }
    fill_by_name(evaluator, &dict, call)?;
    Ok(Value::none(call.at))
}

fn clear(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let (id, ..) = own(evaluator, call)?;
    change(evaluator, id, |entries| *entries = Mapping::default());
    Ok(Value::none(call.at))
}

fn copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let (_, entries, factory) = own(evaluator, call)?;
    evaluator.charge(entries.entries.len());
    Ok(evaluator.allocate(ObjectKind::Dict(entries, factory), call.at))
}
