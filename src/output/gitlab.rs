//! GitLab's code quality report: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io;

use serde_json::{Value, json};

use super::found::{Found, Run};
use crate::diagnostic::Severity;

/// Writes the report as one JSON array.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let issues: Vec<Value> = run.shown().iter().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(found: &Found<'_>) -> Value {
    let location = found.diagnostic.location;
    let region = found.region(location);
    let severity = match found.diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    json!({
        "type": "issue",
        "check_name": found.diagnostic.rule,
        "description": found.text("; "),
        "categories": ["Bug Risk"],
        "severity": severity,
        "fingerprint": found.fingerprint,
        "location": {"path": found.path(location), "lines": {"begin": region.line, "end": region.end_line}},
    })
}
