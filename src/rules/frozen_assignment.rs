//! # frozen-assignment
//!
//! ## What it does
//! Checks for assignments to fields of frozen dataclasses.
//!
//! ## Why
//! Python raises `FrozenInstanceError` when the module is imported.
//!
//! ## Example
//! ```python
//! from dataclasses import dataclass
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! @dataclass(frozen=True)
//! class Job:
//!     team: str
//!
//!
//! job = Job("ml")
//! job.team = "data"
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": job.team}
//! ```
//!
//! ## Use instead
//! ```python
//! from dataclasses import dataclass, replace
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! @dataclass(frozen=True)
//! class Job:
//!     team: str
//!
//!
//! job = replace(Job("ml"), team="data")
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"team": job.team}
//! ```
//!
//! ## References
//! - [Python: Frozen instances](https://docs.python.org/3/library/dataclasses.html#frozen-instances)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "frozen-assignment",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("frozen_assignment.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
