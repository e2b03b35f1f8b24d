//! # wrong-type
//!
//! ## What it does
//! Finds values of a type that the field does not take.
//!
//! ## Why
//! The API server cannot decode the object: `value: 1` in an environment variable is a number where a string
//! belongs, and YAML reads `yes`, `on` and `0777` in its own ways. With Flyte it shows as BadTaskSpecification
//! after the task was queued.
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
//!       env:
//!         - name: WORKERS
//!           value: 4
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
//!                 ports=[k8s.V1ContainerPort(container_port=2**33)],
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
//!       env:
//!         - name: WORKERS
//!           value: "4"
//! ```
//!
//! ## References
//! - [Kubernetes: Pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-type",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("wrong_type.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
