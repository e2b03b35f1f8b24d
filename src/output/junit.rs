//! JUnit's XML, for build servers that show test results: a file with templates is a suite, a finding a case.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use super::found::{Found, Run};
use crate::text::one_line;

/// Writes the report as one XML document. A case fails when the finding fails the run.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, run: &Run<'_>) -> io::Result<()> {
    let found = run.shown();
    let mut suites: BTreeMap<String, Vec<&Found<'_>>> = BTreeMap::new();
    for file in run.files.iter().filter(|file| file.templates > 0) {
        suites.entry(run.paths.from_repository(&file.source.path)).or_default();
    }
    for found in &found {
        suites.entry(found.path(found.diagnostic.location)).or_default().push(found);
    }
    let tests: usize = suites.values().map(|suite| suite.len().max(1)).sum();
    let failures = found.iter().filter(|found| fails(run, found)).count();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="podlint" tests="{tests}" failures="{failures}" errors="0">"#)?;
    for (path, found) in &suites {
        out.write_all(suite(run, path, found).as_bytes())?;
    }
    writeln!(out, "</testsuites>")
}

fn fails(run: &Run<'_>, found: &Found<'_>) -> bool {
    run.fail_on.is_some_and(|threshold| found.diagnostic.severity >= threshold)
}

fn suite(run: &Run<'_>, path: &str, found: &[&Found<'_>]) -> String {
    let failures = found.iter().filter(|found| fails(run, found)).count();
    let (name, tests) = (escaped(&one_line(path)), found.len().max(1));
    let mut text =
        format!("  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n");
    if found.is_empty() {
        let _ = writeln!(text, "    <testcase name=\"no findings\" classname=\"{name}\" file=\"{name}\"/>");
    }
    for found in found {
        text += &case(run, &name, found);
    }
    text + "  </testsuite>\n"
}

fn case(run: &Run<'_>, file: &str, found: &Found<'_>) -> String {
    let finding = found.diagnostic;
    let region = found.region(finding.location);
    let column = region.columns.map(|(column, _)| format!(":{column}")).unwrap_or_default();
    let (rule, line, severity) = (finding.rule, region.line, finding.severity.as_str());
    let message = escaped(&found.text("; "));
    let place = format!("{file}:{line}{column}");
    let inner = if fails(run, found) {
        format!("<failure type=\"{severity}\" message=\"{message}\">{place}: {severity}[{rule}] {message}</failure>")
    } else {
        format!("<system-out>{place}: {severity}[{rule}] {message}</system-out>")
    };
    format!(
        "    <testcase name=\"{rule} at {line}{column}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\">\n      \
         {inner}\n    </testcase>\n"
    )
}

/// Text for elements and attributes; what XML 1.0 cannot hold at all becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push(char::REPLACEMENT_CHARACTER)
            }
            other => escaped.push(other),
        }
    }
    escaped
}
