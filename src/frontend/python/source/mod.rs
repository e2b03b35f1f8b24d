//! From text to syntax: the modules of a program and what is known of them before anything is evaluated. Knows no values.

mod analysis;
mod bindings;
pub mod comment_ranges;
mod imported_names;
mod imports;
mod mentions;
mod nesting_scan;
pub mod notebook;
pub mod parse;
mod program;
mod relevance;

pub use analysis::Analysis;
pub use bindings::name_bound_by;
pub use imports::{concerns_templates, may_hold_template};
pub use mentions::concerns_templates as body_concerns_templates;
pub use parse::{Syntax, TooDeep, parse};
pub use program::{Module, Program};

use ruff_text_size::TextRange;

use crate::text::Span;

/// The bytes of a range.
#[must_use]
pub fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}
