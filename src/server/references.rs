//! Definitions, references, highlights and renaming of the names within a pod.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gen_lsp_types::{Location as Place, Position, TextDocumentIdentifier, TextEdit, Uri};
use lsp_server::{ErrorCode, ResponseError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::failure;
use super::doubt::broken;
use super::edits::by_document;
use super::names::{Mention, Sort, mentions};
use super::site::Site;
use super::state::Server;
use crate::kubernetes::formats;
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// A place in a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct At {
    /// The document.
    pub text_document: TextDocumentIdentifier,
    /// Where in it.
    pub position: Position,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    new_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    #[serde(default = "yes")]
    include_declaration: bool,
}

impl Default for Context {
    fn default() -> Self {
        Self { include_declaration: true }
    }
}

const fn yes() -> bool {
    true
}

/// Everything that means one thing: a name, and all places in the template where it stands.
struct Thing {
    at: Mention,
    mentions: Vec<Mention>,
}

/// The things whose name is at a place: one for each template that the place belongs to.
fn things(site: &Site<'_>, at: &At) -> Vec<Thing> {
    let Some(offset) = site.offset(&at.text_document.uri, at.position) else { return Vec::new() };
    let of_document = |document| {
        let all = mentions(document);
        let here = all.iter().find(|mention| mention.is_at(offset))?.clone();
        let same = |mention: &Mention| mention.sort == here.sort && mention.name == here.name;
        Some(Thing { mentions: all.into_iter().filter(same).collect(), at: here })
    };
    site.analysis.report.documents.iter().filter_map(of_document).collect()
}

fn places(site: &Site<'_>, locations: impl Iterator<Item = Location>) -> Value {
    let unique: BTreeSet<Location> = locations.collect();
    let places: Vec<Place> = unique.into_iter().filter_map(|location| site.place(location)).collect();
    json!(places)
}

/// `textDocument/definition`.
pub fn definition(site: &Site<'_>, at: &At) -> Value {
    let things = things(site, at);
    let defining = things.iter().flat_map(|thing| &thing.mentions).filter(|mention| mention.is_definition);
    places(site, defining.map(|mention| mention.used))
}

/// `textDocument/references`.
pub fn references(site: &Site<'_>, at: &At) -> Value {
    let things = things(site, at);
    let wanted = |mention: &&Mention| at.context.include_declaration || !mention.is_definition;
    places(site, things.iter().flat_map(|thing| &thing.mentions).filter(wanted).map(|mention| mention.used))
}

/// `textDocument/documentHighlight`: what gives the name is written, what refers to it is read.
pub fn highlight(site: &Site<'_>, at: &At) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for mention in things(site, at).iter().flat_map(|thing| &thing.mentions) {
        let Some(place) = site.place(mention.used).filter(|place| place.uri == at.text_document.uri) else { continue };
        let highlight = json!({"range": place.range, "kind": if mention.is_definition { 3 } else { 2 }});
        if !found.contains(&highlight) {
            found.push(highlight);
        }
    }
    json!(found)
}

/// `textDocument/prepareRename`: the name without its quotes.
pub fn prepare_rename(site: &Site<'_>, at: &At) -> Value {
    let things = things(site, at);
    let Some(thing) = things.first() else { return Value::Null };
    let offset = site.offset(&at.text_document.uri, at.position).unwrap_or_default();
    let under_cursor = thing.mentions.iter().filter(|mention| super::focus::covers(mention.written, offset));
    // On the use of a constant the constant's own name is another server's business.
    let inner = under_cursor.filter_map(|mention| inner(site, mention)).next();
    match inner.and_then(|location| site.place(location)) {
        Some(place) => json!({"range": place.range, "placeholder": thing.at.name}),
        None => Value::Null,
    }
}

/// `textDocument/rename`.
pub fn rename(server: &Server, site: &Site<'_>, at: &At) -> Result<Value, ResponseError> {
    let refuse = |message: String| Err(failure(ErrorCode::RequestFailed, message));
    let things = things(site, at);
    let Some(first) = things.first() else { return refuse("there is no name here that can be renamed".to_owned()) };
    let (sort, new) = (first.at.sort, at.new_name.as_str());
    if new == first.at.name {
        return Ok(by_document(server, site, HashMap::new()));
    }
    if let Some(fault) = fault(sort, new) {
        return refuse(format!("`{new}` is no name for a {}: {fault}", sort.noun()));
    }
    let all: Vec<Vec<Mention>> = site.analysis.report.documents.iter().map(mentions).collect();
    let affected = affected(first, &all);
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for mentions in &all {
        let touched = |mention: &&Mention| mention.sort == sort && affected.contains(&mention.written);
        let taken = |mention: &&Mention| mention.sort == sort && mention.is_definition && mention.name == new;
        if mentions.iter().any(|mention| touched(&mention)) && mentions.iter().any(|mention| taken(&mention)) {
            return refuse(format!("there is a {} `{new}` already", sort.noun()));
        }
    }
    let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for location in affected {
        let mention = Mention { written: location, ..first.at.clone() };
        let (Some(inner), whole) = (inner(site, &mention), location) else {
            return refuse(format!(
                "`{}` is put together by code in one place, which only you can change",
                first.at.name
            ));
        };
        let is_bare = inner == whole;
        let text = if is_bare && is_special(new) { format!("\"{new}\"") } else { new.to_owned() };
        let Some(place) = site.place(inner) else { continue };
        edits.entry(inner.file).or_default().push(Edit::replace(inner.span, text.clone()));
        changes.entry(place.uri).or_default().push(TextEdit { range: place.range, new_text: text });
    }
    if let Some(fault) = broken(server, site, &edits) {
        return refuse(format!("`{}` cannot be renamed alone: {fault}", first.at.name));
    }
    Ok(by_document(server, site, changes))
}

/// The strings that must change together: all that name the thing, and what shares a constant with them.
fn affected(first: &Thing, all: &[Vec<Mention>]) -> BTreeSet<Location> {
    let mut written: BTreeSet<Location> = first.mentions.iter().map(|mention| mention.written).collect();
    loop {
        let before = written.len();
        for mentions in all {
            let touched: Vec<Sort> = mentions
                .iter()
                .filter(|mention| written.contains(&mention.written))
                .map(|mention| mention.sort)
                .collect();
            let same = |mention: &&Mention| touched.contains(&mention.sort) && mention.name == first.at.name;
            written.extend(mentions.iter().filter(same).map(|mention| mention.written));
        }
        if written.len() == before {
            return written;
        }
    }
}

/// Where the characters of a name are, when they stand in the text as they are.
fn inner(site: &Site<'_>, mention: &Mention) -> Option<Location> {
    let source = site.analysis.report.source(&site.analysis.view.source, mention.written.file);
    let text = mention.written.span.slice(&source.text);
    let at = text.find(&mention.name)?;
    let rest = [text.get(..at)?, text.get(at + mention.name.len()..)?];
    let quotes = |part: &str| part.len() <= 3 && part.bytes().all(|byte| matches!(byte, b'"' | b'\''));
    if !rest.iter().all(|part| quotes(part)) {
        return None;
    }
    let start = mention.written.span.start + u32::try_from(at).ok()?;
    let end = start + u32::try_from(mention.name.len()).ok()?;
    Some(Location { file: mention.written.file, span: Span::new(start, end) })
}

/// What is wrong with a name.
fn fault(sort: Sort, name: &str) -> Option<String> {
    let faults = match sort {
        Sort::Port(_) => formats::port_name(name),
        _ => formats::dns_label(name),
    };
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// Whether YAML would read a bare word as something else than a string.
fn is_special(name: &str) -> bool {
    let word = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&name);
    word || name.starts_with(|first: char| first.is_ascii_digit())
}
