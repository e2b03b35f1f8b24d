//! # kubernetes-not-installed
//!
//! ## What it does
//! Finds images built by flyte that lack the package `kubernetes`, for tasks whose template is made of its classes.
//!
//! ## Why
//! The task's container imports the module again to find the task, and so it imports `kubernetes` too. flyte does not bring that
//! package: the task ends with `ModuleNotFoundError: No module named 'kubernetes'`.
//!
//! Only images are judged of which every layer is plain to see in the program.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     image=flyte.Image.from_debian_base().with_pip_packages("torch"),
//!     pod_template=template,
//! )
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
//!     image=flyte.Image.from_debian_base().with_pip_packages("torch", "kubernetes"),
//!     pod_template=template,
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "kubernetes-not-installed",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("kubernetes_not_installed.rs"),
    check,
};

/// Layers that bring no Python package but those that they name.
const PLAIN: &[&str] = &["from_debian_base", "with_apt_packages", "with_env_vars", "with_pip_packages", "with_workdir"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let document = context.document;
    let spec = context.pod.spec.known().and_then(Node::as_map);
    if document.flavour != Flavour::V2Task || spec.is_none_or(|map| map.class.is_none()) {
        return;
    }
    for used in &document.uses {
        let image = used.settings.as_map().and_then(|map| map.entry("image")).map(|entry| &entry.value);
        let Some(image) = image.filter(|image| surely_lacks(image)) else { continue };
        let noun = used.kind.noun();
        let message =
            format!("the image of this {noun} has no `kubernetes`, which the module imports for its template");
        let place = image.used_at.as_deref().copied().unwrap_or(image.location);
        let finding = context.missing(&document.root, "image", place, message);
        findings.push(finding.help("add `.with_pip_packages(\"kubernetes\")` to the image"));
        return;
    }
}

/// Whether every layer of an image is known, and none brings the package.
fn surely_lacks(image: &Node) -> bool {
    let Value::Dynamic(dynamic) = &image.value else { return false };
    let Some(layers) = dynamic.reason.strip_prefix("flyte.Image.") else { return false };
    dynamic.class == Some("flyte.Image")
        && layers.split_inclusive(')').all(|layer| {
            let layer = layer.trim_start_matches('.');
            PLAIN.iter().any(|name| layer.strip_prefix(name) == Some("()"))
        })
}
