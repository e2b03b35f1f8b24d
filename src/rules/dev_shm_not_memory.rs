//! # dev-shm-not-memory
//!
//! ## What it does
//! Finds an `emptyDir` at `/dev/shm` that is not in memory.
//!
//! ## Why
//! Programs share data through `/dev/shm` because it is memory: PyTorch's data loaders, NCCL. An `emptyDir` without
//! `medium: Memory` is a folder on the node's disk, slow and counted as ephemeral storage.
//!
//! For the primary container of a task, `Resources(shm="8Gi")` does all of it.
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
//!         - {name: memory, mountPath: /dev/shm}
//!   volumes:
//!     - name: memory
//!       emptyDir: {sizeLimit: 8Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="memory", mount_path="/dev/shm")]),
//!         ],
//!         volumes=[V1Volume(name="memory", empty_dir=V1EmptyDirVolumeSource(size_limit="8Gi"))],
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
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="memory", mount_path="/dev/shm")]),
//!         ],
//!         volumes=[V1Volume(name="memory", empty_dir=V1EmptyDirVolumeSource(medium="Memory", size_limit="8Gi"))],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use std::collections::HashMap;

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::pod::{Mount, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dev-shm-not-memory",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("dev_shm_not_memory.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let mounts = mounts_at_shm(context);
    for volume in &context.pod.volumes.known {
        let Field::Known(name) = volume.name() else { continue };
        let Field::Known(folder) = volume.node.get("emptyDir") else { continue };
        let Some(mount) = mounts.get(name) else { continue };
        if matches!(folder.text("medium"), Field::Missing | Field::Known("")) {
            let label = format!("mounted at `/dev/shm` by `{name}`");
            findings.push(finding(context, volume, folder).label(mount.path_node().location, label));
        }
    }
}

/// The first mount at `/dev/shm` of each volume, by its name.
fn mounts_at_shm<'a>(context: &Context<'a>) -> HashMap<&'a str, Mount<'a>> {
    let mut found = HashMap::new();
    for mount in context.pod.containers.known.iter().flat_map(|container| container.mounts().known) {
        let at_shm = mount.path().known().is_some_and(|path| path.trim_end_matches('/') == "/dev/shm");
        if let Some(name) = mount.volume().known().filter(|_| at_shm) {
            found.entry(name).or_insert(mount);
        }
    }
    found
}

fn finding(context: &Context<'_>, volume: &Volume<'_>, folder: &Node) -> Finding {
    let change = match folder.get("medium") {
        Field::Known(medium) => context.replace(medium, "Memory"),
        _ => Change::Insert { at: context.path(folder), key: "medium".to_owned(), value: "Memory".into() },
    };
    let name = volume.name().known().unwrap_or_default();
    let message = format!("`/dev/shm` lies on disk: the `{}` of `{name}` is not in memory", context.field("emptyDir"));
    context
        .missing(folder, "medium", volume.anchor().head(), message)
        .help("set `medium` to \"Memory\"")
        .fix(Fix::safe("put it into memory", vec![change]))
}
