//! # template-container-dropped
//!
//! ## What it does
//! Finds containers of a cluster's template that no pod of a task will have.
//!
//! ## Why
//! When Flyte merges a template of the cluster under a task's pod, the result has exactly the task's containers. The template's
//! `default` goes under each of them, `primary` under the primary one, and one of another name only under a task's container
//! of that name. All others are dropped, without a word: a sidecar in a default template never runs. The same holds for init
//! containers, with `default-init` and `primary-init`.
//!
//! Containers that only have an image are not reported: the API server wants at least one, and a placeholder does no harm.
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
//!       - name: metrics
//!         image: prom/pushgateway:v1.9.0
//!         resources:
//!           limits: {cpu: 100m, memory: 64Mi}
//!           requests: {cpu: 100m, memory: 64Mi}
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
//!       - name: default
//!         image: ghcr.io/acme/placeholder:1.0
//!         env:
//!           - {name: LOG_LEVEL, value: info}
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "template-container-dropped",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("template_container_dropped.rs"),
    check,
};

/// What each list may hold, in the order in which it is meant when a name is near.
const CONTAINERS: [&str; 2] = ["primary", "default"];
const INIT_CONTAINERS: [&str; 2] = ["default-init", "primary-init"];

/// Fields of a container that is only there because there must be one.
const PLACEHOLDER: &[&str] = &["name", "image", "imagePullPolicy", "command", "args"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.flavour != Flavour::ClusterTemplate {
        return;
    }
    let containers = &context.pod.containers;
    // Where no regular container counts, `missing-primary-container` says so.
    let has_base = containers.in_list("containers").any(|container| container.role != Role::Sidecar);
    for container in &containers.known {
        let (is_regular, is_init) = (container.list == "containers", container.list == "initContainers");
        let says_something = container
            .node
            .as_map()
            .is_none_or(|map| map.open || map.entries.iter().any(|entry| !PLACEHOLDER.contains(&&*entry.key.wire)));
        if container.role.is_sidecar() && (is_init || (is_regular && has_base)) && (says_something || is_init) {
            findings.push_if(finding(context, container));
        }
    }
}

fn finding(context: &Context<'_>, container: &Container<'_>) -> Option<Finding> {
    let Field::Known(name) = container.name() else { return None };
    let (here, there) = match container.list {
        "containers" => (CONTAINERS, INIT_CONTAINERS),
        _ => (INIT_CONTAINERS, CONTAINERS),
    };
    let anchor = container.anchor();
    if there.contains(&name) {
        let message = format!("Flyte does not look for `{name}` in `{}`, and drops it", container.list);
        let list = if container.list == "containers" { "initContainers" } else { "containers" };
        return Some(context.at(anchor, message).help(format!("move it to `{list}`")));
    }
    let message = format!("{} is dropped unless a task itself has a container `{name}`", container.title());
    let finding = context.at(anchor, message);
    let near = nearest(name, here.iter().copied()).and_then(|index| here.get(index));
    Some(match near {
        Some(near) => finding
            .help(format!("did you mean `{near}`?"))
            .fix(Fix::needs_review(format!("rename to `{near}`"), vec![context.replace(anchor, *near)])),
        None => finding.help("a cluster's template cannot add containers: put it into the tasks' own templates"),
    })
}
