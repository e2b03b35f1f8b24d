//! # forbidden-combination
//!
//! ## What it does
//! Finds fields that exclude each other.
//!
//! ## Why
//! Each is fine alone, but the API server refuses them together: `value` and `valueFrom`, `subPath` and
//! `subPathExpr`, `hostUsers: false` and the host's network, Windows options in a Linux pod.
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
//!       env:
//!         - name: POD
//!           value: x
//!           valueFrom:
//!             fieldRef: {fieldPath: metadata.name}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         host_users=False,
//!         host_network=True,
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
//!       env:
//!         - name: POD
//!           valueFrom:
//!             fieldRef: {fieldPath: metadata.name}
//! ```
//!
//! ## References
//! - [Kubernetes: Pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "forbidden-combination",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("forbidden_combination.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
