//! `configparser`: sections of texts.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{Key, Mapping, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{bind, kept, kind_of, library_instance};
use super::files;
use crate::tree::Location;

/// The section whose values all others have.
const DEFAULT: &str = "DEFAULT";

/// The classes.
pub fn function(name: &str) -> Option<NativeFunction> {
    matches!(name, "ConfigParser" | "RawConfigParser" | "SafeConfigParser").then_some(parser as NativeFunction)
}

/// The methods of parsers and their sections.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("ConfigParser", "read") => read,
        ("ConfigParser", "read_string" | "read_file" | "readfp") => read_text,
        ("ConfigParser", "sections") => sections,
        ("ConfigParser", "has_section" | "has_option" | "__contains__") => has,
        ("ConfigParser", "__getitem__") => section,
        ("ConfigParser" | "SectionProxy", "get" | "getint" | "getfloat" | "getboolean") => get,
        ("ConfigParser" | "SectionProxy", "items" | "options" | "keys" | "__iter__") => all_of,
        ("SectionProxy", "__getitem__") => get,
        ("SectionProxy", "__contains__") => has,
        (
            "ConfigParser",
            "set" | "add_section" | "remove_section" | "remove_option" | "__setitem__" | "__delitem__" | "read_dict"
            | "clear",
        )
        | ("SectionProxy", "__setitem__" | "__delitem__" | "update" | "pop" | "setdefault") => change,
        _ => return None,
    })
}

fn parser(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let is_raw = match &call.arguments.keywords[..] {
        [] => call.name().ends_with("RawConfigParser"),
        [only] if &*only.name == "interpolation" && only.slot.value.is_none() => true,
        _ => return Err(evaluator.opaque(call)),
    };
    if call.arguments.is_open() || !call.arguments.positional.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let held = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
    let is_raw = evaluator.bool(is_raw, call.at);
    let attributes = vec![("held", held), ("is_raw", is_raw)];
    Ok(library_instance(evaluator, "configparser.ConfigParser", attributes, None, call.at))
}

fn own(call: &Call) -> Value {
    call.receiver.clone().unwrap_or_else(|| Value::none(call.at))
}

/// The entries of a known dict.
fn entries(evaluator: &Evaluator<'_>, value: &Value) -> Option<Mapping> {
    match &kind_of(evaluator, value)?.kind {
        ObjectKind::Dict(entries, _) if entries.rest.is_none() => Some(entries.clone()),
        _ => None,
    }
}

/// A section: its name, and its keys and values.
type Section = (String, Vec<(String, String)>);

/// The lines `[section]`, `key = value`; `None` for what is not modelled: values of several lines, what is there twice.
fn parse(text: &str) -> Option<Vec<Section>> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        if line.trim().is_empty() || is_comment {
            continue;
        }
        if line.starts_with(char::is_whitespace) {
            return None;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest.get(..rest.rfind(']')?)?;
            if sections.iter().any(|(known, _)| known == name) {
                return None;
            }
            sections.push((name.to_owned(), Vec::new()));
            continue;
        }
        let (key, value) = line.split_at(line.find(['=', ':'])?);
        let value = value.get(1..)?.trim();
        let (_, values) = sections.last_mut()?;
        if key.trim().is_empty() || values.iter().any(|(known, _)| known.eq_ignore_ascii_case(key.trim())) {
            return None;
        }
        values.push((key.trim().to_owned(), value.to_owned()));
    }
    Some(sections)
}

/// Takes in a text; what is not understood makes all that the parser holds unknown.
fn take_in(evaluator: &mut Evaluator<'_>, own: &Value, text: &Value, call: &Call) {
    if take_in_known(evaluator, own, text).is_none() {
        forget(evaluator, own, call);
    }
}

fn forget(evaluator: &mut Evaluator<'_>, own: &Value, call: &Call) {
    if let Some(id) = own.as_object() {
        let unknown = evaluator.unknown_number(TypeBound::Any, call.at);
        evaluator.set_raw_attribute(id, "held", call.at, Slot::here(unknown));
    }
}

fn take_in_known(evaluator: &mut Evaluator<'_>, own: &Value, text: &Value) -> Option<()> {
    let at = text.at;
    let text = text.as_text()?;
    evaluator.budget.charge_text(text.len() * 4);
    let lowers = match kept(evaluator, own, "optionxform").map(|value| value.kind) {
        None => true,
        Some(ValueKind::Library(path)) if &*path == "builtins.str" => false,
        Some(_) => return None,
    };
    let held = kept(evaluator, own, "held")?;
    for (name, values) in parse(text)? {
        let known = entries(evaluator, &held)?;
        let key = Key::Text(name.as_str().into());
        let mut section = match known.entries.get(&key) {
            Some(entry) => entries(evaluator, &entry.value.value)?,
            None => Mapping::default(),
        };
        for (name, value) in values {
            let name = if lowers { name.to_lowercase() } else { name };
            let slot = Slot::new(Value::text(value, at), at);
            section.set(Key::Text(name.as_str().into()), Slot::new(Value::text(name, at), at), slot);
        }
        let section = evaluator.allocate(ObjectKind::Dict(section, None), at);
        evaluator.set_entry(held.as_object()?, Slot::new(Value::text(name, at), at), Slot::new(section, at));
    }
    Some(())
}

/// `parser.read(path)`, `parser.read([path, …])`: files that are not there are left out.
fn read(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = own(call);
    let Some(given) = call.arguments.get("filenames", 0).map(|slot| slot.value.clone()) else {
        return Err(evaluator.opaque(call));
    };
    let is_list = matches!(
        kind_of(evaluator, &given).as_deref().map(|object| &object.kind),
        Some(ObjectKind::List(_) | ObjectKind::Tuple(_))
    );
    let paths = if is_list { evaluator.elements(&given, call.at)?.slots() } else { Some(vec![Slot::here(given)]) };
    let Some(paths) = paths else {
        forget(evaluator, &own, call);
        return Err(evaluator.unknown_of(call, TypeBound::List));
    };
    for path in paths {
        let text = match files::text_at(evaluator, &path.value, call) {
            Some(text) => text,
            None => evaluator.unknown_text(call.at),
        };
        take_in(evaluator, &own, &text, call);
    }
    Err(evaluator.unknown_of(call, TypeBound::List))
}

/// `parser.read_string(text)`, `parser.read_file(file)`.
fn read_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = own(call);
    let given = call.arguments.positional.first().map(|slot| slot.value.clone());
    let text = match given {
        Some(file) if files::is_file(evaluator, &file) => {
            let text = files::text_of_file(evaluator, &file, call)?;
            files::use_up(evaluator, &file, call);
            text
        }
        Some(text) => text,
        None => evaluator.unknown_text(call.at),
    };
    take_in(evaluator, &own, &text, call);
    Ok(Value::none(call.at))
}

/// What is changed by hand is not followed.
fn change(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = own(call);
    let parser = kept(evaluator, &own, "parser").unwrap_or(own);
    forget(evaluator, &parser, call);
    Err(evaluator.opaque(call))
}

/// The parser, and the sections that it holds.
fn held_by(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(Value, Mapping), Failure> {
    let own = own(call);
    let parser = kept(evaluator, &own, "parser").unwrap_or(own);
    let held = kept(evaluator, &parser, "held").and_then(|held| entries(evaluator, &held));
    match held {
        Some(held) => Ok((parser, held)),
        None => {
            evaluator.may_raise_builtin("Exception", call.at);
            Err(evaluator.not_modelled(call))
        }
    }
}

fn sections(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (_, held) = held_by(evaluator, call)?;
    let is_section = |key: &Key| *key != Key::Text(DEFAULT.into());
    let names = held.entries.iter().filter(|(key, _)| is_section(key)).map(|(_, entry)| entry.key.clone()).collect();
    Ok(evaluator.list(names, call.at))
}

fn section(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (parser, held) = held_by(evaluator, call)?;
    let bound = bind(evaluator, call, "key, /")?;
    let Some(name) = bound.value(0).filter(|name| name.as_text().is_some()).cloned() else {
        return Err(evaluator.not_modelled(call));
    };
    let is_there = evaluator.key_of(&name).is_some_and(|key| held.entries.contains_key(&key));
    if !is_there && name.as_text() != Some(DEFAULT) {
        return Err(evaluator.raise("KeyError", "there is no such section", call.at));
    }
    let attributes = vec![("parser", parser), ("name", name)];
    Ok(library_instance(evaluator, "configparser.SectionProxy", attributes, None, call.at))
}

/// All values of a section, with those of the default section behind its own.
fn values_of(evaluator: &Evaluator<'_>, held: &Mapping, name: &str) -> Option<Mapping> {
    let own = match held.entries.get(&Key::Text(name.into())) {
        Some(entry) => entries(evaluator, &entry.value.value)?,
        None if name == DEFAULT => Mapping::default(),
        None => return None,
    };
    let mut all = own;
    if let Some(defaults) = held.entries.get(&Key::Text(DEFAULT.into())) {
        for (key, entry) in entries(evaluator, &defaults.value.value)?.entries {
            if !all.entries.contains_key(&key) {
                all.set(key, entry.key, entry.value);
            }
        }
    }
    Some(all)
}

/// The name of a section's proxy, or of the section that is the first argument, and the other arguments.
fn addressed(evaluator: &Evaluator<'_>, call: &Call) -> Option<(String, Vec<Value>)> {
    let mut arguments: Vec<Value> = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    let name = match kept(evaluator, &own(call), "name") {
        Some(name) => name,
        None if arguments.is_empty() => return None,
        None => arguments.remove(0),
    };
    Some((name.as_text()?.to_owned(), arguments)).filter(|_| !call.arguments.is_open())
}

fn lowered(evaluator: &Evaluator<'_>, parser: &Value, name: &str) -> String {
    if kept(evaluator, parser, "optionxform").is_some() { name.to_owned() } else { name.to_lowercase() }
}

fn has(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (parser, held) = held_by(evaluator, call)?;
    let Some((section, arguments)) = addressed(evaluator, call) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    };
    let values = values_of(evaluator, &held, &section);
    let answer = match (&arguments[..], values) {
        ([], values) => values.is_some() && (section != DEFAULT || call.name() != "has_section"),
        ([_], None) => false,
        ([name], Some(values)) => match name.as_text() {
            Some(name) => values.entries.contains_key(&Key::Text(lowered(evaluator, &parser, name).into())),
            None => return Err(evaluator.unknown_of(call, TypeBound::Bool)),
        },
        _ => return Err(evaluator.unknown_of(call, TypeBound::Bool)),
    };
    Ok(evaluator.bool(answer, call.at))
}

/// `parser.get(section, option, fallback=…)`, `section["option"]`, `section.get(option, fallback)`.
fn get(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (parser, held) = held_by(evaluator, call)?;
    let Some((section, arguments)) = addressed(evaluator, call) else { return Err(evaluator.not_modelled(call)) };
    let is_proxy = kept(evaluator, &own(call), "parser").is_some();
    let known = call.arguments.keywords.iter().all(|keyword| &*keyword.name == "fallback");
    let fallback = call.arguments.named("fallback").map(|slot| slot.value.clone());
    let (name, second) = match &arguments[..] {
        [name] => (name, None),
        [name, second] if is_proxy => (name, Some(second.clone())),
        _ => return Err(evaluator.not_modelled(call)),
    };
    let Some(name) = name.as_text().filter(|_| known) else { return Err(evaluator.not_modelled(call)) };
    let key = Key::Text(lowered(evaluator, &parser, name).into());
    let found = values_of(evaluator, &held, &section).and_then(|values| values.entries.get(&key).cloned());
    match (found, fallback.or(second)) {
        (Some(entry), _) => read_as(evaluator, &parser, &entry.value.value, call),
        (None, Some(fallback)) => Ok(fallback),
        (None, None) if is_proxy && call.name().starts_with("get") => Ok(Value::none(call.at)),
        (None, None) if is_proxy => Err(evaluator.raise("KeyError", "there is no such option", call.at)),
        (None, None) => {
            evaluator.may_raise_builtin("Exception", call.at);
            Err(evaluator.not_modelled(call))
        }
    }
}

fn read_as(evaluator: &mut Evaluator<'_>, parser: &Value, value: &Value, call: &Call) -> Outcome {
    let is_raw = kept(evaluator, parser, "is_raw").and_then(|raw| raw.as_int()) == Some(1);
    let Some(text) = value.as_text() else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    if text.contains('%') && !is_raw {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    match call.name() {
        "getint" => Ok(evaluator.call_named("builtins.int", vec![value.clone()], call.at)?),
        "getfloat" => Ok(evaluator.call_named("builtins.float", vec![value.clone()], call.at)?),
        "getboolean" => match &*text.to_lowercase() {
            "1" | "yes" | "true" | "on" => Ok(evaluator.bool(true, call.at)),
            "0" | "no" | "false" | "off" => Ok(evaluator.bool(false, call.at)),
            _ => Err(evaluator.raise("ValueError", format!("Not a boolean: {text}"), call.at)),
        },
        _ => Ok(value.clone()),
    }
}

/// The keys of a section, or its pairs.
fn all_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (parser, held) = held_by(evaluator, call)?;
    let Some((section, arguments)) = addressed(evaluator, call) else { return Err(evaluator.not_modelled(call)) };
    let Some(values) = values_of(evaluator, &held, &section).filter(|_| arguments.is_empty()) else {
        return Err(evaluator.not_modelled(call));
    };
    let mut slots = Vec::new();
    let mut listed: Vec<_> = values.entries.into_iter().collect();
    if call.name() == "items" && kept(evaluator, &own(call), "parser").is_none() {
        // Unlike a section, the parser gives the defaults first.
        let defaults = values_of(evaluator, &held, DEFAULT).unwrap_or_default();
        let place = |key: &Key| defaults.entries.get_index_of(key).unwrap_or(usize::MAX);
        listed.sort_by_key(|(key, _)| place(key));
    }
    for (_, entry) in listed {
        if call.name() == "items" {
            let value = match read_as(evaluator, &parser, &entry.value.value, call) {
                Ok(value) => value,
                Err(Failure::Unknown(_)) => evaluator.unknown_text(call.at),
                Err(failure) => return Err(failure),
            };
            let pair = evaluator.tuple(vec![entry.key.value.clone(), value], entry.key.at);
            slots.push(Slot::new(pair, entry.key.at));
        } else {
            slots.push(entry.key);
        }
    }
    let is_list = call.name() != "__iter__";
    Ok(if is_list { evaluator.list(slots, call.at) } else { over_slots(evaluator, slots, call.at) })
}

fn over_slots(evaluator: &mut Evaluator<'_>, slots: Vec<Slot>, at: Location) -> Value {
    super::super::builtins::iteration::over(evaluator, Sequence::known(slots), at)
}
