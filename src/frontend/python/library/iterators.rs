//! The iterators of the library, by their names.

use super::super::evaluate::{Evaluator, Failure, Step};
use super::super::value::ObjectId;
use super::builtins::iteration;
use super::methods::view_next;
use super::standard::itertools;
use crate::tree::Location;

/// The next of an iterator of the library.
pub fn next(evaluator: &mut Evaluator<'_>, id: ObjectId, name: &'static str, at: Location) -> Result<Step, Failure> {
    if !evaluator.charge(1) {
        return Err(Failure::Stop);
    }
    match name {
        "view" => view_next(evaluator, id, at),
        "enumerate" => iteration::enumerate_next(evaluator, id, at),
        "zip" => iteration::zip_next(evaluator, id, false, at),
        "zip strict" => iteration::zip_next(evaluator, id, true, at),
        "map" => iteration::map_next(evaluator, id, at),
        "filter" => iteration::filter_next(evaluator, id, true, at),
        "filterfalse" => iteration::filter_next(evaluator, id, false, at),
        "accumulate from" => Ok(itertools::first_accumulated(evaluator, id, at)),
        name => itertools::next(evaluator, id, name, at),
    }
}
