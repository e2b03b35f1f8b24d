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
mod operators;
mod regex;

use super::super::evaluate::{Evaluator, NativeFunction, NativeMethod};
use super::super::value::Value;
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
        "os" => environment::function(path),
        _ => None,
    }
}

/// A method of an instance of a class of the library, or an operator of a value of it.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    if kind == "os.environ" {
        return environment::method(name);
    }
    functools::method(kind, name)
        .or_else(|| containers::method(kind, name))
        .or_else(|| operators::method(kind, name))
        .or_else(|| regex::method(kind, name))
}

/// The value of an attribute of a library that is not a function.
pub fn constant(evaluator: &mut Evaluator<'_>, path: &str, at: Location) -> Option<Value> {
    let (module, name) = path.split_once('.')?;
    match module {
        "re" => regex::flag(name).map(|number| evaluator.int(number, at)),
        _ => None,
    }
}
