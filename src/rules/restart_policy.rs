//! # restart-policy
//!
//! ## What it does
//! Finds pods of tasks whose containers are restarted: `restartPolicy` `Always`, or `OnFailure`.
//!
//! ## Why
//! Flyte runs a task's pod to its end and judges it by that: unless a template says otherwise, nothing is restarted. With
//! `Always` the container starts again when it is done, the pod never ends, and the task may run for ever. With `OnFailure`
//! the kubelet repeats a failing task behind Flyte's back, past the number of retries and without a record of the attempts.
//!
//! A template of the cluster cannot say it for tasks: their pods have `Never` before they are merged with it.
//!
//! For an init container `Always` is right: it makes a native sidecar. Apps are meant to be restarted, and so are workloads.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: base
//! template:
//!   spec:
//!     restartPolicy: Always
//!     containers:
//!       - name: default
//!         image: ghcr.io/acme/placeholder:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")], restart_policy="Always"),
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")], restart_policy="Never"),
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   restartPolicy: Always
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: Restart policy](https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy)
//! - [Flyte: Retries](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/retries-and-timeouts)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "restart-policy",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("restart_policy.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let merged = context.document.flavour == Flavour::ClusterTemplate;
    if !merged && !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task) {
        return;
    }
    let Field::Known(node) = context.pod.spec.then(|spec| spec.get("restartPolicy")) else { return };
    let field = context.field("restartPolicy");
    let finding = match node.as_str() {
        Some(policy @ ("Always" | "OnFailure")) if merged => {
            let message = format!("`{field}` `{policy}` has no effect here: the pods of tasks have `Never` already");
            context.at(node, message)
        }
        Some("Always") => context.at(node, format!("with `{field}` `Always` the pod of a task never ends")),
        Some("OnFailure") => {
            let message = format!("with `{field}` `OnFailure` the kubelet repeats the task without Flyte's knowing");
            context.at(node, message).severity(Severity::Info)
        }
        _ => return,
    };
    let fix = Fix::needs_review("write `Never`", vec![context.replace(node, "Never")]);
    findings.push(finding.help("leave it out, or write `Never`; repeats are the task's `retries`").fix(fix));
}
