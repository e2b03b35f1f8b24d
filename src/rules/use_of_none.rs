//! # use-of-none
//!
//! ## What it does
//! Checks for attributes, items and operations of a value that is `None`.
//!
//! ## Why
//! Fields that nobody set are `None`, not empty: `spec.tolerations.append(…)` raises `AttributeError` and
//! `template.labels["team"] = …` raises `TypeError` when the module is imported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels["team"] = "ml"
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": "ml"}
//! ```
//!
//! ## References
//! - [Python: None](https://docs.python.org/3/library/constants.html#None)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "use-of-none",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("use_of_none.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
