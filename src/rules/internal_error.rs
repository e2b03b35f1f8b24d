//! # internal-error
//!
//! ## What it does
//! Says that a rule of podlint failed on a template.
//!
//! ## Why
//! This is a defect of podlint, not of the template. The other rules have run. Please report it.
//!
//! ## References
//! - [podlint: Contributing](https://github.com/podlint/podlint/blob/main/CONTRIBUTING.md)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "internal-error",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("internal_error.rs"),
    check,
};

/// Reported by the pipeline when a rule fails.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
