//! # duplicate-key
//!
//! ## What it does
//! Finds a key that is given twice in one mapping.
//!
//! ## Why
//! With strict field validation the API server refuses it; otherwise the last one silently wins, and half of what
//! is written has no effect. A second `volumeMounts` block is the classic case.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         image: ghcr.io/acme/placeholder:2.0
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:2.0
//! ```
//!
//! ## References
//! - [Kubernetes: Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-key",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("duplicate_key.rs"),
    check,
};

/// Reported by the YAML frontend, which sees all keys.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
