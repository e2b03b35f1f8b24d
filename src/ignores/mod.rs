//! Comments that silence findings, written into a text: for one finding, for all of them, for a rule in a whole file. That
//! they silence what they are meant for, and change nothing else, is tried before anybody gets them.

mod place;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::config::Settings;
use crate::diagnostic::Diagnostic;
use crate::fix::apply_edits;
use crate::lint::lint_in;
use crate::report::Report;
use crate::source::{Language, Modules, SourceFile};
use crate::text::Edit;
use crate::tree::{FileId, Node, Value};

pub use place::in_file;

/// Findings about the text as a whole, which no comment silences.
pub const UNSILENCED: &[&str] = &["syntax-error", "limit-exceeded", "unreadable-text", "internal-error"];
/// What is said of comments themselves is mended, not silenced.
const OF_COMMENTS: &[&str] = &["unused-suppression", "unknown-suppression"];
/// How many places are tried for findings that the comments on their own lines do not reach.
const MAX_TRIALS: usize = 500;

/// A file with its new comments.
#[derive(Debug)]
pub struct Added {
    /// The file with its new text.
    pub source: SourceFile,
    /// What is still found in it.
    pub report: Report,
    /// How many findings they silence.
    pub count: usize,
}

/// How a text is checked.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    /// Its settings.
    pub settings: &'a Settings,
    /// Its project.
    pub modules: &'a dyn Modules,
}

/// What tells a finding from others, however its lines move.
type Key = (&'static str, String, String);

fn key(found: &Diagnostic) -> Key {
    (found.rule, found.message.clone(), found.path.clone())
}

/// The edit that silences a finding where it is: on its line or, where no comment can stand there, near it.
#[must_use]
pub fn here(source: &SourceFile, report: &Report, finding: &Diagnostic, checks: Checks<'_>) -> Option<Vec<Edit>> {
    let text = report.source(source, FileId::MAIN);
    let candidates = place::around(text, finding, None);
    let works = |edit: &&Edit| {
        let after = checks.with(source, report, std::slice::from_ref(edit));
        after.is_some_and(|(_, after)| after.diagnostics.iter().all(|left| key(left) != key(finding)))
    };
    candidates.iter().find(works).or(candidates.first()).map(|edit| vec![edit.clone()])
}

/// Silences all findings that comments can silence, but those that `spared` speaks of; `None` where there is none.
#[must_use]
pub fn add(
    source: &SourceFile,
    spared: &dyn Fn(&Diagnostic) -> bool,
    reason: Option<&str>,
    checks: Checks<'_>,
) -> Option<Added> {
    if source.language == Language::Json || !checks.settings.ignores {
        return None;
    }
    let report = lint_in(source, checks.settings, checks.modules);
    let mut work = Work {
        spared: report.diagnostics.iter().filter(|found| spared(found)).map(key).collect(),
        source: source.clone(),
        report,
        reason,
        checks,
    };
    let before = work.wanted().len();
    if !work.on_their_lines() {
        work.line_by_line();
    }
    work.elsewhere();
    let count = before - work.wanted().len();
    (work.source.text != source.text).then_some(Added { source: work.source, report: work.report, count })
}

impl Checks<'_> {
    /// The file with edits of its text, checked; `None` where it would not mean what it did.
    fn with(self, source: &SourceFile, report: &Report, edits: &[Edit]) -> Option<(SourceFile, Report)> {
        let text = apply_edits(source, report, edits, self.settings)?;
        let edited = SourceFile::new(source.path.clone(), source.language, text);
        let after = lint_in(&edited, self.settings, self.modules);
        let roots =
            |report: &Report| -> Vec<String> { report.documents.iter().map(|document| bare(&document.root)).collect() };
        let broken = |report: &Report| count(report, |rule| UNSILENCED.contains(&rule) || OF_COMMENTS.contains(&rule));
        (roots(&after) == roots(report) && broken(&after) <= broken(report)).then_some((edited, after))
    }
}

fn count(report: &Report, rule: impl Fn(&'static str) -> bool) -> usize {
    report.diagnostics.iter().filter(|found| rule(found.rule)).count()
}

/// A text on its way, with what was found in it last.
struct Work<'a> {
    source: SourceFile,
    report: Report,
    /// Findings that are left as they are.
    spared: HashSet<Key>,
    reason: Option<&'a str>,
    checks: Checks<'a>,
}

impl Work<'_> {
    fn wanted(&self) -> Vec<&Diagnostic> {
        wanted(&self.report, &self.spared, self.checks.settings)
    }

    /// The rules of the findings in this text, by line.
    fn lines(&self) -> BTreeMap<usize, BTreeSet<&'static str>> {
        let text = self.report.source(&self.source, FileId::MAIN);
        let mut lines: BTreeMap<usize, BTreeSet<&'static str>> = BTreeMap::new();
        for found in self.wanted().into_iter().filter(|found| found.location.file == FileId::MAIN) {
            lines.entry(text.lines().line_of(found.location.span.start)).or_default().insert(found.rule);
        }
        lines
    }

    /// Takes edits, if they silence something and change nothing else.
    fn takes(&mut self, edits: &[Edit]) -> bool {
        let Some((source, report)) = self.checks.with(&self.source, &self.report, edits) else { return false };
        let better = wanted(&report, &self.spared, self.checks.settings).len() < self.wanted().len();
        if better {
            (self.source, self.report) = (source, report);
        }
        better
    }

    /// A comment on each line that has findings: right for nearly all, and one check for the lot.
    fn on_their_lines(&mut self) -> bool {
        let lines = self.lines();
        let text = self.report.source(&self.source, FileId::MAIN);
        let first = |(line, rules): (&usize, &BTreeSet<&str>)| {
            let rules: Vec<&str> = rules.iter().copied().collect();
            place::on_line(text, *line, &rules, self.reason).into_iter().next()
        };
        let edits: Vec<Edit> = lines.iter().filter_map(first).collect();
        edits.is_empty() || self.takes(&edits)
    }

    /// The same one after the other, from the last line to the first, since the lines before an edit stay where they are.
    fn line_by_line(&mut self) {
        for (line, rules) in self.lines().into_iter().rev() {
            let rules: Vec<&str> = rules.into_iter().collect();
            let text = self.report.source(&self.source, FileId::MAIN);
            let candidates = place::on_line(text, line, &rules, self.reason);
            candidates.into_iter().any(|edit| self.takes(&[edit]));
        }
    }

    /// Places around what is left: the ends of long values, what holds them, where a value of another module is used.
    fn elsewhere(&mut self) {
        let mut trials = 0;
        while let Some(found) = self.wanted().first().map(|found| (*found).clone()) {
            let text = self.report.source(&self.source, FileId::MAIN);
            let candidates = place::around(text, &found, self.reason);
            let silenced = candidates.into_iter().any(|edit| {
                trials += 1;
                trials <= MAX_TRIALS && self.takes(&[edit])
            });
            if !silenced {
                self.spared.insert(key(&found));
            }
        }
    }
}

fn wanted<'r>(report: &'r Report, spared: &HashSet<Key>, settings: &Settings) -> Vec<&'r Diagnostic> {
    let silenced = |found: &&Diagnostic| {
        !UNSILENCED.contains(&found.rule)
            && !OF_COMMENTS.contains(&found.rule)
            && !settings.locked.contains(found.rule)
            && !spared.contains(&key(found))
    };
    report.diagnostics.iter().filter(silenced).collect()
}

/// A tree without its places.
fn bare(node: &Node) -> String {
    match &node.value {
        Value::List(list) => list.items.iter().map(|item| format!("[{}]", bare(item))).collect(),
        Value::Map(map) => {
            map.entries.iter().map(|entry| format!("{{{}:{}}}", entry.key.wire, bare(&entry.value))).collect()
        }
        Value::Dynamic(dynamic) => format!("<{}>", dynamic.reason),
        other => format!("{other:?}"),
    }
}
