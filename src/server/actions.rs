//! Code actions: fixes of findings, all safe fixes at once, and comments that silence a rule.

use gen_lsp_types::{Range, TextDocumentIdentifier, Uri};
use lsp_server::{ErrorCode, ResponseError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{failure, plain};
use super::diagnostics::{diagnostic, is_wanted};
use super::edits::{between, workspace_edit};
use super::site::Site;
use super::state::Server;
use crate::diagnostic::{Applicability, Diagnostic as Finding, Fix};
use crate::fix::{fix, is_sound};
use crate::ignores::{self, Checks};
use crate::source::{Language, SourceFile};
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// The kind of the action that makes all safe fixes.
pub const FIX_ALL: &str = "source.fixAll.podlint";

/// What it is called.
pub const FIX_ALL_TITLE: &str = "Podlint: apply all safe fixes";
/// The command that makes an action, for clients that know no actions but commands.
pub const APPLY: &str = "podlint.applyAction";

/// What the client asks; the diagnostics that it sends along are not needed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: TextDocumentIdentifier,
    range: Range,
    #[serde(default)]
    context: Context,
}

#[derive(Debug, Default, Deserialize)]
struct Context {
    only: Option<Vec<String>>,
}

/// Which action is meant, until its edit is asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Data {
    uri: Uri,
    /// The text that the action was offered for.
    version: i32,
    what: What,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum What {
    /// A fix of a finding, by its number among the finding's fixes.
    Fix(Key, usize),
    /// All safe fixes.
    FixAll,
    /// The finding is silenced where it is.
    IgnoreHere(Key),
    /// The rule of the finding is silenced in the whole file.
    IgnoreInFile(Key),
}

/// A finding, in words that another check of the same text finds again.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Key {
    rule: String,
    message: String,
    file: u32,
    start: u32,
}

impl Key {
    fn of(finding: &Finding) -> Self {
        let (file, start) = (finding.location.file.0, finding.location.span.start);
        Self { rule: finding.rule.to_owned(), message: finding.message.clone(), file, start }
    }
}

/// The actions at a range.
pub fn list(server: &Server, site: &Site<'_>, params: &Params) -> Value {
    let uri = &params.text_document.uri;
    let Some(asked) = site.span(uri, params.range) else { return json!([]) };
    let wanted = |kind: &str| {
        let only = params.context.only.as_deref().unwrap_or_default();
        only.is_empty()
            || only.iter().any(|only| kind == only || kind.starts_with(&format!("{only}.")) || only.is_empty())
    };
    let mut actions = Vec::new();
    if wanted("quickfix") {
        let findings = site.analysis.report.diagnostics.iter();
        let here: Vec<&Finding> = findings
            .filter(|finding| is_wanted(site, finding, &server.root(site).preferences) && touches(finding, asked))
            .collect();
        here.iter().for_each(|finding| add_fixes(server, site, uri, finding, &mut actions));
        if site.analysis.view.source.language != Language::Json {
            here.iter().for_each(|finding| add_ignores(server, site, uri, finding, &mut actions));
        }
    }
    let has_safe = || site.analysis.report.diagnostics.iter().any(|found| found.fixes.iter().any(is_safe));
    if wanted(FIX_ALL) && has_safe() {
        let action = json!({"title": FIX_ALL_TITLE, "kind": FIX_ALL});
        actions.extend(with_edit(server, site, uri, What::FixAll, action));
    }
    json!(actions)
}

fn is_safe(fix: &Fix) -> bool {
    fix.applicability == Applicability::Safe && !fix.edits.is_empty()
}

/// Whether a finding, or the place in this file that leads to it, is at what the user looks at.
fn touches(finding: &Finding, asked: Span) -> bool {
    let at = |location: Location| {
        let span = location.span;
        location.file == FileId::MAIN && span.start <= asked.end && asked.start <= span.end
    };
    at(finding.location)
        || (finding.location.file != FileId::MAIN && finding.labels.iter().any(|label| at(label.location)))
}

fn add_fixes(server: &Server, site: &Site<'_>, uri: &Uri, finding: &Finding, actions: &mut Vec<Value>) {
    let mends = |index: usize| finding.fixes.get(index).is_some_and(is_safe);
    for (index, fix) in finding.fixes.iter().enumerate() {
        let action = json!({
            "title": capitalized(&fix.title),
            "kind": "quickfix",
            "isPreferred": mends(index) && !(0..index).any(mends),
            "diagnostics": shown(site, finding),
        });
        actions.extend(with_edit(server, site, uri, What::Fix(Key::of(finding), index), action));
    }
}

fn add_ignores(server: &Server, site: &Site<'_>, uri: &Uri, finding: &Finding, actions: &mut Vec<Value>) {
    if finding.location.file != FileId::MAIN || ignores::UNSILENCED.contains(&finding.rule) {
        return;
    }
    for (what, place) in
        [(What::IgnoreHere(Key::of(finding)), "here"), (What::IgnoreInFile(Key::of(finding)), "in this file")]
    {
        let title = format!("Ignore `{}` {place}", finding.rule);
        // One finding of a rule is enough to silence the rule in the file.
        if actions.iter().any(|action| place != "here" && action["title"] == title) {
            continue;
        }
        let action = json!({"title": title, "kind": "quickfix", "diagnostics": shown(site, finding)});
        actions.extend(with_edit(server, site, uri, what, action));
    }
}

fn shown(site: &Site<'_>, finding: &Finding) -> Vec<Value> {
    let place = site.place(finding.location);
    place.map(|place| plain(diagnostic(site, finding, place.range))).into_iter().collect()
}

/// The action with its edit, or with what is needed to make it when it is chosen.
fn with_edit(server: &Server, site: &Site<'_>, uri: &Uri, what: What, mut action: Value) -> Option<Value> {
    let abilities = &server.client.abilities;
    let data = || Data { uri: uri.clone(), version: version(site, uri), what: what.clone() };
    if !abilities.speaks("/textDocument/codeAction/codeActionLiteralSupport") {
        return Some(json!({"title": action["title"], "command": APPLY, "arguments": [data()]}));
    }
    let object = action.as_object_mut()?;
    let later = abilities.strings("/textDocument/codeAction/resolveSupport/properties");
    // Who loses the data cannot ask for the edit.
    let keeps = abilities.has("/textDocument/codeAction/dataSupport");
    if keeps && later.iter().any(|property| property == "edit") {
        object.insert("data".to_owned(), plain(data()));
    } else {
        object.insert("edit".to_owned(), edit_of(server, site, &what)?);
    }
    Some(action)
}

/// `codeAction/resolve`: the action with its edit.
pub fn resolve(server: &Server, site: &Site<'_>, mut action: Value) -> Result<Value, ResponseError> {
    let edit = edit_for(server, site, action.get("data").cloned().unwrap_or_default())?;
    if let Some(object) = action.as_object_mut() {
        object.insert("edit".to_owned(), edit);
    }
    Ok(action)
}

/// The edit of an action that was offered, unless the text is another one by now.
pub fn edit_for(server: &Server, site: &Site<'_>, data: Value) -> Result<Value, ResponseError> {
    let Ok(data) = serde_json::from_value::<Data>(data) else {
        return Err(failure(ErrorCode::InvalidParams, "this action is not of podlint"));
    };
    let is_same = data.version == version(site, &data.uri);
    let edit = is_same.then(|| edit_of(server, site, &data.what)).flatten();
    edit.ok_or_else(|| failure(ErrorCode::ContentModified, "the document was changed"))
}

/// A title as editors' menus have it.
fn capitalized(title: &str) -> String {
    let mut rest = title.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn edit_of(server: &Server, site: &Site<'_>, what: &What) -> Option<Value> {
    let all = &site.analysis.report.diagnostics;
    let finding = |key: &Key| all.iter().find(|finding| Key::of(finding) == *key);
    let edits = match what {
        What::Fix(key, index) => {
            let found = finding(key)?;
            let fix = found.fixes.get(*index)?;
            let (source, project) = (&site.analysis.view.source, &server.root(site).project);
            let settings = project.settings(&source.path, source.language, &source.text);
            is_sound(source, found, fix, &settings, &project.modules).then(|| fix.edits.clone())?
        }
        What::FixAll => fix_all(server, site)?,
        What::IgnoreHere(key) => ignore_here(server, site, finding(key)?)?,
        What::IgnoreInFile(key) => ignore_in_file(&site.analysis.view.source, finding(key)?.rule),
    };
    workspace_edit(server, site, &edits)
}

/// In a notebook the first cell with code is the top: one of magic alone would not bear a comment before it.
fn ignore_in_file(source: &SourceFile, rule: &str) -> Vec<Edit> {
    let is_code = |start: &u32| {
        let next = source.cells().iter().map(|cell| cell.start).find(|next| next > start);
        let end = next.map_or(source.text.len(), |next| next as usize);
        source.text.get(*start as usize..end).is_some_and(|code| !code.trim().is_empty())
    };
    let top = source.cells().iter().map(|cell| cell.start).find(is_code).unwrap_or_default();
    let mut edits = ignores::in_file(source.text.get(top as usize..).unwrap_or_default(), rule);
    for edit in &mut edits {
        edit.span = Span::new(edit.span.start + top, edit.span.end + top);
    }
    edits
}

fn ignore_here(server: &Server, site: &Site<'_>, finding: &Finding) -> Option<Vec<Edit>> {
    let source = &site.analysis.view.source;
    let project = &server.root(site).project;
    let settings = project.settings(&source.path, source.language, &source.text);
    let checks = Checks { settings: &settings, modules: &project.modules };
    ignores::here(source, &site.analysis.report, finding, checks)
}

/// The version of a document's text that was checked.
fn version(site: &Site<'_>, uri: &Uri) -> i32 {
    site.analysis.view.buffers.iter().find(|buffer| buffer.uri == *uri).map_or(0, |buffer| buffer.version)
}

/// The edits that make all safe fixes; `None` where there is none.
pub fn fix_all(server: &Server, site: &Site<'_>) -> Option<Vec<Edit>> {
    let source = &site.analysis.view.source;
    let project = &server.root(site).project;
    let settings = project.settings(&source.path, source.language, &source.text);
    let fixed = fix(source, &site.analysis.report, &settings, &project.modules, Applicability::Safe)?;
    let edits = between(&source.text, &fixed.source.text);
    (!edits.is_empty()).then_some(edits)
}
