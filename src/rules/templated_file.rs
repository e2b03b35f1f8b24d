//! # templated-file
//!
//! ## What it does
//! Says that a Helm or Jinja template was not checked.
//!
//! ## Why
//! A template that is no YAML before its values are filled in cannot be judged without them, and podlint does not
//! guess. Templates that are valid YAML but for their `{{ … }}` are checked; what comes from the actions is
//! dynamic. Check the rendered manifest to see everything: `helm template … | podlint check -`.
//!
//! Words with variables for `envsubst` and its like (`${NAME}`, `${NAME:-x}`) are dynamic as well.
//!
//! ## Example
//! ```yaml
//! kind: PodTemplate
//! template: {{ include "acme.pod" . | nindent 2
//!   spec:
//!     containers: []
//! ```
//!
//! ## References
//! - [Helm: helm template](https://helm.sh/docs/helm/helm_template/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "templated-file",
    severity: Severity::Info,
    authority: Authority::Practice,
    group: Group::Input,
    enabled_by_default: true,
    source: include_str!("templated_file.rs"),
    check,
};

/// Reported by the YAML frontend.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
