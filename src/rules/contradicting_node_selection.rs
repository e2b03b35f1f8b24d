//! # contradicting-node-selection
//!
//! ## What it does
//! Checks for node selectors and required affinities that no node of any cluster can meet.
//!
//! ## Why
//! Selector and affinity must hold together, and so must all requirements of one term. Where two of them exclude each other, the pod
//! stays pending for ever. An empty term matches no node. Terms are alternatives: one that can be met is enough.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   nodeSelector:
//!     kubernetes.io/arch: arm64
//!   affinity:
//!     nodeAffinity:
//!       requiredDuringSchedulingIgnoredDuringExecution:
//!         nodeSelectorTerms:
//!           - matchExpressions:
//!               - {key: kubernetes.io/arch, operator: In, values: [amd64]}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         node_selector={"kubernetes.io/arch": "arm64"},
//!         affinity=k8s.V1Affinity(
//!             node_affinity=k8s.V1NodeAffinity(
//!                 required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector(
//!                     node_selector_terms=[
//!                         k8s.V1NodeSelectorTerm(
//!                             match_expressions=[
//!                                 k8s.V1NodeSelectorRequirement(key="kubernetes.io/arch", operator="In", values=["amd64"]),
//!                             ],
//!                         ),
//!                     ],
//!                 ),
//!             ),
//!         ),
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
//!   nodeSelector:
//!     kubernetes.io/arch: arm64
//!   affinity:
//!     nodeAffinity:
//!       requiredDuringSchedulingIgnoredDuringExecution:
//!         nodeSelectorTerms:
//!           - matchExpressions:
//!               - {key: kubernetes.io/arch, operator: In, values: [arm64, amd64]}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "1", memory: 2Gi}
//! ```
//!
//! ## References
//! - [Kubernetes: Assigning pods to nodes](https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/)

use crate::cluster::contradictions;
use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "contradicting-node-selection",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("contradicting_node_selection.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(template) = context.pod.template.known() else { return };
    for remark in contradictions(template) {
        let Some(node) = template.at(&remark.path) else { continue };
        let at = node.get("values").known().unwrap_or(node);
        let mut finding = context.at(at, remark.message).help(remark.help);
        if !remark.is_certain {
            finding = finding.severity(Severity::Warning);
        }
        if let Some(other) = remark.other.and_then(|path| template.at(&path)) {
            let at = other.get("values").known().unwrap_or(other);
            finding = finding.label(at.head(), "the other requirement");
        }
        findings.push(finding);
    }
}
