//! Placeholder.

use super::Parsed;
use crate::config::Settings;
use crate::diagnostic::Change;
use crate::document::Document;
use crate::source::SourceFile;
use crate::text::Edit;

/// Reads a file.
#[must_use]
pub fn parse(_source: &SourceFile, _settings: &Settings) -> Parsed {
    Parsed::default()
}

/// Lowers changes.
#[must_use]
pub fn lower(_source: &SourceFile, _document: &Document, _changes: &[Change]) -> Option<Vec<Edit>> {
    None
}
