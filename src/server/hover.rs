//! What is known of the thing under the cursor: findings with their rule, the field of Kubernetes, what Flyte does to it.

use serde_json::{Value as Json, json};

use super::diagnostics::{is_wanted, page};
use super::fields;
use super::focus::{Focus, covers};
use super::references::At;
use super::site::Site;
use super::state::Server;
use super::values;
use crate::cluster;
use crate::diagnostic::Diagnostic as Finding;
use crate::document::Document;
use crate::flyte;
use crate::pod::{Pod, Role};
use crate::rules::RULES;
use crate::schema::descriptions;
use crate::schema::kubernetes::VERSIONS;
use crate::tree::{FileId, Location, Path, Step, Value};

/// `textDocument/hover`.
pub fn hover(server: &Server, site: &Site<'_>, at: &At) -> Json {
    let Some(offset) = site.offset(&at.text_document.uri, at.position) else { return Json::Null };
    let mut parts: Vec<String> = Vec::new();
    for part in findings(server, at).into_iter().map(finding) {
        // Two findings of a rule at one place are explained once.
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    // The blanks within a list or object are not about it.
    let is_part =
        |focus: &Focus<'_>| focus.key.is_some() || (focus.node.as_list().is_none() && focus.node.as_map().is_none());
    let focus = Focus::at(site, offset).filter(is_part);
    if let Some(focus) = &focus {
        let field = field(focus).map(|text| with_clusters(server, site, focus, text));
        let texts: Vec<String> = field.into_iter().chain(why_dynamic(focus)).collect();
        parts.extend((!texts.is_empty()).then(|| texts.join("\n\n")));
    }
    if parts.is_empty() {
        parts.extend(primary(site, offset));
    }
    if parts.is_empty() {
        return Json::Null;
    }
    let range = focus.and_then(|focus| site.place(focus.location(offset)?)).map(|place| place.range);
    let text = parts.join("\n\n---\n\n");
    json!({"contents": server.client.abilities.markup("/textDocument/hover/contentFormat", &text), "range": range})
}

/// The findings at a place, also those of templates that are made of the file.
fn findings<'a>(server: &'a Server, at: &At) -> Vec<&'a Finding> {
    let mut found = Vec::new();
    for site in server.sites() {
        let Some((file, offset)) = site.spot(&at.text_document.uri, at.position) else { continue };
        let covers = |place: Location| place.file == file && place.span.start <= offset && offset <= place.span.end;
        let preferences = &server.root(&site).preferences;
        found.extend(site.analysis.report.diagnostics.iter().filter(|finding| {
            let leads_away = file == FileId::MAIN && finding.location.file != file;
            let here =
                covers(finding.location) || (leads_away && finding.labels.iter().any(|label| covers(label.location)));
            here && is_wanted(&site, finding, preferences)
        }));
    }
    found
}

/// The rule of a finding with the first parts of its page; the message is what editors show in the same place themselves.
fn finding(finding: &Finding) -> String {
    let mut text = format!("**[{}]({})**", finding.rule, page(finding.rule).0);
    if let Some(help) = &finding.help {
        text.push_str(&format!("\n\n*Help*: {help}"));
    }
    if let Some(rule) = RULES.iter().find(|rule| rule.name == finding.rule) {
        let page = rule.page();
        let why = page.split("## Why").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
        let why = if why.trim().is_empty() { rule.summary() } else { why.trim().to_owned() };
        text.push_str(&format!("\n\n{why}"));
    }
    text
}

/// The field of Kubernetes at a place, and what Flyte does to it.
fn field(focus: &Focus<'_>) -> Option<String> {
    let place = fields::place(focus.document, &focus.path)?;
    let written = focus.document.dialect.field(place.field.wire);
    let mut facts = vec![format!("`{}`", fields::words(place.field.kind))];
    if place.field.required {
        facts.push("required".to_owned());
    }
    let (first, last) = place.field.versions;
    if first > *VERSIONS.start() {
        facts.push(format!("Kubernetes 1.{first} and later"));
    }
    if last < *VERSIONS.end() {
        facts.push(format!("up to Kubernetes 1.{last}"));
    }
    let mut text = format!("**{written}** of {}: {}", place.definition.name, facts.join(", "));
    if let Some(description) = descriptions::of_field(place.definition.name, place.field.wire) {
        text.push_str(&format!("\n\n{description}"));
        if let Some(default) = descriptions::default_of(&description) {
            text.push_str(&format!("\n\n*Default*: {default}."));
        }
    }
    if let Some(known) = values::meaning(&focus.path) {
        text = format!("{known}\n\n{text}");
    }
    if let Some(path) = focus.in_template() {
        if let Some(note) = flyte::note(focus.document, path, is_primary(focus.document, path)) {
            text.push_str(&format!("\n\n*Flyte*: {note}"));
        }
        if let Some(set) = set_otherwise(focus.document, path) {
            text.push_str(&format!("\n\n{set}"));
        }
    }
    Some(text)
}

/// Why a value, or a part of a list or object, is known only when the program runs.
fn why_dynamic(focus: &Focus<'_>) -> Option<String> {
    let quoted = |reason: &str| format!("`{}`", reason.replace('`', "'"));
    if let Value::Dynamic(dynamic) = &focus.node.value {
        let default = dynamic.default.as_ref().and_then(|node| node.as_str());
        let default = default.map(|text| format!("; without it {}", quoted(text))).unwrap_or_default();
        return Some(format!("*Value*: known only at run time: {}{default}", quoted(&dynamic.reason)));
    }
    let (_, reason) = focus.document.opened.iter().find(|(location, _)| *location == focus.node.location)?;
    Some(format!("*Value*: may hold more at run time: {}", quoted(reason)))
}

/// The same with what the clusters have for the field.
fn with_clusters(server: &Server, site: &Site<'_>, focus: &Focus<'_>, mut text: String) -> String {
    let Some(path) = focus.in_template() else { return text };
    let Some(root) = focus.document.pod_template().known() else { return text };
    let file = &site.analysis.view.source.path;
    for cluster in server.roots.of(file).project.clusters_of(file) {
        if let Some(hint) = cluster::hint(&cluster, root, path) {
            let name = cluster.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            text.push_str(&format!("\n\n{}", hint.replacen("*Cluster*", &format!("*Cluster*{name}"), 1)));
        }
    }
    text
}

/// Whether a path leads into the primary container.
fn is_primary(document: &Document, path: &[Step]) -> bool {
    let [Step::Key(_), Step::Key(list), Step::Index(index), ..] = path else { return false };
    let pod = Pod::new(document);
    let at = |container: &&crate::pod::Container<'_>| container.list == &**list && container.index == *index;
    pod.containers.known.iter().find(at).is_some_and(|container| container.role == Role::Primary)
}

/// What stands at a place in the submitted pod, where somebody else than the template set it.
fn set_otherwise(document: &Document, path: &[Step]) -> Option<String> {
    let pod = flyte::each_pod(document).next()?;
    let origin = (1..=path.len()).rev().find_map(|end| pod.origin(path.get(..end)?))?;
    let path: Path = path.to_vec();
    let value = pod.root.at(&path)?;
    let shown = match &value.value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => format!("`{}`", number.text),
        Value::Bool(value) => format!("`{value}`"),
        _ => "another value".to_owned(),
    };
    Some(format!("In the submitted pod: {shown}, set by {}.", origin.as_str()))
}

/// The name of the primary container.
fn primary(site: &Site<'_>, offset: u32) -> Option<String> {
    let documents = site.analysis.report.documents.iter();
    let mut named = documents.filter(|document| document.primary.location.is_some_and(|place| covers(place, offset)));
    named.next().map(|_| {
        "**primary container**: Flyte runs the task in the container of this name: it replaces its command and arguments, and fills in image, environment and resources.".to_owned()
    })
}
