//! Files: what they hold is read where they lie beside the code.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{bind, kept, library_class, library_instance, misfit};
use super::super::builtins::iteration::over;
use super::places::{Place, place_of};
use crate::text::Span;
use crate::tree::Location;

/// The methods of open files.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "read" => read,
        "readlines" => readlines,
        "__iter__" => lines,
        "readline" => readline,
        "getvalue" => getvalue,
        "seek" => seek,
        "write" | "writelines" => written,
        "close" | "flush" => nothing,
        _ => return None,
    })
}

/// `open(path, mode)`.
pub fn open(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "file, mode?, buffering?, encoding?, errors?, newline?, closefd?, opener?")?;
    let Some(path) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let mode = bound.value(1).map_or(Some("r"), Value::as_text).map(str::to_owned);
    opened(evaluator, &path, mode.as_deref(), call)
}

/// `io.StringIO(text)`: what is left to read, and all that it holds.
pub fn string_io(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "initial_value?, newline?")?;
    let content = bound.given(0).cloned().unwrap_or_else(|| Value::text("", call.at));
    let is_plain = bound.value(1).is_none() && !content.as_text().is_some_and(|text| text.contains('\r'));
    let content = if is_plain { content } else { evaluator.unknown_text(call.at) };
    let attributes = vec![("content", content.clone()), ("value", content)];
    Ok(library_instance(evaluator, "io.StringIO", attributes, None, call.at))
}

/// Whether a value is an open file, or acts as one.
pub fn is_file(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    matches!(library_class(evaluator, value).as_deref(), Some("io.TextIOWrapper" | "io.BufferedReader" | "io.StringIO"))
}

/// An open file, with its text where that is known.
pub fn opened(evaluator: &mut Evaluator<'_>, path: &Value, mode: Option<&str>, call: &Call) -> Outcome {
    evaluator.may_raise_builtin("OSError", call.at);
    let content = match mode {
        Some("r" | "rt" | "tr" | "r+") => match text_at(evaluator, path, call) {
            Some(text) => text,
            None => evaluator.unknown_text(call.at),
        },
        Some("rb" | "br") => {
            let text = text_at(evaluator, path, call);
            let bytes = text.and_then(|text| text.as_text().map(|content| (content.as_bytes().into(), text.at)));
            let content = match bytes {
                Some((bytes, at)) => Value::new(ValueKind::Bytes(bytes), at),
                None => evaluator.unknown_number(TypeBound::Bytes, call.at),
            };
            return Ok(library_instance(evaluator, "io.BufferedReader", vec![("content", content)], None, call.at));
        }
        _ => evaluator.unknown_number(TypeBound::Any, call.at),
    };
    Ok(library_instance(evaluator, "io.TextIOWrapper", vec![("content", content)], None, call.at))
}

/// The text of a file at a path, with the file as its place.
pub fn text_at(evaluator: &mut Evaluator<'_>, path: &Value, call: &Call) -> Option<Value> {
    let (module, relative) = match place_of(evaluator, path)? {
        Place::Beside(module, path) => (module, path),
        Place::Plain(path) => (evaluator.file(), path),
    };
    if relative.starts_with('/') {
        return None;
    }
    let program = evaluator.program;
    match program.data(module, &relative) {
        None => {
            let wanted = (module, relative);
            if !evaluator.wanted_files.contains(&wanted) {
                evaluator.wanted_files.push(wanted);
            }
            None
        }
        Some(None) => None,
        Some(Some((file, source))) => {
            let at = Location { file, span: Span::from_range(0..source.text.len()) };
            let text = source.text.replace("\r\n", "\n");
            let is_same = text.len() == source.text.len();
            Some(evaluator.computed_text(text, if is_same { at } else { call.at }))
        }
    }
}

/// The text that an open file gives.
///
/// # Errors
/// Where it is not known.
pub fn text_of_file(evaluator: &mut Evaluator<'_>, file: &Value, call: &Call) -> Result<Value, Failure> {
    match kept(evaluator, file, "content") {
        Some(content) => Ok(match &content.kind {
            ValueKind::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::text(text, content.at),
                Err(_) => content,
            },
            _ => content,
        }),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn receiver(call: &Call) -> Value {
    call.receiver.clone().unwrap_or_else(|| Value::none(call.at))
}

/// `file.read()`: what is left of it; it is read once.
fn read(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let Some(content) = kept(evaluator, &own, "content") else { return Err(evaluator.not_modelled(call)) };
    use_up(evaluator, &own, call);
    if call.arguments.len() > 0 {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    Ok(content)
}

/// Nothing is left of a file that has been read.
pub fn use_up(evaluator: &mut Evaluator<'_>, file: &Value, call: &Call) {
    let is_whole = call.name() != "read" || call.arguments.len() == 0;
    let empty = if is_whole { Value::text("", call.at) } else { evaluator.unknown_text(call.at) };
    set_content(evaluator, file, "content", empty, call);
}

fn set_content(evaluator: &mut Evaluator<'_>, file: &Value, name: &str, content: Value, call: &Call) {
    if let Some(id) = file.as_object() {
        evaluator.set_raw_attribute(id, name, call.at, Slot::here(content));
    }
}

fn all_lines(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<Slot>, Failure> {
    let own = receiver(call);
    let Some(content) = kept(evaluator, &own, "content") else { return Err(evaluator.not_modelled(call)) };
    let Some(text) = content.as_text() else { return Err(evaluator.unknown_of(call, TypeBound::List)) };
    let slots: Vec<Slot> =
        text.split_inclusive('\n').map(|line| Slot::new(Value::text(line, content.at), content.at)).collect();
    evaluator.charge(slots.len());
    use_up(evaluator, &own, call);
    Ok(slots)
}

fn readlines(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let slots = all_lines(evaluator, call)?;
    Ok(evaluator.list(slots, call.at))
}

fn lines(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match all_lines(evaluator, call) {
        Ok(slots) => Ok(over(evaluator, Sequence::known(slots), call.at)),
        Err(_) => {
            let gap = super::super::super::value::Gap::new(evaluator.snippet(call.at));
            Ok(over(evaluator, Sequence::unknown(gap), call.at))
        }
    }
}

/// What is written behind all that a `StringIO` holds; files take it out of sight.
fn written(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let parts = (kept(evaluator, &own, "value"), kept(evaluator, &own, "content"), &call.arguments.positional[..]);
    let (Some(value), Some(left), [slot]) = parts else { return Err(evaluator.unknown_of(call, TypeBound::Int)) };
    let is_end = left.as_text() == Some("") && call.name() == "write";
    let joined = match (value.as_text(), slot.value.as_text()) {
        (Some(before), Some(more)) if is_end => {
            let count = i64::try_from(more.chars().count()).unwrap_or(i64::MAX);
            Some((format!("{before}{more}"), count))
        }
        _ => None,
    };
    match joined {
        Some((text, count)) => {
            let text = evaluator.computed_text(text, call.at);
            set_content(evaluator, &own, "value", text, call);
            Ok(evaluator.int(count, call.at))
        }
        None => {
            for name in ["value", "content"] {
                let unknown = evaluator.unknown_text(call.at);
                set_content(evaluator, &own, name, unknown, call);
            }
            Err(evaluator.unknown_of(call, TypeBound::Int))
        }
    }
}

/// All that a `StringIO` holds.
fn getvalue(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match kept(evaluator, &receiver(call), "value") {
        Some(value) => Ok(value),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// `file.seek(0)` of a `StringIO`: it is read from its beginning again.
fn seek(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let is_start = matches!(&call.arguments.positional[..], [slot] if slot.value.as_int() == Some(0));
    let content = match kept(evaluator, &own, "value").filter(|_| is_start) {
        Some(value) => value,
        None => evaluator.unknown_number(TypeBound::Any, call.at),
    };
    set_content(evaluator, &own, "content", content, call);
    Err(evaluator.unknown_of(call, TypeBound::Int))
}

fn nothing(_: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(Value::none(call.at))
}

fn readline(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let content = kept(evaluator, &own, "content").filter(|_| call.arguments.len() == 0);
    let Some((text, at)) = content.and_then(|content| Some((content.as_text()?.to_owned(), content.at))) else {
        let unknown = evaluator.unknown_number(TypeBound::Any, call.at);
        set_content(evaluator, &own, "content", unknown, call);
        return Err(evaluator.not_modelled(call));
    };
    let end = text.find('\n').map_or(text.len(), |end| end + 1);
    let (line, rest) = text.split_at(end);
    set_content(evaluator, &own, "content", Value::text(rest, call.at), call);
    Ok(Value::text(line, at))
}
