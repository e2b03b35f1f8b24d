//! reviewdog's diagnostics: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>.

use std::io;

use serde_json::{Value, json};

use super::found::{Found, Run, rule_url};
use crate::diagnostic::{Fix, Severity};
use crate::text::Span;
use crate::tree::Location;

/// Writes the report as one JSON document.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let diagnostics: Vec<Value> = run.shown().iter().map(diagnostic).collect();
    let source = json!({"name": "podlint", "url": env!("CARGO_PKG_REPOSITORY")});
    serde_json::to_writer_pretty(&mut *out, &json!({"source": source, "diagnostics": diagnostics}))?;
    writeln!(out)
}

fn diagnostic(found: &Found<'_>) -> Value {
    let finding = found.diagnostic;
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    let related =
        finding.labels.iter().map(|label| json!({"message": label.message, "location": at(found, label.location)}));
    json!({
        "message": found.text("; "),
        "location": at(found, finding.location),
        "severity": severity,
        "code": {"value": finding.rule, "url": rule_url(finding.rule)},
        "suggestions": finding.fixes.iter().filter_map(|fix| suggestion(found, fix)).collect::<Vec<_>>(),
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn at(found: &Found<'_>, location: Location) -> Value {
    json!({"path": found.local_path(location), "range": range(found, location)})
}

/// Several suggestions are alternatives, so a fix of several edits cannot be said.
fn suggestion(found: &Found<'_>, fix: &Fix) -> Option<Value> {
    let [edit] = fix.edits.as_slice() else { return None };
    let location = Location::from(edit.span);
    found.region(location).columns?;
    Some(json!({"range": range(found, location), "text": edit.replacement}))
}

/// Columns are bytes here, from 1.
fn range(found: &Found<'_>, location: Location) -> Value {
    let region = found.region(location);
    if region.columns.is_none() {
        return json!({"start": {"line": region.line}, "end": {"line": region.end_line}});
    }
    let lines = found.source(location).lines();
    let column = |offset: u32| offset + 1 - lines.line_span(lines.line_of(offset)).map_or(0, |line| line.start);
    let Span { start, end } = location.span;
    json!({
        "start": {"line": region.line, "column": column(start)},
        "end": {"line": region.end_line, "column": column(end)},
    })
}
