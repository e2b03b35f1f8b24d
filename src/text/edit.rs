//! Replacements of text, applied together.

use super::Span;

/// Replaces the text under `span` by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

impl Edit {
    /// Puts `replacement` in the place of `span`.
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// Puts `text` before the byte at `offset`.
    pub fn insert(offset: u32, text: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), text)
    }

    /// Takes the text under `span` away.
    #[must_use]
    pub fn delete(span: Span) -> Self {
        Self::replace(span, String::new())
    }
}

/// Why a set of edits cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits touch the same bytes.
    Overlap,
    /// An edit lies outside the text or within a character.
    OutOfBounds,
}

/// Applies `edits` to `text`; the order of the edits does not matter.
///
/// # Errors
/// When two edits overlap, or one does not fit the text: then nothing is applied.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort();
    ordered.dedup();
    let mut result = String::with_capacity(text.len());
    let mut position = 0;
    for edit in ordered {
        let range = edit.span.range();
        if range.start < position {
            return Err(EditError::Overlap);
        }
        result.push_str(text.get(position..range.start).ok_or(EditError::OutOfBounds)?);
        text.get(range.clone()).ok_or(EditError::OutOfBounds)?;
        result.push_str(&edit.replacement);
        position = range.end;
    }
    result.push_str(text.get(position..).ok_or(EditError::OutOfBounds)?);
    Ok(result)
}
