//! # positional-argument
//!
//! ## What it does
//! Finds positional arguments to classes of the Kubernetes Python client.
//!
//! ## Why
//! From version 37 on the classes take keyword arguments only and raise `TypeError`. Before, the order is
//! alphabetical: `V1Container("primary")` sets `args`, not the name.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary", env=[k8s.V1EnvVar("REGION", "europe-west4")])],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary", env=[k8s.V1EnvVar(name="REGION", value="europe-west4")])],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes Python client](https://github.com/kubernetes-client/python)
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "positional-argument",
    severity: Severity::Error,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("positional_argument.rs"),
    check,
};

/// Found by `crate::client`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
