//! Applying fixes: which edits go together, and how a file is replaced.

use std::io::{self, Write as _};
use std::path::Path;

use similar::TextDiff;

use crate::config::Settings;
use crate::diagnostic::{Applicability, Fix};
use crate::frontend::python::notebook;
use crate::lint::lint_in;
use crate::output::{Checked, display_path};
use crate::report::Report;
use crate::source::{Modules, SourceFile};
use crate::text::{Edit, apply};
use crate::tree::FileId;

/// How often a fixed file is fixed again; fixes settle in one or two rounds.
const ROUNDS: usize = 10;

/// A file after its fixes.
pub struct Fixed {
    /// The new text.
    pub text: String,
    /// What is still found in it.
    pub checked: Checked,
    /// How many findings were fixed.
    pub count: usize,
}

/// Applies fixes until none is left; `None` where there is none to apply.
pub fn fix(
    checked: &Checked,
    settings: &Settings,
    modules: &dyn Modules,
    applicability: Applicability,
) -> Option<Fixed> {
    let broken = |report: &Report| report.diagnostics.iter().filter(|found| found.rule == "syntax-error").count();
    let before = broken(&checked.report);
    let mut result: Option<Fixed> = None;
    for _ in 0..ROUNDS {
        let current = result.as_ref().map_or(checked, |fixed| &fixed.checked);
        let Some((text, count)) = fix_once(current, settings, applicability) else { break };
        let source = SourceFile::new(current.source.path.clone(), current.source.language, text.clone());
        let report = lint_in(&source, settings, modules);
        // A fix that breaks the file is a defect of ours; the file stays as it was.
        if broken(&report) > before {
            break;
        }
        let total = count + result.map_or(0, |fixed| fixed.count);
        result = Some(Fixed { text, checked: Checked::new(source, report), count: total });
    }
    result
}

/// The text with one round of fixes, and how many were made.
fn fix_once(checked: &Checked, settings: &Settings, applicability: Applicability) -> Option<(String, usize)> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut count = 0;
    for diagnostic in &checked.report.diagnostics {
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
    let text = match &checked.report.view {
        _ if edits.is_empty() => None,
        Some(view) => notebook::apply_edits(&checked.source, view, &edits, settings),
        None => apply(&checked.report.source(&checked.source, FileId::MAIN).text, &edits).ok(),
    };
    text.map(|text| (text, count))
}

/// Whether two edits touch the same text, or insert at the same place.
fn clashes(a: &Edit, b: &Edit) -> bool {
    a.span.overlaps(b.span) || a.span.contains(b.span) || b.span.contains(a.span)
}

/// Replaces a file's text in one step: readers see the old text or the new one, and a full disk leaves the old one.
///
/// # Errors
/// When the file changed since it was read, or the system refuses.
pub fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let real = std::fs::canonicalize(path)?;
    if std::fs::read(&real)? != old.as_bytes() {
        return Err(io::Error::other("it was changed while it was being checked"));
    }
    let folder = real.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&real)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&real).map_err(|error| error.error)?;
    Ok(())
}

/// Writes the change as a unified diff.
///
/// # Errors
/// When the writer fails.
pub fn write_diff(out: &mut dyn io::Write, path: &Path, old: &str, new: &str) -> io::Result<()> {
    let name = display_path(path);
    write!(out, "{}", TextDiff::from_lines(old, new).unified_diff().header(&name, &name))
}
