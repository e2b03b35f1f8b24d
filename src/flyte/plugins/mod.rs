//! Tasks of plugins as the objects that the backend makes of them, with the pods of each role.

mod app;
mod dask;
mod kubeflow;
mod ray;
mod spark;

pub(super) use app::service as app_service;

use super::backend::Task;
use super::build::{self, Maker};
use super::metadata;
use crate::tree::{Node, Setter, Value};

/// The object of a plugin's task.
pub(super) struct Job {
    /// `apiVersion`, `kind`, `metadata` and `spec`.
    pub object: Node,
    /// The pods in it, by role: `metadata` and `spec`.
    pub roles: Vec<(String, Node)>,
}

/// What a backend makes of a task.
pub(super) enum Made {
    /// A pod.
    Pod,
    /// An object of a plugin.
    Job(Box<Job>),
    /// Something that podlint does not know, for this reason.
    Unknown(String),
}

/// The configuration of a plugin that a task has.
pub(super) fn config<'t>(task: &Task<'t>) -> Option<&'t Node> {
    let settings = &task.used?.settings;
    ["plugin_config", "task_config"].into_iter().find_map(|name| build::field(settings, name))
}

/// The name of a configuration's class, without the module.
pub(super) fn class(config: &Node) -> Option<&'static str> {
    config.as_map()?.class.map(|class| class.rsplit('.').next().unwrap_or(class))
}

/// What the backend makes of a task.
pub(super) fn made(task: &mut Task<'_>, submitted: &Node, interruptible: bool) -> Made {
    let Some(config) = config(task) else { return Made::Pod };
    let class = match (class(config), &config.value) {
        (Some(class), _) => class,
        (None, Value::Dynamic(dynamic)) => return Made::Unknown(dynamic.reason.to_string()),
        (None, _) => return Made::Unknown("the plugin of the task".to_owned()),
    };
    let job = match class {
        "RayJobConfig" => Some(ray::job(task, submitted, config, interruptible)),
        "Spark" => Some(spark::job(task, submitted, config, interruptible)),
        "Dask" => Some(dask::job(task, submitted, config, interruptible)),
        "Elastic" => match runs_on_one_node(config) {
            Some(true) => return Made::Pod,
            Some(false) => kubeflow::job(task, submitted, config, interruptible),
            None => return Made::Unknown("whether `nnodes` is 1".to_owned()),
        },
        "PyTorch" | "MPIJob" | "HorovodJob" | "TfJob" => kubeflow::job(task, submitted, config, interruptible),
        _ => return Made::Unknown(format!("what the plugin of `{class}` makes of the task")),
    };
    job.map_or(Made::Pod, |job| Made::Job(Box::new(job)))
}

/// Whether elastic training runs on one node, which both SDKs do in a pod: only the number counts, not the text `"1"`.
pub(super) fn runs_on_one_node(config: &Node) -> Option<bool> {
    match build::field(config, "nnodes") {
        None => Some(true),
        Some(node) if node.is_dynamic() => None,
        Some(node) => Some(number(node) == Some(1)),
    }
}

/// The number that a node is.
fn number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

/// The word at the end of an enumeration's member: `RestartPolicy.FAILURE`.
pub(super) fn member(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Dynamic(dynamic) => dynamic.reason.rsplit('.').next(),
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// An object with the labels and annotations that the backend puts on everything.
fn object(task: &Task<'_>, api_version: &str, kind: &str, meta: Option<&Node>, spec: Node) -> Node {
    let make = task.make;
    let mut meta = meta.cloned().unwrap_or_else(|| Node { setter: Setter::Author, ..make.map([]) });
    metadata::add_labels(&mut meta, task.run(), &task.backend.platform, task.used, make);
    build::set(&mut meta, "name", make.unknown("the name of the run and action"));
    build::set(&mut meta, "namespace", make.unknown("the project and domain"));
    let parts = [("apiVersion", make.text(api_version)), ("kind", make.text(kind)), ("metadata", meta), ("spec", spec)];
    Node { setter: Setter::Author, ..make.map(parts) }
}

/// A pod template of an object: `metadata` and `spec`.
fn template(make: Maker, meta: Node, spec: Node) -> Node {
    Node { setter: Setter::Author, ..make.map([("metadata", meta), ("spec", spec)]) }
}

/// The metadata of a pod, with defaults and labels of the run, and what a role's template has over them.
fn role_metadata(task: &Task<'_>, meta: &Node, role: Option<&Node>) -> Node {
    let mut meta = meta.clone();
    metadata::add_labels(&mut meta, task.run(), &task.backend.platform, task.used, task.make);
    let over = role.and_then(|role| build::field(role, "metadata"));
    for part in ["labels", "annotations"] {
        let both = build::union(build::take(&mut meta, part), over.and_then(|over| build::field(over, part)).cloned());
        if let Some(both) = both {
            build::set(&mut meta, part, both);
        }
    }
    meta
}

/// A pod template that a configuration holds; `None` where there is none.
fn role_template<'n>(config: &'n Node, argument: &str) -> Option<&'n Node> {
    build::field(config, argument)
}

/// The spec of a role's template; one without a spec has an empty one.
fn role_spec(template: &Node) -> Option<&Node> {
    build::field(template, "spec")
}

/// The parts of a pod: `metadata` and `spec`.
fn parts(root: Node, make: Maker) -> (Node, Node) {
    let mut root = root;
    let meta = build::take(&mut root, "metadata").unwrap_or_else(|| make.map([]));
    let spec = build::take(&mut root, "spec").unwrap_or_else(|| make.map([]));
    (meta, spec)
}
