//! The YAML and JSON frontend: documents of a stream, each read by itself, and edits for them.

mod compose;
mod documents;
mod lower;
mod scalar;
mod templated;

pub use lower::lower;

use super::{Parsed, open_everything};
use crate::config::Settings;
use crate::diagnostic::{Authority, Diagnostic, Label, Severity};
use crate::source::{Language, SourceFile};
use crate::text::Span;
use crate::tree::{Location, Node};
use compose::{Composed, Remark, compose};

/// How often a broken document is tried again without the line that breaks it.
const RECOVERY_ROUNDS: usize = 3;

/// Reads a file; documents that cannot hold a pod template are not even parsed.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings) -> Parsed {
    let mut parsed = Parsed::default();
    for span in parts(&source.text) {
        let text = span.slice(&source.text);
        if documents::may_hold_template(text, &settings.selectors) {
            parse_part(source.language == Language::Json, text, span.start, settings, &mut parsed);
        }
    }
    parsed
}

/// The parts of a stream, split at `---` lines as `kubectl` does, so that an error in one stays there.
fn parts(text: &str) -> Vec<Span> {
    let mut cuts = vec![0];
    for at in memchr::memmem::find_iter(text.as_bytes(), b"---") {
        let line_start = at == 0 || text.as_bytes().get(at - 1).is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
        let after = text.as_bytes().get(at + 3);
        let alone = after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        if at > 0 && line_start && alone && !is_preamble(text.get(..at).unwrap_or_default()) {
            cuts.push(at);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([text.len()]);
    cuts.iter().zip(ends).map(|(start, end)| Span::from_range(*start..end)).collect()
}

/// Whether only directives and comments stand before the first `---`: they belong to the document behind it.
fn is_preamble(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.len() < 4096 && text.lines().all(|line| line.trim().is_empty() || line.starts_with(['%', '#']))
}

fn parse_part(json: bool, text: &str, base: u32, settings: &Settings, parsed: &mut Parsed) {
    if templated::is_templated(text) {
        match templated::compose(text, base, settings) {
            Some(composed) => take(composed, settings, parsed),
            None => parsed.diagnostics.push(templated_note(text, base)),
        }
        return;
    }
    let composed = compose(text, base, json, &settings.limits);
    let recovered = composed.error.as_ref().and_then(|(place, _)| recover(text, base, json, *place, settings));
    take(composed, settings, parsed);
    if let Some(recovered) = recovered {
        take(recovered, settings, parsed);
    }
}

/// Reads a broken part again without the lines that break it; all its collections may then hold more.
fn recover(text: &str, base: u32, json: bool, first: Span, settings: &Settings) -> Option<Composed> {
    let mut blanked = text.to_owned();
    let mut place = first;
    for _ in 0..RECOVERY_ROUNDS {
        blanked = blank_line(&blanked, (place.start - base) as usize);
        let mut composed = compose(&blanked, base, json, &settings.limits);
        match composed.error.take() {
            Some((next, _)) => place = next,
            None => {
                composed.remarks.clear();
                composed.roots.iter_mut().for_each(open_everything);
                return Some(composed);
            }
        }
    }
    None
}

/// The text with the line around `offset` turned into spaces; all offsets stay.
fn blank_line(text: &str, offset: usize) -> String {
    let offset = offset.min(text.len());
    let start = text.get(..offset).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(offset..).and_then(|tail| tail.find('\n')).map_or(text.len(), |at| offset + at);
    let line = text.get(start..end).unwrap_or_default();
    let blank: String = line.bytes().map(|byte| if byte == b'\r' { '\r' } else { ' ' }).collect();
    format!("{}{blank}{}", text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default())
}

/// The tree of a JSON text.
///
/// # Errors
/// The place and the reason when it is none.
pub(super) fn read_json(text: &str, limits: &crate::config::Limits) -> Result<Node, (Span, String)> {
    let mut composed = compose(text, 0, true, limits);
    match composed.error.take().or(composed.over_limit.take()) {
        Some(error) => Err(error),
        None => composed.roots.pop().ok_or_else(|| (Span::at(0), "the file is empty".to_owned())),
    }
}

/// Adds what was composed to the result of the file.
fn take(composed: Composed, settings: &Settings, parsed: &mut Parsed) {
    parsed.comments.extend(composed.comments);
    let readable = composed.error.is_none() && composed.over_limit.is_none();
    if let Some((span, message)) = composed.error {
        let help = Some("the rest of this document is checked only as far as it can be read".to_owned());
        parsed.diagnostics.push(diagnostic("syntax-error", Severity::Error, message, span, help));
    }
    if let Some((span, message)) = composed.over_limit {
        let help = Some("see `limits` in the configuration".to_owned());
        parsed.diagnostics.push(diagnostic("limit-exceeded", Severity::Error, message, span, help));
    }
    if !readable {
        return;
    }
    let found: Vec<_> =
        composed.roots.into_iter().flat_map(|root| documents::documents(root, &settings.selectors)).collect();
    // What is said of the text matters only where the text is a pod template.
    if !found.is_empty() {
        parsed.diagnostics.extend(composed.remarks.into_iter().map(remark));
    }
    parsed.documents.extend(found);
}

fn remark(remark: Remark) -> Diagnostic {
    let label = remark.label.map(|(span, message)| Label { location: span.into(), message: message.to_owned() });
    Diagnostic {
        path: remark.path,
        labels: label.into_iter().collect(),
        ..diagnostic(remark.rule, Severity::Error, remark.message, remark.span, None)
    }
}

fn templated_note(text: &str, base: u32) -> Diagnostic {
    let at = text.find("{{").or_else(|| text.find("{%")).unwrap_or_default();
    let start = base + u32::try_from(at).unwrap_or_default();
    let message = "not checked: this is a template, and without its values it is no YAML".to_owned();
    let help = Some("check the rendered manifest, e.g. `helm template … | podlint check -`".to_owned());
    let mut note = diagnostic("templated-file", Severity::Info, message, Span::new(start, start + 2), help);
    note.authority = Authority::Practice;
    note
}

fn diagnostic(rule: &'static str, severity: Severity, message: String, span: Span, help: Option<String>) -> Diagnostic {
    Diagnostic {
        rule,
        severity,
        authority: Authority::Kubernetes,
        message,
        location: Location::main(span),
        path: String::new(),
        help,
        labels: Vec::new(),
        fixes: Vec::new(),
    }
}
