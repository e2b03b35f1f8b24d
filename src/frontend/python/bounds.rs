//! A look at the tokens before parsing: code nested or chained so deeply that a recursive parser would suffer.

use crate::text::Span;

/// Tokens that may follow each other without a comma or a new statement, for each level of nesting that is allowed.
const CHAIN: usize = 5;
/// Columns of indentation, likewise.
const INDENTATION: usize = 2;

/// The bytes of names, keywords and numbers.
static WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        word[byte] = matches!(byte as u8, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..);
        byte += 1;
    }
    word
};

/// Code that is nested too deeply: where, and in which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooDeep {
    /// The token that is too much.
    pub span: Span,
    /// What is, with the limit's name.
    pub message: String,
}

/// The place where the text goes beyond `depth` brackets, or chains or indents beyond what goes with that.
pub fn too_deep(text: &str, depth: usize) -> Option<TooDeep> {
    let (chain, indentation) = (depth.saturating_mul(CHAIN), depth.saturating_mul(INDENTATION));
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, count: 0, outer: Vec::new() };
    while let Some(byte) = scan.peek(0) {
        let start = scan.at;
        scan.token(byte);
        let what = if scan.outer.len() >= depth {
            "brackets nest more deeply than".to_owned()
        } else if scan.count > chain {
            format!("an expression chains more than {chain} names and operators, {CHAIN} for each level of")
        } else if scan.indentation_at(start, indentation) > indentation {
            format!("a line is indented by more than {indentation} columns, {INDENTATION} for each level of")
        } else {
            continue;
        };
        let span = Span::from_range(start..scan.at.min(text.len()));
        return Some(TooDeep { span, message: format!("not checked: {what} `limits.depth` ({depth})") });
    }
    None
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Tokens since the last comma.
    count: usize,
    /// The same outside of each open bracket.
    outer: Vec<usize>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn token(&mut self, byte: u8) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => {
                self.skip_while(|byte| WORD[usize::from(byte)]);
                self.count += 1;
            }
            b' ' => self.skip_while(|byte| byte == b' '),
            b'\t' | b'\r' | b'\\' => self.at += 1,
            b',' => {
                self.at += 1;
                self.count = 0;
            }
            b'\n' | b';' => {
                self.at += 1;
                if self.outer.is_empty() {
                    self.count = 0;
                }
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.outer.push(self.count);
                self.count = 0;
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                self.count = self.outer.pop().unwrap_or(self.count) + 1;
            }
            b'\'' | b'"' => {
                self.string(byte);
                self.count += 1;
            }
            b'#' => self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len()),
            _ => {
                self.at += 1;
                self.count += 1;
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
    }

    fn string(&mut self, quote: u8) {
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        self.at += if triple { 3 } else { 1 };
        loop {
            let rest = self.rest();
            let next = match triple {
                true => memchr::memchr2(quote, b'\\', rest),
                false => memchr::memchr3(quote, b'\\', b'\n', rest),
            };
            let Some(next) = next else {
                self.at = self.bytes.len();
                return;
            };
            self.at += next;
            match self.peek(0) {
                Some(b'\\') => self.at += 2,
                Some(b'\n') => return,
                _ if !triple => {
                    self.at += 1;
                    return;
                }
                _ if self.peek(1) == Some(quote) && self.peek(2) == Some(quote) => {
                    self.at += 3;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// The width of the white space behind a line break at `start`.
    fn indentation_at(&self, start: usize, enough: usize) -> usize {
        if self.bytes.get(start) != Some(&b'\n') {
            return 0;
        }
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        let width = rest.iter().take(enough.saturating_add(2)).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        // A line of white space is no indentation.
        if matches!(rest.get(width), None | Some(b'\n' | b'\r')) { 0 } else { width }
    }
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn ordinary_code_passes_and_chains_do_not() {
        let data = format!("x = [{}]\n# {}\ny = '{}'\n", "(1, 2), ".repeat(5000), ". ".repeat(5000), ". ".repeat(5000));
        assert_eq!(too_deep(&data, 200), None);
        assert!(too_deep(&"(".repeat(300), 200).is_some());
        assert!(too_deep(&format!("x = {}1", "1 + ".repeat(5000)), 200).is_some());
        assert!(too_deep(&format!("x = a{}", "()".repeat(5000)), 200).is_some());
        assert!(too_deep(&format!("x = {}1", "not ".repeat(5000)), 200).is_some());
        assert!(too_deep(&format!("if x:\n{}pass", " ".repeat(500)), 200).is_some());
    }

    #[test]
    fn each_way_to_be_too_deep_is_said() {
        let said = |text: &str| too_deep(text, 200).map(|found| found.message).unwrap_or_default();
        assert!(said(&"(".repeat(300)).contains("brackets nest more deeply than `limits.depth` (200)"));
        assert!(said(&"1 + ".repeat(5000)).contains("more than 1000 names and operators, 5 for each level"));
        assert!(said(&format!("\n{}x", " ".repeat(500))).contains("more than 400 columns, 2 for each level"));
    }
}
