//! `math`, as far as results are the same on every machine.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome};
use super::super::super::value::{TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, misfit};

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "ceil" | "floor" | "trunc" => rounded,
        "sqrt" => sqrt,
        "fabs" => fabs,
        "isnan" | "isinf" | "isfinite" => classified,
        "gcd" | "lcm" => divisors,
        "prod" => prod,
        "factorial" => factorial,
        "log2" => log2,
        _ => return None,
    })
}

/// The constants.
pub fn constant(name: &str) -> Option<f64> {
    Some(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
fn number(value: &Value) -> Option<f64> {
    match value.kind {
        ValueKind::Float(number) => Some(number),
        _ => value.as_int().map(|number| number as f64),
    }
}

fn only(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Value, super::super::super::evaluate::Failure> {
    let bound = bind(evaluator, call, "x, /")?;
    match bound.value(0).cloned() {
        Some(value) => Ok(value),
        None => Err(misfit(evaluator, call)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only numbers that fit")]
fn rounded(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    match value.kind {
        ValueKind::Int(_) | ValueKind::Bool(_) => Ok(evaluator.int(value.as_int().unwrap_or_default(), call.at)),
        ValueKind::Float(number) if number.abs() < 9e18 => {
            let number = match call.name() {
                "math.ceil" => number.ceil(),
                "math.floor" => number.floor(),
                _ => number.trunc(),
            };
            Ok(evaluator.int(number as i64, call.at))
        }
        ValueKind::Text(_) | ValueKind::None => Err(evaluator.raise("TypeError", "must be real number", call.at)),
        _ => Err(applied(evaluator, call, TypeBound::Int)),
    }
}

fn sqrt(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    match number(&value) {
        Some(number) if number < 0.0 => Err(evaluator.raise("ValueError", "math domain error", call.at)),
        Some(number) => Ok(Value::new(ValueKind::Float(number.sqrt()), call.at)),
        None => Err(applied(evaluator, call, TypeBound::Float)),
    }
}

fn fabs(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    match number(&value) {
        Some(number) => Ok(Value::new(ValueKind::Float(number.abs()), call.at)),
        None => Err(applied(evaluator, call, TypeBound::Float)),
    }
}

fn classified(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    let Some(number) = number(&value) else { return Err(applied(evaluator, call, TypeBound::Bool)) };
    let answer = match call.name() {
        "math.isnan" => number.is_nan(),
        "math.isinf" => number.is_infinite(),
        _ => number.is_finite(),
    };
    Ok(evaluator.bool(answer, call.at))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn divisors(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let numbers: Option<Vec<u64>> =
        call.arguments.positional.iter().map(|slot| slot.value.as_int().map(i64::unsigned_abs)).collect();
    let Some(numbers) = numbers.filter(|_| !call.arguments.is_open()) else {
        return Err(applied(evaluator, call, TypeBound::Int));
    };
    let result = if call.name() == "math.gcd" {
        Some(numbers.into_iter().fold(0, gcd))
    } else {
        numbers
            .into_iter()
            .try_fold(1_u64, |a, b| if a == 0 || b == 0 { Some(0) } else { (a / gcd(a, b)).checked_mul(b) })
    };
    match result.and_then(|result| i64::try_from(result).ok()) {
        Some(result) => Ok(evaluator.int(result, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

fn prod(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /, *, start?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let mut result = bound.value(1).cloned().unwrap_or_else(|| evaluator.int(1, call.at));
    let Some(slots) = evaluator.elements(&value, call.at)?.slots() else {
        return Err(evaluator.not_modelled(call));
    };
    for slot in slots {
        result = evaluator.binary(ruff_python_ast::Operator::Mult, &result, &slot.value, call.at)?;
    }
    Ok(result)
}

fn factorial(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    match value.as_int() {
        Some(number @ 0..=20) => Ok(evaluator.int((1..=number).product(), call.at)),
        _ => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

/// Only powers of two have a logarithm that is the same everywhere.
fn log2(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = only(evaluator, call)?;
    match value.as_int().and_then(|number| u64::try_from(number).ok()).filter(|number| number.is_power_of_two()) {
        Some(number) => Ok(Value::new(ValueKind::Float(f64::from(number.trailing_zeros())), call.at)),
        None => Err(applied(evaluator, call, TypeBound::Float)),
    }
}
