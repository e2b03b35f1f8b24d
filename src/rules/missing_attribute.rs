//! # missing-attribute
//!
//! ## What it does
//! Checks for attributes that an object does not have.
//!
//! ## Why
//! Python raises `AttributeError` when the module is imported, or when a task is deployed. The attributes of templates, of
//! the SDKs' objects and of the project's own classes are known.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! team = template.lables
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! team = template.labels
//! ```
//!
//! ## References
//! - [Python: AttributeError](https://docs.python.org/3/library/exceptions.html#AttributeError)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-attribute",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("missing_attribute.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
