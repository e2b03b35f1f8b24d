//! Methods of `str` that take texts apart and put them together.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::super::value::{Element, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, misfit};
use super::text_arguments::{is_space, number_of, own, own_partial, text_of};
use crate::tree::Piece;

/// A list of texts.
fn list_of(evaluator: &mut Evaluator<'_>, parts: Vec<String>, call: &Call) -> Value {
    let slots = parts.into_iter().map(|part| Slot::new(Value::text(part, call.at), call.at)).collect();
    evaluator.list(slots, call.at)
}

/// `separator.join(parts)`.
pub fn join(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "iterable, /")?;
    let Some(iterable) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let separator = super::super::arguments::receiver(evaluator, call);
    let items = evaluator.elements(&iterable, call.at)?;
    let mut parts = Vec::new();
    for (index, element) in items.elements.iter().enumerate() {
        if index > 0 {
            parts.push(separator.clone());
        }
        match element {
            Element::One(slot) => {
                let value = super::super::arguments::unwrapped(evaluator, &slot.value);
                match &value.kind {
                    ValueKind::Text(_) | ValueKind::Partial(_) | ValueKind::Unknown(_) => parts.push(value),
                    _ => {
                        let kind = evaluator.type_name(&value);
                        let message = format!("sequence item {index}: expected str instance, {kind} found");
                        return Err(evaluator.raise("TypeError", message, call.at));
                    }
                }
            }
            // How many there are is not known, nor whether there is a separator beside them.
            Element::Gap(_) => return Ok(open_join(evaluator, &items, &separator, call)),
        }
    }
    let may_raise = parts.iter().any(|part| part.as_unknown().is_some_and(|unknown| unknown.bound != TypeBound::Text));
    if may_raise {
        evaluator.may_raise_builtin("TypeError", call.at);
    }
    Ok(evaluator.joined_text(&parts, call.at))
}

/// What is known of joined parts of which some are not: those before the first gap, and behind the last.
fn open_join(evaluator: &mut Evaluator<'_>, items: &Sequence, separator: &Value, call: &Call) -> Value {
    let texts = |elements: &mut dyn Iterator<Item = &Element>| -> Vec<Value> {
        elements
            .map_while(|element| match element {
                Element::One(slot) if matches!(slot.value.kind, ValueKind::Text(_) | ValueKind::Partial(_)) => {
                    Some(slot.value.clone())
                }
                _ => None,
            })
            .collect()
    };
    let head = texts(&mut items.elements.iter());
    let mut tail = texts(&mut items.elements.iter().rev());
    tail.reverse();
    let hole = evaluator.unknown_text(call.at);
    let (mut parts, mut first) = (Vec::new(), true);
    for part in head {
        if !first {
            parts.push(separator.clone());
        }
        first = false;
        parts.push(part);
    }
    parts.push(hole);
    for (index, part) in tail.into_iter().enumerate() {
        if index > 0 {
            parts.push(separator.clone());
        }
        parts.push(part);
    }
    evaluator.joined_text(&parts, call.at)
}

/// `split` and `rsplit`.
pub fn split(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "sep?, maxsplit?")?;
    let separator = match bound.given(0).cloned() {
        Some(value) => Some(text_of(evaluator, call, &value, TypeBound::List)?),
        None => None,
    };
    if separator.as_deref() == Some("") {
        return Err(evaluator.raise("ValueError", "empty separator", call.at));
    }
    let most = match bound.value(1).cloned() {
        Some(value) => number_of(evaluator, call, &value, TypeBound::List)?,
        None => -1,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let from_left = call.name() == "split";
    if let (Some(partial), Some(separator), true) = (own_partial(evaluator, call), &separator, most == usize::MAX) {
        return split_partial(evaluator, &partial, separator, call);
    }
    let text = own(evaluator, call, TypeBound::List)?;
    let owned = |part: &str| part.to_owned();
    let parts: Vec<String> = match (&separator, from_left) {
        (Some(separator), true) => text.splitn(most.saturating_add(1), &**separator).map(owned).collect(),
        (Some(separator), false) => {
            let mut parts: Vec<String> = text.rsplitn(most.saturating_add(1), &**separator).map(owned).collect();
            parts.reverse();
            parts
        }
        (None, true) => split_spaces(&text, most),
        (None, false) => rsplit_spaces(&text, most),
    };
    evaluator.charge(parts.len());
    Ok(list_of(evaluator, parts, call))
}

fn split_spaces(text: &str, most: usize) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text.trim_start_matches(is_space));
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest.to_owned());
            break;
        }
        let end = rest.find(is_space).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(part.to_owned());
        rest = after.trim_start_matches(is_space);
    }
    // Only the last part of a limited split keeps its end.
    parts
}

fn rsplit_spaces(text: &str, most: usize) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text.trim_end_matches(is_space));
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest.to_owned());
            break;
        }
        let start = rest.rfind(is_space).map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8));
        let (before, part) = rest.split_at(start);
        parts.push(part.to_owned());
        rest = before.trim_end_matches(is_space);
    }
    parts.reverse();
    parts
}

/// Splits a text with holes: a hole may hold separators itself, so that only the parts before the first hole, and behind the
/// last, are known.
fn split_partial(
    evaluator: &mut Evaluator<'_>,
    partial: &super::super::super::value::PartialText,
    separator: &str,
    call: &Call,
) -> Outcome {
    if separator.chars().count() != 1 {
        return Err(applied(evaluator, call, TypeBound::List));
    }
    let mut items = Sequence::default();
    let one = |text: &str| Slot::new(Value::text(text, call.at), call.at);
    let head: Vec<&str> = partial.head().split(separator).collect();
    for part in head.iter().take(head.len().saturating_sub(1)) {
        items.push(one(part));
    }
    items.push_gap(super::super::super::value::Gap::new(Rc::clone(&partial.reason)));
    let tail: Vec<&str> = partial.tail().split(separator).collect();
    for part in tail.iter().skip(1) {
        items.push(one(part));
    }
    let is_whole = partial.pieces.iter().any(|piece| matches!(piece, Piece::Hole));
    debug_assert!(is_whole, "a text without holes is known");
    Ok(evaluator.allocate(ObjectKind::List(items), call.at))
}

/// Whether a character ends a line for `splitlines`.
const fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c' | '\x1d' | '\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// `splitlines(keepends)`.
pub fn splitlines(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "keepends?")?;
    let keeps = bound.value(0).map_or(Some(0), Value::as_int);
    let text = own(evaluator, call, TypeBound::List)?;
    let Some(keeps) = keeps else { return Err(evaluator.unknown_of(call, TypeBound::List)) };
    let parts = lines(&text, keeps != 0);
    evaluator.charge(parts.len());
    Ok(list_of(evaluator, parts, call))
}

/// The lines of a text.
pub fn lines(text: &str, keep_ends: bool) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let end = rest.find(is_line_end).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let length = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        parts.push(if keep_ends { rest[..end + length].to_owned() } else { line.to_owned() });
        rest = &after[length..];
    }
    parts
}

/// `partition` and `rpartition`.
pub fn partition(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "sep, /")?;
    let Some(separator) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let separator = text_of(evaluator, call, &separator, TypeBound::Tuple)?;
    if separator.is_empty() {
        return Err(evaluator.raise("ValueError", "empty separator", call.at));
    }
    let text = own(evaluator, call, TypeBound::Tuple)?;
    let is_left = call.name() == "partition";
    let found = if is_left { text.split_once(&*separator) } else { text.rsplit_once(&*separator) };
    let parts = match found {
        Some((head, tail)) => [head, &separator, tail],
        None if is_left => [&*text, "", ""],
        None => ["", "", &*text],
    };
    let values = parts.into_iter().map(|part| Value::text(part, call.at)).collect();
    Ok(evaluator.tuple(values, call.at))
}
