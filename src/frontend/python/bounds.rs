//! A look at the tokens before parsing: code nested or chained so deeply that a recursive parser would suffer.

use crate::text::Span;

/// Tokens that may follow each other without a comma or a new statement.
const CHAIN: usize = 1000;
/// Columns of indentation.
const INDENTATION: usize = 400;

/// The place where the text goes beyond `depth` brackets, or chains or indents beyond reason.
pub fn too_deep(text: &str, depth: usize) -> Option<Span> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, counts: vec![0] };
    while let Some(byte) = scan.peek(0) {
        let start = scan.at;
        scan.token(byte);
        let chained = scan.counts.last().is_some_and(|count| *count > CHAIN);
        if chained || scan.counts.len() > depth || scan.indentation_at(start) > INDENTATION {
            return Some(Span::from_range(start..scan.at.min(text.len())));
        }
    }
    None
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Tokens since the last comma, for each open bracket.
    counts: Vec<usize>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn token(&mut self, byte: u8) {
        match byte {
            b'#' => self.skip_while(|byte| byte != b'\n'),
            b'\'' | b'"' => {
                self.string(byte);
                self.count();
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.counts.push(0);
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                if self.counts.len() > 1 {
                    self.counts.pop();
                }
                self.count();
            }
            b',' => {
                self.at += 1;
                self.reset();
            }
            b'\n' | b';' => {
                self.at += 1;
                if self.counts.len() == 1 {
                    self.reset();
                }
            }
            b' ' | b'\t' | b'\r' | b'\\' => self.at += 1,
            _ if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
                self.count();
            }
            _ => {
                self.at += 1;
                self.count();
            }
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn string(&mut self, quote: u8) {
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        self.at += if triple { 3 } else { 1 };
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 2,
                b'\n' if !triple => return,
                _ if byte == quote && !triple => {
                    self.at += 1;
                    return;
                }
                _ if byte == quote && self.peek(1) == Some(quote) && self.peek(2) == Some(quote) => {
                    self.at += 3;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn count(&mut self) {
        if let Some(count) = self.counts.last_mut() {
            *count += 1;
        }
    }

    fn reset(&mut self) {
        if let Some(count) = self.counts.last_mut() {
            *count = 0;
        }
    }

    /// The width of the white space behind a line break at `start`.
    fn indentation_at(&self, start: usize) -> usize {
        if self.bytes.get(start) != Some(&b'\n') {
            return 0;
        }
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        let width = rest.iter().take(INDENTATION + 2).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
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
}
