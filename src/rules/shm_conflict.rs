//! # shm-conflict
//!
//! ## What it does
//! Finds shared memory that a task asks for beside a volume or mount of the template that stands in its way.
//!
//! ## Why
//! For `Resources(shm=…)` (flytekit: `shared_memory=`) Flyte adds a volume `flyte-shm` (`flyte-shared-memory`) and mounts it at
//! `/dev/shm`. Where the primary container has a mount there, or the pod a volume of that name, it refuses the task:
//! "/dev/shm is already mounted in container".
//!
//! flytekit's `Elastic` and `PyTorch` add shared memory to the template of their task unless `increase_shared_mem=False`. They raise
//! where it has several containers, where something is mounted at `/dev/shm`, and where another such task has the same template.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="memory", mount_path="/dev/shm")]),
//!         ],
//!         volumes=[V1Volume(name="memory", empty_dir=V1EmptyDirVolumeSource(medium="Memory"))],
//!     ),
//! )
//! env = flyte.TaskEnvironment(name="training", resources=flyte.Resources(shm="8Gi"), pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(name="training", resources=flyte.Resources(shm="8Gi"), pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::{Flavour, Use, UseKind};
use crate::flyte::{TaskResources, is_given_more_memory};
use crate::pod::{Container, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "shm-conflict",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("shm_conflict.rs"),
    check,
};

/// Where shared memory is mounted.
const PATH: &str = "/dev/shm";

fn check(context: &Context<'_>, findings: &mut Findings) {
    of_torch(context, findings);
    let flavour = context.document.flavour;
    let volume = match flavour {
        Flavour::V1Task | Flavour::V1Pod => "flyte-shared-memory",
        Flavour::V2Task => "flyte-shm",
        _ => return,
    };
    let asked = context.document.uses.iter().find_map(|used| {
        let memory = TaskResources::of(flavour, used).shared_memory.filter(is_plain)?;
        Some((memory, used.kind.noun()))
    });
    let Some((memory, noun)) = asked else { return };
    let tell = |finding: Finding| finding.label(memory.location, format!("the shared memory of the {noun}"));
    let primary = context.pod.containers.known.iter().filter(|container| container.role == Role::Primary);
    let mounts = primary.flat_map(|container| container.mounts().known);
    for mount in mounts.filter(|mount| mount.path().known().is_some_and(|path| path.trim_end_matches('/') == PATH)) {
        let message = format!("Flyte mounts the shared memory of the {noun} at `{PATH}` too, and refuses the pod");
        let fix = Fix::needs_review("remove the mount", vec![context.remove(mount.node)]);
        findings.push(tell(context.at(mount.path_node(), message)).help("keep one of the two").fix(fix));
    }
    for own in context.pod.volumes.known.iter().filter(|own| own.name() == Field::Known(volume)) {
        let message =
            format!("Flyte adds a volume `{volume}` for the shared memory of the {noun}, and refuses the pod");
        findings.push(tell(context.at(own.anchor(), message)).help("give the volume another name, or drop it"));
    }
}

/// flytekit's plugin for PyTorch adds shared memory to the template itself, unless it is told not to, and raises where it cannot.
fn of_torch(context: &Context<'_>, findings: &mut Findings) {
    if context.document.flavour != Flavour::V1Task {
        return;
    }
    let is_sure = |used: &&Use| {
        let config = used.settings.get("task_config");
        let is_known = |field: Field<&Node>| !field.is_dynamic();
        is_known(config.then(|config| config.get("increase_shared_mem")))
            && is_known(used.settings.get("shared_memory"))
    };
    let asking = context.document.uses.iter().filter(|used| used.kind == UseKind::V1Task && is_given_more_memory(used));
    let asking: Vec<&Use> = asking.filter(is_sure).collect();
    let Some(used) = asking.first() else { return };
    let place = |used: &Use| used.settings.get("task_config").known().map_or(used.location, Node::head);
    let help = "write `increase_shared_mem=False`, and `shared_memory=True` on the task";
    let at_config =
        |used: &Use, message: &str| context.missing(&context.document.root, "spec", place(used), message).help(help);
    let tell = |finding: Finding| finding.label(place(used), "the plugin's configuration").help(help);
    let containers: Vec<&Container<'_>> = context.pod.containers.in_list("containers").collect();
    if containers.len() >= 2 {
        let message = "flytekit raises: a template with several containers gets no shared memory from the plugin";
        return findings.push(at_config(used, message));
    }
    let mut mounts = containers.iter().flat_map(|container| container.mounts().known);
    if let Some(mount) = mounts.find(|mount| mount.path() == Field::Known(PATH)) {
        let message = format!("flytekit raises: the plugin mounts shared memory at `{PATH}`, too");
        return findings.push(tell(context.at(mount.path_node(), message)));
    }
    if let Some(own) = context.pod.volumes.known.iter().find(|own| own.name() == Field::Known("shm")) {
        let message = "the plugin adds a volume `shm` of its own, so that the pod has two of that name";
        return findings.push(tell(context.at(own.anchor(), message)));
    }
    if let Some(second) = asking.get(1) {
        let message = "flytekit raises: the plugin has given this template its shared memory for another task already";
        let finding = at_config(second, message).label(place(used), "the other task");
        findings.push(finding);
    }
}

/// Whether a value surely asks for memory.
fn is_plain(node: &Node) -> bool {
    match &node.value {
        Value::Bool(asked) => *asked,
        Value::String(text) => !text.is_empty(),
        _ => false,
    }
}
