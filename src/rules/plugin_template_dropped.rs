//! # plugin-template-dropped
//!
//! ## What it does
//! Finds templates for Ray's head and workers in flytekit that stand beside `requests` or `limits`.
//!
//! ## Why
//! flytekit makes a template of its own out of `requests` and `limits`, and takes it instead of the one that is given, silently.
//! Where both are given beside a template, it raises `ValueError`.
//!
//! ## Example
//! ```python
//! from flytekit import PodTemplate, Resources
//! from flytekitplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="ray-head")]))
//! head = HeadNodeConfig(requests=Resources(cpu="2"), pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! from flytekit import PodTemplate
//! from flytekitplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! resources = V1ResourceRequirements(requests={"cpu": "2"})
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="ray-head", resources=resources)]))
//! head = HeadNodeConfig(pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::UseKind;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "plugin-template-dropped",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("plugin_template_dropped.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.sdk != Some(1) {
        return;
    }
    for used in context.document.uses.iter().filter(|used| used.kind == UseKind::PluginRole) {
        if !matches!(used.taker, Some("HeadNodeConfig" | "WorkerNodeConfig")) {
            continue;
        }
        // `None` counts as not given, and so may whatever is not known.
        let given: Vec<&str> =
            ["requests", "limits"].into_iter().filter(|name| used.settings.get(name).known().is_some()).collect();
        let (severity, message) = match given.as_slice() {
            [] => continue,
            [one] => (Severity::Warning, format!("`{one}` takes the place of this template, which is dropped")),
            _ => (
                Severity::Error,
                "flytekit raises `ValueError`: a template excludes `requests` and `limits`".to_owned(),
            ),
        };
        let finding =
            context.missing(&context.document.root, "pod_template", used.location, message).severity(severity);
        findings.push(finding.help("say the resources in the template's container"));
    }
}
