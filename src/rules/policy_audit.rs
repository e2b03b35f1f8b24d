//! # policy-audit
//!
//! ## What it does
//! Finds pods that violate a `ValidatingAdmissionPolicy` whose bindings only say `Audit`.
//!
//! ## Why
//! The cluster admits such a pod and notes it in its audit log. Often that is how a policy begins which is enforced later.
//!
//! ## Options
//! - `policies`: files, folders or patterns with `ValidatingAdmissionPolicy` manifests
//! - `policy-params`: the same with their parameters, or the `Namespace` that the pods go to
//!
//! ## References
//! - [Kubernetes: Validating Admission Policy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "policy-audit",
    severity: Severity::Info,
    authority: Authority::Kubernetes,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("policy_audit.rs"),
    check,
};

/// Reported by the policies, when some are given.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
