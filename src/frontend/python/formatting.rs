//! How Python writes values as text: format specs, `%` conversions, `repr`.

use super::budget::MAX_TEXT;
use super::builtins::float_text;
use super::value::{Data, Val};

/// Wider results are not computed.
const MAX_WIDTH: usize = 200;

/// A parsed format spec: `*>+#08,.2f`.
/// Source: Python's "Format Specification Mini-Language".
#[derive(Debug, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    fn parse(text: &str) -> Option<Self> {
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
        if rest.last() == Some(&'#') {
            spec.alternate = rest.pop().is_some();
        }
        if rest.last() == Some(&'0') {
            rest.pop();
            spec.fill = spec.fill.or(Some('0'));
            spec.align = spec.align.or(Some('='));
        }
        spec.width = number(&mut rest)?.unwrap_or_default();
        if matches!(rest.last(), Some(',' | '_')) {
            spec.grouping = rest.pop();
        }
        if rest.last() == Some(&'.') {
            rest.pop();
            spec.precision = Some(number(&mut rest)??);
        }
        spec.kind = rest.pop();
        (rest.is_empty() && spec.width <= MAX_WIDTH && spec.precision.unwrap_or_default() <= MAX_WIDTH).then_some(spec)
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
}

/// Digits from the end of a reversed text; `None` where they are too many.
fn number(rest: &mut Vec<char>) -> Option<Option<usize>> {
    let mut digits = String::new();
    while let Some(digit) = rest.last().filter(|character| character.is_ascii_digit()) {
        digits.push(*digit);
        rest.pop();
    }
    if digits.is_empty() { Some(None) } else { digits.parse().ok().map(Some) }
}

/// `format(value, spec)`; `None` where podlint does not compute it, or Python would raise.
pub fn formatted(val: &Val, spec: &str) -> Option<String> {
    if spec.is_empty() {
        return shown(val);
    }
    let spec = Spec::parse(spec)?;
    match &val.data {
        Data::Text(text) if text.len() <= MAX_TEXT => formatted_text(text, &spec),
        Data::Bool(flag) if spec.kind.is_none() || spec.kind == Some('d') => formatted_integer(i64::from(*flag), &spec),
        Data::Number(text) => match (text.parse::<i64>(), spec.kind) {
            (Ok(whole), None | Some('d' | 'n' | 'x' | 'X' | 'o' | 'b' | 'c')) => formatted_integer(whole, &spec),
            _ => formatted_float(text.parse().ok()?, &spec),
        },
        _ => None,
    }
}

fn formatted_text(text: &str, spec: &Spec) -> Option<String> {
    let fits = matches!(spec.kind, None | Some('s')) && spec.sign.is_none() && spec.grouping.is_none();
    (fits && spec.align != Some('=')).then_some(())?;
    let cut: String = match spec.precision {
        Some(places) => text.chars().take(places).collect(),
        None => text.to_owned(),
    };
    Some(spec.pad("", &cut, '<'))
}

fn formatted_integer(value: i64, spec: &Spec) -> Option<String> {
    spec.precision.is_none().then_some(())?;
    let size = value.unsigned_abs();
    let (prefix, digits) = match spec.kind {
        Some('x') => ("0x", format!("{size:x}")),
        Some('X') => ("0X", format!("{size:X}")),
        Some('o') => ("0o", format!("{size:o}")),
        Some('b') => ("0b", format!("{size:b}")),
        Some('c') => return Some(spec.pad("", &char::from_u32(u32::try_from(size).ok()?)?.to_string(), '<')),
        _ => ("", size.to_string()),
    };
    let every = if prefix.is_empty() { 3 } else { 4 };
    let digits = spec.grouping.map_or(digits.clone(), |mark| grouped(&digits, mark, every));
    let prefix = if spec.alternate { prefix } else { "" };
    Some(spec.pad(&format!("{}{prefix}", sign(value < 0, spec)), &digits, '>'))
}

fn formatted_float(value: f64, spec: &Spec) -> Option<String> {
    let size = value.abs();
    let body = match spec.kind {
        Some('f' | 'F') => format!("{size:.*}", spec.precision.unwrap_or(6)),
        Some('%') => format!("{:.*}%", spec.precision.unwrap_or(6), size * 100.0),
        Some('e' | 'E') => {
            let text = scientific(size, spec.precision.unwrap_or(6));
            if spec.kind == Some('E') { text.to_uppercase() } else { text }
        }
        Some('g' | 'G') => general(size, spec.precision.unwrap_or(6).max(1)),
        None if spec.precision.is_none() => float_text(size),
        None => {
            let text = general(size, spec.precision.unwrap_or(6).max(1));
            if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
        }
        _ => return None,
    };
    let (whole, rest) = body.split_at(body.find(|character: char| !character.is_ascii_digit()).unwrap_or(body.len()));
    let whole = spec.grouping.map_or(whole.to_owned(), |mark| grouped(whole, mark, 3));
    Some(spec.pad(sign(value.is_sign_negative(), spec), &format!("{whole}{rest}"), '>'))
}

const fn sign(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        (false, _) => "",
    }
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

/// `g`: so many significant digits, without the zeros at the end.
fn general(value: f64, digits: usize) -> String {
    let rounded = format!("{value:.*e}", digits - 1);
    let exponent: i32 =
        rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).filter(|_| value != 0.0).unwrap_or(0);
    let last = i32::try_from(digits).unwrap_or(i32::MAX);
    let trim = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if exponent < -4 || exponent >= last {
        let text = scientific(value, digits - 1);
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trim(mantissa)),
            None => text,
        };
    }
    trim(&format!("{value:.*}", usize::try_from(last - 1 - exponent).unwrap_or_default()))
}

/// What `str()` gives.
pub fn shown(val: &Val) -> Option<String> {
    match &val.data {
        Data::Text(text) | Data::Number(text) => (text.len() <= MAX_TEXT).then(|| text.to_string()),
        Data::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Data::None => Some("None".to_owned()),
        _ => None,
    }
}

/// What `repr()` gives, for plain values.
pub fn repr(val: &Val) -> Option<String> {
    let Some(text) = val.text() else { return shown(val) };
    if text.len() > MAX_TEXT
        || text
            .chars()
            .any(|character| character.is_control() || (!character.is_ascii() && !character.is_alphanumeric()))
    {
        return None;
    }
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::from(quote);
    for character in text.chars() {
        if character == '\\' || character == quote {
            result.push('\\');
        }
        result.push(character);
    }
    result.push(quote);
    Some(result)
}

/// One conversion of `%` formatting: the text behind the `%`, as far as it belongs to the conversion, in the terms of
/// `format`: flags and width, and the letter. The second part is how many bytes it takes.
pub fn percent_conversion(text: &str) -> Option<(String, char, usize)> {
    let length = text.find(|character: char| !"-+ #0123456789.".contains(character))?;
    let (flags, rest) = text.split_at(length);
    let kind = rest.chars().next()?;
    let digits_from = flags.find(|character: char| !"-+ #0".contains(character)).unwrap_or(flags.len());
    let (marks, size) = flags.split_at(digits_from);
    let is_text = matches!(kind, 's' | 'r');
    let align = if marks.contains('-') { "<" } else { ">" };
    let zero = if marks.contains('0') && !marks.contains('-') && !is_text { "0" } else { "" };
    let align = if zero.is_empty() { align } else { "" };
    let plus = if marks.contains('+') && !is_text { "+" } else { "" };
    let size = if matches!(kind, 'd' | 'i') { size.split('.').next().unwrap_or_default() } else { size };
    Some((format!("{align}{plus}{zero}{size}"), kind, length + kind.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;
    use crate::tree::{FileId, Location};

    fn val(data: Data) -> Val {
        Val::new(data, Location { file: FileId::MAIN, span: Span::at(0) })
    }

    #[test]
    fn values_are_formatted_as_python_does() {
        let number = |text: &str, spec: &str| formatted(&val(Data::Number(text.into())), spec).unwrap();
        assert_eq!(number("7", "03d"), "007");
        assert_eq!(number("-7", "04"), "-007");
        assert_eq!(number("3.14159", ".2f"), "3.14");
        assert_eq!(number("255", "#x"), "0xff");
        assert_eq!(number("1234567", ","), "1,234,567");
        assert_eq!(number("1500000.0", "g"), "1.5e+06");
        assert_eq!(number("0.25", ".1%"), "25.0%");
        assert_eq!(number("12", "*^6"), "**12**");
        assert_eq!(number("0.1", ""), "0.1");
        assert_eq!(formatted(&val(Data::Text("abc".into())), ">5.2").unwrap(), "   ab");
        assert_eq!(formatted(&val(Data::Text("abc".into())), "d"), None);
        assert_eq!(repr(&val(Data::Text("it's".into()))).unwrap(), "\"it's\"");
        assert_eq!(percent_conversion("-5.1f x").unwrap(), ("<5.1".to_owned(), 'f', 5));
    }
}
