//! Which text a comment stands for: its line, and the statement, item or entry that begins there.

use crate::text::{LineIndex, Span};

/// A comment that speaks to podlint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where, with its `#`.
    pub span: Span,
    /// Whether nothing else stands on its line.
    pub alone: bool,
    /// The line that it is about: its own, or the next one with something on it.
    pub line: Span,
    /// The largest part of the text that begins on that line, or the smallest one that ends there.
    pub unit: Option<Span>,
}

/// The comments at these places. `units` are the parts of the text that a comment can be about: statements, arguments,
/// items, entries.
#[must_use]
pub fn attach(text: &str, places: &[Span], units: &[Span]) -> Vec<Comment> {
    let speaks = |place: &&Span| memchr::memmem::find(place.slice(text).as_bytes(), b"podlint").is_some();
    let places: Vec<Span> = places.iter().filter(speaks).copied().collect();
    if places.is_empty() {
        return Vec::new();
    }
    let lines = LineIndex::new(text);
    places.into_iter().map(|place| comment(text, &lines, place, units)).collect()
}

fn comment(text: &str, lines: &LineIndex, place: Span, units: &[Span]) -> Comment {
    let number = lines.line_of(place.start);
    let own = lines.line_span(number).unwrap_or(place);
    let before = Span::new(own.start, place.start).slice(text).trim();
    let alone = before.is_empty();
    // A dash alone opens an item that begins on the next line.
    let ahead = alone || (before != "---" && before.bytes().all(|byte| matches!(byte, b'-' | b' ')));
    let line = if ahead { next_line(text, lines, number) } else { Some(own) };
    let Some(line) = line else { return Comment { span: place, alone, line: Span::at(place.start), unit: None } };
    let starts = |unit: &&Span| unit.start >= line.start && unit.start < line.end;
    let ends = |unit: &&Span| unit.end > line.start && unit.end <= line.end;
    let unit = units.iter().filter(starts).max_by_key(|unit| unit.len());
    let unit = unit.or_else(|| units.iter().filter(|unit| !alone && ends(unit)).min_by_key(|unit| unit.len()));
    Comment { span: place, alone, line, unit: unit.copied() }
}

/// The next line that holds more than blanks and a comment.
fn next_line(text: &str, lines: &LineIndex, number: usize) -> Option<Span> {
    let below = (number + 1..).map_while(|line| lines.line_span(line));
    below.into_iter().find(|line| {
        let content = line.slice(text).trim();
        !content.is_empty() && !content.starts_with('#')
    })
}

impl Comment {
    /// Whether something said of `place` is said of what the comment stands for.
    #[must_use]
    pub fn covers(&self, place: Span) -> bool {
        let on_line = |offset: u32| self.line.start <= offset && offset < self.line.end;
        let last = place.end.saturating_sub(1).max(place.start);
        // A value may reach over several lines; a comment behind its last one is meant for it too.
        on_line(place.start) || (!self.alone && on_line(last)) || self.holds(place)
    }

    /// Whether `place` begins within the part of the text that the comment stands for.
    #[must_use]
    pub fn holds(&self, place: Span) -> bool {
        self.unit.is_some_and(|unit| unit.start <= place.start && place.start < unit.end.max(unit.start + 1))
    }
}
