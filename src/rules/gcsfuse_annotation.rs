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
use crate::pod::Volume;
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
        (Some(_), Field::Known(node)) if node.as_str() != Some("true") => findings.push(wrong_value(context, node)),
        (None, Field::Known(node)) if is_pointless(context) => {
            let message = "no volume of this pod uses the Cloud Storage FUSE driver";
            let finding = context.at(node, message).severity(Severity::Warning);
            findings.push(finding.help("remove the annotation, or add the volume"));
        }
        _ => {}
    }
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
