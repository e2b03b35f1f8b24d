//! # invalid-policy
//!
//! ## What it does
//! Finds `ValidatingAdmissionPolicy` and `ValidatingAdmissionPolicyBinding` manifests that the API server would refuse, and
//! bindings whose parameters are not among the files (a warning).
//!
//! ## Why
//! What is refused is not in the cluster, and enforces nothing. The server compiles each expression when a policy is created:
//! it must have the right type, name what there is, and use functions that the version of Kubernetes has. podlint does not
//! evaluate a policy that is refused.
//!
//! ## References
//! - [Kubernetes: Validating Admission Policy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-policy",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("invalid_policy.rs"),
    check,
};

/// Reported of the files that policies are loaded from.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
