//! # csi-driver-incomplete
//!
//! ## What it does
//! Finds volumes of well-known CSI drivers that the driver will not mount: attributes that it needs are missing, or it takes no
//! `csi` volumes at all.
//!
//! ## Why
//! Nobody checks the attributes of a `csi` volume before the pod is on its node. There the driver refuses to mount it, and the
//! pod stays in `ContainerCreating`: Flyte waits without a limit by default.
//!
//! GKE's Cloud Storage FUSE needs `bucketName` (`_` for all buckets), the Secrets Store needs `secretProviderClass`, NFS
//! `server` and `share`, SMB `source`. Mountpoint for Amazon S3 works only with a persistent volume and a claim.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     gke-gcsfuse/volumes: "true"
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       volumeMounts:
//!         - {name: data, mountPath: /data}
//!   volumes:
//!     - name: data
//!       csi:
//!         driver: gcsfuse.csi.storage.gke.io
//!         volumeAttributes: {mountOptions: implicit-dirs}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1CSIVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")])],
//!         volumes=[
//!             V1Volume(
//!                 name="data",
//!                 csi=V1CSIVolumeSource(driver="s3.csi.aws.com", volume_attributes={"bucketName": "acme"}),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PersistentVolumeClaimVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")])],
//!         volumes=[
//!             V1Volume(
//!                 name="data",
//!                 persistent_volume_claim=V1PersistentVolumeClaimVolumeSource(claim_name="acme-bucket"),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [GKE: Cloud Storage FUSE CSI driver](https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-ephemeral)
//! - [Amazon EKS: Mountpoint for Amazon S3 CSI driver](https://docs.aws.amazon.com/eks/latest/userguide/s3-csi.html)
//! - [Secrets Store CSI driver](https://secrets-store-csi-driver.sigs.k8s.io/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "csi-driver-incomplete",
    severity: Severity::Error,
    authority: Authority::Practice,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("csi_driver_incomplete.rs"),
    check,
};

/// Drivers, the attributes that they need, and whether a volume without them is surely refused.
const NEEDS: &[(&str, &[&str], Severity)] = &[
    ("gcsfuse.csi.storage.gke.io", &["bucketName"], Severity::Error),
    ("secrets-store.csi.k8s.io", &["secretProviderClass"], Severity::Error),
    ("nfs.csi.k8s.io", &["server", "share"], Severity::Warning),
    ("smb.csi.k8s.io", &["source"], Severity::Warning),
];

/// Drivers that mount persistent volumes only.
const PERSISTENT_ONLY: &[&str] = &["s3.csi.aws.com"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for volume in &context.pod.volumes.known {
        let Field::Known(source) = volume.node.get("csi") else { continue };
        let Field::Known(node) = source.get("driver") else { continue };
        let driver = node.as_str().unwrap_or_default();
        if PERSISTENT_ONLY.contains(&driver) {
            let message = format!("the driver `{driver}` mounts no volumes that a pod defines itself");
            let claim = context.field("persistentVolumeClaim");
            findings
                .push(context.at(node, message).help(format!("use `{claim}`, and a persistent volume for the bucket")));
            continue;
        }
        let Some((_, needed, severity)) = NEEDS.iter().find(|(known, ..)| *known == driver) else { continue };
        let attributes = source.get("volumeAttributes");
        let lacks = |name: &&&str| matches!(attributes.then(|node| node.text(name)), Field::Missing | Field::Known(""));
        for name in needed.iter().filter(lacks) {
            let (parent, field) = attributes.known().map_or((source, "volumeAttributes"), |node| (node, *name));
            let message = format!("the driver `{driver}` needs the attribute `{name}`");
            let help = format!("add `{name}` to the `{}`", context.field("volumeAttributes"));
            findings.push(context.missing(parent, field, node.location, message).severity(*severity).help(help));
        }
    }
}
