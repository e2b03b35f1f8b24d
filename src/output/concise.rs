//! One line a finding: `path:line:column: severity[rule] message`.

use std::io;

use super::found::Found;
use super::{Checked, shown_path};
use crate::tree::Location;

/// Writes findings.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, found: &[Found<'_>]) -> io::Result<()> {
    for one in found {
        let diagnostic = one.diagnostic;
        let place = place(one.checked(), diagnostic.location);
        let severity = diagnostic.severity.as_str();
        writeln!(out, "{place}: {severity}[{}] {}", diagnostic.rule, diagnostic.message)?;
    }
    Ok(())
}

/// `path:line:column`, in notebooks `path:cell 3:line:column`.
#[must_use]
pub fn place(file: &Checked, location: Location) -> String {
    let source = file.report.source(&file.source, location.file);
    let place = source.place(location.span.start);
    let cell = place.cell.map(|cell| format!(":cell {cell}")).unwrap_or_default();
    format!("{}{cell}:{}:{}", shown_path(&source.path), place.at.line, place.at.column)
}
