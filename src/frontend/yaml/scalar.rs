//! What a plain YAML scalar means: the typing of the YAML library behind `kubectl` and the API server.
//!
//! That is `sigs.k8s.io/yaml`, which follows YAML 1.1 in most things (`yes` is a truth value, `0777` is octal) and
//! 1.2 in some (`0o7`). Numbers come out as the JSON text that the server would see.

use crate::tree::{Number, Value};

/// A value, or a number that JSON has no form for.
#[derive(Debug, PartialEq)]
pub enum Resolved {
    /// An ordinary value.
    Value(Value),
    /// `.inf` or `.nan`.
    NotANumber,
}

/// The value of an unquoted scalar.
pub fn resolve(text: &str) -> Resolved {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Resolved::NotANumber,
        _ => number(text).map_or_else(|| Value::String(text.into()), |json| Value::Number(Number::new(json))),
    };
    Resolved::Value(value)
}

/// The JSON text of a number; `None` where the text is not one.
pub fn number(text: &str) -> Option<String> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) || text.len() > 400 {
        return None;
    }
    let plain = text.replace('_', "");
    integer(&plain).or_else(|| float(&plain))
}

/// Whole numbers with the prefixes that Go's `ParseInt` knows: `0x`, `0o`, `0b`, and `0` for octal.
fn integer(text: &str) -> Option<String> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, &*lower)
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    match (negative, value) {
        (_, 0) => Some("0".to_owned()),
        (false, value) => Some(value.to_string()),
        (true, value) => (value <= i64::MIN.unsigned_abs()).then(|| format!("-{value}")),
    }
}

fn float(text: &str) -> Option<String> {
    is_float(text).then_some(())?;
    let value: f64 = text.parse().ok()?;
    value.is_finite().then(|| json_float(value))
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    mantissa_fits && exponent.is_none_or(|part| digits(part.strip_prefix(['+', '-']).unwrap_or(part)))
}

/// A float as Go's JSON encoder writes it: no exponent between 1e-6 and 1e21.
fn json_float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    if value == 0.0 { "0".to_owned() } else { format!("{value}") }
}

/// Whether a text must be quoted to remain a string in YAML block style.
pub fn needs_quotes(text: &str) -> bool {
    let odd_start = text.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ', '=', '<',
    ]);
    !matches!(resolve(text), Resolved::Value(Value::String(_)))
        || odd_start
        || text.ends_with([' ', ':'])
        || text.contains(": ")
        || text.contains(" #")
        || text.contains("{{")
        || text.chars().any(|character| character.is_control() || matches!(character, ',' | '[' | ']' | '{' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match resolve(text) {
            Resolved::NotANumber => "not a number".to_owned(),
            Resolved::Value(Value::Null) => "null".to_owned(),
            Resolved::Value(Value::Bool(value)) => value.to_string(),
            Resolved::Value(Value::Number(number)) => number.text.into_string(),
            Resolved::Value(Value::String(text)) => format!("{text:?}"),
            Resolved::Value(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn scalars_mean_what_the_server_reads() {
        let table = [
            ("yes", "true"),
            ("On", "true"),
            ("y", "true"),
            ("N", "false"),
            ("OFF", "false"),
            ("tRue", "\"tRue\""),
            ("", "null"),
            ("~", "null"),
            ("NULL", "null"),
            ("0777", "511"),
            ("017", "15"),
            ("08", "8"),
            ("09", "9"),
            ("0o7", "7"),
            ("-0o7", "-7"),
            ("0x1F", "31"),
            ("0X1F", "31"),
            ("+0x1F", "31"),
            ("0b11", "3"),
            ("0o8", "\"0o8\""),
            ("1_000", "1000"),
            ("1__0", "10"),
            ("1_", "1"),
            ("0_7", "7"),
            ("_1", "\"_1\""),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("12e03", "12000"),
            ("1.", "1"),
            (".5", "0.5"),
            ("+.5", "0.5"),
            ("0.", "0"),
            ("80.0", "80"),
            ("1e400", "\"1e400\""),
            ("18446744073709551616", "18446744073709552000"),
            ("18446744073709551615", "18446744073709551615"),
            (".inf", "not a number"),
            ("-.INF", "not a number"),
            (".nan", "not a number"),
            ("2024-01-01", "\"2024-01-01\""),
            ("12:30:45", "\"12:30:45\""),
            ("1Gi", "\"1Gi\""),
            ("500m", "\"500m\""),
            ("=", "\"=\""),
            ("-", "\"-\""),
            (".", "\".\""),
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("+1", "1"),
            ("-0", "0"),
            ("0x", "\"0x\""),
            ("1.5", "1.5"),
        ];
        for (text, expected) in table {
            assert_eq!(json(text), expected, "{text}");
        }
    }

    #[test]
    fn quoting_keeps_strings_strings() {
        for text in ["true", "on", "1", "1e3", "a: b", "- a", "a #b", "", "{x}", "null", "a:", "0x1"] {
            assert!(needs_quotes(text), "{text}");
        }
        for text in ["data", "1Gi", "a-b.c/d:1", "ghcr.io/acme/app:1.0", "v1"] {
            assert!(!needs_quotes(text), "{text}");
        }
    }
}
