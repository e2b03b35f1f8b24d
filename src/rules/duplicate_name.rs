//! # duplicate-name
//!
//! ## What it does
//! Finds names, ports of the host and constraints that are given twice.
//!
//! ## Why
//! The API server refuses the object: "Duplicate value". Regular and init containers share their names. Volumes
//! have a rule of their own, duplicate-volume.
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
//!     - name: primary
//!       image: ghcr.io/acme/other:1.0
//!       resources:
//!         limits: {cpu: 1, memory: 1Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         init_containers=[k8s.V1Container(name="primary", image="ghcr.io/acme/setup:1.0")],
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
//! ```
//!
//! ## References
//! - [Kubernetes: Pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-name",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("duplicate_name.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
