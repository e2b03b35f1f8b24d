//! # unsupported-operation
//!
//! ## What it does
//! Checks for operations between values whose types do not support them.
//!
//! ## Why
//! Python raises `TypeError` when the module is imported: for text plus a number, for comparisons of text with numbers, for
//! calls of what cannot be called.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! GPUS = 2
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": "gpus-" + GPUS}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! GPUS = 2
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": f"gpus-{GPUS}"}
//! ```
//!
//! ## References
//! - [Python: TypeError](https://docs.python.org/3/library/exceptions.html#TypeError)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unsupported-operation",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("unsupported_operation.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
