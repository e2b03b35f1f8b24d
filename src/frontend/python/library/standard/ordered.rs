//! `bisect`, `heapq` and `statistics`: what looks at the order of numbers and other values.

use ruff_python_ast::Operator;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome};
use super::super::super::value::{ObjectId, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{bind, misfit};
use super::super::builtins::sorting::{is_less, sorted_values};
use crate::tree::Location;

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "bisect.bisect" | "bisect.bisect_right" | "bisect.bisect_left" => bisect,
        "bisect.insort" | "bisect.insort_right" | "bisect.insort_left" => insort,
        "heapq.nlargest" | "heapq.nsmallest" => extremes,
        "heapq.heappush" => heappush,
        "heapq.heappop" => heappop,
        "heapq.heapify" => heapify,
        "statistics.mean" | "statistics.fmean" => mean,
        "statistics.median" => median,
        _ => return None,
    })
}

/// Where a value belongs in a sorted sequence.
fn place(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(Value, Slot, usize), Failure> {
    let bound = bind(evaluator, call, "a, x, lo?, hi?, key?")?;
    let (Some(items), Some(wanted)) = (bound.value(0).cloned(), bound.slot(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let is_plain = (2..5).all(|index| bound.value(index).is_none());
    let slots = evaluator.elements(&items, call.at)?.slots().filter(|_| is_plain);
    let Some(slots) = slots else { return Err(evaluator.opaque(call)) };
    let is_left = call.name().ends_with("_left");
    let (mut low, mut high) = (0, slots.len());
    while low < high {
        let middle = low.midpoint(high);
        let Some(slot) = slots.get(middle) else { break };
        let goes_on = if is_left {
            is_less(evaluator, &slot.value, &wanted.value, call.at)?
        } else {
            is_less(evaluator, &wanted.value, &slot.value, call.at)?.map(|is_before| !is_before)
        };
        match goes_on {
            Some(true) => low = middle + 1,
            Some(false) => high = middle,
            None => return Err(evaluator.opaque(call)),
        }
    }
    Ok((items, wanted, low))
}

fn bisect(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (_, _, index) = place(evaluator, call)?;
    Ok(evaluator.int(i64::try_from(index).unwrap_or(i64::MAX), call.at))
}

fn insort(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (items, wanted, index) = place(evaluator, call)?;
    let insert = evaluator.attribute(&items, "insert", call.at)?;
    let index = evaluator.int(i64::try_from(index).unwrap_or(i64::MAX), call.at);
    Ok(evaluator.call_with(&insert, vec![index, wanted.value], call.at)?)
}

/// `nlargest(n, iterable, key)`: the first of the sorted ones.
fn extremes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "n, iterable, key?")?;
    let (Some(count), Some(items)) = (bound.value(0).and_then(Value::as_int), bound.value(1).cloned()) else {
        return Err(evaluator.opaque(call));
    };
    let items = evaluator.elements(&items, call.at)?;
    if !items.is_known() {
        return Err(evaluator.opaque(call));
    }
    let key = bound.given(2).cloned();
    let reverse = evaluator.bool(call.name().ends_with("nlargest"), call.at);
    let sorted = sorted_values(evaluator, items, key.as_ref(), Some(&reverse), call.at)?;
    let count = usize::try_from(count).unwrap_or_default();
    let slots = sorted.slots().unwrap_or_default().into_iter().take(count).collect();
    Ok(evaluator.list(slots, call.at))
}

/// The list that a heap is kept in.
fn heap(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(ObjectId, Vec<Slot>), Failure> {
    let value = call.arguments.positional.first().map(|slot| slot.value.clone());
    let list = value.as_ref().and_then(|value| evaluator.as_list(value));
    match list.and_then(|(id, items)| Some((id, items.slots()?))) {
        Some(list) if !call.arguments.is_open() && call.arguments.keywords.is_empty() => Ok(list),
        _ => Err(evaluator.opaque(call)),
    }
}

fn keep(evaluator: &mut Evaluator<'_>, id: ObjectId, slots: Vec<Slot>) {
    evaluator.change_object(id, ObjectKind::List(Sequence::known(slots)));
}

fn before(evaluator: &mut Evaluator<'_>, slots: &[Slot], one: usize, two: usize, call: &Call) -> Result<bool, Failure> {
    let (Some(one), Some(two)) = (slots.get(one), slots.get(two)) else { return Ok(false) };
    let answer = is_less(evaluator, &one.value, &two.value, call.at)?;
    answer.ok_or_else(|| evaluator.opaque(call))
}

/// Moves an element towards the top of a heap, not above `start`.
fn rise(
    evaluator: &mut Evaluator<'_>,
    slots: &mut [Slot],
    start: usize,
    mut at: usize,
    call: &Call,
) -> Result<(), Failure> {
    while at > start {
        let parent = (at - 1) / 2;
        if !before(evaluator, slots, at, parent, call)? {
            break;
        }
        slots.swap(at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves an element to the bottom of a heap and up again, as CPython does: where equal ones end up depends on that.
fn sink(evaluator: &mut Evaluator<'_>, slots: &mut [Slot], start: usize, call: &Call) -> Result<(), Failure> {
    let mut at = start;
    loop {
        let (left, right) = (2 * at + 1, 2 * at + 2);
        if left >= slots.len() {
            break;
        }
        let takes_right = right < slots.len() && !before(evaluator, slots, left, right, call)?;
        let child = if takes_right { right } else { left };
        slots.swap(at, child);
        at = child;
    }
    rise(evaluator, slots, start, at, call)
}

fn heappush(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, mut slots) = heap(evaluator, call)?;
    let Some(slot) = call.arguments.positional.get(1).cloned() else { return Err(misfit(evaluator, call)) };
    slots.push(slot);
    let last = slots.len() - 1;
    rise(evaluator, &mut slots, 0, last, call)?;
    keep(evaluator, id, slots);
    Ok(Value::none(call.at))
}

fn heappop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, mut slots) = heap(evaluator, call)?;
    let Some(mut last) = slots.pop() else {
        return Err(evaluator.raise("IndexError", "index out of range", call.at));
    };
    if let Some(first) = slots.first_mut() {
        std::mem::swap(first, &mut last);
        sink(evaluator, &mut slots, 0, call)?;
    }
    keep(evaluator, id, slots);
    Ok(last.value)
}

fn heapify(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, mut slots) = heap(evaluator, call)?;
    for index in (0..slots.len() / 2).rev() {
        sink(evaluator, &mut slots, index, call)?;
    }
    keep(evaluator, id, slots);
    Ok(Value::none(call.at))
}

fn numbers(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<Slot>, Failure> {
    let bound = bind(evaluator, call, "data")?;
    let Some(data) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    match evaluator.elements(&data, call.at)?.slots() {
        Some(slots) if slots.is_empty() => {
            evaluator.may_raise_builtin("ValueError", call.at);
            Err(evaluator.not_modelled(call))
        }
        Some(slots) => Ok(slots),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn quotient(evaluator: &mut Evaluator<'_>, sum: &Value, count: i64, at: Location) -> Outcome {
    let count = evaluator.int(count, at);
    Ok(evaluator.binary(Operator::Div, sum, &count, at)?)
}

/// `mean(numbers)`: a whole number where whole numbers have one.
fn mean(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let slots = numbers(evaluator, call)?;
    let whole = |slot: &Slot| match slot.value.kind {
        ValueKind::Int(number) if number.abs() < 1 << 40 => Some(number),
        _ => None,
    };
    let all: Option<Vec<i64>> = slots.iter().map(whole).collect();
    let Some(all) = all.filter(|all| all.len() < 4_096) else {
        return Err(evaluator.unknown_of(call, TypeBound::Float));
    };
    let (sum, count) = (all.iter().sum::<i64>(), i64::try_from(all.len()).unwrap_or(1));
    if sum % count == 0 && call.name().ends_with(".mean") {
        return Ok(evaluator.int(sum / count, call.at));
    }
    let sum = evaluator.int(sum, call.at);
    quotient(evaluator, &sum, count, call.at)
}

fn median(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let slots = numbers(evaluator, call)?;
    let sorted = sorted_values(evaluator, Sequence::known(slots), None, None, call.at)?;
    let slots = sorted.slots().unwrap_or_default();
    let half = slots.len() / 2;
    match (slots.get(half.wrapping_sub(1)), slots.get(half)) {
        (_, Some(middle)) if slots.len() % 2 == 1 => Ok(middle.value.clone()),
        (Some(one), Some(two)) => {
            let sum = evaluator.binary(Operator::Add, &one.value, &two.value, call.at)?;
            quotient(evaluator, &sum, 2, call.at)
        }
        _ => Err(evaluator.not_modelled(call)),
    }
}
