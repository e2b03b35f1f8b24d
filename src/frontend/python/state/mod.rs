//! Everything that an evaluation changes, with one owner: objects and variables, what holds on the way that is being followed,
//! and what it all may cost. A copy of a [`State`] is cheap; two of them are joined by what they differ in.

mod budget;
mod facts;
mod forget;
mod join;
mod snapshot;
mod store;
mod symbols;

pub use budget::{Budget, MAX_ITEMS, MAX_TEXT};
pub use join::bound as bound_of;
pub use snapshot::State;
pub use symbols::{Operator, SymbolKind, Symbols};
