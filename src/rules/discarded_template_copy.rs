//! # discarded-template-copy
//!
//! ## What it does
//! Finds calls of `allow_fuse()`, `allow_nested_sandboxing()` and `with_termination_grace_period()` whose result is not used.
//!
//! ## Why
//! These methods do not change the template: they return a changed copy. Without an assignment the task runs without the
//! capability that the program asks for.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! template.allow_fuse()
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! template = template.with_termination_grace_period(60)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "discarded-template-copy",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("discarded_template_copy.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
