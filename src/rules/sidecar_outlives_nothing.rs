//! # sidecar-outlives-nothing
//!
//! ## What it does
//! Finds `preStop` handlers of sidecars that are regular containers of a task.
//!
//! ## Why
//! Whoever writes one wants the sidecar to finish something: to flush metrics, to upload files. But a handler runs only when
//! the pod is deleted while the container is running, and where Flyte watches the primary container, the others get no time of
//! their own: nothing waits for their clean end. A native sidecar is stopped in order when the task's containers have ended.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     annotations={"primary_container_name": "primary"},
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!             V1Container(
//!                 name="logs",
//!                 image="fluent/fluent-bit:3.1.9",
//!                 lifecycle={"preStop": {"exec": {"command": ["/flush"]}}},
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[
//!             V1Container(
//!                 name="logs",
//!                 image="fluent/fluent-bit:3.1.9",
//!                 restart_policy="Always",
//!                 lifecycle={"preStop": {"exec": {"command": ["/flush"]}}},
//!                 resources=V1ResourceRequirements(
//!                     requests={"cpu": "100m", "memory": "64Mi"},
//!                     limits={"cpu": "100m", "memory": "64Mi"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Options
//! - `sidecars.exempt`: patterns for names of sidecars that are left alone, such as `"istio-*"`
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::pod::Role;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-outlives-nothing",
    severity: Severity::Info,
    authority: Authority::Flyte,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_outlives_nothing.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task) {
        return;
    }
    for container in context.pod.containers.known.iter().filter(|container| container.role == Role::Sidecar) {
        let handler = container.node.get("lifecycle").then(|lifecycle| lifecycle.get("preStop"));
        let Field::Known(handler) = handler else { continue };
        let message =
            format!("nothing waits for the clean end of {}: it is killed with the task's pod", container.title());
        findings.push(context.at(handler, message).help("make it a native sidecar, which is stopped after the task"));
    }
}
