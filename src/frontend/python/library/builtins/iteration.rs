//! `enumerate`, `zip`, `map` and the like: iterators that give their elements when they are asked for.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Step, Test, Truth};
use super::super::super::value::{
    Element, Gap, IteratorState, ObjectId, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value,
};
use super::super::arguments::{bind, kind_of, misfit, unwrapped};
use crate::tree::Location;

/// A new iterator of the library.
pub fn lazy(evaluator: &mut Evaluator<'_>, name: &'static str, values: Vec<Value>, at: Location) -> Value {
    evaluator.allocate(ObjectKind::Iterator(IteratorState::Library(name, values)), at)
}

/// An iterator over elements that are there already.
pub fn over(evaluator: &mut Evaluator<'_>, items: Sequence, at: Location) -> Value {
    evaluator.allocate(ObjectKind::Iterator(IteratorState::Rest(items)), at)
}

/// What an iterator of the library works on.
pub fn parts(evaluator: &Evaluator<'_>, id: ObjectId) -> Vec<Value> {
    match evaluator.state.object(id).map(|object| &object.kind) {
        Some(ObjectKind::Iterator(IteratorState::Library(_, values))) => values.clone(),
        _ => Vec::new(),
    }
}

/// An iterator that is used up.
pub fn finish(evaluator: &mut Evaluator<'_>, id: ObjectId) {
    evaluator.set_iterator(id, IteratorState::Rest(Sequence::default()));
}

/// `enumerate(iterable, start)`.
pub fn enumerate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, start?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let start = bound.value(1).cloned().unwrap_or_else(|| evaluator.int(0, call.at));
    let source = evaluator.iterator(&value, call.at)?;
    Ok(lazy(evaluator, "enumerate", vec![source, start], call.at))
}

/// The next of `enumerate`.
pub fn enumerate_next(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [source, number] = &values[..] else { return Ok(Step::End) };
    match evaluator.step(source, at)? {
        Step::Item(slot) => {
            let following = match number.as_int() {
                Some(number) => evaluator.int(number + 1, at),
                None => number.clone(),
            };
            evaluator.set_iterator(id, IteratorState::Library("enumerate", vec![source.clone(), following]));
            let pair = pair(evaluator, Slot::new(number.clone(), at), slot.clone(), at);
            Ok(Step::Item(Slot::new(pair, slot.at)))
        }
        Step::Gap(gap) => {
            let unknown = evaluator.unknown_number(TypeBound::Int, at);
            evaluator.set_iterator(id, IteratorState::Library("enumerate", vec![source.clone(), unknown.clone()]));
            let held = one_of_gap(evaluator, &gap, at);
            let pair = pair(evaluator, Slot::new(unknown, at), Slot::new(held, at), at);
            Ok(Step::Gap(Gap::with(Rc::clone(&gap.reason), [pair])))
        }
        step => Ok(step),
    }
}

/// A tuple of two.
pub fn pair(evaluator: &mut Evaluator<'_>, one: Slot, two: Slot, at: Location) -> Value {
    evaluator.allocate(ObjectKind::Tuple(Sequence::known(vec![one, two])), at)
}

/// Any element that a gap stands for.
pub fn one_of_gap(evaluator: &mut Evaluator<'_>, gap: &Gap, at: Location) -> Value {
    let symbol = evaluator.symbols.opaque();
    let unknown = Unknown::new(super::super::super::value::Cause::External, Rc::clone(&gap.reason))
        .with_symbol(symbol)
        .with_candidates(Rc::clone(&gap.candidates));
    Value::unknown(unknown, at)
}

/// `zip(…)`.
pub fn zip(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.more_keywords.is_some() {
        return Err(evaluator.opaque(call));
    }
    if let Some(gap) = &call.arguments.more_positional {
        let values: Vec<Value> = call.arguments.slots().map(|slot| slot.value.clone()).collect();
        let mut held = evaluator.held_by(&values);
        held.extend(evaluator.held_by(&gap.candidates));
        let tuple =
            evaluator.allocate(ObjectKind::Tuple(Sequence::unknown(Gap::with(Rc::clone(&gap.reason), held))), call.at);
        let items = Sequence::unknown(Gap::with(Rc::clone(&gap.reason), [tuple]));
        return Ok(over(evaluator, items, call.at));
    }
    let mut sources = Vec::new();
    for slot in &call.arguments.positional {
        sources.push(evaluator.iterator(&slot.value, call.at)?);
    }
    match call.arguments.keywords.first() {
        Some(keyword) if &*keyword.name == "strict" => {
            let name = if keyword.slot.value.as_int() == Some(0) { "zip" } else { "zip strict" };
            Ok(lazy(evaluator, name, sources, call.at))
        }
        Some(_) => Err(misfit(evaluator, call)),
        None => Ok(lazy(evaluator, "zip", sources, call.at)),
    }
}

/// The next of `zip`.
pub fn zip_next(evaluator: &mut Evaluator<'_>, id: ObjectId, is_strict: bool, at: Location) -> Result<Step, Failure> {
    let sources = parts(evaluator, id);
    let mut slots = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        match evaluator.step(source, at)? {
            Step::Item(slot) => slots.push(slot),
            Step::End => {
                finish(evaluator, id);
                return if is_strict { strict_end(evaluator, &sources, index, at) } else { Ok(Step::End) };
            }
            Step::Gap(gap) => return zip_gap(evaluator, id, &sources, &slots, &gap, at),
            Step::Unknown => return zip_gap(evaluator, id, &sources, &slots, &Gap::new(evaluator.snippet(at)), at),
        }
    }
    if slots.is_empty() {
        return Ok(Step::End);
    }
    let place = slots.first().map_or(at, |slot| slot.at);
    Ok(Step::Item(Slot::new(evaluator.allocate(ObjectKind::Tuple(Sequence::known(slots)), place), place)))
}

/// The end of a strict `zip`: all must end together.
fn strict_end(evaluator: &mut Evaluator<'_>, sources: &[Value], index: usize, at: Location) -> Result<Step, Failure> {
    let mut is_even = index == 0;
    for source in sources.iter().skip(1).filter(|_| index == 0) {
        is_even &= matches!(evaluator.step(source, at)?, Step::End);
    }
    if is_even {
        Ok(Step::End)
    } else {
        Err(evaluator.raise("ValueError", "zip() arguments are not of one length", at))
    }
}

/// From a gap on it is not known which elements meet.
fn zip_gap(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    sources: &[Value],
    taken: &[Slot],
    gap: &Gap,
    at: Location,
) -> Result<Step, Failure> {
    finish(evaluator, id);
    let mut members = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let rest = evaluator.elements(source, at)?;
        let mut held: Vec<Value> = rest.values().cloned().collect();
        held.extend(taken.get(index).map(|slot| slot.value.clone()));
        if index == taken.len() {
            held.extend(gap.candidates.iter().cloned());
        }
        let any = one_of_gap(evaluator, &Gap::with(Rc::clone(&gap.reason), held), at);
        members.push(Slot::new(any, at));
    }
    let tuple = evaluator.allocate(ObjectKind::Tuple(Sequence::known(members)), at);
    Ok(Step::Gap(Gap::with(Rc::clone(&gap.reason), [tuple])))
}

/// `map(function, …)`.
pub fn map(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let [function, iterables @ ..] = &call.arguments.positional[..] else { return Err(misfit(evaluator, call)) };
    if call.arguments.is_open() || iterables.is_empty() || !call.arguments.keywords.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let mut values = vec![function.value.clone()];
    for slot in iterables {
        values.push(evaluator.iterator(&slot.value, call.at)?);
    }
    Ok(lazy(evaluator, "map", values, call.at))
}

/// The next of `map`.
pub fn map_next(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [function, sources @ ..] = &values[..] else { return Ok(Step::End) };
    let mut arguments = Vec::new();
    let (mut place, mut open) = (None, None);
    for source in sources {
        match evaluator.step(source, at)? {
            Step::Item(slot) => {
                place.get_or_insert(slot.at);
                arguments.push(slot.value);
            }
            Step::Gap(gap) => {
                arguments.push(one_of_gap(evaluator, &gap, at));
                open = Some(gap);
            }
            Step::End => return Ok(Step::End),
            Step::Unknown => return Ok(Step::Unknown),
        }
    }
    let Some(gap) = open else {
        let result = evaluator.call_with(function, arguments, at)?;
        return Ok(Step::Item(Slot::new(result, place.unwrap_or(at))));
    };
    if sources.len() > 1 {
        finish(evaluator, id);
        let reason = evaluator.snippet(at);
        evaluator.give_away(function, &reason);
    }
    Ok(Step::Gap(called_for_gap(evaluator, function, arguments, &gap, at)))
}

/// What a function gives for the elements that a gap stands for; it may be called any number of times.
pub fn called_for_gap(
    evaluator: &mut Evaluator<'_>,
    function: &Value,
    arguments: Vec<Value>,
    gap: &Gap,
    at: Location,
) -> Gap {
    let mut results = Vec::new();
    evaluator.perhaps(&gap.reason, |evaluator| {
        results.push(evaluator.call_with(function, arguments, at)?);
        Ok(())
    });
    Gap::with(Rc::clone(&gap.reason), results)
}

/// `filter(function, iterable)`.
pub fn filter(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, iterable, /")?;
    let (Some(function), Some(iterable)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let source = evaluator.iterator(&iterable, call.at)?;
    Ok(lazy(evaluator, "filter", vec![function, source], call.at))
}

/// The next of `filter`, and of `filterfalse` where `wanted` is false.
pub fn filter_next(evaluator: &mut Evaluator<'_>, id: ObjectId, wanted: bool, at: Location) -> Result<Step, Failure> {
    let values = parts(evaluator, id);
    let [function, source] = &values[..] else { return Ok(Step::End) };
    loop {
        match evaluator.step(source, at)? {
            Step::Item(slot) => match passes(evaluator, function, &slot.value, at)? {
                Some(passed) if passed == wanted => return Ok(Step::Item(slot)),
                Some(_) => {}
                None => return Ok(Step::Gap(Gap::with(evaluator.snippet(at), [slot.value]))),
            },
            Step::Gap(gap) => {
                let any = one_of_gap(evaluator, &gap, at);
                if !function.is_none() {
                    called_for_gap(evaluator, function, vec![any], &gap, at);
                }
                return Ok(Step::Gap(gap));
            }
            step => return Ok(step),
        }
    }
}

/// Whether a value passes a test; `None`: the truth of the value itself.
pub fn passes(
    evaluator: &mut Evaluator<'_>,
    function: &Value,
    value: &Value,
    at: Location,
) -> Result<Option<bool>, Failure> {
    let result =
        if function.is_none() { value.clone() } else { evaluator.call_with(function, vec![value.clone()], at)? };
    let truth = evaluator.truth(&result, at)?;
    Ok(evaluator.outcome(&Test::Value(truth)))
}

/// `reversed(value)`.
pub fn reversed(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "sequence, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(result) = evaluator.call_special(&value, "__reversed__", Vec::new(), call.at) {
        return Ok(result?);
    }
    let value = unwrapped(evaluator, &value);
    let is_iterator = matches!(
        kind_of(evaluator, &value).as_deref().map(|object| &object.kind),
        Some(ObjectKind::Iterator(_) | ObjectKind::Set(_))
    );
    if is_iterator {
        let message = format!("'{}' object is not reversible", evaluator.type_name(&value));
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    let mut items = evaluator.elements(&value, call.at)?;
    items.elements.reverse();
    Ok(over(evaluator, items, call.at))
}

/// `iter(value)`.
pub fn iter(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.positional.len() == 2 {
        return Err(evaluator.opaque(call));
    }
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(evaluator.iterator(&value, call.at)?)
}

/// `next(iterator, default)`.
pub fn next(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterator, default?, /")?;
    let Some(iterator) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let default = bound.value(1).cloned();
    if let Some(object) = kind_of(evaluator, &iterator)
        && super::super::arguments::is_builtin_collection(&object.kind)
    {
        let message = format!("'{}' object is not an iterator", evaluator.type_name(&iterator));
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    match evaluator.step(&iterator, call.at)? {
        Step::Item(slot) => Ok(slot.value),
        Step::End => match default {
            Some(default) => Ok(default),
            None => Err(evaluator.raise("StopIteration", "", call.at)),
        },
        // There may be none, one or several in the gap: what was taken is not known, nor what is left.
        Step::Gap(gap) => {
            let rest = evaluator.elements(&iterator, call.at)?;
            let mut held: Vec<Value> = gap.candidates.to_vec();
            held.extend(rest.values().cloned());
            held.extend(default);
            let gap = Gap::with(Rc::clone(&gap.reason), held);
            if let Some(id) = iterator.as_object() {
                evaluator.set_iterator(id, IteratorState::Rest(Sequence::unknown(gap.clone())));
            }
            evaluator.may_raise_builtin("StopIteration", call.at);
            Ok(one_of_gap(evaluator, &gap, call.at))
        }
        Step::Unknown => Err(evaluator.opaque(call)),
    }
}

/// `any(iterable)`.
pub fn any(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    decided(evaluator, call, true)
}

/// `all(iterable)`.
pub fn all(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    decided(evaluator, call, false)
}

/// Whether one element has the truth that decides.
fn decided(evaluator: &mut Evaluator<'_>, call: &Call, deciding: bool) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let items = evaluator.elements(&value, call.at)?;
    let mut open: Vec<Truth> = Vec::new();
    let mut has_gap = false;
    for element in items.elements {
        match element {
            Element::One(slot) => {
                let truth = evaluator.truth(&slot.value, call.at)?;
                match evaluator.outcome(&Test::Value(truth)) {
                    Some(outcome) if outcome == deciding => return Ok(evaluator.bool(deciding, call.at)),
                    Some(_) => {}
                    None => open.push(truth),
                }
            }
            Element::Gap(_) => has_gap = true,
        }
    }
    match (&open[..], has_gap) {
        ([], false) => Ok(evaluator.bool(!deciding, call.at)),
        ([Truth::Unknown(symbol)], false) => {
            let unknown = Unknown::new(super::super::super::value::Cause::Condition, evaluator.snippet(call.at))
                .of(TypeBound::Bool)
                .with_symbol(*symbol);
            Ok(Value::unknown(unknown, call.at))
        }
        _ => Ok(evaluator.unknown_bool(call.at)),
    }
}
