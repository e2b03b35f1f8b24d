//! # pod-template-on-reusable
//!
//! ## What it does
//! Finds tasks and overrides of a reusable environment that bring a pod template of their own.
//!
//! ## Why
//! The tasks of a reusable environment share its pods. flyte refuses a template for one of them: "Cannot set pod_template
//! when environment is reusable". The environment itself may have one.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(name="training", reusable=flyte.ReusePolicy(replicas=2, idle_ttl=60))
//!
//!
//! @env.task(pod_template=template)
//! async def train() -> None: ...
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     reusable=flyte.ReusePolicy(replicas=2, idle_ttl=60),
//!     pod_template=template,
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "pod-template-on-reusable",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("pod_template_on_reusable.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
