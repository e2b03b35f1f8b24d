//! A table in Markdown, for the summaries of CI jobs and for comments.

use std::io;

use super::found::{Found, Run, rule_url, worst_first};

/// More findings are not shown: summaries of GitHub's jobs end at a megabyte.
const MAX_ROWS: usize = 500;

/// Writes the findings as a table, the errors first, and the counts.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let mut found = run.shown();
    worst_first(&mut found);
    writeln!(out, "### podlint\n\n{}\n", cell(&run.summary.to_string()))?;
    if found.is_empty() {
        return Ok(());
    }
    writeln!(out, "| severity | rule | location | message |\n|---|---|---|---|")?;
    found.iter().take(MAX_ROWS).try_for_each(|found| writeln!(out, "{}", row(found)))?;
    match found.len().checked_sub(MAX_ROWS) {
        Some(more) if more > 0 => writeln!(out, "\n… and {more} more"),
        _ => Ok(()),
    }
}

fn row(found: &Found<'_>) -> String {
    let diagnostic = found.diagnostic;
    let (rule, address) = (diagnostic.rule, rule_url(diagnostic.rule));
    let line = found.region(diagnostic.location).line;
    let place = cell(&format!("{}:{line}", found.path(diagnostic.location)));
    format!("| {} | [{rule}]({address}) | {place} | {} |", diagnostic.severity.as_str(), cell(&found.text("; ")))
}

/// A text that stays in its cell and means nothing else: what is in quotes stays code, the rest is escaped.
fn cell(text: &str) -> String {
    let mut shown = String::new();
    for (number, part) in text.split('`').enumerate() {
        let is_code = number % 2 == 1;
        if number > 0 {
            shown.push('`');
        }
        for character in part.chars() {
            match character {
                '|' => shown.push_str("\\|"),
                '\n' | '\r' => shown.push(' '),
                '<' if !is_code => shown.push_str("&lt;"),
                '*' | '_' | '[' | ']' | '#' | '@' | '!' if !is_code => shown.extend(['\\', character]),
                other => shown.push(other),
            }
        }
    }
    shown
}
