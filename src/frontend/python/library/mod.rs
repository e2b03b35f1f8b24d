//! Python's builtins and standard library, as tables from paths to functions.

mod classes;

pub use classes::{attribute, construct, define_class, instantiate};

use super::evaluate::{Evaluator, Failure, NativeFunction, NativeMethod};
use super::value::{ObjectId, Slot, Value};
use crate::tree::Location;

/// The function or class at a dotted path: `builtins.len`, `os.path.join`.
pub fn function(path: &str) -> Option<NativeFunction> {
    classes::function(path)
}

/// A method of a builtin type: `("str", "join")`.
pub fn method(_kind: &str, _name: &str) -> Option<NativeMethod> {
    None
}

/// The value of an attribute of a library that is not a function: `math.pi`.
pub fn constant(_evaluator: &mut Evaluator<'_>, _path: &str, _at: Location) -> Option<Value> {
    None
}

/// The next element of an iterator of the library: `Ok(None)` at its end.
pub fn next(
    _evaluator: &mut Evaluator<'_>,
    _id: ObjectId,
    _name: &'static str,
    _at: Location,
) -> Result<Option<Slot>, Failure> {
    Ok(None)
}
