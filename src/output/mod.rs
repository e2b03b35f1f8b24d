//! Reports as text: one file per format; all of them write to whatever they are given.

pub mod azure;
pub mod concise;
mod excerpt;
pub mod found;
pub mod full;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod markdown;
mod own;
mod paths;
mod pods;
pub mod rdjson;
pub mod sarif;
mod summary;

use std::io;

pub use found::Run;
pub use own::is_own;
pub use paths::{Paths, display_path, shown_path};
pub use pods::{Rendered, write_json, write_yaml};
pub use summary::{Stale, Summary};

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
    /// How many fields they have, and how many of these are known.
    pub fields: (usize, usize),
    /// Whether podlint wrote it: then it is no input.
    pub is_own: bool,
}

impl Checked {
    /// A file with its report. Of what was found only the findings are kept, and of a clean file not even the text, so
    /// that a run over many files needs the memory of few.
    #[must_use]
    pub fn new(source: SourceFile, mut report: Report) -> Self {
        let (templates, dynamic) = report.template_counts();
        let fields = report.field_counts();
        report.documents = Vec::new();
        report.silenced = Vec::new();
        let source =
            if report.diagnostics.is_empty() { SourceFile::new(source.path, source.language, "") } else { source };
        Self { source, report, templates, dynamic, fields, is_own: false }
    }

    /// The same with no more of the text than is shown: enough for a report, too little for `--fix`.
    #[must_use]
    pub fn excerpt(mut self) -> Self {
        self.source = excerpt::excerpt(&self.source, &mut self.report);
        self
    }

    /// The findings as people read them: one that concerns several fields by the same text is shown once.
    pub fn shown(&self) -> impl Iterator<Item = &Diagnostic> {
        self.report.diagnostics.iter().enumerate().filter(|(index, _)| self.is_shown(*index)).map(|(_, found)| found)
    }

    /// Whether a finding is for people to read: it is new, and says something that none just before it said.
    #[must_use]
    pub fn is_shown(&self, index: usize) -> bool {
        self.report.diagnostics.get(index).is_some_and(|found| !found.origin.known) && self.is_first(index)
    }

    /// Whether a finding says something that none just before it said.
    #[must_use]
    pub fn is_first(&self, index: usize) -> bool {
        let same =
            |a: &Diagnostic, b: &Diagnostic| (a.location, a.rule, &a.message) == (b.location, b.rule, &b.message);
        let all = &self.report.diagnostics;
        let Some(found) = all.get(index) else { return false };
        !all.iter().take(index).rev().take(8).any(|earlier| same(earlier, found))
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
    /// The same, one document a line.
    JsonLines,
    /// For code scanning.
    Sarif,
    /// Annotations in GitHub's workflows.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// For build servers that show test results.
    Junit,
    /// Issues in Azure Pipelines.
    Azure,
    /// For reviewdog.
    Rdjson,
    /// A table for summaries of jobs.
    Markdown,
}

/// How to write a report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether to use terminal colours.
    pub color: bool,
    /// Whether to leave the summary out.
    pub quiet: bool,
    /// Whether to count findings by rule.
    pub statistics: bool,
    /// Whether the names of rules lead to their pages, on terminals that show such links.
    pub links: bool,
}

/// The version of all JSON that podlint writes; `docs/json.md` says what each changed.
pub const JSON_VERSION: u32 = 2;

/// Writes the report of a run.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, format: Format, run: &Run<'_>, style: Style) -> io::Result<()> {
    match format {
        Format::Json => return json::write(out, run),
        Format::JsonLines => return json::write_lines(out, run),
        Format::Sarif => return sarif::write(out, run),
        Format::Github => return github::write(out, run),
        Format::Gitlab => return gitlab::write(out, run),
        Format::Junit => return junit::write(out, run),
        Format::Azure => return azure::write(out, run),
        Format::Rdjson => return rdjson::write(out, run),
        Format::Markdown => return markdown::write(out, run),
        Format::Full => full::write(out, &run.shown(), style)?,
        Format::Concise => concise::write(out, &run.shown())?,
    }
    if style.statistics {
        run.summary.write_statistics(out)?;
    }
    if !style.quiet {
        run.summary.write_stale(out)?;
        writeln!(out, "{}", run.summary)?;
        if run.summary.partly_checked > 0 {
            writeln!(out, "To check templated files fully: helm template … | podlint check -")?;
        }
        if format == Format::Full
            && let Some(rule) = run.first_rule()
        {
            writeln!(out, "What a rule finds and why: podlint explain {rule}")?;
        }
    }
    Ok(())
}
