//! The standard library, by modules.

mod configparser;
mod containers;
mod contexts;
mod copying;
mod counter;
mod csv;
mod deque;
mod dispatching;
mod durations;
mod environment;
pub mod files;
pub mod folders;
pub mod functools;
pub mod itertools;
mod json;
mod json_reading;
mod mathematics;
mod operators;
mod ordered;
mod paths;
mod places;
mod regex;
mod regex_matches;
mod resources;
pub mod system;
mod toml;
pub mod types;
mod urls;
mod versions;
mod words;
mod yaml;
mod yaml_scalars;

use super::super::evaluate::{Evaluator, NativeFunction, NativeMethod};
use super::super::value::{Value, ValueKind};
use crate::tree::Location;

/// The function or class at a dotted path.
pub fn function(path: &str) -> Option<NativeFunction> {
    let (module, name) = path.split_once('.')?;
    match module {
        "functools" => functools::function(name),
        "itertools" => itertools::function(name),
        "collections" => match name {
            "Counter" => Some(counter::counter as NativeFunction),
            "deque" => Some(deque::deque),
            _ => containers::function(name),
        },
        "operator" | "_operator" => operators::function(name),
        "copy" => copying::function(name),
        "contextlib" => contexts::function(name),
        "json" => json::function(name),
        "re" => regex::function(name),
        "yaml" => yaml::function(name),
        "tomllib" | "tomli" => toml::function(name),
        "math" => mathematics::function(name),
        "csv" => csv::function(name),
        "configparser" => configparser::function(name),
        "datetime" => durations::function(name),
        "bisect" | "heapq" | "statistics" => ordered::function(path),
        "urllib" => urls::function(path),
        "importlib" if name.starts_with("resources.") => resources::function(name.get(10..)?),
        "importlib_resources" => resources::function(name),
        "io" if name == "open" => Some(files::open),
        "io" if name == "StringIO" => Some(files::string_io),
        "glob" => folders::function(path),
        "os" if name == "listdir" => folders::function(path),
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
        "version_info" if matches!(name, "__lt__" | "__le__" | "__gt__" | "__ge__") => {
            return Some(versions::compare_version);
        }
        "TextIOWrapper" | "BufferedReader" | "StringIO" => return files::method(name),
        _ => {}
    }
    functools::method(kind, name)
        .or_else(|| match kind {
            "Counter" => counter::method(name),
            "deque" => deque::method(name),
            _ => containers::method(kind, name),
        })
        .or_else(|| operators::method(kind, name))
        .or_else(|| regex::method(kind, name))
        .or_else(|| words::method(kind, name))
        .or_else(|| csv::method(kind, name))
        .or_else(|| configparser::method(kind, name))
        .or_else(|| durations::method(kind, name))
        .or_else(|| urls::method(kind, name))
        .or_else(|| types::method(kind, name))
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
