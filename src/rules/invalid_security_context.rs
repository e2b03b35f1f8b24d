//! # invalid-security-context
//!
//! ## What it does
//! Finds security contexts that contradict themselves or hold values that Kubernetes does not allow.
//!
//! ## Why
//! A privileged container can always escalate, so `allowPrivilegeEscalation: false` beside `privileged: true` is
//! refused; users and groups are numbers up to 2147483647; profiles need their type.
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
//!       securityContext:
//!         privileged: true
//!         allowPrivilegeEscalation: false
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
//!                 security_context=k8s.V1SecurityContext(run_as_user=-1),
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
//!       securityContext:
//!         allowPrivilegeEscalation: false
//! ```
//!
//! ## References
//! - [Kubernetes: Security contexts](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-security-context",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_security_context.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
