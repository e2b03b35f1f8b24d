//! The text whose method is called, and arguments of its methods.

use super::super::super::evaluate::{Call, Evaluator, Failure};
use super::super::super::value::{PartialText, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, receiver};
use std::rc::Rc;

/// The known text of the receiver.
///
/// # Errors
/// What is known of the result, where it is not known.
pub fn own(evaluator: &mut Evaluator<'_>, call: &Call, bound: TypeBound) -> Result<Rc<str>, Failure> {
    if let ValueKind::Text(text) = receiver(evaluator, call).kind {
        evaluator.budget.charge_text(text.len() * 2);
        return Ok(text);
    }
    if call.arguments.slots().any(|slot| slot.value.as_object().is_some()) {
        return Err(evaluator.unknown_of(call, bound));
    }
    Err(applied(evaluator, call, bound))
}

/// The receiver, where it is known in part.
pub fn own_partial(evaluator: &Evaluator<'_>, call: &Call) -> Option<Rc<PartialText>> {
    match receiver(evaluator, call).kind {
        ValueKind::Partial(partial) => Some(partial),
        _ => None,
    }
}

/// A text argument, where it is known.
///
/// # Errors
/// A type that cannot be right raises; what is not known makes the result unknown.
pub fn text_of(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
    value: &Value,
    bound: TypeBound,
) -> Result<Rc<str>, Failure> {
    match &super::super::arguments::unwrapped(evaluator, value).kind {
        ValueKind::Text(text) => Ok(Rc::clone(text)),
        ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bytes(_) => {
            let message = format!("argument must be str, not {}", evaluator.type_name(value));
            Err(evaluator.raise("TypeError", message, call.at))
        }
        _ => Err(applied(evaluator, call, bound)),
    }
}

/// A number argument, where it is known.
///
/// # Errors
/// As [`text_of`].
pub fn number_of(evaluator: &mut Evaluator<'_>, call: &Call, value: &Value, bound: TypeBound) -> Result<i64, Failure> {
    match (&value.kind, value.as_int()) {
        (_, Some(number)) => Ok(number),
        (ValueKind::Text(_) | ValueKind::None | ValueKind::Float(_), None) => {
            let message = format!("'{}' object cannot be interpreted as an integer", evaluator.type_name(value));
            Err(evaluator.raise("TypeError", message, call.at))
        }
        _ => Err(applied(evaluator, call, bound)),
    }
}

/// Whether Python strips a character: what Unicode takes for white space, and the separators of ASCII.
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\x1c'..='\x1f')
}
