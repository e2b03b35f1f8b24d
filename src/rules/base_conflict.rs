//! # base-conflict
//!
//! ## What it does
//! Finds what the template of a task and the template of the cluster under it break together.
//!
//! ## Why
//! Flyte's backend lays the pod of a task over the cluster's `PodTemplate`. Lists are appended: a volume, mount path or port that both
//! have is there twice, and the API server refuses the pod. `False`, `0` and `""` of the task are what Go takes for nothing said, and
//! cannot override the base: a container with `privileged=False` over a privileged base stays privileged. Containers of the base
//! that the task does not have never run, and commands and arguments of the base are put before the task's.
//!
//! podlint knows the base when the configuration or `--base` says which manifest it is; else nothing is said:
//!
//! ```toml
//! [render]
//! base = "cluster/base.yaml"
//! ```
//!
//! ## Example
//! With a base that has a volume `cache`:
//!
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="cache", mount_path="/cache")])],
//!         volumes=[V1Volume(name="cache", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## Options
//! - `render.base`: the `PodTemplate` manifest of the cluster
//! - `flyte-config`: Flyte's own configuration, whose settings come in between
//!
//! ## References
//! - [Flyte: Cluster-level templates](https://docs-legacy.flyte.org/en/latest/deployment/configuration/general.html)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "base-conflict",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("base_conflict.rs"),
    check,
};

/// Found by `crate::lint`, which lays the template over the base once for all that is to be said.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
