//! # suspicious-quantity
//!
//! ## What it does
//! Finds amounts that are valid and most likely not meant: memory and storage of a few bytes, hundreds of whole cores, more
//! memory than any machine has.
//!
//! ## Why
//! A number without a unit means bytes, or whole cores: `memory: "512"` lets the container be killed at its start, and a
//! pod that asks for `cpu: "500"` is never scheduled. `m` means thousandths: `400m` of memory is less than one byte.
//!
//! In the primary container of a Flyte task a request of 0 counts as absent: the limit or the cluster's default takes its place.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         limits: {cpu: "500", memory: "512"}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 resources=V1ResourceRequirements(limits={"cpu": "1", "memory": "512m"}),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         limits: {cpu: 500m, memory: 512Mi}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 resources=V1ResourceRequirements(limits={"cpu": "1", "memory": "512Mi"}),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Resource units](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes)

use std::cmp::Ordering;

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Quantity, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "suspicious-quantity",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("suspicious_quantity.rs"),
    check,
};

/// Below a megabyte nothing starts, and no scratch space is worth having.
const FEW_BYTES: &str = "1M";
/// No machine has as much memory, or as many cores.
const MOST_MEMORY: &str = "64Ti";
const MOST_CORES: &str = "1024";
/// From here on a round number of cores is more likely one of thousandths: machines have 256, 384 or 448.
const ROUND_CORES: i128 = 250;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        zeros(context, container, findings);
        check_resources(context, container.node.get("resources"), findings);
    }
    check_resources(context, context.pod.spec.then(|spec| spec.get("resources")), findings);
    for volume in &context.pod.volumes.known {
        if let Field::Known(size) = volume.node.get("emptyDir").then(|source| source.get("sizeLimit")) {
            let what = format!("`{}`", context.field("sizeLimit"));
            findings.push_if(bytes(context, size, &what));
        }
    }
}

fn check_resources(context: &Context<'_>, resources: Field<&Node>, findings: &mut Findings) {
    for wire in ["limits", "requests"] {
        let Some(map) = resources.then(|node| node.get(wire)).known().and_then(Node::as_map) else { continue };
        for entry in &map.entries {
            findings.push_if(match &*entry.key.wire {
                "cpu" => cores(context, &entry.value),
                name @ ("memory" | "ephemeral-storage") => bytes(context, &entry.value, &format!("`{name}`")),
                _ => None,
            });
        }
    }
}

/// Amounts of zero where Flyte takes them for nothing said.
fn zeros(context: &Context<'_>, container: &Container<'_>, findings: &mut Findings) {
    let is_task = matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task);
    let is_init = container.list == "initContainers" && context.document.sdk == Some(1);
    if !is_task || (container.role != Role::Primary && !is_init) {
        return;
    }
    for name in ["cpu", "memory"] {
        let amount = container.node.get("resources").then(|node| node.get("requests")).then(|map| map.get(name));
        let Field::Known(node) = amount else { continue };
        if quantity(node).is_some_and(|(_, quantity)| quantity.is_zero()) {
            let message =
                format!("a request of 0 for `{name}` is filled in: Flyte takes the limit, or the cluster's default");
            let finding = context.at(node, message).severity(Severity::Info).authority(Authority::Flyte);
            findings.push(finding.help("write a small amount such as `1m`"));
        }
    }
}

fn bytes(context: &Context<'_>, node: &Node, what: &str) -> Option<Finding> {
    let (text, quantity) = quantity(node)?;
    if let Some(meant) = from_thousandths(text, &quantity) {
        let finding = context.at(node, format!("`{text}` of {what} is in thousandths of bytes"));
        let fix = Fix::needs_review(format!("write `{meant}`"), vec![context.replace(node, &*meant)]);
        return Some(finding.severity(Severity::Info).help(format!("write `{meant}`")).fix(fix));
    }
    // A fraction of a byte is what the server warns of itself.
    if quantity.is_zero() || quantity.is_negative() || !quantity.is_whole() {
        return None;
    }
    if is_above(&quantity, MOST_MEMORY) {
        let finding = context.at(node, format!("`{text}` of {what} is more than any machine has"));
        return Some(finding.help("units are `Mi` and `Gi`; a number without one means bytes"));
    }
    if !is_above(&Quantity::parse(FEW_BYTES).ok()?, text) {
        return None;
    }
    let count = quantity.as_i128()?;
    let noun = if count == 1 { "byte" } else { "bytes" };
    let finding = context.at(node, format!("`{text}` of {what} means {count} {noun}"));
    let number = text.trim_end_matches('m');
    let Some(number) = number.parse::<u64>().ok().filter(|number| *number < 100_000) else {
        return Some(finding.help("give it a unit such as `Mi` or `Gi`"));
    };
    // Few are rarely megabytes.
    let unit = if number <= 16 { "Gi" } else { "Mi" };
    let meant = format!("{number}{unit}");
    let fix = Fix::needs_review(format!("write `{meant}`"), vec![context.replace(node, &*meant)]);
    Some(finding.help(format!("did you mean `{meant}`?")).fix(fix))
}

/// An amount in thousandths of bytes, as arithmetic leaves it, in a unit that people use; `None` where that makes no sense.
fn from_thousandths(text: &str, quantity: &Quantity) -> Option<String> {
    let thousandths: u128 = text.strip_suffix('m')?.parse().ok()?;
    let mebi = thousandths.div_ceil(1000).div_ceil(1024 * 1024);
    let is_sane = mebi >= 4 && !is_above(quantity, MOST_MEMORY);
    is_sane.then(|| if mebi.is_multiple_of(1024) { format!("{}Gi", mebi / 1024) } else { format!("{mebi}Mi") })
}

fn cores(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let (text, quantity) = quantity(node)?;
    let round = quantity.as_i128().is_some_and(|count| count >= ROUND_CORES && count % 50 == 0);
    if !round && !is_above(&quantity, MOST_CORES) {
        return None;
    }
    let Ok(number) = text.parse::<u64>() else {
        let finding = context.at(node, format!("`{text}` of `cpu` is more than any machine has"));
        return Some(finding.help("cores are counted without a unit, or in thousandths: `500m`"));
    };
    let finding = context.at(node, format!("`{text}` of `cpu` means {number} whole cores"));
    let meant = format!("{number}m");
    let fix = Fix::needs_review(format!("write `{meant}`"), vec![context.replace(node, &*meant)]);
    Some(finding.help(format!("did you mean `{meant}`?")).fix(fix))
}

fn quantity(node: &Node) -> Option<(&str, Quantity)> {
    let text = match &node.value {
        Value::String(text) => text,
        Value::Number(number) => &number.text,
        _ => return None,
    };
    Some((text, Quantity::parse(text).ok()?))
}

fn is_above(quantity: &Quantity, text: &str) -> bool {
    Quantity::parse(text).is_ok_and(|other| quantity.compare(&other) == Ordering::Greater)
}
