//! Inlay hints: what Flyte puts into a pod that its template does not say.

use gen_lsp_types::{Range, TextDocumentIdentifier};
use serde::Deserialize;
use serde_json::{Value, json};

use super::distinct::Distinct;
use super::site::Site;
use crate::flyte::{self, Effective};
use crate::tree::{Node, Path, Step, Value as TreeValue};

/// What the client asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: TextDocumentIdentifier,
    range: Range,
}

/// `textDocument/inlayHint`.
pub fn hints(site: &Site<'_>, params: &Params) -> Value {
    let mut hints = Distinct::default();
    for document in &site.analysis.report.documents {
        let Some(root) = document.pod_template().known() else { continue };
        // With several uses the first one speaks; the code lens shows the others.
        let Some(pod) = flyte::each_pod(document).next() else { continue };
        for (path, text) in injected(&pod) {
            let Some(place) = anchor(root, &path).and_then(|node| site.place(node.head())) else { continue };
            let end = place.range.end;
            let inside = params.range.start <= end && end <= params.range.end;
            if place.uri != params.text_document.uri || !inside {
                continue;
            }
            let hint = json!({
                "position": end,
                "label": text,
                "paddingLeft": true,
                "tooltip": "what Flyte submits; podlint.showEffectivePod shows the whole pod",
            });
            hints.add(hint);
        }
    }
    json!(hints.into_values())
}

/// What others than the template set: where, and in a few words.
fn injected(pod: &Effective) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    for (path, origin) in &pod.origins {
        let (Some(Step::Key(key)), Some(node)) = (path.last(), pod.root.at(path)) else { continue };
        let Some(value) = words(node) else { continue };
        found.push((path.clone(), format!("{key}: {value} ({})", origin.as_str())));
    }
    found
}

/// A value in a few words; what is long is only named.
fn words(node: &Node) -> Option<String> {
    match &node.value {
        TreeValue::String(text) if text.len() <= 60 => Some(text.to_string()),
        TreeValue::Number(number) => Some(number.text.to_string()),
        TreeValue::Bool(value) => Some(value.to_string()),
        TreeValue::Map(map) if map.entries.len() <= 3 => {
            let entry = |entry: &crate::tree::Entry| Some(format!("{} {}", entry.key.wire, words(&entry.value)?));
            map.entries.iter().map(entry).collect::<Option<Vec<_>>>().map(|entries| entries.join(", "))
        }
        _ => Some("…".to_owned()),
    }
}

/// The nearest part of the template on the way to a path: the place where something is added or replaced.
fn anchor<'a>(root: &'a Node, path: &[Step]) -> Option<&'a Node> {
    let whole = (1..=path.len()).rev().find_map(|end| root.at(path.get(..end)?))?;
    // A container is known by its name.
    Some(whole.get("name").known().unwrap_or(whole))
}
