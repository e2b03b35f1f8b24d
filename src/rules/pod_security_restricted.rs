//! # pod-security-restricted
//!
//! ## What it does
//! Finds what the restricted profile of the Pod Security Standards forbids, the baseline included. Off until it is asked for.
//!
//! ## Why
//! A namespace with the label `pod-security.kubernetes.io/enforce: restricted` refuses such pods. Beyond the baseline it
//! allows few kinds of volumes and demands `allowPrivilegeEscalation: false`, `runAsNonRoot: true`, no user 0, a seccomp
//! profile, and that all capabilities are dropped and at most `NET_BIND_SERVICE` added. Pods of Windows need not give up
//! what Windows does not have; since 1.35 pods with `hostUsers: false` may run as root.
//!
//! Where `pod-security-baseline` is on as well, it reports what is against the baseline, and this rule the rest.
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
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
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
//!   securityContext:
//!     runAsNonRoot: true
//!     seccompProfile: {type: RuntimeDefault}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       securityContext:
//!         allowPrivilegeEscalation: false
//!         capabilities: {drop: [ALL]}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Capabilities, V1Container, V1PodSpec, V1SeccompProfile, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 security_context=V1SecurityContext(
//!                     allow_privilege_escalation=False,
//!                     run_as_non_root=True,
//!                     capabilities=V1Capabilities(drop=["ALL"]),
//!                     seccomp_profile=V1SeccompProfile(type="RuntimeDefault"),
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
//! - [Kubernetes: Pod Security Admission](https://kubernetes.io/docs/concepts/security/pod-security-admission/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "pod-security-restricted",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("pod_security_restricted.rs"),
    check,
};

/// Found by `crate::kubernetes`, which knows the standards.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
