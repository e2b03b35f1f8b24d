//! Numbers as Python writes and reads them.

/// The text of a float: `repr(1e16)` is `1e+16`, `repr(2.0)` is `2.0`.
#[must_use]
pub fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // Rust's shortest digits are Python's; only the place of the exponent differs.
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// `int(text, base)`; `None` where Python raises `ValueError` or the number is larger than 64 bits.
#[must_use]
pub fn parse_int(text: &str, base: u32) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixes = [("0x", 16), ("0o", 8), ("0b", 2)];
    let prefixed = prefixes.iter().find(|(prefix, of)| lower.starts_with(prefix) && (base == 0 || base == *of));
    let (digits, base) = match prefixed {
        Some((prefix, of)) => (lower.get(prefix.len()..)?, *of),
        None if base == 0 => {
            let is_decimal = !lower.starts_with('0') || lower.bytes().all(|byte| matches!(byte, b'0' | b'_'));
            (is_decimal.then_some(&*lower)?, 10)
        }
        None => (&*lower, base),
    };
    let well_spaced =
        !digits.ends_with('_') && !digits.contains("__") && (prefixed.is_some() || !digits.starts_with('_'));
    if digits.is_empty() || !well_spaced || digits.starts_with(['+', '-']) {
        return None;
    }
    let plain: String = digits.chars().filter(|character| *character != '_').collect();
    let number = i64::from_str_radix(&plain, base).ok()?;
    Some(if negative { -number } else { number })
}

/// `float(text)`; `None` where Python raises `ValueError`.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.trim_start_matches(['+', '-']);
    if text.len() - digits.len() > 1 {
        return None;
    }
    let is_word = matches!(digits.to_ascii_lowercase().as_str(), "inf" | "infinity" | "nan");
    let well_spaced = !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__");
    if !is_word && (!well_spaced || !digits.bytes().all(|byte| byte.is_ascii_digit() || b"._eE+-".contains(&byte))) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_does() {
        for (number, text) in
            [(1e16, "1e+16"), (2.0, "2.0"), (0.1, "0.1"), (1e-5, "1e-05"), (0.0001, "0.0001"), (-0.0, "-0.0")]
        {
            assert_eq!(float_text(number), text);
        }
        assert_eq!(float_text(123_456_789_012_345_680.0), "1.2345678901234568e+17");
    }

    #[test]
    fn integers_are_read_as_python_does() {
        for (text, base, number) in [
            ("400", 8, Some(256)),
            (" 1_0 ", 10, Some(10)),
            ("0x1F", 0, Some(31)),
            ("0x1f", 16, Some(31)),
            ("1__0", 10, None),
            ("", 10, None),
            ("08", 0, None),
            ("-7", 10, Some(-7)),
        ] {
            assert_eq!(parse_int(text, base), number, "{text}");
        }
    }
}
