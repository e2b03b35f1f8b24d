//! # missing-item
//!
//! ## What it does
//! Checks for keys, indices and elements that are not there.
//!
//! ## Why
//! Python raises `KeyError`, `IndexError` or `StopIteration` when the module is imported.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! IMAGES = {"train": "ghcr.io/acme/train:1.0"}
//! primary = k8s.V1Container(name="primary", image=IMAGES["trian"])
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[primary]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! NAMES = {"train": "primary"}
//! primary = k8s.V1Container(name=NAMES["train"])
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[primary]))
//! ```
//!
//! ## References
//! - [Python: LookupError](https://docs.python.org/3/library/exceptions.html#LookupError)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-item",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("missing_item.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
