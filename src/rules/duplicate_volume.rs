//! # duplicate-volume
//!
//! ## What it does
//! Finds two volumes of one name, and two volumes on the same claim that may both write.
//!
//! ## Why
//! The API server refuses two volumes of one name: "Duplicate value". Lists of volumes are appended, not merged,
//! when Flyte puts a template under a task's pod. Two volumes on one claim are allowed, but usually an oversight:
//! mount one volume twice instead.
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
//!     - {name: data, emptyDir: {}}
//!     - {name: data, hostPath: {path: /mnt/data}}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir={}), V1Volume(name="data", empty_dir={})],
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
//!     - {name: data, emptyDir: {}}
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use std::collections::HashMap;

use crate::diagnostic::{Authority, Severity};
use crate::pod::Volume;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Node;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-volume",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("duplicate_volume.rs"),
    check,
};

/// Volumes of one name are found by `crate::kubernetes`, which knows the ones that the server looks at.
fn check(context: &Context<'_>, findings: &mut Findings) {
    let mut claims: HashMap<&str, &Node> = HashMap::new();
    for volume in &context.pod.volumes.known {
        let Some((claim, node)) = writable_claim(volume) else { continue };
        match claims.get(claim) {
            Some(first) => {
                let message = format!("two volumes use the claim `{claim}`, and both may write");
                let finding = context.at(node, message).severity(Severity::Info).authority(Authority::Practice);
                findings.push(finding.label(first.location, "first used here").help("mount one volume twice instead"));
            }
            None => {
                claims.insert(claim, node);
            }
        }
    }
}

/// The claim that a volume uses for reading and writing.
fn writable_claim<'a>(volume: &Volume<'a>) -> Option<(&'a str, &'a Node)> {
    let source = volume.node.get("persistentVolumeClaim").known()?;
    let read_only = source.get("readOnly");
    let writable = read_only.is_missing() || read_only.known().and_then(Node::as_bool) == Some(false);
    let node = source.get("claimName").known().filter(|_| writable)?;
    Some((node.as_str()?, node))
}
