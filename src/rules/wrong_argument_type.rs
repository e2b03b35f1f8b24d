//! # wrong-argument-type
//!
//! ## What it does
//! Finds arguments and dict values of a type that a class of the Kubernetes Python client does not take.
//!
//! ## Why
//! From version 37 on the client raises when the module is imported, and converts nothing: 1 is no string, "1" is
//! no number, a single object is no list. Up to 36 it passes anything on, and the API server refuses the pod later.
//! Only amounts of resources may be numbers there: from 37 on they must be strings, so a string is right in both.
//!
//! Without knowing the version (it is read from lock files, requirements and the script's own metadata, or set with
//! `--kubernetes-client`), what fails in only one of them is a warning.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 volume_mounts="data",
//!                 env=[k8s.V1EnvVar(name="WORKERS", value=4)],
//!                 resources=k8s.V1ResourceRequirements(limits={"cpu": 1}),
//!             ),
//!         ],
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
//!         containers=[
//!             k8s.V1Container(
//!                 name="primary",
//!                 volume_mounts=[],
//!                 env=[k8s.V1EnvVar(name="WORKERS", value="4")],
//!                 resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}),
//!             ),
//!         ],
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
    name: "wrong-argument-type",
    severity: Severity::Error,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("wrong_argument_type.rs"),
    check,
};

/// Found by `crate::client`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
