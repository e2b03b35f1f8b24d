//! # missing-primary-container
//!
//! ## What it does
//! Finds templates whose containers do not include the primary one, by which Flyte runs the task.
//!
//! ## Why
//! The flyte SDK refuses such a template when the task is run or deployed: "No primary container defined in the pod
//! spec". flytekit adds a container of that name instead, and the user's container becomes a sidecar by accident.
//! In a `PodTemplate` manifest Flyte merges only the containers `primary` and `default`, and those that a task
//! declares itself: all others are dropped.
//!
//! A template without containers is fine: the primary one is then made by Flyte.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: main
//!         image: ghcr.io/acme/placeholder:1.0
//!         terminationMessagePolicy: FallbackToLogsOnError
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="primary",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="main")]),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="main",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="main")]),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::{Field, Map};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-primary-container",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("missing_primary_container.rs"),
    check,
};

/// Names that nobody arrives at by a slip.
const USUAL: &[&str] = &["primary", "app", "main", "default"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let containers: Vec<&Container<'_>> = context.pod.containers.in_list("containers").collect();
    let open = context.pod.containers.open || containers.iter().any(|container| container.name().is_dynamic());
    let Field::Known(primary) = &context.document.primary.name else { return };
    if open || containers.is_empty() || !is_required(context, primary) {
        return;
    }
    let accepted = accepted_names(context, primary);
    let named = |container: &&&Container<'_>| container.name().known().is_some_and(|name| accepted.contains(&name));
    if containers.iter().find(named).is_none() {
        findings.push(finding(context, primary, &containers));
    }
}

/// Whether somebody looks for a primary container: Flyte in its own templates, or where the annotation names one.
fn is_required(context: &Context<'_>, primary: &str) -> bool {
    let is_init = |container: &Container<'_>| container.name() == Field::Known(primary);
    let annotated = context.pod.annotations().then(|node| node.get("primary_container_name"));
    match context.document.flavour {
        Flavour::Workload => annotated.known().is_some(),
        // The backend looks for `ray-head`, `spark-kubernetes-driver` and their like.
        Flavour::PluginRole => false,
        // `app-primary-name` says that it cannot be the primary one.
        Flavour::V2App => primary == "app",
        // A container that says nothing is there because the object must have one.
        Flavour::ClusterTemplate => context.pod.containers.in_list("containers").any(|container| {
            let is_near = |name| nearest(name, ["primary", "default"]).is_some();
            says_something(container) || container.name().known().is_some_and(is_near)
        }),
        // `primary-is-init-container` says where it is.
        _ => !context.pod.containers.in_list("initContainers").any(is_init),
    }
}

fn says_something(container: &Container<'_>) -> bool {
    const PLACEHOLDER: &[&str] = &["name", "image", "imagePullPolicy", "command", "args"];
    let is_plain = |map: &Map| map.entries.iter().all(|entry| PLACEHOLDER.contains(&&*entry.key.wire));
    !container.node.as_map().is_some_and(is_plain)
}

/// The names of which one must be there.
fn accepted_names<'a>(context: &Context<'_>, primary: &'a str) -> Vec<&'a str> {
    match context.document.flavour {
        Flavour::ClusterTemplate => vec![primary, "primary", "default"],
        _ => vec![primary],
    }
}

fn finding(context: &Context<'_>, primary: &str, containers: &[&Container<'_>]) -> Finding {
    let names = containers.iter().map(|container| container.name().known().unwrap_or_default());
    let near = nearest(primary, names);
    let meant = containers[near.unwrap_or(0)];
    let severity = match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod | Flavour::ClusterTemplate | Flavour::Unknown => Severity::Warning,
        Flavour::V2Task | Flavour::V2App | Flavour::Workload | Flavour::PluginRole => Severity::Error,
    };
    let mut finding = context.at(meant.anchor(), message(context, primary, meant)).severity(severity);
    if let Some(place) = context.document.primary.location {
        finding = finding.label(place, format!("the primary container is to be `{primary}`"));
    }
    let Field::Known(name) = meant.name() else {
        return finding.help(format!("name this container `{primary}`"));
    };
    // A container with the usual name is hardly the one that is misspelt.
    let near = near.filter(|_| !USUAL.contains(&name));
    let help = match near {
        Some(_) => format!("did you mean `{primary}`?"),
        None if context.is_python() => format!("name it `{primary}`, or set `primary_container_name=\"{name}\"`"),
        None => format!("name it `{primary}`"),
    };
    let finding = finding.help(help);
    let say = say(context, primary, name, near.is_some());
    // Others may know a container by its name, so a name that is not a typo stays unless the user decides otherwise.
    let is_slip = near.is_some() && say.is_none();
    let rename = rename(context, meant, primary, if is_slip { Fix::safe } else { Fix::manual });
    say.into_iter().chain(rename).fold(finding, Finding::fix)
}

/// The fix that only says which container is meant. Not where the container's own name is the misspelt one.
fn say(context: &Context<'_>, primary: &str, name: &str, is_near: bool) -> Option<Fix> {
    let is_named = context.document.primary.location.is_some();
    let is_other_way = is_near && (!is_named || USUAL.contains(&primary));
    if context.document.flavour == Flavour::V2App || is_other_way || !is_dns_label(name) {
        return None;
    }
    let title = format!("set `primary_container_name` to `{name}`");
    if context.is_python() {
        return Some(Fix::needs_review(title, vec![Change::SetPrimary { name: name.to_owned() }]));
    }
    let annotation = context.pod.annotations().then(|node| node.get("primary_container_name")).known()?;
    Some(Fix::needs_review(title, vec![context.replace(annotation, name)]))
}

fn rename(
    context: &Context<'_>,
    container: &Container<'_>,
    primary: &str,
    fix: fn(String, Vec<Change>) -> Fix,
) -> Option<Fix> {
    let change = context.replace(container.anchor(), primary);
    is_dns_label(primary).then(|| fix(format!("rename the container to `{primary}`"), vec![change]))
}

/// Whether the API server takes a text for the name of a container.
fn is_dns_label(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| is_inner(*byte) && *byte != b'-');
    let bytes = name.as_bytes();
    bytes.len() <= 63 && bytes.iter().all(|byte| is_inner(*byte)) && is_end(bytes.first()) && is_end(bytes.last())
}

fn message(context: &Context<'_>, primary: &str, meant: &Container<'_>) -> String {
    let name = meant.name().known().unwrap_or_default();
    match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod => {
            let image = if meant.has_no_image() { " with the task's image" } else { "" };
            format!("no container is named `{primary}`: flytekit adds one, and `{name}` becomes a sidecar{image}")
        }
        Flavour::ClusterTemplate if context.document.primary.location.is_none() => format!(
            "no container is named `primary` or `default`: Flyte uses `{name}` only for tasks that declare a container \
             of that name"
        ),
        _ => format!("no container is named `{primary}`: Flyte finds no primary container and refuses the pod"),
    }
}
