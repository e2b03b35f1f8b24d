//! Renaming of the names within a pod, in all files that are open or that it is made of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use gen_lsp_types::{TextEdit, Uri};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::{Value, json};

use super::client::failure;
use super::doubt::broken;
use super::edits::by_document;
use super::focus::covers;
use super::names::{Mention, Sort, mentions};
use super::references::{At, things};
use super::site::Site;
use super::state::Server;
use crate::kubernetes::formats;
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// A string in some file, whichever check looks at it.
type Written = (PathBuf, Span);

/// `textDocument/prepareRename`: the name without its quotes.
pub fn prepare(server: &Server, at: &At) -> Value {
    for thing in things(server, at) {
        let Some((file, offset)) = thing.site.spot(&at.text_document.uri, at.position) else { continue };
        // On the use of a constant the constant's own name is another server's business.
        let written = thing.at.written;
        let is_under_cursor = written.file == file && covers(Location { file: FileId::MAIN, ..written }, offset);
        let inner = is_under_cursor.then(|| inner(&thing.site, &thing.at)).flatten();
        if let Some(place) = inner.and_then(|location| thing.site.place(location)) {
            return json!({"range": place.range, "placeholder": thing.at.name});
        }
    }
    Value::Null
}

/// `textDocument/rename`.
pub fn rename(server: &Server, at: &At) -> Result<Value, ResponseError> {
    let refuse = |message: String| failure(ErrorCode::RequestFailed, message);
    let things = things(server, at);
    let first = things.first().ok_or_else(|| refuse("there is no name here that can be renamed".to_owned()))?;
    let (sort, old, new) = (first.at.sort, first.at.name.as_str(), at.new_name.as_str());
    if new == old {
        return Ok(by_document(server, &first.site, HashMap::new()));
    }
    if let Some(fault) = fault(sort, new) {
        return Err(refuse(format!("`{new}` is no name for a {}: {fault}", sort.noun())));
    }
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    let mut edits: BTreeMap<PathBuf, Vec<Edit>> = BTreeMap::new();
    let mut seen: HashSet<(String, Span)> = HashSet::new();
    for (site, mention) in
        affected(server, things.iter().map(|thing| written(&thing.site, &thing.at)).collect(), old, new)
            .map_err(|taken| refuse(format!("there is a {} `{new}` already", taken.noun())))?
    {
        let inner = inner(&site, &mention).ok_or_else(|| {
            refuse(format!("`{old}` is put together by code in one place, which only you can change"))
        })?;
        let is_bare = inner == mention.written;
        let text = if is_bare && is_special(new) { format!("\"{new}\"") } else { new.to_owned() };
        let Some(place) = site.place(inner) else { continue };
        let edit = TextEdit { range: place.range, new_text: text.clone() };
        if seen.insert((place.uri.0.clone(), inner.span)) {
            changes.entry(place.uri).or_default().push(edit);
            edits.entry(written(&site, &mention).0).or_default().push(Edit::replace(inner.span, text));
        }
    }
    changes.values_mut().for_each(|edits| edits.sort_by_key(|edit| edit.range.start));
    if let Some(fault) = broken(server, &edits) {
        return Err(refuse(format!("`{old}` cannot be renamed alone: {fault}")));
    }
    Ok(by_document(server, &first.site, changes))
}

/// All mentions that must change together: those of the thing, and what shares a constant with them, in any open document.
/// An error is the sort of which there is one of the new name already.
fn affected<'a>(
    server: &'a Server,
    mut strings: BTreeSet<Written>,
    old: &str,
    new: &str,
) -> Result<Vec<(Site<'a>, Mention)>, Sort> {
    let mut templates: Vec<(Site<'a>, Vec<Mention>)> = Vec::new();
    for site in server.sites() {
        templates.extend(site.analysis.report.documents.iter().map(|document| (site, mentions(document))));
    }
    let sorts = |site: &Site<'_>, all: &[Mention], strings: &BTreeSet<Written>| -> HashSet<Sort> {
        let touched = all.iter().filter(|mention| mention.name == old && strings.contains(&written(site, mention)));
        touched.map(|mention| mention.sort).collect()
    };
    loop {
        let before = strings.len();
        for (site, all) in &templates {
            let touched = sorts(site, all, &strings);
            let same = all.iter().filter(|mention| mention.name == old && touched.contains(&mention.sort));
            strings.extend(same.map(|mention| written(site, mention)));
        }
        if strings.len() == before {
            break;
        }
    }
    let mut found = Vec::new();
    for (site, all) in templates {
        let touched = sorts(&site, &all, &strings);
        let taken =
            |mention: &&Mention| mention.is_definition && mention.name == new && touched.contains(&mention.sort);
        if let Some(taken) = all.iter().find(taken) {
            return Err(taken.sort);
        }
        let ours = all.into_iter().filter(|mention| mention.name == old && strings.contains(&written(&site, mention)));
        found.extend(ours.map(|mention| (site, mention)));
    }
    Ok(found)
}

fn written(site: &Site<'_>, mention: &Mention) -> Written {
    let source = site.analysis.report.source(&site.analysis.view.source, mention.written.file);
    (source.path.clone(), mention.written.span)
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
