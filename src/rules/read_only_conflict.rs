//! # read-only-conflict
//!
//! ## What it does
//! Finds mounts with `readOnly: false` of volumes that are read-only.
//!
//! ## Why
//! A mount cannot give back what the volume takes away: where the volume's source says `readOnly`, or is a config map, a secret
//! or another projection, every write fails with "Read-only file system", whatever the mount says.
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
//!         - {name: data, mountPath: /data, readOnly: false}
//!   volumes:
//!     - name: data
//!       persistentVolumeClaim: {claimName: data, readOnly: true}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1ConfigMapVolumeSource, V1Container, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[V1VolumeMount(name="settings", mount_path="/settings", read_only=False)],
//!             ),
//!         ],
//!         volumes=[V1Volume(name="settings", config_map=V1ConfigMapVolumeSource(name="settings"))],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1ConfigMapVolumeSource, V1Container, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[V1VolumeMount(name="settings", mount_path="/settings", read_only=True)],
//!             ),
//!         ],
//!         volumes=[V1Volume(name="settings", config_map=V1ConfigMapVolumeSource(name="settings"))],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{MountKind, Volume};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "read-only-conflict",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("read_only_conflict.rs"),
    check,
};

/// Sources that the kubelet mounts read-only in any case.
const PROJECTIONS: &[&str] = &["configMap", "secret", "downwardAPI", "projected", "image"];

/// Why such a volume cannot be written.
const ALWAYS: &str = "a volume of this kind is always read-only";

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        for mount in container.mounts().known.into_iter().filter(|mount| mount.kind == MountKind::Files) {
            let (Field::Known(flag), Field::Known(name)) = (mount.node.get("readOnly"), mount.volume()) else {
                continue;
            };
            let volume = context.pod.volume(name).filter(|_| flag.as_bool() == Some(false));
            let cause = volume.as_ref().and_then(read_only);
            let Some((place, cause)) = cause else { continue };
            let message = format!("the volume `{name}` is read-only, so {} cannot write to it", container.title());
            let finding = context.at(flag, message).label(place.location, cause);
            // `False` is what a mount has anyway: it rarely says that somebody writes there.
            let finding = if cause == ALWAYS { finding.severity(Severity::Info) } else { finding };
            findings.push(finding.help("drop the setting of one of the two, or use another volume to write to"));
            return;
        }
    }
}

/// What makes a volume read-only.
fn read_only<'a>(volume: &Volume<'a>) -> Option<(&'a Node, &'static str)> {
    let source = volume.source()?;
    if PROJECTIONS.contains(&&*source.key.wire) {
        return Some((volume.anchor(), ALWAYS));
    }
    let flag = source.value.get("readOnly").known().filter(|flag| flag.as_bool() == Some(true))?;
    Some((flag, "the volume is read-only"))
}
