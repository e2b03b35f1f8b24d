//! The outcome of a check: findings in order, each once, and what was looked at.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{FileId, Location};

/// What `lint` says of one file.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings by place; no two alike.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that comments, annotations or exemptions silence.
    pub silenced: Vec<Diagnostic>,
    /// Comments in modules that silenced something here.
    pub used_suppressions: Vec<(FileId, Span)>,
    /// The pod templates that were found.
    pub documents: Vec<Document>,
    /// The text that spans refer to where it is not the text on disk (a notebook's cells as one module).
    pub view: Option<Arc<SourceFile>>,
    /// Modules that the file imports from: file 1, 2, ….
    pub modules: Vec<Arc<SourceFile>>,
    /// Whether the text is a template of which only a part could be checked.
    pub is_partial: bool,
    /// Where secrets are written in plain text: outputs that show source lines leave them out.
    pub secrets: Vec<Location>,
}

impl Report {
    /// Sorts by place, drops repeats, and sees to it that what is said stays on one line.
    pub fn normalise(&mut self) {
        self.diagnostics.iter_mut().for_each(Diagnostic::make_safe);
        self.diagnostics.sort_by(|a, b| a.identity().cmp(&b.identity()));
        self.diagnostics.dedup_by(|a, b| a.identity() == b.identity());
    }

    /// The text that a place refers to; `main` is the file that was checked.
    #[must_use]
    pub fn source<'a>(&'a self, main: &'a SourceFile, file: FileId) -> &'a SourceFile {
        match file.0.checked_sub(1) {
            None => self.view.as_deref().unwrap_or(main),
            Some(index) => self.modules.get(index as usize).map_or(main, |module| &**module),
        }
    }

    /// How many templates were found, and how many of them are only partly known.
    #[must_use]
    pub fn template_counts(&self) -> (usize, usize) {
        (self.documents.len(), self.documents.iter().filter(|document| document.is_partly_dynamic()).count())
    }

    /// How many fields the templates have, and how many of these are known.
    #[must_use]
    pub fn field_counts(&self) -> (usize, usize) {
        self.documents
            .iter()
            .map(|document| document.root.count_known())
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}
