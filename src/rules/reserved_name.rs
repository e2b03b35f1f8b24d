//! # reserved-name
//!
//! ## What it does
//! Finds names that Flyte gives to its own containers, volumes, variables, labels and annotations.
//!
//! ## Why
//! Flyte adds these to the pods of tasks: a second volume of that name makes the pod invalid, and labels and variables of that
//! name are overwritten. What is added depends on the task and the cluster (shared memory, secrets, raw containers), so a pod
//! may well run today, and fail when somebody asks for a secret.
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
//!       - name: default
//!         image: ghcr.io/acme/placeholder:1.0
//!         env:
//!           - {name: FLYTE_INTERNAL_PROJECT, value: ranking}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     labels={"project": "ranking"},
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     labels={"acme.com/project": "ranking"},
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::flyte::ADDED_VOLUMES;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "reserved-name",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("reserved_name.rs"),
    check,
};

const LABELS: &[&str] = &[
    "action",
    "attempt",
    "domain",
    "flyte.org/managed",
    "inject-flyte-secrets",
    "organization",
    "project",
    "run",
    "task-name",
];
/// The labels of flytekit's backend.
const V1_LABELS: &[&str] = &[
    "domain",
    "execution-id",
    "inject-flyte-secrets",
    "interruptible",
    "node-id",
    "project",
    "task-name",
    "workflow-name",
];
const VARIABLES: &[&str] = &[
    "ACTION_NAME",
    "FLYTE_ATTEMPT_NUMBER",
    "FLYTE_EXECUTION_URL",
    "RUN_NAME",
    "_F_E_VS",
    "_F_PN",
    "_U_ORG_NAME",
    "_U_RUN_BASE",
];

/// What variables of Flyte's own begin with.
const PREFIXES: &[&str] = &["FLYTE_INTERNAL_", "FLYTE_SECRETS_"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    if matches!(context.document.flavour, Flavour::Workload | Flavour::Unknown) {
        return;
    }
    let mut report = |node: &Node, place, message: String, help: &str| {
        findings.push(context.at(node, message).shown_at(place).help(help));
    };
    for volume in &context.pod.volumes.known {
        if let Some(name) = volume.name().known().filter(|name| ADDED_VOLUMES.contains(name)) {
            let message = format!("Flyte names a volume of its own `{name}`");
            report(volume.anchor(), volume.anchor().location, message, "give it another name");
        }
    }
    for container in &context.pod.containers.known {
        if let Field::Known(name) = container.name()
            && (name.starts_with("flyte-copilot") || name == "flyte-init")
        {
            let why = if name == "flyte-init" { "" } else { ": it reserves names with `flyte-copilot`" };
            let message = format!("Flyte names a container of its own `{name}`{why}");
            report(container.anchor(), container.anchor().location, message, "give it another name");
        }
        let variables = container.node.get("env").known().and_then(Node::as_list).map(|list| list.items.as_slice());
        for node in variables.unwrap_or_default().iter().filter_map(|item| item.get("name").known()) {
            let name = node.as_str().unwrap_or_default();
            let prefix = PREFIXES.iter().find(|prefix| name.starts_with(**prefix));
            if VARIABLES.contains(&name) || prefix.is_some() {
                let why = prefix.map(|prefix| format!(": it reserves names with `{prefix}`")).unwrap_or_default();
                let message = format!("Flyte sets the variable `{name}` itself{why}");
                report(node, node.location, message, "give it another name");
            }
        }
    }
    let maps = [(context.pod.labels(), "label"), (context.pod.annotations(), "annotation")];
    for (map, noun) in maps.into_iter().filter_map(|(map, noun)| Some((map.known()?.as_map()?, noun))) {
        for entry in &map.entries {
            let key = &*entry.key.wire;
            if is_reserved(context, noun, key, &entry.value) {
                let message = match key.starts_with("flyte.secrets/") {
                    true => format!("Flyte sets the {noun} `{key}` itself: it reserves keys with `flyte.secrets/`"),
                    false => format!("Flyte sets the {noun} `{key}` itself, over what is written here"),
                };
                report(
                    &entry.value,
                    entry.key.location,
                    message,
                    "leave it to Flyte, or use a key with a prefix of your own",
                );
            }
        }
    }
}

fn is_reserved(context: &Context<'_>, noun: &str, key: &str, value: &Node) -> bool {
    match noun {
        "label" => match context.document.sdk {
            Some(1) => V1_LABELS.contains(&key),
            Some(_) => LABELS.contains(&key),
            None => LABELS.contains(&key) || V1_LABELS.contains(&key),
        },
        _ if key == "primary_container_name" => {
            // To name the primary container is a way to tell the backend which one decides.
            let primary = context.document.primary.name.as_ref().known();
            value.as_str().is_some_and(|name| primary.is_some_and(|primary| primary != name))
        }
        _ => key.starts_with("flyte.secrets/"),
    }
}
