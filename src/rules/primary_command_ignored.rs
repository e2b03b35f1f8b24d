//! # primary-command-ignored
//!
//! ## What it does
//! Finds `command` and `args` of the primary container, and of the containers `default` and `primary` of a cluster's template.
//!
//! ## Why
//! Flyte starts the task by a command of its own, and puts it in the place of what a template says, silently: a wrapper
//! such as `["numactl", "python"]` never runs. Make it the `ENTRYPOINT` of the image instead (flyte leaves the command
//! empty, so the image's entry point runs with Flyte's arguments).
//!
//! A template in the cluster is worse: lists are appended when it is merged, so its command and arguments stand *before* the
//! task's own.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", command=["numactl", "--cpunodebind=0"])]),
//! )
//! ```
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
//!         args: ["--verbose"]
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Entry, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "primary-command-ignored",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("primary_command_ignored.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let judged = match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task | Flavour::V2App => Role::Primary,
        Flavour::ClusterTemplate => Role::Base,
        Flavour::PluginRole | Flavour::Workload | Flavour::Unknown => return,
    };
    for container in context.pod.containers.known.iter().filter(|container| container.role == judged) {
        let given = container.node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        for entry in
            given.iter().filter(|entry| matches!(&*entry.key.wire, "command" | "args") && says_something(entry))
        {
            findings.push(finding(context, container, entry));
        }
    }
}

fn says_something(entry: &Entry) -> bool {
    match &entry.value.value {
        Value::Null => false,
        Value::List(list) => list.open || !list.items.is_empty(),
        _ => true,
    }
}

fn finding(context: &Context<'_>, container: &Container<'_>, entry: &Entry) -> Finding {
    let field = &*entry.key.wire;
    let (message, help) = match container.role {
        Role::Base => (
            format!("Flyte puts the `{field}` of the {} in front of each task's own", container.title()),
            "leave it out: tasks bring their own",
        ),
        _ => (
            format!("the `{field}` of the {} has no effect: Flyte puts its own in this place", container.title()),
            "make it the entry point of the image, or move it to an init container",
        ),
    };
    let fix = Fix::needs_review(format!("remove `{field}`"), vec![context.remove(&entry.value)]);
    context.at(&entry.value, message).shown_at(entry.key.location).help(help).fix(fix)
}
