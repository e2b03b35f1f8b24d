//! # undefined-name
//!
//! ## What it does
//! Checks for names that nothing has bound when they are used.
//!
//! ## Why
//! Python raises `NameError` when the module is imported. A name that a later statement binds counts as undefined before it.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": TEAM}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! TEAM = "ml"
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": TEAM}
//! ```
//!
//! ## References
//! - [Python: Naming and binding](https://docs.python.org/3/reference/executionmodel.html#naming-and-binding)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-name",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("undefined_name.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
