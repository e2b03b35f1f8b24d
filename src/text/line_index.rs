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
    /// How many characters stand before each block of the text, where a line is long: files on one line have findings far
    /// behind its start.
    blocks: Vec<Characters>,
}

/// How many bytes a block has.
const BLOCK: usize = 4096;

/// Characters of a text, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Characters {
    /// Unicode scalar values.
    pub count: u32,
    /// Those of them that take two units in UTF-16.
    pub wide: u32,
}

impl Characters {
    fn of(bytes: &[u8]) -> Self {
        // Continuation bytes of UTF-8 do not start a character.
        let starts = bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        let wide = bytes.iter().filter(|byte| **byte >= 0xF0).count();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Self { count: number(starts), wide: number(wide) }
    }

    const fn and(self, more: Self) -> Self {
        Self { count: self.count + more.count, wide: self.wide + more.wide }
    }

    const fn without(self, less: Self) -> Self {
        Self { count: self.count.saturating_sub(less.count), wide: self.wide.saturating_sub(less.wide) }
    }
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
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let mut index = Self { starts, length, blocks: Vec::new() };
        if index.has_long_line() {
            let counts = bytes
                .chunks(BLOCK)
                .scan(Characters::default(), |sum, block| Some(std::mem::replace(sum, sum.and(Characters::of(block)))));
            index.blocks = counts.collect();
        }
        index
    }

    fn has_long_line(&self) -> bool {
        let ends = self.starts.iter().skip(1).chain([&self.length]);
        self.starts.iter().zip(ends).any(|(start, end)| end.saturating_sub(*start) as usize > 4 * BLOCK)
    }

    /// The characters of a part of `text`, which must be the text that was indexed.
    #[must_use]
    pub fn characters(&self, text: &str, part: Span) -> Characters {
        let bytes = |from: usize, to: u32| text.as_bytes().get(from..to as usize).unwrap_or_default();
        let before = |offset: u32| {
            let block = (offset as usize / BLOCK).min(self.blocks.len() - 1);
            let counted = self.blocks.get(block).copied().unwrap_or_default();
            counted.and(Characters::of(bytes(block * BLOCK, offset)))
        };
        if self.blocks.is_empty() || (part.len() as usize) < BLOCK {
            return Characters::of(bytes(part.start as usize, part.end));
        }
        before(part.end).without(before(part.start))
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
        let start = self.starts.get(line).copied().unwrap_or_default();
        let characters = self.characters(text, Span::new(start, offset));
        LineColumn { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: characters.count.saturating_add(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_counted_as_short_ones() {
        for part in ["a", "é", "a😀", "é😀語\n", "ab😀é"] {
            for times in [1, BLOCK, 5 * BLOCK] {
                let text = format!("{}\nend", part.repeat(times));
                let index = LineIndex::new(&text);
                let boundaries = text.char_indices().map(|(offset, _)| offset).chain([text.len()]);
                for offset in boundaries.step_by(997).chain([text.len()]) {
                    let end = u32::try_from(offset).unwrap();
                    let start = index.line_span(index.line_of(end)).unwrap().start;
                    let before = &text[start as usize..offset];
                    let counted = index.characters(&text, Span::new(start, end));
                    assert_eq!(counted.count as usize, before.chars().count());
                    assert_eq!((counted.count + counted.wide) as usize, before.encode_utf16().count());
                    assert_eq!(index.place(&text, end).column, counted.count + 1);
                }
            }
        }
        let exact = "a".repeat(8 * BLOCK);
        let whole = Span::from_range(0..exact.len());
        assert_eq!(LineIndex::new(&exact).characters(&exact, whole).count, whole.len());
    }
}
