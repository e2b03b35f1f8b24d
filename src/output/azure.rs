//! Issues in Azure Pipelines: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>.

use std::io;

use super::found::{Found, Run, worst_first};
use crate::diagnostic::Severity;
use crate::text::one_line;

/// Writes one command a finding.
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
    // Azure knows two kinds.
    let kind = if found.diagnostic.severity == Severity::Error { "error" } else { "warning" };
    let region = found.region(location);
    let column = region.columns.map(|(column, _)| format!("columnnumber={column};")).unwrap_or_default();
    let path = property(&one_line(&found.path(location)));
    let code = property(found.diagnostic.rule);
    let text = data(&found.text("; "));
    format!("##vso[task.logissue type={kind};sourcepath={path};linenumber={};{column}code={code};]{text}", region.line)
}

/// What the agent unescapes in a message.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it unescapes in a property.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}
