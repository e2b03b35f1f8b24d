//! # unschedulable
//!
//! ## What it does
//! Checks for pods that no node of your cluster can run, were all of them empty.
//!
//! ## Why
//! The pod stays `Pending`, and Flyte shows a task that is queued or waits for resources. The scheduler's own message names only the
//! first reason of each node, and since Kubernetes 1.34 no longer the taint. podlint names every reason of every class of nodes:
//! taints without a toleration, labels that are selected and not there, resources above what a node has, volumes in another zone.
//!
//! It is an error where the description of the cluster is complete, or all pools are described; otherwise a node that is not listed
//! may do, and it is a warning. Only what holds for empty nodes counts: what is free at the moment is not judged.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   nodeSelector:
//!     pool: gpus
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
//!         node_selector={"pool": "gpus"},
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
//!   nodeSelector:
//!     pool: cpu
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
//! - `cluster-complete`: whether nothing is left out of them
//!
//! ## References
//! - [Kubernetes: Assigning pods to nodes](https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/)
//! - [Kubernetes: Taints and tolerations](https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unschedulable",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("unschedulable.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
