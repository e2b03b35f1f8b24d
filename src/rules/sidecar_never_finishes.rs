//! # sidecar-never-finishes
//!
//! ## What it does
//! Finds sidecars of a task that are regular containers and are not known to end.
//!
//! ## Why
//! Flyte's open-source backend knows the primary container only of pods that have one regular container or carry the annotation
//! `primary_container_name`. With two or more it waits until *all* of them have ended: a proxy, an exporter or a database
//! beside the task keeps it running for ever, or until it times out. (Hosted backends may differ, and flytekit's old `Pod`
//! sets the annotation itself.)
//!
//! The safe shape is a native sidecar: an init container with `restart_policy="Always"`. It starts before the task, is
//! restarted when it fails, and is stopped when the task is done.
//!
//! A container that only runs a short shell script of well-known commands is not reported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!             V1Container(
//!                 name="metrics",
//!                 image="prom/pushgateway:v1.9.0",
//!                 resources=V1ResourceRequirements(
//!                     requests={"cpu": "100m", "memory": "64Mi"},
//!                     limits={"cpu": "100m", "memory": "64Mi"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[
//!             V1Container(
//!                 name="metrics",
//!                 image="prom/pushgateway:v1.9.0",
//!                 restart_policy="Always",
//!                 resources=V1ResourceRequirements(
//!                     requests={"cpu": "100m", "memory": "64Mi"},
//!                     limits={"cpu": "100m", "memory": "64Mi"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Options
//! - `sidecars.exempt`: patterns for names of sidecars that are left alone, such as `"istio-*"`
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Change, Fix, Literal, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Step};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-never-finishes",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_never_finishes.rs"),
    check,
};

/// The annotation by which the backend knows the primary container of a pod with several.
const ANNOTATION: &str = "primary_container_name";

/// Commands that end by themselves.
const SHORT: &[&str] = &[
    "aws", "cat", "chmod", "chown", "cp", "curl", "date", "echo", "env", "exit", "git", "gsutil", "gunzip", "ln", "ls",
    "mkdir", "mv", "printf", "rm", "sed", "set", "sleep", "tar", "test", "touch", "true", "unzip", "wget",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V2Task) {
        return;
    }
    // A template whose primary is called as that of apps is one for an app that is put together elsewhere.
    if context.document.uses.is_empty() && context.document.primary.name == Field::Known("app".to_owned()) {
        return;
    }
    let annotation = context.pod.annotations().then(|node| node.get(ANNOTATION));
    let containers = &context.pod.containers;
    let has_primary = containers.known.iter().any(|container| container.role == Role::Primary);
    if !annotation.is_missing() || !(has_primary || context.document.flavour == Flavour::V1Task) {
        return;
    }
    for container in containers.known.iter().filter(|container| container.role == Role::Sidecar && !ends(container)) {
        let title = container.title();
        let message = format!(
            "the task runs until {title} ends too: Flyte's open-source backend waits for all regular containers"
        );
        let place =
            if context.is_python() { "`init_containers` with `restart_policy=\"Always\"`" } else { "`initContainers`" };
        let finding =
            context.at(container.anchor(), message).help(format!("make it a native sidecar: move it to {place}"));
        findings.push(finding.fix(Fix::needs_review("make it a native sidecar", moved(context, container))));
    }
}

fn moved(context: &Context<'_>, container: &Container<'_>) -> Vec<Change> {
    let mut list = context.document.template.clone();
    list.extend([Step::from("spec"), Step::from("initContainers")]);
    let of = context.path(container.node);
    let with = ("restartPolicy".to_owned(), Literal::from("Always"));
    vec![Change::AppendCopy { of, at: list, with }, context.remove(container.node)]
}

/// Whether a container is known to end by itself: a script of short commands, and nothing that a server has.
fn ends(container: &Container<'_>) -> bool {
    let has = |field: &str| !container.node.get(field).is_missing();
    if ["ports", "livenessProbe", "readinessProbe", "startupProbe"].into_iter().any(has) {
        return false;
    }
    let words = |field: &str| match container.node.get(field) {
        Field::Known(node) => node.as_list().filter(|list| !list.open).map(|list| list.items.as_slice()),
        Field::Missing => Some(&[][..]),
        Field::Dynamic => None,
    };
    // What is not known may well end.
    let (Some(command), Some(arguments)) = (words("command"), words("args")) else { return true };
    let words: Option<Vec<&str>> = command.iter().chain(arguments).map(Node::as_str).collect();
    let Some(words) = words else { return true };
    match words.as_slice() {
        [shell, flag, script] if shell.ends_with("sh") && flag.starts_with('-') && flag.ends_with('c') => {
            is_short(script)
        }
        [program, ..] if !command.is_empty() => is_short(program),
        _ => false,
    }
}

/// Whether every command of a script is one that ends.
fn is_short(script: &str) -> bool {
    if script.contains("infinity") || script.contains("$(") || script.contains('`') {
        return false;
    }
    let mut commands = script.split(['\n', ';', '&', '|']).map(str::trim).filter(|command| !command.is_empty());
    commands.all(|command| {
        let program = command.split_whitespace().next().unwrap_or_default();
        SHORT.contains(&program.rsplit('/').next().unwrap_or_default())
    })
}
