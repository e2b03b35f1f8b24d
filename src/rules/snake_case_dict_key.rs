//! # snake-case-dict-key
//!
//! ## What it does
//! Finds snake_case keys in plain dicts that stand for objects of the Kubernetes Python client.
//!
//! ## Why
//! Up to version 36 the client sends a dict as it is. The API server, or Flyte's backend, knows only
//! `containerPort`: with `container_port` the value is lost, without a word from anybody. From version 37 on the
//! client converts such keys. The wire name works in all versions.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary", ports=[{"container_port": 9091}])],
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
//!         containers=[k8s.V1Container(name="primary", ports=[{"containerPort": 9091}])],
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
    name: "snake-case-dict-key",
    severity: Severity::Error,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("snake_case_dict_key.rs"),
    check,
};

/// Found by `crate::client`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
