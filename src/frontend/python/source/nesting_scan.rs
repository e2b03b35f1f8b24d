//! A look at a long text before it is parsed: the parser needs memory for each level of nesting, without end.
//!
//! The scan must not miss code that the parser sees, so it knows what the parser's lexer knows of strings: that `f"…{code}…"` holds
//! code, which may hold strings again. Code may pass for deeper than it is.

/// What a byte begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A name, a keyword, a number.
    Word,
    Space,
    Comma,
    Break,
    Semicolon,
    Colon,
    Open,
    Close,
    Quote,
    Comment,
    Backslash,
    Operator,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Operator; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => Class::Word,
            b' ' | b'\t' | 0x0C => Class::Space,
            b',' => Class::Comma,
            b'\n' | b'\r' => Class::Break,
            b';' => Class::Semicolon,
            b':' => Class::Colon,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'\'' | b'"' => Class::Quote,
            b'#' => Class::Comment,
            b'\\' => Class::Backslash,
            _ => Class::Operator,
        };
        byte += 1;
    }
    classes
};

/// The offset where a text of Python may nest by more than so many levels, if it may.
pub fn deeper_than(text: &str, levels: usize) -> Option<usize> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, word: 0, count: 0, lambdas: 0, around: Vec::new() };
    while let Some(byte) = scan.peek(0) {
        let start = scan.at;
        scan.token(byte);
        if scan.count > levels {
            return Some(start);
        }
    }
    None
}

/// A string's quotes.
#[derive(Clone, Copy)]
struct Quotes {
    byte: u8,
    triple: bool,
}

/// What is around the current place.
struct Around {
    /// The tokens on the way to it.
    count: usize,
    /// The lambdas in front of it whose parameters go on.
    lambdas: usize,
    /// The string of which it is a replacement field.
    field_of: Option<Quotes>,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the last word began.
    word: usize,
    /// Tokens on the way to the current place: since the last comma or statement, and of what is around.
    count: usize,
    /// Lambdas whose parameters go on: their commas separate nothing but those.
    lambdas: usize,
    around: Vec<Around>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self, byte: u8) {
        match CLASSES[usize::from(byte)] {
            Class::Word => self.name(),
            Class::Quote => self.quote(byte),
            Class::Comment => self.at += memchr::memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len()),
            Class::Backslash => self.at += 1 + self.line_break(1),
            class => {
                self.at += 1;
                match class {
                    Class::Space => {}
                    Class::Break | Class::Semicolon if self.around.is_empty() => self.separate(),
                    Class::Break => {}
                    Class::Comma if self.lambdas == 0 => self.separate(),
                    Class::Open => self.open(None),
                    Class::Close => self.close(byte),
                    Class::Colon => self.colon(),
                    _ => self.count += 1,
                }
            }
        }
    }

    fn name(&mut self) {
        self.word = self.at;
        let rest = self.rest();
        let end = rest.iter().position(|byte| CLASSES[usize::from(*byte)] != Class::Word).unwrap_or(rest.len());
        self.lambdas += usize::from(rest.get(..end) == Some(b"lambda"));
        self.at += end;
        self.count += 1;
    }

    /// What follows does not belong to what came before.
    fn separate(&mut self) {
        self.count = self.around.last().map_or(0, |around| around.count);
        self.lambdas = 0;
    }

    fn open(&mut self, field_of: Option<Quotes>) {
        self.count += 1;
        self.around.push(Around { count: self.count, lambdas: self.lambdas, field_of });
        self.lambdas = 0;
    }

    fn close(&mut self, byte: u8) {
        let field_of = self.around.last().and_then(|around| around.field_of);
        // Within a replacement field only its own brace closes anything.
        let closes = field_of.is_none() || byte == b'}';
        match self.around.pop_if(|_| closes) {
            Some(around) => (self.count, self.lambdas) = (around.count, around.lambdas),
            None => self.count += 1,
        }
        if let Some(quotes) = field_of.filter(|_| closes) {
            self.formatted(quotes);
        }
    }

    fn colon(&mut self) {
        self.count += 1;
        match self.around.last().and_then(|around| around.field_of) {
            // The format may have fields of its own.
            Some(quotes) => self.formatted(quotes),
            None => self.lambdas = self.lambdas.saturating_sub(1),
        }
    }

    /// The length of the line break that begins so far ahead, if one does.
    fn line_break(&self, ahead: usize) -> usize {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => 0,
        }
    }

    fn quote(&mut self, byte: u8) {
        let triple = self.peek(1) == Some(byte) && self.peek(2) == Some(byte);
        let prefix = self.bytes.get(self.word..self.at).unwrap_or_default();
        let is_formatted = prefix.len() <= 2 && prefix.iter().any(|letter| matches!(letter, b'f' | b'F' | b't' | b'T'));
        self.at += if triple { 3 } else { 1 };
        self.count += 1;
        let quotes = Quotes { byte, triple };
        if is_formatted { self.formatted(quotes) } else { self.string(quotes) }
    }

    /// Goes to the end of a string.
    fn string(&mut self, quotes: Quotes) {
        loop {
            let rest = self.rest();
            let next = match quotes.triple {
                true => memchr::memchr2(quotes.byte, b'\\', rest),
                false => rest.iter().position(|byte| matches!(byte, b'\\' | b'\n' | b'\r') || *byte == quotes.byte),
            };
            self.at += next.unwrap_or(rest.len());
            if next.is_none() || self.string_ends(quotes) {
                return;
            }
        }
    }

    /// Goes to the end of a string with replacement fields, or to the code in the next of them.
    fn formatted(&mut self, quotes: Quotes) {
        loop {
            let rest = self.rest();
            let special = |byte: &u8| matches!(byte, b'{' | b'}' | b'\\' | b'\n' | b'\r') || *byte == quotes.byte;
            let next = rest.iter().position(special);
            self.at += next.unwrap_or(rest.len());
            let in_format = self.around.last().is_some_and(|around| around.field_of.is_some());
            match (self.peek(0), self.peek(1)) {
                (None, _) => return,
                (Some(b'{'), Some(b'{')) if !in_format => self.at += 2,
                (Some(b'{'), _) => {
                    self.at += 1;
                    return self.open(Some(quotes));
                }
                // The brace that ends the field is a token of its own.
                (Some(b'}'), _) if in_format => return,
                (Some(b'}'), _) | (Some(b'\\'), Some(b'{' | b'}')) => self.at += 1,
                _ if self.string_ends(quotes) => return,
                _ => {}
            }
        }
    }

    /// Steps over what may end a string; whether it did.
    fn string_ends(&mut self, quotes: Quotes) -> bool {
        match self.peek(0) {
            Some(b'\\') => {
                self.at += 1 + self.line_break(1).max(1);
                false
            }
            Some(b'\n' | b'\r') => {
                self.at += usize::from(quotes.triple);
                !quotes.triple
            }
            _ if quotes.triple && !(self.peek(1) == Some(quotes.byte) && self.peek(2) == Some(quotes.byte)) => {
                self.at += 1;
                false
            }
            _ => {
                self.at += if quotes.triple { 3 } else { 1 };
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::deeper_than;

    #[test]
    fn what_separates_ends_a_path() {
        let flat =
            "x = [1, 2]; y = -1\nz = f(a, b=lambda c, d: c)\n'# \\' ('\nf'{a:{b}} {{ (' \"\"\"(\n(\"\"\"\n# ((\n"
                .repeat(100);
        assert_eq!(deeper_than(&flat, 20), None);
    }

    #[test]
    fn what_is_nested_is_seen_wherever_it_stands() {
        for text in [
            format!("x = {}", "(".repeat(100)),
            format!("x = a{}", "()\\\n".repeat(100)),
            format!("x = {}1", "lambda a, b: ".repeat(100)),
            format!("x = f'{{{}1}}'", "-".repeat(100)),
            format!("x = rf'\\{{{}1}}'", "-".repeat(100)),
            format!("x = f'{{a{}", ":{a".repeat(100)),
            format!("x = f\"{{'\"'}}\" + {}1", "-".repeat(100)),
            format!("x = '\\'' + f'''{{\"\"\"'''\"\"\"}}''' + {}1", "-".repeat(100)),
            format!("# \rx = {}1", "-".repeat(100)),
            format!("'\rx = {}1", "-".repeat(100)),
        ] {
            assert!(deeper_than(&text, 90).is_some(), "{text:.40}");
        }
    }
}
