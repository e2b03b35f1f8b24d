//! The outline of a document: pods, their containers and volumes, and what those hold.

use gen_lsp_types::Uri;
use serde_json::{Value, json};

use super::distinct::Distinct;
use super::names::items;
use super::site::Site;
use super::state::Server;
use crate::document::Document;
use crate::pod::{Container, Pod};
use crate::tree::{Field, Location, Node};

/// Kinds of symbols, by the protocol's numbers.
const CLASS: u8 = 5;
const PROPERTY: u8 = 7;
const FIELD: u8 = 8;
const MODULE: u8 = 2;
const KEY: u8 = 20;

/// `textDocument/documentSymbol`.
pub fn symbols(server: &Server, site: &Site<'_>, uri: &Uri) -> Value {
    let outline = Outline { site, uri };
    let documents = site.analysis.report.documents.iter();
    let mut found = Distinct::default();
    for symbol in documents.filter_map(|document| outline.document(document)) {
        // A template that is used in two ways is one symbol.
        found.add_by(symbol["selectionRange"].to_string(), symbol);
    }
    let found = found.into_values();
    if !server.client.abilities.has("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport") {
        let mut flat = Vec::new();
        found.iter().for_each(|symbol| flatten(symbol, None, uri, &mut flat));
        return json!(flat);
    }
    json!(found)
}

/// A symbol and those within it, one after the other, for clients that know no tree.
fn flatten(symbol: &Value, container: Option<&Value>, uri: &Uri, found: &mut Vec<Value>) {
    let location = json!({"uri": uri, "range": symbol["range"]});
    let mut flat = json!({"name": symbol["name"], "kind": symbol["kind"], "location": location});
    if let (Some(container), Some(object)) = (container, flat.as_object_mut()) {
        object.insert("containerName".to_owned(), container.clone());
    }
    found.push(flat);
    let children = symbol["children"].as_array().into_iter().flatten();
    children.for_each(|child| flatten(child, Some(&symbol["name"]), uri, found));
}

struct Outline<'a> {
    site: &'a Site<'a>,
    uri: &'a Uri,
}

impl Outline<'_> {
    fn document(&self, document: &Document) -> Option<Value> {
        let pod = Pod::new(document);
        let mut children: Vec<Value> =
            pod.containers.known.iter().filter_map(|container| self.container(container)).collect();
        if let Field::Known(spec) = pod.spec {
            children.extend(items(spec, "volumes").iter().filter_map(|volume| self.volume(volume)));
        }
        let name = document.name.clone().unwrap_or_else(|| "pod template".to_owned());
        let head = document.made_at.unwrap_or(document.head);
        self.symbol(&name, "pod template", MODULE, document.root.location, head, children)
    }

    fn container(&self, container: &Container<'_>) -> Option<Value> {
        let node = container.node;
        let name = named(node).unwrap_or("container");
        let mut children: Vec<Value> = Vec::new();
        for (list, label, detail) in
            [("volumeMounts", "mountPath", "mount"), ("ports", "containerPort", "port"), ("env", "name", "variable")]
        {
            for item in items(node, list) {
                let text = item.get(label).known().map(value_text).unwrap_or_default();
                let text = if text.is_empty() { named(item).unwrap_or(detail).to_owned() } else { text };
                children.extend(self.symbol(&text, detail, PROPERTY, item.location, item.head(), Vec::new()));
            }
        }
        let anchor = container.anchor().location;
        self.symbol(name, container.role.noun(), CLASS, node.location, anchor, children)
    }

    fn volume(&self, volume: &Node) -> Option<Value> {
        let map = volume.as_map()?;
        let source = map.entries.iter().map(|entry| &*entry.key.wire).find(|key| *key != "name").unwrap_or("volume");
        let anchor = volume.get("name").known().map_or(volume.head(), |name| name.location);
        self.symbol(named(volume).unwrap_or("volume"), source, FIELD, volume.location, anchor, Vec::new())
    }

    /// A symbol; `None` for what is written in another file.
    fn symbol(
        &self,
        name: &str,
        detail: &str,
        kind: u8,
        whole: Location,
        anchor: Location,
        children: Vec<Value>,
    ) -> Option<Value> {
        let place = |location: Location| self.site.place(location).filter(|place| place.uri == *self.uri);
        let chosen = place(anchor)?.range;
        let whole = place(whole).map_or(chosen, |place| place.range);
        // The protocol wants the one within the other; a name may come from a constant elsewhere.
        let inside = whole.start <= chosen.start && chosen.end <= whole.end;
        let whole = if inside { whole } else { chosen };
        let name = if name.is_empty() { "(no name)" } else { name };
        let kind = if name.starts_with('/') { KEY } else { kind };
        Some(json!({
            "name": name, "detail": detail, "kind": kind, "range": whole, "selectionRange": chosen, "children": children,
        }))
    }
}

fn named(node: &Node) -> Option<&str> {
    node.text("name").known()
}

fn value_text(node: &Node) -> String {
    use crate::tree::Value;
    match &node.value {
        Value::String(text) => text.to_string(),
        Value::Number(number) => number.text.to_string(),
        _ => String::new(),
    }
}
