//! Positions as the client counts them, in UTF-8, UTF-16 or UTF-32 units, and the bytes that they mean.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::{LineIndex, Span};

/// The unit in which characters of a line are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// What every client can: UTF-16 code units.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// The best of those that the client offers.
    pub fn negotiate(offered: &[String]) -> Self {
        let has = |name: &str| offered.iter().any(|offer| offer == name);
        if has("utf-8") {
            Self::Utf8
        } else if has("utf-32") && !has("utf-16") {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// Its name in the protocol.
    pub const fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How many units a part of a text has.
    fn length(self, text: &str, lines: &LineIndex, part: Span) -> u32 {
        let characters = || lines.characters(text, part);
        match self {
            Self::Utf8 => part.len(),
            Self::Utf16 => {
                let characters = characters();
                characters.count + characters.wide
            }
            Self::Utf32 => characters().count,
        }
    }

    /// How many bytes of `line` the first `units` are; a place within a character is before it, one behind the end at it.
    fn bytes(self, line: &str, units: usize) -> usize {
        let mut counted = 0;
        for (offset, character) in line.char_indices() {
            counted += match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
                Self::Utf32 => 1,
            };
            if counted > units {
                return offset;
            }
        }
        line.len()
    }
}

/// Translates between bytes of one text and positions.
#[derive(Clone, Copy, Debug)]
pub struct Translator<'a> {
    /// The text.
    pub text: &'a str,
    /// Its lines.
    pub lines: &'a LineIndex,
    /// The client's unit.
    pub encoding: Encoding,
}

impl Translator<'_> {
    /// The byte at a position; a position behind the end of its line or of the text is at that end.
    pub fn offset(&self, position: Position) -> u32 {
        let Some(span) = self.lines.line_span(position.line as usize) else { return self.end() };
        let line = span.slice(self.text).trim_end_matches(['\r', '\n']);
        let bytes = self.encoding.bytes(line, position.character as usize);
        span.start + u32::try_from(bytes).unwrap_or_default()
    }

    /// The bytes of a range; one that is written backwards is turned.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    /// The position of a byte.
    pub fn position(&self, offset: u32) -> Position {
        let offset = u32::try_from(self.text.floor_char_boundary(offset as usize)).unwrap_or(u32::MAX);
        let line = self.lines.line_of(offset);
        let start = self.lines.line_span(line).map_or(0, |span| span.start);
        let character = self.encoding.length(self.text, self.lines, Span::new(start, offset));
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character }
    }

    /// The range of some bytes.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_bytes_agree_in_every_encoding() {
        let text = "a😀é\r\nnäh\rlast";
        let lines = LineIndex::new(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let translator = Translator { text, lines: &lines, encoding };
            for (offset, _) in text.char_indices().filter(|(_, c)| *c != '\n') {
                let offset = u32::try_from(offset).unwrap_or_default();
                assert_eq!(translator.offset(translator.position(offset)), offset, "{encoding:?} {offset}");
            }
        }
    }

    #[test]
    fn each_encoding_counts_its_units() {
        let text = "a😀é!";
        let lines = LineIndex::new(text);
        let column = |encoding| Translator { text, lines: &lines, encoding }.position(7).character;
        assert_eq!(column(Encoding::Utf8), 7);
        assert_eq!(column(Encoding::Utf16), 4);
        assert_eq!(column(Encoding::Utf32), 3);
    }

    #[test]
    fn places_that_do_not_exist_are_the_nearest_that_do() {
        let text = "ab\ncd";
        let lines = LineIndex::new(text);
        let translator = Translator { text, lines: &lines, encoding: Encoding::Utf16 };
        let at = |line, character| translator.offset(Position { line, character });
        assert_eq!(at(0, 99), 2);
        assert_eq!(at(99, 0), 5);
        assert_eq!(at(u32::MAX, u32::MAX), 5);
        let emoji = Translator { text: "😀", lines: &LineIndex::new("😀"), encoding: Encoding::Utf16 };
        assert_eq!(emoji.offset(Position { line: 0, character: 1 }), 0);
    }
}
