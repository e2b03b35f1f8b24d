//! Helm and Jinja templates: what can be checked without their values.
//!
//! Actions are covered by letters of the same length, so that offsets stay and the rest parses; every scalar that
//! touches one is dynamic. Where whole lines are actions, anything may be missing, and so nothing counts as missing. Of the ways
//! that an `if` may go the first is read: all of them together are what no rendering gives.

use super::compose::{self, Composed};
use crate::config::Settings;
use crate::frontend::open_everything;
use crate::text::Span;
use crate::tree::{Dynamic, Node, Piece, Value};

/// Whether a text holds template actions.
pub fn is_templated(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Composes a templated text; `None` where it is no YAML even with its actions covered.
pub fn compose(text: &str, base: u32, settings: &Settings) -> Option<Composed> {
    let actions = first_ways(text, actions(text));
    let whole_lines = with_ends(&actions).any(|(action, end)| stands_alone(text, action, end));
    let covered = cover(text, &actions);
    let mut composed = compose::compose(&covered, base, &settings.limits);
    if composed.error.is_some() {
        return None;
    }
    let shifted: Vec<Span> = actions.iter().map(|action| Span::new(action.start + base, action.end + base)).collect();
    for root in &mut composed.roots {
        make_dynamic(root, &shifted, text, base);
        if whole_lines {
            open_everything(root);
        }
    }
    if whole_lines {
        // Branches of an `if` repeat keys on purpose.
        composed.remarks.clear();
    }
    Some(composed)
}

/// The `{{ … }}`, `{% … %}` and `{# … #}` of a text; an unclosed one reaches to the end of its line.
fn actions(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = 0;
    // Kinds of which no further one is closed.
    let mut unclosed: Vec<&str> = Vec::new();
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('{')).map(|offset| from + offset) {
        let rest = text.get(at..).unwrap_or_default();
        let close = match rest.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = at + 1;
                continue;
            }
        };
        let closed = if unclosed.contains(&close) { None } else { rest.find(close) };
        if closed.is_none() {
            unclosed.push(close);
        }
        let end = at + closed.map_or_else(|| rest.find('\n').unwrap_or(rest.len()), |offset| offset + 2);
        found.push(Span::from_range(at..end));
        from = end;
    }
    found
}

/// The actions with those from an `else` to its `end` as one, what is between them included.
fn first_ways(text: &str, actions: Vec<Span>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    // Of each block that is open, where its `else` is in what was found.
    let mut blocks: Vec<Option<usize>> = Vec::new();
    for (action, end) in with_ends(&actions) {
        found.push(action);
        match keyword(action.slice(text)) {
            "if" | "with" | "range" | "for" | "define" | "block" => blocks.push(None),
            "else" | "elif" => {
                if let Some(first @ None) = blocks.last_mut().filter(|_| stands_alone(text, action, end)) {
                    *first = Some(found.len() - 1);
                }
            }
            "end" | "endif" | "endfor" => {
                if let Some(first) = blocks.pop().flatten().filter(|_| stands_alone(text, action, end)) {
                    let start = found.get(first).map_or(action.start, |action| action.start);
                    found.truncate(first);
                    found.push(Span::new(start, action.end));
                }
            }
            _ => {}
        }
    }
    found
}

/// The word that an action begins with.
fn keyword(action: &str) -> &str {
    let inside = action.trim_start_matches(['{', '%', '-', ' ', '\t']);
    inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Actions, each with the end of the one before it.
fn with_ends(actions: &[Span]) -> impl Iterator<Item = (Span, Option<u32>)> {
    let ends = std::iter::once(None).chain(actions.iter().map(|action| Some(action.end)));
    actions.iter().copied().zip(ends)
}

/// Whether an action fills its line, as control structures and includes do. Only the text behind the action before it is
/// looked at.
fn stands_alone(text: &str, action: Span, end_of_last: Option<u32>) -> bool {
    let before = text.get(end_of_last.unwrap_or(0) as usize..action.start as usize).unwrap_or_default();
    let after = text.get(action.end as usize..).unwrap_or_default();
    let begins = match before.rfind('\n') {
        Some(line) => before.get(line..).unwrap_or_default().trim().is_empty(),
        None => end_of_last.is_none() && before.trim().is_empty(),
    };
    let next = after.chars().find(|character| *character == '\n' || !character.is_whitespace());
    begins && next != Some(':')
}

/// The text with actions covered: by spaces where they fill lines, else by letters.
fn cover(text: &str, actions: &[Span]) -> String {
    let mut covered = String::with_capacity(text.len());
    let mut position = 0;
    for (action, end) in with_ends(actions) {
        covered.push_str(text.get(position..action.start as usize).unwrap_or_default());
        let filler = if stands_alone(text, action, end) { ' ' } else { 'x' };
        let bytes = action.slice(text).bytes();
        covered.extend(bytes.map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { filler }));
        position = action.end as usize;
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
