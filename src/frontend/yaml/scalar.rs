//! What a plain YAML scalar means: the typing of the YAML library behind `kubectl` and the API server.
//!
//! That is `sigs.k8s.io/yaml`, which follows YAML 1.1 in most things (`yes` is a truth value, `0777` is octal) and
//! 1.2 in some (`0o7`). Numbers come out as the JSON text that the server would see.

use std::borrow::Cow;

use granit_parser::Tag;

use crate::tree::{Dynamic, Number, Piece, Value};

/// A value, or why there is none.
#[derive(Debug, PartialEq)]
pub enum Resolved {
    /// An ordinary value.
    Value(Value),
    /// `.inf` or `.nan`, for which JSON has no form.
    NotANumber,
    /// The text does not fit its tag.
    NotOfTag,
}

/// The value of a scalar by its tag, its style and its text.
pub fn typed(text: Cow<'_, str>, is_plain: bool, tag: Option<&Tag>) -> Resolved {
    if tag.is_none()
        && let Some(dynamic) = substituted(&text)
    {
        return Resolved::Value(Value::Dynamic(Box::new(dynamic)));
    }
    match tag {
        None if is_plain => resolve(text),
        None => string(text),
        // A lone `!` makes even a quoted text plain.
        Some(tag) if tag.parts() == ("", "!") => resolve(text),
        Some(tag) => match tag.suffix_in_namespace("tag:yaml.org,2002:") {
            Some(kind) => of_kind(&kind, text),
            None => string(text),
        },
    }
}

/// A word with variables that `envsubst` and its like fill in before the file is applied: `${NAME}`, `${NAME:-x}`, or `$NAME`
/// alone. No field of a manifest takes such a text as it is, except scripts, which have spaces.
fn substituted(text: &str) -> Option<Dynamic> {
    memchr::memchr(b'$', text.as_bytes())?;
    if text.contains(char::is_whitespace) {
        return None;
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (mut pattern, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, after) = after.split_once('}')?;
        let name = inside.split([':', '-', '=', '?', '+']).next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(is_word) {
            return None;
        }
        if !before.is_empty() {
            pattern.push(Piece::Text(before.into()));
        }
        pattern.push(Piece::Hole);
        rest = after;
    }
    let alone = text.strip_prefix('$').filter(|name| {
        name.bytes().next().is_some_and(|first| first.is_ascii_uppercase())
            && name.bytes().all(|byte| is_word(byte) && !byte.is_ascii_lowercase())
    });
    if alone.is_some() {
        pattern.push(Piece::Hole);
        rest = "";
    }
    if pattern.is_empty() {
        return None;
    }
    if !rest.is_empty() {
        pattern.push(Piece::Text(rest.into()));
    }
    Some(Dynamic { pattern, ..Dynamic::because(text) })
}

fn string(text: Cow<'_, str>) -> Resolved {
    Resolved::Value(Value::String(text.into()))
}

/// A scalar with one of YAML's own tags.
fn of_kind(kind: &str, text: Cow<'_, str>) -> Resolved {
    let is_whole = |number: &Number| number.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match (kind, resolve(Cow::Borrowed(&*text))) {
        ("binary", _) => decoded(&text).map_or(Resolved::NotOfTag, |text| string(text.into())),
        ("null", Resolved::Value(Value::Null)) => Resolved::Value(Value::Null),
        ("bool", Resolved::Value(Value::Bool(value))) => Resolved::Value(Value::Bool(value)),
        ("int", Resolved::Value(Value::Number(number))) if is_whole(&number) => Resolved::Value(Value::Number(number)),
        ("float", Resolved::Value(Value::Number(number))) => {
            let value = number.text.parse().map_or(number, |value| Number::new(json_float(value)));
            Resolved::Value(Value::Number(value))
        }
        ("float", Resolved::NotANumber) => Resolved::NotANumber,
        ("int" | "float" | "bool" | "null", _) => Resolved::NotOfTag,
        _ => string(text),
    }
}

/// Whether an unquoted text may be anything but a string, judged by its first byte.
pub fn may_be_typed(text: &str) -> bool {
    text.bytes().next().is_none_or(|first| {
        first.is_ascii_digit()
            || matches!(
                first,
                b'+' | b'-' | b'.' | b'~' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O'
            )
    })
}

/// The value of an unquoted scalar.
fn resolve(text: Cow<'_, str>) -> Resolved {
    if !may_be_typed(&text) {
        return string(text);
    }
    let value = match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Resolved::NotANumber,
        _ => match number(&text) {
            Some(json) => Value::Number(Number::new(json)),
            None => return string(text),
        },
    };
    Resolved::Value(value)
}

/// Whether an unquoted text would be read as something else than a string.
pub fn is_typed(text: &str) -> bool {
    !matches!(resolve(Cow::Borrowed(text)), Resolved::Value(Value::String(_)))
}

/// The JSON text of a number; `None` where the text is not one.
fn number(text: &str) -> Option<String> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) || text.len() > 400 {
        return None;
    }
    if first == b'.' && !underscores_part_digits(text) {
        return None;
    }
    let plain = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    integer(&plain).or_else(|| float(&plain))
}

/// A number that begins with its point is read by Go's `ParseFloat`, which wants digits around each underscore.
fn underscores_part_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b'_', bytes).all(|at| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
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
    format!("{value}")
}

/// The text of a base64 scalar.
fn decoded(text: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.get(..text.len() - padding)? {
        let value = ALPHABET.iter().position(|letter| letter == byte)?;
        bits = ((bits << 6) | u32::try_from(value).ok()?) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match resolve(Cow::Borrowed(text)) {
            Resolved::NotANumber => "not a number".to_owned(),
            Resolved::NotOfTag => "not of its tag".to_owned(),
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
            ("-0.0", "-0"),
            (".1_5", "0.15"),
            (".1__5", "\".1__5\""),
            ("-9223372036854775808", "-9223372036854775808"),
            ("-9223372036854775809", "-9223372036854776000"),
            ("0b12", "\"0b12\""),
            ("1e", "\"1e\""),
            ("1e-7", "1e-7"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"),
            ("<<", "\"<<\""),
        ];
        for (text, expected) in table {
            assert_eq!(json(text), expected, "{text}");
        }
    }
}
