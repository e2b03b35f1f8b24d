//! Applying fixes to a text: which edits go together, and when they have settled.

use crate::config::Settings;
use crate::diagnostic::{Applicability, Change, Fix};
use crate::document::Document;
use crate::frontend;
use crate::frontend::python::source::notebook;
use crate::lint::lint_in;
use crate::report::Report;
use crate::source::{Modules, SourceFile};
use crate::text::{Edit, apply};
use crate::tree::FileId;

/// How often a fixed file is fixed again; fixes settle in one or two rounds.
const ROUNDS: usize = 10;

/// A file after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The file with its new text.
    pub source: SourceFile,
    /// What is still found in it.
    pub report: Report,
    /// How many findings were fixed.
    pub count: usize,
}

/// Applies fixes until none is left; `None` where there is none to apply.
#[must_use]
pub fn fix(
    source: &SourceFile,
    report: &Report,
    settings: &Settings,
    modules: &dyn Modules,
    applicability: Applicability,
) -> Option<Fixed> {
    let broken = |report: &Report| report.diagnostics.iter().filter(|found| found.rule == "syntax-error").count();
    let before = broken(report);
    let mut result: Option<Fixed> = None;
    for _ in 0..ROUNDS {
        let (source, report) = result.as_ref().map_or((source, report), |fixed| (&fixed.source, &fixed.report));
        let Some((text, count)) = fix_once(source, report, settings, applicability) else { break };
        let source = SourceFile::new(source.path.clone(), source.language, text);
        let report = lint_in(&source, settings, modules);
        // A fix that breaks the file is a defect of ours; the file stays as it was.
        if broken(&report) > before {
            break;
        }
        let total = count + result.map_or(0, |fixed| fixed.count);
        result = Some(Fixed { source, report, count: total });
    }
    result
}

/// The text with one round of fixes, and how many were made.
fn fix_once(
    source: &SourceFile,
    report: &Report,
    settings: &Settings,
    applicability: Applicability,
) -> Option<(String, usize)> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut count = 0;
    for diagnostic in &report.diagnostics {
        let fitting = |fix: &&Fix| fix.applicability <= applicability && !fix.edits.is_empty();
        let Some(fix) = diagnostic.fixes.iter().find(fitting) else { continue };
        let known = fix.edits.iter().all(|edit| edits.contains(edit));
        let clash = fix.edits.iter().any(|edit| edits.iter().any(|other| clashes(edit, other)));
        if known {
            count += 1;
        } else if !clash {
            edits.extend(fix.edits.iter().cloned());
            count += 1;
        }
    }
    apply_edits(source, report, &edits, settings).map(|text| (text, count))
}

/// The edits of a text that make changes to one of its documents; `None` where it does not allow them.
#[must_use]
pub fn edits_of_changes(source: &SourceFile, document: &Document, changes: &[Change]) -> Option<Vec<Edit>> {
    frontend::lower(source, document, changes).filter(|edits| !edits.is_empty())
}

/// The text of a file with edits of what its report speaks of; `None` where there are none, or they do not go together.
#[must_use]
pub fn apply_edits(source: &SourceFile, report: &Report, edits: &[Edit], settings: &Settings) -> Option<String> {
    match &report.view {
        _ if edits.is_empty() => None,
        Some(view) => notebook::apply_edits(source, view, edits, settings),
        None => apply(&report.source(source, FileId::MAIN).text, edits).ok(),
    }
}

/// Whether two edits touch the same text, or insert at the same place.
fn clashes(a: &Edit, b: &Edit) -> bool {
    a.span.overlaps(b.span) || a.span.contains(b.span) || b.span.contains(a.span)
}
