//! # unreadable-text
//!
//! ## What it does
//! Finds files that are not UTF-8 text: UTF-16, binary data, broken encodings.
//!
//! ## Why
//! Kubernetes and Python read UTF-8. A manifest in UTF-16 (as some Windows editors save it) is refused or misread.
//!
//! ## References
//! - [Python: Source encoding](https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unreadable-text",
    severity: Severity::Error,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("unreadable_text.rs"),
    check,
};

/// Reported by the reader of files.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
