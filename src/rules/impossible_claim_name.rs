//! # impossible-claim-name
//!
//! ## What it does
//! Finds claims by names that no `PersistentVolumeClaim` can have.
//!
//! ## Why
//! The API server takes any text as `claimName`, but a claim is an object, and its name must be a DNS subdomain: small letters, digits,
//! `-` and `.`. A pod that asks for another one stays Pending.
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
//!       persistentVolumeClaim: {claimName: Training_Data}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! claim = k8s.V1PersistentVolumeClaimVolumeSource(claim_name="training data")
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary", volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data")])],
//!         volumes=[k8s.V1Volume(name="data", persistent_volume_claim=claim)],
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
//!       persistentVolumeClaim: {claimName: training-data}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! claim = k8s.V1PersistentVolumeClaimVolumeSource(claim_name="training-data")
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary", volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data")])],
//!         volumes=[k8s.V1Volume(name="data", persistent_volume_claim=claim)],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Object names](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "impossible-claim-name",
    severity: Severity::Error,
    authority: Authority::Kubelet,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("impossible_claim_name.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for volume in &context.pod.volumes.known {
        let name = volume.node.get("persistentVolumeClaim").then(|claim| claim.get("claimName"));
        let Field::Known(node) = name else { continue };
        let Some(text) = node.as_str().filter(|text| !text.is_empty() && !text.contains("{{") && !is_subdomain(text))
        else {
            continue;
        };
        let finding =
            context.at(node, format!("no claim can be named `{text}`: a name has small letters, digits, `-` and `.`"));
        let plain: String = text.to_ascii_lowercase().replace('_', "-");
        findings.push(match is_subdomain(&plain) {
            true => {
                let fix = Fix::needs_review(format!("write `{plain}`"), vec![context.replace(node, &*plain)]);
                finding.help(format!("did you mean `{plain}`?")).fix(fix)
            }
            false => finding.help("name the claim as it is in the cluster"),
        });
    }
}

fn is_subdomain(text: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        let ends = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != b'-');
        bytes.iter().all(inner) && ends(bytes.first()) && ends(bytes.last())
    };
    text.len() <= 253 && text.split('.').all(is_label)
}
