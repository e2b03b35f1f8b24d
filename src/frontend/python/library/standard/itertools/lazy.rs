//! The iterators of `itertools` that give their elements when they are asked for.

use std::rc::Rc;

use super::super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Step};
use super::super::super::super::state::MAX_ITEMS;
use super::super::super::super::value::{Gap, IteratorState, ObjectId, ObjectKind, Sequence, Slot, Value};
use super::super::super::arguments::{bind, kind_of, misfit};
use super::super::super::builtins::iteration::{finish, lazy, over, parts, passes};
use crate::tree::Location;

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

pub(super) fn chain(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

pub(super) fn from_iterable(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

pub(super) fn count(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

pub(super) fn repeat(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

pub(super) fn cycle(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
pub(super) fn islice(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
                let gap = Gap::with(reason, held);
                // How many it takes of what is not known is not known either: there may be more.
                let is_iterator = matches!(
                    kind_of(evaluator, source).as_deref().map(|object| &object.kind),
                    Some(ObjectKind::Iterator(_))
                );
                if let Some(source) = source.as_object().filter(|_| is_iterator && stop != i64::MAX) {
                    evaluator.set_iterator(source, IteratorState::Rest(Sequence::unknown(gap.clone())));
                }
                return Ok(Step::Gap(gap));
            }
        }
    }
}

pub(super) fn while_passing(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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

pub(super) fn starmap(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
            let arguments = super::super::super::super::value::Arguments::of(slots);
            let result = evaluator.call_value(function, arguments, at)?;
            Ok(Step::Item(Slot::new(result, slot.at)))
        }
        Step::End => Ok(Step::End),
        _ => Ok(Step::Unknown),
    }
}

pub(super) fn accumulate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
