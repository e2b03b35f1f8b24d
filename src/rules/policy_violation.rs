//! # policy-violation
//!
//! ## What it does
//! Finds pods that a `ValidatingAdmissionPolicy` of your platform would refuse.
//!
//! ## Why
//! The API server evaluates these policies when a pod is created: long after the workflow was written and registered. Give
//! the same manifests to podlint (`policies` in the configuration, or `podlint check --policy policies/`), and the cluster's
//! policy speaks in the editor, at the value that breaks it. The severity follows the binding: `Deny` is an error, `Warn` a
//! warning; what a binding only audits is `policy-audit`. What is only known at run time, or what Flyte or the cluster adds, never counts as a violation.
//!
//! The [page on policies](https://github.com/podlint/podlint/blob/main/docs/policies.md) says what is evaluated and how.
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
    name: "policy-violation",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("policy_violation.rs"),
    check,
};

/// Reported by the policies, when some are given.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
