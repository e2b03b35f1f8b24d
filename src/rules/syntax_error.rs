//! # syntax-error
//!
//! ## What it does
//! Finds text that is not valid YAML, JSON or Python, in files that hold pod templates.
//!
//! ## Why
//! The API server, `kubectl` or Python refuse it. podlint goes on: other documents of the file are checked, and the
//! broken one as far as it can be read.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata: {name: training
//! ```
//! ```python
//! import flyte
//!
//! template = flyte.PodTemplate(
//! ```
//!
//! ## References
//! - [YAML 1.2](https://yaml.org/spec/1.2.2/)
//! - [Python: Grammar](https://docs.python.org/3/reference/grammar.html)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "syntax-error",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("syntax_error.rs"),
    check,
};

/// Reported by the frontends, which see it while reading.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
