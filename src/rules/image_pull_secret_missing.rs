//! # image-pull-secret-missing
//!
//! ## What it does
//! Finds images from private registries in pods without pull secrets. It speaks only where private registries are configured.
//!
//! ## Why
//! Without a secret the kubelet is refused, and the pod waits in `ImagePullBackOff`. The service account may bring a secret
//! of its own, and so may the node: list only registries for which neither holds.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: registry.acme.dev/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary"), V1Container(name="proxy", image="registry.acme.dev/proxy:1.0")],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   imagePullSecrets:
//!     - name: acme
//!   containers:
//!     - name: primary
//!       image: registry.acme.dev/train:1.0
//! ```
//!
//! ## Options
//! - `images.private-registries`: registries, or repositories in them, that want a pull secret
//!
//! ## References
//! - [Kubernetes: Pull an image from a private registry](https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{ImageReference, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "image-pull-secret-missing",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("image_pull_secret_missing.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let private = &context.settings.images.private_registries;
    // The pod of a task may get secrets from a template of the cluster, but that is what this rule is configured for.
    let secrets = context.pod.spec.then(|spec| spec.get("imagePullSecrets"));
    let has_none = match secrets {
        Field::Missing => true,
        Field::Known(node) => node.as_list().is_some_and(|list| list.items.is_empty() && !list.open),
        Field::Dynamic => false,
    };
    if private.is_empty() || !has_none {
        return;
    }
    for container in context.pod.containers.known.iter().filter(|container| container.role != Role::Base) {
        let Field::Known(node) = container.node.get("image") else { continue };
        let Some(image) = node.as_str().and_then(|text| ImageReference::parse(text).ok()) else { continue };
        if let Some(registry) = private.iter().find(|registry| image.is_in(registry)) {
            let field = context.field("imagePullSecrets");
            let message = format!(
                "the image of {} is in the private registry `{registry}`, and the pod has no `{field}`",
                container.title()
            );
            findings.push(context.at(node, message).help(format!("name the registry's secret in the pod's `{field}`")));
        }
    }
}
