//! Arithmetic.

use super::super::value::{Cause, TypeBound, Unknown, Value, ValueKind};
use super::{Evaluator, Stop};
use crate::tree::Location;
use ruff_python_ast::{Operator, UnaryOp};

impl<'a> Evaluator<'a> {
    #[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
    pub(super) fn numbers(
        &mut self,
        operator: Operator,
        left: &Value,
        right: &Value,
        at: Location,
    ) -> Result<Option<Value>, Stop> {
        let float = |value: &Value| match value.kind {
            ValueKind::Float(number) => Some(number),
            _ => value.as_int().map(|number| number as f64),
        };
        let (Some(a), Some(b)) = (float(left), float(right)) else { return Ok(None) };
        if b == 0.0 && matches!(operator, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            return self.refuse("ZeroDivisionError", "division by zero", at).map(Some);
        }
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            let both_bool = matches!((&left.kind, &right.kind), (ValueKind::Bool(_), ValueKind::Bool(_)));
            return self.integers(operator, a, b, both_bool, at).map(Some);
        }
        let result = match operator {
            Operator::Add => a + b,
            Operator::Sub => a - b,
            Operator::Mult => a * b,
            Operator::Div => a / b,
            Operator::FloorDiv => floor_div(a, b),
            Operator::Mod => float_mod(a, b),
            Operator::Pow if a >= 0.0 || b.fract() == 0.0 => a.powf(b),
            _ => return Ok(None),
        };
        Ok(Some(Value::new(ValueKind::Float(result), at)))
    }

    #[expect(clippy::cast_precision_loss, reason = "as Python divides")]
    pub(super) fn integers(
        &mut self,
        operator: Operator,
        a: i64,
        b: i64,
        both_bool: bool,
        at: Location,
    ) -> Result<Value, Stop> {
        let number = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Sub => a.checked_sub(b),
            Operator::Mult => a.checked_mul(b),
            Operator::Div => {
                let exact = a.unsigned_abs() <= 1 << 53 && b.unsigned_abs() <= 1 << 53;
                return Ok(if exact {
                    Value::new(ValueKind::Float(a as f64 / b as f64), at)
                } else {
                    self.unknown_number(TypeBound::Float, at)
                });
            }
            Operator::FloorDiv => a
                .checked_div_euclid(b)
                .map(|quotient| if b < 0 && a.rem_euclid(b) != 0 { quotient - 1 } else { quotient }),
            Operator::Mod => {
                a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
            }
            Operator::Pow if b >= 0 => u32::try_from(b).ok().and_then(|exponent| a.checked_pow(exponent)),
            Operator::Pow => {
                return Ok(if a == 0 {
                    return self.refuse("ZeroDivisionError", "0.0 cannot be raised to a negative power", at);
                } else {
                    Value::new(ValueKind::Float((a as f64).powf(b as f64)), at)
                });
            }
            Operator::LShift => {
                u32::try_from(b).ok().filter(|bits| *bits < 63).and_then(|bits| a.checked_mul(1 << bits))
            }
            Operator::RShift if b >= 0 => Some(a >> b.min(63)),
            Operator::BitAnd | Operator::BitOr | Operator::BitXor => {
                let result = match operator {
                    Operator::BitAnd => a & b,
                    Operator::BitOr => a | b,
                    _ => a ^ b,
                };
                let kind = if both_bool { ValueKind::Bool(result != 0) } else { ValueKind::Int(result) };
                return Ok(Value::new(kind, at));
            }
            _ => None,
        };
        Ok(match number {
            Some(number) => Value::new(ValueKind::Int(number), at),
            None => self.unknown_number(TypeBound::Int, at),
        })
    }

    /// A number of which only the type is known.
    pub fn unknown_number(&mut self, bound: TypeBound, at: Location) -> Value {
        let symbol = self.symbols.opaque();
        Value::unknown(Unknown::new(Cause::External, self.snippet(at)).of(bound).with_symbol(symbol), at)
    }

    /// `-value`, `+value`, `~value`.
    pub(super) fn unary_operation(&mut self, operator: UnaryOp, value: &Value, at: Location) -> Result<Value, Stop> {
        let name = match operator {
            UnaryOp::USub => "__neg__",
            UnaryOp::UAdd => "__pos__",
            UnaryOp::Invert | UnaryOp::Not => "__invert__",
        };
        if let Some(result) = self.call_special(value, name, Vec::new(), at) {
            return result;
        }
        let value = self.unwrapped(value);
        let kind = match (operator, &value.kind) {
            (UnaryOp::USub, ValueKind::Float(number)) => ValueKind::Float(-number),
            (UnaryOp::UAdd, ValueKind::Float(number)) => ValueKind::Float(*number),
            (UnaryOp::USub, _) if value.as_int().is_some_and(|number| number != i64::MIN) => {
                ValueKind::Int(-value.as_int().unwrap_or_default())
            }
            (UnaryOp::UAdd, _) if value.as_int().is_some() => ValueKind::Int(value.as_int().unwrap_or_default()),
            (UnaryOp::Invert, _) if value.as_int().is_some() => ValueKind::Int(!value.as_int().unwrap_or_default()),
            (_, ValueKind::Text(_) | ValueKind::None | ValueKind::Bytes(_)) => {
                let message = format!("bad operand type for unary {}: '{}'", operator.as_str(), self.type_name(&value));
                let failure = self.raise_on(&[&value], "TypeError", message, at);
                return self.settle(failure, at);
            }
            _ => {
                self.may_raise_builtin("TypeError", at);
                let bound = value.as_unknown().map_or(TypeBound::Any, |unknown| unknown.bound);
                return Ok(self.unknown_number(if bound == TypeBound::Bool { TypeBound::Int } else { bound }, at));
            }
        };
        Ok(Value::new(kind, at))
    }
}

pub(super) fn floor_div(a: f64, b: f64) -> f64 {
    let rest = float_mod(a, b);
    ((a - rest) / b).round()
}

pub(super) fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
        rest + b
    } else if rest == 0.0 {
        0.0_f64.copysign(b)
    } else {
        rest
    }
}
