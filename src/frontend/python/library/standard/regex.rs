//! `re` on known texts, where the rules of Python and of the `regex` crate are the same.

use regex::{Captures, Regex, RegexBuilder};

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{Slot, TypeBound, Value};
use super::super::arguments::{bind, kept, library_instance, misfit};
use super::super::builtins::iteration::over;
use super::regex_matches::match_of;
use crate::tree::Location;

const IGNORE_CASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOT_ALL: i64 = 16;
const ASCII: i64 = 256;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "compile" => compile,
        "match" | "search" | "fullmatch" | "findall" | "finditer" | "split" => apply,
        "sub" | "subn" => sub,
        "escape" => escape,
        _ => return None,
    })
}

/// The methods of patterns and matches.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("Pattern", "match" | "search" | "fullmatch" | "findall" | "finditer" | "split") => apply,
        ("Pattern", "sub" | "subn") => sub,
        ("Match", _) => return super::regex_matches::method(name),
        _ => return None,
    })
}

/// The number of a flag.
pub fn flag(name: &str) -> Option<i64> {
    Some(match name {
        "I" | "IGNORECASE" => IGNORE_CASE,
        "M" | "MULTILINE" => MULTILINE,
        "S" | "DOTALL" => DOT_ALL,
        "A" | "ASCII" => ASCII,
        "X" | "VERBOSE" => 64,
        "U" | "UNICODE" => 32,
        _ => return None,
    })
}

/// A pattern that both understand alike on a text; `None` otherwise.
fn translated(pattern: &str, flags: i64, text: &str) -> Option<Regex> {
    let is_plain_text = text.is_ascii() && !text.contains(|character: char| matches!(character, '\x1c'..='\x1f'));
    if !is_plain_text || !pattern.is_ascii() || flags & !(IGNORE_CASE | MULTILINE | DOT_ALL | ASCII | 32) != 0 {
        return None;
    }
    // In character classes Rust knows more operators; doubled repetitions and `\<` mean something else.
    let foreign = [
        "[[", "&&", "--", "~~", "*+", "++", "?+", "}+", "**", "+*", "?*", "}*", "*{", "+{", "?{", "}{", "}?", "\\<",
        "\\>", "(?x", "(?<", "\\p", "\\P", "\\z", "\\b{", "\\h", "\\H", "\\R", "(?U", "(?R", "[]", "[^]",
    ];
    if foreign.iter().any(|part| pattern.contains(part)) {
        return None;
    }
    // `$` also stands before a line's end at the end of the text.
    if pattern.contains('$') && text.ends_with('\n') && flags & MULTILINE == 0 {
        return None;
    }
    // An open brace that begins no repetition is itself in Python.
    let bytes = pattern.as_bytes();
    let loose = pattern.match_indices('{').any(|(at, _)| {
        let is_escaped = at > 0 && bytes.get(at - 1) == Some(&b'\\');
        !is_escaped && !bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    });
    if loose {
        return None;
    }
    RegexBuilder::new(&pattern.replace("\\Z", "\\z"))
        .case_insensitive(flags & IGNORE_CASE != 0)
        .multi_line(flags & MULTILINE != 0)
        .dot_matches_new_line(flags & DOT_ALL != 0)
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// A pattern, its flags, and the arguments behind it.
struct Search {
    pattern: String,
    flags: i64,
    rest: Vec<Value>,
}

/// What a function or method of a pattern searches with, and in.
fn search_of(evaluator: &mut Evaluator<'_>, call: &Call, positions: usize) -> Result<Search, Failure> {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let mut rest: Vec<Value> = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    let own = match &call.receiver {
        Some(pattern) => Some(pattern.clone()),
        None if rest.is_empty() => None,
        None => Some(rest.remove(0)),
    };
    let Some(own) = own else { return Err(evaluator.not_modelled(call)) };
    let (pattern, mut flags) = match own.as_text() {
        Some(text) => (Some(text.to_owned()), 0),
        None => (
            kept(evaluator, &own, "pattern").and_then(|text| text.as_text().map(str::to_owned)),
            kept(evaluator, &own, "flags").and_then(|flags| flags.as_int()).unwrap_or(-1),
        ),
    };
    for keyword in &call.arguments.keywords {
        match (&*keyword.name, keyword.slot.value.as_int()) {
            ("flags", Some(number)) => flags |= number,
            ("count" | "maxsplit", _) if rest.len() == positions => rest.push(keyword.slot.value.clone()),
            _ => return Err(evaluator.opaque(call)),
        }
    }
    // Flags by position come last.
    let most = positions + usize::from(matches!(short_name(call), "sub" | "subn" | "split"));
    if call.receiver.is_none() && rest.len() == most + 1 {
        match rest.pop().and_then(|value| value.as_int()) {
            Some(number) => flags |= number,
            None => return Err(evaluator.not_modelled(call)),
        }
    }
    match pattern {
        Some(pattern) if rest.len() >= positions && rest.len() <= most && flags >= 0 => {
            Ok(Search { pattern, flags, rest })
        }
        _ => Err(evaluator.not_modelled(call)),
    }
}

fn short_name(call: &Call) -> &str {
    call.name().rsplit('.').next().unwrap_or_default()
}

fn compile(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "pattern, flags?")?;
    let Some(pattern) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if pattern.as_text().is_none() {
        return Err(evaluator.not_modelled(call));
    }
    let flags = bound.value(1).cloned().unwrap_or_else(|| evaluator.int(0, call.at));
    Ok(library_instance(evaluator, "re.Pattern", vec![("pattern", pattern), ("flags", flags)], None, call.at))
}

/// `match`, `search`, `fullmatch`, `findall`, `finditer` and `split`.
fn apply(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let search = search_of(evaluator, call, 1)?;
    let Some(text) = search.rest.first().and_then(Value::as_text).map(str::to_owned) else {
        return Err(super::super::arguments::applied(evaluator, call, TypeBound::Any));
    };
    evaluator.budget.charge_text(text.len() * 16);
    let name = short_name(call).to_owned();
    let pattern = match name.as_str() {
        "match" => format!("\\A(?:{})", search.pattern),
        "fullmatch" => format!("\\A(?:{})\\z", search.pattern),
        _ => search.pattern.clone(),
    };
    // Flags inside of a pattern must stand at its start, which the frame around it hides.
    let Some(regex) = translated(&search.pattern, search.flags, &text)
        .and_then(|_| translated(&pattern.replace("\\z", "\\Z"), search.flags, &text))
    else {
        return Err(evaluator.not_modelled(call));
    };
    let place = search.rest.first().map_or(call.at, |text| text.at);
    match name.as_str() {
        "match" | "search" | "fullmatch" => Ok(match regex.captures(&text) {
            Some(captures) => match_of(evaluator, &regex, &captures, place),
            None => Value::none(call.at),
        }),
        "split" => split(evaluator, &regex, &text, &search, call),
        _ => {
            let mut found = Vec::new();
            for captures in regex.captures_iter(&text) {
                if captures.get(0).is_none_or(|whole| whole.is_empty()) {
                    return Err(evaluator.not_modelled(call));
                }
                let value = if name == "finditer" {
                    match_of(evaluator, &regex, &captures, place)
                } else {
                    found_text(evaluator, &captures, place)
                };
                found.push(Slot::new(value, place));
            }
            // Another match that is empty would have been reported beside a match.
            if regex.is_match("") {
                return Err(evaluator.not_modelled(call));
            }
            if name == "finditer" {
                let items = super::super::super::value::Sequence::known(found);
                return Ok(over(evaluator, items, call.at));
            }
            Ok(evaluator.list(found, call.at))
        }
    }
}

/// What `findall` gives for a match: the whole, the only group, or all groups.
fn found_text(evaluator: &mut Evaluator<'_>, captures: &Captures<'_>, at: Location) -> Value {
    let text = |index: usize| Value::text(captures.get(index).map_or("", |found| found.as_str()), at);
    match captures.len() {
        1 => text(0),
        2 => text(1),
        count => {
            let values = (1..count).map(text).collect();
            evaluator.tuple(values, at)
        }
    }
}

fn split(evaluator: &mut Evaluator<'_>, regex: &Regex, text: &str, search: &Search, call: &Call) -> Outcome {
    let most = search.rest.get(1).map_or(Some(0), Value::as_int).and_then(|most| usize::try_from(most).ok());
    let Some(most) = most.filter(|_| !regex.is_match("")) else { return Err(evaluator.not_modelled(call)) };
    let (mut slots, mut from) = (Vec::new(), 0);
    let slot = |part: &str| Slot::new(Value::text(part, call.at), call.at);
    for (count, captures) in regex.captures_iter(text).enumerate() {
        let Some(whole) = captures.get(0).filter(|whole| !whole.is_empty()) else {
            return Err(evaluator.not_modelled(call));
        };
        if most > 0 && count >= most {
            break;
        }
        slots.push(slot(text.get(from..whole.start()).unwrap_or_default()));
        for index in 1..captures.len() {
            slots.push(
                captures.get(index).map_or_else(|| Slot::here(Value::none(call.at)), |found| slot(found.as_str())),
            );
        }
        from = whole.end();
    }
    slots.push(slot(text.get(from..).unwrap_or_default()));
    Ok(evaluator.list(slots, call.at))
}

/// `sub` and `subn`.
fn sub(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let search = search_of(evaluator, call, 2)?;
    let (Some(replacement), Some(text)) =
        (search.rest.first().cloned(), search.rest.get(1).and_then(Value::as_text).map(str::to_owned))
    else {
        return Err(super::super::arguments::applied(evaluator, call, TypeBound::Text));
    };
    let most = search.rest.get(2).map_or(Some(0), Value::as_int).and_then(|most| usize::try_from(most).ok());
    evaluator.budget.charge_text(text.len() * 16);
    let regex = translated(&search.pattern, search.flags, &text).filter(|regex| !regex.is_match(""));
    let (Some(regex), Some(most)) = (regex, most) else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    if replacement.is_unknown() {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let (mut parts, mut from, mut count) = (Vec::new(), 0, 0);
    for captures in regex.captures_iter(&text) {
        let Some(whole) = captures.get(0).filter(|whole| !whole.is_empty()) else {
            return Err(evaluator.unknown_of(call, TypeBound::Text));
        };
        if most > 0 && count >= i64::try_from(most).unwrap_or(i64::MAX) {
            break;
        }
        count += 1;
        parts.push(Value::text(text.get(from..whole.start()).unwrap_or_default(), call.at));
        let part = match replacement.as_text() {
            Some(template) => match filled(template, &captures) {
                Some(part) => Value::text(part, call.at),
                None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
            },
            None => {
                let found = match_of(evaluator, &regex, &captures, call.at);
                evaluator.call_with(&replacement, vec![found], call.at)?
            }
        };
        parts.push(part);
        from = whole.end();
    }
    parts.push(Value::text(text.get(from..).unwrap_or_default(), call.at));
    let result = evaluator.joined_text(&parts, call.at);
    if short_name(call) == "sub" {
        return Ok(result);
    }
    let count = evaluator.int(count, call.at);
    Ok(evaluator.tuple(vec![result, count], call.at))
}

/// A replacement with the groups of a match; `None` where it is not understood.
fn filled(template: &str, captures: &Captures<'_>) -> Option<String> {
    let (mut result, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('\\') {
        result.push_str(before);
        let next = after.chars().next()?;
        match next {
            '1'..='9' => {
                let length = after.bytes().take_while(u8::is_ascii_digit).count().min(2);
                let index: usize = after.get(..length)?.parse().ok()?;
                result.push_str(group_text(captures, index)?);
                rest = after.get(length..)?;
                continue;
            }
            'g' => {
                let (name, tail) = after.strip_prefix("g<")?.split_once('>')?;
                let text = match name.parse::<usize>() {
                    Ok(index) => group_text(captures, index)?,
                    Err(_) => captures.name(name).map_or("", |found| found.as_str()),
                };
                result.push_str(text);
                rest = tail;
                continue;
            }
            'n' => result.push('\n'),
            't' => result.push('\t'),
            'r' => result.push('\r'),
            '\\' => result.push('\\'),
            _ if next.is_ascii_alphanumeric() => return None,
            _ => {
                result.push('\\');
                result.push(next);
            }
        }
        rest = after.get(next.len_utf8()..)?;
    }
    result.push_str(rest);
    Some(result)
}

fn group_text<'t>(captures: &Captures<'t>, index: usize) -> Option<&'t str> {
    (index < captures.len()).then(|| captures.get(index).map_or("", |found| found.as_str()))
}

fn escape(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "pattern")?;
    let Some(text) = bound.value(0).and_then(Value::as_text) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let mut result = String::new();
    for character in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c".contains(character) {
            result.push('\\');
        }
        result.push(character);
    }
    Ok(evaluator.computed_text(result, call.at))
}
