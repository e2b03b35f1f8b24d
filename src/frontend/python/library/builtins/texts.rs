//! Values as text: `str`, `repr`, `format`, and the characters.

use super::super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::super::value::{ClassKind, ClassRef, Key, Mapping, ObjectKind, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, instance, misfit, unwrapped};
use super::super::text::represent::ascii_text;
use super::super::text::spec::{Refused, formatted};
use super::super::text::{repr_of, str_of};
use super::collections::is_utf8;

/// `str(value)`, `str(bytes, encoding)`.
pub fn str(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object?, encoding?, errors?")?;
    let Some(value) = bound.value(0).cloned() else { return Ok(Value::text("", call.at)) };
    match (&value.kind, bound.value(1)) {
        (ValueKind::Bytes(bytes), Some(encoding)) if encoding.as_text().is_some_and(is_utf8) => {
            match std::str::from_utf8(bytes) {
                Ok(text) => Ok(evaluator.computed_text(text, call.at)),
                Err(_) => Err(evaluator.unknown_of(call, TypeBound::Text)),
            }
        }
        (_, Some(_)) => Err(evaluator.unknown_of(call, TypeBound::Text)),
        (_, None) => Ok(str_of(evaluator, &value, call.at)?),
    }
}

/// `repr(value)`.
pub fn repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(repr_of(evaluator, &value, call.at)?)
}

/// `ascii(value)`.
pub fn ascii(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(text) = value.as_text() {
        return match ascii_text(text) {
            Some(text) => Ok(evaluator.computed_text(text, call.at)),
            None => Err(evaluator.unknown_of(call, TypeBound::Text)),
        };
    }
    let text = repr_of(evaluator, &value, call.at)?;
    match text.as_text().is_some_and(str::is_ascii) {
        true => Ok(text),
        false => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// `format(value, spec)`.
pub fn format(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "value, spec?, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let spec = bound.value(1).cloned().unwrap_or_else(|| Value::text("", call.at));
    if let Some(result) = evaluator.call_special(&value, "__format__", vec![spec.clone()], call.at) {
        return Ok(result?);
    }
    let Some(spec) = spec.as_text() else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    let value = match as_formatted(evaluator, &value, call)? {
        Some(value) => value,
        None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
    };
    if spec.is_empty() {
        return Ok(str_of(evaluator, &value, call.at)?);
    }
    match &value.kind {
        ValueKind::Unknown(_) | ValueKind::Partial(_) => {
            evaluator.may_raise_builtin("ValueError", call.at);
            Err(applied(evaluator, call, TypeBound::Text))
        }
        _ => match formatted(&value, spec, evaluator.assumptions.python) {
            Ok(text) => Ok(evaluator.computed_text(text, call.at)),
            Err(Refused::Raises(class, message)) => Err(evaluator.raise(class, message, call.at)),
            Err(Refused::Unknown) => Err(evaluator.unknown_of(call, TypeBound::Text)),
        },
    }
}

/// What is formatted in the place of an instance: of an enumeration that is text as well, this changed with 3.11.
fn as_formatted(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    call: &Call,
) -> Result<Option<Value>, super::super::super::evaluate::Failure> {
    let Some(found) = instance(evaluator, value).cloned() else { return Ok(Some(value.clone())) };
    let ClassRef::User(class) = found.class else {
        return Ok(Some(Value::clone(found.payload.as_ref().filter(|_| false).unwrap_or(value))));
    };
    let is_enum = evaluator.class(class).is_some_and(|class| matches!(class.kind, ClassKind::Enum(_)));
    if !is_enum {
        let has_str = evaluator.special_method(value, "__str__").is_some();
        return Ok(Some(if has_str { value.clone() } else { unwrapped(evaluator, value) }));
    }
    let text = str_of(evaluator, value, call.at)?;
    let Some(payload) = found.payload else { return Ok(Some(text)) };
    let old = payload;
    let is_same = str_of(evaluator, &old, call.at)?.is_same(&text);
    Ok(match evaluator.assumptions.python {
        Some(minor) if minor >= 11 => Some(text),
        Some(_) => Some(old),
        None if is_same => Some(text),
        None => None,
    })
}

/// `chr(number)`.
pub fn chr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "number, /")?;
    match bound.value(0).and_then(Value::as_int) {
        Some(number) => match u32::try_from(number).ok().and_then(char::from_u32) {
            Some(character) => Ok(Value::text(character.to_string(), call.at)),
            None => Err(evaluator.unknown_of(call, TypeBound::Text)),
        },
        None => Err(applied(evaluator, call, TypeBound::Text)),
    }
}

/// `ord(character)`.
pub fn ord(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "character, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    match &value.kind {
        ValueKind::Text(text) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => Ok(evaluator.int(i64::from(u32::from(only)), call.at)),
                _ => Err(evaluator.raise("TypeError", "ord() expected a character", call.at)),
            }
        }
        ValueKind::Bytes(bytes) if bytes.len() == 1 => {
            Ok(evaluator.int(bytes.first().copied().map(i64::from).unwrap_or_default(), call.at))
        }
        _ => Err(applied(evaluator, call, TypeBound::Int)),
    }
}

/// `print(…)`: it writes what `str` gives, and nothing that it is given changes unless the project's `__str__` does it.
pub fn print(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    for slot in &call.arguments.positional {
        if slot.value.as_object().is_some() {
            str_of(evaluator, &slot.value, call.at)?;
        }
    }
    if let Some(file) = call.arguments.named("file").map(|slot| slot.value.clone()) {
        let reason = evaluator.snippet(call.at);
        evaluator.give_away(&file, &reason);
    }
    Ok(Value::none(call.at))
}

/// `input(prompt)`.
pub fn input(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Text))
}

/// `str.maketrans(dict)`: characters become their numbers.
fn translation(evaluator: &mut Evaluator<'_>, value: &Value, call: &Call) -> Outcome {
    let known = evaluator.mapping_of(value, call.at)?.filter(|mapping| mapping.rest.is_none());
    let Some(known) = known else { return Err(evaluator.unknown_of(call, TypeBound::Dict)) };
    let mut mapping = Mapping::default();
    for entry in known.entries.values() {
        let code = match (&entry.key.value.kind, entry.key.value.as_text().map(|text| text.chars().collect::<Vec<_>>()))
        {
            (ValueKind::Int(number), _) => *number,
            (_, Some(characters)) if characters.len() == 1 => i64::from(u32::from(characters[0])),
            _ => return Err(evaluator.unknown_of(call, TypeBound::Dict)),
        };
        let key = Value::new(ValueKind::Int(code), entry.key.value.at);
        mapping.set(Key::Int(code), Slot::new(key, entry.key.at), entry.value.clone());
    }
    Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), call.at))
}

/// `str.maketrans(…)`: a dict from code points to code points.
pub fn maketrans(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "x, y?, z?, /")?;
    let text = |index: usize| bound.value(index).and_then(Value::as_text).map(|text| text.chars().collect::<Vec<_>>());
    if let (Some(mapping), None) = (bound.value(0), bound.value(1)) {
        return translation(evaluator, &mapping.clone(), call);
    }
    let (Some(from), Some(to)) = (text(0), text(1)) else { return Err(evaluator.unknown_of(call, TypeBound::Dict)) };
    if bound.value(2).is_some() && text(2).is_none() {
        return Err(evaluator.unknown_of(call, TypeBound::Dict));
    }
    if from.len() != to.len() {
        let message = "the first two maketrans arguments must have equal length";
        return Err(evaluator.raise("ValueError", message, call.at));
    }
    let mut mapping = Mapping::default();
    let number =
        |character: char| Slot::new(Value::new(ValueKind::Int(i64::from(u32::from(character))), call.at), call.at);
    for (one, other) in from.into_iter().zip(to) {
        mapping.set(Key::Int(i64::from(u32::from(one))), number(one), number(other));
    }
    for gone in text(2).unwrap_or_default() {
        mapping.set(Key::Int(i64::from(u32::from(gone))), number(gone), Slot::here(Value::none(call.at)));
    }
    Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), call.at))
}
