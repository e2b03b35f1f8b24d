//! # missing-argument
//!
//! ## What it does
//! Finds constructors of the Kubernetes Python client without an argument that they require.
//!
//! ## Why
//! The module raises when it is imported: `ValueError` with clients up to 36, a validation error from 37 on.
//! Nothing of the file can be used.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(image="ghcr.io/acme/train:1.0")],
//!         volumes=[k8s.V1Volume(empty_dir={})],
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
//!         containers=[k8s.V1Container(name="primary")],
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
    name: "missing-argument",
    severity: Severity::Error,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("missing_argument.rs"),
    check,
};

/// Found by `crate::client`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
