//! `dict.keys()`, `dict.values()` and `dict.items()`: they show the dict as it is when they are looked at.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome, Step};
use super::super::super::value::{Gap, IteratorState, Mapping, ObjectId, ObjectKind, Sequence, Slot, TypeBound, Value};
use super::super::arguments::{bind, kept, kind_of, misfit};
use super::super::builtins::iteration::{lazy, over, pair, parts};
use super::super::text::represent::bracketed;
use crate::tree::Location;

/// The table.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__iter__" if kind != "dict_keys" => iter,
        "__len__" => len,
        "__contains__" if kind != "dict_keys" => contains,
        "__repr__" => repr,
        "__or__" if kind == "dict_keys" => set_operation,
        "__and__" if kind == "dict_keys" => set_operation,
        "__sub__" if kind == "dict_keys" => set_operation,
        "__xor__" if kind == "dict_keys" => set_operation,
        "__eq__" => equal,
        "isdisjoint" if kind != "dict_values" => isdisjoint,
        "mapping" => return None,
        _ => return None,
    })
}

fn entries(evaluator: &Evaluator<'_>, view: &Value) -> Option<Mapping> {
    let dict = kept(evaluator, view, "mapping")?;
    match &kind_of(evaluator, &dict)?.kind {
        ObjectKind::Dict(entries, _) => Some(entries.clone()),
        _ => None,
    }
}

fn own(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(Value, Mapping, bool), Failure> {
    let view = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let is_items = &*evaluator.type_name(&view) == "dict_items";
    match entries(evaluator, &view) {
        Some(entries) => Ok((view, entries, is_items)),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// The elements of a view now.
fn elements(evaluator: &mut Evaluator<'_>, entries: &Mapping, is_items: bool, at: Location) -> Sequence {
    let mut items = Sequence::default();
    for entry in entries.entries.values() {
        let slot = if is_items {
            let place = entry.key.at;
            Slot::new(pair(evaluator, entry.key.clone(), entry.value.clone(), place), place)
        } else {
            entry.value.clone()
        };
        items.push(slot);
    }
    if let Some(rest) = &entries.rest {
        let gap = if is_items {
            let any = super::super::builtins::iteration::one_of_gap(evaluator, rest, at);
            let key = super::super::builtins::iteration::one_of_gap(evaluator, &Gap::new(rest.reason.clone()), at);
            let pair = pair(evaluator, Slot::new(key, at), Slot::new(any, at), at);
            Gap::with(rest.reason.clone(), [pair])
        } else {
            rest.clone()
        };
        items.forget_positions(&gap);
    }
    items
}

fn iter(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (view, entries, is_items) = own(evaluator, call)?;
    if entries.rest.is_some() {
        let items = elements(evaluator, &entries, is_items, call.at);
        return Ok(over(evaluator, items, call.at));
    }
    let start = evaluator.int(0, call.at);
    Ok(lazy(evaluator, "view", vec![view, start], call.at))
}

/// The next of a view.
pub fn next(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [view, taken] = &values[..] else { return Ok(Step::End) };
    let is_items = &*evaluator.type_name(view) == "dict_items";
    let index = taken.as_int().and_then(|taken| usize::try_from(taken).ok()).unwrap_or_default();
    let Some(entries) = entries(evaluator, view) else { return Ok(Step::Unknown) };
    if entries.rest.is_some() {
        let items = elements(evaluator, &entries, is_items, at);
        let gap = Gap::with(evaluator.snippet(at), items.values().cloned().collect::<Vec<_>>());
        evaluator.set_iterator(id, IteratorState::Rest(Sequence::default()));
        return Ok(Step::Gap(gap));
    }
    let Some((_, entry)) = entries.entries.get_index(index) else { return Ok(Step::End) };
    let following = evaluator.int(i64::try_from(index + 1).unwrap_or(i64::MAX), at);
    evaluator.set_iterator(id, IteratorState::Library("view", vec![view.clone(), following]));
    if is_items {
        let place = entry.key.at;
        let pair = pair(evaluator, entry.key.clone(), entry.value.clone(), place);
        return Ok(Step::Item(Slot::new(pair, place)));
    }
    Ok(Step::Item(entry.value.clone()))
}

fn len(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (_, entries, _) = own(evaluator, call)?;
    match entries.rest {
        None => Ok(evaluator.int(i64::try_from(entries.entries.len()).unwrap_or(i64::MAX), call.at)),
        Some(_) => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

fn contains(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let (_, entries, is_items) = own(evaluator, call)?;
    let items = elements(evaluator, &entries, is_items, call.at);
    let list = evaluator.allocate(ObjectKind::Tuple(items), call.at);
    Ok(evaluator.contains(&list, &value, call.at)?)
}

fn repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (view, entries, is_items) = own(evaluator, call)?;
    let name = evaluator.type_name(&view);
    let items = if &*name == "dict_keys" {
        super::super::super::evaluate::keys_in_order(&entries, false)
    } else {
        elements(evaluator, &entries, is_items, call.at)
    };
    match bracketed(evaluator, &format!("{name}(["), &items, "])", call.at, 0)? {
        Some(text) => Ok(evaluator.computed_text(text, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// `keys & other` and its like: a set.
fn set_operation(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    use ruff_python_ast::Operator;
    let operator = match call.name() {
        "__or__" => Operator::BitOr,
        "__and__" => Operator::BitAnd,
        "__xor__" => Operator::BitXor,
        _ => Operator::Sub,
    };
    let (view, ..) = own(evaluator, call)?;
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let one = evaluator.call_named("builtins.set", vec![view], call.at)?;
    let two = evaluator.call_named("builtins.set", vec![other], call.at)?;
    Ok(evaluator.binary(operator, &one, &two, call.at)?)
}

/// `keys == other`: as sets; views of values are equal only to themselves.
fn equal(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (view, ..) = own(evaluator, call)?;
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    if evaluator.identical(&view, &other) == Some(true) {
        return Ok(evaluator.bool(true, call.at));
    }
    let name = evaluator.type_name(&other);
    let is_set = matches!(&*name, "set" | "frozenset" | "dict_keys" | "dict_items");
    if other.is_unknown() || &*evaluator.type_name(&view) == "dict_values" && is_set {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    }
    if !is_set || &*evaluator.type_name(&view) == "dict_values" {
        return Ok(evaluator.bool(false, call.at));
    }
    let one = evaluator.call_named("builtins.set", vec![view], call.at)?;
    let two = evaluator.call_named("builtins.set", vec![other], call.at)?;
    Ok(evaluator.equal(&one, &two, call.at)?)
}

fn isdisjoint(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Bool))
}
