//! `importlib.resources`: files in packages.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome};
use super::super::super::value::{TypeBound, Value, ValueKind};
use super::files;
use super::places::{Place, as_path};

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "files" => package_files,
        "read_text" => read_text,
        "open_text" => open_text,
        "as_file" => itself,
        _ => return None,
    })
}

/// The folder of a package of the project.
fn folder(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Place, Failure> {
    let mut package = call.arguments.get("package", 0).map(|slot| slot.value.clone());
    if let Some(name) = package.as_ref().and_then(|value| value.as_text()).map(str::to_owned) {
        package = Some(evaluator.import_path(&name, call.at));
    }
    let file = match package.map(|value| value.kind) {
        Some(ValueKind::Module(file)) => file,
        _ => return Err(evaluator.not_modelled(call)),
    };
    let is_package = evaluator.program.module(file).is_some_and(|module| module.source.path.ends_with("__init__.py"));
    if is_package && !call.arguments.is_open() {
        Ok(Place::Beside(file, String::new()))
    } else {
        Err(evaluator.not_modelled(call))
    }
}

/// `files(package)`: a path.
fn package_files(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = folder(evaluator, call)?;
    Ok(as_path(evaluator, &place, call.at))
}

fn resource(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Value, Failure> {
    let name = call.arguments.get("resource", 1).and_then(|slot| slot.value.as_text()).map(str::to_owned);
    let place = folder(evaluator, call)?;
    match name {
        Some(name) => Ok(as_path(evaluator, &place.joined(&Place::Plain(name)), call.at)),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// `read_text(package, name)`.
fn read_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let path = resource(evaluator, call)?;
    match files::text_at(evaluator, &path, call) {
        Some(text) => Ok(text),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn open_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let path = resource(evaluator, call)?;
    files::opened(evaluator, &path, Some("r"), call)
}

/// `as_file(path)`: a context manager that gives the path.
fn itself(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match &call.arguments.positional[..] {
        [slot] => Ok(slot.value.clone()),
        _ => Err(evaluator.not_modelled(call)),
    }
}
