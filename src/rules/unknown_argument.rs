//! # unknown-argument
//!
//! ## What it does
//! Finds keyword arguments that a class of the Kubernetes Python client does not have.
//!
//! ## Why
//! The client raises when the module is imported: `TypeError` up to version 36, a validation error from 37 on. The
//! wire name (`volumeMounts`) instead of the Python name (`volume_mounts`) is the usual case; newer clients accept
//! it, older ones do not.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 imagee="ghcr.io/acme/train:1.0",
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 image_pull_policy="Always",
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Client libraries](https://kubernetes.io/docs/reference/using-api/client-libraries/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-argument",
    severity: Severity::Error,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("unknown_argument.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
