//! # sidecar-missing-limits
//!
//! ## What it does
//! Finds sidecars, init containers and native sidecars without a limit for cpu or memory (which resources, is
//! configurable).
//!
//! ## Why
//! Flyte sets the primary container's resources from the task, but not those of the others. Its open-source backend
//! writes a missing value as zero: a sidecar without any gets zero requests and no limit that holds, and can starve
//! the task on its node.
//!
//! A request *without* its limit is worse: the limit becomes 0, and the API server refuses the pod, since a request
//! must be less than or equal to its limit. Hosted backends may differ.
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
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!       - name: metrics
//!         image: prom/pushgateway:v1.9.0
//! ```
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
//!                 resources=V1ResourceRequirements(requests={"cpu": "100m", "memory": "64Mi"}),
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
//! - `sidecars.limits-for`: resources for which a limit is wanted; `["cpu", "memory"]` where not set
//! - `sidecars.exempt`: patterns for names of sidecars that are left alone, such as `"istio-*"`
//!
//! ## References
//! - [Kubernetes: Resource management](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/)
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Quantity};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Location, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-missing-limits",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_missing_limits.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in context.pod.sidecars() {
        let resources = container.node.get("resources");
        let limits = resources.then(|node| node.get("limits"));
        let requests = resources.then(|node| node.get("requests"));
        let lacks = |name: &&str| limits.then(|node| node.get(name)).is_missing();
        let is_requested = |name: &&str| requests.then(|node| node.get(name)).known().is_some_and(is_amount);
        let wanted = context.settings.sidecars.limits_for.iter().map(String::as_str);
        let mut missing: Vec<&str> = wanted.filter(lacks).collect();
        // The backend writes a limit of 0 for what is only requested.
        let zeroed = |name: &&str| {
            let is_lacking = lacks(name) && is_requested(name);
            is_lacking && is_zeroed(context, container) && !is_of_base(context, container, "limits", name)
        };
        let requested: Vec<&str> = WRITTEN.iter().copied().filter(zeroed).collect();
        missing.extend(requested.iter().filter(|name| !missing.contains(name)).copied().collect::<Vec<_>>());
        if missing.is_empty() {
            continue;
        }
        findings.push(finding(context, container, &missing, &requested));
    }
}

/// The resources that the backend writes back.
const WRITTEN: &[&str] = &["cpu", "memory", "ephemeral-storage"];

/// Whether the backend writes 0 for what a container lacks: in tasks, but not in flytekit's init containers, which it fills in.
fn is_zeroed(context: &Context<'_>, container: &Container<'_>) -> bool {
    match context.document.flavour {
        Flavour::V2Task => true,
        Flavour::V1Task | Flavour::V1Pod => container.list == "containers",
        _ => false,
    }
}

/// Whether the template under the pods of flytekit's tasks gives an amount.
fn is_of_base(context: &Context<'_>, container: &Container<'_>, part: &str, resource: &str) -> bool {
    let is_v1 = matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod);
    let known = context.settings.backend.as_deref().filter(|_| is_v1);
    known.is_some_and(|known| known.backend.gives(container.name().known(), part, resource))
}

/// Whether a value is an amount above zero.
fn is_amount(node: &Node) -> bool {
    let is_some = |text: &str| Quantity::parse(text).is_ok_and(|quantity| !quantity.is_zero());
    match &node.value {
        Value::String(text) => is_some(text),
        Value::Number(number) => is_some(&number.text),
        _ => false,
    }
}

fn finding(context: &Context<'_>, container: &Container<'_>, missing: &[&str], requested: &[&str]) -> Finding {
    let title = container.title();
    let (parent, wire, place) = place(container, missing);
    let list = missing.join(" and ");
    if !requested.is_empty() {
        let asked = requested.join(" and ");
        let message = format!(
            "{title} requests {asked} without a limit: Flyte's open-source backend makes the missing limit 0, and the \
             API server then refuses the pod (a request must be less than or equal to the limit of 0)"
        );
        let help = format!("set `limits` for {list}, at least as high as the requests");
        // It is certain where the backend is known.
        let severity = if context.settings.backend.is_some() { Severity::Error } else { Severity::Warning };
        let finding = context.missing(parent, wire, place, message).severity(severity);
        return finding.authority(Authority::Flyte).help(help);
    }
    let noun = if missing.len() == 1 { "limit" } else { "limits" };
    let message = format!("{title} has no {list} {noun}");
    context.missing(parent, wire, place, message).help(format!("set `limits` for {list} in its `resources`"))
}

/// The object that lacks something, what it lacks, and where to say so: at the nearest thing that is written.
fn place<'a>(container: &Container<'a>, missing: &[&'a str]) -> (&'a Node, &'a str, Location) {
    let Field::Known(resources) = container.node.get("resources") else {
        return (container.node, "resources", container.anchor().head());
    };
    let key_of =
        |parent: &Node, wire: &str| parent.as_map().and_then(|map| map.entry(wire)).map(|entry| entry.key.location);
    match resources.get("limits") {
        Field::Known(limits) => {
            let key = key_of(resources, "limits").unwrap_or_else(|| limits.head());
            (limits, missing.first().copied().unwrap_or_default(), key)
        }
        _ => {
            let key = key_of(resources, "requests").or_else(|| key_of(container.node, "resources"));
            (resources, "limits", key.unwrap_or_else(|| container.anchor().head()))
        }
    }
}
