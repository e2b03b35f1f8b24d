//! Findings as SARIF results.

use serde_json::{Map, Value, json};

use super::super::found::{Found, Region};
use super::ROOT;
use super::rules::{Rules, level};
use crate::diagnostic::{Fix, Label};
use crate::text::Edit;
use crate::tree::Location;

/// One finding.
pub fn result(found: &Found<'_>, rules: &Rules<'_>) -> Value {
    let finding = found.diagnostic;
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": level(finding.severity),
        "message": {"text": plain(&found.text("\n"))},
        "locations": [location(found)],
        "partialFingerprints": {"podlint/v1": found.fingerprint},
        "properties": {"authority": finding.authority.as_str()},
    });
    if finding.origin.known {
        result["baselineState"] = json!("unchanged");
        result["suppressions"] = json!([{"kind": "external", "justification": "known from the baseline"}]);
    }
    let mut add = |key: &str, list: Vec<Value>| {
        if !list.is_empty() {
            result[key] = Value::from(list);
        }
    };
    let related = finding.labels.iter().enumerate().map(|(index, label)| related(found, index, label));
    add("relatedLocations", related.collect());
    add("fixes", finding.fixes.iter().filter_map(|finding| fix(found, finding)).collect());
    result
}

/// The main place, with the field's path and, in notebooks, the cell.
fn location(found: &Found<'_>) -> Value {
    let finding = found.diagnostic;
    let mut logical = Vec::new();
    if !finding.path.is_empty() {
        logical.push(json!({"fullyQualifiedName": finding.path, "kind": "member"}));
    }
    if let Some(cell) = found.cell(finding.location) {
        logical.push(json!({"name": cell, "kind": "cell"}));
    }
    let mut place = json!({"physicalLocation": physical(found, finding.location)});
    if !logical.is_empty() {
        place["logicalLocations"] = Value::from(logical);
    }
    place
}

fn related(found: &Found<'_>, index: usize, label: &Label) -> Value {
    let cell = found.cell(label.location).map(|cell| format!("{cell}: ")).unwrap_or_default();
    json!({
        "id": index + 1,
        "physicalLocation": physical(found, label.location),
        "message": {"text": plain(&format!("{cell}{}", label.message))},
    })
}

fn physical(found: &Found<'_>, location: Location) -> Value {
    json!({"artifactLocation": artifact(&found.path(location)), "region": region(found.region(location))})
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": ROOT})
}

fn region(region: Region) -> Value {
    let mut fields = Map::new();
    fields.insert("startLine".to_owned(), region.line.into());
    if let Some((start, _)) = region.columns {
        fields.insert("startColumn".to_owned(), start.into());
    }
    fields.insert("endLine".to_owned(), region.end_line.into());
    if let Some((_, end)) = region.columns {
        fields.insert("endColumn".to_owned(), end.into());
    }
    Value::from(fields)
}

/// A fix as changes of the file; in notebooks the edits are of code, not of the file's JSON, and are left out.
fn fix(found: &Found<'_>, fix: &Fix) -> Option<Value> {
    let place = |edit: &Edit| Location::from(edit.span);
    let first = place(fix.edits.first()?);
    found.region(first).columns?;
    let replacement = |edit: &Edit| {
        json!({
            "deletedRegion": region(found.region(place(edit))),
            "insertedContent": {"text": edit.replacement},
        })
    };
    let replacements: Vec<Value> = fix.edits.iter().map(replacement).collect();
    Some(json!({
        "description": {"text": plain(&format!("{} ({})", fix.title, fix.applicability.as_str()))},
        "artifactChanges": [{"artifactLocation": artifact(&found.path(first)), "replacements": replacements}],
    }))
}

/// A message in which nothing reads as a link, whatever a template quotes.
fn plain(text: &str) -> String {
    text.replace("](", "] (")
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
