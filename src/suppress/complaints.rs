//! Findings about suppressions: rules that do not exist, and comments that silence nothing.

use std::collections::HashMap;

use super::annotation::Annotation;
use super::directive::{Directive, Kind, Mistake};
use super::{Judged, Suppression, is_rule};
use crate::config::Settings;
use crate::diagnostic::{Authority, Change, Diagnostic, Fix, Literal, MAX_FINDINGS, Severity};
use crate::document::Document;
use crate::frontend::{Lowered, Parsed, lower};
use crate::rules::RULES;
use crate::source::SourceFile;
use crate::text::{Edit, LineIndex, Span, nearest};
use crate::tree::{FileId, Location};

/// No more are told of one kind; no more findings are reported of a file.
const MAX_COMPLAINTS: usize = MAX_FINDINGS + 1;
/// Longer lists in annotations are not rewritten.
const MAX_NAMES: usize = 200;

const UNKNOWN: &str = "unknown-suppression";
const UNUSED: &str = "unused-suppression";

/// What was meant for podlint and says nothing.
pub fn mistakes(source: &SourceFile, mistakes: &[Mistake]) -> Vec<Diagnostic> {
    let finding = |mistake: &Mistake| {
        let mut found = finding(UNKNOWN, mistake.message.clone(), Location::main(mistake.span));
        found.help = Some(mistake.help.clone());
        let instead = mistake.instead.as_ref().map(|text| Edit::replace(mistake.span, text));
        found.fixes.extend(instead.map(|edit| fix(format!("write `{}`", edit.replacement), vec![edit])));
        found
    };
    let visible = |mistake: &&Mistake| !mistake.span.slice(&source.text).is_empty() || mistake.instead.is_none();
    mistakes.iter().filter(visible).map(finding).take(MAX_COMPLAINTS).collect()
}

/// Names of rules that do not exist, in comments.
pub fn unknown_names(source: &SourceFile, suppressions: &[Suppression]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for suppression in suppressions.iter().filter(|one| one.file == FileId::MAIN) {
        for (index, name) in
            suppression.directive.names.iter().flatten().enumerate().filter(|(_, one)| !is_rule(&one.text))
        {
            let mut finding = unknown(&name.text, Location::main(name.span));
            let (title, edit) = match meant(&name.text) {
                Some(rule) => (format!("name `{rule}`"), Edit::replace(name.span, rule)),
                None => ("take the name away".to_owned(), without(source, &suppression.directive, &[index])),
            };
            finding.fixes.push(fix(title, vec![edit]));
            found.push(finding);
            if found.len() >= MAX_COMPLAINTS {
                return found;
            }
        }
    }
    found
}

/// Names of rules that do not exist, in annotations.
pub fn unknown_in_annotations(source: &SourceFile, parsed: &Parsed, annotations: &[Annotation]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for annotation in annotations {
        let Some(document) = parsed.documents.get(annotation.document) else { continue };
        for (name, _) in annotation.names.iter().filter(|(name, _)| name != "all" && !is_rule(name)) {
            let mut finding = at_annotation(unknown(name, annotation.location), document, annotation);
            let instead = annotation.names.iter().filter_map(|(other, _)| match other == name {
                true => meant(other),
                false => Some(other.as_str()),
            });
            if annotation.names.len() <= MAX_NAMES {
                finding.fixes.extend(rewrite(source, document, annotation, &instead.collect::<Vec<_>>()));
            }
            found.push(finding);
            if found.len() >= MAX_COMPLAINTS {
                return found;
            }
        }
    }
    found
}

/// Comments that silence nothing.
pub fn unused(
    source: &SourceFile,
    parsed: &Parsed,
    suppressions: &[Suppression],
    settings: &Settings,
) -> Vec<Diagnostic> {
    let own = suppressions.iter().filter(|one| one.file == FileId::MAIN);
    if own.clone().next().is_none() {
        return Vec::new();
    }
    let judged = Judged::of(parsed);
    let own = own.filter(|one| one.is_judged(&judged));
    own.filter_map(|one| unused_one(source, one, settings)).take(MAX_COMPLAINTS).collect()
}

fn unused_one(source: &SourceFile, suppression: &Suppression, settings: &Settings) -> Option<Diagnostic> {
    let directive = &suppression.directive;
    let Some(names) = &directive.names else {
        if suppression.used.contains(&true) || !settings.select.is_empty() {
            return None;
        }
        let message = match directive.kind {
            Kind::Enable => "nothing is disabled here".to_owned(),
            _ => "there is nothing to silence here".to_owned(),
        };
        let found = finding(UNUSED, message, Location::main(directive.head));
        return Some(Diagnostic { fixes: vec![removal(source, directive)], ..found });
    };
    let idle = |(index, name): (usize, &super::directive::Name)| {
        let unused = suppression.used.get(index) == Some(&false) && runs(&name.text, settings);
        unused.then_some(index)
    };
    let idle: Vec<usize> = names.iter().enumerate().filter_map(idle).collect();
    let first = names.get(*idle.first()?)?;
    let list: Vec<String> =
        idle.iter().filter_map(|index| names.get(*index)).map(|name| format!("`{}`", name.text)).collect();
    let list = list.join(", ");
    let all_locked = idle.iter().filter_map(|index| names.get(*index)).all(|name| settings.locked.contains(&name.text));
    let message = match directive.kind {
        Kind::Enable => format!("{list} is not disabled here"),
        _ if all_locked => format!("{list} is locked by the configuration; no comment silences it"),
        _ => format!("{list} finds nothing here"),
    };
    let mut found = finding(UNUSED, message, Location::main(first.span));
    let everything = idle.len() == names.len();
    found.fixes.push(match everything {
        true => removal(source, directive),
        false => fix(format!("take {list} away"), vec![without(source, directive, &idle)]),
    });
    Some(found)
}

/// Annotations that silence nothing.
pub fn unused_annotations(
    source: &SourceFile,
    parsed: &Parsed,
    annotations: &[Annotation],
    settings: &Settings,
) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    // A template may have several documents, for several uses.
    let mut by_place: HashMap<Location, Vec<&Annotation>> = HashMap::new();
    annotations.iter().for_each(|annotation| by_place.entry(annotation.location).or_default().push(annotation));
    for annotation in annotations {
        let Some(document) = parsed.documents.get(annotation.document) else { continue };
        let same = by_place.get(&annotation.location).map_or(&[][..], Vec::as_slice);
        for (index, (name, _)) in annotation.names.iter().enumerate() {
            let used = same.iter().any(|one| one.names.get(index).is_some_and(|(_, used)| *used));
            if used || !(runs(name, settings) || (name == "all" && settings.select.is_empty())) {
                continue;
            }
            let message = match settings.locked.contains(name) {
                true => format!("`{name}` is locked by the configuration; no annotation silences it"),
                false => format!("`{name}` finds nothing here"),
            };
            let mut finding = at_annotation(finding(UNUSED, message, annotation.location), document, annotation);
            let others: Vec<&str> =
                annotation.names.iter().map(|(name, _)| name.as_str()).filter(|other| other != name).collect();
            if others.len() < MAX_NAMES {
                finding.fixes.extend(rewrite(source, document, annotation, &others));
            }
            found.push(finding);
            if found.len() >= MAX_COMPLAINTS {
                return found;
            }
        }
    }
    found
}

/// Whether a rule has run, so that its silence means something.
fn runs(name: &str, settings: &Settings) -> bool {
    let rule = RULES.iter().find(|rule| rule.name == name);
    // What is said of suppressions themselves is only known afterwards.
    name != UNKNOWN && name != UNUSED && rule.is_some_and(|rule| settings.is_enabled(name, rule.enabled_by_default))
}

fn meant(name: &str) -> Option<&'static str> {
    nearest(name, RULES.iter().map(|rule| rule.name)).and_then(|index| RULES.get(index)).map(|rule| rule.name)
}

fn unknown(name: &str, location: Location) -> Diagnostic {
    let mut found = finding(UNKNOWN, format!("there is no rule `{name}`"), location);
    found.help = Some(match meant(name) {
        Some(rule) => format!("did you mean `{rule}`?"),
        None => "`podlint rules` lists them".to_owned(),
    });
    found
}

fn finding(rule: &'static str, message: String, location: Location) -> Diagnostic {
    Diagnostic::new(rule, Severity::Warning, Authority::Practice, message, location)
}

fn at_annotation(found: Diagnostic, document: &Document, annotation: &Annotation) -> Diagnostic {
    let path = Document::render_path(&annotation.path);
    let origin = super::origin(annotation.document, document, &path);
    Diagnostic { path, origin, ..found }
}

fn fix(title: String, edits: Vec<Edit>) -> Fix {
    Fix { edits, ..Fix::safe(title, Vec::new()) }
}

/// The list of a directive without some of its names; without all of them the comment goes.
fn without(source: &SourceFile, directive: &Directive, gone: &[usize]) -> Edit {
    let names = directive.names.as_deref().unwrap_or_default();
    let kept: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(index, _)| !gone.contains(index))
        .map(|(_, name)| name.text.as_str())
        .collect();
    match (names.first(), names.last(), kept.is_empty()) {
        (Some(first), Some(last), false) => Edit::replace(first.span.cover(last.span), kept.join(", ")),
        _ => Edit::delete(whole(source, directive)),
    }
}

fn removal(source: &SourceFile, directive: &Directive) -> Fix {
    fix("take the comment away".to_owned(), vec![Edit::delete(whole(source, directive))])
}

/// A directive with the blanks before it, and with its line where nothing else stands there.
fn whole(source: &SourceFile, directive: &Directive) -> Span {
    let lines: &LineIndex = source.lines();
    let line = lines.line_span(lines.line_of(directive.span.start)).unwrap_or(directive.span);
    let before = Span::new(line.start, directive.span.start).slice(&source.text);
    let after = Span::new(directive.span.end, line.end).slice(&source.text);
    if before.trim().is_empty() && after.trim().is_empty() {
        return line;
    }
    let blanks = before.len() - before.trim_end().len();
    Span::new(directive.span.start - u32::try_from(blanks).unwrap_or_default(), directive.span.end)
}

/// An annotation with other names, or without it where none is left.
fn rewrite(source: &SourceFile, document: &Document, annotation: &Annotation, names: &[&str]) -> Option<Fix> {
    let at = annotation.path.clone();
    let (title, change) = match names {
        [] => ("take the annotation away".to_owned(), Change::Remove { at }),
        names => {
            let list = names.join(", ");
            (format!("write `{list}`"), Change::Replace { at, with: Literal::from(list.as_str()) })
        }
    };
    let changes = vec![change];
    let Lowered { edits, targets, .. } = lower(source, document, &changes)?;
    Some(Fix { edits, targets, ..Fix::safe(title, changes) })
}
