//! The standard library, by modules.

mod containers;
mod contexts;
mod copying;
mod counter;
mod deque;
mod environment;
pub mod files;
pub mod functools;
pub mod itertools;
mod json;
mod mathematics;
mod operators;
mod paths;
mod places;
mod regex;
pub mod system;
mod words;
mod yaml;

use super::super::evaluate::{Evaluator, NativeFunction, NativeMethod};
use super::super::value::{Value, ValueKind};
use crate::tree::Location;

/// The function or class at a dotted path.
pub fn function(path: &str) -> Option<NativeFunction> {
    let (module, name) = path.split_once('.')?;
    match module {
        "functools" => functools::function(name),
        "itertools" => itertools::function(name),
        "collections" => containers::function(name),
        "operator" | "_operator" => operators::function(name),
        "copy" => copying::function(name),
        "contextlib" => contexts::function(name),
        "json" => json::function(name),
        "re" => regex::function(name),
        "yaml" => yaml::function(name),
        "math" => mathematics::function(name),
        "io" if name == "open" => Some(files::open),
        "os" | "posixpath" | "pathlib" => environment::function(path).or_else(|| paths::function(path)),
        "string" | "textwrap" | "shlex" | "base64" | "inspect" => words::function(path),
        _ => system::function(path),
    }
}

/// A method of an instance of a class of the library, or an operator of a value of it.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    if kind == "os.environ" {
        return environment::method(name);
    }
    match kind {
        "PosixPath" => return paths::method(name),
        "TextIOWrapper" => return files::method(name),
        _ => {}
    }
    functools::method(kind, name)
        .or_else(|| containers::method(kind, name))
        .or_else(|| operators::method(kind, name))
        .or_else(|| regex::method(kind, name))
        .or_else(|| words::method(kind, name))
        .or_else(|| system::method(kind, name))
}

/// The value of an attribute of a library that is not a function.
pub fn constant(evaluator: &mut Evaluator<'_>, path: &str, at: Location) -> Option<Value> {
    let (module, name) = path.split_once('.')?;
    match module {
        "re" => regex::flag(name).map(|number| evaluator.int(number, at)),
        "math" => mathematics::constant(name).map(|number| Value::new(ValueKind::Float(number), at)),
        "string" | "os" if words::constant(path).is_some() => words::constant(path).map(|text| Value::text(text, at)),
        _ => system::constant(evaluator, path, at),
    }
}

/// An attribute of an instance of a class of the library.
pub fn attribute(evaluator: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Value> {
    paths::attribute(evaluator, value, name, at)
}
