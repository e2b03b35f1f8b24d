//! Files: what they hold is read where they lie beside the code.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Sequence, Slot, TypeBound, Value};
use super::super::arguments::{bind, kept, library_instance, misfit};
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
        "readline" => not_modelled,
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

/// An open file, with its text where that is known.
pub fn opened(evaluator: &mut Evaluator<'_>, path: &Value, mode: Option<&str>, call: &Call) -> Outcome {
    evaluator.may_raise_builtin("OSError", call.at);
    let content = match mode {
        Some("r" | "rt" | "tr" | "r+") => match text_at(evaluator, path, call) {
            Some(text) => text,
            None => evaluator.unknown_text(call.at),
        },
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
        Some(content) => Ok(content),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn own(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Value, Failure> {
    let file = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    text_of_file(evaluator, &file, call)
}

/// `file.read()`: what is left of it; it is read once.
fn read(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let content = own(evaluator, call)?;
    use_up(evaluator, call);
    if call.arguments.len() > 0 {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    Ok(content)
}

fn use_up(evaluator: &mut Evaluator<'_>, call: &Call) {
    let empty = if call.arguments.len() > 0 { evaluator.unknown_text(call.at) } else { Value::text("", call.at) };
    if let Some(id) = call.receiver.as_ref().and_then(Value::as_object) {
        evaluator.set_raw_attribute(id, "content", call.at, Slot::here(empty));
    }
}

fn all_lines(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<Slot>, Failure> {
    let content = own(evaluator, call)?;
    let Some(text) = content.as_text() else { return Err(evaluator.unknown_of(call, TypeBound::List)) };
    let slots: Vec<Slot> =
        text.split_inclusive('\n').map(|line| Slot::new(Value::text(line, content.at), content.at)).collect();
    evaluator.charge(slots.len());
    use_up(evaluator, call);
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

fn written(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Int))
}

fn nothing(_: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(Value::none(call.at))
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    use_up(evaluator, call);
    Err(evaluator.unknown_of(call, TypeBound::Text))
}
