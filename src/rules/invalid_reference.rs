//! # invalid-reference
//!
//! ## What it does
//! Finds references to something that is not there, or that cannot be referred to.
//!
//! ## Why
//! Environment variables and files can take a fixed set of the pod's own fields; claims, AppArmor annotations and
//! debug targets name other parts of the pod. The API server checks all of them.
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
//!           valueFrom:
//!             fieldRef: {fieldPath: metadata.nam}
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
//!                 env=[
//!                     k8s.V1EnvVar(
//!                         name="PHASE",
//!                         value_from=k8s.V1EnvVarSource(field_ref=k8s.V1ObjectFieldSelector(field_path="status.phase")),
//!                     ),
//!                 ],
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
//!       env:
//!         - name: POD
//!           valueFrom:
//!             fieldRef: {fieldPath: metadata.name}
//! ```
//!
//! ## References
//! - [Kubernetes: Pod information in variables](https://kubernetes.io/docs/tasks/inject-data-application/environment-variable-expose-pod-information/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-reference",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_reference.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
