//! Numbers: `int`, `float`, `round`, `sum` and the like.

use ruff_python_ast::Operator;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome, Test};
use super::super::super::value::{Element, TypeBound, Unknown, Value, ValueKind, parse_float, parse_int};
use super::super::arguments::{applied, bind, misfit, unwrapped};

/// `int(value, base)`.
pub fn int(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value?, /, base?")?;
    let Some(given) = bound.value(0).cloned() else { return Ok(evaluator.int(0, call.at)) };
    for name in ["__int__", "__index__", "__trunc__"] {
        if let Some(result) = evaluator.call_special(&given, name, Vec::new(), call.at) {
            return Ok(result?);
        }
    }
    let value = unwrapped(evaluator, &given);
    let base = match bound.value(1) {
        None => Some(10),
        Some(base) => base.as_int().and_then(|base| u32::try_from(base).ok()).filter(|base| *base <= 36 && *base != 1),
    };
    match (&value.kind, bound.value(1)) {
        (ValueKind::Text(text), _) => {
            let Some(base) = base else { return Err(evaluator.unknown_of(call, TypeBound::Int)) };
            int_of_text(evaluator, text, base, call)
        }
        (_, Some(_)) => Err(evaluator.unknown_of(call, TypeBound::Int)),
        (ValueKind::Bool(_) | ValueKind::Int(_), _) => Ok(evaluator.int(value.as_int().unwrap_or_default(), call.at)),
        (ValueKind::Float(number), _) => whole(evaluator, number.trunc(), call),
        (ValueKind::None, _) => {
            let message = "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'";
            Err(evaluator.raise("TypeError", message, call.at))
        }
        (ValueKind::Unknown(unknown), _) => {
            let unknown = unknown.clone();
            evaluator.may_raise_builtin("ValueError", call.at);
            if matches!(unknown.bound, TypeBound::Int) {
                return Ok(value);
            }
            Err(with_default(evaluator, call, &unknown, TypeBound::Int))
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Int)),
    }
}

/// An unknown number, with the number that its default becomes.
fn with_default(evaluator: &mut Evaluator<'_>, call: &Call, unknown: &Unknown, bound: TypeBound) -> Failure {
    let failure = applied(evaluator, call, bound);
    let Failure::Unknown(mut result) = failure else { return failure };
    result.cause = unknown.cause;
    result.default = match (unknown.default.as_ref().and_then(Value::as_text), bound) {
        (Some(text), TypeBound::Int) => parse_int(text, 10).map(|number| Value::new(ValueKind::Int(number), call.at)),
        (Some(text), _) => parse_float(text).map(|number| Value::new(ValueKind::Float(number), call.at)),
        (None, _) => unknown.default.clone().filter(|value| value.as_int().is_some()),
    };
    Failure::Unknown(result)
}

fn int_of_text(evaluator: &mut Evaluator<'_>, text: &str, base: u32, call: &Call) -> Outcome {
    if !text.is_ascii() {
        return Err(evaluator.unknown_of(call, TypeBound::Int));
    }
    let trimmed = text.trim_matches(|character: char| {
        character.is_ascii_whitespace() || matches!(character, '\x0b' | '\x1c'..='\x1f')
    });
    match parse_int(trimmed, base) {
        Some(number) => Ok(evaluator.int(number, call.at)),
        // It may be a number larger than those that are computed with.
        None if trimmed.len() > 17 => Err(evaluator.unknown_of(call, TypeBound::Int)),
        None => {
            let shown = evaluator.repr(&Value::text(text, call.at)).unwrap_or_default();
            let message = format!("invalid literal for int() with base {base}: {shown}");
            Err(evaluator.raise("ValueError", message, call.at))
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only numbers that fit")]
fn whole(evaluator: &mut Evaluator<'_>, number: f64, call: &Call) -> Outcome {
    if number.is_nan() {
        return Err(evaluator.raise("ValueError", "cannot convert float NaN to integer", call.at));
    }
    if number.is_infinite() {
        return Err(evaluator.raise("OverflowError", "cannot convert float infinity to integer", call.at));
    }
    if number.abs() < 9.2e18 {
        Ok(evaluator.int(number as i64, call.at))
    } else {
        Err(evaluator.unknown_of(call, TypeBound::Int))
    }
}

/// `float(value)`.
#[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
pub fn float(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value?, /")?;
    let Some(given) = bound.value(0).cloned() else { return Ok(Value::new(ValueKind::Float(0.0), call.at)) };
    for name in ["__float__", "__index__"] {
        if let Some(result) = evaluator.call_special(&given, name, Vec::new(), call.at) {
            return Ok(result?);
        }
    }
    let value = unwrapped(evaluator, &given);
    match &value.kind {
        ValueKind::Float(_) => Ok(value),
        ValueKind::Bool(_) | ValueKind::Int(_) => {
            Ok(Value::new(ValueKind::Float(value.as_int().unwrap_or_default() as f64), call.at))
        }
        ValueKind::Text(text) if text.is_ascii() => match parse_float(text) {
            Some(number) => Ok(Value::new(ValueKind::Float(number), call.at)),
            None => {
                let shown = evaluator.repr(&value).unwrap_or_default();
                Err(evaluator.raise("ValueError", format!("could not convert string to float: {shown}"), call.at))
            }
        },
        ValueKind::None => {
            let message = "float() argument must be a string or a real number, not 'NoneType'";
            Err(evaluator.raise("TypeError", message, call.at))
        }
        ValueKind::Unknown(unknown) => {
            let unknown = unknown.clone();
            evaluator.may_raise_builtin("ValueError", call.at);
            Err(with_default(evaluator, call, &unknown, TypeBound::Float))
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Float)),
    }
}

/// `bool(value)`.
pub fn bool(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Ok(evaluator.bool(false, call.at)) };
    truth_value(evaluator, &value, call)
}

/// The truth of a value, as a value.
pub fn truth_value(evaluator: &mut Evaluator<'_>, value: &Value, call: &Call) -> Outcome {
    let truth = evaluator.truth(value, call.at)?;
    match (evaluator.outcome(&Test::Value(truth)), truth) {
        (Some(outcome), _) => Ok(evaluator.bool(outcome, call.at)),
        (None, super::super::super::evaluate::Truth::Unknown(symbol)) => {
            let unknown = Unknown::new(super::super::super::value::Cause::Condition, evaluator.snippet(call.at))
                .of(TypeBound::Bool)
                .with_symbol(symbol);
            Ok(Value::unknown(unknown, call.at))
        }
        _ => Ok(evaluator.unknown_bool(call.at)),
    }
}

/// `abs(number)`.
pub fn abs(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "number, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(result) = evaluator.call_special(&value, "__abs__", Vec::new(), call.at) {
        return Ok(result?);
    }
    match &unwrapped(evaluator, &value).kind {
        ValueKind::Float(number) => Ok(Value::new(ValueKind::Float(number.abs()), call.at)),
        ValueKind::Int(number) if *number != i64::MIN => Ok(evaluator.int(number.abs(), call.at)),
        ValueKind::Bool(flag) => Ok(evaluator.int(i64::from(*flag), call.at)),
        ValueKind::Text(_) | ValueKind::None | ValueKind::Bytes(_) => {
            let message = format!("bad operand type for abs(): '{}'", evaluator.type_name(&value));
            Err(evaluator.raise("TypeError", message, call.at))
        }
        _ => Err(applied(evaluator, call, TypeBound::Any)),
    }
}

/// `round(number, digits)`: to even.
pub fn round(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "number, ndigits?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(result) = evaluator.call_special(&value, "__round__", Vec::new(), call.at) {
        return Ok(result?);
    }
    let digits = bound.given(1).cloned();
    match (&value.kind, digits) {
        (ValueKind::Int(_) | ValueKind::Bool(_), None) => {
            Ok(evaluator.int(value.as_int().unwrap_or_default(), call.at))
        }
        (ValueKind::Int(_), Some(digits)) if digits.as_int().is_some_and(|digits| digits >= 0) => Ok(value),
        (ValueKind::Int(number), Some(digits)) if digits.as_int().is_some_and(|digits| digits >= -18) => {
            match rounded_to(*number, digits.as_int().unwrap_or_default().unsigned_abs()) {
                Some(number) => Ok(evaluator.int(number, call.at)),
                None => Err(evaluator.unknown_of(call, TypeBound::Int)),
            }
        }
        (ValueKind::Float(number), None) => whole(evaluator, number.round_ties_even(), call),
        (ValueKind::Float(number), Some(digits)) => match digits.as_int() {
            // The shortest decimal of the exact value rounded half to even is what Python computes.
            Some(digits @ 0..=22) if number.is_finite() => {
                let text = format!("{number:.*}", usize::try_from(digits).unwrap_or_default());
                Ok(Value::new(ValueKind::Float(text.parse().unwrap_or(*number)), call.at))
            }
            _ => Err(evaluator.unknown_of(call, TypeBound::Float)),
        },
        (ValueKind::Text(_) | ValueKind::None, _) => {
            let message = format!("type {} doesn't define __round__ method", evaluator.type_name(&value));
            Err(evaluator.raise("TypeError", message, call.at))
        }
        (_, None) => Err(applied(evaluator, call, TypeBound::Any)),
        _ => Err(applied(evaluator, call, TypeBound::Any)),
    }
}

/// An integer rounded to tens, hundreds, …; halves go to the even one.
fn rounded_to(number: i64, zeros: u64) -> Option<i64> {
    let unit = 10_i128.checked_pow(u32::try_from(zeros).ok()?)?;
    let number = i128::from(number);
    let (below, rest) = (number.div_euclid(unit), number.rem_euclid(unit));
    let is_up = rest * 2 > unit || (rest * 2 == unit && below % 2 != 0);
    i64::try_from((below + i128::from(is_up)) * unit).ok()
}

/// `divmod(a, b)`.
pub fn divmod(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, b, /")?;
    let (Some(a), Some(b)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    if a.as_object().is_some() || b.as_object().is_some() {
        return Err(evaluator.opaque(call));
    }
    let quotient = evaluator.binary(Operator::FloorDiv, &a, &b, call.at)?;
    let rest = evaluator.binary(Operator::Mod, &a, &b, call.at)?;
    Ok(evaluator.tuple(vec![quotient, rest], call.at))
}

/// `pow(base, exponent, modulus)`.
pub fn pow(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "base, exp, mod?")?;
    let (Some(base), Some(exponent)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    match bound.given(2).map(Value::as_int) {
        None => Ok(evaluator.binary(Operator::Pow, &base, &exponent, call.at)?),
        Some(Some(modulus)) if modulus > 0 => match (base.as_int(), exponent.as_int()) {
            (Some(base), Some(exponent)) if exponent >= 0 => {
                Ok(evaluator.int(power_modulo(base, exponent, modulus), call.at))
            }
            _ => Err(evaluator.not_modelled(call)),
        },
        Some(_) => Err(evaluator.not_modelled(call)),
    }
}

fn power_modulo(base: i64, exponent: i64, modulus: i64) -> i64 {
    let modulus = i128::from(modulus);
    let (mut result, mut base, mut exponent) = (1 % modulus, i128::from(base).rem_euclid(modulus), exponent);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    i64::try_from(result).unwrap_or_default()
}

/// `sum(iterable, start)`.
pub fn sum(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /, start?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let mut total = bound.value(1).cloned().unwrap_or_else(|| evaluator.int(0, call.at));
    if total.as_text().is_some() {
        return Err(evaluator.raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]", call.at));
    }
    let items = evaluator.elements(&value, call.at)?;
    let floats = items.values().filter(|value| matches!(value.kind, ValueKind::Float(_))).count();
    // Since 3.12 sums of floats are compensated.
    if floats > 1 && evaluator.assumptions.python.is_none_or(|minor| minor >= 12) {
        return Err(evaluator.unknown_of(call, TypeBound::Float));
    }
    for element in items.elements {
        match element {
            Element::One(slot) => total = evaluator.binary(Operator::Add, &total, &slot.value, call.at)?,
            Element::Gap(gap) => {
                let held = super::iteration::one_of_gap(evaluator, &gap, call.at);
                total = evaluator.binary(Operator::Add, &total, &held, call.at)?;
            }
        }
    }
    Ok(total)
}

/// `hex(number)`.
pub fn hex(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    in_base(evaluator, call, "0x", |size| format!("{size:x}"))
}

/// `oct(number)`.
pub fn oct(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    in_base(evaluator, call, "0o", |size| format!("{size:o}"))
}

/// `bin(number)`.
pub fn bin(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    in_base(evaluator, call, "0b", |size| format!("{size:b}"))
}

fn in_base(evaluator: &mut Evaluator<'_>, call: &Call, prefix: &str, digits: fn(u64) -> String) -> Outcome {
    let bound = bind(evaluator, call, "number, /")?;
    match bound.value(0).map(|value| unwrapped(evaluator, value)).and_then(|value| value.as_int()) {
        Some(number) => {
            let sign = if number < 0 { "-" } else { "" };
            Ok(Value::text(format!("{sign}{prefix}{}", digits(number.unsigned_abs())), call.at))
        }
        None => Err(applied(evaluator, call, TypeBound::Text)),
    }
}

/// `hash(value)` and `id(value)`: numbers that differ from run to run.
pub fn hash(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(applied(evaluator, call, TypeBound::Int))
}
