//! What a scalar of YAML 1.1 means to PyYAML's safe loader.

use std::rc::Rc;

use granit_parser::Tag;

use super::super::super::value::{Value, ValueKind, parse_int};
use crate::tree::Location;

/// The value of a scalar; `None` where it is one that is not modelled, as dates are.
pub fn scalar(text: &str, is_plain: bool, tag: Option<&Tag>, at: Location) -> Option<Value> {
    match tag {
        Some(tag) if tag.suffix_in_namespace("tag:yaml.org,2002:").is_some_and(|kind| kind == "str") => {
            Some(Value::text(text, at))
        }
        Some(_) => None,
        None if is_plain => plain(text, at),
        None => Some(Value::text(text, at)),
    }
}

/// An unquoted scalar.
fn plain(text: &str, at: Location) -> Option<Value> {
    let kind = match text {
        "" | "~" | "null" | "Null" | "NULL" => ValueKind::None,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => ValueKind::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => ValueKind::Bool(false),
        "=" => return None,
        _ => {
            let may_be_number =
                text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
            if !may_be_number {
                return Some(Value::text(text, at));
            }
            if let Some(number) = float(text) {
                ValueKind::Float(number)
            } else if is_int(text) {
                ValueKind::Int(int(text)?)
            } else if is_date(text) {
                return None;
            } else {
                ValueKind::Text(Rc::from(text))
            }
        }
    };
    Some(Value::new(kind, at))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Whether all characters are of a kind, and there is one.
fn all(text: &str, test: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(test)
}

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// Parts of sixty behind the first: `1:30:00`.
fn are_sixties<'t>(mut parts: impl Iterator<Item = &'t str>) -> bool {
    let fits = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    let mut count = 0;
    parts.all(|part| {
        count += 1;
        fits(part)
    }) && count > 0
}

fn is_int(text: &str) -> bool {
    let digits = unsigned(text);
    if let Some(bits) = digits.strip_prefix("0b") {
        return all(bits, |byte| matches!(byte, b'0' | b'1' | b'_'));
    }
    if let Some(digits) = digits.strip_prefix("0x") {
        return all(digits, |byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    if let Some(digits) = digits.strip_prefix('0') {
        return digits.is_empty() || all(digits, |byte| matches!(byte, b'0'..=b'7' | b'_'));
    }
    let mut parts = digits.split(':');
    let first = parts.next().unwrap_or_default();
    let is_plain = first.starts_with(|first: char| matches!(first, '1'..='9')) && all(first, is_digit);
    is_plain && (!digits.contains(':') || are_sixties(parts))
}

fn int(text: &str) -> Option<i64> {
    let plain = text.replace('_', "");
    let digits = unsigned(&plain);
    let sign = if plain.starts_with('-') { -1 } else { 1 };
    if let Some(bits) = digits.strip_prefix("0b") {
        return Some(sign * i64::from_str_radix(bits, 2).ok()?);
    }
    if let Some(digits) = digits.strip_prefix("0x") {
        return Some(sign * i64::from_str_radix(digits, 16).ok()?);
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return Some(sign * i64::from_str_radix(digits, 8).ok()?);
    }
    if digits.contains(':') {
        let mut total = 0_i64;
        for part in digits.split(':') {
            total = total.checked_mul(60)?.checked_add(part.parse().ok()?)?;
        }
        return Some(sign * total);
    }
    Some(sign * parse_int(digits, 10)?)
}

fn float(text: &str) -> Option<f64> {
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let body = unsigned(text);
    match body {
        ".inf" | ".Inf" | ".INF" => return Some(sign * f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" if body == text => return Some(f64::NAN),
        _ => {}
    }
    if let Some((whole, fraction)) = body.split_once('.').filter(|(whole, _)| whole.contains(':')) {
        let mut parts = whole.split(':');
        let first = parts.next().unwrap_or_default();
        let fits = first.starts_with(|first: char| first.is_ascii_digit()) && all(first, is_digit);
        if !fits || !are_sixties(parts) || !fraction.bytes().all(is_digit) {
            return None;
        }
        let mut total = 0.0;
        for part in whole.replace('_', "").split(':') {
            total = total * 60.0 + part.parse::<f64>().ok()?;
        }
        let fraction: f64 = format!("0.{}0", fraction.replace('_', "")).parse().ok()?;
        return if fraction == 0.0 { Some(sign * total) } else { None };
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (body.get(..at)?, Some(body.get(at + 1..)?)),
        None => (body, None),
    };
    // The exponent needs its sign, the number its point.
    let fits_exponent = exponent.is_none_or(|exponent| {
        exponent.starts_with(['+', '-']) && all(unsigned(exponent), |byte| byte.is_ascii_digit())
    });
    let (whole, fraction) = mantissa.split_once('.')?;
    let fits = if whole.is_empty() {
        // Without digits before the point there is no sign.
        body == text && fraction.starts_with(|first: char| first.is_ascii_digit()) && fraction.bytes().all(is_digit)
    } else {
        whole.starts_with(|first: char| first.is_ascii_digit())
            && all(whole, is_digit)
            && fraction.bytes().all(is_digit)
    };
    if !fits || !fits_exponent {
        return None;
    }
    let plain = body.replace('_', "");
    plain.parse::<f64>().ok().map(|number| sign * number)
}

/// Whether a scalar is a date or a time stamp.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8
        && bytes.iter().take(4).all(u8::is_ascii_digit)
        && bytes.get(4) == Some(&b'-')
        && bytes.get(5).is_some_and(u8::is_ascii_digit)
        && bytes.iter().skip(5).filter(|byte| **byte == b'-').count() >= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_they_mean_to_pyyaml() {
        let kind = |text: &str| format!("{:?}", plain(text, Location::default()).map(|value| value.kind));
        for (text, value) in [
            ("y", "Some(Text(\"y\"))"),
            ("1:30", "Some(Int(90))"),
            ("1e3", "Some(Text(\"1e3\"))"),
            ("1.0e+3", "Some(Float(1000.0))"),
            ("010", "Some(Int(8))"),
            ("0o10", "Some(Text(\"0o10\"))"),
            ("on", "Some(Bool(true))"),
            ("2024-01-02", "None"),
            ("1_000", "Some(Int(1000))"),
            ("-.5", "Some(Text(\"-.5\"))"),
            ("1.", "Some(Float(1.0))"),
        ] {
            assert_eq!(kind(text), value, "{text}");
        }
    }
}
