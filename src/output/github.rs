//! Annotations in GitHub's workflows: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::io;

use super::found::{Found, Run, worst_first};
use crate::diagnostic::Severity;
use crate::text::one_line;

/// Writes one command a finding; the errors first, since GitHub shows ten of a kind in a step.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let mut found = run.shown();
    worst_first(&mut found);
    found.iter().try_for_each(|found| writeln!(out, "{}", command(found)))
}

fn command(found: &Found<'_>) -> String {
    let location = found.diagnostic.location;
    let kind = match found.diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let region = found.region(location);
    let mut place = format!("line={},endLine={}", region.line, region.end_line);
    // GitHub ignores columns of places that span lines.
    if let Some((column, end)) = region.columns.filter(|_| region.line == region.end_line) {
        place += &format!(",col={column},endColumn={end}");
    }
    let title = property(&format!("podlint: {}", found.diagnostic.rule));
    let file = property(&one_line(&found.path(location)));
    format!("::{kind} title={title},file={file},{place}::{}", data(&found.text("\n")))
}

/// What the runner unescapes in a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it unescapes in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
