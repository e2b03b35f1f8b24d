//! # invalid-configuration
//!
//! ## What it does
//! Finds what is wrong with podlint's own configuration: keys and values that do not exist, patterns that are none.
//!
//! ## Why
//! A key that is passed over in silence leaves its author to believe that it holds. The exit code is 2, whatever else is
//! found.
//!
//! ## References
//! - [podlint: Configuration](https://github.com/podlint/podlint/blob/main/docs/configuration.md)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-configuration",
    severity: Severity::Error,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("invalid_configuration.rs"),
    check,
};

/// Reported by whoever loads the configuration.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
