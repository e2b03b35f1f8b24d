//! The functions of `itertools` whose elements are all made when they are called: they need to know the whole of what they take.

use super::super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Test};
use super::super::super::super::state::MAX_ITEMS;
use super::super::super::super::value::{ObjectKind, Sequence, Slot, Value};
use super::super::super::arguments::{bind, misfit};
use super::super::super::builtins::iteration::{over, pair};

/// The known elements of an argument.
fn known(evaluator: &mut Evaluator<'_>, value: &Value, call: &Call) -> Result<Vec<Slot>, Failure> {
    let items = evaluator.elements(value, call.at)?;
    match items.slots() {
        Some(slots) => Ok(slots),
        None => Err(evaluator.opaque(call)),
    }
}

/// Tuples of slots, as an iterator.
fn tuples(evaluator: &mut Evaluator<'_>, rows: Vec<Vec<Slot>>, call: &Call) -> Outcome {
    evaluator.charge(rows.len());
    let mut slots = Vec::new();
    for row in rows {
        let place = row.first().map_or(call.at, |slot| slot.at);
        let tuple = evaluator.allocate(ObjectKind::Tuple(Sequence::known(row)), place);
        slots.push(Slot::new(tuple, place));
    }
    Ok(over(evaluator, Sequence::known(slots), call.at))
}

pub(super) fn product(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let times = call.arguments.named("repeat").map_or(Some(1), |slot| slot.value.as_int());
    let Some(times) = times.and_then(|times| usize::try_from(times).ok()).filter(|times| *times <= 16) else {
        return Err(evaluator.opaque(call));
    };
    let mut pools = Vec::new();
    for slot in &call.arguments.positional {
        pools.push(known(evaluator, &slot.value, call)?);
    }
    let mut rows: Vec<Vec<Slot>> = vec![Vec::new()];
    for pool in std::iter::repeat_n(&pools, times).flatten() {
        if rows.len().saturating_mul(pool.len()) > MAX_ITEMS {
            return Err(evaluator.opaque(call));
        }
        rows = rows
            .iter()
            .flat_map(|row| pool.iter().map(|slot| row.iter().cloned().chain([slot.clone()]).collect()))
            .collect();
    }
    tuples(evaluator, rows, call)
}

/// `permutations`, `combinations`, `combinations_with_replacement`.
pub(super) fn chosen(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, r?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let length = bound.given(1).map(Value::as_int);
    let pool = known(evaluator, &value, call)?;
    let length = match length {
        None => pool.len(),
        Some(length) => match length.and_then(|length| usize::try_from(length).ok()) {
            Some(length) => length,
            None => return Err(evaluator.opaque(call)),
        },
    };
    let kind = call.name().to_owned();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..length {
        let mut longer = Vec::new();
        for row in &rows {
            for index in 0..pool.len() {
                let fits = match kind.as_str() {
                    "itertools.permutations" => !row.contains(&index),
                    "itertools.combinations" => row.last().is_none_or(|last| index > *last),
                    _ => row.last().is_none_or(|last| index >= *last),
                };
                if fits {
                    longer.push(row.iter().copied().chain([index]).collect());
                }
            }
        }
        if longer.len() > MAX_ITEMS || !evaluator.charge(longer.len()) {
            return Err(evaluator.opaque(call));
        }
        rows = longer;
    }
    let rows = rows.into_iter().map(|row| row.into_iter().filter_map(|index| pool.get(index).cloned()).collect());
    tuples(evaluator, rows.collect(), call)
}

pub(super) fn zip_longest(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let fill = call.arguments.named("fillvalue").cloned().unwrap_or_else(|| Slot::here(Value::none(call.at)));
    let mut columns = Vec::new();
    for slot in &call.arguments.positional {
        columns.push(known(evaluator, &slot.value, call)?);
    }
    let length = columns.iter().map(Vec::len).max().unwrap_or_default();
    let row = |index: usize| {
        columns.iter().map(|column| column.get(index).cloned().unwrap_or_else(|| fill.clone())).collect()
    };
    tuples(evaluator, (0..length).map(row).collect(), call)
}

pub(super) fn pairwise(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let pool = known(evaluator, &value, call)?;
    tuples(evaluator, pool.windows(2).map(<[Slot]>::to_vec).collect(), call)
}

pub(super) fn batched(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, n, *, strict?")?;
    let (Some(value), Some(size)) = (bound.value(0).cloned(), bound.value(1).and_then(Value::as_int)) else {
        return Err(evaluator.opaque(call));
    };
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else { return Err(evaluator.opaque(call)) };
    if evaluator.assumptions.python.is_none_or(|minor| minor < 12) || bound.value(2).is_some() {
        return Err(evaluator.opaque(call));
    }
    let pool = known(evaluator, &value, call)?;
    tuples(evaluator, pool.chunks(size).map(<[Slot]>::to_vec).collect(), call)
}

pub(super) fn compress(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "data, selectors")?;
    let (Some(data), Some(selectors)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let (data, selectors) = (known(evaluator, &data, call)?, known(evaluator, &selectors, call)?);
    let mut picked = Vec::new();
    for (slot, selector) in data.into_iter().zip(selectors) {
        let truth = evaluator.truth(&selector.value, call.at)?;
        match evaluator.outcome(&Test::Value(truth)) {
            Some(true) => picked.push(slot),
            Some(false) => {}
            None => return Err(evaluator.opaque(call)),
        }
    }
    Ok(over(evaluator, Sequence::known(picked), call.at))
}

/// `groupby(iterable, key)`: pairs of a key and an iterator over its neighbours.
pub(super) fn groupby(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, key?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let function = bound.given(1).cloned();
    let pool = known(evaluator, &value, call)?;
    let mut groups: Vec<(Value, Vec<Slot>)> = Vec::new();
    for slot in pool {
        let key = match &function {
            Some(function) => evaluator.call_with(function, vec![slot.value.clone()], call.at)?,
            None => slot.value.clone(),
        };
        let same = match groups.last() {
            Some((last, _)) => evaluator.equals(last, &key, 0),
            None => Some(false),
        };
        match (same, groups.last_mut()) {
            (Some(true), Some((_, members))) => members.push(slot),
            (Some(false), _) => groups.push((key, vec![slot])),
            _ => return Err(evaluator.opaque(call)),
        }
    }
    let mut slots = Vec::new();
    for (key, members) in groups {
        let members = over(evaluator, Sequence::known(members), call.at);
        let pair = pair(evaluator, Slot::new(key, call.at), Slot::new(members, call.at), call.at);
        slots.push(Slot::new(pair, call.at));
    }
    Ok(over(evaluator, Sequence::known(slots), call.at))
}

pub(super) fn tee(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, n?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let count = bound.value(1).map_or(Some(2), Value::as_int).and_then(|count| usize::try_from(count).ok());
    let Some(count) = count.filter(|count| *count <= 16) else { return Err(evaluator.opaque(call)) };
    let items = evaluator.elements(&value, call.at)?;
    let copies = (0..count).map(|_| over(evaluator, items.clone(), call.at)).collect();
    Ok(evaluator.tuple(copies, call.at))
}
