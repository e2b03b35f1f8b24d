//! # conflicting-capability
//!
//! ## What it does
//! Finds `allow_fuse(privileged=True)`, `allow_nested_sandboxing()` and `with_termination_grace_period()` that the SDK refuses on this template.
//!
//! ## Why
//! These methods check the primary container first: a container that says `privileged=False` cannot be made privileged, and
//! one that may escalate its privileges cannot be a sandbox. They raise `ValueError` or `TypeError` when the module is
//! imported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! context = V1SecurityContext(allow_privilege_escalation=False)
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", security_context=context)]),
//! ).allow_fuse(privileged=True)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! context = V1SecurityContext(run_as_non_root=True)
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", security_context=context)]),
//! ).with_termination_grace_period(120)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "conflicting-capability",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("conflicting_capability.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
