//! # request-exceeds-limit
//!
//! ## What it does
//! Finds requests above their limits, and requests of huge pages that differ from their limits.
//!
//! ## Why
//! The API server refuses the pod: a request must be less than or equal to its limit, and what cannot be shared must be
//! requested in exactly the limited amount. GPUs and the like are reported by `gpu-request-mismatch`.
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
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         requests: {memory: 2Gi}
//!         limits: {memory: 1Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 resources=k8s.V1ResourceRequirements(requests={"cpu": "2"}, limits={"cpu": "500m"}),
//!             ),
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
//!       resources:
//!         requests: {memory: 1Gi}
//!         limits: {memory: 1Gi}
//! ```
//!
//! ## References
//! - [Kubernetes: Resource management](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "request-exceeds-limit",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("request_exceeds_limit.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
