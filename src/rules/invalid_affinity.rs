//! # invalid-affinity
//!
//! ## What it does
//! Finds node and pod affinities that Kubernetes does not allow.
//!
//! ## Why
//! Weights go from 1 to 100, operators are `In`, `NotIn`, `Exists`, `DoesNotExist` (and `Gt`, `Lt` for nodes), and
//! each takes its own number of values. Terms on pods need a `topologyKey`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   affinity:
//!     nodeAffinity:
//!       preferredDuringSchedulingIgnoredDuringExecution:
//!         - weight: 0
//!           preference:
//!             matchExpressions:
//!               - {key: disk, operator: Exists}
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
//!         affinity=k8s.V1Affinity(
//!             node_affinity=k8s.V1NodeAffinity(
//!                 required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector(
//!                     node_selector_terms=[
//!                         k8s.V1NodeSelectorTerm(
//!                             match_expressions=[k8s.V1NodeSelectorRequirement(key="disk", operator="Equals", values=["ssd"])],
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
//!   affinity:
//!     nodeAffinity:
//!       preferredDuringSchedulingIgnoredDuringExecution:
//!         - weight: 10
//!           preference:
//!             matchExpressions:
//!               - {key: disk, operator: Exists}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: Assigning pods to nodes](https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-affinity",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_affinity.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
