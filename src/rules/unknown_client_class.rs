//! # unknown-client-class
//!
//! ## What it does
//! Finds names of classes that the Kubernetes Python client does not have.
//!
//! ## Why
//! Python raises `ImportError` or `AttributeError` when the module is imported. All names of the client's versions 28
//! to 37 are known.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Containr(name="primary")]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! ```
//!
//! ## References
//! - [Kubernetes: Client libraries](https://kubernetes.io/docs/reference/using-api/client-libraries/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-client-class",
    severity: Severity::Error,
    authority: Authority::Client,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("unknown_client_class.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
