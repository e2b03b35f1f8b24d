//! `os.path` and `pathlib`, as far as paths are texts.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{TypeBound, Value};
use super::super::arguments::misfit;
use super::places::{
    Place, as_path, as_text, folder, is_path, name, normal, place_argument, place_of, split_ending, tidy,
};
use super::{files, folders};
use crate::tree::Location;

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    let path = path.strip_prefix("posixpath.").unwrap_or(path);
    Some(match path.strip_prefix("os.path.").unwrap_or(path) {
        "join" => join,
        "dirname" => dirname,
        "basename" => basename,
        "splitext" => splitext,
        "split" => split,
        "normpath" => normpath,
        "abspath" | "realpath" | "expanduser" => same_place,
        "isabs" => isabs,
        "exists" | "isfile" | "isdir" => folders::exists,
        "os.fspath" => fspath,
        "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "pathlib.PurePosixPath" => path_object,
        "pathlib.Path.cwd" | "pathlib.Path.home" => not_modelled,
        "os.getcwd" => unknown_text,
        _ => return None,
    })
}

/// The methods of path objects.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__truediv__" | "joinpath" => joined,
        "__rtruediv__" => joined_behind,
        "__str__" | "as_posix" | "__fspath__" => text,
        "__repr__" => repr,
        "__eq__" => equal,
        "resolve" | "absolute" | "expanduser" => resolve,
        "with_suffix" | "with_name" | "with_stem" => with_part,
        "read_text" => read_text,
        "open" => open,
        "exists" | "is_file" | "is_dir" => folders::path_exists,
        "is_absolute" | "match" | "is_relative_to" => unknown_bool,
        "glob" | "iterdir" => folders::glob,
        "__lt__" => folders::is_before,
        "relative_to" | "rglob" | "stat" | "read_bytes" => not_modelled,
        "mkdir" | "touch" | "unlink" | "write_text" | "write_bytes" | "rename" | "chmod" | "rmdir" => not_modelled,
        _ => return None,
    })
}

/// `path.parent` and the like.
pub fn attribute(evaluator: &mut Evaluator<'_>, value: &Value, wanted: &str, at: Location) -> Option<Value> {
    if !is_path(evaluator, value) {
        return None;
    }
    let place = place_of(evaluator, value);
    let known = matches!(wanted, "parent" | "name" | "stem" | "suffix" | "suffixes" | "parts" | "parents");
    let Some(place) = place.filter(|_| known) else {
        return known.then(|| evaluator.unsupported(at));
    };
    let last = name(place.path()).to_owned();
    // The name of the folder of the code is not known.
    let is_named = !matches!(place, Place::Beside(..)) || !(last.is_empty() || last == "..");
    match wanted {
        "parent" => {
            let parent = folder(&place);
            let parent = match &parent {
                Place::Plain(path) if path.is_empty() => Place::Plain(".".to_owned()),
                _ => parent,
            };
            Some(as_path(evaluator, &parent, at))
        }
        "parents" => {
            let (mut above, mut parents) = (place, Vec::new());
            for _ in 0..8 {
                if matches!(&above, Place::Plain(path) if path.is_empty() || path == "/" || path == ".") {
                    break;
                }
                above = folder(&above);
                if matches!(&above, Place::Plain(path) if path.is_empty()) {
                    above = Place::Plain(".".to_owned());
                }
                parents.push(as_path(evaluator, &above, at));
            }
            Some(evaluator.tuple(parents, at))
        }
        _ if !is_named => Some(evaluator.unknown_text(at)),
        "name" => Some(Value::text(if last == "." { "" } else { &*last }, at)),
        "stem" => Some(Value::text(split_ending(&last).0, at)),
        "suffix" => Some(Value::text(split_ending(&last).1, at)),
        "parts" if matches!(place, Place::Plain(_)) => {
            let path = place.path();
            let mut parts: Vec<Value> = Vec::new();
            if path.starts_with('/') {
                parts.push(Value::text("/", at));
            }
            parts.extend(
                path.split('/').filter(|part| !part.is_empty() && *part != ".").map(|part| Value::text(part, at)),
            );
            Some(evaluator.tuple(parts, at))
        }
        _ => Some(evaluator.unsupported(at)),
    }
}

fn join(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let count = call.arguments.positional.len();
    if count == 0 {
        return Err(misfit(evaluator, call));
    }
    let is_partial = call.arguments.positional.iter().any(|slot| place_of(evaluator, &slot.value).is_none());
    if is_partial && !call.arguments.is_open() {
        return join_partial(evaluator, call);
    }
    let mut place = place_argument(evaluator, call, 0, TypeBound::Text)?;
    for index in 1..count {
        let part = place_argument(evaluator, call, index, TypeBound::Text)?;
        place = match (&place, &part) {
            // A trailing slash keeps an empty part apart.
            (Place::Plain(path), Place::Plain(part)) if part.is_empty() && !path.is_empty() && !path.ends_with('/') => {
                Place::Plain(format!("{path}/"))
            }
            _ => place.joined(&part),
        };
    }
    Ok(as_text(evaluator, &place, call.at))
}

/// A path with an unknown first part: the known parts behind it.
fn join_partial(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let slots = &call.arguments.positional;
    let tail: Option<Vec<&str>> = slots.iter().skip(1).map(|slot| slot.value.as_text()).collect();
    let is_text = slots.first().is_some_and(|slot| match &slot.value.kind {
        super::super::super::value::ValueKind::Unknown(unknown) => unknown.bound == TypeBound::Text,
        super::super::super::value::ValueKind::Partial(partial) => {
            !partial.tail().is_empty() && !partial.tail().ends_with('/')
        }
        _ => false,
    });
    let has_end =
        slots.first().is_some_and(|slot| matches!(slot.value.kind, super::super::super::value::ValueKind::Partial(_)));
    let Some(tail) = tail.filter(|tail| {
        is_text && tail.iter().all(|part| !part.is_empty() && !part.starts_with('/') && !part.ends_with('/'))
    }) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let mut parts: Vec<Value> = slots.first().map(|slot| slot.value.clone()).into_iter().collect();
    for (index, part) in tail.into_iter().enumerate() {
        // Whether an unknown part ends with a slash, or is empty, is not known; what the hole stands for takes it in.
        let gap = if index > 0 || has_end { "/" } else { "" };
        parts.push(Value::text(format!("{gap}{part}"), call.at));
    }
    Ok(evaluator.joined_text(&parts, call.at))
}

fn dirname(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = place_argument(evaluator, call, 0, TypeBound::Text)?;
    Ok(as_text(evaluator, &folder(&place), call.at))
}

fn basename(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match place_argument(evaluator, call, 0, TypeBound::Text)? {
        Place::Beside(_, path) if path.is_empty() || path.ends_with("..") => {
            Err(evaluator.unknown_of(call, TypeBound::Text))
        }
        place => Ok(Value::text(name(place.path()), call.at)),
    }
}

fn splitext(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = place_argument(evaluator, call, 0, TypeBound::Tuple)?;
    let last = name(place.path());
    let (_, ending) = split_ending(last);
    let head = place.path().get(..place.path().len() - ending.len()).unwrap_or_default().to_owned();
    let ending = Value::text(ending, call.at);
    let head = as_text(evaluator, &place.with(head), call.at);
    Ok(evaluator.tuple(vec![head, ending], call.at))
}

fn split(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = place_argument(evaluator, call, 0, TypeBound::Tuple)?;
    if matches!(&place, Place::Beside(_, path) if path.is_empty() || path.ends_with("..")) {
        return Err(evaluator.unknown_of(call, TypeBound::Tuple));
    }
    let last = Value::text(name(place.path()), call.at);
    let head = as_text(evaluator, &folder(&place), call.at);
    Ok(evaluator.tuple(vec![head, last], call.at))
}

fn normpath(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match place_argument(evaluator, call, 0, TypeBound::Text)? {
        Place::Plain(path) if path.starts_with("//") => Err(evaluator.unknown_of(call, TypeBound::Text)),
        Place::Plain(path) => Ok(Value::text(normal(&path), call.at)),
        place => Ok(as_text(evaluator, &place, call.at)),
    }
}

/// `abspath` and the like: of a path beside the code that place itself.
fn same_place(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match place_argument(evaluator, call, 0, TypeBound::Text)? {
        Place::Plain(path) if path.starts_with('/') && call.name().ends_with("abspath") && !path.starts_with("//") => {
            Ok(Value::text(normal(&path), call.at))
        }
        Place::Plain(path) if call.name().ends_with("expanduser") && !path.starts_with('~') => {
            Ok(Value::text(path, call.at))
        }
        // Of the folder that the program runs in only that is known: what lies there is looked for beside the code.
        Place::Plain(path) if !path.starts_with(['/', '~']) => {
            let place = Place::Beside(evaluator.file(), path);
            Ok(as_text(evaluator, &place, call.at))
        }
        Place::Plain(_) => Err(evaluator.unknown_of(call, TypeBound::Text)),
        place => Ok(as_text(evaluator, &place, call.at)),
    }
}

fn isabs(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match place_argument(evaluator, call, 0, TypeBound::Bool)? {
        Place::Plain(path) => Ok(evaluator.bool(path.starts_with('/'), call.at)),
        Place::Beside(..) => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}

fn unknown_bool(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Bool))
}

fn fspath(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = place_argument(evaluator, call, 0, TypeBound::Text)?;
    Ok(as_text(evaluator, &place, call.at))
}

fn tidied(place: &Place) -> Place {
    match place {
        Place::Plain(path) => {
            let path = tidy(path);
            Place::Plain(if path.is_empty() { ".".to_owned() } else { path })
        }
        Place::Beside(file, path) => Place::Beside(*file, tidy(path)),
    }
}

/// `Path(…)`.
fn path_object(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() || !call.arguments.keywords.is_empty() {
        return Err(evaluator.not_modelled(call));
    }
    if let Some(slot) = call.arguments.positional.iter().find(|slot| slot.value.is_none()) {
        let _ = slot;
        let message = "expected str, bytes or os.PathLike object, not NoneType";
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    let mut place = Place::Plain(String::new());
    for index in 0..call.arguments.positional.len() {
        let part = place_argument(evaluator, call, index, TypeBound::Any)?;
        place = place.joined(&part);
    }
    Ok(as_path(evaluator, &tidied(&place), call.at))
}

fn own(evaluator: &Evaluator<'_>, call: &Call) -> Option<Place> {
    place_of(evaluator, call.receiver.as_ref()?)
}

/// `path / part`, `path.joinpath(part, …)`.
fn joined(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(mut place) = own(evaluator, call) else { return Err(evaluator.not_modelled(call)) };
    if place == Place::Plain(".".to_owned()) {
        place = Place::Plain(String::new());
    }
    for index in 0..call.arguments.positional.len() {
        let part = place_argument(evaluator, call, index, TypeBound::Any)?;
        place = place.joined(&part);
    }
    Ok(as_path(evaluator, &tidied(&place), call.at))
}

fn joined_behind(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(place) = own(evaluator, call) else { return Err(evaluator.not_modelled(call)) };
    let first = place_argument(evaluator, call, 0, TypeBound::Any)?;
    Ok(as_path(evaluator, &tidied(&first.joined(&place)), call.at))
}

fn text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match own(evaluator, call) {
        Some(place) => Ok(as_text(evaluator, &place, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match own(evaluator, call) {
        Some(Place::Plain(path)) => {
            let shown = evaluator.repr(&Value::text(path, call.at));
            match shown {
                Some(shown) => Ok(evaluator.computed_text(format!("PosixPath({shown})"), call.at)),
                None => Err(evaluator.unknown_of(call, TypeBound::Text)),
            }
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn equal(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let other = call.arguments.positional.first().map(|slot| slot.value.clone());
    let other = other.filter(|other| is_path(evaluator, other)).and_then(|other| place_of(evaluator, &other));
    match (own(evaluator, call), other) {
        (Some(Place::Plain(one)), Some(Place::Plain(two))) => Ok(evaluator.bool(one == two, call.at)),
        _ => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}

fn resolve(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match own(evaluator, call) {
        Some(Place::Plain(path)) if !path.starts_with(['/', '~']) => {
            let path = if path == "." { String::new() } else { path };
            let place = Place::Beside(evaluator.file(), path);
            Ok(as_path(evaluator, &place, call.at))
        }
        Some(Place::Plain(_)) | None => Err(evaluator.not_modelled(call)),
        Some(place) => Ok(as_path(evaluator, &place, call.at)),
    }
}

/// `with_suffix`, `with_name`, `with_stem`.
fn with_part(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let part = call.arguments.positional.first().and_then(|slot| slot.value.as_text()).map(str::to_owned);
    let (Some(place), Some(part)) = (own(evaluator, call), part) else { return Err(evaluator.not_modelled(call)) };
    let last = name(place.path()).to_owned();
    if last.is_empty() || last == ".." {
        return Err(evaluator.not_modelled(call));
    }
    let (stem, ending) = split_ending(&last);
    let new = match call.name() {
        "with_suffix" => format!("{stem}{part}"),
        "with_stem" => format!("{part}{ending}"),
        _ => part,
    };
    let place = folder(&place).joined(&Place::Plain(new));
    Ok(as_path(evaluator, &place, call.at))
}

fn read_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    evaluator.may_raise_builtin("OSError", call.at);
    match files::text_at(evaluator, &own, call) {
        Some(text) => Ok(text),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

fn open(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let mode = call.arguments.get("mode", 0).map_or(Some("r"), |slot| slot.value.as_text()).map(str::to_owned);
    files::opened(evaluator, &own, mode.as_deref(), call)
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}

fn unknown_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Text))
}
