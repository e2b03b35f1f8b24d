//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

mod results;
mod rules;

use std::io;

use serde_json::{Value, json};

use super::Stale;
use super::found::Run;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What all paths are relative to. It has no address: where the repository lies is nobody's business.
const ROOT: &str = "%SRCROOT%";

/// Writes the report as one JSON document.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(run))?;
    writeln!(out)
}

fn log(run: &Run<'_>) -> Value {
    let found = run.shown_or_known();
    let rules = rules::Rules::new(&found);
    let results: Vec<Value> = found.iter().map(|found| results::result(found, &rules)).collect();
    let version = env!("CARGO_PKG_VERSION");
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "podlint",
                "version": version,
                "semanticVersion": version,
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.descriptors(),
            }},
            "invocations": [invocation(run)],
            "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the repository"}}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// How the run went. A finding of the baseline that is found no more is a note on the run: as a result, code hosts would show it.
fn invocation(run: &Run<'_>) -> Value {
    let note = |entry: &Stale| {
        let text = format!("no longer found: {} in {} {}", entry.rule, entry.file, entry.path);
        json!({"level": "note", "message": {"text": text.trim_end()}})
    };
    let notes: Vec<Value> = run.summary.stale.iter().map(note).collect();
    match notes.is_empty() {
        true => json!({"executionSuccessful": run.complete}),
        false => json!({"executionSuccessful": run.complete, "toolExecutionNotifications": notes}),
    }
}
