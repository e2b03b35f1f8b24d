//! # missing-field
//!
//! ## What it does
//! Finds required fields that are not given or empty.
//!
//! ## Why
//! The API server refuses the object: "Required value". What Flyte fills in by itself, such as the primary
//! container's image, is not asked for in its templates.
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
//!       volumeMounts:
//!         - name: data
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         volumes=[k8s.V1Volume(name="config", config_map=k8s.V1ConfigMapVolumeSource())],
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
//!       volumeMounts:
//!         - name: data
//!           mountPath: /data
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//!
//! ## References
//! - [Kubernetes: Pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-field",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("missing_field.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
