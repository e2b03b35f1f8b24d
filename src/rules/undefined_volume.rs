//! # undefined-volume
//!
//! ## What it does
//! Finds `volumeMounts` and `volumeDevices` that name a volume which the pod does not define.
//!
//! ## Why
//! The API server refuses such a pod: every mount must name one of the pod's `volumes`. With Flyte this shows only
//! after the image is built and the task is queued.
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
//!           - name: dta
//!             mountPath: /data
//!     volumes:
//!       - name: data
//!         emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="dta", mount_path="/data")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
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
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         volumeMounts:
//!           - name: data
//!             mountPath: /data
//!     volumes:
//!       - name: data
//!         emptyDir: {}
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::pod::{Mount, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-volume",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    source: include_str!("undefined_volume.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let volumes = &context.pod.volumes;
    if volumes.open || volumes.known.iter().any(|volume| volume.name().is_dynamic()) {
        return;
    }
    let defined: Vec<&str> = volumes.known.iter().filter_map(|volume| volume.name().known()).collect();
    for container in &context.pod.containers.known {
        for mount in container.mounts().known {
            if let Field::Known(name) = mount.volume()
                && !name.is_empty()
                && !defined.contains(&name)
            {
                findings.push(finding(context, &mount, name, &volumes.known));
            }
        }
    }
}

fn finding(context: &Context<'_>, mount: &Mount<'_>, name: &str, volumes: &[Volume<'_>]) -> Finding {
    let node = mount.node.get("name").known().unwrap_or(mount.node);
    let finding = context.at(node, format!("the pod defines no volume `{name}`"));
    let names = volumes.iter().map(|volume| volume.name().known().unwrap_or_default());
    let Some(meant) = nearest(name, names).and_then(|index| volumes.get(index)) else {
        return finding
            .help(format!("add a volume of that name to `{}`, or remove the mount", context.field("volumes")));
    };
    let right = meant.name().known().unwrap_or_default();
    finding
        .label(meant.anchor().location, format!("`{right}` is defined here"))
        .help(format!("did you mean `{right}`?"))
        .fix(Fix::safe(format!("rename to `{right}`"), vec![context.replace(node, right)]))
}
