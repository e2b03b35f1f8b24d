//! The methods of `bytes`.

use super::super::super::evaluate::{Call, Evaluator, NativeMethod, Outcome};
use super::super::super::value::{ObjectKind, Sequence, TypeBound, Value, ValueKind};
use super::super::arguments::{bind, kind_of, receiver};

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "decode" => decode,
        "hex" => hex,
        "lower" | "upper" | "strip" | "lstrip" | "rstrip" | "removeprefix" | "removesuffix" | "replace" | "zfill"
        | "center" | "ljust" | "rjust" | "expandtabs" | "capitalize" | "title" | "swapcase" => as_text,
        "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isspace" | "islower" | "isupper"
        | "istitle" => as_text,
        "split" | "rsplit" | "splitlines" | "partition" | "rpartition" | "find" | "rfind" | "count" => as_text,
        "translate" | "join" | "isascii" | "index" | "rindex" | "maketrans" | "fromhex" => not_modelled,
        _ => return None,
    })
}

fn decode(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "encoding?, errors?")?;
    let encoding = bound.value(0).map_or(Some("utf-8"), Value::as_text).map(str::to_owned);
    let ValueKind::Bytes(bytes) = receiver(evaluator, call).kind else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let is_known = encoding.as_deref().is_some_and(|name| {
        super::super::builtins::collections::is_utf8(name) || (name.eq_ignore_ascii_case("ascii") && bytes.is_ascii())
    });
    match std::str::from_utf8(&bytes) {
        Ok(text) if is_known => Ok(evaluator.computed_text(text, call.at)),
        Err(_) if is_known && bound.value(1).is_none() => {
            Err(evaluator.raise("UnicodeDecodeError", "invalid bytes", call.at))
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn hex(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match receiver(evaluator, call).kind {
        ValueKind::Bytes(bytes) if call.arguments.len() == 0 => {
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(evaluator.computed_text(text, call.at))
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// What texts and bytes have in common, as long as all characters are those of ASCII.
fn as_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = plain_text(&receiver(evaluator, call));
    let mut arguments = call.arguments.clone();
    let mut is_plain = !arguments.is_open() && arguments.keywords.is_empty();
    for slot in &mut arguments.positional {
        match (plain_text(&slot.value), &slot.value.kind) {
            (Some(text), _) => slot.value = text,
            (None, ValueKind::Int(_) | ValueKind::None) => {}
            _ => is_plain = false,
        }
    }
    let Some(own) = own.filter(|_| is_plain) else { return Err(evaluator.not_modelled(call)) };
    let method = evaluator.attribute(&own, call.name(), call.at)?;
    let result = evaluator.call_value(&method, arguments, call.at)?;
    Ok(as_bytes(evaluator, result))
}

/// Bytes as a text; `None` for those that a text method may see otherwise.
fn plain_text(value: &Value) -> Option<Value> {
    let ValueKind::Bytes(bytes) = &value.kind else { return None };
    let is_plain = bytes.iter().all(|byte| byte.is_ascii() && !matches!(byte, 0x0b..=0x0c | 0x1c..=0x1f));
    let text = std::str::from_utf8(bytes).ok().filter(|_| is_plain)?;
    Some(Value::text(text, value.at))
}

/// A result of a text method as that of `bytes`.
fn as_bytes(evaluator: &mut Evaluator<'_>, value: Value) -> Value {
    if let Some(text) = value.as_text() {
        return Value::new(ValueKind::Bytes(text.as_bytes().into()), value.at);
    }
    let kind = kind_of(evaluator, &value).map(|object| object.kind.clone());
    let in_bytes = |items: Sequence| {
        let slots = items.slots().unwrap_or_default().into_iter().map(|mut slot| {
            if let Some(text) = slot.value.as_text() {
                slot.value = Value::new(ValueKind::Bytes(text.as_bytes().into()), slot.value.at);
            }
            slot
        });
        Sequence::known(slots.collect())
    };
    match kind {
        Some(ObjectKind::List(items)) => evaluator.allocate(ObjectKind::List(in_bytes(items)), value.at),
        Some(ObjectKind::Tuple(items)) => evaluator.allocate(ObjectKind::Tuple(in_bytes(items)), value.at),
        _ => value,
    }
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}
