//! Functions of text where the server's library differs from that of the `cel` crate, and regular expressions as RE2 has them.

use regex::Regex;

use super::value::{Data, Outcome, Stop, Val};

/// Calls a function that is computed here; `None` where it is the library's.
pub fn call<'a>(function: &str, target: Option<&Val<'a>>, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    match (function, target, arguments) {
        ("indexOf" | "lastIndexOf", Some(text), [part, Val { data: Data::Int(offset), .. }]) => {
            let length = i64::try_from(text.as_text()?.chars().count()).ok()?;
            let is_beyond = *offset >= length && !part.as_text()?.is_empty();
            is_beyond.then(|| Ok(Val::new(Data::Int(-1))))
        }
        ("string", None, [Val { data: Data::Double(value), .. }]) => Some(Ok(Val::text(&of_double(*value)))),
        // The server writes these in its own way.
        ("format", Some(text), [list]) => {
            let (items, _) = list.items()?;
            let is_nested =
                |item: &Outcome<'a>| item.as_ref().is_ok_and(|item| item.items().is_some() || item.entries().is_some());
            let is_foreign = clauses(text.as_text()?).contains(&Some('e')) || items.iter().any(is_nested);
            is_foreign.then_some(Err(Stop::Unknown(None)))
        }
        _ => None,
    }
}

/// A number as the server writes it: with an exponent below 0.0001 and from a million on.
fn of_double(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{value}"),
    }
}

/// The verbs of a format, one for each clause; `None` for one that there is not.
pub fn clauses(format: &str) -> Vec<Option<char>> {
    let mut found = Vec::new();
    let mut rest = format.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '%' {
            continue;
        }
        if rest.next_if_eq(&'.').is_some() {
            while rest.next_if(char::is_ascii_digit).is_some() {}
        }
        match rest.next() {
            Some('%') => {}
            verb => found.push(verb.filter(|verb| "sdfebxXo".contains(*verb))),
        }
    }
    found
}

/// A regular expression of RE2, whose classes hold ASCII only; `None` where Rust's engine does not take it.
pub fn regex(pattern: &str) -> Option<Regex> {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match rest.next() {
            Some('d') => plain.push_str("[0-9]"),
            Some('D') => plain.push_str("[^0-9]"),
            Some('w') => plain.push_str("[0-9A-Za-z_]"),
            Some('W') => plain.push_str("[^0-9A-Za-z_]"),
            Some('s') => plain.push_str("[\\t\\n\\x0c\\r ]"),
            Some('S') => plain.push_str("[^\\t\\n\\x0c\\r ]"),
            Some('b') => plain.push_str("(?-u:\\b)"),
            other => {
                plain.push('\\');
                plain.extend(other);
            }
        }
    }
    Regex::new(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_server_does() {
        let written = [1.0, 1.5, 1e21, 1e6, 100_000.0, 0.0001, 0.00001, 123_456_789.0, -0.0].map(of_double);
        assert_eq!(written, ["1", "1.5", "1e+21", "1e+06", "100000", "0.0001", "1e-05", "1.23456789e+08", "-0"]);
    }

    #[test]
    fn classes_are_ascii() {
        let matches = |pattern: &str, text: &str| regex(pattern).map(|regex| regex.is_match(text));
        assert_eq!(matches(r"^\w$", "é"), Some(false));
        assert_eq!(matches(r"^[\w.-]+$", "a.b-c"), Some(true));
        assert_eq!(matches(r"^[^\d]$", "٣"), Some(true));
        assert_eq!(matches(r"\bab\b", "x ab"), Some(true));
    }
}
