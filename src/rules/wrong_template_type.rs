//! # wrong-template-type
//!
//! ## What it does
//! Finds values of `pod_template` that are no templates: a pod spec, a dict, and names where the SDK does not take any.
//!
//! ## Why
//! flyte takes a `PodTemplate`, or the name of one in the cluster, and raises `TypeError` for anything else; apps do not
//! take names. flytekit takes names as `pod_template_name`, and fails on anything else when the task is registered.
//!
//! An empty name means no template at all.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     pod_template=V1PodSpec(containers=[V1Container(name="primary")]),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     pod_template=flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")])),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-template-type",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("wrong_template_type.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
