//! # unknown-suppression
//!
//! ## What it does
//! Finds comments and annotations meant for podlint that say nothing: they name a rule that does not exist, or are not
//! written as podlint reads them.
//!
//! ## Why
//! Such a comment silences nothing, and whoever reads it believes that it does.
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
//!         image: ghcr.io/acme/train:1.4.2  # podlint: ignore[undefined-volum]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! # podlint: ignroe[undefined-volume]
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! ```
//!
//! ## Use instead
//! The name of a rule, as `podlint rules` lists it, in one of these forms: `# podlint: ignore[rule] reason`,
//! `# podlint: ignore-file[rule]`, `# podlint: disable[rule]`, `# podlint: enable[rule]`.
//!
//! ## References
//! - [podlint: Suppressions](https://github.com/podlint/podlint/blob/main/docs/suppressions.md)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-suppression",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("unknown_suppression.rs"),
    check,
};

/// Reported by the pipeline, which reads the comments.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
