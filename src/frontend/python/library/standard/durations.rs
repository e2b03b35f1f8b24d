//! `datetime.timedelta`.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{TypeBound, Value, ValueKind};
use super::super::arguments::{bind, kept, library_class, library_instance, misfit};
use crate::tree::Location;

/// A second, in what is counted here.
const SECOND: i64 = 1_000_000;
/// A day.
const DAY: i64 = 86_400 * SECOND;
/// What the arguments count, in order.
const UNITS: [i64; 7] = [DAY, SECOND, 1, 1_000, 60 * SECOND, 3_600 * SECOND, 7 * DAY];

/// The class.
pub fn function(name: &str) -> Option<NativeFunction> {
    (name == "timedelta").then_some(timedelta as NativeFunction)
}

/// Its methods.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    let method: NativeMethod = match name {
        "total_seconds" => total_seconds,
        "__add__" | "__radd__" | "__sub__" | "__mul__" | "__rmul__" => combined,
        "__eq__" | "__lt__" | "__le__" | "__gt__" | "__ge__" => compared,
        "__str__" => text,
        "__bool__" => is_any,
        "__neg__" | "__abs__" | "__truediv__" | "__floordiv__" | "__mod__" | "__rsub__" | "__repr__" => not_modelled,
        _ => return None,
    };
    (kind == "timedelta").then_some(method)
}

/// `timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)`.
fn timedelta(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let names = "days?, seconds?, microseconds?, milliseconds?, minutes?, hours?, weeks?";
    let bound = bind(evaluator, call, names)?;
    let mut total = Some(0_i64);
    for (index, unit) in UNITS.into_iter().enumerate() {
        let given = match bound.value(index).map(|value| &value.kind) {
            None => Some(0),
            Some(ValueKind::Int(number)) => number.checked_mul(unit),
            Some(ValueKind::Float(number)) => whole(*number, unit),
            _ => None,
        };
        total = total.zip(given).and_then(|(total, given)| total.checked_add(given));
    }
    match total {
        Some(total) => Ok(made(evaluator, total, call.at)),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// A fraction of a unit where that is whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "only whole numbers of that size")]
fn whole(number: f64, unit: i64) -> Option<i64> {
    let total = number * unit as f64;
    (total.fract() == 0.0 && total.abs() < 9e15 && (number * 64.0).fract() == 0.0).then_some(total as i64)
}

fn made(evaluator: &mut Evaluator<'_>, total: i64, at: Location) -> Value {
    let seconds = total.rem_euclid(DAY) / SECOND;
    let attributes = vec![
        ("days", evaluator.int(total.div_euclid(DAY), at)),
        ("seconds", evaluator.int(seconds, at)),
        ("microseconds", evaluator.int(total.rem_euclid(SECOND), at)),
        ("total", evaluator.int(total, at)),
    ];
    library_instance(evaluator, "datetime.timedelta", attributes, None, at)
}

fn total_of(evaluator: &Evaluator<'_>, value: &Value) -> Option<i64> {
    library_class(evaluator, value).filter(|class| &**class == "datetime.timedelta")?;
    kept(evaluator, value, "total")?.as_int()
}

fn own(evaluator: &Evaluator<'_>, call: &Call) -> Option<i64> {
    total_of(evaluator, call.receiver.as_ref()?)
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}

#[expect(clippy::cast_precision_loss, reason = "as Python divides")]
fn total_seconds(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match own(evaluator, call) {
        Some(total) if total.abs() < 1 << 53 => Ok(Value::new(ValueKind::Float(total as f64 / SECOND as f64), call.at)),
        _ => Err(evaluator.unknown_of(call, TypeBound::Float)),
    }
}

fn combined(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let (own, duration) = (own(evaluator, call), total_of(evaluator, &other));
    let total = match (call.name(), own, duration, &other.kind) {
        ("__add__" | "__radd__", Some(one), Some(two), _) => one.checked_add(two),
        ("__sub__", Some(one), Some(two), _) => one.checked_sub(two),
        ("__mul__" | "__rmul__", Some(one), None, ValueKind::Int(times)) => one.checked_mul(*times),
        _ => None,
    };
    match total {
        Some(total) => Ok(made(evaluator, total, call.at)),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn compared(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let other = call.arguments.positional.first().and_then(|slot| total_of(evaluator, &slot.value));
    let (Some(one), Some(two)) = (own(evaluator, call), other) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    };
    let holds = match call.name() {
        "__eq__" => one == two,
        "__lt__" => one < two,
        "__le__" => one <= two,
        "__gt__" => one > two,
        _ => one >= two,
    };
    Ok(evaluator.bool(holds, call.at))
}

fn is_any(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match own(evaluator, call) {
        Some(total) => Ok(evaluator.bool(total != 0, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}

/// `1 day, 2:03:04.000005`.
fn text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(total) = own(evaluator, call) else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    let (days, seconds) = (total.div_euclid(DAY), total.rem_euclid(DAY) / SECOND);
    let days = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    let part = match total.rem_euclid(SECOND) {
        0 => String::new(),
        part => format!(".{part:06}"),
    };
    let clock = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Ok(evaluator.computed_text(format!("{days}{clock}{part}"), call.at))
}
