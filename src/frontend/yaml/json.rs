//! JSON texts, read as the API server reads them: numbers keep their text, and nothing is lenient.

use std::borrow::Cow;

use super::compose::{Composed, Remark};
use super::events::{Problem, Step, Stop};
use super::keys::Keys;
use crate::config::Limits;
use crate::diagnostic::MAX_FINDINGS;
use crate::text::Span;
use crate::tree::{Entry, Form, Key, List, Map, Node, Number, Value};

/// Reads the values of a JSON text, one behind the other, which begins at byte `base` of its file.
pub fn read(text: &str, base: u32, limits: &Limits) -> Composed {
    let mut reader = Reader { text, base, at: 0, depth: 0, limit: limits.depth, values: 0, remarks: Vec::new() };
    let mut done = Composed::default();
    match reader.values() {
        Ok(roots) => done.roots = roots,
        Err(Stop::Broken(problem)) => done.error = Some(problem),
        Err(Stop::Limit(problem)) => done.over_limit = Some(problem),
    }
    done.remarks = reader.remarks;
    done
}

/// Files with more values are not read; notebooks have many, in what their cells printed.
const MAX_VALUES: usize = 1_000_000;

struct Reader<'t> {
    text: &'t str,
    base: u32,
    at: usize,
    depth: usize,
    limit: usize,
    /// How many values there are so far.
    values: usize,
    remarks: Vec<Remark>,
}

impl<'t> Reader<'t> {
    fn values(&mut self) -> Step<Vec<Node>> {
        let mut roots = Vec::new();
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while self.peek().is_some() {
            roots.push(self.value()?);
        }
        Ok(roots)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))?;
        self.text.as_bytes().get(self.at).copied()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |value: usize| self.base + u32::try_from(value).unwrap_or(u32::MAX - self.base);
        Span::new(offset(start), offset(end))
    }

    /// An error at the present place, or at the last character where the text ends.
    fn expected<T>(&mut self, what: &str) -> Step<T> {
        let (start, found) = match self.peek().and_then(|_| self.text.get(self.at..)?.chars().next()) {
            Some(found) => (self.at, format!("`{}`", found.escape_debug())),
            None => (self.text.trim_end().len().saturating_sub(1), "the end of the text".to_owned()),
        };
        let width = self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.broken(start, start + width, format!("expected {what}, found {found}"))
    }

    fn broken<T>(&self, start: usize, end: usize, message: String) -> Step<T> {
        Err(Stop::Broken(Problem { span: self.span(start, end), message, help: None, offset: start }))
    }

    fn value(&mut self) -> Step<Node> {
        self.values += 1;
        if self.values > MAX_VALUES {
            let (span, message) = (self.span(self.at, self.at), format!("more than {MAX_VALUES} values in one file"));
            return Err(Stop::Limit(Problem { span, message, help: None, offset: self.at }));
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => {
                let start = self.at;
                let text = self.string()?;
                Ok(Node::new(Value::String(text.into()), self.span(start, self.at)))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Step<Node>) -> Step<Node> {
        if self.depth >= self.limit {
            let message = format!("nested more deeply than `limits.depth` ({})", self.limit);
            return Err(Stop::Limit(Problem {
                span: self.span(self.at, self.at + 1),
                message,
                help: None,
                offset: self.at,
            }));
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn word(&mut self) -> Step<Node> {
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            let rest = self.text.get(self.at..).and_then(|rest| rest.strip_prefix(word));
            if rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')) {
                let start = self.at;
                self.at += word.len();
                return Ok(Node::new(value, self.span(start, self.at)));
            }
        }
        self.expected("a value")
    }

    fn number(&mut self) -> Step<Node> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
        let length = rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        self.at += length;
        if !is_number(text) {
            return self.broken(start, self.at, format!("`{text}` is no number"));
        }
        Ok(Node::new(Value::Number(Number::new(text)), self.span(start, self.at)))
    }

    fn array(&mut self) -> Step<Node> {
        let start = self.at;
        self.at += 1;
        let mut list = List { form: Form::Flow, ..List::default() };
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::new(Value::List(list), self.span(start, self.at)));
        }
        loop {
            list.items.push(self.value()?);
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.expected("`,` or `]`"),
            }
        }
        self.at += 1;
        Ok(Node::new(Value::List(list), self.span(start, self.at)))
    }

    fn object(&mut self) -> Step<Node> {
        let start = self.at;
        self.at += 1;
        let mut map = Map { form: Form::Flow, head: self.span(start, self.at), ..Map::default() };
        let mut seen = Keys::default();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::new(Value::Map(map), self.span(start, self.at)));
        }
        loop {
            self.entry(&mut map, &mut seen)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.expected("`,` or `}`"),
            }
        }
        self.at += 1;
        Ok(Node::new(Value::Map(map), self.span(start, self.at)))
    }

    fn entry(&mut self, map: &mut Map, seen: &mut Keys) -> Step<()> {
        if self.peek() != Some(b'"') {
            return self.expected("a key in quotes");
        }
        let start = self.at;
        let wire: Box<str> = self.string()?.into();
        let place = self.span(start, self.at);
        if self.peek() != Some(b':') {
            return self.expected("`:`");
        }
        self.at += 1;
        let value = self.value()?;
        let first = seen.add(&wire, &map.entries);
        let entry = Entry { key: Key { wire, written: None, location: place.into() }, value };
        match first.and_then(|index| map.entries.get_mut(index)) {
            None => map.entries.push(entry),
            Some(earlier) => {
                if self.remarks.len() <= MAX_FINDINGS {
                    self.remarks.push(Remark::duplicate_key(&entry.key, earlier.key.location.span));
                }
                *earlier = entry;
                map.form = Form::Synthetic;
            }
        }
        Ok(())
    }

    /// A string from its opening quote on.
    fn string(&mut self) -> Step<Cow<'t, str>> {
        let open = self.at;
        let mut start = open + 1;
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            let Some(stop) = memchr::memchr2(b'"', b'\\', rest) else {
                return self.broken(open, open + 1, "a quote that is never closed".to_owned());
            };
            let part = self.text.get(start..start + stop).unwrap_or_default();
            if let Some(at) = part.bytes().position(|byte| byte < 0x20) {
                let at = start + at;
                return self.broken(at, at + 1, "a line break or control character in a string".to_owned());
            }
            if text.is_empty() {
                text = Cow::Borrowed(part)
            } else {
                text.to_mut().push_str(part)
            }
            self.at = start + stop + 1;
            if rest.get(stop) == Some(&b'"') {
                return Ok(text);
            }
            text.to_mut().push(self.escape()?);
            start = self.at;
        }
    }

    /// The character of an escape, behind its backslash.
    fn escape(&mut self) -> Step<char> {
        let start = self.at - 1;
        let letter = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match letter {
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => match self.unit() {
                Some(high @ 0xD800..0xDC00) => self.pair(high),
                Some(unit) => char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                None => return self.broken(start, start + 2, "four hexadecimal digits belong behind `\\u`".to_owned()),
            },
            _ => return self.broken(start, start + 1, "no such escape in JSON".to_owned()),
        })
    }

    /// The character of two surrogates; a lone one is replaced, as Go does.
    fn pair(&mut self, high: u32) -> char {
        let behind = self.at;
        let low = self.text.get(behind..).is_some_and(|rest| rest.starts_with("\\u")).then(|| {
            self.at += 2;
            self.unit()
        });
        if let Some(Some(low @ 0xDC00..0xE000)) = low {
            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        self.at = behind;
        char::REPLACEMENT_CHARACTER
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|part| digits(part.strip_prefix(['+', '-']).unwrap_or(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<String> {
        let done = read(text, 0, &Limits::default());
        done.roots.first().and_then(Node::as_str).map(str::to_owned)
    }

    #[test]
    fn escapes_are_those_of_json() {
        assert_eq!(strings(r#""a\/b\u00e9\n\t\"\\""#).as_deref(), Some("a/bé\n\t\"\\"));
        assert_eq!(strings(r#""\ud83d\ude00""#).as_deref(), Some("😀"));
        assert_eq!(strings(r#""\ud83d!""#).as_deref(), Some("\u{fffd}!"));
        assert_eq!(strings(r#""\ud83d\u0041\ude00""#).as_deref(), Some("\u{fffd}A\u{fffd}"));
        for wrong in [r#""\q""#, r#""\u12"#, r#""\u12é4""#, "\"a\nb\"", "\"a", "\"a\\"] {
            assert_eq!(strings(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_keep_their_text_and_their_grammar() {
        for right in ["0", "-0", "10", "80.0", "1e3", "-1.5E+10"] {
            assert!(is_number(right), "{right}");
        }
        for wrong in ["", "-", "01", "1.", ".5", "1e", "+1", "0x1", "1_0", "--1"] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn errors_are_at_their_place() {
        let error = |text: &str| {
            let problem = read(text, 0, &Limits::default()).error.expect("an error");
            format!("{}-{} {}", problem.span.start, problem.span.end, problem.message)
        };
        assert_eq!(error(r#"{"a": 1,}"#), "8-9 expected a key in quotes, found `}`");
        assert_eq!(error(r#"{"a" 1}"#), "5-6 expected `:`, found `1`");
        assert_eq!(error(r#"{"a": [1 2]}"#), "9-10 expected `,` or `]`, found `2`");
        assert_eq!(error("{\"a\": 1\n"), "6-7 expected `,` or `}`, found the end of the text");
        assert_eq!(error("{a: 1}"), "1-2 expected a key in quotes, found `a`");
        assert_eq!(error("[tru]"), "1-2 expected a value, found `t`");
    }
}
