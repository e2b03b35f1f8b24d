//! # invalid-probe
//!
//! ## What it does
//! Finds probes and lifecycle handlers that Kubernetes does not allow.
//!
//! ## Why
//! Each has exactly one handler. Liveness and startup probes need a `successThreshold` of 1. An init container that
//! is no native sidecar ends before anything could probe it.
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
//!       livenessProbe:
//!         periodSeconds: 5
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
//!                 readiness_probe=k8s.V1Probe(http_get=k8s.V1HTTPGetAction(port=80000)),
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
//!       livenessProbe:
//!         periodSeconds: 5
//!         exec:
//!           command: ["true"]
//! ```
//!
//! ## References
//! - [Kubernetes: Probes](https://kubernetes.io/docs/concepts/workloads/pods/probes/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-probe",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_probe.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
