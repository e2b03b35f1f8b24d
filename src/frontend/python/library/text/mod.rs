//! How Python writes values as text: `str`, `repr`, format specs, `%` and `str.format`.

pub mod format_method;
pub mod percent;
pub mod represent;
pub mod spec;

pub use represent::{repr_of, str_of};
