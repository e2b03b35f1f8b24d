//! What stands in an object when a policy sees it, though nobody wrote it: the server's defaults, and what Flyte adds.
//!
//! Source: `pkg/apis/core/v1/defaults.go` of Kubernetes. Empty strings, lists and maps, and plain switches that are off, are
//! dropped: the server's types leave them out.

use std::collections::HashSet;

use super::object::{Standing, entry, map, open};
use super::workloads;
use crate::pod::ImageReference;
use crate::tree::{Entry, Field, Form, List, Location, Map, Node, Number, Step, Value};

/// Switches that the server keeps only when they are on.
const PLAIN_SWITCHES: &[&str] = &["hostNetwork", "hostPID", "hostIPC", "stdin", "stdinOnce", "tty", "readOnly"];

/// Fields of a pod that Flyte's configuration, or the server on its way, may set or lengthen.
const SET_BY_FLYTE: &[&str] =
    &["tolerations", "nodeSelector", "affinity", "topologySpreadConstraints", "runtimeClassName"];

/// Fills a pod; `is_manifest` where it has its own metadata, as opposed to a template's.
pub fn pod(root: &mut Node, is_manifest: bool, standing: Standing, primary: Option<&str>, account: bool) {
    let at = root.location;
    let by_flyte = standing != Standing::Written;
    if let Some(metadata) = field_mut(root, "metadata") {
        drop_empty(metadata);
        for name in ["name", "namespace", "uid", "creationTimestamp", "managedFields"] {
            set_missing(metadata, name, || Node::dynamic("set by the cluster", at));
        }
        if !is_manifest {
            // Its controller owns it, and perhaps names it.
            for name in ["ownerReferences", "generateName"] {
                set_missing(metadata, name, || Node::dynamic("set by the controller", at));
            }
        }
        for name in ["labels", "annotations"] {
            lengthen(metadata, name, by_flyte || !is_manifest);
        }
    }
    count_generation(root, at);
    workloads::status(root, at);
    let Some(spec) = field_mut(root, "spec") else { return };
    drop_empty(spec);
    if account {
        give_account(spec, at);
    }
    admit(spec, at);
    if by_flyte {
        set_missing(spec, "restartPolicy", || Node::string("Never", at));
        SET_BY_FLYTE.iter().for_each(|name| lengthen_any(spec, name, at));
    }
    defaults_of_spec(spec, at);
    each_container(spec, &["containers", "initContainers", "ephemeralContainers"], |container| {
        if let Some(resources) = field_mut(container, "resources") {
            requests_from_limits(resources);
        }
    });
    if by_flyte {
        let wanted = |node: &Node| match node.text("name") {
            Field::Known(name) => primary.is_none_or(|primary| primary == name) || standing == Standing::Merged,
            _ => true,
        };
        each_container(spec, &["containers"], |container| {
            if wanted(container) {
                of_primary(container);
            }
        });
    }
}

/// Fills a manifest that holds a pod template.
pub fn manifest(root: &mut Node, template: &[Step]) {
    let at = root.location;
    if let Some(metadata) = field_mut(root, "metadata") {
        for name in ["namespace", "uid", "creationTimestamp", "managedFields"] {
            set_missing(metadata, name, || Node::dynamic("set by the cluster", at));
        }
    }
    count_generation(root, at);
    let kind = root.text("kind").known().unwrap_or_default().to_owned();
    if kind != "PodTemplate" {
        workloads::status(root, at);
    }
    if let Some(spec) = field_mut(root, "spec") {
        workloads::fill(&kind, spec, at);
    }
    let Some(template) = at_mut(root, template) else { return };
    if let Some(metadata) = field_mut(template, "metadata") {
        drop_empty(metadata);
    }
    if let Some(spec) = field_mut(template, "spec") {
        drop_empty(spec);
        defaults_of_spec(spec, at);
    }
}

/// What is made is of the first generation.
fn count_generation(root: &mut Node, at: Location) {
    if let Some(metadata) = field_mut(root, "metadata") {
        set_missing(metadata, "generation", || number("1", at));
    }
}

/// The service account that a pod gets, and its old name.
fn give_account(spec: &mut Node, at: Location) {
    let account = spec.get("serviceAccountName");
    let account = if account.is_missing() { Node::string("default", at) } else { Node::dynamic("the account", at) };
    set_missing(spec, "serviceAccountName", || account.clone());
}

/// What the admission plugins of every cluster add to a pod.
fn admit(spec: &mut Node, at: Location) {
    // The old name of the account is kept beside the new one.
    if !spec.get("serviceAccountName").is_missing() {
        let account = spec.get("serviceAccountName").known().cloned();
        set_missing(spec, "serviceAccount", || account.clone().unwrap_or_else(|| Node::dynamic("the account", at)));
    }
    for name in ["priority", "preemptionPolicy", "priorityClassName", "imagePullSecrets"] {
        set_missing(spec, name, || Node::dynamic("set by the cluster", at));
    }
    lengthen_any(spec, "tolerations", at);
    let refused = spec.get("automountServiceAccountToken").known().and_then(Node::as_bool) == Some(false);
    if !refused {
        lengthen_any(spec, "volumes", at);
        each_container(spec, &["containers", "initContainers"], |container| {
            let at = container.location;
            lengthen_any(container, "volumeMounts", at);
        });
    }
}

fn defaults_of_spec(spec: &mut Node, at: Location) {
    set_missing(spec, "restartPolicy", || Node::string("Always", at));
    set_missing(spec, "dnsPolicy", || Node::string("ClusterFirst", at));
    set_missing(spec, "schedulerName", || Node::string("default-scheduler", at));
    set_missing(spec, "terminationGracePeriodSeconds", || number("30", at));
    set_missing(spec, "securityContext", || map(Vec::new(), at));
    set_missing(spec, "enableServiceLinks", || Node::new(Value::Bool(true), at));
    each_container(spec, &["containers", "initContainers", "ephemeralContainers"], defaults_of_container);
}

fn defaults_of_container(container: &mut Node) {
    let at = container.location;
    drop_empty(container);
    let policy = match container.text("image") {
        Field::Known(image) => pull_policy(image).map(|policy| Node::string(policy, at)),
        _ => None,
    };
    set_missing(container, "imagePullPolicy", || policy.clone().unwrap_or_else(|| Node::dynamic("by the image", at)));
    set_missing(container, "terminationMessagePath", || Node::string("/dev/termination-log", at));
    set_missing(container, "terminationMessagePolicy", || Node::string("File", at));
    set_missing(container, "resources", || map(Vec::new(), at));
    if let Some(resources) = field_mut(container, "resources") {
        drop_empty(resources);
        amounts_as_text(resources, "limits");
        amounts_as_text(resources, "requests");
    }
    each(container, "ports", |port| set_missing(port, "protocol", || Node::string("TCP", at)));
    each(container, "env", drop_empty);
    each(container, "volumeMounts", drop_empty);
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = field_mut(container, name) {
            for (field, value) in [("timeoutSeconds", "1"), ("periodSeconds", "10"), ("successThreshold", "1")] {
                set_missing(probe, field, || number(value, at));
            }
            set_missing(probe, "failureThreshold", || number("3", at));
        }
    }
}

/// `Always` for `latest` and no tag.
fn pull_policy(image: &str) -> Option<&'static str> {
    let image = ImageReference::parse(image).ok()?;
    let moves = image.tag.map_or(image.digest.is_none(), |tag| tag == "latest");
    Some(if moves { "Always" } else { "IfNotPresent" })
}

/// The server keeps amounts as text, also those written as numbers.
fn amounts_as_text(resources: &mut Node, field: &str) {
    let Some(Value::Map(map)) = field_mut(resources, field).map(|node| &mut node.value) else { return };
    for entry in &mut map.entries {
        if let Value::Number(number) = &entry.value.value {
            entry.value.value = Value::String(number.text.clone());
        }
    }
}

/// A request that is not given is the limit.
fn requests_from_limits(resources: &mut Node) {
    let Some(limits) = resources.get("limits").known().and_then(Node::as_map).cloned() else { return };
    let at = resources.location;
    set_missing(resources, "requests", || map(Vec::new(), at));
    let Some(requests) = field_mut(resources, "requests") else { return };
    if let Value::Map(map) = &mut requests.value
        && !map.open
    {
        let given = |entry: &&Entry| entry.value.value != Value::Null;
        let given: HashSet<Box<str>> = map.entries.iter().filter(given).map(|entry| entry.key.wire.clone()).collect();
        let mut added = limits.entries;
        added.retain(|limit| !given.contains(&limit.key.wire));
        let names: HashSet<&str> = added.iter().map(|limit| &*limit.key.wire).collect();
        map.entries.retain(|entry| !names.contains(&*entry.key.wire));
        map.entries.extend(added.iter().map(|limit| entry(&limit.key.wire, limit.value.clone())));
    }
    if limits.open {
        open(requests);
    }
}

/// The container that runs the task: Flyte adds resources, variables and mounts.
fn of_primary(container: &mut Node) {
    let at = container.location;
    for name in ["env", "envFrom", "volumeMounts"] {
        lengthen_any(container, name, at);
    }
    if let Some(resources) = field_mut(container, "resources") {
        open(resources);
        for name in ["limits", "requests"] {
            if let Some(amounts) = field_mut(resources, name) {
                open(amounts);
            }
        }
    }
    set_missing(container, "image", || Node::dynamic("the task's image", at));
}

/// A number.
pub fn number(text: &str, at: Location) -> Node {
    Node::new(Value::Number(Number::new(text)), at)
}

/// The value of a field, where it is known and not null.
pub fn field_mut<'n>(node: &'n mut Node, field: &str) -> Option<&'n mut Node> {
    let Value::Map(map) = &mut node.value else { return None };
    map.entries.iter_mut().find(|entry| &*entry.key.wire == field).map(|entry| &mut entry.value)
}

fn at_mut<'n>(node: &'n mut Node, path: &[Step]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, step| match step {
        Step::Key(key) => field_mut(node, key),
        Step::Index(index) => match &mut node.value {
            Value::List(list) => list.items.get_mut(*index),
            _ => None,
        },
    })
}

/// The map in a field, made where it is absent.
pub fn map_in<'n>(node: &'n mut Node, field: &str, at: Location) -> Option<&'n mut Node> {
    set_missing(node, field, || map(Vec::new(), at));
    field_mut(node, field)
}

/// Sets a field that is certainly absent.
pub fn set_missing(node: &mut Node, field: &str, value: impl Fn() -> Node) {
    if !node.get(field).is_missing() {
        return;
    }
    if let Value::Map(map) = &mut node.value {
        map.entries.retain(|entry| &*entry.key.wire != field);
        map.entries.push(entry(field, value()));
    }
}

/// A map that may hold more than is written; nothing is said of it where it is written nowhere.
fn lengthen(node: &mut Node, field: &str, may_grow: bool) {
    if may_grow {
        let at = node.location;
        lengthen_any(node, field, at);
    }
}

/// A list or map that may hold more than is written.
pub fn lengthen_any(node: &mut Node, field: &str, at: Location) {
    set_missing(node, field, || Node::dynamic("added by the cluster or Flyte", at));
    let value = field_mut(node, field).map(|node| &mut node.value);
    if let Some(Value::List(List { open, .. }) | Value::Map(Map { open, .. })) = value {
        *open = true;
    }
}

fn each(node: &mut Node, field: &str, mut change: impl FnMut(&mut Node)) {
    if let Some(Value::List(list)) = field_mut(node, field).map(|node| &mut node.value) {
        list.items.iter_mut().for_each(&mut change);
    }
}

fn each_container(spec: &mut Node, lists: &[&str], mut change: impl FnMut(&mut Node)) {
    lists.iter().for_each(|list| each(spec, list, &mut change));
}

/// Drops what the server's types leave out.
fn drop_empty(node: &mut Node) {
    let Value::Map(map) = &mut node.value else { return };
    map.entries.retain(|entry| match &entry.value.value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Bool(false) => !PLAIN_SWITCHES.contains(&&*entry.key.wire),
        Value::List(list) => !list.items.is_empty() || list.open || list.form == Form::Synthetic,
        Value::Map(map) => {
            let pointer = matches!(&*entry.key.wire, "securityContext" | "affinity" | "resources" | "emptyDir");
            !map.entries.is_empty() || map.open || pointer
        }
        _ => true,
    });
}
