//! # non-string-label
//!
//! ## What it does
//! Finds values of a template's labels and annotations that are not strings.
//!
//! ## Why
//! The SDK raises `TypeError: bad argument type for built-in operation` when the task is serialized, and names
//! neither the key nor the template. Truth values and numbers are written as strings: `"true"`, `"8080"`.
//!
//! ## Example
//! ```python
//! import flyte
//!
//! template = flyte.PodTemplate(
//!     annotations={"prometheus.io/scrape": True, "prometheus.io/port": 8080},
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//!
//! template = flyte.PodTemplate(
//!     annotations={"prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
//! )
//! ```
//!
//! ## References
//! - [Kubernetes Python client](https://github.com/kubernetes-client/python)
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "non-string-label",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("non_string_label.rs"),
    check,
};

/// Found by `crate::client`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
