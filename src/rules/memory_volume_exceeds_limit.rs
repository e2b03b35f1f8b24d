//! # memory-volume-exceeds-limit
//!
//! ## What it does
//! Finds volumes in memory that may grow larger than the memory that their containers may use.
//!
//! ## Why
//! What is written to an `emptyDir` with the medium `Memory` counts as memory of the container that writes it. One that fills the volume is killed when it
//! comes to its limit, long before the volume is full.
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
//!       resources:
//!         limits: {memory: 1Gi}
//!       volumeMounts:
//!         - {name: scratch, mountPath: /scratch}
//!   volumes:
//!     - name: scratch
//!       emptyDir: {medium: Memory, sizeLimit: 8Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! small = k8s.V1ResourceRequirements(requests={"cpu": "1", "memory": "1Gi"}, limits={"cpu": "1", "memory": "1Gi"})
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         init_containers=[
//!             k8s.V1Container(
//!                 name="fetch",
//!                 image="ghcr.io/acme/fetch:1.0",
//!                 resources=small,
//!                 volume_mounts=[k8s.V1VolumeMount(name="scratch", mount_path="/scratch")],
//!             ),
//!         ],
//!         volumes=[k8s.V1Volume(name="scratch", empty_dir=k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit="8Gi"))],
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
//!       resources:
//!         limits: {memory: 10Gi}
//!       volumeMounts:
//!         - {name: scratch, mountPath: /scratch}
//!   volumes:
//!     - name: scratch
//!       emptyDir: {medium: Memory, sizeLimit: 8Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! large = k8s.V1ResourceRequirements(requests={"cpu": "1", "memory": "9Gi"}, limits={"cpu": "1", "memory": "9Gi"})
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         init_containers=[
//!             k8s.V1Container(
//!                 name="fetch",
//!                 image="ghcr.io/acme/fetch:1.0",
//!                 resources=large,
//!                 volume_mounts=[k8s.V1VolumeMount(name="scratch", mount_path="/scratch")],
//!             ),
//!         ],
//!         volumes=[k8s.V1Volume(name="scratch", empty_dir=k8s.V1EmptyDirVolumeSource(medium="Memory", size_limit="8Gi"))],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: emptyDir](https://kubernetes.io/docs/concepts/storage/volumes/#emptydir)

use std::collections::BTreeMap;

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Use};
use crate::flyte::TaskResources;
use crate::pod::{Quantity, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "memory-volume-exceeds-limit",
    severity: Severity::Warning,
    authority: Authority::Kubelet,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("memory_volume_exceeds_limit.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let limits = Limits::of(context);
    for volume in &context.pod.volumes.known {
        let Field::Known(folder) = volume.node.get("emptyDir") else { continue };
        let (Field::Known("Memory"), Field::Known(size)) = (folder.text("medium"), folder.get("sizeLimit")) else {
            continue;
        };
        let (Some(room), Field::Known(name)) = (read(size), volume.name()) else { continue };
        let Some(Some((limit, total))) = limits.highest.get(name).filter(|_| !limits.open) else { continue };
        if room.compare(total).is_gt() {
            let message = "the volume may hold more than the containers that mount it may use as memory";
            let finding = context.at(size, message).label(limit.location, "the highest limit among them");
            findings.push(finding.help("raise the limit, or make the volume smaller"));
        }
    }
}

/// The highest limit of memory among the containers that mount a volume.
struct Limits<'a> {
    /// By volume; `None` where one of the containers has no limit, or may have another.
    highest: BTreeMap<&'a str, Option<(&'a Node, Quantity)>>,
    /// Whether other containers may mount the volumes.
    open: bool,
}

impl<'a> Limits<'a> {
    fn of(context: &Context<'a>) -> Self {
        let mut limits = Limits { highest: BTreeMap::new(), open: false };
        for container in &context.pod.containers.known {
            let mounts = container.mounts();
            limits.open |= mounts.open;
            let is_asked = matches!(container.role, Role::Primary | Role::Undecided | Role::Base);
            let gives_way = is_asked && context.pod.belongs_to_flyte() && gives_way(context, container.role);
            let own = limit_of(container.node).filter(|_| !gives_way);
            for mount in &mounts.known {
                if let Field::Known(volume) = mount.volume() {
                    limits.add(volume, own.as_ref());
                }
            }
        }
        limits
    }

    fn add(&mut self, volume: &'a str, own: Option<&(&'a Node, Quantity)>) {
        let highest = self.highest.entry(volume).or_insert_with(|| own.cloned());
        *highest = match (highest.take(), own) {
            (Some(known), Some(own)) => Some(if own.1.compare(&known.1).is_gt() { own.clone() } else { known }),
            _ => None,
        };
    }
}

/// Whether what a task asks for takes the place of the primary container's limit, or may.
fn gives_way(context: &Context<'_>, role: Role) -> bool {
    let flavour = context.document.flavour;
    let replaces = |used: &Use| {
        let asked = TaskResources::of(flavour, used);
        let of_v1 = matches!(flavour, Flavour::V1Task | Flavour::V1Pod) && !asked.is_empty();
        asked.open || of_v1 || asked.limits.iter().any(|(name, _)| *name == "memory")
    };
    let is_known = matches!(flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task | Flavour::V2App);
    role != Role::Primary || !is_known || context.document.uses.iter().any(replaces)
}

fn limit_of(container: &Node) -> Option<(&Node, Quantity)> {
    let limits = container.get("resources").then(|resources| resources.get("limits"));
    let limit = limits.then(|limits| limits.get("memory")).known()?;
    Some((limit, read(limit)?))
}

fn read(node: &Node) -> Option<Quantity> {
    match &node.value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.text).ok(),
        _ => None,
    }
}
