//! # unused-suppression
//!
//! ## What it does
//! Finds comments and annotations that silence a rule where it finds nothing.
//!
//! ## Why
//! The reason for such a comment is gone, or it stands in a wrong place. Left there, it hides the next finding. A comment
//! that names a rule which the configuration locks is of no use either.
//!
//! Nothing is said of rules that do not run, of files that can only be read in part, and of code that only other modules
//! run.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata: {name: training}
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/train:1.4.2  # podlint: ignore[invalid-value]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             # podlint: ignore[invalid-name] no longer needed
//!             V1Container(name="primary"),
//!         ]
//!     )
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata: {name: training}
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/train:1.4.2
//! ```
//!
//! ## References
//! - [podlint: Suppressions](https://github.com/podlint/podlint/blob/main/docs/suppressions.md)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("unused_suppression.rs"),
    check,
};

/// Reported by the pipeline once all rules have run.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
