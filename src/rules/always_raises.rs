//! # always-raises
//!
//! ## What it does
//! Checks for `raise` and `assert` statements that the import of the module surely reaches.
//!
//! ## Why
//! The module cannot be imported, so none of its tasks can be registered. Statements in `try` blocks that catch the
//! exception, and in functions that nothing calls, are not reported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! GPUS = 0
//! assert GPUS > 0, "need GPUs"
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": str(GPUS)}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! GPUS = 1
//! assert GPUS > 0, "need GPUs"
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": str(GPUS)}
//! ```
//!
//! ## References
//! - [Python: The raise statement](https://docs.python.org/3/reference/simple_stmts.html#the-raise-statement)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "always-raises",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("always_raises.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
