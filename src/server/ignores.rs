//! Comments that silence a rule, at a place or in a file: where they go in the text.

use super::check::check;
use super::site::Site;
use super::state::Server;
use crate::diagnostic::Diagnostic as Finding;
use crate::source::SourceFile;
use crate::text::{Edit, Span, apply};

/// Findings about the text as a whole, which no comment silences.
pub const UNSILENCED: &[&str] = &["syntax-error", "limit-exceeded", "unreadable-text", "internal-error"];
/// How a comment for one place begins.
const HERE: &str = "# podlint: ignore[";
/// How a comment for the file begins.
const IN_FILE: &str = "# podlint: ignore-file[";

/// The edit that silences a finding where it is: on its line or, where no comment can stand there, on a line above.
pub fn here(server: &Server, site: &Site<'_>, finding: &Finding) -> Option<Vec<Edit>> {
    let source = &site.analysis.view.source;
    let lines = source.lines();
    let line = lines.line_span(lines.line_of(finding.location.span.start))?;
    let text = line.slice(&source.text).trim_end_matches(['\r', '\n']);
    if let Some(edit) = widen(text, line.start, HERE, finding.rule) {
        return Some(vec![edit]);
    }
    let end = line.start + u32::try_from(text.trim_end().len()).unwrap_or_default();
    let behind = Edit::insert(end, format!("  {HERE}{}]", finding.rule));
    let indent: String = text.chars().take_while(|c| c.is_whitespace()).collect();
    let above = Edit::insert(line.start, format!("{indent}{HERE}{}]\n", finding.rule));
    let candidates = [behind, above];
    candidates.iter().find(|edit| is_comment(server, site, edit)).or(candidates.first()).map(|edit| vec![edit.clone()])
}

/// Whether the text with this edit means what it did.
fn is_comment(server: &Server, site: &Site<'_>, edit: &Edit) -> bool {
    let source = &site.analysis.view.source;
    let Ok(text) = apply(&source.text, std::slice::from_ref(edit)) else { return false };
    let edited = SourceFile::new(source.path.clone(), source.language, text);
    let report = check(&server.project, &edited);
    let roots = |report: &crate::report::Report| -> Vec<String> {
        report.documents.iter().map(|document| bare(&document.root)).collect()
    };
    roots(&report) == roots(&site.analysis.report)
}

/// A tree without its places.
fn bare(node: &crate::tree::Node) -> String {
    use crate::tree::Value;
    match &node.value {
        Value::List(list) => list.items.iter().map(|item| format!("[{}]", bare(item))).collect(),
        Value::Map(map) => {
            map.entries.iter().map(|entry| format!("{{{}:{}}}", entry.key.wire, bare(&entry.value))).collect()
        }
        Value::Dynamic(dynamic) => format!("<{}>", dynamic.reason),
        other => format!("{other:?}"),
    }
}

/// The edit that silences a rule in the whole file: at its top, below what must be first.
pub fn in_file(text: &str, rule: &str) -> Vec<Edit> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(edit) = widen(line.trim_end_matches(['\r', '\n']), start, IN_FILE, rule) {
            return vec![edit];
        }
        if !line.starts_with('#') {
            break;
        }
        start += u32::try_from(line.len()).unwrap_or_default();
    }
    let first = |line: &&str| line.starts_with("#!") || line.contains("coding:") || line.contains("coding=");
    let head: usize =
        text.split_inclusive('\n').take(2).take_while(|line| line.starts_with('#') && first(line)).map(str::len).sum();
    vec![Edit::insert(u32::try_from(head).unwrap_or_default(), format!("{IN_FILE}{rule}]\n"))]
}

/// Adds a rule to a comment that is there already.
fn widen(line: &str, start: u32, opening: &str, rule: &str) -> Option<Edit> {
    let inside = line.find(opening)? + opening.len();
    let close = inside + line.get(inside..)?.find(']')?;
    let offset = start + u32::try_from(close).ok()?;
    Some(Edit { span: Span::at(offset), replacement: format!(", {rule}") })
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
            ("# note\n# podlint: ignore-file[a] why\nx: 1\n", "# note\n# podlint: ignore-file[a, r] why\nx: 1\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(apply(text, &in_file(text, "r")).as_deref(), Ok(expected));
        }
    }
}
