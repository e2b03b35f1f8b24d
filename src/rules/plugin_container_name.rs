//! # plugin-container-name
//!
//! ## What it does
//! Finds templates for the pods of Ray and Spark whose containers have other names than the plugin's own.
//!
//! ## Why
//! Flyte merges such a template into the pods that the plugin makes, container by container: only `ray-head` and `ray-worker`,
//! or `spark-kubernetes-driver` and `spark-kubernetes-executor`, find their match. Resources, variables and mounts of a container
//! with another name, such as `primary`, are lost without a word. Fields of the pod itself do count.
//!
//! flytekit's Spark is different: it lays the template over the pod of the task, and looks there for the role's primary
//! container. Without a task template that has a container of that name the task fails.
//!
//! ## Example
//! ```python
//! import flyte
//! from flyteplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! head = HeadNodeConfig(
//!     pod_template=flyte.PodTemplate(
//!         pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar(name="A", value="b")])]),
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from flyteplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! head = HeadNodeConfig(
//!     pod_template=flyte.PodTemplate(
//!         primary_container_name="ray-head",
//!         pod_spec=V1PodSpec(containers=[V1Container(name="ray-head", env=[V1EnvVar(name="A", value="b")])]),
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::{Flavour, Kind, Use, UseKind};
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "plugin-container-name",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("plugin_container_name.rs"),
    check,
};

/// The name that the plugin gives to the container of each role.
const ROLES: &[(&str, &str)] = &[
    ("HeadNodeConfig", "ray-head"),
    ("WorkerNodeConfig", "ray-worker"),
    ("driver_pod", "spark-kubernetes-driver"),
    ("executor_pod", "spark-kubernetes-executor"),
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.flavour == Flavour::V1Task {
        return spark_task(context, findings);
    }
    let mut tried: Vec<&str> = Vec::new();
    for used in context.document.uses.iter().filter(|used| used.kind == UseKind::PluginRole) {
        let role = used.taker.and_then(|taker| ROLES.iter().find(|(known, _)| taker == *known));
        let Some((_, wanted)) = role.filter(|(_, wanted)| !tried.contains(wanted)) else { continue };
        tried.push(wanted);
        if context.document.sdk == Some(1) && wanted.starts_with("spark-") {
            return findings.push(of_flytekit(context, used));
        }
        let containers: Vec<&Container<'_>> = context.pod.containers.in_list("containers").collect();
        let may_be = |container: &&Container<'_>| match container.name() {
            Field::Known(name) => name == *wanted,
            Field::Missing | Field::Dynamic => true,
        };
        if context.pod.containers.open || containers.iter().any(may_be) {
            continue;
        }
        let Some(container) = containers.iter().find(|container| says_something(container)) else { continue };
        let name = container.name().known().unwrap_or_default();
        let message = format!("the plugin's container is called `{wanted}`: what `{name}` says is lost");
        let (title, rename) = (format!("rename it to `{wanted}`"), context.replace(container.anchor(), *wanted));
        // Others may know a container by its name; one that is not a typo stays unless the user decides otherwise.
        let fix = match nearest(name, [*wanted]) {
            Some(_) => Fix::needs_review(title, vec![rename]),
            None => Fix::manual(title, vec![rename]),
        };
        let finding = context.at(container.anchor(), message).label(used.location, "used by a plugin here");
        findings.push(finding.help(format!("name the container `{wanted}`")).fix(fix));
        return;
    }
}

/// A task of flytekit's Spark whose pod has no container of the name that a role's template gives its primary one.
fn spark_task(context: &Context<'_>, findings: &mut Findings) {
    let is_bare = context.document.kind == Kind::PythonTask;
    let containers: Vec<&Container<'_>> = context.pod.containers.in_list("containers").collect();
    let is_unsure = context.pod.containers.open || containers.iter().any(|one| one.name().known().is_none());
    if !is_bare && (is_unsure || context.document.primary.name.is_dynamic()) {
        return;
    }
    let primary = context.document.primary.name.as_ref().known().filter(|_| !is_bare);
    let has = |name: &str| {
        primary.is_some_and(|primary| primary == name)
            || containers.iter().any(|container| container.name() == Field::Known(name))
    };
    for used in &context.document.uses {
        let Field::Known(config) = used.settings.get("task_config") else { continue };
        if config.as_map().and_then(|map| map.class) != Some("Spark") {
            continue;
        }
        for role in ["driver_pod", "executor_pod"] {
            let Field::Known(template) = config.get(role) else { continue };
            let (name, location) = match template.get("primary_container_name") {
                Field::Known(name) => (name.as_str(), name.location),
                Field::Missing => (Some("primary"), template.head()),
                Field::Dynamic => continue,
            };
            let Some(name) = name.filter(|name| !name.is_empty() && !has(name)) else { continue };
            let what = if is_bare { "has no template of its own, and so" } else { "has" };
            let message = format!("the task is refused: it {what} no container `{name}`, which Flyte looks for there");
            let finding = context.missing(&context.document.root, role, location, message).severity(Severity::Error);
            let help = format!("give the task a `pod_template` with the primary container `{name}`");
            findings.push(finding.label(used.location, format!("the task with this `{role}`")).help(help));
        }
    }
}

/// flytekit's Spark looks for the role's primary container in the pod of the task, and fails where that has none of the name.
fn of_flytekit(context: &Context<'_>, used: &Use) -> Finding {
    let name = context.document.primary.name.as_ref().known().map_or("primary", String::as_str);
    let message = format!(
        "the task fails unless it has a `pod_template` with the primary container `{name}`: Flyte looks for it in the task's pod"
    );
    let location = context.document.primary.location.unwrap_or(used.location);
    let finding = context.missing(&context.document.root, "primary_container_name", location, message);
    let finding = if location == used.location { finding } else { finding.label(used.location, "used by Spark here") };
    finding.severity(Severity::Info).help(format!("give the task a template with the primary container `{name}`, too"))
}

fn says_something(container: &Container<'_>) -> bool {
    container.node.as_map().is_none_or(|map| map.entries.iter().any(|entry| &*entry.key.wire != "name"))
}
