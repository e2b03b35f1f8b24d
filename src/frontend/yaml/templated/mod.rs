//! Helm and Jinja templates: what can be checked without their values.
//!
//! Actions are covered by letters of the same length, so that offsets stay and the rest parses. An action opens only what it stands
//! in: a value within a line, else the map or list at whose indentation it writes. Blocks are followed both ways (`ways.rs`); what
//! the other way would hold is not known, and not missing.

mod actions;
mod open;
mod values;
mod ways;

use super::compose::{self, Composed};
use crate::config::Settings;
use crate::document::{CHART_DEFAULTS, Condition};
use crate::text::Span;
use crate::tree::{Dynamic, Location, Node, Piece, Value};
use actions::{Action, Does};
use open::Opening;
pub use values::Defaults;
use ways::{Branch, Way};

/// One way that a text may go.
pub struct Composition {
    /// Its trees.
    pub composed: Composed,
    /// What decides for it; nothing for the first one.
    pub given: Option<Condition>,
    /// Something in it is not known without values.
    pub is_partial: bool,
}

/// Whether a text holds template actions.
pub fn is_templated(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Composes a templated text, once for each way that shows something new; none where it is no YAML even with its actions covered.
pub fn compose(text: &str, base: u32, settings: &Settings, defaults: Option<&Defaults>) -> Vec<Composition> {
    let actions = actions::actions(text);
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let branches = ways::branches(&actions, length);
    let template = Template { text, base, actions: &actions, branches: &branches };
    let ways = ways::ways(&branches);
    let mut found: Vec<Composition> = Vec::new();
    for way in &ways {
        found.extend(template.compose(way, settings, !found.is_empty()));
    }
    if let Some(defaults) = defaults.filter(|_| !found.is_empty()) {
        found.extend(template.with_defaults(defaults, settings));
    }
    found
}

struct Template<'t> {
    text: &'t str,
    base: u32,
    actions: &'t [Action],
    branches: &'t [Branch],
}

impl Template<'_> {
    fn compose(&self, way: &Way, settings: &Settings, is_other: bool) -> Option<Composition> {
        let left_out: Vec<Span> =
            way.left_out.iter().filter_map(|index| self.branches.get(*index)).map(|branch| branch.body).collect();
        let covers = self.covers(&left_out);
        let covered = cover(self.text, &covers);
        let mut composed = compose::compose(&covered, self.base, &settings.limits);
        if composed.error.is_some() {
            return None;
        }
        let shifted: Vec<Span> = covers.iter().map(|(span, _)| self.shifted(*span)).collect();
        let openings = self.openings(way, &left_out);
        for root in &mut composed.roots {
            make_dynamic(root, &shifted, self.text, self.base);
            openings.iter().for_each(|opening| open::open(root, opening, self.text, self.base));
        }
        if !self.branches.is_empty() {
            // Branches that are likely to exclude each other repeat keys on purpose.
            composed.remarks.clear();
        }
        let is_partial = !openings.is_empty() || self.actions.iter().any(|action| action.does == Does::Writes);
        Some(Composition { composed, given: self.given(way).filter(|_| is_other), is_partial })
    }

    /// The text with the chart's default values: where these decide, and filled in where they are looked up.
    fn with_defaults(&self, defaults: &Defaults, settings: &Settings) -> Option<Composition> {
        let way = ways::by(self.branches, &|test| defaults.decide(test));
        let mut found = self.compose(&way, settings, false)?;
        let actions: Vec<Span> = self.actions.iter().map(|action| self.shifted(action.span)).collect();
        let filled: Vec<Span> = found
            .composed
            .roots
            .iter_mut()
            .filter_map(|root| defaults.fill(root, &actions, self.text, self.base))
            .collect();
        let location = Location::main(*filled.first()?);
        found.composed.remarks.clear();
        found.given = Some(Condition { test: CHART_DEFAULTS.to_owned(), holds: true, location });
        Some(found)
    }

    /// What is not read in a way, in the order of the text, and whether blanks stand in its place.
    fn covers(&self, left_out: &[Span]) -> Vec<(Span, bool)> {
        let is_outside = |span: &Span| !left_out.iter().any(|out| out.contains(*span));
        let lines = inline_blocks(self.actions);
        let is_whole = |span: &Span| !lines.iter().any(|line| line.contains(*span) && line != span);
        let own = self.actions.iter().map(|action| {
            let is_blank = action.alone || (action.begins && action.does != Does::Writes);
            (action.span, is_blank)
        });
        let own = own.filter(|(span, _)| is_outside(span) && is_whole(span));
        let inline = lines.iter().filter(|line| is_outside(line)).map(|line| (*line, false));
        let mut all: Vec<(Span, bool)> = own.chain(inline).chain(left_out.iter().map(|out| (*out, true))).collect();
        all.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        all.dedup_by(|later, earlier| earlier.0.contains(later.0) && !later.0.is_empty());
        all
    }

    const fn shifted(&self, span: Span) -> Span {
        Span::new(span.start + self.base, span.end + self.base)
    }

    /// What is not known in a way, and where.
    fn openings(&self, way: &Way, left_out: &[Span]) -> Vec<Opening> {
        let is_outside = |span: Span| !left_out.iter().any(|out| out.contains(span));
        let writes = |action: &&Action| action.does == Does::Writes && action.alone && is_outside(action.span);
        let written = self.actions.iter().filter(writes).map(|action| Opening {
            at: action.span.start,
            head: action.span,
            column: actions::column(self.text, action.span),
            keys: Vec::new(),
            is_open: true,
        });
        let branch = |index: &usize| self.branches.get(*index);
        let repeated =
            way.taken.iter().filter_map(branch).filter(|one| one.test.as_ref().is_some_and(|test| test.repeats));
        let repeated = repeated.filter_map(|one| Opening::of_text(self.text, one.body, one.head));
        let repeated = repeated.map(|opening| Opening { is_open: true, ..opening });
        let others = way.left_out.iter().filter_map(branch);
        let others = others.filter_map(|one| Opening::of_text(self.text, one.body, one.head));
        written.chain(repeated).chain(others).collect()
    }

    /// What decides for a way.
    fn given(&self, way: &Way) -> Option<Condition> {
        let branch = self.branches.get(way.shows?)?;
        let first = || self.branches.iter().find(|one| one.block == branch.block);
        let (test, holds, head) = match &branch.test {
            Some(test) => (test, true, branch.head),
            None => (first()?.test.as_ref()?, false, first()?.head),
        };
        Some(Condition { test: test.text.clone(), holds, location: Location::main(self.shifted(head)) })
    }
}

/// Blocks within a line, from their first action to their last: what they write is one value that is not known.
fn inline_blocks(actions: &[Action]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Vec<Option<u32>> = Vec::new();
    for action in actions {
        match action.does {
            Does::Opens(_) => open.push((!action.begins).then_some(action.span.start)),
            Does::Defines => open.push(Some(action.span.start)),
            Does::Ends => {
                if let Some(start) = open.pop().flatten() {
                    found.push(Span::new(start, action.span.end));
                }
            }
            _ => {}
        }
    }
    found
}

/// The text with parts covered: by blanks or by letters.
fn cover(text: &str, covers: &[(Span, bool)]) -> String {
    let mut covered = String::with_capacity(text.len());
    let mut position = 0;
    for (span, is_blank) in covers {
        covered.push_str(text.get(position..(span.start as usize).max(position)).unwrap_or_default());
        let filler = if *is_blank { ' ' } else { 'x' };
        let from = (span.start as usize).max(position);
        let bytes = text.get(from..(span.end as usize).max(from)).unwrap_or_default().bytes();
        covered.extend(bytes.map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { filler }));
        position = (span.end as usize).max(position);
    }
    covered.push_str(text.get(position..).unwrap_or_default());
    covered
}

/// Turns scalars that touch an action into dynamic ones, and maps with such keys into open ones.
fn make_dynamic(node: &mut Node, actions: &[Span], text: &str, base: u32) {
    let span = node.location.span;
    match &mut node.value {
        Value::Map(map) => {
            let touched = |span: Span| !touching(actions, span).is_empty();
            let before = map.entries.len();
            map.entries.retain(|entry| !touched(entry.key.location.span));
            map.open |= map.entries.len() < before;
            map.entries.iter_mut().for_each(|entry| make_dynamic(&mut entry.value, actions, text, base));
        }
        Value::List(list) => list.items.iter_mut().for_each(|item| make_dynamic(item, actions, text, base)),
        _ => {
            let inside = touching(actions, span);
            if !inside.is_empty() {
                let written = Span::new(span.start - base, span.end - base).slice(text);
                let pattern = pattern(span, inside, text, base);
                node.value = Value::Dynamic(Box::new(Dynamic { pattern, ..Dynamic::because(written) }));
            }
        }
    }
}

/// The actions that a part of the text touches.
fn touching(actions: &[Span], span: Span) -> &[Span] {
    let from = actions.partition_point(|action| action.end <= span.start);
    let to = actions.partition_point(|action| action.start < span.end);
    actions.get(from..to).unwrap_or_default()
}

/// The known text around the actions of one scalar.
fn pattern(span: Span, actions: &[Span], text: &str, base: u32) -> Vec<Piece> {
    let known = |start: u32, end: u32| {
        let part = Span::new(start - base, end.max(start) - base).slice(text).trim_matches(['"', '\'']);
        (!part.is_empty()).then(|| Piece::Text(part.into()))
    };
    let mut pieces = Vec::new();
    let mut position = span.start;
    for action in actions {
        pieces.extend(known(position, action.start));
        pieces.push(Piece::Hole);
        position = action.end;
    }
    pieces.extend(known(position, span.end));
    pieces
}
