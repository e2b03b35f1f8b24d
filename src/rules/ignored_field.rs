//! # ignored-field
//!
//! ## What it does
//! Finds fields that the cluster's Kubernetes version accepts and then drops.
//!
//! ## Why
//! New fields are behind feature gates. While the gate is off, the API server knows the field, admits the object, and removes
//! the field silently: the volume is not there, the container does not restart. The finding names the version from
//! which the field counts. The version is a setting (`--kubernetes-version`), and so are gates that the cluster has switched
//! (`feature-gates`).
//!
//! A volume of the kind `image` goes as a whole in Kubernetes 1.31 to 1.34, and its mounts with it.
//!
//! ## Example
//! With `kubernetes-version = "1.34"`:
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
//!         - {name: model, mountPath: /model}
//!   volumes:
//!     - name: model
//!       image: {reference: ghcr.io/acme/model:1.0}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1ImageVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="model", mount_path="/model")]),
//!         ],
//!         volumes=[
//!             V1Volume(name="model", image=V1ImageVolumeSource(reference="ghcr.io/acme/model:1.0")),
//!         ],
//!     ),
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
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
//!         - {name: model, mountPath: /model}
//!   volumes:
//!     - name: model
//!       persistentVolumeClaim: {claimName: model}
//! ```
//!
//! ## References
//! - [Kubernetes: Feature gates](https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "ignored-field",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("ignored_field.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
