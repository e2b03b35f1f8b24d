//! `collections.Counter`.

use ruff_python_ast::Operator;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Mapping, ObjectKind, Sequence, Slot, TypeBound, Value};
use super::super::arguments::{bind, library_instance, misfit, unwrapped};
use super::super::builtins::iteration::{over, pair};
use super::super::text::represent::represented;
use super::containers::{copy_as_own, own_entries};

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__missing__" => missing,
        "__repr__" => repr,
        "__add__" | "__sub__" => combine,
        "__and__" | "__or__" => opaque,
        "most_common" => most_common,
        "elements" => elements,
        "update" | "subtract" => update,
        "total" => total,
        "copy" => copy_as_own,
        _ => return super::super::methods::dict::method(name),
    })
}

fn opaque(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.opaque(call))
}

fn receiver(call: &Call) -> Value {
    call.receiver.clone().unwrap_or_else(|| Value::none(call.at))
}

/// `Counter(iterable or mapping, **counts)`.
pub fn counter(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let payload = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
    count_into(evaluator, &payload, call, Operator::Add)?;
    Ok(library_instance(evaluator, "collections.Counter", Vec::new(), Some(payload), call.at))
}

/// Adds to the counts of a dict, or takes away from them.
fn count_into(evaluator: &mut Evaluator<'_>, dict: &Value, call: &Call, operator: Operator) -> Result<(), Failure> {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let one = evaluator.int(1, call.at);
    let mut added: Vec<(Slot, Value)> = Vec::new();
    if let Some(slot) = call.arguments.positional.first().filter(|slot| !slot.value.is_none()) {
        match own_entries(evaluator, &slot.value) {
            Some(entries) if entries.rest.is_none() => {
                added.extend(entries.entries.values().map(|entry| (entry.key.clone(), entry.value.value.clone())));
            }
            Some(_) => return Err(evaluator.opaque(call)),
            None => {
                let Some(slots) = evaluator.elements(&slot.value, call.at)?.slots() else {
                    return Err(evaluator.opaque(call));
                };
                added.extend(slots.into_iter().map(|slot| (slot, one.clone())));
            }
        }
    }
    for keyword in &call.arguments.keywords {
        let name = Value::text(std::rc::Rc::clone(&keyword.name), keyword.name_at);
        added.push((Slot::here(name), keyword.slot.value.clone()));
    }
    let Some(mut entries) = own_entries(evaluator, dict) else { return Err(evaluator.opaque(call)) };
    for (key, count) in added {
        let (Some(known), Some(id)) = (evaluator.key_of(&key.value), dict.as_object()) else {
            return Err(evaluator.opaque(call));
        };
        let total = match (entries.entries.get(&known), operator) {
            (Some(entry), _) => evaluator.binary(operator, &entry.value.value.clone(), &count, call.at)?,
            (None, Operator::Add) => count,
            (None, _) => {
                let zero = evaluator.int(0, call.at);
                evaluator.binary(operator, &zero, &count, call.at)?
            }
        };
        let total = Slot::new(total, call.at);
        entries.set(known, key.clone(), total.clone());
        evaluator.set_entry(id, key, total);
    }
    Ok(())
}

fn missing(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(evaluator.int(0, call.at))
}

/// The entries, those with the greatest counts first.
fn ranked(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<(Slot, i64)>, Failure> {
    let entries = own_entries(evaluator, &receiver(call)).filter(|entries| entries.rest.is_none());
    let ranked: Option<Vec<(Slot, i64)>> = entries.and_then(|entries| {
        entries.entries.values().map(|entry| Some((entry.key.clone(), entry.value.value.as_int()?))).collect()
    });
    let Some(mut ranked) = ranked else { return Err(evaluator.not_modelled(call)) };
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(ranked)
}

fn most_common(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "n?")?;
    let limit = bound.given(0).map(Value::as_int);
    let ranked = ranked(evaluator, call)?;
    let limit = match limit {
        None => ranked.len(),
        Some(Some(limit)) => usize::try_from(limit).unwrap_or_default(),
        Some(None) => return Err(evaluator.unknown_of(call, TypeBound::List)),
    };
    let mut slots = Vec::new();
    for (key, count) in ranked.into_iter().take(limit) {
        let count = evaluator.int(count, call.at);
        let pair = pair(evaluator, key, Slot::new(count, call.at), call.at);
        slots.push(Slot::new(pair, call.at));
    }
    Ok(evaluator.list(slots, call.at))
}

fn repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let ranked = ranked(evaluator, call)?;
    if ranked.is_empty() {
        return Ok(Value::text("Counter()", call.at));
    }
    let mut parts = Vec::new();
    for (key, count) in ranked {
        match represented(evaluator, &key.value, call.at, 1)? {
            Some(key) => parts.push(format!("{key}: {count}")),
            None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
        }
    }
    Ok(evaluator.computed_text(format!("Counter({{{}}})", parts.join(", ")), call.at))
}

fn elements(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let entries = own_entries(evaluator, &receiver(call)).filter(|entries| entries.rest.is_none());
    let Some(entries) = entries else { return Err(evaluator.not_modelled(call)) };
    let mut slots = Vec::new();
    for entry in entries.entries.values() {
        let Some(count) = entry.value.value.as_int().filter(|count| *count < 10_000) else {
            return Err(evaluator.not_modelled(call));
        };
        slots.extend(std::iter::repeat_n(entry.key.clone(), usize::try_from(count).unwrap_or_default()));
    }
    evaluator.charge(slots.len());
    Ok(over(evaluator, Sequence::known(slots), call.at))
}

fn update(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let payload = unwrapped(evaluator, &receiver(call));
    let operator = if call.name() == "update" { Operator::Add } else { Operator::Sub };
    count_into(evaluator, &payload, call, operator)?;
    Ok(Value::none(call.at))
}

fn total(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let ranked = ranked(evaluator, call)?;
    Ok(evaluator.int(ranked.iter().map(|(_, count)| count).sum(), call.at))
}

/// `one + two`, `one - two`: only counts above zero stay.
fn combine(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let (Some(mut one), Some(two)) = (own_entries(evaluator, &receiver(call)), own_entries(evaluator, &other)) else {
        return Err(evaluator.opaque(call));
    };
    if one.rest.is_some() || two.rest.is_some() || &*evaluator.type_name(&other) != "Counter" {
        return Err(evaluator.opaque(call));
    }
    let sign = if call.name() == "__add__" { 1 } else { -1 };
    for (key, entry) in two.entries {
        let before = one.entries.get(&key).map_or(Some(0), |entry| entry.value.value.as_int());
        let (Some(before), Some(count)) = (before, entry.value.value.as_int()) else {
            return Err(evaluator.opaque(call));
        };
        let total = evaluator.int(before + sign * count, call.at);
        one.set(key, entry.key, Slot::new(total, call.at));
    }
    one.entries.retain(|_, entry| entry.value.value.as_int().is_none_or(|count| count > 0));
    let payload = evaluator.allocate(ObjectKind::Dict(one, None), call.at);
    Ok(library_instance(evaluator, "collections.Counter", Vec::new(), Some(payload), call.at))
}
