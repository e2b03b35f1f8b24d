//! `itertools`: iterators that give their elements when they are asked for.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome, Step, Test};
use super::super::super::state::MAX_ITEMS;
use super::super::super::value::{Gap, IteratorState, ObjectId, ObjectKind, Sequence, Slot, Value};
use super::super::arguments::{bind, kind_of, misfit};
use super::super::builtins::iteration::{finish, lazy, over, pair, parts, passes};
use crate::tree::Location;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "chain" => chain,
        "chain.from_iterable" => from_iterable,
        "count" => count,
        "repeat" => repeat,
        "cycle" => cycle,
        "islice" => islice,
        "takewhile" | "dropwhile" | "filterfalse" => while_passing,
        "starmap" => starmap,
        "accumulate" => accumulate,
        "product" => product,
        "permutations" | "combinations" | "combinations_with_replacement" => chosen,
        "zip_longest" => zip_longest,
        "pairwise" => pairwise,
        "batched" => batched,
        "compress" => compress,
        "groupby" => groupby,
        "tee" => tee,
        _ => return None,
    })
}

/// The next of an iterator of this module.
pub fn next(evaluator: &mut Evaluator<'_>, id: ObjectId, name: &str, at: Location) -> Result<Step, Failure> {
    match name {
        "chain" => next_chain(evaluator, id, at),
        "from_iterable" => next_of_nested(evaluator, id, at),
        "count" => next_count(evaluator, id, at),
        "cycle" => next_cycle(evaluator, id, at),
        "takewhile" | "dropwhile" => next_while(evaluator, id, name == "takewhile", at),
        "starmap" => next_starmap(evaluator, id, at),
        "islice" => next_slice(evaluator, id, at),
        "accumulate" => next_accumulate(evaluator, id, at),
        _ => Ok(Step::Unknown),
    }
}

fn set(evaluator: &mut Evaluator<'_>, id: ObjectId, name: &'static str, values: Vec<Value>) {
    evaluator.set_iterator(id, IteratorState::Library(name, values));
}

fn chain(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        let values: Vec<Value> = call.arguments.slots().map(|slot| slot.value.clone()).collect();
        let held = evaluator.held_by(&values);
        let gap = Gap::with(evaluator.snippet(call.at), held);
        return Ok(over(evaluator, Sequence::unknown(gap), call.at));
    }
    let values = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    Ok(lazy(evaluator, "chain", values, call.at))
}

fn next_chain(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    loop {
        let mut values = parts(evaluator, id);
        if values.is_empty() {
            return Ok(Step::End);
        }
        let first = values.remove(0);
        let is_iterator =
            matches!(kind_of(evaluator, &first).as_deref().map(|object| &object.kind), Some(ObjectKind::Iterator(_)));
        let iterator = if is_iterator { first } else { evaluator.iterator(&first, at)? };
        let step = evaluator.step(&iterator, at)?;
        if let Step::End = step {
            set(evaluator, id, "chain", values);
            continue;
        }
        values.insert(0, iterator);
        set(evaluator, id, "chain", values);
        return Ok(step);
    }
}

fn from_iterable(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let outer = evaluator.iterator(&value, call.at)?;
    Ok(lazy(evaluator, "from_iterable", vec![outer], call.at))
}

fn next_of_nested(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    loop {
        let values = parts(evaluator, id);
        let Some(outer) = values.first().cloned() else { return Ok(Step::End) };
        if let Some(inner) = values.get(1) {
            match evaluator.step(inner, at)? {
                Step::End => set(evaluator, id, "from_iterable", vec![outer.clone()]),
                step => return Ok(step),
            }
        }
        match evaluator.step(&outer, at)? {
            Step::Item(slot) => {
                let inner = evaluator.iterator(&slot.value, at)?;
                set(evaluator, id, "from_iterable", vec![outer, inner]);
            }
            Step::Gap(gap) => {
                set(evaluator, id, "from_iterable", vec![outer]);
                let held = evaluator.held_by(&gap.candidates);
                return Ok(Step::Gap(Gap::with(Rc::clone(&gap.reason), held)));
            }
            step => return Ok(step),
        }
    }
}

fn count(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "start?, step?")?;
    let start = bound.value(0).cloned().unwrap_or_else(|| evaluator.int(0, call.at));
    let step = bound.value(1).cloned().unwrap_or_else(|| evaluator.int(1, call.at));
    Ok(lazy(evaluator, "count", vec![start, step], call.at))
}

fn next_count(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [number, step] = &values[..] else { return Ok(Step::Unknown) };
    let following = evaluator.binary(ruff_python_ast::Operator::Add, number, step, at)?;
    set(evaluator, id, "count", vec![following, step.clone()]);
    Ok(Step::Item(Slot::new(number.clone(), at)))
}

fn repeat(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, times?")?;
    let Some(slot) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    match bound.value(1).map(Value::as_int) {
        None => Ok(lazy(evaluator, "cycle", vec![slot.value], call.at)),
        Some(Some(times)) if usize::try_from(times.max(0)).is_ok_and(|times| times <= MAX_ITEMS) => {
            let times = usize::try_from(times.max(0)).unwrap_or_default();
            evaluator.charge(times);
            Ok(over(evaluator, Sequence::known(vec![slot; times]), call.at))
        }
        Some(_) => {
            let gap = Gap::with(evaluator.snippet(call.at), [slot.value]);
            Ok(over(evaluator, Sequence::unknown(gap), call.at))
        }
    }
}

fn cycle(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let items = evaluator.elements(&value, call.at)?;
    match items.slots() {
        Some(slots) if slots.is_empty() => Ok(over(evaluator, Sequence::default(), call.at)),
        Some(slots) => Ok(lazy(evaluator, "cycle", slots.into_iter().map(|slot| slot.value).collect(), call.at)),
        None => Ok(over(evaluator, items, call.at)),
    }
}

fn next_cycle(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let mut values = parts(evaluator, id);
    let Some(first) = values.first().cloned() else { return Ok(Step::End) };
    values.rotate_left(1);
    evaluator.charge(values.len() / 4);
    set(evaluator, id, "cycle", values);
    let place = first.at;
    Ok(Step::Item(Slot::new(first, if place == Location::default() { at } else { place })))
}

/// `islice(iterable, stop)`, `islice(iterable, start, stop, step)`.
fn islice(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, a, b?, step?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let number = |value: Option<&Value>, default: i64| match value {
        None => Some(default),
        Some(value) if value.is_none() => Some(default),
        Some(value) => value.as_int().filter(|number| *number >= 0),
    };
    let endless = i64::MAX;
    let (start, stop) = match bound.value(2) {
        None => (Some(0), number(bound.value(1), endless)),
        Some(stop) => (number(bound.value(1), 0), number(Some(stop), endless)),
    };
    let (Some(start), Some(stop), Some(step)) = (start, stop, number(bound.value(3), 1).filter(|step| *step > 0))
    else {
        return Err(evaluator.opaque(call));
    };
    let source = evaluator.iterator(&value, call.at)?;
    let numbers = [start, stop, step].map(|number| evaluator.int(number, call.at));
    let mut values = vec![source];
    values.extend(numbers);
    Ok(lazy(evaluator, "islice", values, call.at))
}

/// The next of a slice: how many are skipped before it, how many may still be looked at, and the step.
fn next_slice(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [source, skip, stop, step] = &values[..] else { return Ok(Step::End) };
    let (Some(mut skip), Some(mut stop)) = (skip.as_int(), stop.as_int()) else { return Ok(Step::Unknown) };
    loop {
        if stop <= 0 || (skip >= stop && stop != i64::MAX) {
            finish(evaluator, id);
            // What is skipped at the end is taken from the source all the same.
            for _ in 0..stop.max(0) {
                if !matches!(evaluator.step(source, at)?, Step::Item(_)) {
                    break;
                }
            }
            return Ok(Step::End);
        }
        match evaluator.step(source, at)? {
            Step::Item(slot) => {
                if stop != i64::MAX {
                    stop -= 1;
                }
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let every = step.as_int().unwrap_or(1);
                let numbers = [every - 1, stop, every].map(|number| evaluator.int(number, at));
                let mut following = vec![source.clone()];
                following.extend(numbers);
                set(evaluator, id, "islice", following);
                return Ok(Step::Item(slot));
            }
            Step::End => {
                finish(evaluator, id);
                return Ok(Step::End);
            }
            step => {
                let rest = evaluator.elements(source, at)?;
                let mut held: Vec<Value> = rest.values().cloned().collect();
                let reason = match &step {
                    Step::Gap(gap) => {
                        held.extend(gap.candidates.iter().cloned());
                        Rc::clone(&gap.reason)
                    }
                    _ => evaluator.snippet(at),
                };
                finish(evaluator, id);
                return Ok(Step::Gap(Gap::with(reason, held)));
            }
        }
    }
}

fn while_passing(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "predicate, iterable, /")?;
    let (Some(function), Some(value)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let source = evaluator.iterator(&value, call.at)?;
    let name = match call.name() {
        "itertools.takewhile" => "takewhile",
        "itertools.dropwhile" => "dropwhile",
        _ => "filterfalse",
    };
    Ok(lazy(evaluator, name, vec![function, source], call.at))
}

fn next_while(evaluator: &mut Evaluator<'_>, id: ObjectId, taking: bool, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [function, source] = &values[..] else {
        // Past the first that does not pass: all the rest.
        return match values.first() {
            Some(source) => Ok(evaluator.step(source, at)?),
            None => Ok(Step::End),
        };
    };
    loop {
        let step = evaluator.step(source, at)?;
        let Step::Item(slot) = step else {
            if let Step::End = step {
                return Ok(Step::End);
            }
            let rest = evaluator.elements(source, at)?;
            finish(evaluator, id);
            let held: Vec<Value> = rest.values().cloned().collect();
            return Ok(Step::Gap(Gap::with(evaluator.snippet(at), held)));
        };
        match (passes(evaluator, function, &slot.value, at)?, taking) {
            (Some(true), true) => return Ok(Step::Item(slot)),
            (Some(false), true) => {
                finish(evaluator, id);
                return Ok(Step::End);
            }
            (Some(true), false) => {}
            (Some(false), false) => {
                set(evaluator, id, "dropwhile", vec![source.clone()]);
                return Ok(Step::Item(slot));
            }
            (None, _) => {
                let rest = evaluator.elements(source, at)?;
                let mut held: Vec<Value> = rest.values().cloned().collect();
                held.push(slot.value);
                finish(evaluator, id);
                let reason = evaluator.snippet(at);
                evaluator.give_away(function, &reason);
                return Ok(Step::Gap(Gap::with(reason, held)));
            }
        }
    }
}

fn starmap(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, iterable, /")?;
    let (Some(function), Some(value)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let source = evaluator.iterator(&value, call.at)?;
    Ok(lazy(evaluator, "starmap", vec![function, source], call.at))
}

fn next_starmap(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [function, source] = &values[..] else { return Ok(Step::End) };
    match evaluator.step(source, at)? {
        Step::Item(slot) => {
            let Some(slots) = evaluator.elements(&slot.value, at)?.slots() else { return Ok(Step::Unknown) };
            let arguments = super::super::super::value::Arguments::of(slots);
            let result = evaluator.call_value(function, arguments, at)?;
            Ok(Step::Item(Slot::new(result, slot.at)))
        }
        Step::End => Ok(Step::End),
        _ => Ok(Step::Unknown),
    }
}

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

fn accumulate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, func?, *, initial?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let function = bound.given(1).cloned().unwrap_or_else(|| Value::none(call.at));
    let source = evaluator.iterator(&value, call.at)?;
    let mut values = vec![source, function];
    values.extend(bound.given(2).cloned());
    Ok(lazy(evaluator, if values.len() == 3 { "accumulate from" } else { "accumulate" }, values, call.at))
}

/// The first of an accumulation with a start is the start.
pub fn first_accumulated(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Step {
    let values = parts(evaluator, id);
    let start = values.get(2).cloned();
    set(evaluator, id, "accumulate", values);
    start.map_or(Step::End, |start| Step::Item(Slot::new(start, at)))
}

fn next_accumulate(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [source, function, total @ ..] = &values[..] else { return Ok(Step::End) };
    match evaluator.step(source, at)? {
        Step::Item(slot) => {
            let total = match total.first() {
                None => slot.value,
                Some(total) if function.is_none() => {
                    evaluator.binary(ruff_python_ast::Operator::Add, total, &slot.value, at)?
                }
                Some(total) => evaluator.call_with(function, vec![total.clone(), slot.value], at)?,
            };
            set(evaluator, id, "accumulate", vec![source.clone(), function.clone(), total.clone()]);
            Ok(Step::Item(Slot::new(total, slot.at)))
        }
        Step::End => Ok(Step::End),
        _ => Ok(Step::Unknown),
    }
}

fn product(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
fn chosen(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

fn zip_longest(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

fn pairwise(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let pool = known(evaluator, &value, call)?;
    tuples(evaluator, pool.windows(2).map(<[Slot]>::to_vec).collect(), call)
}

fn batched(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

fn compress(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
fn groupby(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

fn tee(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, n?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let count = bound.value(1).map_or(Some(2), Value::as_int).and_then(|count| usize::try_from(count).ok());
    let Some(count) = count.filter(|count| *count <= 16) else { return Err(evaluator.opaque(call)) };
    let items = evaluator.elements(&value, call.at)?;
    let copies = (0..count).map(|_| over(evaluator, items.clone(), call.at)).collect();
    Ok(evaluator.tuple(copies, call.at))
}
