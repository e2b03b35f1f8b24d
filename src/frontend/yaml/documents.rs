//! Which trees hold a pod template, and where in them it is.

use std::sync::Arc;

use crate::config::Settings;
use crate::document::{Dialect, Document, Flavour, Kind, PrimaryName};
use crate::tree::{Field, Location, Node, Path, Step};

/// Whether a text may hold a pod template at all; settings name further keys and kinds.
pub fn may_hold_template(text: &str, settings: &Settings) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    let last_key = |selector: &String| selector.rsplit('.').find(|key| *key != "*").map(str::to_owned);
    has("containers")
        || has("PodTemplate")
        || has("pod-template")
        || (has("k8s") && super::flyte_settings::names().any(&has))
        || has("task_resources")
        || pod_kind(text)
        || settings.selectors.iter().filter_map(last_key).any(|key| has(&key))
        || settings.kinds.keys().any(|kind| has(kind))
}

/// Whether a document says that it is of a kind that holds a pod, even without any container.
fn pod_kind(text: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), b"kind").any(|at| {
        let rest = text.get(at + 4..).unwrap_or_default().trim_start_matches(['"', '\'', ':', ' ', '\t']);
        template_path(rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()).is_some()
    })
}

/// The documents in a tree; most trees hold none or one.
pub fn documents(root: Node, settings: &Settings) -> Vec<Document> {
    let kind = root.text("kind").known().unwrap_or_default();
    if (kind == "List" || kind.ends_with("List")) && root.get("items").known().is_some() {
        return items(root).into_iter().flat_map(|item| documents(item, settings)).collect();
    }
    if let Some(path) = template_path(kind) {
        // Values of charts may say which kind is made of them.
        let is_manifest = ["apiVersion", "metadata", "spec", "template"].iter().any(|key| !root.get(key).is_missing());
        if is_foreign(&root) || !is_manifest {
            return Vec::new();
        }
        let kind = document_kind(kind);
        return vec![document(root, path, kind)];
    }
    if let Some(selectors) = settings.kinds.get(kind) {
        return custom(&root, selectors);
    }
    if let Some(meant) = meant_kind(&root, kind)
        && let Some(path) = template_path(meant)
    {
        let mut found = document(root, path, document_kind(meant));
        // What it is taken for; what is written there is still in the tree.
        if let Some((_, kind)) = &mut found.api {
            meant.clone_into(kind);
        }
        return vec![found];
    }
    if let Some(path) = nameless_template(&root) {
        return vec![document(root, path, Kind::PodTemplate)];
    }
    let mut paths = Vec::new();
    find_embedded(&root, &mut Vec::new(), &mut paths);
    paths.extend(selected(&root, &settings.selectors));
    paths.dedup();
    let settings = super::flyte_settings::pods(&root);
    paths.into_iter().map(|path| document(root.clone(), path, Kind::Embedded)).chain(settings).collect()
}

/// Whether the `apiVersion` is of a group that is not Kubernetes' own, whose kinds may have the same names.
fn is_foreign(root: &Node) -> bool {
    let version = root.text("apiVersion").known().unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    group.contains('.') && !group.ends_with(".k8s.io")
}

/// The kind with a pod template that a kind most likely misspells.
fn meant_kind(root: &Node, kind: &str) -> Option<&'static str> {
    const OWN: &[&str] = &["core", "apps", "batch", "extensions", ""];
    let version = root.text("apiVersion").known()?;
    let group = version.split_once('/').map_or("", |(group, _)| group);
    if kind.is_empty() || !OWN.contains(&group) || OTHER_KINDS.contains(&kind) {
        return None;
    }
    let same = |meant: &&&str| meant.eq_ignore_ascii_case(kind.strip_suffix('s').unwrap_or(kind));
    let near = || crate::text::nearest(kind, KINDS.iter().copied()).and_then(|index| KINDS.get(index));
    let meant = KINDS.iter().find(same).or_else(near)?;
    let path = template_path(meant)?;
    let holds = root.at(path.get(..1).unwrap_or_default()).is_some() || root.get("spec").known().is_some();
    holds.then_some(*meant)
}

/// The kinds that hold a pod template.
const KINDS: &[&str] = &[
    "Pod",
    "PodTemplate",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
];

/// Other kinds of the same groups, some of them with names that are close.
const OTHER_KINDS: &[&str] = &[
    "Binding",
    "ComponentStatus",
    "ConfigMap",
    "ControllerRevision",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PodSecurityPolicy",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
];

/// The templates in a custom resource. Somebody makes pods of them as they are; of the resource itself nothing is known.
fn custom(root: &Node, selectors: &[String]) -> Vec<Document> {
    let one = |path| Document { api: None, ..document(root.clone(), path, Kind::Workload) };
    selected(root, selectors).into_iter().map(one).collect()
}

fn selected(root: &Node, selectors: &[String]) -> Vec<Path> {
    let mut paths = Vec::new();
    for selector in selectors {
        let keys: Vec<&str> = selector.split('.').collect();
        find_selected(root, &keys, &mut Vec::new(), &mut paths);
    }
    paths.dedup();
    paths
}

fn items(root: Node) -> Vec<Node> {
    let crate::tree::Value::Map(map) = root.value else { return Vec::new() };
    let list = map.entries.into_iter().find(|entry| &*entry.key.wire == "items").map(|entry| entry.value.value);
    match list {
        Some(crate::tree::Value::List(list)) => list.items,
        _ => Vec::new(),
    }
}

/// From a manifest's root to the object with the pod's `metadata` and `spec`.
fn template_path(kind: &str) -> Option<Path> {
    let keys: &[&str] = match kind {
        "PodTemplate" => &["template"],
        "Pod" => &[],
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            &["spec", "template"]
        }
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        _ => return None,
    };
    Some(keys.iter().map(|key| Step::from(*key)).collect())
}

fn document_kind(kind: &str) -> Kind {
    match kind {
        "PodTemplate" => Kind::PodTemplate,
        "Pod" => Kind::Pod,
        _ => Kind::Workload,
    }
}

/// A manifest that is a `PodTemplate` or `Pod` by its shape, but whose `kind` is missing or no name.
fn nameless_template(root: &Node) -> Option<Path> {
    let has_kind = matches!(root.text("kind"), Field::Known(kind) if !kind.is_empty());
    if has_kind || root.get("apiVersion").is_missing() {
        return None;
    }
    let spec = |node: &Node| node.get("spec").then(|spec| spec.get("containers")).known().is_some();
    if root.get("template").known().is_some_and(spec) {
        return Some(vec![Step::from("template")]);
    }
    spec(root).then(Vec::new)
}

/// Flyte's plugin configuration: `accelerator-device-classes.<class>.pod-template`.
fn find_embedded(node: &Node, here: &mut Path, found: &mut Vec<Path>) {
    if let Some(map) = node.as_map() {
        for entry in &map.entries {
            here.push(Step::Key(entry.key.wire.clone()));
            if &*entry.key.wire == "accelerator-device-classes" {
                find_selected(&entry.value, &["*", "pod-template"], here, found);
            } else {
                find_embedded(&entry.value, here, found);
            }
            here.pop();
        }
    }
    for (index, item) in node.as_list().map(|list| list.items.as_slice()).unwrap_or_default().iter().enumerate() {
        here.push(Step::Index(index));
        find_embedded(item, here, found);
        here.pop();
    }
}

/// Follows a selector's keys (`*` is any key or item) to complete pod templates.
fn find_selected(node: &Node, keys: &[&str], here: &mut Path, found: &mut Vec<Path>) {
    let Some((key, rest)) = keys.split_first() else {
        found.extend(holder(node, here));
        return;
    };
    let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    for entry in entries.iter().filter(|entry| *key == "*" || &*entry.key.wire == *key) {
        here.push(Step::Key(entry.key.wire.clone()));
        find_selected(&entry.value, rest, here, found);
        here.pop();
    }
    let items = node.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
    for (index, item) in items.iter().enumerate().filter(|_| *key == "*") {
        here.push(Step::Index(index));
        find_selected(item, rest, here, found);
        here.pop();
    }
}

/// The object with `metadata` and `spec` at a selected place: a whole `PodTemplate`, or what stands under its `template`.
fn holder(node: &Node, here: &Path) -> Option<Path> {
    let mut path = here.clone();
    if node.get("template").known().is_some() {
        path.push(Step::from("template"));
        return Some(path);
    }
    node.get("spec").known().map(|_| path)
}

pub(super) fn document(root: Node, template: Path, kind: Kind) -> Document {
    let head = root.head();
    let api = (kind != Kind::Embedded).then(|| {
        let text = |key: &str| root.text(key).known().unwrap_or_default().to_owned();
        (text("apiVersion"), text("kind"))
    });
    let name = root.get("metadata").then(|metadata| metadata.text("name")).known().map(str::to_owned);
    let flavour =
        if matches!(kind, Kind::PodTemplate | Kind::Embedded) { Flavour::ClusterTemplate } else { Flavour::Workload };
    let primary = PrimaryName { name: Field::Missing, location: None };
    let mut document = Document {
        opened: Arc::default(),
        root,
        template,
        kind,
        api,
        flavour,
        primary,
        name,
        uses: Vec::new(),
        has_twin: false,
        uncalled: false,
        sdk: None,
        given: None,
        made_at: None,
        head,
        dialect: Dialect::Manifest,
    };
    document.primary = primary_name(&document);
    document
}

/// The annotation that names the primary container, or the name that holds without it.
pub fn primary_name(document: &Document) -> PrimaryName {
    let annotations = document.pod_template().then(|node| node.get("metadata")).then(|node| node.get("annotations"));
    let named = |key: &str| -> Option<(String, Location)> {
        let node = annotations.then(|node| node.get(key)).known()?;
        Some((node.as_str()?.to_owned(), node.location))
    };
    let found = named("primary_container_name").or_else(|| match document.flavour {
        Flavour::Workload => named("kubectl.kubernetes.io/default-container"),
        _ => None,
    });
    match found {
        Some((name, location)) => PrimaryName { name: Field::Known(name), location: Some(location) },
        None if annotations.is_dynamic() => PrimaryName { name: Field::Dynamic, location: None },
        None if document.flavour == Flavour::ClusterTemplate => PrimaryName::by_default("primary"),
        None => PrimaryName { name: Field::Missing, location: None },
    }
}
