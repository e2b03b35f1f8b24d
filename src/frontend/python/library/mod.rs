//! Python's builtins and standard library, as tables from paths to functions.

mod arguments;
mod builtins;
mod classes;
#[cfg(test)]
mod growth;
mod iterators;
mod methods;
mod standard;
#[cfg(test)]
mod tests;
mod text;

pub use classes::{assign, construct, define_class, instantiate};
pub use iterators::next;

use super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::value::Value;
use crate::tree::Location;

/// The function or class at a dotted path: `builtins.len`, `os.path.join`.
pub fn function(path: &str) -> Option<NativeFunction> {
    if path.strip_prefix("builtins.").is_some_and(builtins::is_pure) {
        return Some(pure_function);
    }
    plain_function(path)
}

fn plain_function(path: &str) -> Option<NativeFunction> {
    match path.strip_prefix("builtins.") {
        Some(name) => builtins::function(name).or_else(|| methods::unbound(name)).or_else(|| classes::function(path)),
        None => classes::function(path).or_else(|| standard::function(path)),
    }
}

/// A method of a builtin type: `("str", "join")`.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    match methods::method(kind, name) {
        Some(_) if methods::is_pure(kind) => Some(pure_method),
        Some(native) => Some(native),
        None => standard::method(kind, name).or_else(|| classes::method(kind, name)),
    }
}

/// A function that only reads its arguments: one that is one of several is followed each for itself.
fn pure_function(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if let Some(outcome) = arguments::each_way(evaluator, call) {
        return outcome;
    }
    match plain_function(call.name()) {
        Some(native) => native(evaluator, call),
        None => Err(evaluator.opaque(call)),
    }
}

/// The same for methods of texts and numbers.
fn pure_method(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if let Some(outcome) = arguments::each_way(evaluator, call) {
        return outcome;
    }
    let kind = call.receiver.as_ref().map(|receiver| evaluator.type_name(receiver)).unwrap_or_default();
    match methods::method(&kind, call.name()) {
        Some(native) => native(evaluator, call),
        None => Err(evaluator.opaque(call)),
    }
}

/// The value of an attribute of a library that is not a function: `math.pi`.
pub fn constant(evaluator: &mut Evaluator<'_>, path: &str, at: Location) -> Option<Value> {
    standard::constant(evaluator, path, at)
}

pub use standard::system::is_harmless;

/// An attribute of an instance of a class of the standard library.
pub fn own_attribute(evaluator: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Value> {
    standard::attribute(evaluator, value, name, at).or_else(|| classes::own_attribute(evaluator, value, name, at))
}

/// An attribute of a value of a builtin type, or of an instance of a class of the library.
pub fn attribute(evaluator: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Outcome> {
    methods::numbers::attribute(evaluator, value, name, at)
        .map(Ok)
        .or_else(|| classes::attribute(evaluator, value, name, at))
}
