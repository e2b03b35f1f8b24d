//! Which text a comment stands for: its line, and the statement, item or entry that begins there.

use std::ops::Range;

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
    let mut places: Vec<Span> = places.iter().filter(speaks).copied().collect();
    if places.is_empty() {
        return Vec::new();
    }
    places.sort();
    let mut attaching = Attaching { text, lines: LineIndex::new(text), units: Units::new(units), below: None };
    places.into_iter().map(|place| attaching.comment(place)).collect()
}

/// The parts of a text by where they begin and by where they end.
struct Units {
    by_start: Vec<Span>,
    by_end: Vec<Span>,
    /// The line that was asked for last, and the largest part that begins on it: many comments stand above one line.
    last: Option<(Span, Option<Span>)>,
}

impl Units {
    fn new(units: &[Span]) -> Self {
        let (mut by_start, mut by_end) = (units.to_vec(), units.to_vec());
        by_start.sort_by_key(|unit| unit.start);
        by_end.sort_by_key(|unit| unit.end);
        Self { by_start, by_end, last: None }
    }

    /// The largest part that begins on a line.
    fn beginning_on(&mut self, line: Span) -> Option<Span> {
        if let Some((_, known)) = self.last.filter(|(last, _)| *last == line) {
            return known;
        }
        let from = self.by_start.partition_point(|unit| unit.start < line.start);
        let there = self.by_start.iter().skip(from).take_while(|unit| unit.start < line.end);
        let found = there.max_by_key(|unit| unit.len()).copied();
        self.last = Some((line, found));
        found
    }

    /// The smallest part that ends on a line.
    fn ending_on(&self, line: Span) -> Option<Span> {
        let from = self.by_end.partition_point(|unit| unit.end <= line.start);
        let there = self.by_end.iter().skip(from).take_while(|unit| unit.end <= line.end);
        there.min_by_key(|unit| unit.len()).copied()
    }
}

/// What is known while the comments of a text are looked at from its beginning to its end.
struct Attaching<'t> {
    text: &'t str,
    lines: LineIndex,
    units: Units,
    /// The lines between which nothing was found last, and the one behind them.
    below: Option<(Range<usize>, Option<Span>)>,
}

impl Attaching<'_> {
    fn comment(&mut self, place: Span) -> Comment {
        let number = self.lines.line_of(place.start);
        let own = self.lines.line_span(number).unwrap_or(place);
        let before = Span::new(own.start, place.start).slice(self.text).trim();
        let alone = before.is_empty();
        // A dash alone opens an item that begins on the next line.
        let ahead = alone || (before != "---" && before.bytes().all(|byte| matches!(byte, b'-' | b' ')));
        let line = if ahead { self.next_line(number) } else { Some(own) };
        let Some(line) = line else { return Comment { span: place, alone, line: Span::at(place.start), unit: None } };
        let unit = self.units.beginning_on(line);
        let unit = unit.or_else(|| if alone { None } else { self.units.ending_on(line) });
        Comment { span: place, alone, line, unit }
    }

    /// The next line that holds more than blanks and a comment.
    fn next_line(&mut self, number: usize) -> Option<Span> {
        if let Some((_, line)) = self.below.as_ref().filter(|(empty, _)| empty.contains(&number)) {
            return *line;
        }
        let mut below = (number + 1..).map_while(|line| Some((line, self.lines.line_span(line)?)));
        let found = below.find(|(_, line)| {
            let content = line.slice(self.text).trim();
            !content.is_empty() && !content.starts_with('#')
        });
        let line = found.map(|(_, line)| line);
        self.below = Some((number..found.map_or(usize::MAX, |(number, _)| number), line));
        line
    }
}

impl Comment {
    /// Whether something said of `place` is said of what the comment stands for.
    #[must_use]
    pub fn covers(&self, place: Span) -> bool {
        let on_line = |offset: u32| self.line.start <= offset && offset < self.line.end;
        // A value may reach over several lines; a comment behind its last one is meant for it too.
        on_line(place.start) || (!self.alone && on_line(place.last())) || self.holds(place)
    }

    /// Whether `place` begins within the part of the text that the comment stands for.
    #[must_use]
    pub fn holds(&self, place: Span) -> bool {
        self.held().is_some_and(|held| held.start <= place.start && place.start < held.end)
    }

    /// The part of the text within which something begins that the comment stands for.
    #[must_use]
    pub fn held(&self) -> Option<Span> {
        self.unit.map(|unit| Span::new(unit.start, unit.end.max(unit.start + 1)))
    }
}
