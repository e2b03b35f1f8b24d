//! # pod-security-baseline
//!
//! ## What it does
//! Finds what the baseline of the Pod Security Standards forbids, control by control. Off until it is asked for.
//!
//! ## Why
//! A namespace with the label `pod-security.kubernetes.io/enforce: baseline` refuses such pods. The controls are those of
//! the Kubernetes documentation, for the configured version: host processes, host namespaces, privileged containers, added
//! capabilities, host paths, host ports, hosts in probes and hooks (since 1.34), AppArmor, SELinux, the mount of `/proc`,
//! seccomp, and kernel parameters.
//!
//! What flyte's `allow_fuse()` sets breaks the baseline as well, and is reported: the namespace would refuse it.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   hostNetwork: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//!
//! template = flyte.PodTemplate().allow_fuse()
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
//!         capabilities: {add: [NET_BIND_SERVICE]}
//! ```
//!
//! ## References
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
//! - [Kubernetes: Pod Security Admission](https://kubernetes.io/docs/concepts/security/pod-security-admission/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "pod-security-baseline",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("pod_security_baseline.rs"),
    check,
};

/// Found by `crate::kubernetes`, which knows the standards.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
