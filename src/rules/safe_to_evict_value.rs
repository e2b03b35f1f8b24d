//! # safe-to-evict-value
//!
//! ## What it does
//! Finds values of `cluster-autoscaler.kubernetes.io/safe-to-evict` that mean nothing, the annotation among the labels, and
//! `"true"` on the pod of a task.
//!
//! ## Why
//! The autoscaler knows only the strings `"true"` and `"false"`; anything else counts as not there. By default Flyte
//! sets `"false"` on every task's pod unless the template says otherwise: with `"true"` the autoscaler may kill a running task to save a node.
//! (A value that is not a string is refused before that; see `wrong-type` and `non-string-label`.)
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     cluster-autoscaler.kubernetes.io/safe-to-evict: "no"
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"cluster-autoscaler.kubernetes.io/safe-to-evict": "False"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [Cluster autoscaler: Which pods can prevent a node from being removed](https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "safe-to-evict-value",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("safe_to_evict_value.rs"),
    check,
};

const KEY: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";

fn check(context: &Context<'_>, findings: &mut Findings) {
    if let Field::Known(node) = context.pod.annotations().then(|map| map.get(KEY)) {
        findings.push_if(value(context, node));
    }
    if let Field::Known(node) = context.pod.labels().then(|map| map.get(KEY)) {
        let finding = context.at(node, format!("`{KEY}` is an annotation; the autoscaler does not read it as a label"));
        findings.push(finding.help("move it to the annotations"));
    }
}

fn value(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let text = node.as_str()?;
    let is_task = matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task);
    match text {
        "false" => None,
        "true" if is_task => {
            let message = "this lets the autoscaler kill the task while it runs";
            let finding = context.at(node, message).severity(Severity::Info).authority(Authority::Flyte);
            Some(finding.help("leave it out: Flyte sets \"false\" for tasks"))
        }
        "true" => None,
        _ => {
            let finding = context.at(node, format!("the autoscaler ignores `{text}`: it knows \"true\" and \"false\""));
            let meant = match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "on" | "1" => "true",
                "false" | "no" | "n" | "off" | "0" => "false",
                _ => return Some(finding.help("write \"true\" or \"false\"")),
            };
            let fix = Fix::safe(format!("write \"{meant}\""), vec![context.replace(node, meant)]);
            Some(finding.help(format!("write \"{meant}\"")).fix(fix))
        }
    }
}
