//! The methods of `str`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeMethod, Outcome};
use super::super::super::value::{PartialText, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, misfit};
use super::super::text::{format_method, percent};
use super::text_arguments::{is_space, number_of, own, own_partial, text_of};
use super::{text_parts, text_search};
use crate::tree::Piece;

/// Longer paddings are not computed.
const MAX_WIDTH: i64 = 10_000;

/// The table.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "lower" | "casefold" => lower,
        "upper" => upper,
        "title" => title,
        "capitalize" => capitalize,
        "swapcase" => swapcase,
        "strip" | "lstrip" | "rstrip" => strip,
        "removeprefix" | "removesuffix" => remove_affix,
        "replace" => replace,
        "zfill" => zfill,
        "center" | "ljust" | "rjust" => justify,
        "expandtabs" => expandtabs,
        "translate" => translate,
        "encode" => encode,
        "join" => text_parts::join,
        "split" | "rsplit" => text_parts::split,
        "splitlines" => text_parts::splitlines,
        "partition" | "rpartition" => text_parts::partition,
        "startswith" | "endswith" => text_search::affix,
        "find" | "rfind" | "index" | "rindex" => text_search::find,
        "count" => text_search::count,
        "isdigit" | "isnumeric" | "isdecimal" | "isalpha" | "isalnum" | "isspace" | "islower" | "isupper"
        | "istitle" | "isidentifier" | "isascii" | "isprintable" => text_search::is_of_class,
        "format" => format_method::format,
        "format_map" => format_method::format_map,
        "__mod__" => percent::percent,
        "maketrans" => maketrans,
        _ => return None,
    })
}

/// A method without arguments that changes characters.
fn mapped(evaluator: &mut Evaluator<'_>, call: &Call, change: fn(&str) -> Option<String>) -> Outcome {
    bind(evaluator, call, "")?;
    if let Some(partial) =
        own_partial(evaluator, call).filter(|_| matches!(call.name(), "lower" | "upper" | "casefold"))
    {
        let pieces: Option<Vec<Piece>> = partial
            .pieces
            .iter()
            .map(|piece| match piece {
                // Some letters change with their neighbours, or with what stands before them.
                Piece::Text(text) if text.is_ascii() => Some(Piece::Text(change(text)?.into())),
                Piece::Text(_) => None,
                Piece::Hole => Some(Piece::Hole),
            })
            .collect();
        if let Some(pieces) = pieces {
            return Ok(evaluator.text_of_pieces(pieces, Some(Rc::clone(&partial.reason)), call.at));
        }
    }
    let text = own(evaluator, call, TypeBound::Text)?;
    match change(&text) {
        Some(text) => Ok(evaluator.computed_text(text, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn lower(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    // Folding differs from lowering beyond ASCII.
    if call.name() == "casefold" {
        return mapped(evaluator, call, |text| text.is_ascii().then(|| text.to_ascii_lowercase()));
    }
    mapped(evaluator, call, |text| Some(text.to_lowercase()))
}

fn upper(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    mapped(evaluator, call, |text| Some(text.to_uppercase()))
}

fn title(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    mapped(evaluator, call, |text| {
        let mut at_start = true;
        let mut result = String::with_capacity(text.len());
        for character in text.chars() {
            let is_cased = character.is_alphabetic();
            match (is_cased, at_start) {
                (true, true) => result.extend(character.to_uppercase()),
                (true, false) => result.extend(character.to_lowercase()),
                (false, _) => result.push(character),
            }
            at_start = !is_cased;
        }
        text.is_ascii().then_some(result)
    })
}

fn capitalize(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    mapped(evaluator, call, |text| {
        let mut characters = text.chars();
        let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        text.is_ascii().then(|| first + &characters.as_str().to_lowercase())
    })
}

fn swapcase(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    mapped(evaluator, call, |text| {
        let swapped = |character: char| {
            if character.is_ascii_uppercase() { character.to_ascii_lowercase() } else { character.to_ascii_uppercase() }
        };
        text.is_ascii().then(|| text.chars().map(swapped).collect())
    })
}

fn strip(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "chars?, /")?;
    let set = match bound.given(0).cloned() {
        Some(value) => Some(text_of(evaluator, call, &value, TypeBound::Text)?),
        None => None,
    };
    let set: Option<Vec<char>> = set.map(|set| set.chars().collect());
    let is_stripped =
        |character: char| set.as_ref().map_or_else(|| is_space(character), |set| set.contains(&character));
    let (left, right) = (call.name() != "rstrip", call.name() != "lstrip");
    let cut = |text: &str, left: bool, right: bool| {
        let text = if left { text.trim_start_matches(is_stripped) } else { text };
        if right { text.trim_end_matches(is_stripped).to_owned() } else { text.to_owned() }
    };
    if let Some(partial) = own_partial(evaluator, call) {
        return Ok(strip_partial(evaluator, &partial, cut, left, right, call));
    }
    let text = own(evaluator, call, TypeBound::Text)?;
    Ok(evaluator.computed_text(cut(&text, left, right), call.at))
}

/// Strips a text with holes: known ends are cut where something of them stays; a hole at an end may lose something.
fn strip_partial(
    evaluator: &mut Evaluator<'_>,
    partial: &PartialText,
    cut: impl Fn(&str, bool, bool) -> String,
    left: bool,
    right: bool,
    call: &Call,
) -> Value {
    let mut pieces = partial.pieces.clone();
    if let Some(Piece::Text(first)) = pieces.first_mut().filter(|_| left) {
        *first = cut(first, true, false).into();
    }
    if let Some(Piece::Text(last)) = pieces.last_mut().filter(|_| right) {
        *last = cut(last, false, true).into();
    }
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    // What is behind an end that is gone altogether, or a hole, is cut as well: a hole stands for any text, but the known
    // text beside it may have lost its own end.
    let is_sure = |end: Option<&Piece>, cutting: bool| !cutting || matches!(end, Some(Piece::Text(_)));
    if is_sure(pieces.first(), left) && is_sure(pieces.last(), right) {
        return evaluator.text_of_pieces(pieces, Some(Rc::clone(&partial.reason)), call.at);
    }
    // A hole at the end stays a hole only where the text beside it cannot be reached.
    let safe = |piece: Option<&Piece>, from_left: bool| match piece {
        Some(Piece::Text(text)) => cut(text, from_left, !from_left) == **text,
        _ => true,
    };
    if safe(pieces.get(1), true) && safe(pieces.get(pieces.len().saturating_sub(2)), false) && pieces.len() > 1 {
        return evaluator.text_of_pieces(pieces, Some(Rc::clone(&partial.reason)), call.at);
    }
    evaluator.unknown_text(call.at)
}

fn remove_affix(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "affix, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let affix = text_of(evaluator, call, &value, TypeBound::Text)?;
    let is_prefix = call.name() == "removeprefix";
    if let Some(partial) = own_partial(evaluator, call) {
        let mut pieces = partial.pieces.clone();
        let end = if is_prefix { pieces.first_mut() } else { pieces.last_mut() };
        if let Some(Piece::Text(text)) = end {
            let cut = if is_prefix { text.strip_prefix(&*affix) } else { text.strip_suffix(&*affix) };
            match cut.map(str::to_owned) {
                Some(cut) => *text = cut.into(),
                None if text.len() >= affix.len() => {}
                None => return Err(applied(evaluator, call, TypeBound::Text)),
            }
            return Ok(evaluator.text_of_pieces(pieces, Some(Rc::clone(&partial.reason)), call.at));
        }
    }
    let text = own(evaluator, call, TypeBound::Text)?;
    let cut = if is_prefix { text.strip_prefix(&*affix) } else { text.strip_suffix(&*affix) };
    Ok(Value::text(cut.unwrap_or(&text), call.at))
}

fn replace(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "old, new, /, count?")?;
    let (Some(from), Some(to)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let from = text_of(evaluator, call, &from, TypeBound::Text)?;
    let most = match bound.value(2).cloned() {
        Some(value) => number_of(evaluator, call, &value, TypeBound::Text)?,
        None => -1,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if to.as_text().is_none() {
        return replace_by_unknown(evaluator, call, &from, &to);
    }
    let to = text_of(evaluator, call, &to, TypeBound::Text)?;
    if let Some(partial) = own_partial(evaluator, call).filter(|_| most == usize::MAX) {
        return replace_partial(evaluator, call, &partial, &from, &to);
    }
    let text = own(evaluator, call, TypeBound::Text)?;
    let count = text.matches(&*from).count().min(most);
    if count.saturating_mul(to.len()) > super::super::super::state::MAX_TEXT {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    Ok(evaluator.computed_text(text.replacen(&*from, &to, most), call.at))
}

/// A known text in which something unknown stands for a known part.
fn replace_by_unknown(evaluator: &mut Evaluator<'_>, call: &Call, from: &str, to: &Value) -> Outcome {
    let text = own(evaluator, call, TypeBound::Text)?;
    let is_text = match &to.kind {
        ValueKind::Partial(_) => true,
        ValueKind::Unknown(unknown) => unknown.bound == TypeBound::Text,
        _ => false,
    };
    if from.is_empty() || call.arguments.len() > 2 || !is_text {
        return Err(applied(evaluator, call, TypeBound::Text));
    }
    let mut parts = Vec::new();
    for (index, part) in text.split(from).enumerate() {
        if index > 0 {
            parts.push(to.clone());
        }
        parts.push(Value::text(part, call.at));
    }
    Ok(evaluator.joined_text(&parts, call.at))
}

/// A text with holes: what is searched for must not reach over an edge.
fn replace_partial(evaluator: &mut Evaluator<'_>, call: &Call, partial: &PartialText, from: &str, to: &str) -> Outcome {
    // One character cannot reach over an edge; longer texts can.
    if from.chars().count() != 1 {
        return Err(applied(evaluator, call, TypeBound::Text));
    }
    let pieces = partial.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => Piece::Text(text.replace(from, to).into()),
        Piece::Hole => Piece::Hole,
    });
    Ok(evaluator.text_of_pieces(pieces.collect(), Some(Rc::clone(&partial.reason)), call.at))
}

fn zfill(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "width, /")?;
    let Some(width) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let text = own(evaluator, call, TypeBound::Text)?;
    let width = number_of(evaluator, call, &width, TypeBound::Text)?;
    if width > MAX_WIDTH {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let missing = usize::try_from(width).unwrap_or_default().saturating_sub(text.chars().count());
    let signed = text.starts_with(['+', '-']) && missing > 0;
    let (sign, digits) = text.split_at(usize::from(signed));
    Ok(evaluator.computed_text(format!("{sign}{}{digits}", "0".repeat(missing)), call.at))
}

fn justify(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "width, fillchar?, /")?;
    let Some(width) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let text = own(evaluator, call, TypeBound::Text)?;
    let width = number_of(evaluator, call, &width, TypeBound::Text)?;
    let fill = match bound.value(1).cloned() {
        Some(value) => text_of(evaluator, call, &value, TypeBound::Text)?,
        None => " ".into(),
    };
    if fill.chars().count() != 1 {
        let message = "The fill character must be exactly one character long";
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    if width > MAX_WIDTH {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let width = usize::try_from(width).unwrap_or_default();
    let missing = width.saturating_sub(text.chars().count());
    let left = match call.name() {
        "ljust" => 0,
        "rjust" => missing,
        // The odd one goes to the left only where the width is odd too.
        _ => missing / 2 + (missing & width & 1),
    };
    Ok(evaluator.computed_text(format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left)), call.at))
}

fn expandtabs(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "tabsize?")?;
    let size = bound.value(0).map_or(Some(8), Value::as_int).and_then(|size| usize::try_from(size).ok());
    let text = own(evaluator, call, TypeBound::Text)?;
    let Some(size) = size.filter(|size| (1..=64).contains(size)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let (mut result, mut column) = (String::new(), 0);
    for character in text.chars() {
        match character {
            '\t' => {
                let spaces = size - column % size;
                result.push_str(&" ".repeat(spaces));
                column += spaces;
            }
            '\n' | '\r' => {
                result.push(character);
                column = 0;
            }
            _ => {
                result.push(character);
                column += 1;
            }
        }
    }
    Ok(evaluator.computed_text(result, call.at))
}

/// `translate` with a dict from code points.
fn translate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "table, /")?;
    let Some(table) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let text = own(evaluator, call, TypeBound::Text)?;
    let Some(mapping) = evaluator.mapping_of(&table, call.at)?.filter(|mapping| mapping.rest.is_none()) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let mut result = String::new();
    for character in text.chars() {
        let key = super::super::super::value::Key::Int(i64::from(u32::from(character)));
        match mapping.entries.get(&key).map(|entry| &entry.value.value.kind) {
            None => result.push(character),
            Some(ValueKind::None) => {}
            Some(ValueKind::Text(text)) => result.push_str(text),
            Some(ValueKind::Int(code)) => match u32::try_from(*code).ok().and_then(char::from_u32) {
                Some(character) => result.push(character),
                None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
            },
            Some(_) => return Err(evaluator.unknown_of(call, TypeBound::Text)),
        }
    }
    Ok(evaluator.computed_text(result, call.at))
}

fn encode(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "encoding?, errors?")?;
    let encoding = bound.value(0).map_or(Some("utf-8"), Value::as_text).map(str::to_owned);
    let text = own(evaluator, call, TypeBound::Bytes)?;
    let is_plain = encoding.as_deref().is_some_and(|name| {
        super::super::builtins::collections::is_utf8(name)
            || (text.is_ascii()
                && matches!(name.to_ascii_lowercase().as_str(), "ascii" | "us-ascii" | "latin-1" | "latin1"))
    });
    if is_plain {
        Ok(Value::new(ValueKind::Bytes(text.as_bytes().into()), call.at))
    } else {
        Err(evaluator.unknown_of(call, TypeBound::Bytes))
    }
}

fn maketrans(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let arguments = call.arguments.clone();
    let callee = Value::new(ValueKind::Library("builtins.str.maketrans".into()), call.at);
    Ok(evaluator.call_value(&callee, arguments, call.at)?)
}
