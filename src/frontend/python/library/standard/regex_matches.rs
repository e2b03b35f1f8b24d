//! Matches of `re`: making them, and their methods.

use regex::{Captures, Regex};

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Key, Mapping, ObjectKind, Slot, TypeBound, Value};
use super::super::arguments::{bind, kept, library_instance};
use crate::tree::Location;

/// The methods of matches.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "group" | "__getitem__" => group,
        "groups" => groups,
        "groupdict" => groupdict,
        "start" | "end" | "span" => span,
        "expand" => expand,
        _ => return None,
    })
}

/// A match, with the texts and places of its groups.
pub fn match_of(evaluator: &mut Evaluator<'_>, regex: &Regex, captures: &Captures<'_>, at: Location) -> Value {
    let mut texts = Vec::new();
    let mut places = Vec::new();
    for index in 0..captures.len() {
        let found = captures.get(index);
        texts.push(found.map_or_else(|| Value::none(at), |found| Value::text(found.as_str(), at)));
        for place in [found.map(|found| found.start()), found.map(|found| found.end())] {
            let place = place.map_or(-1, |place| i64::try_from(place).unwrap_or(i64::MAX));
            places.push(evaluator.int(place, at));
        }
    }
    let mut names = Mapping::default();
    for (index, name) in regex.capture_names().enumerate() {
        if let Some(name) = name {
            let number = evaluator.int(i64::try_from(index).unwrap_or_default(), at);
            names.set(Key::Text(name.into()), Slot::new(Value::text(name, at), at), Slot::new(number, at));
        }
    }
    let texts = evaluator.tuple(texts, at);
    let places = evaluator.tuple(places, at);
    let names = evaluator.allocate(ObjectKind::Dict(names, None), at);
    library_instance(evaluator, "re.Match", vec![("texts", texts), ("places", places), ("names", names)], None, at)
}

/// What a match keeps.
fn parts(evaluator: &mut Evaluator<'_>, call: &Call, name: &str) -> Result<Vec<Value>, Failure> {
    let held = call.receiver.as_ref().and_then(|own| kept(evaluator, own, name));
    let Some(held) = held else { return Err(evaluator.not_modelled(call)) };
    match evaluator.elements(&held, call.at)?.slots() {
        Some(slots) => Ok(slots.into_iter().map(|slot| slot.value).collect()),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// The number of a group by its number or name.
fn index_of(evaluator: &mut Evaluator<'_>, call: &Call, key: &Value) -> Result<usize, Failure> {
    if let Some(number) = key.as_int() {
        return usize::try_from(number).map_err(|_| evaluator.raise("IndexError", "no such group", call.at));
    }
    let names = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "names"));
    let (Some(names), Some(_)) = (names, key.as_text()) else { return Err(evaluator.not_modelled(call)) };
    let mapping = evaluator.mapping_of(&names, call.at)?.unwrap_or_default();
    let found =
        evaluator.key_of(key).and_then(|key| mapping.entries.get(&key).and_then(|entry| entry.value.value.as_int()));
    match found.and_then(|number| usize::try_from(number).ok()) {
        Some(index) => Ok(index),
        None => Err(evaluator.raise("IndexError", "no such group", call.at)),
    }
}

fn group(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let texts = parts(evaluator, call, "texts")?;
    let mut keys: Vec<Value> = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    if keys.is_empty() {
        keys.push(evaluator.int(0, call.at));
    }
    let mut found = Vec::new();
    for key in &keys {
        let index = index_of(evaluator, call, key)?;
        match texts.get(index) {
            Some(text) => found.push(text.clone()),
            None => return Err(evaluator.raise("IndexError", "no such group", call.at)),
        }
    }
    match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (_, last) => {
            found.extend(last);
            Ok(evaluator.tuple(found, call.at))
        }
    }
}

fn groups(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "default?")?;
    let default = bound.value(0).cloned().unwrap_or_else(|| Value::none(call.at));
    let texts = parts(evaluator, call, "texts")?;
    let values = texts.into_iter().skip(1).map(|text| if text.is_none() { default.clone() } else { text }).collect();
    Ok(evaluator.tuple(values, call.at))
}

fn groupdict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "default?")?;
    let default = bound.value(0).cloned().unwrap_or_else(|| Value::none(call.at));
    let texts = parts(evaluator, call, "texts")?;
    let names = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "names"));
    let Some(names) = names else { return Err(evaluator.not_modelled(call)) };
    let mut mapping = evaluator.mapping_of(&names, call.at)?.unwrap_or_default();
    for entry in mapping.entries.values_mut() {
        let index = entry.value.value.as_int().and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
        let text = texts.get(index).filter(|text| !text.is_none()).cloned().unwrap_or_else(|| default.clone());
        entry.value = Slot::new(text, call.at);
    }
    Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), call.at))
}

fn span(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let places = parts(evaluator, call, "places")?;
    let key = call.arguments.positional.first().map_or_else(|| evaluator.int(0, call.at), |slot| slot.value.clone());
    let index = index_of(evaluator, call, &key)?;
    let (Some(start), Some(end)) = (places.get(index * 2).cloned(), places.get(index * 2 + 1).cloned()) else {
        return Err(evaluator.raise("IndexError", "no such group", call.at));
    };
    match call.name() {
        "start" => Ok(start),
        "end" => Ok(end),
        _ => Ok(evaluator.tuple(vec![start, end], call.at)),
    }
}

fn expand(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Text))
}
