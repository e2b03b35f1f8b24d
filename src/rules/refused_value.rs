//! # refused-value
//!
//! ## What it does
//! Checks for values that a function surely refuses.
//!
//! ## Why
//! Python or the SDK raises when the module is imported: for `int("4Gi")`, a division by zero, an empty `max()`, or a pair of
//! request and limit with three values.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! MEMORY = int("4Gi")
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"memory": str(MEMORY)}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! MEMORY = int("4")
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"memory": str(MEMORY)}
//! ```
//!
//! ## References
//! - [Python: ValueError](https://docs.python.org/3/library/exceptions.html#ValueError)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "refused-value",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("refused_value.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
