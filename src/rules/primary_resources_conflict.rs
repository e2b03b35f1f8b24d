//! # primary-resources-conflict
//!
//! ## What it does
//! Finds resources of the primary container that the resources of its task or environment displace.
//!
//! ## Why
//! flytekit replaces the whole block as soon as the task asks for anything: limits and devices that only the template has are
//! gone, silently, and a training task may start without its GPU. flyte did the same before 2.5.10; since then it merges the
//! two, and of two requests the environment's wins. A limit that only the template has stays: it cuts the request of
//! the environment, and one of GPUs that is higher makes the API server refuse the pod.
//!
//! ## Example
//! ```python
//! from flytekit import PodTemplate, Resources, task
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 resources=V1ResourceRequirements(
//!                     requests={"nvidia.com/gpu": "1"},
//!                     limits={"nvidia.com/gpu": "1"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//!
//!
//! @task(pod_template=template, requests=Resources(cpu="4", mem="16Gi"))
//! def train() -> None: ...
//! ```
//!
//! ## Use instead
//! ```python
//! from flytekit import PodTemplate, Resources, task
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template, requests=Resources(cpu="4", mem="16Gi", gpu="1"), limits=Resources(gpu="1"))
//! def train() -> None: ...
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Use};
use crate::flyte::TaskResources;
use crate::pod::{Container, Quantity, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Entry, Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "primary-resources-conflict",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("primary_resources_conflict.rs"),
    check,
};

/// What becomes of one amount that the container has.
enum Fate<'a> {
    /// The task's amount takes its place.
    Displaced(&'a Entry),
    /// Nothing takes its place.
    Lost(&'a Entry),
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let flavour = context.document.flavour;
    let replaces_all = match flavour {
        Flavour::V1Task | Flavour::V1Pod => true,
        Flavour::V2Task | Flavour::V2App => context.flyte_is_before(2, 5, 10),
        _ => return,
    };
    let primary = context.pod.containers.known.iter().find(|container| container.role == Role::Primary);
    let Some(container) = primary else { return };
    let Field::Known(own) = container.node.get("resources") else { return };
    for used in &context.document.uses {
        let asked = TaskResources::of(flavour, used);
        if !replaces_all && flavour == Flavour::V2Task {
            let limited = limited(context, container, own, &asked, used);
            if !limited.is_empty() {
                limited.into_iter().for_each(|finding| findings.push(finding));
                return;
            }
        }
        let fates = fates(own, &asked, replaces_all);
        if !fates.is_empty() {
            findings.push(finding(context, container, used, &fates));
            return;
        }
    }
}

/// What the limits of the container make of requests that the task makes beside them.
fn limited(
    context: &Context<'_>,
    container: &Container<'_>,
    own: &Node,
    asked: &TaskResources,
    used: &Use,
) -> Vec<Finding> {
    let Field::Known(Value::Map(limits)) = own.get("limits").map(|node| &node.value) else { return Vec::new() };
    let (title, noun) = (container.title(), used.kind.noun());
    let mut found = Vec::new();
    for (name, amount) in &asked.requests {
        let is_limited = asked.limits.iter().any(|(limit, _)| limit == name);
        let same = |entry: &&Entry| &*entry.key.wire == *name || (*name == "gpu" && is_device(&entry.key.wire));
        let Some(entry) = limits.entries.iter().find(same).filter(|_| !is_limited) else { continue };
        let (Some(wanted), Some(allowed)) = (read(amount), read(&entry.value)) else { continue };
        let wire = &entry.key.wire;
        let (severity, message) = match wanted.compare(&allowed) {
            std::cmp::Ordering::Greater => (
                Severity::Warning,
                format!(
                    "the limit of `{wire}` of the {title} cuts what the {noun} asks for: it gets no more than that"
                ),
            ),
            std::cmp::Ordering::Less if *name == "gpu" => (
                Severity::Error,
                format!(
                    "the {noun} asks for fewer `{wire}` than the limit of the {title}: the API server refuses the pod, as \
                     request and limit must be equal"
                ),
            ),
            _ => continue,
        };
        let finding = context.at(&entry.value, message).severity(severity);
        let label = format!("the resources of the {noun}");
        found.push(finding.label(amount.location, label).help("say the resources in one place"));
    }
    found
}

/// Whether a resource is one that `gpu` may stand for.
fn is_device(name: &str) -> bool {
    matches!(name, "nvidia.com/gpu" | "gpu")
}

fn fates<'a>(own: &'a Node, asked: &TaskResources, replaces_all: bool) -> Vec<Fate<'a>> {
    let mut found = Vec::new();
    if asked.requests.is_empty() && asked.limits.is_empty() {
        return found;
    }
    for (field, list) in [("requests", &asked.requests), ("limits", &asked.limits)] {
        let Field::Known(Value::Map(map)) = own.get(field).map(|node| &node.value) else { continue };
        for entry in &map.entries {
            let wire = &*entry.key.wire;
            let same = list.iter().find(|(name, _)| *name == wire || (*name == "gpu" && wire == "nvidia.com/gpu"));
            match same {
                Some((_, amount)) if surely_differ(amount, &entry.value) => found.push(Fate::Displaced(entry)),
                None if replaces_all && !asked.open => found.push(Fate::Lost(entry)),
                _ => {}
            }
        }
    }
    found
}

fn read(node: &Node) -> Option<Quantity> {
    match &node.value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.text).ok(),
        _ => None,
    }
}

fn surely_differ(a: &Node, b: &Node) -> bool {
    matches!((read(a), read(b)), (Some(a), Some(b)) if a.compare(&b).is_ne())
}

fn finding(context: &Context<'_>, container: &Container<'_>, used: &Use, fates: &[Fate<'_>]) -> Finding {
    let lost: Vec<String> = fates
        .iter()
        .filter_map(|fate| match fate {
            Fate::Lost(entry) => Some(format!("`{}`", entry.key.wire)),
            Fate::Displaced(_) => None,
        })
        .collect();
    let (Fate::Displaced(first) | Fate::Lost(first)) = &fates[0];
    let (title, noun) = (container.title(), used.kind.noun());
    let (place, message) = match (lost.first(), fates.iter().find(|fate| matches!(fate, Fate::Lost(_)))) {
        (Some(_), Some(Fate::Lost(entry))) => {
            let names: std::collections::BTreeSet<&str> = lost.iter().map(String::as_str).collect();
            let names: Vec<&str> = names.into_iter().collect();
            let message = format!(
                "the resources of the {noun} replace all those of the {title}, which loses {}",
                names.join(" and ")
            );
            (*entry, message)
        }
        _ => (*first, format!("the {noun} asks for another amount of `{}` than the {title}, and wins", first.key.wire)),
    };
    let label = used.settings.as_map().and_then(|map| {
        ["resources", "requests", "limits"].iter().find_map(|name| map.entry(name)).map(|entry| entry.value.location)
    });
    let mut finding = context.at(&place.value, message).shown_at(place.key.location);
    for fate in fates {
        let (Fate::Displaced(entry) | Fate::Lost(entry)) = fate;
        if entry.key.location != place.key.location {
            let what = if matches!(fate, Fate::Lost(_)) { "lost as well" } else { "displaced as well" };
            finding = finding.label(entry.key.location, what);
        }
    }
    finding
        .label(label.unwrap_or(used.location), format!("the resources of the {noun}"))
        .help("say the resources in one place")
}
