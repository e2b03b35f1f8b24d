//! # quota-exceeded
//!
//! ## What it does
//! Checks for pods that a `ResourceQuota` of the namespace refuses, even if nothing else ran.
//!
//! ## Why
//! A pod above the whole quota can never be created; Flyte retries for hours before the task fails. A quota on cpu or memory also
//! requires every container to say how much it wants. What is left of the quota at the moment is another matter: see
//! `quota-used-up`.
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
//!         requests: {cpu: "1", memory: 80Gi}
//!         limits: {cpu: "2", memory: 80Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(name="primary"),
//!             k8s.V1Container(
//!                 name="cache",
//!                 image="redis:7.4",
//!                 resources=k8s.V1ResourceRequirements(limits={"cpu": "1", "memory": "80Gi"}),
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
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "2", memory: 2Gi}
//! ```
//!
//! ## Options
//! - `cluster`, `--cluster`: snapshots, or lists of `kubectl get -o json`
//!
//! ## References
//! - [Kubernetes: Resource quotas](https://kubernetes.io/docs/concepts/policy/resource-quotas/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "quota-exceeded",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("quota_exceeded.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
