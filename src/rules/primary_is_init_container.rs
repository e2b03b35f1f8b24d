//! # primary-is-init-container
//!
//! ## What it does
//! Finds templates whose primary container is listed as an init container.
//!
//! ## Why
//! Flyte looks for the primary container among the regular ones. Where it is only an init container, the SDKs refuse the
//! template or add a second container of the same name, and the API server refuses the pod, as names must be unique in it.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[], init_containers=[V1Container(name="primary", image="ghcr.io/acme/train:1.0")]),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", image="ghcr.io/acme/train:1.0")]),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "primary-is-init-container",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("primary_is_init_container.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let severity = match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task | Flavour::V2App => Severity::Error,
        Flavour::Unknown => Severity::Warning,
        // In a cluster's template such a container is dropped, and nobody looks for one in plugins' pods.
        Flavour::ClusterTemplate | Flavour::PluginRole | Flavour::Workload => return,
    };
    let Field::Known(primary) = &context.document.primary.name else { return };
    let containers = &context.pod.containers;
    let may_be = |name: Field<&str>| name.is_dynamic() || name == Field::Known(primary);
    if containers.open || containers.in_list("containers").any(|container| may_be(container.name())) {
        return;
    }
    let named = containers.in_list("initContainers").find(|container| container.name() == Field::Known(primary));
    let Some(container) = named else { return };
    let list = (context.field("containers"), context.field("initContainers"));
    let message = format!("the primary container `{primary}` is an init container: Flyte looks for it in `{}`", list.0);
    let finding = context.at(container.anchor(), message).severity(severity);
    findings.push(finding.help(format!("move it from `{}` to `{}`", list.1, list.0)));
}
