//! # conflicting-arguments
//!
//! ## What it does
//! Finds arguments of a task beside its pod template that the SDK refuses together.
//!
//! ## Why
//! flytekit's `resources` stands for `requests` and `limits`: it raises `ValueError` when the module is imported if both are
//! given.
//!
//! ## Example
//! ```python
//! from flytekit import PodTemplate, Resources, task
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template, resources=Resources(cpu=("1", "2")), limits=Resources(mem="2Gi"))
//! def train() -> None: ...
//! ```
//!
//! ## Use instead
//! ```python
//! from flytekit import PodTemplate, Resources, task
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template, resources=Resources(cpu=("1", "2"), mem=("1Gi", "2Gi")))
//! def train() -> None: ...
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "conflicting-arguments",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("conflicting_arguments.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
