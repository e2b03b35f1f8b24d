//! # unused-pod-template
//!
//! ## What it does
//! Finds templates of a module that nothing in it uses.
//!
//! ## Why
//! A template that is made and never given to a task is dead code, or was forgotten. It may as well be there for other modules,
//! so the rule is off by default.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(name="training")
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(name="training", pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Kind;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-pod-template",
    severity: Severity::Info,
    authority: Authority::Practice,
    group: Group::Python,
    enabled_by_default: false,
    source: include_str!("unused_pod_template.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let document = context.document;
    // What another module makes is that module's business.
    if document.kind != Kind::PythonTemplate || !document.uses.is_empty() || document.made_at.is_some() {
        return;
    }
    let Some(name) = &document.name else { return };
    let message = format!("nothing in this module uses the template `{name}`");
    findings.push(context.at(&document.root, message).help("give it to a task, or remove it"));
}
