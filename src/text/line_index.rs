//! From byte offsets to lines and columns, and back.

use super::Span;

/// A place as people count it: both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Where the lines of one text begin.
///
/// A line ends with `\n`, `\r\n` or a lone `\r`, as editors and the Language Server Protocol count.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    /// Scans `text` once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for offset in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            // Of `\r\n` the second byte ends the line.
            if bytes.get(offset..offset + 2) != Some(b"\r\n") {
                starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts, length: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// Number of lines; an empty text has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The offsets of the lines' first bytes.
    pub fn starts(&self) -> impl Iterator<Item = u32> + '_ {
        self.starts.iter().copied()
    }

    /// Zero-based line of a byte offset; offsets past the end belong to the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a zero-based line, its line break included; `None` past the last line.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.length);
        Some(Span::new(start, end))
    }

    /// The place of a byte offset in `text`, which must be the text that was indexed.
    #[must_use]
    pub fn place(&self, text: &str, offset: u32) -> LineColumn {
        let offset = offset.min(self.length);
        let line = self.line_of(offset);
        let start = self.starts.get(line).copied().unwrap_or_default() as usize;
        let before = text.as_bytes().get(start..offset as usize).unwrap_or_default();
        // Continuation bytes of UTF-8 do not start a character.
        let characters = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
        LineColumn { line: number(line), column: number(characters) }
    }
}
