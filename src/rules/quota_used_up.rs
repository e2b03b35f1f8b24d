//! # quota-used-up
//!
//! ## What it does
//! Checks for pods that are above what was left of a `ResourceQuota` when the snapshot was made.
//!
//! ## Why
//! Until something else ends, the pod is not created. A snapshot is old the moment it is taken, so this is off by default and never more
//! than an info.
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
//!         requests: {cpu: "1", memory: 8Gi}
//!         limits: {cpu: "2", memory: 8Gi}
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
//!                 resources=k8s.V1ResourceRequirements(limits={"cpu": "1", "memory": "8Gi"}),
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
    name: "quota-used-up",
    severity: Severity::Info,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: false,
    source: include_str!("quota_used_up.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
