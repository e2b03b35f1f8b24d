//! `json.loads` and `json.load`: values of JSON texts.

use super::super::super::evaluate::{Call, Evaluator, ExceptionClass, NativeFunction, Outcome};
use super::super::super::value::{Key, Mapping, ObjectKind, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::misfit;
use crate::tree::Location;

/// Longer texts are not refused.
const MAX_REFUSED: usize = 10_000;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "loads" => loads,
        "load" => load,
        _ => return None,
    })
}

/// `json.loads(text)`.
fn loads(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(slot) = call.arguments.positional.first().cloned() else { return Err(misfit(evaluator, call)) };
    if call.arguments.len() > 1 || call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let text = match &slot.value.kind {
        ValueKind::Text(text) => text.to_string(),
        ValueKind::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => return Err(evaluator.not_modelled(call)),
        },
        _ => return Err(super::super::arguments::applied(evaluator, call, TypeBound::Any)),
    };
    parse(evaluator, &text, slot.value.at, call)
}

/// `json.load(file)`.
fn load(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(slot) = call.arguments.positional.first().cloned() else { return Err(misfit(evaluator, call)) };
    let text = super::files::text_of_file(evaluator, &slot.value, call)?;
    match text.as_text().map(str::to_owned) {
        Some(known) => parse(evaluator, &known, text.at, call),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn parse(evaluator: &mut Evaluator<'_>, text: &str, at: Location, call: &Call) -> Outcome {
    evaluator.budget.charge_text(text.len() * 8);
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => Ok(made(evaluator, &value, at)),
        // Python reads a few more texts, as `NaN`.
        Err(_) if ["NaN", "Infinity", "\\u"].iter().any(|word| text.contains(word)) || text.len() > MAX_REFUSED => {
            Err(evaluator.not_modelled(call))
        }
        Err(error) if is_refused(&error) => {
            let class = ExceptionClass::Library("json.JSONDecodeError".into());
            let raised = evaluator.raised(class, None, "the text is not valid JSON".into(), call.at);
            Err(evaluator.raise_exception(raised))
        }
        Err(_) => Err(evaluator.not_modelled(call)),
    }
}

/// Whether Python refuses a text as well: it has no limits of its own to nesting and to numbers.
fn is_refused(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    (error.is_syntax() || error.is_eof()) && !text.contains("out of range") && !text.contains("recursion")
}

/// The value of JSON data.
fn made(evaluator: &mut Evaluator<'_>, value: &serde_json::Value, at: Location) -> Value {
    evaluator.charge(1);
    match value {
        serde_json::Value::Null => Value::none(at),
        serde_json::Value::Bool(flag) => evaluator.bool(*flag, at),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => evaluator.int(number, at),
            // A whole number that large may have been one without a point.
            (None, Some(number)) if number.abs() < 9e18 => Value::new(ValueKind::Float(number), at),
            _ => evaluator.unknown_number(TypeBound::Any, at),
        },
        serde_json::Value::String(text) => Value::text(text.as_str(), at),
        serde_json::Value::Array(items) => {
            let slots = items.iter().map(|item| Slot::new(made(evaluator, item, at), at)).collect();
            evaluator.list(slots, at)
        }
        serde_json::Value::Object(members) => {
            let mut mapping = Mapping::default();
            for (name, member) in members {
                let member = made(evaluator, member, at);
                let key = Key::Text(name.as_str().into());
                mapping.set(key, Slot::new(Value::text(name.as_str(), at), at), Slot::new(member, at));
            }
            evaluator.allocate(ObjectKind::Dict(mapping, None), at)
        }
    }
}
