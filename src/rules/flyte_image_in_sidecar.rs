//! # flyte-image-in-sidecar
//!
//! ## What it does
//! Finds `flyte.Image` objects as the image of a container in a task's template.
//!
//! ## Why
//! flyte builds the image of the environment and puts its name into the primary container. The images of a pod template it
//! sends as they are, and fails on anything but text: with the Kubernetes client up to 36 when the task is submitted
//! ("'Image' object has no attribute 'openapi_types'"), from 37 on when the module is imported.
//!
//! Apps resolve such images, with the client up to 36.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! image = flyte.Image.from_debian_base().with_pip_packages("prometheus-client")
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[V1Container(name="metrics", image=image, restart_policy="Always")],
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
//!                 name="metrics",
//!                 image="ghcr.io/acme/metrics:1.4.0",
//!                 restart_policy="Always",
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
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::pod::Role;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "flyte-image-in-sidecar",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("flyte_image_in_sidecar.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.flavour != Flavour::V2Task {
        return;
    }
    for container in &context.pod.containers.known {
        let image = container.node.as_map().and_then(|map| map.entry("image")).map(|entry| &entry.value);
        let Some(image) = image.filter(|image| is_flyte_image(image)) else { continue };
        let message =
            format!("{} has a `flyte.Image`, and flyte sends only text as the image of a container", container.title());
        let help = match container.role {
            Role::Primary => "leave it out here, and give it to the environment as `image`",
            _ => "build the image elsewhere, and give its name",
        };
        findings.push(context.at(image, message).help(help));
    }
}

fn is_flyte_image(node: &Node) -> bool {
    match &node.value {
        Value::Dynamic(dynamic) => dynamic.class == Some("flyte.Image"),
        Value::Map(map) => map.class == Some("flyte.Image"),
        _ => false,
    }
}
