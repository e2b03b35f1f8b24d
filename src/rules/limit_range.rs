//! # limit-range
//!
//! ## What it does
//! Checks for resources that a `LimitRange` of the namespace refuses, or contradicts with its defaults.
//!
//! ## Why
//! A limit range gives containers the requests and limits that they lack, and refuses those that are too small, too large, or too far
//! apart. A default is easily forgotten: a request above the default limit is refused too. `podlint render` shows the pod with all
//! defaults filled in.
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
//!         requests: {cpu: "10", memory: 2Gi}
//!         limits: {cpu: "10", memory: 2Gi}
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
//!                 resources=k8s.V1ResourceRequirements(limits={"cpu": "10", "memory": "1Gi"}),
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
//!         requests: {cpu: "4", memory: 2Gi}
//!         limits: {cpu: "8", memory: 2Gi}
//! ```
//!
//! ## Options
//! - `cluster`, `--cluster`: snapshots, or lists of `kubectl get -o json`
//!
//! ## References
//! - [Kubernetes: Limit ranges](https://kubernetes.io/docs/concepts/policy/limit-range/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "limit-range",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("limit_range.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
