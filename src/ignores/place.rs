//! Where in a text a comment can stand that silences something.

use crate::diagnostic::Diagnostic;
use crate::source::SourceFile;
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// How a comment for one place begins.
const HERE: &str = "# podlint: ignore[";
/// What some editors begin a text with.
const BYTE_ORDER_MARK: char = '\u{feff}';
/// How a comment for the file begins.
const IN_FILE: &str = "# podlint: ignore-file[";

/// Edits of which one silences these rules on a line, the best first: in the comment that is there, behind the line, above it.
pub fn on_line(source: &SourceFile, number: usize, rules: &[&str], reason: Option<&str>) -> Vec<Edit> {
    let Some(line) = source.lines().line_span(number) else { return Vec::new() };
    let whole = line.slice(&source.text);
    let text = whole.trim_end_matches(['\r', '\n']);
    let list = rules.join(", ");
    let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    let end = line.start + length(text.trim_end());
    let indent: String = text.chars().take_while(|c| c.is_whitespace()).collect();
    let break_ = if whole.ends_with("\r\n") { "\r\n" } else { "\n" };
    let behind = Edit::replace(Span::new(end, line.start + length(text)), format!("  {HERE}{list}]{reason}"));
    let above = Edit::insert(line.start, format!("{indent}{HERE}{list}]{reason}{break_}"));
    widen(text, line.start, HERE, rules).into_iter().chain([behind, above]).collect()
}

/// Edits of which one silences a finding, the best first: where it begins and ends, then around it, from the inside out.
pub fn around(source: &SourceFile, finding: &Diagnostic, reason: Option<&str>) -> Vec<Edit> {
    let own = std::iter::once(&finding.location);
    let labels = finding.labels.iter().map(|label| &label.location);
    let places: Vec<&Location> = own.chain(labels).chain(finding.origin.within.iter().rev()).collect();
    let mut lines: Vec<usize> = Vec::new();
    for place in places.into_iter().filter(|place| place.file == FileId::MAIN) {
        let last = place.span.end.saturating_sub(1).max(place.span.start);
        for line in [place.span.start, last].map(|offset| source.lines().line_of(offset)) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines.into_iter().flat_map(|line| on_line(source, line, &[finding.rule], reason)).collect()
}

/// The edit that silences a rule in the whole file: at its top, below what must be first.
#[must_use]
pub fn in_file(text: &str, rule: &str) -> Vec<Edit> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(edit) = widen(line.trim_end_matches(['\r', '\n']), start, IN_FILE, &[rule]) {
            return vec![edit];
        }
        if !line.starts_with('#') {
            break;
        }
        start += length(line);
    }
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let below = text.get(mark..).unwrap_or_default();
    let first = |line: &&str| line.starts_with("#!") || line.contains("coding:") || line.contains("coding=");
    let head: usize =
        below.split_inclusive('\n').take(2).take_while(|line| line.starts_with('#') && first(line)).map(str::len).sum();
    let break_ = if text.contains("\r\n") { "\r\n" } else { "\n" };
    vec![Edit::insert(u32::try_from(mark + head).unwrap_or_default(), format!("{IN_FILE}{rule}]{break_}"))]
}

/// Adds rules to a comment that is there already.
fn widen(line: &str, start: u32, opening: &str, rules: &[&str]) -> Option<Edit> {
    let inside = line.find(opening)? + opening.len();
    let names = line.get(inside..)?.split(']').next()?;
    let known: Vec<&str> = names.split(',').map(str::trim).collect();
    let more: String = rules.iter().filter(|rule| !known.contains(rule)).map(|rule| format!(", {rule}")).collect();
    let offset = start + u32::try_from(inside).ok()? + length(names.trim_end().trim_end_matches(','));
    Some(Edit { span: Span::at(offset), replacement: more })
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::in_file;
    use crate::text::apply;

    #[test]
    fn a_rule_is_silenced_below_what_must_be_first() {
        let cases = [
            ("import x\n", "# podlint: ignore-file[r]\nimport x\n"),
            ("#!/usr/bin/env python\nimport x\n", "#!/usr/bin/env python\n# podlint: ignore-file[r]\nimport x\n"),
            ("import x\r\n", "# podlint: ignore-file[r]\r\nimport x\r\n"),
            ("\u{feff}x: 1\n", "\u{feff}# podlint: ignore-file[r]\nx: 1\n"),
            ("# note\n# podlint: ignore-file[a] why\nx: 1\n", "# note\n# podlint: ignore-file[a, r] why\nx: 1\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(apply(text, &in_file(text, "r")).as_deref(), Ok(expected));
        }
    }
}
