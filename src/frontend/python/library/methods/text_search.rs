//! Methods of `str` that look into texts.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::super::value::{ObjectKind, TypeBound, Value};
use super::super::arguments::{applied, bind, kind_of, misfit};
use super::text_arguments::{own, own_partial, text_of};

/// `startswith` and `endswith`, with one affix or a tuple of them.
pub fn affix(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "affix, start?, end?, /")?;
    let Some(given) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let affixes = affixes(evaluator, &given, call)?;
    let is_start = call.name() == "startswith";
    if let Some(partial) = own_partial(evaluator, call).filter(|_| call.arguments.len() == 1) {
        let end = if is_start { partial.head() } else { partial.tail() };
        let fits = |affix: &Rc<str>| {
            let whole = if is_start { end.starts_with(&**affix) } else { end.ends_with(&**affix) };
            let may = if is_start { affix.starts_with(end) } else { affix.ends_with(end) };
            if whole {
                Some(true)
            } else if may {
                None
            } else {
                Some(false)
            }
        };
        let answers: Vec<Option<bool>> = affixes.iter().map(fits).collect();
        if answers.contains(&Some(true)) {
            return Ok(evaluator.bool(true, call.at));
        }
        if answers.iter().all(|answer| *answer == Some(false)) {
            return Ok(evaluator.bool(false, call.at));
        }
    }
    let text = own(evaluator, call, TypeBound::Bool)?;
    let (Some(part), _) = part_of(evaluator, &text, bound.given(1), bound.given(2), call)? else {
        // Beyond the end not even the empty text is found.
        return Ok(evaluator.bool(false, call.at));
    };
    let found =
        affixes.iter().any(|affix| if is_start { part.starts_with(&**affix) } else { part.ends_with(&**affix) });
    Ok(evaluator.bool(found, call.at))
}

fn affixes(evaluator: &mut Evaluator<'_>, given: &Value, call: &Call) -> Result<Vec<Rc<str>>, Failure> {
    if let Some(object) = kind_of(evaluator, given) {
        let ObjectKind::Tuple(items) = &object.kind else {
            let message = format!("{} first arg must be str or a tuple of str", call.name());
            return if super::super::arguments::is_builtin_collection(&object.kind) {
                Err(evaluator.raise("TypeError", message, call.at))
            } else {
                Ok(vec![text_of(evaluator, call, given, TypeBound::Bool)?])
            };
        };
        let Some(slots) = items.slots() else { return Err(evaluator.unknown_of(call, TypeBound::Bool)) };
        return slots.iter().map(|slot| text_of(evaluator, call, &slot.value, TypeBound::Bool)).collect();
    }
    Ok(vec![text_of(evaluator, call, given, TypeBound::Bool)?])
}

/// The part of a text between two positions, and how many characters stand before it.
fn part_of<'t>(
    evaluator: &mut Evaluator<'_>,
    text: &'t str,
    start: Option<&Value>,
    end: Option<&Value>,
    call: &Call,
) -> Result<(Option<&'t str>, i64), Failure> {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let mut bounds = [0, length];
    for (index, given) in [start, end].into_iter().enumerate() {
        let Some(given) = given else { continue };
        let Some(number) = given.as_int() else { return Err(applied(evaluator, call, TypeBound::Any)) };
        let number = if number < 0 { (number + length).max(0) } else { number };
        bounds[index] = if index == 1 { number.min(length) } else { number };
    }
    let [from, to] = bounds;
    if from > length || from > to {
        return Ok((None, from));
    }
    let byte = |position: i64| {
        let position = usize::try_from(position).unwrap_or_default();
        text.char_indices().nth(position).map_or(text.len(), |(at, _)| at)
    };
    Ok((text.get(byte(from)..byte(to)), from))
}

/// `find`, `rfind`, `index`, `rindex`.
pub fn find(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "sub, start?, end?, /")?;
    let Some(sub) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let sub = text_of(evaluator, call, &sub, TypeBound::Int)?;
    let text = own(evaluator, call, TypeBound::Int)?;
    let (part, before) = part_of(evaluator, &text, bound.given(1), bound.given(2), call)?;
    let found = part.and_then(|part| {
        let at = if call.name().starts_with('r') { part.rfind(&*sub) } else { part.find(&*sub) };
        at.and_then(|at| part.get(..at)).map(|head| before + i64::try_from(head.chars().count()).unwrap_or(i64::MAX))
    });
    match found {
        Some(position) => Ok(evaluator.int(position, call.at)),
        None if call.name().ends_with("index") => Err(evaluator.raise("ValueError", "substring not found", call.at)),
        None => Ok(evaluator.int(-1, call.at)),
    }
}

/// `count`.
pub fn count(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "sub, start?, end?, /")?;
    let Some(sub) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let sub = text_of(evaluator, call, &sub, TypeBound::Int)?;
    let text = own(evaluator, call, TypeBound::Int)?;
    let (part, _) = part_of(evaluator, &text, bound.given(1), bound.given(2), call)?;
    let count =
        part.map_or(0, |part| if sub.is_empty() { part.chars().count() + 1 } else { part.matches(&*sub).count() });
    Ok(evaluator.int(i64::try_from(count).unwrap_or(i64::MAX), call.at))
}

/// `isdigit` and its like. Beyond ASCII the tables of Python and Rust are not the same.
pub fn is_of_class(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    bind(evaluator, call, "")?;
    let text = own(evaluator, call, TypeBound::Bool)?;
    if call.name() == "isascii" {
        return Ok(evaluator.bool(text.is_ascii(), call.at));
    }
    if !text.is_ascii() {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    }
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    let answer = match call.name() {
        "isdigit" | "isnumeric" | "isdecimal" => all(|character| character.is_ascii_digit()),
        "isalpha" => all(|character| character.is_ascii_alphabetic()),
        "isalnum" => all(|character| character.is_ascii_alphanumeric()),
        "isspace" => all(super::text_arguments::is_space),
        "islower" => {
            text.bytes().any(|byte| byte.is_ascii_lowercase()) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
        }
        "isupper" => {
            text.bytes().any(|byte| byte.is_ascii_uppercase()) && !text.bytes().any(|byte| byte.is_ascii_lowercase())
        }
        "istitle" => is_title(&text),
        "isidentifier" => {
            !text.starts_with(|first: char| first.is_ascii_digit())
                && all(|character| character.is_ascii_alphanumeric() || character == '_')
        }
        _ => text.chars().all(|character| matches!(character, ' '..='~')),
    };
    Ok(evaluator.bool(answer, call.at))
}

fn is_title(text: &str) -> bool {
    let (mut behind_letter, mut has_letter) = (false, false);
    for byte in text.bytes() {
        let fits = !(byte.is_ascii_uppercase() && behind_letter || byte.is_ascii_lowercase() && !behind_letter);
        if !fits {
            return false;
        }
        behind_letter = byte.is_ascii_alphabetic();
        has_letter |= behind_letter;
    }
    has_letter
}
