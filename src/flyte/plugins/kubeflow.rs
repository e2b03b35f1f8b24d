//! Kubeflow's training operator: `PyTorchJob`, `MPIJob` and `TFJob`, each a group of replicas of the task's pod.
//!
//! Source: `plugins/k8s/kfoperators` of Flyte, the plugins for PyTorch, MPI and TensorFlow of both SDKs.

use super::{Job, class, member, number, object, parts, role_metadata, template};
use crate::flyte::amounts::{Amounts, Mode};
use crate::flyte::backend::Task;
use crate::flyte::build::{self, Maker};
use crate::flyte::metadata;
use crate::flyte::resources::pairs;
use crate::tree::{Node, Setter, Value};

/// A group of replicas: its name in the object, its argument in the configuration, and the number that is told beside it.
type Group = (&'static str, &'static str, &'static str);

pub fn job(task: &mut Task<'_>, submitted: &Node, config: &Node, interruptible: bool) -> Option<Job> {
    let make = task.make;
    let class = class(config)?;
    let (kind, groups, container, field): (&str, &[Group], &str, &str) = match class {
        "Elastic" => ("PyTorchJob", &[("Worker", "", "")], "pytorch", "pytorchReplicaSpecs"),
        "PyTorch" => (
            "PyTorchJob",
            &[("Master", "master", ""), ("Worker", "worker", "num_workers")],
            "pytorch",
            "pytorchReplicaSpecs",
        ),
        "MPIJob" | "HorovodJob" => {
            ("MPIJob", &[("Launcher", "launcher", ""), ("Worker", "worker", "num_workers")], "mpi", "mpiReplicaSpecs")
        }
        "TfJob" => (
            "TFJob",
            &[
                ("Chief", "chief", "num_chief_replicas"),
                ("Evaluator", "evaluator", "num_evaluator_replicas"),
                ("PS", "ps", "num_ps_replicas"),
                ("Worker", "worker", "num_workers"),
            ],
            "tensorflow",
            "tfReplicaSpecs",
        ),
        _ => return None,
    };
    let (mut roles, mut replicas) = (Vec::new(), make.map([]));
    for (name, argument, counted) in groups {
        let own = build::field(config, argument);
        let count = match *name {
            "Master" | "Launcher" => Some(make.number(1)),
            _ if class == "Elastic" => nodes(make, config).1,
            _ => replicas_of(config, own, counted, make),
        };
        let Some(count) = count else { continue };
        let mut template = replica(task, submitted, own, container, interruptible);
        if kind == "PyTorchJob" && *name == "Worker" && task.is_v1() {
            name_worker(task, &mut template);
        }
        roles.push((name.to_lowercase(), template.clone()));
        let group =
            make.map([("replicas", count), ("template", template), ("restartPolicy", restart_policy(own, make))]);
        build::set(&mut replicas, name, group);
    }
    let mut spec =
        Node { setter: Setter::Author, ..make.map([(field, replicas), ("runPolicy", run_policy(config, make))]) };
    match class {
        "Elastic" => build::set(&mut spec, "elasticPolicy", elastic(task, config)),
        "MPIJob" | "HorovodJob" => {
            // The plugin does not read how many slots a worker has.
            build::set(&mut spec, "slotsPerWorker", make.number(1));
        }
        _ => {}
    }
    let meta = (kind == "PyTorchJob" && !task.is_v1())
        .then(|| parts(task.pod_with_tolerations(submitted, interruptible), make).0);
    Some(Job { object: object(task, "kubeflow.org/v1", kind, meta.as_ref(), spec), roles })
}

/// The pods of a group: the task's pod with the group's resources and image.
fn replica(task: &mut Task<'_>, submitted: &Node, own: Option<&Node>, name: &str, interruptible: bool) -> Node {
    let make = task.make;
    let asked = own.and_then(|own| pairs(own, task.is_v1(), make)).map(|resources| {
        let mut holder = make.map([("resources", resources)]);
        let schedule = task.schedule(interruptible);
        let gpu = schedule.resource_of(task.accelerator.as_ref());
        Amounts::rename_gpu(&mut holder, &gpu);
        Amounts::new(&task.backend.platform, schedule.devices()).adjust(&mut holder, Mode::Fill, make);
        build::take(&mut holder, "resources").unwrap_or_else(|| make.map([]))
    });
    task.overrides = asked;
    let (meta, mut spec) = parts(task.pod_with_tolerations(submitted, interruptible), make);
    task.overrides = None;
    let image = own.and_then(|own| build::field(own, "image")).filter(|image| !build::is_zero(image));
    for container in build::items_mut(&mut spec, "containers") {
        if build::text(container, "name") == task.primary.as_deref() {
            build::set(container, "name", make.text(name));
            break;
        }
    }
    for container in build::items_mut(&mut spec, "containers") {
        if build::text(container, "name") == Some(name)
            && let Some(image) = image
        {
            build::set(container, "image", image.clone());
        }
    }
    template(make, role_metadata(task, &meta, None), spec)
}

/// propeller tells each worker of PyTorch its name.
fn name_worker(task: &Task<'_>, template: &mut Node) {
    let make = task.make;
    let Some(spec) = build::field_mut(template, "spec") else { return };
    let Some(first) = build::items_mut(spec, "containers").first_mut() else { return };
    let name = make.map([("name", make.text("_F_WN")), ("valueFrom", metadata::from_field(make, "metadata.name"))]);
    let strategy = make.map([("name", make.text("_F_DES")), ("value", make.text("Earliest"))]);
    build::append(first, "env", make, [name, strategy]);
}

/// How many replicas a group has; `None` where it has none, and is not made.
fn replicas_of(config: &Node, own: Option<&Node>, counted: &str, make: Maker) -> Option<Node> {
    let beside = build::field(config, counted).filter(|node| !build::is_zero(node));
    let node = beside.or_else(|| own.and_then(|own| build::field(own, "replicas")))?;
    match number(node) {
        Some(0) => None,
        Some(_) => Some(node.clone()),
        None => Some(make.unknown("the number of replicas")),
    }
}

/// The least and the most nodes of elastic training: `2`, `"1:4"`.
fn nodes(make: Maker, config: &Node) -> (Option<Node>, Option<Node>) {
    let Some(node) = build::field(config, "nnodes") else { return (Some(make.number(1)), Some(make.number(1))) };
    match &node.value {
        Value::Number(_) => (Some(node.clone()), Some(node.clone())),
        Value::String(text) => {
            let (least, most) = text.split_once(':').unwrap_or((text, text));
            let number = |text: &str| text.trim().parse().ok().map(|number| make.number(number));
            (number(least), number(most))
        }
        _ => {
            let unknown = || Some(make.unknown("the number of nodes"));
            (unknown(), unknown())
        }
    }
}

fn elastic(task: &Task<'_>, config: &Node) -> Node {
    let make = task.make;
    let (least, most) = nodes(make, config);
    let or = |name: &str, default: Node| build::field(config, name).cloned().unwrap_or(default);
    let unknown = || make.unknown("the number of nodes");
    make.map([
        ("minReplicas", least.unwrap_or_else(unknown)),
        ("maxReplicas", most.unwrap_or_else(unknown)),
        ("rdzvBackend", or("rdzv_backend", make.text("c10d"))),
        ("nProcPerNode", or("nproc_per_node", make.number(1))),
        ("maxRestarts", or("max_restarts", make.number(if task.is_v1() { 0 } else { 3 }))),
    ])
}

fn restart_policy(own: Option<&Node>, make: Maker) -> Node {
    let Some(node) = own.and_then(|own| build::field(own, "restart_policy")) else { return make.text("Never") };
    match member(node) {
        Some("ALWAYS") => make.text("Always"),
        Some("FAILURE") => make.text("OnFailure"),
        Some("NEVER") => make.text("Never"),
        _ => make.unknown("the restart policy of the replicas"),
    }
}

fn run_policy(config: &Node, make: Maker) -> Node {
    let mut policy = make.map([]);
    let Some(own) = build::field(config, "run_policy") else { return policy };
    let clean = match build::field(own, "clean_pod_policy").map(|node| member(node).unwrap_or_default()) {
        None => make.text("None"),
        Some(word) if word.eq_ignore_ascii_case("none") => make.text("None"),
        Some(word) if word.eq_ignore_ascii_case("all") => make.text("All"),
        Some(word) if word.eq_ignore_ascii_case("running") => make.text("Running"),
        Some(_) => make.unknown("which pods are cleaned up"),
    };
    build::set(&mut policy, "cleanPodPolicy", clean);
    for (argument, field) in [
        ("backoff_limit", "backoffLimit"),
        ("active_deadline_seconds", "activeDeadlineSeconds"),
        ("ttl_seconds_after_finished", "ttlSecondsAfterFinished"),
    ] {
        if let Some(value) = build::field(own, argument).filter(|node| !build::is_zero(node)) {
            build::set(&mut policy, field, value.clone());
        }
    }
    policy
}
