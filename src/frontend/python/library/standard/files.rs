//! Files: what they hold is read where they lie beside the code.

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::super::value::Value;

/// `open(path)`.
pub fn open(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}

/// What reading an open file gives.
///
/// # Errors
/// Where it is not known.
pub fn text_of_file(evaluator: &mut Evaluator<'_>, _file: &Value, call: &Call) -> Result<Value, Failure> {
    Err(evaluator.not_modelled(call))
}
