//! # accelerator-without-gpu
//!
//! ## What it does
//! Finds tasks of flytekit with an `accelerator` that ask for no GPU.
//!
//! ## Why
//! `accelerator=` says which device is wanted, not that one is: the backend turns it into node affinity and a toleration only if
//! some container has a limit for the device. Without `gpu=` the task runs on any node, without a device.
//!
//! ## Example
//! ```python
//! from flytekit import PodTemplate, task
//! from flytekit.extras.accelerators import A100
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template, accelerator=A100)
//! def train() -> None: ...
//! ```
//!
//! ## Use instead
//! ```python
//! from flytekit import PodTemplate, Resources, task
//! from flytekit.extras.accelerators import A100
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template, accelerator=A100, limits=Resources(gpu="1"))
//! def train() -> None: ...
//! ```
//!
//! ## References
//! - [Flyte: Accelerators](https://docs-legacy.flyte.org/en/latest/api/flytekit/extras.accelerators.html)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Use};
use crate::flyte::TaskResources;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "accelerator-without-gpu",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("accelerator_without_gpu.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod) {
        return;
    }
    for used in &context.document.uses {
        let Some(entry) = used.settings.as_map().and_then(|map| map.entry("accelerator")) else { continue };
        let is_none = entry.value.value == crate::tree::Value::Null;
        if is_none || may_have_device(context, used) {
            continue;
        }
        let message = "no container has a limit for a GPU, so `accelerator` has no effect";
        let finding = context.missing(&context.document.root, "spec", entry.value.location, message);
        findings.push(finding.help("add `limits=Resources(gpu=\"1\")`"));
        return;
    }
}

/// Whether some container asks for a device, or may.
fn may_have_device(context: &Context<'_>, used: &Use) -> bool {
    let asked = TaskResources::of(context.document.flavour, used);
    let of_task = asked.open || asked.requests.iter().chain(&asked.limits).any(|(name, _)| *name == "gpu");
    // The base may bring one, and a configured name may be another.
    let is_device = |name: &str| name == "gpu" || name.contains('/');
    let limits = |node: &Node| match node.get("resources").then(|resources| resources.get("limits")) {
        Field::Known(limits) => {
            limits.as_map().is_none_or(|map| map.open || map.entries.iter().any(|entry| is_device(&entry.key.wire)))
        }
        Field::Missing => false,
        Field::Dynamic => true,
    };
    let containers = &context.pod.containers;
    let base = context.settings.backend.as_ref().is_some_and(|known| known.backend.base.is_some());
    of_task || base || containers.open || containers.known.iter().any(|container| limits(container.node))
}
