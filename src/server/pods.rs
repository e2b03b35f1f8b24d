//! The pods that Flyte submits, as documents beside the source: code lenses, requests, and word of changes.

use std::collections::HashSet;
use std::path::Path;

use gen_lsp_types::{TextDocumentIdentifier, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::distinct::Distinct;
use super::site::Site;
use super::state::Server;
use crate::cluster::{self, Submission};
use crate::document::Document;
use crate::flyte;
use crate::output::{Rendered, write_yaml};
use crate::project::BackendChoice;
use crate::tree::FileId;

/// The command that opens a pod.
pub const SHOW: &str = "podlint.showEffectivePod";
/// More pods are not watched.
const MAX_WATCHED: usize = 200;

/// Which pod is meant.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    /// The document.
    pub uri: String,
    /// The name of a task, environment or template; all pods of the document where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The line (from 0) of the template or its use, for what has no name of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Which {
    /// From the parameters of a request, or the argument of a command.
    pub fn new(params: &Value) -> Option<Self> {
        let uri = super::commands::uri_of(params)?;
        let name = params.get("name").and_then(Value::as_str).map(str::to_owned);
        let line = params.get("line").and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok());
        Some(Self { uri: uri.0, name, line })
    }

    /// A name for the document that shows the pod.
    fn document(&self) -> String {
        let file = super::uri::path(&Uri(self.uri.clone()));
        let stem = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c), "-");
        let name = self.name.as_deref().map(|name| format!("-{}", plain(name))).unwrap_or_default();
        let query: String = self.uri.bytes().map(|byte| format!("{byte:02x}")).collect();
        let line = self.line.map(|line| format!("&line={line}")).unwrap_or_default();
        format!("podlint-pod:/{}{name}.yaml?source={query}{line}", plain(&stem))
    }
}

/// The pods of a check with the places where they are used or made.
fn all(server: &Server, site: &Site<'_>) -> Vec<Rendered> {
    let documents = site.analysis.report.documents.iter();
    documents.flat_map(|document| rendered(server, site, document)).collect()
}

/// The pods of one template.
fn rendered(server: &Server, site: &Site<'_>, document: &Document) -> Vec<Rendered> {
    let source = &site.analysis.view.source;
    let project = &server.root(site).project;
    let backend = project.backend_of(&site.analysis.view.source.path, &BackendChoice::default()).ok().flatten();
    let is_whole = backend.is_some();
    let pods = match backend {
        Some(backend) => backend.backend.pods(document),
        None => flyte::pods(document),
    };
    let clusters = project.clusters_of(&source.path);
    let pods = pods.into_iter().map(|pod| {
        let file = site.analysis.report.source(source, pod.location.file);
        let line = file.place(pod.location.span.start).at.line;
        let (pod, runs_on) = match clusters.first() {
            Some(cluster) => cluster::in_cluster(&Submission { document, pod: &pod, is_whole }, cluster),
            None => (pod, Vec::new()),
        };
        Rendered { file: as_in_the_folder(server, &file.path), line, pod, runs_on }
    });
    pods.collect()
}

/// The pods that somebody gets to see under a name. An environment has none of its own: its tasks' or template's stand for it.
fn named(server: &Server, site: &Site<'_>, name: &str) -> Vec<Rendered> {
    let is_own =
        |rendered: &Rendered| [&rendered.pod.name, &rendered.pod.template].into_iter().flatten().any(|own| own == name);
    let pods: Vec<Rendered> = all(server, site).into_iter().filter(is_own).collect();
    if !pods.is_empty() {
        return pods;
    }
    let documents = site.analysis.report.documents.iter();
    let used = documents.filter(|document| document.uses.iter().any(|used| used.name.as_deref() == Some(name)));
    used.flat_map(|document| rendered(server, site, document)).collect()
}

/// A path as the user sees it: from the folder of the workspace that holds it.
fn as_in_the_folder(server: &Server, path: &Path) -> String {
    let within = server.workspace.folders.iter().filter_map(|folder| path.strip_prefix(folder).ok());
    within.min_by_key(|rest| rest.components().count()).unwrap_or(path).display().to_string()
}

/// The text of a pod; `None` where there is none of that name.
fn text(server: &Server, site: &Site<'_>, which: &Which) -> Option<String> {
    let mut pods = match &which.name {
        Some(name) => named(server, site, name),
        None => all(server, site),
    };
    if let Some(line) = which.line {
        let at =
            |rendered: &Rendered| site.place(rendered.pod.location).is_some_and(|place| place.range.start.line == line);
        if pods.iter().any(at) {
            pods.retain(at);
        }
    }
    if pods.is_empty() {
        return None;
    }
    let mut text = Vec::new();
    write_yaml(&mut text, &pods).ok()?;
    String::from_utf8(text).ok()
}

/// `textDocument/codeLens`: above each template, and at each task or environment that it is given to.
pub fn lenses(server: &Server, site: &Site<'_>, uri: &Uri) -> Value {
    let pods = all(server, site);
    let mut lenses = Distinct::default();
    let shown: HashSet<&str> = pods.iter().filter_map(|rendered| rendered.pod.name.as_deref()).collect();
    let mut offer = |location: crate::tree::Location, title: String, name: &Option<String>| {
        if location.file != FileId::MAIN {
            return;
        }
        let Some(place) = site.place(location).filter(|place| place.uri == *uri) else { return };
        let argument =
            Which { uri: uri.0.clone(), name: name.clone(), line: name.is_none().then_some(place.range.start.line) };
        let command = json!({"title": title, "command": SHOW, "arguments": [argument]});
        lenses.add(json!({"range": place.range, "command": command}));
    };
    for document in &site.analysis.report.documents {
        let uses = document.uses.len();
        let title = match uses {
            0 => "effective pod".to_owned(),
            1 => "effective pod (1 use)".to_owned(),
            _ => format!("effective pod ({uses} uses)"),
        };
        offer(document.made_at.unwrap_or(document.head), title, &document.name);
        for used in &document.uses {
            // An environment's tasks stand for it.
            let is_shown = used.name.as_deref().is_some_and(|name| shown.contains(name));
            let name = if is_shown { &used.name } else { &document.name };
            offer(used.location, format!("effective pod of this {}", used.kind.noun()), name);
        }
    }
    json!(lenses.into_values())
}

impl Server {
    /// `podlint/effectivePod` and the command: the pod, and word when it changes.
    pub fn effective_pod(&mut self, params: &Value) -> Value {
        let Some(which) = Which::new(params) else { return Value::Null };
        let uri = Uri(which.uri.clone());
        let Some(analysis) = self.unit(&uri).and_then(|document| document.current().cloned()) else {
            return Value::Null;
        };
        let Some(text) = text(self, &self.site(&analysis), &which) else { return Value::Null };
        if self.shown_pods.len() < MAX_WATCHED {
            self.shown_pods.insert(which.clone(), text.clone());
        }
        answer(&which, Some(&text))
    }

    /// Tells of pods that the client has shown and that are other ones now.
    pub fn pod_changed(&mut self, uri: &Uri) {
        let Some(analysis) = self.unit(uri).and_then(|document| document.analysis.clone()) else { return };
        let of_document = |which: &&Which| which.uri == uri.0 || self.cells.get(&which.uri) == Some(&uri.0);
        let watched: Vec<Which> = self.shown_pods.keys().filter(of_document).cloned().collect();
        for which in watched {
            let new = text(self, &self.site(&analysis), &which);
            if new.as_ref() != self.shown_pods.get(&which) {
                self.client.notify("podlint/effectivePodChanged", answer(&which, new.as_ref()));
                // A pod that is gone for a moment, as while typing, is still watched.
                self.shown_pods.insert(which, new.unwrap_or_default());
            }
        }
    }

    /// Pods of a document that was closed are not watched any more.
    pub fn forget_pods(&mut self, uri: &Uri) {
        self.shown_pods.retain(|which, _| which.uri != uri.0);
    }
}

fn answer(which: &Which, text: Option<&String>) -> Value {
    let document = TextDocumentIdentifier { uri: Uri(which.uri.clone()) };
    json!({
        "textDocument": document,
        "name": which.name,
        "line": which.line,
        "uri": which.document(),
        "languageId": "yaml",
        "text": text,
    })
}
