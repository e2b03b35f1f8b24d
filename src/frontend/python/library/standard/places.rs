//! Places of files: plain paths, and paths beside the code that `__file__` leads to.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure};
use super::super::super::state::SymbolKind;
use super::super::super::value::{Cause, Key, TypeBound, Unknown, Value, ValueKind};
use super::super::arguments::{kept, library_class, library_instance};
use crate::tree::{FileId, Location};

/// Longer paths are not followed.
const MAX_PATH: usize = 1_024;
/// What the symbol of a path beside the code is made with.
const BESIDE: &str = "a path beside the code";

/// Where something lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A path as it is written.
    Plain(String),
    /// A path from the folder of a module.
    Beside(FileId, String),
}

impl Place {
    /// The text of the path, from the folder of the code where it leads there.
    pub fn path(&self) -> &str {
        match self {
            Self::Plain(path) | Self::Beside(_, path) => path,
        }
    }

    /// The same place with another path.
    pub fn with(&self, path: String) -> Self {
        match self {
            Self::Plain(_) => Self::Plain(path),
            Self::Beside(file, _) => Self::Beside(*file, path),
        }
    }

    /// A place below this one, as `os.path.join` has it.
    pub fn joined(&self, part: &Self) -> Self {
        match part {
            Self::Beside(..) => part.clone(),
            Self::Plain(path) if path.starts_with('/') => part.clone(),
            Self::Plain(path) => {
                let own = self.path();
                let gap = if own.is_empty() || own.ends_with('/') { "" } else { "/" };
                self.with(format!("{own}{gap}{path}"))
            }
        }
    }
}

/// The place that a value means: a text, `__file__`, or a path object.
pub fn place_of(evaluator: &Evaluator<'_>, value: &Value) -> Option<Place> {
    match &value.kind {
        ValueKind::Text(text) if text.len() <= MAX_PATH => Some(Place::Plain(text.to_string())),
        ValueKind::Library(path) if &**path == "__file__" => {
            let name = evaluator.path().file_name()?.to_string_lossy().into_owned();
            Some(Place::Beside(evaluator.file(), name))
        }
        ValueKind::Unknown(unknown) => match evaluator.symbols.kind(unknown.symbol?)? {
            SymbolKind::Applied(name, _, keys) if &**name == BESIDE => match &keys[..] {
                [Key::Int(file), Key::Text(path)] => {
                    Some(Place::Beside(FileId(u32::try_from(*file).ok()?), path.to_string()))
                }
                _ => None,
            },
            _ => None,
        },
        ValueKind::Object(_) if is_path(evaluator, value) => place_of(evaluator, &kept(evaluator, value, "place")?),
        _ => None,
    }
}

/// Whether a value is a path object.
pub fn is_path(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    library_class(evaluator, value).is_some_and(|class| class.starts_with("pathlib."))
}

/// A place as a text: what lies beside the code has a path that only running tells.
pub fn as_text(evaluator: &mut Evaluator<'_>, place: &Place, at: Location) -> Value {
    match place {
        Place::Plain(path) => evaluator.computed_text(path.as_str(), at),
        Place::Beside(file, path) => {
            let keys = vec![Key::Int(i64::from(file.0)), Key::Text(path.as_str().into())];
            let symbol = evaluator.symbols.of(SymbolKind::Applied(BESIDE.into(), Vec::new(), keys));
            let reason: Rc<str> = evaluator.snippet(at);
            Value::unknown(Unknown::new(Cause::External, reason).of(TypeBound::Text).with_symbol(symbol), at)
        }
    }
}

/// A place as a path object.
pub fn as_path(evaluator: &mut Evaluator<'_>, place: &Place, at: Location) -> Value {
    let place = as_text(evaluator, place, at);
    library_instance(evaluator, "pathlib.PosixPath", vec![("place", place)], None, at)
}

/// The place of an argument.
///
/// # Errors
/// Where it is not known.
pub fn place_argument(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
    index: usize,
    bound: TypeBound,
) -> Result<Place, Failure> {
    let value = call.arguments.positional.get(index).map(|slot| slot.value.clone());
    match value.and_then(|value| place_of(evaluator, &value)) {
        Some(place) if !call.arguments.is_open() => Ok(place),
        _ => Err(evaluator.unknown_of(call, bound)),
    }
}

/// The folder of a path, as `os.path.dirname` has it.
pub fn folder(place: &Place) -> Place {
    let path = place.path();
    let parent = match path.rfind('/') {
        Some(at) => {
            let head = path.get(..at).unwrap_or_default().trim_end_matches('/');
            if head.is_empty() { "/".to_owned() } else { head.to_owned() }
        }
        None => String::new(),
    };
    match place {
        Place::Plain(_) => Place::Plain(parent),
        // Above the folder of the code.
        Place::Beside(file, _) if path.is_empty() => Place::Beside(*file, "..".to_owned()),
        Place::Beside(file, _) if path == ".." || path.ends_with("/..") => Place::Beside(*file, format!("{path}/..")),
        Place::Beside(file, _) => Place::Beside(*file, parent),
    }
}

/// The last part of a path.
pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A file name without its ending, and the ending with its point.
pub fn split_ending(name: &str) -> (&str, &str) {
    let base = name.trim_start_matches('.');
    let hidden = name.len() - base.len();
    match base.rfind('.') {
        Some(at) => name.split_at(hidden + at),
        None => (name, ""),
    }
}

/// A path in the shortest form, as `pathlib` keeps it: no doubled slashes, no `.` parts.
pub fn tidy(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    format!("{root}{}", parts.join("/"))
}

/// A path without `..`, as `os.path.normpath` makes it.
pub fn normal(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else if part != ".." || root.is_empty() {
            parts.push(part);
        }
    }
    let path = format!("{root}{}", parts.join("/"));
    if path.is_empty() { ".".to_owned() } else { path }
}
