//! # invalid-volume-source
//!
//! ## What it does
//! Finds volumes with several sources, and sources whose values Kubernetes does not allow.
//!
//! ## Why
//! A volume has exactly one source; without any it is an `emptyDir`. Modes of files are octal in YAML 1.1 when they
//! start with 0: `0644`, not `644`, which is more than 0777.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       volumeMounts:
//!         - {name: data, mountPath: /data}
//!   volumes:
//!     - name: data
//!       secret:
//!         secretName: key
//!         defaultMode: 644
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[
//!             k8s.V1Container(name="primary", volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data")]),
//!         ],
//!         volumes=[k8s.V1Volume(name="data", secret=k8s.V1SecretVolumeSource(secret_name="key", default_mode=644))],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       volumeMounts:
//!         - {name: data, mountPath: /data}
//!   volumes:
//!     - name: data
//!       secret:
//!         secretName: key
//!         defaultMode: 0644
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-volume-source",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_volume_source.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
