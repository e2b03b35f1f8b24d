//! The object that the server shows to a policy: a pod made from a template, or a manifest, with defaults filled in.

use super::defaults;
use crate::document::{Document, Flavour, Kind};
use crate::flyte;
use crate::tree::{Entry, Form, Key, Location, Map, Node, Value};

/// An object that is created on the way from a template to its pods.
#[derive(Debug)]
pub struct Seen {
    /// The object.
    pub root: Node,
    /// Its group, version, resource and kind.
    pub resource: Resource,
    /// Where it comes from.
    pub standing: Standing,
}

/// What an object is to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `apps`; empty for the core.
    pub group: String,
    /// `v1`.
    pub version: String,
    /// `deployments`.
    pub plural: String,
    /// `Deployment`.
    pub kind: String,
}

/// How sure it is that the server sees the object like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As it is written.
    Written,
    /// A pod to which Flyte's backend adds what its configuration says.
    Flyte,
    /// A pod under which the template is merged; the task's own wins.
    Merged,
    /// It would be there if the template were used in a workload; Flyte makes none.
    Imagined,
}

impl Resource {
    /// What a manifest is.
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let lower = kind.to_ascii_lowercase();
        let plural = if lower.ends_with('s') { format!("{lower}es") } else { format!("{lower}s") };
        Self { group: group.to_owned(), version: version.to_owned(), plural, kind: kind.to_owned() }
    }
}

/// The objects that are made of a document.
pub fn seen(document: &Document, has_accounts: bool) -> impl Iterator<Item = Seen> {
    let manifest = document.api.as_ref().filter(|_| !matches!(document.kind, Kind::Pod | Kind::Embedded));
    let manifest = manifest.map(|(api_version, kind)| {
        let mut root = document.root.clone();
        defaults::manifest(&mut root, &document.template);
        Seen { root, resource: Resource::new(api_version, kind), standing: Standing::Written }
    });
    let workload = (document.kind == Kind::PythonTemplate).then(|| imagined(document));
    pods(document, has_accounts).chain(manifest).chain(workload)
}

/// The pods of a document: for Flyte's templates one for each use.
fn pods(document: &Document, has_accounts: bool) -> impl Iterator<Item = Seen> {
    let standing = match document.flavour {
        Flavour::ClusterTemplate => Standing::Merged,
        Flavour::Workload => Standing::Written,
        _ if document.kind == Kind::PythonTemplate => Standing::Flyte,
        Flavour::Unknown => Standing::Written,
        _ => Standing::Merged,
    };
    flyte::each_pod(document).map(move |pod| {
        let primary = pod.primary.clone();
        let mut root = object(pod.root, document.head, "v1", "Pod");
        // A Pod's own account is only known to be filled in where there are accounts.
        let account = document.kind != Kind::Pod || has_accounts;
        defaults::pod(&mut root, document.kind == Kind::Pod, standing, primary.as_deref(), account);
        Seen { root, resource: Resource::new("v1", "Pod"), standing }
    })
}

/// The deployment that a policy about workloads would see.
fn imagined(document: &Document) -> Seen {
    let at = document.head;
    let template = document.pod_template().known().cloned();
    let template = template.unwrap_or_else(|| Node::dynamic("the template", at));
    let mut spec = map(vec![entry("template", template)], at);
    open(&mut spec);
    let mut metadata = map(Vec::new(), at);
    open(&mut metadata);
    let mut root = object(map(vec![entry("metadata", metadata), entry("spec", spec)], at), at, "apps/v1", "Deployment");
    defaults::manifest(&mut root, &["spec", "template"].map(Into::into));
    Seen { root, resource: Resource::new("apps/v1", "Deployment"), standing: Standing::Imagined }
}

/// A template with what makes it an object of its own.
fn object(template: Node, at: Location, api_version: &str, kind: &str) -> Node {
    let Value::Map(mut parts) = template.value else { return template };
    parts.entries.retain(|entry| !matches!(&*entry.key.wire, "apiVersion" | "kind"));
    parts.entries.push(entry("apiVersion", Node::string(api_version, at)));
    parts.entries.push(entry("kind", Node::string(kind, at)));
    if parts.entry("metadata").is_none_or(|entry| entry.value.value == Value::Null) && !parts.open {
        parts.entries.retain(|entry| &*entry.key.wire != "metadata");
        parts.entries.push(entry("metadata", map(Vec::new(), at)));
    }
    Node { value: Value::Map(parts), ..template }
}

/// A map that podlint puts together.
pub fn map(entries: Vec<Entry>, at: Location) -> Node {
    let map = Map { entries, form: Form::Synthetic, ..Map::default() };
    Node::new(Value::Map(map), at)
}

/// An entry of such a map.
pub fn entry(key: &str, value: Node) -> Entry {
    Entry { key: Key { wire: key.into(), written: None, location: value.location }, value }
}

/// Makes what a map lacks unknown.
pub fn open(node: &mut Node) {
    if let Value::Map(map) = &mut node.value {
        map.open = true;
    }
}

/// The request to create an object, as far as it is known.
#[must_use]
pub fn request(resource: &Resource) -> Node {
    let at = Location::default();
    let kinds = |last: &str, value: &str| {
        let text = |key: &str, value: &str| entry(key, Node::string(value, at));
        map(vec![text("group", &resource.group), text("version", &resource.version), text(last, value)], at)
    };
    let mut request = map(
        vec![
            entry("operation", Node::string("CREATE", at)),
            entry("kind", kinds("kind", &resource.kind)),
            entry("requestKind", kinds("kind", &resource.kind)),
            entry("resource", kinds("resource", &resource.plural)),
            entry("requestResource", kinds("resource", &resource.plural)),
            // Only requests to a part of an object have one.
            entry("subResource", Node::new(Value::Null, at)),
        ],
        at,
    );
    open(&mut request);
    request
}
