//! `itertools`: which function is where.

mod eager;
mod lazy;

pub use lazy::{first_accumulated, next};

use super::super::super::evaluate::NativeFunction;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "chain" => lazy::chain,
        "chain.from_iterable" => lazy::from_iterable,
        "count" => lazy::count,
        "repeat" => lazy::repeat,
        "cycle" => lazy::cycle,
        "islice" => lazy::islice,
        "takewhile" | "dropwhile" | "filterfalse" => lazy::while_passing,
        "starmap" => lazy::starmap,
        "accumulate" => lazy::accumulate,
        "product" => eager::product,
        "permutations" | "combinations" | "combinations_with_replacement" => eager::chosen,
        "zip_longest" => eager::zip_longest,
        "pairwise" => eager::pairwise,
        "batched" => eager::batched,
        "compress" => eager::compress,
        "groupby" => eager::groupby,
        "tee" => eager::tee,
        _ => return None,
    })
}
