//! The methods of `bytes`.

use super::super::super::evaluate::{Call, Evaluator, NativeMethod, Outcome};
use super::super::super::value::{TypeBound, Value, ValueKind};
use super::super::arguments::{bind, receiver};

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "decode" => decode,
        "hex" => hex,
        "lower" | "upper" | "strip" | "lstrip" | "rstrip" | "removeprefix" | "removesuffix" | "replace" | "zfill"
        | "center" | "ljust" | "rjust" | "expandtabs" | "translate" | "join" | "capitalize" | "title" | "swapcase" => {
            some_bytes
        }
        "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isspace" | "islower" | "isupper"
        | "istitle" | "isascii" => unknown_bool,
        "split" | "rsplit" | "splitlines" | "partition" | "rpartition" | "find" | "rfind" | "index" | "rindex"
        | "count" | "maketrans" | "fromhex" => not_modelled,
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

fn some_bytes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Bytes))
}

fn unknown_bool(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Bool))
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}
