//! # unknown-medium
//!
//! ## What it does
//! Finds an `emptyDir` with a medium that no node knows.
//!
//! ## Why
//! The API server takes any text as `medium`. The kubelet knows `Memory`, `HugePages` and `HugePages-<size>` besides nothing at all; for
//! `memory` or `SSD` it cannot set the volume up, and the pod stays in ContainerCreating.
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
//!         - {name: scratch, mountPath: /scratch}
//!   volumes:
//!     - name: scratch
//!       emptyDir: {medium: memory}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="scratch", mount_path="/scratch")])],
//!         volumes=[V1Volume(name="scratch", empty_dir=V1EmptyDirVolumeSource(medium="SSD"))],
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
//!         - {name: scratch, mountPath: /scratch}
//!   volumes:
//!     - name: scratch
//!       emptyDir: {medium: Memory}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="scratch", mount_path="/scratch")])],
//!         volumes=[V1Volume(name="scratch", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: emptyDir](https://kubernetes.io/docs/concepts/storage/volumes/#emptydir)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::pod::Quantity;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-medium",
    severity: Severity::Error,
    authority: Authority::Kubelet,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("unknown_medium.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for volume in &context.pod.volumes.known {
        let medium = volume.node.get("emptyDir").then(|folder| folder.get("medium"));
        let Field::Known(node) = medium else { continue };
        let Some(text) = node.as_str().filter(|text| !is_known(text)) else { continue };
        let message =
            format!("`{text}` is not a valid medium (expected nothing, `Memory`, `HugePages` or `HugePages-<size>`)");
        let finding = context.at(node, message);
        findings.push(match text.to_ascii_lowercase().as_str() {
            "memory" | "ram" | "tmpfs" | "mem" => {
                let fix = Fix::safe("write \"Memory\"", vec![context.replace(node, "Memory")]);
                finding.help("write \"Memory\"").fix(fix)
            }
            _ => finding.help("leave it out: the folder is on the node's disk then"),
        });
    }
}

fn is_known(text: &str) -> bool {
    let pages = text.strip_prefix("HugePages").is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('-').is_some_and(|size| Quantity::parse(size).is_ok())
    });
    text.is_empty() || text == "Memory" || pages
}
