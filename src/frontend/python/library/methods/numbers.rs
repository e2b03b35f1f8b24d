//! The methods and attributes of numbers.

use super::super::super::evaluate::{Call, Evaluator, NativeMethod, Outcome};
use super::super::super::value::{TypeBound, Value, ValueKind};
use super::super::arguments::receiver;
use crate::tree::Location;

/// The methods of `int`.
pub fn int_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "bit_length" => bit_length,
        "bit_count" => bit_count,
        "conjugate" => itself,
        "is_integer" => is_integer,
        "as_integer_ratio" | "to_bytes" | "from_bytes" => not_modelled,
        _ => return None,
    })
}

/// The methods of `float`.
pub fn float_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "is_integer" => is_integer,
        "conjugate" => itself,
        "hex" | "fromhex" | "as_integer_ratio" => not_modelled,
        _ => return None,
    })
}

/// `number.real` and the like.
pub fn attribute(evaluator: &Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Value> {
    match (&value.kind, name) {
        (ValueKind::Int(_) | ValueKind::Float(_), "real") => Some(value.clone()),
        (ValueKind::Bool(_), "real" | "numerator") => Some(evaluator.int(value.as_int()?, at)),
        (ValueKind::Int(_), "numerator") => Some(value.clone()),
        (ValueKind::Int(_) | ValueKind::Bool(_), "imag") => Some(evaluator.int(0, at)),
        (ValueKind::Int(_) | ValueKind::Bool(_), "denominator") => Some(evaluator.int(1, at)),
        (ValueKind::Float(_), "imag") => Some(Value::new(ValueKind::Float(0.0), at)),
        _ => None,
    }
}

fn bit_length(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match receiver(evaluator, call).as_int() {
        Some(number) => Ok(evaluator.int(i64::from(64 - number.unsigned_abs().leading_zeros()), call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

fn bit_count(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match receiver(evaluator, call).as_int() {
        Some(number) => Ok(evaluator.int(i64::from(number.unsigned_abs().count_ones()), call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

fn is_integer(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match receiver(evaluator, call).kind {
        ValueKind::Float(number) => Ok(evaluator.bool(number.is_finite() && number.fract() == 0.0, call.at)),
        _ => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}

fn itself(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let value = receiver(evaluator, call);
    match value.as_int().filter(|_| matches!(value.kind, ValueKind::Bool(_))) {
        Some(number) => Ok(evaluator.int(number, call.at)),
        None => Ok(value),
    }
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}
