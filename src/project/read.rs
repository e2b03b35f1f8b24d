//! From bytes to text: what cannot be read as UTF-8 becomes a finding with a place.

use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Project;
use super::encoding::decode;
use super::open::read_bytes;
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::frontend::{is_irrelevant, may_hold_template};
use crate::lint::{failed_check, lint_in};
use crate::report::Report;
use crate::source::{Language, SourceFile};
use crate::text::Span;

/// A file and what was found in it, its templates included.
pub type Linted = (SourceFile, Report);

/// Reads and checks one file.
///
/// # Errors
/// When the system cannot read it.
pub fn lint_file(path: &Path, language: Language, project: &Project) -> io::Result<Linted> {
    let limit = project.file_size_limit(path);
    match read_bytes(path, limit) {
        Ok(bytes) => {
            // What is looked up around the file can fail as well as its check.
            let outcome = catch_unwind(AssertUnwindSafe(|| lint_bytes(path, language, bytes, project)));
            let failed = || Report { diagnostics: vec![failed_check()], ..Report::default() };
            Ok(outcome.unwrap_or_else(|_| (SourceFile::new(path, language, String::new()), failed())))
        }
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            let size = std::fs::metadata(path)?.len().max(limit.saturating_add(1));
            let report = over_limit(path, size, project).unwrap_or_default();
            Ok((SourceFile::new(path, language, String::new()), report))
        }
        Err(error) => Err(error),
    }
}

/// What is said of a file, or of a text in an editor, that is larger than the configuration allows.
#[must_use]
pub fn over_limit(path: &Path, size: u64, project: &Project) -> Option<Report> {
    let limit = project.file_size_limit(path);
    let message = format!("not checked: {size} bytes are more than `limits.file-size` ({limit})");
    (size > limit).then(|| refusal("limit-exceeded", message, Span::at(0)))
}

/// Checks what was read.
#[must_use]
pub fn lint_bytes(path: &Path, language: Language, bytes: Vec<u8>, project: &Project) -> Linted {
    let (text, problem) = match decode(bytes, language) {
        Ok(text) => (text, None),
        Err(unreadable) => (unreadable.text, Some((unreadable.message, unreadable.span))),
    };
    // Most Python files make no template; what settings hold for them does not matter, nor how they are encoded.
    if is_irrelevant(language, path, &text, &project.modules) {
        return (SourceFile::new(path, language, text), Report::default());
    }
    let settings = project.settings(path, language, &text);
    match problem {
        None => {
            let source = SourceFile::new(path, language, text);
            let report = lint_in(&source, &settings, &project.modules);
            (source, report)
        }
        Some((message, span)) if may_hold_template(language, &text, &settings) => {
            refused(path, language, text, "unreadable-text", message, span)
        }
        Some(_) => (SourceFile::new(path, language, String::new()), Report::default()),
    }
}

fn refused(path: &Path, language: Language, text: String, rule: &'static str, message: String, span: Span) -> Linted {
    (SourceFile::new(path, language, text), refusal(rule, message, span))
}

fn refusal(rule: &'static str, message: String, span: Span) -> Report {
    let diagnostic = Diagnostic::new(rule, Severity::Error, Authority::Practice, message, span.into());
    Report { diagnostics: vec![diagnostic], ..Report::default() }
}
