//! Reports as text: one file per format; all of them write to whatever they are given.

pub mod concise;
pub mod full;
pub mod json;
mod pods;
mod summary;

use std::io;

pub use pods::{Rendered, write_json, write_yaml};
pub use summary::Summary;

use crate::diagnostic::Diagnostic;
use crate::report::Report;
use crate::source::SourceFile;

/// A file that was checked, with what was found.
#[derive(Debug)]
pub struct Checked {
    /// The file.
    pub source: SourceFile,
    /// Its report.
    pub report: Report,
    /// How many pod templates it holds.
    pub templates: usize,
    /// How many of them are partly dynamic.
    pub dynamic: usize,
}

impl Checked {
    /// A file with its report. Of what was found only the findings are kept, and of a clean file not even the text, so
    /// that a run over many files needs the memory of few.
    #[must_use]
    pub fn new(source: SourceFile, mut report: Report) -> Self {
        let (templates, dynamic) = report.template_counts();
        report.documents = Vec::new();
        let source =
            if report.diagnostics.is_empty() { SourceFile::new(source.path, source.language, "") } else { source };
        Self { source, report, templates, dynamic }
    }

    /// The findings as people read them: one that concerns several fields by the same text is shown once.
    pub fn shown(&self) -> impl Iterator<Item = &Diagnostic> {
        let same =
            |a: &Diagnostic, b: &Diagnostic| (a.location, a.rule, &a.message) == (b.location, b.rule, &b.message);
        let all = &self.report.diagnostics;
        all.iter()
            .enumerate()
            .filter(move |(index, found)| !all.iter().take(*index).rev().take(8).any(|earlier| same(earlier, found)))
            .map(|(_, found)| found)
    }
}

/// The formats of `podlint check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With source lines, for people.
    Full,
    /// One line a finding.
    Concise,
    /// For programs: `docs/json.md`.
    Json,
}

/// How to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use terminal colours.
    pub color: bool,
    /// Whether to leave the summary out.
    pub quiet: bool,
    /// Whether to count findings by rule.
    pub statistics: bool,
}

/// Writes the report of a run.
///
/// # Errors
/// When the writer fails.
pub fn write(
    out: &mut dyn io::Write,
    format: Format,
    files: &[Checked],
    summary: &Summary,
    style: Style,
) -> io::Result<()> {
    match format {
        Format::Json => return json::write(out, files, summary),
        Format::Full => files.iter().try_for_each(|file| full::write(out, file, style.color))?,
        Format::Concise => files.iter().try_for_each(|file| concise::write(out, file))?,
    }
    if style.statistics {
        summary.write_statistics(out)?;
    }
    if !style.quiet {
        writeln!(out, "{summary}")?;
    }
    Ok(())
}

/// A path as a user would type it: forward slashes, no leading `./`.
#[must_use]
pub fn display_path(path: &std::path::Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
