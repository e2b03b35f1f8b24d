//! # unused-volume
//!
//! ## What it does
//! Finds volumes that no container mounts.
//!
//! ## Why
//! An unused volume is usually a forgotten or misspelt mount: the data is not where the task looks for it. A claim
//! that cannot be bound keeps the pod pending all the same. In a `PodTemplate` manifest this is only a note, since
//! the containers of tasks may mount the volume.
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
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use std::collections::HashSet;

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Pod, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::{MAX_SUGGESTIONS, nearest};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-volume",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("unused_volume.rs"),
    check,
};

/// Volumes with these names are mounted by containers that webhooks add.
const INJECTED: &[&str] = &["gke-gcsfuse-", "istio-", "linkerd-"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(names) = mounted_names(&context.pod) else { return };
    let mounted: HashSet<&str> = names.iter().copied().collect();
    let mut defined: HashSet<&str> =
        context.pod.volumes.known.iter().filter_map(|volume| volume.name().known()).collect();
    let undefined = names.into_iter().filter(|name| defined.insert(name));
    let undefined: Vec<&str> = undefined.take(MAX_SUGGESTIONS).collect();
    let named = context.pod.volumes.known.iter().filter_map(|volume| Some((volume, volume.name().known()?)));
    let is_injected = |name: &str| INJECTED.iter().any(|prefix| name.starts_with(prefix));
    let unused = named.filter(|(_, name)| !mounted.contains(name) && !is_injected(name));
    for (count, (volume, name)) in unused.enumerate() {
        if count >= MAX_SUGGESTIONS || !is_misspelt(name, &undefined) {
            findings.push(finding(context, volume, name));
        }
    }
}

/// The names of volumes that containers use, in their order; `None` where there may be uses that are not known.
fn mounted_names<'a>(pod: &Pod<'a>) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    if pod.containers.open || pod.spec.is_dynamic() {
        return None;
    }
    for container in &pod.containers.known {
        let mounts = container.mounts();
        if mounts.open || container.node.is_dynamic() {
            return None;
        }
        let mounted = mounts.known.into_iter().map(|mount| mount.volume());
        for name in mounted.chain(container.env_file_volumes()) {
            match name {
                Field::Known(name) => names.push(name),
                Field::Dynamic => return None,
                Field::Missing => {}
            }
        }
    }
    Some(names)
}

/// Whether a mount of an undefined volume most likely means this one: one mistake, one finding (undefined-volume).
fn is_misspelt(name: &str, undefined: &[&str]) -> bool {
    undefined.iter().any(|mount| nearest(mount, [name]).is_some())
}

fn finding(context: &Context<'_>, volume: &Volume<'_>, name: &str) -> Finding {
    let finding = context
        .at(volume.anchor(), format!("no container mounts the volume `{name}`"))
        .help(format!("mount it in `{}`, or remove it", context.field("volumeMounts")));
    let title = format!("remove the volume `{name}`");
    let remove = vec![context.remove(volume.node)];
    let in_template = context.document.flavour == Flavour::ClusterTemplate;
    // A volume with something in it may rather lack its mount.
    let is_empty_dir = volume.source().is_none_or(|source| &*source.key.wire == "emptyDir");
    let fix = if is_empty_dir && !in_template { Fix::safe(title, remove) } else { Fix::needs_review(title, remove) };
    let finding = finding.fix(fix);
    if in_template { finding.severity(Severity::Info) } else { finding }
}
