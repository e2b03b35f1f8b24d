//! # unsupported-policy-expression
//!
//! ## What it does
//! Says which parts of a given `ValidatingAdmissionPolicy` podlint cannot evaluate.
//!
//! ## Why
//! What depends on them is not reported, and the cluster still enforces it. A policy that podlint cannot read as CEL at all
//! is most likely refused by the API server too.
//!
//! ## References
//! - [Kubernetes: Common Expression Language](https://kubernetes.io/docs/reference/using-api/cel/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unsupported-policy-expression",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("unsupported_policy_expression.rs"),
    check,
};

/// Reported of the files that policies are loaded from.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
