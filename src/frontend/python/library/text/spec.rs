//! Format specs: `format(value, "*>+#08,.2f")`.
//!
//! Source: Python's "Format Specification Mini-Language".

use super::super::super::value::{Value, ValueKind, float_text};

/// Wider results are not computed.
const MAX_WIDTH: usize = 4_000;

/// Why a value is not formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Python raises `ValueError` or `TypeError`.
    Raises(&'static str, String),
    /// It is not modelled.
    Unknown,
}

/// A parsed spec.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

type Result<T> = std::result::Result<T, Refused>;

fn value_error<T>(message: &str) -> Result<T> {
    Err(Refused::Raises("ValueError", message.to_owned()))
}

impl Spec {
    fn parse(text: &str) -> Result<Self> {
        let mut spec = Self::default();
        let mut rest: Vec<char> = text.chars().rev().collect();
        let is_align = |character: Option<&char>| matches!(character, Some('<' | '>' | '=' | '^'));
        if rest.len() > 1 && is_align(rest.get(rest.len() - 2)) {
            spec.fill = rest.pop();
            spec.align = rest.pop();
        } else if is_align(rest.last()) {
            spec.align = rest.pop();
        }
        if matches!(rest.last(), Some('+' | '-' | ' ')) {
            spec.sign = rest.pop();
        }
        if rest.last() == Some(&'z') {
            return Err(Refused::Unknown);
        }
        if rest.last() == Some(&'#') {
            spec.alternate = rest.pop().is_some();
        }
        if rest.last() == Some(&'0') && spec.fill.is_none() {
            spec.zero = true;
            spec.fill = Some('0');
        }
        spec.width = number(&mut rest)?.unwrap_or_default();
        if matches!(rest.last(), Some(',' | '_')) {
            spec.grouping = rest.pop();
        }
        if rest.last() == Some(&'.') {
            rest.pop();
            spec.precision = match number(&mut rest)? {
                Some(digits) => Some(digits),
                None => return value_error("Format specifier missing precision"),
            };
        }
        spec.kind = rest.pop();
        if !rest.is_empty() {
            return value_error("Invalid format specifier");
        }
        if spec.width > MAX_WIDTH || spec.precision.unwrap_or_default() > MAX_WIDTH {
            return Err(Refused::Unknown);
        }
        Ok(spec)
    }

    fn pad(&self, sign: &str, body: &str, default: char) -> String {
        let missing = self.width.saturating_sub(sign.chars().count() + body.chars().count());
        let fill = |count: usize| self.fill.unwrap_or(' ').to_string().repeat(count);
        match self.align.unwrap_or(default) {
            '<' => format!("{sign}{body}{}", fill(missing)),
            '^' => format!("{}{sign}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{sign}{}{body}", fill(missing)),
            _ => format!("{}{sign}{body}", fill(missing)),
        }
    }

    /// A number: digits, which are grouped, and what follows them.
    fn numeric(&self, sign: &str, digits: &str, every: usize, rest: &str) -> String {
        let default = if self.zero { '=' } else { '>' };
        let Some(mark) = self.grouping else { return self.pad(sign, &format!("{digits}{rest}"), default) };
        let mut digits = digits.to_owned();
        let is_filled = self.fill == Some('0') && self.align.unwrap_or(default) == '=';
        let room = self.width.saturating_sub(sign.chars().count() + rest.chars().count());
        while is_filled && grouped(&digits, mark, every).len() < room {
            digits.insert(0, '0');
        }
        self.pad(sign, &format!("{}{rest}", grouped(&digits, mark, every)), default)
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }
}

/// Digits from the end of a reversed text.
fn number(rest: &mut Vec<char>) -> Result<Option<usize>> {
    let mut digits = String::new();
    while let Some(digit) = rest.last().filter(|character| character.is_ascii_digit()) {
        digits.push(*digit);
        rest.pop();
    }
    if digits.is_empty() { Ok(None) } else { digits.parse().map(Some).map_err(|_| Refused::Unknown) }
}

/// `format(value, spec)` of a plain value with a spec that is not empty; `minor` is the version of Python, where it is known.
pub fn formatted(value: &Value, spec: &str, minor: Option<u8>) -> Result<String> {
    let parsed = || Spec::parse(spec);
    match &value.kind {
        ValueKind::Text(text) => formatted_text(text, &parsed()?, minor),
        ValueKind::Bool(flag) => formatted_integer(i64::from(*flag), &parsed()?),
        ValueKind::Int(number) => formatted_integer(*number, &parsed()?),
        ValueKind::Float(number) => formatted_float(*number, &parsed()?),
        ValueKind::None | ValueKind::Bytes(_) | ValueKind::Ellipsis => {
            Err(Refused::Raises("TypeError", "unsupported format string passed to __format__".to_owned()))
        }
        _ => Err(Refused::Unknown),
    }
}

fn formatted_text(text: &str, spec: &Spec, minor: Option<u8>) -> Result<String> {
    if !matches!(spec.kind, None | Some('s')) {
        return value_error("Unknown format code for object of type 'str'");
    }
    if spec.sign.is_some() || spec.alternate || spec.grouping.is_some() || spec.align == Some('=') {
        return value_error("not allowed in string format specifier");
    }
    // Before 3.10 a zero in front of the width asked for '=', which texts refuse.
    if spec.zero && spec.align.is_none() && minor.is_none_or(|minor| minor < 10) {
        return Err(Refused::Unknown);
    }
    let cut: String = match spec.precision {
        Some(places) => text.chars().take(places).collect(),
        None => text.to_owned(),
    };
    Ok(spec.pad("", &cut, '<'))
}

#[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
fn formatted_integer(value: i64, spec: &Spec) -> Result<String> {
    if matches!(spec.kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) {
        if value.unsigned_abs() > 1 << 53 {
            return Err(Refused::Unknown);
        }
        return formatted_float(value as f64, spec);
    }
    if spec.precision.is_some() {
        return value_error("Precision not allowed in integer format specifier");
    }
    let size = value.unsigned_abs();
    let (prefix, digits) = match spec.kind {
        Some('x') => ("0x", format!("{size:x}")),
        Some('X') => ("0X", format!("{size:X}")),
        Some('o') => ("0o", format!("{size:o}")),
        Some('b') => ("0b", format!("{size:b}")),
        Some('c') => {
            let character = u32::try_from(value).ok().and_then(char::from_u32).ok_or(Refused::Unknown)?;
            if spec.sign.is_some() || spec.alternate || spec.grouping.is_some() || spec.zero {
                return Err(Refused::Unknown);
            }
            return Ok(spec.pad("", &character.to_string(), '<'));
        }
        None | Some('d' | 'n') => ("", size.to_string()),
        Some(_) => return value_error("Unknown format code for object of type 'int'"),
    };
    let every = if prefix.is_empty() { 3 } else { 4 };
    if spec.grouping == Some(',') && every == 4 {
        return value_error("Cannot specify ',' with this format code.");
    }
    if spec.grouping.is_some() && spec.kind == Some('n') {
        return value_error("Cannot specify a separator with 'n'.");
    }
    let prefix = if spec.alternate { prefix } else { "" };
    Ok(spec.numeric(&format!("{}{prefix}", spec.sign(value < 0)), &digits, every, ""))
}

fn formatted_float(value: f64, spec: &Spec) -> Result<String> {
    let size = value.abs();
    let sign = spec.sign(value.is_sign_negative() && !value.is_nan());
    if spec.alternate {
        return Err(Refused::Unknown);
    }
    if !value.is_finite() {
        let word = if value.is_nan() { "nan" } else { "inf" };
        let word = if matches!(spec.kind, Some('E' | 'F' | 'G')) { word.to_uppercase() } else { word.to_owned() };
        let end = if spec.kind == Some('%') { "%" } else { "" };
        return Ok(spec.pad(sign, &format!("{word}{end}"), if spec.zero { '=' } else { '>' }));
    }
    let body = match spec.kind {
        Some('f' | 'F') => format!("{size:.*}", spec.precision.unwrap_or(6)),
        Some('%') => format!("{:.*}%", spec.precision.unwrap_or(6), size * 100.0),
        Some('e') => scientific(size, spec.precision.unwrap_or(6)),
        Some('E') => scientific(size, spec.precision.unwrap_or(6)).to_uppercase(),
        Some('g' | 'n') => general(size, spec.precision.unwrap_or(6).max(1), false),
        Some('G') => general(size, spec.precision.unwrap_or(6).max(1), false).to_uppercase(),
        None => match spec.precision {
            None => float_text(size),
            Some(precision) => general(size, precision.max(1), true),
        },
        Some(_) => return value_error("Unknown format code for object of type 'float'"),
    };
    let end = body.find(|character: char| !character.is_ascii_digit()).unwrap_or(body.len());
    let (whole, rest) = body.split_at(end);
    Ok(spec.numeric(sign, whole, 3, rest))
}

fn grouped(digits: &str, mark: char, every: usize) -> String {
    let length = digits.chars().count();
    let mut result = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (length - index).is_multiple_of(every) {
            result.push(mark);
        }
        result.push(digit);
    }
    result
}

/// `1.5e+03`: Python writes at least two digits of the exponent.
fn scientific(value: f64, places: usize) -> String {
    let text = format!("{value:.places$e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `g`: so many significant digits, without the zeros at the end; `dotted`: with at least one digit behind the point.
fn general(value: f64, digits: usize, dotted: bool) -> String {
    let rounded = format!("{value:.*e}", digits - 1);
    let exponent: i32 =
        rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).filter(|_| value != 0.0).unwrap_or(0);
    let last = i32::try_from(digits).unwrap_or(i32::MAX);
    let trim = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if exponent < -4 || exponent >= last - i32::from(dotted) {
        let text = scientific(value, digits - 1);
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trim(mantissa)),
            None => text,
        };
    }
    let text = trim(&format!("{value:.*}", usize::try_from(last - 1 - exponent).unwrap_or_default()));
    if dotted && !text.contains('.') { format!("{text}.0") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Location;

    fn format(kind: ValueKind, spec: &str) -> String {
        formatted(&Value::new(kind, Location::default()), spec, Some(12)).unwrap()
    }

    #[test]
    fn values_are_formatted_as_python_does() {
        for (kind, spec, text) in [
            (ValueKind::Int(7), "03d", "007"),
            (ValueKind::Int(-7), "04", "-007"),
            (ValueKind::Int(1234), "08,", "0,001,234"),
            (ValueKind::Int(255), "#x", "0xff"),
            (ValueKind::Int(12), "*^6", "**12**"),
            (ValueKind::Float(2.5), ".2f", "2.50"),
            (ValueKind::Float(123.0), ".3", "1.23e+02"),
            (ValueKind::Float(1_500_000.0), "g", "1.5e+06"),
            (ValueKind::Float(0.25), ".1%", "25.0%"),
            (ValueKind::Text("abc".into()), ">5.2", "   ab"),
            (ValueKind::Bool(true), "3", "  1"),
        ] {
            assert_eq!(format(kind, spec), text, "{spec}");
        }
    }
}
