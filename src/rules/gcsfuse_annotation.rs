//! # gcsfuse-annotation
//!
//! ## What it does
//! Finds volumes of GKE's Cloud Storage FUSE driver in pods without the annotation `gke-gcsfuse/volumes: "true"`,
//! and the annotation where nothing needs it.
//!
//! ## Why
//! The annotation makes GKE add the sidecar that serves the mount. Without it the volume cannot be mounted ("failed
//! to find the sidecar container in Pod spec") and the pod stays in ContainerCreating. The value is a string: in
//! Python a `True` raises `TypeError` when the task is serialized, in YAML the API server refuses it.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         volumeMounts:
//!           - {name: data, mountPath: /data}
//!     volumes:
//!       - name: data
//!         csi:
//!           driver: gcsfuse.csi.storage.gke.io
//!           volumeAttributes: {bucketName: acme-train}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1CSIVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")]),
//!         ],
//!         volumes=[
//!             V1Volume(
//!                 name="data",
//!                 csi=V1CSIVolumeSource(
//!                     driver="gcsfuse.csi.storage.gke.io",
//!                     volume_attributes={"bucketName": "acme-train"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   metadata:
//!     annotations:
//!       gke-gcsfuse/volumes: "true"
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         volumeMounts:
//!           - {name: data, mountPath: /data}
//!     volumes:
//!       - name: data
//!         csi:
//!           driver: gcsfuse.csi.storage.gke.io
//!           volumeAttributes: {bucketName: acme-train}
//! ```
//!
//! ## References
//! - [GKE: Cloud Storage FUSE CSI driver](https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-setup)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::pod::{Quantity, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "gcsfuse-annotation",
    severity: Severity::Error,
    authority: Authority::Practice,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("gcsfuse_annotation.rs"),
    check,
};

const DRIVER: &str = "gcsfuse.csi.storage.gke.io";
const ANNOTATION: &str = "gke-gcsfuse/volumes";

fn check(context: &Context<'_>, findings: &mut Findings) {
    let annotation = context.pod.annotations().then(|node| node.get(ANNOTATION));
    let volume = context.pod.volumes.known.iter().find(|volume| is_gcsfuse(volume));
    match (volume, annotation) {
        (Some(volume), Field::Missing) => findings.push(missing(context, volume)),
        (Some(_), Field::Known(node)) if !matches!(node.as_str(), Some("true" | "True")) => {
            findings.push(wrong_value(context, node));
        }
        (None, Field::Known(node)) if is_pointless(context) => {
            let message = "no volume of this pod uses the Cloud Storage FUSE driver";
            let finding = context.at(node, message).severity(Severity::Warning);
            findings.push(finding.help("remove the annotation, or add the volume"));
        }
        _ => {}
    }
    amounts(context, findings);
    for volume in context.pod.volumes.known.iter().filter(|volume| is_gcsfuse(volume)) {
        bucket(context, volume, findings);
    }
}

/// The resources of the sidecar, which the webhook reads as quantities.
fn amounts(context: &Context<'_>, findings: &mut Findings) {
    let annotations = context.pod.annotations().known().and_then(Node::as_map);
    for entry in annotations.map(|map| map.entries.as_slice()).unwrap_or_default() {
        let name = entry.key.wire.strip_prefix("gke-gcsfuse/").unwrap_or_default();
        let is_amount = name.ends_with("-limit") || name.ends_with("-request");
        let Some(text) = entry.value.as_str().filter(|text| is_amount && Quantity::parse(text).is_err()) else {
            continue;
        };
        let message = format!("`{text}` is not a valid quantity: GKE's webhook refuses the pod");
        let meant =
            text.strip_suffix(['b', 'B']).map(|rest| format!("{rest}i")).filter(|text| Quantity::parse(text).is_ok());
        let finding = context.at(&entry.value, message);
        findings.push(match meant {
            Some(meant) => {
                let fix = Fix::needs_review(format!("write `{meant}`"), vec![context.replace(&entry.value, &*meant)]);
                finding.help(format!("write `{meant}`")).fix(fix)
            }
            None => finding.help("write a number with a unit, such as `500m` or `1Gi`; `0` means no limit"),
        });
    }
}

/// The bucket is named without a scheme and without a folder.
fn bucket(context: &Context<'_>, volume: &Volume<'_>, findings: &mut Findings) {
    let name = volume.node.get("csi").then(|csi| csi.get("volumeAttributes")).then(|map| map.get("bucketName"));
    let Field::Known(node) = name else { return };
    let Some(text) = node.as_str().filter(|text| !text.contains("{{")) else { return };
    let plain = text.strip_prefix("gs://").unwrap_or(text).trim_end_matches('/');
    let (bucket, folder) = plain.split_once('/').map_or((plain, None), |(bucket, folder)| (bucket, Some(folder)));
    if bucket == text || text == "_" {
        return;
    }
    let finding = context.at(node, format!("`{text}` is not the name of a bucket"));
    findings.push(match folder {
        None => {
            let fix = Fix::safe(format!("write `{bucket}`"), vec![context.replace(node, bucket)]);
            finding.help(format!("write `{bucket}`")).fix(fix)
        }
        Some(folder) => {
            finding.help(format!("write `{bucket}`, and `only-dir={folder}` in the attribute `mountOptions`"))
        }
    });
}

fn is_gcsfuse(volume: &Volume<'_>) -> bool {
    volume.node.get("csi").then(|source| source.text("driver")) == Field::Known(DRIVER)
}

/// Whether surely no volume uses the driver; a claim may be backed by it.
fn is_pointless(context: &Context<'_>) -> bool {
    let may_use = |volume: &Volume<'_>| {
        let has = |source: &str| !volume.node.get(source).is_missing();
        has("csi") || has("persistentVolumeClaim") || has("ephemeral")
    };
    // Lists of a template grow when it is merged with the pods of tasks.
    let merged = context.document.flavour == crate::document::Flavour::ClusterTemplate;
    !merged && !context.pod.volumes.open && !context.pod.volumes.known.iter().any(may_use)
}

fn missing(context: &Context<'_>, volume: &Volume<'_>) -> Finding {
    let driver = volume.node.get("csi").then(|source| source.get("driver")).known().unwrap_or(volume.node);
    let message =
        format!("the pod lacks the annotation `{ANNOTATION}: \"true\"`, without which this volume never mounts");
    let insert =
        Change::Insert { at: context.pod.annotations_path(), key: ANNOTATION.to_owned(), value: "true".into() };
    let fix = Fix::safe(format!("add the annotation `{ANNOTATION}`"), vec![insert]);
    let place =
        if context.is_python() { "the template's `annotations`" } else { "the pod template's `metadata.annotations`" };
    context.at(driver, message).help(format!("add it to {place}")).fix(fix)
}

fn wrong_value(context: &Context<'_>, node: &Node) -> Finding {
    let fix = Fix::safe("set it to the string \"true\"", vec![context.replace(node, "true")]);
    let message = format!("`{ANNOTATION}` must be the string \"true\", or the volume never mounts");
    context.at(node, message).help("quote it: \"true\"").fix(fix)
}
