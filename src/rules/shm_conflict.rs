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
use crate::document::Flavour;
use crate::flyte::TaskResources;
use crate::pod::Role;
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

/// Whether a value surely asks for memory.
fn is_plain(node: &Node) -> bool {
    match &node.value {
        Value::Bool(asked) => *asked,
        Value::String(text) => !text.is_empty(),
        _ => false,
    }
}
