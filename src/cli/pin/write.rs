//! What a run of `podlint pin` says, and how digests get into templates.

use std::io;

use super::{Found, Outcome};
use crate::cli::arguments::PinArguments;
use crate::cli::pin::lookup::Digests;
use crate::cli::replace::replace;
use crate::cli::{complain, fix};
use crate::diagnostic::{Change, Literal};
use crate::fix::{apply_edits, edits_of_changes};
use crate::output::shown_path;
use crate::pin::Lock;
use crate::project::{Linted, Project, reason};
use crate::text::{Edit, one_line};
use crate::tree::FileId;

/// Says which tags moved and which are not pinned.
///
/// # Errors
/// When the writer fails.
pub fn check(
    out: &mut dyn io::Write,
    files: &[Linted],
    found: &[Found],
    digests: &Digests,
    lock: Option<&Lock>,
) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    for one in found {
        let name = one.image.tagged();
        let pinned = match lock {
            Some(lock) => lock.images.get(&name),
            None => one.image.digest.as_ref(),
        };
        let now = digests.get(&name).and_then(|digest| digest.as_ref().ok());
        let place = place(files, one);
        match (pinned, now) {
            (None, _) => writeln!(out, "{place}: {name} is not pinned")?,
            (Some(old), Some(new)) if old != new => {
                writeln!(out, "{place}: {name} moved\n  pinned {old}\n  now    {new}")?;
            }
            _ => continue,
        }
        outcome.changed = true;
    }
    Ok(outcome)
}

/// Writes digests into the templates, or shows what that would change.
///
/// # Errors
/// When the writer fails.
pub fn templates(
    out: &mut dyn io::Write,
    arguments: &PinArguments,
    files: &[Linted],
    found: &[Found],
    digests: &Digests,
    project: &Project,
) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    for (index, linted) in files.iter().enumerate() {
        let mut edits: Vec<Edit> = Vec::new();
        let mut lines = Vec::new();
        for one in found.iter().filter(|found| found.file == index) {
            let Some(Ok(digest)) = digests.get(&one.image.tagged()) else { continue };
            if one.image.digest.as_ref() == Some(digest) {
                continue;
            }
            match edits_of(linted, one, digest) {
                Some(more) => edits.extend(more),
                None => {
                    let pinned = one.image.pinned(digest);
                    complain(&format!(
                        "{}: cannot be changed here; write `{pinned}` where it comes from",
                        place(files, one)
                    ));
                    outcome.failed = true;
                    continue;
                }
            }
            lines.push(format!("{}: {} is {digest}", place(files, one), one.image.tagged()));
        }
        edits.dedup();
        if edits.is_empty() {
            continue;
        }
        let (source, report) = linted;
        let settings = project.settings(&source.path, source.language, &source.text);
        let Some(text) = apply_edits(source, report, &edits, &settings) else {
            complain(&format!("cannot change `{}`: its edits do not go together", source.path.display()));
            outcome.failed = true;
            continue;
        };
        outcome.changed = true;
        if arguments.diff {
            fix::write_diff(out, &source.path, &source.text, &text)?;
            continue;
        }
        match replace(&source.path, &source.text, &text) {
            Ok(()) => lines.iter().try_for_each(|line| writeln!(out, "{}", one_line(line)))?,
            Err(error) => {
                complain(&format!("cannot change `{}`: {}", source.path.display(), reason(&error)));
                outcome.failed = true;
            }
        }
    }
    Ok(outcome)
}

/// The edits that pin one image; `None` where the text does not allow them.
fn edits_of((source, report): &Linted, found: &Found, digest: &str) -> Option<Vec<Edit>> {
    let document = report.documents.get(found.document)?;
    let change = Change::Replace { at: found.path.clone(), with: Literal::String(found.image.pinned(digest)) };
    let text = report.source(source, FileId::MAIN);
    // A constant is pinned where it is written, not where it is used.
    let literal = literal(found, &text.text, digest).map(|edit| vec![edit]);
    literal.or_else(|| edits_of_changes(text, document, &[change]))
}

/// A constant of this file that holds the image and nothing else: pinning it is right wherever it is used.
fn literal(found: &Found, text: &str, digest: &str) -> Option<Edit> {
    let span = found.location.span;
    let written = (found.location.file == FileId::MAIN).then(|| span.slice(text))?;
    let quoted = ['"', '\''].into_iter().find(|quote| written == format!("{quote}{}{quote}", found.text));
    let quote = quoted.map(String::from).unwrap_or_default();
    let pinned = found.image.pinned(digest);
    (quoted.is_some() || written == found.text).then(|| Edit::replace(span, format!("{quote}{pinned}{quote}")))
}

/// `train.py:12`.
fn place(files: &[Linted], found: &Found) -> String {
    let Some((source, report)) = files.get(found.file) else { return String::new() };
    let text = report.source(source, found.location.file);
    let place = text.place(found.location.span.start);
    let cell = place.cell.map(|cell| format!(" cell {cell}")).unwrap_or_default();
    format!("{}{cell}:{}", shown_path(&text.path), place.at.line)
}
