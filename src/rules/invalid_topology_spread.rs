//! # invalid-topology-spread
//!
//! ## What it does
//! Finds topology spread constraints that Kubernetes does not allow.
//!
//! ## Why
//! `maxSkew` is at least 1, `topologyKey` is required, and `whenUnsatisfiable` is `DoNotSchedule` or
//! `ScheduleAnyway`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   topologySpreadConstraints:
//!     - maxSkew: 0
//!       topologyKey: topology.kubernetes.io/zone
//!       whenUnsatisfiable: ScheduleAnyway
//!       labelSelector: {matchLabels: {app: train}}
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
//!         topology_spread_constraints=[
//!             k8s.V1TopologySpreadConstraint(
//!                 max_skew=1,
//!                 topology_key="topology.kubernetes.io/zone",
//!                 when_unsatisfiable="Ignore",
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
//!   topologySpreadConstraints:
//!     - maxSkew: 1
//!       topologyKey: topology.kubernetes.io/zone
//!       whenUnsatisfiable: ScheduleAnyway
//!       labelSelector: {matchLabels: {app: train}}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: Topology spread constraints](https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-topology-spread",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_topology_spread.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
