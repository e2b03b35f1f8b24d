//! `podlint check --add-ignores`: comments for what is found, written into the files.

use std::io;

use super::arguments::CheckArguments;
use super::complain;
use super::fix::Changes;
use crate::ignores::{Checks, add};
use crate::output::{Checked, Summary, display_path};
use crate::project::Project;
use crate::source::Language;
use crate::tree::FileId;

/// Reads the reason that comments give: one line, of which nothing is taken for another comment.
pub fn one_reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty".to_owned()),
        text if text.contains('#') => Err("`#` would begin another comment".to_owned()),
        text if text.chars().any(char::is_control) => Err("it must be one line of plain text".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// Writes comments into files in place, or shows the differences; whether there were any.
pub fn add_all(
    files: &mut [Checked],
    arguments: &CheckArguments,
    project: &Project,
    mut changes: Changes<'_>,
    summary: &mut Summary,
) -> io::Result<bool> {
    let mut changed = false;
    for file in files.iter_mut().filter(|file| file.report.diagnostics.iter().any(|found| !found.origin.known)) {
        let name = display_path(&file.source.path);
        let own = project.settings(&file.source.path, file.source.language, &file.source.text);
        if let Some(why) = impossible(file.source.language, own.ignores) {
            complain(&format!("nothing was silenced in `{name}`: {why}"));
            continue;
        }
        let known: Vec<_> = file.report.diagnostics.iter().filter(|found| found.origin.known).collect();
        let spared = |found: &crate::diagnostic::Diagnostic| {
            known.iter().any(|one| (one.rule, &one.message, &one.path) == (found.rule, &found.message, &found.path))
        };
        let checks = Checks { settings: &own, modules: &project.modules };
        let Some(added) = add(&file.source, &spared, arguments.reason.as_deref(), checks) else { continue };
        changed = true;
        if changes.make(file, added.source, added.report, "cannot write comments into")? {
            summary.ignored += added.count;
        }
    }
    Ok(changed)
}

/// Why comments silence nothing in a file.
const fn impossible(language: Language, ignores: bool) -> Option<&'static str> {
    match language {
        Language::Json => Some("JSON has no comments; name the rules in the annotation `podlint.io/ignore`"),
        _ if !ignores => Some("the configuration says that comments silence nothing (`ignores = false`)"),
        _ => None,
    }
}

/// Says which findings no comment in the files that were checked could silence, and why.
pub fn name_the_rest(files: &[Checked], arguments: &CheckArguments) {
    if arguments.diff {
        return;
    }
    for file in files {
        for found in file.report.diagnostics.iter().filter(|found| !found.origin.known) {
            let source = file.report.source(&file.source, found.location.file);
            let line = source.place(found.location.span.start).at.line;
            let why = match found.location.file {
                FileId::MAIN => "no comment silences it",
                _ => "it lies in a module that others import from",
            };
            let name = display_path(&source.path);
            complain(&format!("not silenced: {name}:{line}: {}: {why}", found.rule));
        }
    }
}
