//! # pull-policy-conflict
//!
//! ## What it does
//! Finds pull policies that do not go with how the image is named: a moving tag that is pulled once only, and a digest that
//! is looked up at every start.
//!
//! ## Why
//! With `IfNotPresent` and a tag such as `latest` each node keeps what it pulled first: two runs of a task can have
//! different images. With a digest the content cannot change, and `Always` only makes the start slower and depend on the
//! registry, which refuses a large map task at some point.
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
//!       image: ghcr.io/acme/train:latest
//!       imagePullPolicy: IfNotPresent
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!             V1Container(name="proxy", image="envoyproxy/envoy:latest", image_pull_policy="IfNotPresent"),
//!         ],
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
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       imagePullPolicy: IfNotPresent
//! ```
//!
//! ## Options
//! - `sidecars.moving-tags`: tags that move; `podlint config show --format json` lists the usual ones
//!
//! ## References
//! - [Kubernetes: Image pull policy](https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{ImageReference, Pinning, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "pull-policy-conflict",
    severity: Severity::Info,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("pull_policy_conflict.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in context.pod.containers.known.iter().filter(|container| container.role != Role::Base) {
        let Field::Known(policy) = container.node.get("imagePullPolicy") else { continue };
        let Field::Known(text) = container.node.text("image") else { continue };
        let Ok(image) = ImageReference::parse(text) else { continue };
        let message = match (policy.as_str(), Pinning::of(&image, &context.settings.sidecars.moving_tags)) {
            (Some("IfNotPresent"), Pinning::Moving(tag)) => {
                format!("the tag `{tag}` moves, and each node keeps the image that it pulled first")
            }
            (Some("IfNotPresent"), Pinning::Untagged) => {
                "the image has no tag, which means `latest`, and each node keeps what it pulled first".to_owned()
            }
            (Some("Always"), Pinning::Digest) => {
                "a digest never changes: there is nothing to look up at each start".to_owned()
            }
            _ => continue,
        };
        let help = match policy.as_str() {
            Some("Always") => "leave the policy out",
            _ => "name a version, or leave the policy out",
        };
        findings.push(context.at(policy, message).help(help));
    }
}
