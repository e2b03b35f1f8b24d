//! From bytes to text: what cannot be read as UTF-8 becomes a finding with a place.

use std::io::{self, Read as _};
use std::path::Path;

use super::Project;
use crate::diagnostic::{Authority, Diagnostic, Origin, Severity};
use crate::frontend::is_irrelevant;
use crate::lint::lint_in;
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
    let metadata = std::fs::metadata(path)?;
    // What became a pipe since it was found would be waited for without end.
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let limit = project.file_size_limit(path);
    let mut bytes = Vec::new();
    if metadata.len() <= limit {
        read(std::fs::File::open(path)?, metadata.len(), limit, &mut bytes)?;
    }
    // It may have grown since.
    let size = metadata.len().max(bytes.len() as u64);
    match over_limit(path, size, project) {
        Some(report) => Ok((SourceFile::new(path, language, String::new()), report)),
        None => Ok(lint_bytes(path, language, bytes, project)),
    }
}

/// What is said of a file, or of a text in an editor, that is larger than the configuration allows.
#[must_use]
pub fn over_limit(path: &Path, size: u64, project: &Project) -> Option<Report> {
    let limit = project.file_size_limit(path);
    let message = format!("not checked: {size} bytes are more than `limits.file-size` ({limit})");
    (size > limit).then(|| refusal("limit-exceeded", message, Span::at(0)))
}

/// Reads all of a file, or one byte more than is allowed.
fn read(file: std::fs::File, expected: u64, limit: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let size = usize::try_from(expected).unwrap_or_default();
    // Most files are as long as was said: then a short answer tells the end, and saves asking again.
    bytes.resize(size + 1, 0);
    let first = (&file).read(bytes)?;
    bytes.truncate(first);
    if first != size {
        file.take(limit.saturating_add(1).saturating_sub(first as u64)).read_to_end(bytes)?;
    }
    Ok(())
}

/// Checks what was read.
#[must_use]
pub fn lint_bytes(path: &Path, language: Language, bytes: Vec<u8>, project: &Project) -> Linted {
    if let Some(encoding) = other_encoding(&bytes) {
        let message = format!("not checked: this is {encoding}, and only UTF-8 is read");
        return refused(path, language, String::new(), "unreadable-text", message, Span::at(0));
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            let source = SourceFile::new(path, language, text);
            // Most Python files make no template; what settings hold for them does not matter.
            if is_irrelevant(language, path, &source.text, &project.modules) {
                return (source, Report::default());
            }
            let report = lint_in(&source, &project.settings(path, language, &source.text), &project.modules);
            (source, report)
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let message = format!("not checked: byte {valid} is not UTF-8");
            let span = Span::from_range(valid..valid + char::REPLACEMENT_CHARACTER.len_utf8());
            refused(path, language, text, "unreadable-text", message, span)
        }
    }
}

/// The encoding of a text that is plainly not UTF-8, or of no text at all.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Some("UTF-16"),
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    if half >= 2 && (zeros(0) > half * 3 / 4) != (zeros(1) > half * 3 / 4) {
        return Some("UTF-16 without a byte order mark");
    }
    head.contains(&0).then_some("binary data")
}

fn refused(path: &Path, language: Language, text: String, rule: &'static str, message: String, span: Span) -> Linted {
    (SourceFile::new(path, language, text), refusal(rule, message, span))
}

fn refusal(rule: &'static str, message: String, span: Span) -> Report {
    let diagnostic = Diagnostic {
        rule,
        severity: Severity::Error,
        authority: Authority::Practice,
        message,
        location: span.into(),
        path: String::new(),
        help: None,
        labels: Vec::new(),
        fixes: Vec::new(),
        origin: Origin::default(),
    };
    Report { diagnostics: vec![diagnostic], ..Report::default() }
}
