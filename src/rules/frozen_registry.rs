//! # frozen-registry
//!
//! ## What it does
//! Finds images of `k8s.gcr.io`.
//!
//! ## Why
//! The registry `k8s.gcr.io` is frozen: since 2023 nothing new is published there, and its images move to `registry.k8s.io`, where old names redirect
//! for as long as somebody pays for it.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: pause
//! spec:
//!   containers:
//!     - name: pause
//!       image: k8s.gcr.io/pause:3.9
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", image="k8s.gcr.io/etcd:3.5.0-0")]),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: pause
//! spec:
//!   containers:
//!     - name: pause
//!       image: registry.k8s.io/pause:3.9
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", image="registry.k8s.io/etcd:3.5.0-0")]),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: k8s.gcr.io is frozen](https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "frozen-registry",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("frozen_registry.rs"),
    check,
};

/// The registry that was, and the one that took its place.
const MOVED: (&str, &str) = ("k8s.gcr.io/", "registry.k8s.io/");

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let Field::Known(node) = container.node.get("image") else { continue };
        let Some(rest) = node.as_str().and_then(|image| image.strip_prefix(MOVED.0)) else { continue };
        let image = format!("{}{rest}", MOVED.1);
        let fix = Fix::safe(format!("write `{image}`"), vec![context.replace(node, &*image)]);
        let finding =
            context.at(node, "the registry `k8s.gcr.io` is frozen: newer images are in `registry.k8s.io` only");
        findings.push(finding.help(format!("write `{image}`")).fix(fix));
    }
}
