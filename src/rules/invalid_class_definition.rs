//! # invalid-class-definition
//!
//! ## What it does
//! Checks for dataclasses that Python refuses to define.
//!
//! ## Why
//! Python raises when the module is imported: `ValueError` for a mutable default such as `= []`, `TypeError` for a field
//! without a default after one that has one.
//!
//! ## Example
//! ```python
//! from dataclasses import dataclass
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! @dataclass
//! class Job:
//!     team: str
//!     labels: dict = {}
//!
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": Job("ml").team}
//! ```
//!
//! ## Use instead
//! ```python
//! from dataclasses import dataclass, field
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! @dataclass
//! class Job:
//!     team: str
//!     labels: dict = field(default_factory=dict)
//!
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": Job("ml").team}
//! ```
//!
//! ## References
//! - [Python: Mutable default values](https://docs.python.org/3/library/dataclasses.html#mutable-default-values)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-class-definition",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("invalid_class_definition.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
