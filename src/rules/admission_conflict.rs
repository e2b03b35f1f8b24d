//! # admission-conflict
//!
//! ## What it does
//! Checks for fields that the API server sets by a class, and that say something else.
//!
//! ## Why
//! Priority and preemption come from the priority class, overhead from the runtime class, and a runtime class may select its own nodes.
//! A pod that sets another value is refused.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   priority: 5
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "2", memory: 2Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         priority=5,
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
//! - [Kubernetes: Pod priority and preemption](https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/)
//! - [Kubernetes: Runtime class](https://kubernetes.io/docs/concepts/containers/runtime-class/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "admission-conflict",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("admission_conflict.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
