//! # version-mismatch
//!
//! ## What it does
//! Finds fields that the configured Kubernetes version does not have.
//!
//! ## Why
//! A cluster of that version refuses the field, or drops it in silence. The version is a setting
//! (`--kubernetes-version`); without it the newest one that podlint knows is assumed.
//!
//! ## References
//! - [Kubernetes: Version skew policy](https://kubernetes.io/docs/releases/version-skew-policy/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "version-mismatch",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("version_mismatch.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
