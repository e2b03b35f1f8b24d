//! # lost-change
//!
//! ## What it does
//! Checks for lists and dicts that are changed after a model of the Kubernetes client has copied them, and that nothing uses again.
//!
//! ## Why
//! From version 37 on the client's models copy every list and dict that a constructor gets or an attribute is set to. Up to version
//! 36 they shared it, so a later `append` reached the pod. With the newer client the same line has no effect, and nothing says so: the
//! sidecar, variable or limit is missing when the task runs.
//!
//! Reported only where the client's version is known: from the project's requirements and lock files, or `kubernetes-client`.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! env = [V1EnvVar(name="MODE", value="train")]
//! container = V1Container(name="primary", env=env)
//! env.append(V1EnvVar(name="SEED", value="42"))
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[container]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! container = V1Container(name="primary", env=[V1EnvVar(name="MODE", value="train")])
//! container.env.append(V1EnvVar(name="SEED", value="42"))
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[container]))
//! ```
//!
//! ## References
//! - [Kubernetes Python client: changelog](https://github.com/kubernetes-client/python/blob/master/CHANGELOG.md)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lost-change",
    severity: Severity::Warning,
    authority: Authority::Client,
    group: Group::Python,
    enabled_by_default: true,
    source: include_str!("lost_change.rs"),
    check,
};

/// Found while the program is evaluated, by `crate::frontend`.
fn check(_: &Context<'_>, _: &mut Findings) {}
