//! # unknown-template-name
//!
//! ## What it does
//! Finds tasks that ask for a template of the cluster by a name that none of its manifests has.
//!
//! ## Why
//! flyte takes such a name as `pod_template`, flytekit as `pod_template_name`. The backend looks the `PodTemplate` up when the
//! task runs, in the task's namespace and then in its own; where there is none, the task fails then.
//!
//! podlint knows the names when the configuration says where the manifests are; without `templates` nothing is said:
//!
//! ```toml
//! templates = ["cluster/*.yaml"]
//! ```
//!
//! ## Example
//! ```python
//! import flyte
//!
//! env = flyte.TaskEnvironment(name="train", pod_template="gpu-nod")
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//!
//! env = flyte.TaskEnvironment(name="train", pod_template="gpu-node")
//! ```
//!
//! ## Options
//! - `templates`: files, folders or patterns with the cluster's `PodTemplate` manifests
//!
//! ## References
//! - [Flyte: Cluster-level templates](https://docs-legacy.flyte.org/en/latest/deployment/configuration/general.html)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-template-name",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("unknown_template_name.rs"),
    check,
};

/// Found by the Python frontend, where a task takes its template.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
