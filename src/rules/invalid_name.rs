//! # invalid-name
//!
//! ## What it does
//! Finds names of objects, containers, volumes and references that Kubernetes does not allow.
//!
//! ## Why
//! The API server refuses them. Most names are RFC 1123 labels: at most 63 lower-case letters, digits and dashes,
//! with a letter or digit at both ends. Underscores, as in Python names, are not allowed.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   serviceAccountName: flyte_runner
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         service_account_name="flyte_runner",
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
//!   serviceAccountName: flyte-runner
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: Names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-name",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_name.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
