//! # invalid-quantity
//!
//! ## What it does
//! Finds quantities that Kubernetes cannot read, and resources that do not exist.
//!
//! ## Why
//! Units are `k`, `M`, `G` (powers of 1000) and `Ki`, `Mi`, `Gi` (powers of 1024), never `GB`; `m` means
//! thousandths, so `100m` of memory is a tenth of a byte. GPUs are called by their vendor: `nvidia.com/gpu`.
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
//!       resources:
//!         limits:
//!           memory: 1GB
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 resources=k8s.V1ResourceRequirements(limits={"memory": "1GB"}),
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
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         limits:
//!           memory: 1Gi
//! ```
//!
//! ## References
//! - [Kubernetes: Resource management](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-quantity",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_quantity.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
