//! The Kubernetes client and the SDKs of Flyte, as tables.

use super::evaluate::{Call, Evaluator, Outcome};
use super::value::{ObjectId, Slot, Value};
use crate::tree::Location;

/// What a dotted path of an SDK means.
pub fn resolve(_path: &str, _at: Location) -> Option<Value> {
    None
}

/// An attribute of an object of an SDK or the client.
pub fn attribute(_evaluator: &mut Evaluator<'_>, _value: &Value, _name: &str, _at: Location) -> Option<Outcome> {
    None
}

/// Makes an object of a class of an SDK or the client.
pub fn construct(_evaluator: &mut Evaluator<'_>, _call: &Call) -> Option<Outcome> {
    None
}

/// Sees each call before it is made.
pub fn observe_call(_evaluator: &mut Evaluator<'_>, _call: &Call) {}

/// What a decorator of an SDK makes of a function or class.
pub fn decorate(
    _evaluator: &mut Evaluator<'_>,
    _decorator: &Value,
    _decorated: &Value,
    _at: Location,
) -> Option<Outcome> {
    None
}

/// Sees an attribute of an object set.
pub fn assign(
    _evaluator: &mut Evaluator<'_>,
    _object: ObjectId,
    _name: &str,
    _name_at: Location,
    _slot: &Slot,
) -> bool {
    false
}

/// Whether a function of a library surely leaves what it is given as it is.
pub fn is_harmless(_path: &str) -> bool {
    false
}

/// The public names of a library's module.
pub fn names_of(_module: &str) -> Vec<&'static str> {
    Vec::new()
}
