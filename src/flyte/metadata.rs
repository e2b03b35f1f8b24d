//! Labels, annotations and variables that Flyte's backend adds to what it makes.

use super::accelerator::{Accelerator, Part};
use super::build::{self, Maker, append, with_object};
use super::generation::Generation;
use super::platform::Platform;
use super::schedule::Schedule;
use crate::document::Use;
use crate::tree::{Field, Node, Setter};

/// What is known of a run: which backend makes it.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The backend.
    pub generation: Generation,
}

/// The labels that each backend puts on everything, and whose they are.
const V1_LABELS: &[(&str, &str)] = &[
    ("domain", "the domain"),
    ("execution-id", "the name of the execution"),
    ("interruptible", "whether the node is interruptible"),
    ("node-id", "the node"),
    ("project", "the project"),
    ("task-name", "the task's name"),
    ("workflow-name", "the workflow's name"),
];
const V2_LABELS: &[(&str, &str)] = &[
    ("action", "the action"),
    ("attempt", "the number of the attempt"),
    ("domain", "the domain"),
    ("project", "the project"),
    ("run", "the run"),
    ("task-name", "the task's name"),
];

/// The variables that each backend adds to every container.
const EXECUTION: &[&str] = &[
    "FLYTE_INTERNAL_EXECUTION_ID",
    "FLYTE_INTERNAL_EXECUTION_PROJECT",
    "FLYTE_INTERNAL_EXECUTION_DOMAIN",
    "FLYTE_ATTEMPT_NUMBER",
    "FLYTE_INTERNAL_TASK_PROJECT",
    "FLYTE_INTERNAL_TASK_DOMAIN",
    "FLYTE_INTERNAL_TASK_NAME",
    "FLYTE_INTERNAL_TASK_VERSION",
];
const V2_EXECUTION: &[&str] = &[
    "FLYTE_INTERNAL_PROJECT",
    "FLYTE_INTERNAL_DOMAIN",
    "FLYTE_INTERNAL_NAME",
    "FLYTE_INTERNAL_VERSION",
    "ACTION_NAME",
    "RUN_NAME",
    "_U_RUN_BASE",
    "_U_ORG_NAME",
];

/// The metadata that a submission has: only labels and annotations count.
pub fn of(submitted: &Node, make: Maker) -> Node {
    let mut meta = Node { setter: Setter::Author, ..make.map([]) };
    let Field::Known(written) = submitted.get("metadata") else {
        if submitted.get("metadata").is_dynamic() {
            build::set(&mut meta, "labels", make.unknown("labels"));
            build::set(&mut meta, "annotations", make.unknown("annotations"));
        }
        return meta;
    };
    for part in ["labels", "annotations"] {
        if let Some(value) = build::field(written, part) {
            build::set(&mut meta, part, value.clone());
        }
    }
    meta
}

/// The names of labels that the backend puts on everything.
#[must_use]
pub fn labels_of(generation: Generation) -> Vec<&'static str> {
    let own = if generation == Generation::V1 { V1_LABELS } else { V2_LABELS };
    let fixed: &[&str] = if generation == Generation::V2 { &["flyte.org/managed", "organization"] } else { &[] };
    own.iter().map(|(name, _)| *name).chain(fixed.iter().copied()).collect()
}

/// Adds the defaults of the cluster under, and the labels of the run over, what there is.
pub fn add_labels(meta: &mut Node, run: Run, platform: &Platform, used: Option<&Use>, make: Maker) {
    let annotations = build::union(platform.annotations(), build::take(meta, "annotations"));
    if let Some(annotations) = annotations {
        build::set(meta, "annotations", Node { setter: Setter::Author, ..annotations });
    }
    if let Some(labels) = build::union(platform.labels(), build::take(meta, "labels")) {
        build::set(meta, "labels", Node { setter: Setter::Author, ..labels });
    }
    add_run(meta, run, used, make);
}

/// Adds the labels and annotations of the run over what there is.
pub fn add_run(meta: &mut Node, run: Run, used: Option<&Use>, make: Maker) {
    let secrets = secrets(used);
    for number in 0..secrets {
        with_object(meta, "annotations", make, |map| {
            build::set(map, &format!("flyte.secrets/s{number}"), make.unknown("the secret, encoded"));
        });
    }
    with_object(meta, "labels", make, |map| {
        let own = if run.generation == Generation::V1 { V1_LABELS } else { V2_LABELS };
        for (name, what) in own {
            build::set(map, name, make.unknown(what));
        }
        if run.generation == Generation::V2 {
            build::set(map, "flyte.org/managed", make.text("true"));
            build::set(map, "organization", make.text("flyte"));
        }
        if secrets > 0 {
            build::set(map, "inject-flyte-secrets", make.text("true"));
        }
    });
}

/// How many secrets a task asks for.
fn secrets(used: Option<&Use>) -> usize {
    let Some(used) = used else { return 0 };
    let asked = ["secrets", "secret_requests"].into_iter().find_map(|name| build::field(&used.settings, name));
    asked.map_or(0, |node| node.as_list().map_or(1, |list| list.items.len()))
}

/// The label that says how much of a device a part of it is: `1g.5gb` is one slice.
pub fn note_slices(meta: &mut Node, accelerator: &Accelerator, schedule: &Schedule<'_>) {
    let Part::Size(size) = &accelerator.part else { return };
    let slices = size.split_once("g.").filter(|(count, rest)| {
        let memory = rest.strip_suffix("gb").unwrap_or_default();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number(count) && is_number(memory)
    });
    if let Some((count, _)) = slices.filter(|_| schedule.generation == Generation::V2) {
        with_object(meta, "labels", schedule.make, |map| {
            build::set(map, "platform.union.ai/gpu-partition-slices", schedule.make.text(count));
        });
    }
}

/// Adds the variables of the run and of the cluster to a container.
pub fn add_variables(container: &mut Node, run: Run, platform: &Platform, make: Maker) {
    let variable = |name: &str| make.map([("name", make.text(name)), ("value", make.unknown("known when it runs"))]);
    let mut added: Vec<Node> = EXECUTION.iter().map(|name| variable(name)).collect();
    if run.generation == Generation::V2 {
        added.insert(3, make.map([("name", make.text("_F_PN")), ("valueFrom", from_field(make, "metadata.name"))]));
        added.extend(V2_EXECUTION.iter().map(|name| variable(name)));
    }
    let by_platform = Maker { by: Setter::Platform, ..make };
    for (name, value) in platform.pairs("default-env-vars") {
        added.push(by_platform.map([("name", by_platform.text(name)), ("value", value.clone())]));
    }
    for (name, _) in platform.pairs("default-env-vars-from-env") {
        let value = by_platform.unknown("a variable of the backend itself");
        added.push(by_platform.map([("name", by_platform.text(name)), ("value", value)]));
    }
    append(container, "env", make, added);
    for (setting, field) in [("default-env-from-secrets", "secretRef"), ("default-env-from-configmaps", "configMapRef")]
    {
        let sources = platform.list(setting).iter().map(|name| {
            let source = by_platform.map([("name", name.clone()), ("optional", by_platform.bool(true))]);
            by_platform.map([(field, source)])
        });
        let sources: Vec<Node> = sources.collect();
        if !sources.is_empty() {
            append(container, "envFrom", make, sources);
        }
    }
}

/// A variable's value that is a field of the pod.
pub fn from_field(make: Maker, path: &str) -> Node {
    make.map([("fieldRef", make.map([("fieldPath", make.text(path))]))])
}
