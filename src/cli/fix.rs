//! `podlint check --fix`: which files are fixed, and what is said of it.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use similar::TextDiff;

use super::arguments::CheckArguments;
use super::replace::{remove_stale, replace};
use crate::diagnostic::{Applicability, Severity};
use crate::fix::{Done, Fixed, fix};
use crate::lint::lint_in;
use crate::output::{Checked, Summary, display_path, shown_path};
use crate::project::{Project, lint_file, reason};
use crate::report::Report;
use crate::source::SourceFile;
use crate::text::same_offsets;

/// Where the changes of a run go.
pub struct Changes<'a> {
    /// The differences are shown, and the files left as they are.
    pub diff: bool,
    /// What the run was asked about.
    pub asked: &'a [PathBuf],
    /// Where they are shown.
    pub out: &'a mut dyn io::Write,
    /// What could not be changed, in sentences.
    pub problems: &'a mut Vec<String>,
}

impl Changes<'_> {
    /// Puts a new text in a file's place, or shows the difference; whether the file has it now. `failure` says what that was to do.
    ///
    /// # Errors
    /// When the difference cannot be shown.
    pub fn make(&mut self, file: &mut Checked, source: SourceFile, report: Report, failure: &str) -> io::Result<bool> {
        let (path, old, new) = (&file.source.path, &file.source.text, &source.text);
        if self.diff {
            return write_diff(self.out, path, old, new).map(|()| false);
        }
        let replaced = if self.is_asked(path) {
            replace(path, old, new)
        } else {
            Err(io::Error::other("it is a link to a file that the run was not asked about"))
        };
        match &replaced {
            Ok(()) => *file = Checked::new(source, report),
            Err(error) => self.problems.push(format!("{failure} `{}`: {}", path.display(), reason(error))),
        }
        Ok(replaced.is_ok())
    }

    /// Whether a file was named, or lies below a folder that was, its links followed.
    fn is_asked(&self, path: &Path) -> bool {
        let Ok(real) = std::fs::canonicalize(path) else { return true };
        let holds = |asked: &PathBuf| std::fs::canonicalize(asked).is_ok_and(|asked| real.starts_with(asked));
        self.asked.iter().any(|asked| asked == path || holds(asked))
    }
}

/// Fixes files in place, or shows the differences; whether there were any. `done` gets a line for each fix.
///
/// # Errors
/// When a difference cannot be shown.
pub fn fix_all(
    files: &mut [Checked],
    arguments: &CheckArguments,
    project: &Project,
    mut changes: Changes<'_>,
    summary: &mut Summary,
    done: &mut Vec<String>,
) -> io::Result<bool> {
    if !arguments.diff {
        let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.source.path.parent()).collect();
        folders.into_iter().for_each(remove_stale);
    }
    let applicability = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mut changed: Vec<PathBuf> = Vec::new();
    let mut any = false;
    for index in 0..files.len() {
        check_again(&mut files[index], project, &changed);
        let file = &files[index];
        let own = project.settings(&file.source.path, file.source.language, &file.source.text);
        let Some(fixed) = fix(&file.source, &file.report, &own, &project.modules, applicability) else { continue };
        if let Some(importer) = broken_importer(files, index, &fixed, project) {
            let (path, importer) = (display_path(&files[index].source.path), display_path(&importer));
            changes
                .problems
                .push(format!("cannot fix `{path}`: `{importer}`, which imports from it, would have more errors"));
            continue;
        }
        any = true;
        let path = files[index].source.path.clone();
        if changes.make(&mut files[index], fixed.source, fixed.report, "cannot fix")? {
            summary.fixed += fixed.done.len();
            done.extend(fixed.done.iter().map(|one| line(&path, one)));
            project.modules.forget(&path);
            changed.push(path);
        }
    }
    Ok(any)
}

/// `train.py:12:9: fixed[undefined-volume] …`, as findings are written on one line.
fn line(path: &Path, done: &Done) -> String {
    let place = &done.place;
    let cell = place.cell.map(|cell| format!(":cell {cell}")).unwrap_or_default();
    let what = match (done.before.as_str(), done.after.as_str()) {
        ("", after) => format!("added `{after}`"),
        (before, "") => format!("removed `{before}`"),
        (before, after) => format!("`{before}` → `{after}`"),
    };
    format!("{}{cell}:{}:{}: fixed[{}] {what}", shown_path(path), place.at.line, place.at.column, done.rule)
}

/// Checks a file again when a module that it imports from was changed since.
fn check_again(file: &mut Checked, project: &Project, changed: &[PathBuf]) {
    if changed.is_empty() || !file.report.modules.iter().any(|module| changed.contains(&module.path)) {
        return;
    }
    if let Ok((source, report)) = lint_file(&file.source.path, file.source.language, project) {
        *file = Checked::new(source, report);
    }
}

/// A file that imports from a file to fix, and would get errors from the fixes.
fn broken_importer(files: &[Checked], index: usize, fixed: &Fixed, project: &Project) -> Option<PathBuf> {
    let path = &files.get(index)?.source.path;
    let imports = |file: &&Checked| file.report.modules.iter().any(|module| module.path == *path);
    let importers: Vec<&Checked> = files.iter().filter(imports).collect();
    if importers.is_empty() {
        return None;
    }
    project.modules.put(path, &Arc::new(fixed.source.clone()));
    let has_more = |file: &&Checked| {
        let source = &file.source;
        let own = project.settings(&source.path, source.language, &source.text);
        let before = errors(&file.report);
        let after = errors(&lint_in(source, &own, &project.modules));
        after.iter().any(|(what, count)| before.get(what).is_none_or(|known| known < count))
    };
    let broken = importers.into_iter().find(has_more).map(|file| file.source.path.clone());
    project.modules.forget(path);
    broken
}

/// How often a report has each error.
fn errors(report: &Report) -> HashMap<(&'static str, String), usize> {
    let mut errors = HashMap::new();
    for found in report.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
        *errors.entry((found.rule, found.message.clone())).or_default() += 1;
    }
    errors
}

/// Writes the change as a unified diff.
///
/// # Errors
/// When the writer fails.
pub fn write_diff(out: &mut dyn io::Write, path: &Path, old: &str, new: &str) -> io::Result<()> {
    let name = shown_path(path);
    // Programs apply it as it is; for people nothing in it may act on the terminal.
    let is_read = io::stdout().is_terminal();
    let (old, new) = if is_read { (same_offsets(old), same_offsets(new)) } else { (old.into(), new.into()) };
    write!(out, "{}", TextDiff::from_lines(&*old, &*new).unified_diff().header(&name, &name))
}
