//! `contextlib`.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome};
use super::super::super::value::{ObjectKind, Sequence, Value};
use super::super::arguments::{bind, library_instance, misfit};

/// The functions and classes.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "contextmanager" => contextmanager,
        "suppress" => suppress,
        "nullcontext" => nullcontext,
        _ => return None,
    })
}

/// `contextmanager(function)`: what it gives is a generator, whose body runs around that of `with`.
fn contextmanager(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "func")?;
    match bound.value(0).cloned() {
        Some(function) => Ok(function),
        None => Err(misfit(evaluator, call)),
    }
}

fn suppress(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let classes = Sequence::known(call.arguments.positional.clone());
    let classes = evaluator.allocate(ObjectKind::Tuple(classes), call.at);
    Ok(library_instance(evaluator, "contextlib.suppress", vec![("classes", classes)], None, call.at))
}

fn nullcontext(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "enter_result?")?;
    let inner = bound.value(0).cloned().unwrap_or_else(|| Value::none(call.at));
    Ok(library_instance(evaluator, "contextlib.nullcontext", vec![("enter_result", inner)], None, call.at))
}
