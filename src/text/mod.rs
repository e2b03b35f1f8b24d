//! Positions in text: spans, lines and edits; knows nothing of YAML, Python or Kubernetes.

mod edit;
mod line_index;
mod near;
mod nesting;
mod safe;
mod span;

pub use edit::{Edit, EditError, apply};
pub use line_index::{Characters, LineColumn, LineIndex};
pub use near::{MAX_SUGGESTIONS, Suggestions, nearest};
pub use nesting::{enclosing, first_related};
pub use safe::{acts, head, one_line, same_offsets, shortened};
pub use span::Span;
