//! # limit-exceeded
//!
//! ## What it does
//! Says that a file, or a part of it, was not checked because it goes beyond a limit.
//!
//! ## Why
//! podlint reads files that anybody may have written, so size, nesting, aliases and evaluation are bounded. Nothing
//! that goes beyond is passed over in silence. The limits are far above what real templates need.
//!
//! ## References
//! - [YAML: Recursive and repeated nodes](https://yaml.org/spec/1.2.2/#71-alias-nodes)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "limit-exceeded",
    severity: Severity::Error,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("limit_exceeded.rs"),
    check,
};

/// Reported by the frontends and by the reader of files.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
