//! Completion: names, values and keys that only somebody who knows the whole pod can offer.
//!
//! A word that nobody writes is put at the cursor, and the text is read anew: where the word turns up in the templates is
//! where the cursor is, in whatever way the language got there.

use std::sync::Arc;

use gen_lsp_types::Range;
use serde_json::{Value, json};

use super::documents::Open;
use super::fields;
use super::names::{Sort, mentions};
use super::overlay::Edited;
use super::references::At;
use super::site::Site;
use super::snippets;
use super::state::Server;
use super::values;
use crate::cluster;
use crate::document::{Dialect, Document};
use crate::frontend;
use crate::pod::Pod;
use crate::schema::descriptions;
use crate::schema::kubernetes::Kind;
use crate::schema::python;
use crate::source::{Language, SourceFile};
use crate::text::Span;
use crate::tree::{Field, Map, Node, Path, Step, Value as TreeValue};

/// The word that marks the cursor: an identifier, a name, and no number.
pub const MARK: &str = "podlintcursor";

/// Where clients say in which formats they take documentation.
const FORMATS: &str = "/textDocument/completion/completionItem/documentationFormat";

/// What kind of thing is offered, by the protocol's numbers.
#[derive(Clone, Copy, Debug)]
pub enum Icon {
    /// A key or keyword.
    Property = 10,
    /// A value.
    Value = 12,
    /// A text with places to fill in.
    Snippet = 15,
    /// A name that is given elsewhere in the template.
    Reference = 18,
    /// One of a few words.
    Member = 20,
}

/// One offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What is shown and, unless there is a text, put in.
    pub label: String,
    /// A few words beside it.
    pub detail: String,
    /// What is put in.
    pub text: Option<String>,
    /// Whether the text has places to fill in.
    pub is_snippet: bool,
    /// What it is.
    pub icon: Icon,
    /// What it does, in words.
    pub documentation: Option<String>,
}

/// Where the mark turned up.
struct Found {
    document: Document,
    path: Path,
    /// In a key, which the last step names.
    in_key: bool,
    /// The class of the call whose keyword it is.
    class: Option<&'static str>,
    /// Keys that are there already.
    taken: Vec<String>,
}

/// `textDocument/completion`.
pub fn completion(server: &Server, site: &Site<'_>, at: &At) -> Value {
    let nothing = json!({"isIncomplete": false, "items": []});
    let Some(offset) = site.offset(&at.text_document.uri, at.position) else { return nothing };
    let source = &site.analysis.view.source;
    let word = word_at(source, offset);
    let quoted = source.text.get(..word.start as usize).is_some_and(|before| before.ends_with(['"', '\'']));
    let offered = |text: &String| {
        let found = find(server, source, text)?;
        let mut all = of_clusters(server, &found, source, quoted);
        all.extend(offers(&found, source.language, quoted));
        Some(all).filter(|offers| !offers.is_empty())
    };
    let Some(mut offers) = variants(source, word, offset).iter().find_map(offered) else { return nothing };
    offers.dedup_by(|a, b| a.label == b.label);
    if needs_gap(source, word.start) {
        for offer in &mut offers {
            offer.text = Some(format!(" {}", offer.text.as_ref().unwrap_or(&offer.label)));
        }
    }
    let Some(place) = site.place(Span::new(word.start, offset).into()) else { return nothing };
    let whole = site.place(word.into()).map_or(place.range, |whole| whole.range);
    let snippets = server.client.abilities.has("/textDocument/completion/completionItem/snippetSupport");
    let items: Vec<Value> = offers
        .iter()
        .filter(|offer| snippets || !offer.is_snippet)
        .enumerate()
        .map(|(number, offer)| item(server, offer, number, [place.range, whole]))
        .collect();
    json!({"isIncomplete": false, "items": items})
}

fn item(server: &Server, offer: &Offer, number: usize, [before, whole]: [Range; 2]) -> Value {
    let text = offer.text.as_ref().unwrap_or(&offer.label);
    let abilities = &server.client.abilities;
    let both = abilities.has("/textDocument/completion/completionItem/insertReplaceSupport");
    let edit = if both {
        json!({"insert": before, "replace": whole, "newText": text})
    } else {
        json!({"range": before, "newText": text})
    };
    let mut item = json!({
        "label": offer.label,
        "kind": offer.icon as u8,
        "detail": offer.detail,
        // Ours first: other servers do not know the pod.
        "sortText": format!("!{number:03}"),
        "insertTextFormat": if offer.is_snippet { 2 } else { 1 },
        "textEdit": edit,
    });
    if let (Some(documentation), Some(object)) = (&offer.documentation, item.as_object_mut()) {
        object.insert("documentation".to_owned(), abilities.markup(FORMATS, documentation));
    }
    item
}

/// The word that the cursor is behind or in.
fn word_at(source: &SourceFile, offset: u32) -> Span {
    let text = source.text.as_str();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let (before, after) = text.split_at_checked(offset as usize).unwrap_or((text, ""));
    let start = before.trim_end_matches(is_part).len();
    let end = text.len() - after.trim_start_matches(is_part).len();
    // No word begins with a dash, but an item of YAML does.
    let dashes = before.get(start..).unwrap_or_default();
    Span::from_range(start + dashes.len() - dashes.trim_start_matches('-').len()..end)
}

/// Whether YAML wants a blank first: right behind a dash or colon.
fn needs_gap(source: &SourceFile, start: u32) -> bool {
    let before = source.text.get(..start as usize).unwrap_or_default();
    source.language == Language::Yaml && before.ends_with(['-', ':'])
}

/// The text with the mark in it, in the ways that make sense in its language.
fn variants(source: &SourceFile, word: Span, offset: u32) -> Vec<String> {
    let text = &source.text;
    let parts = (text.get(..offset as usize), text.get(offset as usize..), text.get(word.end as usize..));
    let (Some(before), Some(after), Some(behind)) = parts else { return Vec::new() };
    // A dash alone is an item that is about to begin.
    let gap = if needs_gap(source, offset) { " " } else { "" };
    let with = |put: &str, rest: &str| format!("{before}{gap}{put}{rest}");
    let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
    let mut all = match source.language {
        Language::Yaml | Language::Json => vec![with(&format!("{MARK}: 0"), behind), with(MARK, after)],
        _ => vec![with(&format!("{MARK}=0"), after), with(MARK, after), with(&format!("\"{MARK}\": 0"), behind)],
    };
    if let Some(quote) = quote {
        let rest = behind.get(1..).unwrap_or_default();
        all.push(with(&format!("{MARK}{quote}: 0"), rest));
        all.push(with(&format!("{MARK}{quote}: 0,"), rest));
    }
    all
}

fn find(server: &Server, source: &SourceFile, text: &str) -> Option<Found> {
    let marked = SourceFile::new(source.path.clone(), source.language, text);
    let project = &server.roots.of(&source.path).project;
    let settings = project.settings(&marked.path, marked.language, &marked.text);
    let parsed = frontend::parse(&marked, &settings, &project.modules);
    found_in(parsed.documents).or_else(|| find_in_templates(server, marked))
}

/// Where the mark turns up in the open templates that are made of a module with it.
fn find_in_templates(server: &Server, marked: SourceFile) -> Option<Found> {
    let texts = vec![Arc::new(marked)];
    let path = &texts.first()?.path;
    // The last check says who imports from it, even while the next one is under way.
    let imports = |open: &&Open| {
        let modules = open.analysis.iter().flat_map(|analysis| &analysis.report.modules);
        modules.into_iter().any(|module| module.path == *path)
    };
    let mut documents = server.open.values().filter(imports).map(|open| {
        let (main, project) = (&open.view.source, &server.roots.of(&open.path).project);
        let settings = project.settings(&main.path, main.language, &main.text);
        let overlay = Edited { files: &project.modules, texts: texts.clone() };
        frontend::parse(main, &settings, &overlay).documents
    });
    documents.find_map(found_in)
}

fn found_in(documents: Vec<Document>) -> Option<Found> {
    documents.into_iter().find_map(|document| {
        let mut path = Path::new();
        let hit = search(&document.root, &mut path);
        let named = matches!(&document.primary.name, Field::Known(name) if name.contains(MARK));
        let (in_key, class, taken) = match hit {
            Some(hit) => hit,
            None if named => (false, Some("PodTemplate"), Vec::new()),
            None => return None,
        };
        Some(Found { document, path, in_key, class, taken })
    })
}

type Hit = (bool, Option<&'static str>, Vec<String>);

/// Where the mark is below a node; `path` leads there.
fn search(node: &Node, path: &mut Path) -> Option<Hit> {
    match &node.value {
        TreeValue::String(text) => text.contains(MARK).then(|| (false, None, Vec::new())),
        TreeValue::Dynamic(dynamic) => dynamic.reason.contains(MARK).then(|| (false, None, Vec::new())),
        TreeValue::List(list) => {
            list.items.iter().enumerate().find_map(|(index, item)| below(item, Step::Index(index), path))
        }
        TreeValue::Map(map) => {
            if let Some(entry) = map.entries.iter().find(|entry| entry.key.as_written().contains(MARK)) {
                path.push(Step::Key(entry.key.wire.clone()));
                return Some((true, map.class, taken(map)));
            }
            map.entries.iter().find_map(|entry| below(&entry.value, Step::Key(entry.key.wire.clone()), path))
        }
        _ => None,
    }
}

fn below(node: &Node, step: Step, path: &mut Path) -> Option<Hit> {
    path.push(step);
    let found = search(node, path);
    if found.is_none() {
        path.pop();
    }
    found
}

fn taken(map: &Map) -> Vec<String> {
    map.entries.iter().map(|entry| entry.key.wire.to_string()).filter(|key| !key.contains(MARK)).collect()
}

/// What the clusters have: labels, taints, secrets, keys, accounts, claims, classes.
fn of_clusters(server: &Server, found: &Found, source: &SourceFile, quoted: bool) -> Vec<Offer> {
    let document = &found.document;
    let Some(path) = found.path.strip_prefix(document.template.as_slice()) else { return Vec::new() };
    let Some(root) = document.pod_template().known() else { return Vec::new() };
    let in_selector = path.split_last().and_then(|(_, parent)| parent.last()?.key()) == Some("nodeSelector");
    let mut all = Vec::new();
    for cluster in server.roots.of(&source.path).project.clusters_of(&source.path) {
        if !found.in_key {
            let words = cluster::suggestions(&cluster, root, path);
            all.extend(words.iter().map(|(word, detail)| value(word, detail, document.dialect, quoted)));
        } else if in_selector {
            let free = cluster::label_suggestions(&cluster);
            let free = free.iter().filter(|(name, _)| !found.taken.iter().any(|taken| taken == name));
            all.extend(
                free.map(|(name, detail)| offer(name, detail, Icon::Property, key_text(name, source.language, quoted))),
            );
        }
    }
    all
}

fn offers(found: &Found, language: Language, quoted: bool) -> Vec<Offer> {
    if found.in_key { keys(found, language, quoted) } else { of_value(found, language, quoted) }
}

/// Keys of the object at the cursor that are not there yet.
fn keys(found: &Found, language: Language, quoted: bool) -> Vec<Offer> {
    let parent = found.path.split_last().map(|(_, parent)| parent).unwrap_or_default();
    let last = parent.iter().rev().find_map(Step::key);
    let named = |list: &[(&str, &str)]| -> Vec<Offer> {
        let free = list.iter().filter(|(name, _)| !found.taken.iter().any(|taken| taken == name));
        free.map(|(name, what)| offer(name, what, Icon::Property, key_text(name, language, quoted))).collect()
    };
    match last {
        Some("limits" | "requests") => return named(values::RESOURCES),
        Some("annotations") => return named(values::ANNOTATIONS),
        _ => {}
    }
    let mut offers = Vec::new();
    // An item of which nothing is written yet.
    if found.taken.is_empty() && found.class.is_none() && matches!(parent.last(), Some(Step::Index(_))) {
        offers.extend(snippets::of_item(last.unwrap_or_default(), language));
    }
    if let Some(class) = found.class.and_then(python::class) {
        let free = class.attributes.iter().filter(|attribute| !found.taken.iter().any(|taken| taken == attribute.wire));
        offers.extend(free.map(|attribute| {
            let name = attribute.python.trim_start_matches('_');
            let detail = if attribute.required { "required" } else { class.name };
            let mut offer = offer(name, detail, Icon::Property, Some(format!("{name}=")));
            let object = class.name.trim_start_matches("V1");
            offer.documentation = descriptions::of_field(object, attribute.wire);
            offer
        }));
        offers.sort_by_key(|offer| offer.detail != "required");
    } else if let Some(definition) = fields::object(&found.document, parent) {
        let free = definition.fields.iter().filter(|field| !found.taken.iter().any(|taken| taken == field.wire));
        offers.extend(free.map(|field| {
            let detail = fields::words(field.kind);
            let mut offer = offer(field.wire, &detail, Icon::Property, key_text(field.wire, language, quoted));
            offer.documentation = descriptions::of_field(definition.name, field.wire);
            offer
        }));
        // What must be there is offered first.
        offers.sort_by_key(|offer| definition.field(&offer.label).is_some_and(|field| !field.required));
    }
    offers
}

/// A key as it is put in: with what follows it, unless quotes are there already.
fn key_text(name: &str, language: Language, quoted: bool) -> Option<String> {
    match language {
        Language::Yaml if !quoted => Some(format!("{name}: ")),
        Language::Python | Language::Notebook if !quoted => Some(format!("\"{name}\": ")),
        _ => Some(name.to_owned()),
    }
}

/// Values for the field at the cursor.
fn of_value(found: &Found, language: Language, quoted: bool) -> Vec<Offer> {
    let document = &found.document;
    if found.class == Some("PodTemplate") {
        return names(document, Sort::Container);
    }
    if let Some(sort) = sort_at(document, &found.path) {
        return names(document, sort);
    }
    let keys: Vec<&str> = found.path.iter().filter_map(Step::key).collect();
    if let [.., list, resource] = keys.as_slice()
        && matches!(*list, "limits" | "requests")
    {
        return values::amounts(resource)
            .iter()
            .map(|amount| value(amount, "quantity", document.dialect, quoted))
            .collect();
    }
    let Some(place) = fields::place(document, &found.path) else { return Vec::new() };
    if matches!(found.path.last(), Some(Step::Index(_))) && matches!(place.kind, Kind::Object(_)) {
        return snippets::of_item(place.field.wire, language);
    }
    let words = values::of_field(place.definition.name, place.field.wire);
    let mut offers: Vec<Offer> =
        words.iter().map(|word| value(word, place.definition.name, document.dialect, quoted)).collect();
    if place.kind == Kind::Boolean && !quoted {
        let words = if document.dialect == Dialect::Python { ["True", "False"] } else { ["true", "false"] };
        offers.extend(words.map(|word| offer(word, "boolean", Icon::Value, None)));
    }
    offers
}

/// A word as a value; Python wants quotes where there are none.
fn value(word: &str, detail: &str, dialect: Dialect, quoted: bool) -> Offer {
    let text = (dialect == Dialect::Python && !quoted).then(|| format!("\"{word}\""));
    offer(word, detail, Icon::Member, text)
}

/// What a string at a path is the name of, where it refers to something in the pod.
fn sort_at(document: &Document, path: &[Step]) -> Option<Sort> {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    Some(match keys.as_slice() {
        [.., "volumeMounts" | "volumeDevices", "name"] | [.., "fileKeyRef", "volumeName"] => Sort::Volume,
        [.., "targetContainerName"] | [.., "resourceFieldRef", "containerName"] => Sort::Container,
        [.., "annotations", "primary_container_name" | "kubectl.kubernetes.io/default-container"] => Sort::Container,
        [.., "resources", "claims", "name"] => Sort::Claim,
        [.., "httpGet" | "tcpSocket", "port"] => Sort::Port(container_number(document, path)?),
        _ => return None,
    })
}

/// The number of the container that a path leads into, among all of the pod.
fn container_number(document: &Document, path: &[Step]) -> Option<usize> {
    let pod = Pod::new(document);
    let within = path.strip_prefix(document.template.as_slice())?;
    let [_, Step::Key(list), Step::Index(index), ..] = within else { return None };
    pod.containers.known.iter().position(|container| container.list == &**list && container.index == *index)
}

/// The names of a sort that the pod gives.
fn names(document: &Document, sort: Sort) -> Vec<Offer> {
    let mut found: Vec<Offer> = Vec::new();
    for mention in mentions(document) {
        let fits = mention.sort == sort && mention.is_definition && !mention.name.contains(MARK);
        if fits && !found.iter().any(|offer| offer.label == mention.name) {
            found.push(offer(&mention.name, sort.noun(), Icon::Reference, None));
        }
    }
    found
}

fn offer(label: &str, detail: &str, icon: Icon, text: Option<String>) -> Offer {
    Offer { label: label.to_owned(), detail: detail.to_owned(), text, is_snippet: false, icon, documentation: None }
}
