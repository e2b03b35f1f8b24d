//! Applying fixes to a text: in rounds, each decided on what it leads to.

mod choose;
mod expected;
mod outcome;
#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used, clippy::cast_possible_truncation)]
mod tests;

use std::collections::BTreeMap;

use crate::config::{Environment, Settings};
use crate::diagnostic::{Applicability, Change, Diagnostic, Fix, Severity};
use crate::document::Document;
use crate::frontend;
use crate::frontend::python::source::notebook;
use crate::lint::lint_in;
use crate::report::Report;
use crate::source::{Modules, Place, SourceFile};
use crate::text::{Edit, apply, one_line};
use crate::tree::FileId;
use choose::{Candidate, PHASES, candidates};
use outcome::Outcome;

/// How often a fixed file is fixed again; each round leaves fewer findings, and most files need two.
const ROUNDS: usize = 50;
/// How many texts are checked for one file: fixes that do harm together are found by trying parts of them.
const MAX_TRIALS: usize = 400;
/// How many characters of a text a change shows.
const SHOWN: usize = 60;

/// A file after its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The file with its new text.
    pub source: SourceFile,
    /// What is still found in it.
    pub report: Report,
    /// What was fixed, in the order in which it was done.
    pub done: Vec<Done>,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The rule of the finding.
    pub rule: &'static str,
    /// Where it was found, in the text before its round.
    pub place: Place,
    /// What the fix is called.
    pub title: String,
    /// The text before, on one line and shortened.
    pub before: String,
    /// The text after.
    pub after: String,
}

/// Applies fixes until no further one helps; `None` if there is nothing to apply.
///
/// A text counts only when it has been read and checked again: it can still be read, holds the templates that the fixes say it
/// should, has no finding that was not there before, and lacks those that were fixed.
#[must_use]
pub fn fix(
    source: &SourceFile,
    report: &Report,
    settings: &Settings,
    modules: &dyn Modules,
    applicability: Applicability,
) -> Option<Fixed> {
    let strict = strict(settings);
    let mut trials = MAX_TRIALS;
    let mut done = Vec::new();
    let mut current = source.clone();
    let mut latest: Option<Report> = None;
    for _ in 0..ROUNDS {
        let report = latest.as_ref().unwrap_or(report);
        let phases = PHASES.iter().filter(|phase| phase.applicability() <= applicability);
        let phases: Vec<Vec<Candidate<'_>>> =
            phases.map(|phase| candidates(report, *phase)).filter(|all| !all.is_empty()).collect();
        // Most files have nothing to fix, and are not checked again.
        if phases.is_empty() {
            break;
        }
        let before = lint_in(&current, &strict, modules);
        let work = Work { source: &current, before: &before, settings: &strict, modules };
        let Some((text, made)) = phases.iter().find_map(|candidates| work.phase(candidates, &mut trials)) else {
            break;
        };
        done.extend(made);
        current = SourceFile::new(source.path.clone(), source.language, text);
        latest = Some(lint_in(&current, settings, modules));
    }
    latest.map(|report| Fixed { source: current, report, done })
}

/// Whether one fix of a finding does what it says, and no harm.
#[must_use]
pub fn is_sound(
    source: &SourceFile,
    found: &Diagnostic,
    fix: &Fix,
    settings: &Settings,
    modules: &dyn Modules,
) -> bool {
    let strict = strict(settings);
    let before = lint_in(source, &strict, modules);
    let work = Work { source, before: &before, settings: &strict, modules };
    work.attempt(&[&Candidate { found, fix }]).is_some()
}

/// The settings under which outcomes are judged: all that is found counts, whatever the user wants to see of it.
fn strict(settings: &Settings) -> Settings {
    let each = settings.environments.iter();
    let environments =
        each.map(|one| Environment { name: one.name.clone(), settings: strict(&one.settings) }).collect();
    Settings {
        environments,
        select: Default::default(),
        ignore: Default::default(),
        severities: BTreeMap::new(),
        minimum_severity: Severity::Info,
        authorities: Default::default(),
        ..settings.clone()
    }
}

/// One text whose fixes are tried.
struct Work<'a> {
    source: &'a SourceFile,
    before: &'a Report,
    settings: &'a Settings,
    modules: &'a dyn Modules,
}

impl<'a> Work<'a> {
    /// The text with all fixes of a phase that go together; `None` where not one of them does good.
    fn phase(&self, candidates: &[Candidate<'_>], trials: &mut usize) -> Option<(String, Vec<Done>)> {
        let candidates: Vec<&Candidate<'_>> = candidates.iter().collect();
        let mut accepted = Vec::new();
        let mut best = None;
        self.admit(&candidates, &mut accepted, &mut best, trials);
        let done = accepted.iter().map(|candidate| self.done(candidate)).collect();
        best.map(|text| (text, done))
    }

    /// Adds candidates to those that are accepted: all, or the halves by themselves where together they do harm.
    fn admit<'c>(
        &self,
        candidates: &[&'c Candidate<'c>],
        accepted: &mut Vec<&'c Candidate<'c>>,
        best: &mut Option<String>,
        trials: &mut usize,
    ) {
        if candidates.is_empty() || *trials == 0 {
            return;
        }
        *trials -= 1;
        let all: Vec<&Candidate<'_>> = accepted.iter().chain(candidates).copied().collect();
        if let Some(text) = self.attempt(&all) {
            accepted.extend(candidates);
            *best = Some(text);
        } else if candidates.len() > 1 {
            let (first, second) = candidates.split_at(candidates.len() / 2);
            self.admit(first, accepted, best, trials);
            self.admit(second, accepted, best, trials);
        }
    }

    /// The text with these fixes, where it is what they say and does no harm.
    fn attempt(&self, chosen: &[&Candidate<'_>]) -> Option<String> {
        let mut edits: Vec<Edit> = chosen.iter().flat_map(|candidate| candidate.fix.edits.iter().cloned()).collect();
        edits.sort();
        edits.dedup();
        let text = apply_edits(self.source, self.before, &edits, self.settings)?;
        let source = SourceFile::new(self.source.path.clone(), self.source.language, text);
        let after = lint_in(&source, self.settings, self.modules);
        let outcome = Outcome { before: self.before, after: &after, chosen, edits: &edits };
        outcome.is_harmless().then_some(source.text)
    }

    fn done(&self, candidate: &Candidate<'_>) -> Done {
        let text = self.before.source(self.source, FileId::MAIN);
        let first = candidate.fix.edits.first();
        let before = first.map(|edit| edit.span.slice(&text.text)).unwrap_or_default();
        let after = first.map(|edit| edit.replacement.as_str()).unwrap_or_default();
        let is_secret = self
            .before
            .secrets
            .iter()
            .any(|secret| secret.file == FileId::MAIN && first.is_some_and(|edit| edit.span.overlaps(secret.span)));
        Done {
            rule: candidate.found.rule,
            place: text.place(first.map_or(0, |edit| edit.span.start)),
            title: candidate.fix.title.clone(),
            before: if is_secret { "…".to_owned() } else { snippet(before) },
            after: if is_secret { "…".to_owned() } else { snippet(after) },
        }
    }
}

/// A text on one line, as far as it fits there.
fn snippet(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let end = line.char_indices().nth(SHOWN).map(|(end, _)| end);
    let shown = end.and_then(|end| line.get(..end)).map_or(line.clone(), |head| format!("{head}…"));
    one_line(&shown).into_owned()
}

/// The edits of a text that make changes to one of its documents; `None` where it does not allow them.
#[must_use]
pub fn edits_of_changes(source: &SourceFile, document: &Document, changes: &[Change]) -> Option<Vec<Edit>> {
    frontend::lower(source, document, changes).map(|lowered| lowered.edits).filter(|edits| !edits.is_empty())
}

/// The text of a file after edits of its report; `None` if there are no edits, or they conflict.
#[must_use]
pub fn apply_edits(source: &SourceFile, report: &Report, edits: &[Edit], settings: &Settings) -> Option<String> {
    match &report.view {
        _ if edits.is_empty() => None,
        Some(view) => notebook::apply_edits(source, view, edits, settings),
        None => apply(&report.source(source, FileId::MAIN).text, edits).ok(),
    }
}
