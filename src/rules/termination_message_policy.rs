//! # termination-message-policy
//!
//! ## What it does
//! Finds primary containers of templates without `terminationMessagePolicy: FallbackToLogsOnError`.
//!
//! ## Why
//! Flyte shows the end of a failed container's log as the task's error only with this setting. It makes it itself for tasks
//! without a template, and not for those with one: there the message of the error is empty.
//!
//! It is off by default, as most templates lack it and run well.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! primary = V1Container(name="primary", termination_message_policy="FallbackToLogsOnError")
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[primary]))
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::pod::Role;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "termination-message-policy",
    severity: Severity::Info,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: false,
    source: include_str!("termination_message_policy.rs"),
    check,
};

const FIELD: &str = "terminationMessagePolicy";
const POLICY: &str = "FallbackToLogsOnError";

fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task) {
        return;
    }
    let primary = context.pod.containers.known.iter().find(|container| container.role == Role::Primary);
    let Some(container) = primary.filter(|container| container.node.get(FIELD).is_missing()) else { return };
    let insert = Change::Insert { at: context.path(container.node), key: FIELD.to_owned(), value: POLICY.into() };
    let message =
        format!("the error of a failed task will be empty: {} does not fall back to its log", container.title());
    let finding = context.missing(container.node, FIELD, container.anchor().head(), message);
    let field = context.field(FIELD);
    findings.push(
        finding.help(format!("set `{field}` to \"{POLICY}\"")).fix(Fix::safe(format!("set `{field}`"), vec![insert])),
    );
}
