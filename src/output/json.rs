//! The JSON report, a contract: `docs/json.md` describes it, and a change that breaks readers raises its version.

use std::io;

use serde::Serialize;

use super::found::{Found, Run};
use super::{Checked, JSON_VERSION, Stale, Summary, display_path};
use crate::diagnostic::{Fix, Label, NodeVerdict};
use crate::source::{Place, SourceFile};
use crate::text::Edit;
use crate::tree::Location;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stale: &'a [Stale],
    summary: Counts,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    authority: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Range,
    path: &'a str,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    known: bool,
    help: Option<&'a str>,
    labels: Vec<JsonLabel<'a>>,
    fixes: Vec<JsonFix<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<JsonNodes<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    environments: &'a [String],
}

#[derive(Serialize)]
struct JsonNodes<'a> {
    title: &'a str,
    names: &'a [String],
    reasons: Vec<JsonReason<'a>>,
}

#[derive(Serialize)]
struct JsonReason<'a> {
    kind: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Range {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Range,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    applicability: &'a str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    #[serde(flatten)]
    place: Range,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Counts {
    files: usize,
    templates: usize,
    dynamic: usize,
    fields: usize,
    #[serde(rename = "knownFields")]
    known_fields: usize,
    findings: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    fixed: usize,
    #[serde(skip_serializing_if = "is_zero")]
    ignored: usize,
    #[serde(skip_serializing_if = "is_zero")]
    known: usize,
    #[serde(skip_serializing_if = "is_zero")]
    stale: usize,
    #[serde(rename = "snapshotDays", skip_serializing_if = "Option::is_none")]
    snapshot_days: Option<u64>,
    #[serde(rename = "partlyChecked", skip_serializing_if = "is_zero")]
    partly_checked: usize,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(Finding<'a>),
    Stale(&'a Stale),
    Summary {
        version: u32,
        #[serde(flatten)]
        counts: Counts,
    },
}

/// Writes the whole report as one JSON document.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let all = run.all();
    let findings = all.iter().map(finding).collect();
    let document =
        Document { version: JSON_VERSION, findings, stale: &run.summary.stale, summary: counts(run.summary) };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// Writes one JSON document a line: the findings, then the summary.
///
/// # Errors
/// When the writer fails.
pub fn write_lines(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let all = run.all();
    let summary = Line::Summary { version: JSON_VERSION, counts: counts(run.summary) };
    let findings = all.iter().map(|found| Line::Finding(finding(found)));
    for line in findings.chain(run.summary.stale.iter().map(Line::Stale)).chain([summary]) {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

const fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn counts(summary: &Summary) -> Counts {
    Counts {
        files: summary.files,
        templates: summary.templates,
        dynamic: summary.dynamic,
        fields: summary.fields,
        known_fields: summary.known_fields,
        findings: summary.findings(),
        errors: summary.errors,
        warnings: summary.warnings,
        infos: summary.infos,
        fixable: summary.fixable,
        fixed: summary.fixed,
        ignored: summary.ignored,
        known: summary.known,
        stale: summary.stale.len(),
        snapshot_days: summary.snapshot_days,
        partly_checked: summary.partly_checked,
    }
}

fn finding<'a>(found: &'a Found<'_>) -> Finding<'a> {
    let (file, diagnostic) = (found.checked(), found.diagnostic);
    Finding {
        rule: diagnostic.rule,
        severity: diagnostic.severity.as_str(),
        authority: diagnostic.authority.as_str(),
        message: &diagnostic.message,
        place: range(file, diagnostic.location),
        path: &diagnostic.path,
        fingerprint: &found.fingerprint,
        known: diagnostic.origin.known,
        help: diagnostic.help.as_deref(),
        labels: diagnostic.labels.iter().map(|found| label(file, found)).collect(),
        fixes: diagnostic.fixes.iter().map(|found| fix(file, found)).collect(),
        nodes: diagnostic.origin.cluster.nodes.iter().map(nodes).collect(),
        environments: &diagnostic.origin.cluster.environments,
    }
}

fn nodes(verdict: &NodeVerdict) -> JsonNodes<'_> {
    let reasons = verdict.reasons.iter().map(|(kind, text)| JsonReason { kind, text }).collect();
    JsonNodes { title: &verdict.title, names: &verdict.names, reasons }
}

fn label<'a>(file: &Checked, label: &'a Label) -> JsonLabel<'a> {
    JsonLabel { message: &label.message, place: range(file, label.location) }
}

fn fix<'a>(file: &Checked, fix: &'a Fix) -> JsonFix<'a> {
    let edit = |edit: &'a Edit| JsonEdit { place: range(file, edit.span.into()), replacement: &edit.replacement };
    JsonFix {
        title: &fix.title,
        applicability: fix.applicability.as_str(),
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn range(file: &Checked, location: Location) -> Range {
    let source: &SourceFile = file.report.source(&file.source, location.file);
    let (start, end) = (source.place(location.span.start), source.place(location.span.end));
    Range { file: display_path(&source.path), cell: start.cell, start: position(start), end: position(end) }
}

const fn position(place: Place) -> Position {
    Position { line: place.at.line, column: place.at.column }
}
