//! # invalid-selector
//!
//! ## What it does
//! Finds selectors of workloads that are missing, empty or malformed, or that do not select the workload's own pods.
//!
//! ## Why
//! A Deployment finds its pods by their labels. The API server rejects a workload whose selector does not match the labels
//! of its template. A Job has its selector made by the server, and rejects one that asks for anything else, unless
//! `manualSelector` is true.
//!
//! ## Example
//! ```yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata:
//!   name: cache
//! spec:
//!   selector:
//!     matchLabels:
//!       app: cache
//!   template:
//!     metadata:
//!       labels:
//!         app: redis
//!     spec:
//!       containers:
//!         - name: redis
//!           image: redis:7.2.5
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata:
//!   name: cache
//! spec:
//!   selector:
//!     matchLabels:
//!       app: redis
//!   template:
//!     metadata:
//!       labels:
//!         app: redis
//!     spec:
//!       containers:
//!         - name: redis
//!           image: redis:7.2.5
//! ```
//!
//! ## References
//! - [Kubernetes: Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-selector",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_selector.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
