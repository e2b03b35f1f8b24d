//! # overridden-merge-key
//!
//! ## What it does
//! Finds keys that a merge key (`<<`) brings into a mapping which has them already.
//!
//! ## Why
//! `kubectl` turns a manifest into JSON before it sends it, so there is no harm. A client that sends the YAML as it is, with
//! strict field validation, is refused: the server counts the key twice. And which value wins depends on the reader.
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
//!       - &base
//!         name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!       - <<: *base
//!         name: proxy
//! ```
//!
//! ## References
//! - [Kubernetes: Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "overridden-merge-key",
    severity: Severity::Info,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("overridden_merge_key.rs"),
    check,
};

/// Reported by the YAML frontend, which sees all keys.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
