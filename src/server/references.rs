//! Definitions, references and highlights of the names within a pod, from any of the files that it is made of.

use gen_lsp_types::{Location as Place, Position, TextDocumentIdentifier};
use serde::Deserialize;
use serde_json::{Value, json};

use super::distinct::Distinct;
use super::names::{Mention, mentions};
use super::site::Site;
use super::state::Server;

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
    /// What it is to be called, where it is to be renamed.
    #[serde(default)]
    pub new_name: String,
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
pub struct Thing<'a> {
    /// The check that knows of it.
    pub site: Site<'a>,
    /// The mention at the place that was asked for.
    pub at: Mention,
    mentions: Vec<Mention>,
}

/// The things whose name is at a place: one for each template that the place belongs to. What a module holds is known to
/// the open documents that import from it.
pub fn things<'a>(server: &'a Server, at: &At) -> Vec<Thing<'a>> {
    let mut found = Vec::new();
    for site in server.sites() {
        let Some((file, offset)) = site.spot(&at.text_document.uri, at.position) else { continue };
        for document in &site.analysis.report.documents {
            let all = mentions(document);
            let Some(here) = all.iter().find(|mention| mention.is_at(file, offset)).cloned() else { continue };
            let same = |mention: &Mention| mention.sort == here.sort && mention.name == here.name;
            found.push(Thing { site, mentions: all.into_iter().filter(same).collect(), at: here });
        }
    }
    found
}

/// The places of all mentions that are wanted, each once.
fn places(things: &[Thing<'_>], at: &At, wanted: impl Fn(&Mention) -> bool) -> Value {
    let mut found: Vec<Place> = Vec::new();
    for thing in things {
        let mentions = thing.mentions.iter().filter(|mention| wanted(mention));
        found.extend(mentions.filter_map(|mention| thing.site.place(mention.used)));
    }
    // The file that the user is in comes first.
    let key = |place: &Place| (place.uri != at.text_document.uri, place.uri.0.clone(), place.range.start);
    found.sort_by_key(key);
    found.dedup();
    json!(found)
}

/// `textDocument/definition`.
pub fn definition(server: &Server, at: &At) -> Value {
    places(&things(server, at), at, |mention| mention.is_definition)
}

/// `textDocument/references`.
pub fn references(server: &Server, at: &At) -> Value {
    places(&things(server, at), at, |mention| at.context.include_declaration || !mention.is_definition)
}

/// `textDocument/documentHighlight`: what gives the name is written, what refers to it is read.
pub fn highlight(server: &Server, at: &At) -> Value {
    let mut found = Distinct::default();
    for thing in things(server, at) {
        for mention in &thing.mentions {
            let place = thing.site.place(mention.used).filter(|place| place.uri == at.text_document.uri);
            let Some(place) = place else { continue };
            found.add(json!({"range": place.range, "kind": if mention.is_definition { 3 } else { 2 }}));
        }
    }
    json!(found.into_values())
}
