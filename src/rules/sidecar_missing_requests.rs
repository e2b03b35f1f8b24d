//! # sidecar-missing-requests
//!
//! ## What it does
//! Finds sidecars of tasks with a limit for cpu or memory and no request.
//!
//! ## Why
//! Elsewhere Kubernetes takes the limit for the request. Flyte's open-source backend writes a missing value of a sidecar as
//! zero before that: nothing is reserved for it on the node, and it is the first to be evicted.
//!
//! ## Example
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
//!                 resources=V1ResourceRequirements(limits={"cpu": "100m", "memory": "64Mi"}),
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
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-missing-requests",
    severity: Severity::Info,
    authority: Authority::Flyte,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_missing_requests.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    // Templates of the cluster are merged with a task's containers, which may bring them.
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task) {
        return;
    }
    for container in context.pod.sidecars() {
        // flytekit's init containers are filled in like the primary one.
        if container.list == "initContainers" && context.document.sdk == Some(1) {
            continue;
        }
        let Field::Known(resources) = container.node.get("resources") else { continue };
        let Field::Known(limits) = resources.get("limits") else { continue };
        let requests = resources.get("requests");
        let lacks =
            |name: &&str| limits.get(name).known().is_some() && requests.then(|node| node.get(name)).is_missing();
        let of_base = |name: &&str| {
            let known = context.settings.backend.as_deref().filter(|_| context.document.sdk == Some(1));
            known.is_some_and(|known| known.backend.gives(container.name().known(), "requests", name))
        };
        let lacking: Vec<&str> = ["cpu", "memory"].into_iter().filter(lacks).filter(|name| !of_base(name)).collect();
        if !lacking.is_empty() {
            findings.push(finding(context, container, (resources, limits), &lacking));
        }
    }
}

fn finding(
    context: &Context<'_>,
    container: &Container<'_>,
    (resources, limits): (&Node, &Node),
    lacking: &[&str],
) -> Finding {
    let list = lacking.join(" and ");
    let message = format!(
        "{} has no request for {list}: Flyte's open-source backend makes it 0, and reserves nothing",
        container.title()
    );
    let key =
        resources.as_map().and_then(|map| map.entry("limits")).map_or(limits.location, |entry| entry.key.location);
    let finding =
        context.missing(resources, "requests", key, message).help(format!("set `requests` for {list} as well"));
    let amounts: Option<Vec<(String, Literal)>> =
        lacking.iter().map(|name| Some(((*name).to_owned(), Literal::from(limits.text(name).known()?)))).collect();
    let Some(amounts) = amounts.filter(|_| resources.get("requests").is_missing()) else { return finding };
    let insert =
        Change::Insert { at: context.path(resources), key: "requests".to_owned(), value: Literal::Map(amounts) };
    finding.fix(Fix::needs_review("request as much as the limits", vec![insert]))
}
