//! # non-integer-comparison
//!
//! ## What it does
//! Finds node affinity that compares labels by `Gt` or `Lt` with something that is not a whole number.
//!
//! ## Why
//! The API server takes any one value. The scheduler reads it as a whole number, and where that fails the term matches no node: the pod stays
//! Pending, or a preference has no effect.
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
//!   affinity:
//!     nodeAffinity:
//!       requiredDuringSchedulingIgnoredDuringExecution:
//!         nodeSelectorTerms:
//!           - matchExpressions:
//!               - {key: acme.com/memory, operator: Gt, values: [64Gi]}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! large = k8s.V1NodeSelectorRequirement(key="acme.com/memory", operator="Gt", values=["64.5"])
//! terms = [k8s.V1NodeSelectorTerm(match_expressions=[large])]
//! nodes = k8s.V1NodeAffinity(required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector(node_selector_terms=terms))
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         affinity=k8s.V1Affinity(node_affinity=nodes),
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
//!   affinity:
//!     nodeAffinity:
//!       requiredDuringSchedulingIgnoredDuringExecution:
//!         nodeSelectorTerms:
//!           - matchExpressions:
//!               - {key: acme.com/memory-gi, operator: Gt, values: ["64"]}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! large = k8s.V1NodeSelectorRequirement(key="acme.com/memory", operator="Gt", values=["64"])
//! terms = [k8s.V1NodeSelectorTerm(match_expressions=[large])]
//! nodes = k8s.V1NodeAffinity(required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector(node_selector_terms=terms))
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         affinity=k8s.V1Affinity(node_affinity=nodes),
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Node affinity](https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "non-integer-comparison",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("non_integer_comparison.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Field::Known(affinity) =
        context.pod.spec.then(|spec| spec.get("affinity")).then(|affinity| affinity.get("nodeAffinity"))
    else {
        return;
    };
    let mut pending = vec![affinity];
    while let Some(node) = pending.pop() {
        if let Field::Known("Gt" | "Lt") = node.text("operator") {
            let values = node.get("values").known().and_then(Node::as_list);
            for value in values.map(|list| list.items.as_slice()).unwrap_or_default() {
                let Some(text) = value.as_str().filter(|text| text.parse::<i64>().is_err() && !text.contains("{{"))
                else {
                    continue;
                };
                let message = format!("`{text}` is not a whole number, so no node is found by this comparison");
                findings.push(context.at(value, message).help("write a whole number as text, such as \"4\""));
            }
        }
        pending.extend(node.children());
    }
}
