//! # wrong-unpacking
//!
//! ## What it does
//! Checks for assignments to more or fewer names than there are values.
//!
//! ## Why
//! Python raises `ValueError` when the module is imported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! name, tag = "localhost:5000/app:1.0".split(":")
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"tag": tag}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! name, tag = "localhost:5000/app:1.0".rsplit(":", 1)
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"tag": tag}
//! ```
//!
//! ## References
//! - [Python: Assignment statements](https://docs.python.org/3/reference/simple_stmts.html#assignment-statements)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-unpacking",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("wrong_unpacking.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
