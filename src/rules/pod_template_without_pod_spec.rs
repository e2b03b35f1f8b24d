//! # pod-template-without-pod-spec
//!
//! ## What it does
//! Finds templates without containers where nobody makes the primary one.
//!
//! ## Why
//! A template of labels and annotations alone is fine for a task: the SDK adds the primary container. flyte does so from
//! 2.11.2 on; before, it fails when the task is run or deployed, and 2.0.0b52 when the module is imported.
//!
//! Nobody does it in a pod of Ray, Spark or Databricks, where flyte raises, and in an app, whose pod is then empty: without
//! image, command and port.
//!
//! Where the project's requirements allow an older flyte, it is information.
//!
//! ## Example
//! ```python
//! import flyte.app
//!
//! env = flyte.app.AppEnvironment(name="dashboard", pod_template=flyte.PodTemplate(labels={"team": "ranking"}, primary_container_name="app"))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! env = flyte.app.AppEnvironment(
//!     name="dashboard",
//!     pod_template=flyte.PodTemplate(
//!         primary_container_name="app",
//!         pod_spec=V1PodSpec(containers=[V1Container(name="app")]),
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, UseKind};
use crate::rule::{Context, Finding, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "pod-template-without-pod-spec",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("pod_template_without_pod_spec.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let containers = &context.pod.containers;
    let no_spec = context.pod.spec.is_missing();
    let is_empty = no_spec || (!containers.open && containers.known.is_empty());
    if !is_empty || context.pod.spec.is_dynamic() {
        return;
    }
    let document = context.document;
    let role = document.uses.iter().find(|used| used.kind == UseKind::PluginRole);
    let what = if no_spec { "`pod_spec`" } else { "containers" };
    match document.flavour {
        Flavour::V2App if no_spec => {
            findings.push(finding(
                context,
                "an app gets an empty pod from a template without `pod_spec`: no image, no command, no port",
            ));
        }
        Flavour::V2App => findings.push(finding(context, "flyte refuses an app whose template has no container `app`")),
        Flavour::V2Task | Flavour::PluginRole if no_spec && document.sdk == Some(2) && role.is_some() => {
            let found =
                finding(context, "flyte raises `ValueError` for the pod of a plugin whose template has no `pod_spec`");
            let place = role.map_or(document.head, |used| used.location);
            findings.push(found.label(place, "used by a plugin here"));
        }
        Flavour::V2Task if context.flyte_is_before(2, 11, 2) => {
            findings.push(finding(context, &format!("flyte before 2.11.2 fails on a template without {what}")));
        }
        Flavour::V2Task if context.flyte_may_be_before(2, 11, 2) => {
            let message = format!("a template without {what} needs flyte 2.11.2, and the project allows older ones");
            findings.push(finding(context, &message).severity(Severity::Info));
        }
        _ => {}
    }
}

fn finding(context: &Context<'_>, message: &str) -> Finding {
    let name = match context.document.flavour {
        Flavour::V2App => "app",
        _ => context.document.primary.name.as_ref().known().map_or("primary", String::as_str),
    };
    let found = context.missing(&context.document.root, "spec", context.document.head, message);
    found.help(format!("add `pod_spec=V1PodSpec(containers=[V1Container(name=\"{name}\")])`"))
}
