//! # wrong-call
//!
//! ## What it does
//! Checks for calls of functions and classes of the project with arguments that they do not take.
//!
//! ## Why
//! Python raises `TypeError` for missing, unknown, repeated and surplus arguments.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//!
//! def sidecar(name, image):
//!     return k8s.V1Container(name=name, image=image)
//!
//!
//! primary = k8s.V1Container(name="primary")
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[primary, sidecar("logs")]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//!
//! def primary(name, image=None):
//!     return k8s.V1Container(name=name, image=image)
//!
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[primary("primary")]))
//! ```
//!
//! ## References
//! - [Python: Calls](https://docs.python.org/3/reference/expressions.html#calls)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-call",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("wrong_call.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
