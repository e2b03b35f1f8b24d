//! `sorted`, `min` and `max`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Stop, Test};
use super::super::super::state::Operator;
use super::super::super::value::{Gap, ObjectKind, Sequence, Slot, Value};
use super::super::arguments::{bind, misfit};
use super::super::standard::folders::whatever_order;
use crate::tree::Location;

/// `sorted(iterable, key, reverse)`.
pub fn sorted(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /, *, key?, reverse?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let items = evaluator.elements(&value, call.at)?;
    let sorted =
        sorted_values(evaluator, items, bound.given(1).cloned().as_ref(), bound.value(2).cloned().as_ref(), call.at)?;
    Ok(evaluator.allocate(ObjectKind::List(sorted), call.at))
}

/// Elements in order; where that is not known, the same ones in any.
pub fn sorted_values(
    evaluator: &mut Evaluator<'_>,
    items: Sequence,
    key: Option<&Value>,
    reverse: Option<&Value>,
    at: Location,
) -> Result<Sequence, Failure> {
    let known = items.slots();
    let unordered = known.as_deref().and_then(|slots| whatever_order(evaluator, slots));
    let is_unordered = unordered.is_some();
    let known = unordered.or(known);
    let Some(slots) = known else {
        let mut open = items;
        let gap = open.gap().cloned().unwrap_or_else(|| Gap::new(""));
        if let Some(key) = key {
            let reason = evaluator.snippet(at);
            evaluator.give_away(key, &reason);
        }
        open.forget_positions(&gap);
        return Ok(open);
    };
    let reversed = match reverse {
        None => Some(false),
        Some(value) => {
            let truth = evaluator.truth(value, at)?;
            evaluator.outcome(&Test::Value(truth))
        }
    };
    let mut keyed = Vec::new();
    for slot in slots {
        let by = match key {
            Some(key) => evaluator.call_with(key, vec![slot.value.clone()], at)?,
            None => slot.value.clone(),
        };
        keyed.push((by, slot));
    }
    let Some(reversed) = reversed else { return Ok(in_any_order(evaluator, keyed, at)) };
    match sort_slots(evaluator, keyed.clone(), reversed, at)? {
        // Elements that differ in their keys come out the same, whatever order they had.
        Some(_) if is_unordered && key.is_some() && !all_differ(evaluator, &keyed, at)? => {
            Ok(in_any_order(evaluator, keyed, at))
        }
        Some(slots) => Ok(Sequence::known(slots)),
        None => Ok(in_any_order(evaluator, keyed, at)),
    }
}

fn all_differ(evaluator: &mut Evaluator<'_>, keyed: &[(Value, Slot)], at: Location) -> Result<bool, Stop> {
    for (index, (one, _)) in keyed.iter().enumerate() {
        for (two, _) in keyed.iter().skip(index + 1) {
            let is_apart =
                is_less(evaluator, one, two, at)? == Some(true) || is_less(evaluator, two, one, at)? == Some(true);
            if !is_apart {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn in_any_order(evaluator: &mut Evaluator<'_>, keyed: Vec<(Value, Slot)>, at: Location) -> Sequence {
    let values: Vec<Value> = keyed.iter().map(|(_, slot)| slot.value.clone()).collect();
    let count = values.len();
    let slots = (0..count).map(|_| Slot::new(evaluator.one_of(values.clone(), true, at), at)).collect();
    Sequence::known(slots)
}

/// Sorts by keys, stably; `None` where the order is not known.
pub fn sort_slots(
    evaluator: &mut Evaluator<'_>,
    mut keyed: Vec<(Value, Slot)>,
    reversed: bool,
    at: Location,
) -> Result<Option<Vec<Slot>>, Failure> {
    if reversed {
        keyed.reverse();
    }
    // Runs of twice the length each time; the first comparison that is not known ends it.
    let mut length = 1;
    while length < keyed.len() {
        if !evaluator.charge(keyed.len() / 16) {
            return Err(Failure::Stop);
        }
        let mut merged = Vec::with_capacity(keyed.len());
        let mut rest = keyed.into_iter().peekable();
        while rest.peek().is_some() {
            let first: Vec<(Value, Slot)> = rest.by_ref().take(length).collect();
            let second: Vec<(Value, Slot)> = rest.by_ref().take(length).collect();
            if merge_runs(evaluator, first, second, &mut merged, at)?.is_none() {
                return Ok(None);
            }
        }
        keyed = merged;
        length *= 2;
    }
    if reversed {
        keyed.reverse();
    }
    Ok(Some(keyed.into_iter().map(|(_, slot)| slot).collect()))
}

/// Appends two sorted runs to a third, in order; of equals those of the first run come first. `None` where the order is not known.
fn merge_runs(
    evaluator: &mut Evaluator<'_>,
    first: Vec<(Value, Slot)>,
    second: Vec<(Value, Slot)>,
    into: &mut Vec<(Value, Slot)>,
    at: Location,
) -> Result<Option<()>, Stop> {
    // Runs that follow each other are most of what programs sort.
    if let (Some(last), Some(next)) = (first.last(), second.first()) {
        match is_less(evaluator, &next.0, &last.0, at)? {
            None => return Ok(None),
            Some(false) => {
                into.extend(first.into_iter().chain(second));
                return Ok(Some(()));
            }
            Some(true) => {}
        }
    }
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    while let (Some((one, _)), Some((two, _))) = (first.peek(), second.peek()) {
        match is_less(evaluator, two, one, at)? {
            Some(true) => into.extend(second.next()),
            Some(false) => into.extend(first.next()),
            None => return Ok(None),
        }
    }
    into.extend(first.chain(second));
    Ok(Some(()))
}

/// `one < two`.
pub fn is_less(evaluator: &mut Evaluator<'_>, one: &Value, two: &Value, at: Location) -> Result<Option<bool>, Stop> {
    if !evaluator.charge(1) {
        return Err(Stop);
    }
    let has_own = [one, two].iter().any(|value| value.as_object().is_some());
    if !has_own && let Ok(Some(order)) = evaluator.order(one, two, 0) {
        return Ok(Some(order == Ordering::Less));
    }
    let result = evaluator.ordered(Operator::Less, one, two, at)?;
    let truth = evaluator.truth(&result, at)?;
    Ok(evaluator.outcome(&Test::Value(truth)))
}

/// `min(…)`.
pub fn min(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    extreme(evaluator, call, true)
}

/// `max(…)`.
pub fn max(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    extreme(evaluator, call, false)
}

fn extreme(evaluator: &mut Evaluator<'_>, call: &Call, least: bool) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let items = match &call.arguments.positional[..] {
        [] => return Err(misfit(evaluator, call)),
        [only] => evaluator.elements(&only.value, call.at)?,
        several => Sequence::known(several.to_vec()),
    };
    let key = call.arguments.named("key").map(|slot| slot.value.clone()).filter(|key| !key.is_none());
    let default = call.arguments.named("default").map(|slot| slot.value.clone());
    let held: Vec<Value> = items.values().cloned().chain(default.clone()).collect();
    let Some(slots) = items.slots() else {
        evaluator.may_raise_builtin("ValueError", call.at);
        if let Some(key) = &key {
            let reason: Rc<str> = evaluator.snippet(call.at);
            evaluator.give_away(key, &reason);
        }
        return Ok(evaluator.one_of(held, false, call.at));
    };
    let Some((first, rest)) = slots.split_first() else {
        return match default {
            Some(default) => Ok(default),
            None => Err(evaluator.raise("ValueError", "iterable argument is empty", call.at)),
        };
    };
    let by = |evaluator: &mut Evaluator<'_>, value: &Value| match &key {
        Some(key) => evaluator.call_with(key, vec![value.clone()], call.at),
        None => Ok(value.clone()),
    };
    let (mut best, mut best_key) = (first.value.clone(), by(evaluator, &first.value)?);
    for slot in rest {
        let own = by(evaluator, &slot.value)?;
        let is_better = if least {
            is_less(evaluator, &own, &best_key, call.at)?
        } else {
            is_less(evaluator, &best_key, &own, call.at)?
        };
        match is_better {
            Some(true) => (best, best_key) = (slot.value.clone(), own),
            Some(false) => {}
            None => {
                let values = slots.iter().map(|slot| slot.value.clone()).collect();
                return Ok(evaluator.one_of(values, true, call.at));
            }
        }
    }
    Ok(best)
}
