//! # host-path
//!
//! ## What it does
//! Finds volumes that are folders or devices of the node. Which are allowed is configurable.
//!
//! ## Why
//! A task may land on any node, and what it finds or leaves in a folder of one is not there on the next. A writable mount of
//! a folder such as `/etc` or `/var/lib/kubelet` makes the pod root on the node, a readable one can show the secrets of all
//! pods there, and the Pod Security Standards forbid all of them.
//!
//! `/dev/shm` is not reported, nor is what flyte's `allow_fuse(privileged=True)` mounts; sockets of container runtimes are
//! reported by `docker-socket`.
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
//!       hostPath:
//!         path: /mnt/data
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1HostPathVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[V1VolumeMount(name="host", mount_path="/host")],
//!             ),
//!         ],
//!         volumes=[V1Volume(name="host", host_path=V1HostPathVolumeSource(path="/"))],
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
//!       persistentVolumeClaim:
//!         claimName: data
//! ```
//!
//! ## Options
//! - `security.allowed-host-paths`: paths of the node that may be mounted, with all below them
//!
//! ## References
//! - [Kubernetes: hostPath](https://kubernetes.io/docs/concepts/storage/volumes/#hostpath)
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{Volume, runtime_of_socket};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "host-path",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("host_path.rs"),
    check,
};

/// Folders by which a pod can take over its node, or read the secrets of others.
const SENSITIVE: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var",
    "/var/lib",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/run",
];

/// Folders that hold keys of the node or of its pods.
const SECRETS: &[&str] = &["/etc/kubernetes", "/root", "/var/lib/etcd", "/var/lib/kubelet"];

/// What shares memory between the processes of a pod, and is nobody's data.
const HARMLESS: &str = "/dev/shm";

fn check(context: &Context<'_>, findings: &mut Findings) {
    for volume in &context.pod.volumes.known {
        let Some((node, path)) = volume.host_path() else { continue };
        let allowed = context.settings.security.allowed_host_paths.iter().map(String::as_str).chain([HARMLESS]);
        if runtime_of_socket(path).is_some() || context.pod.is_from_builder(node) || is_below(path, allowed) {
            continue;
        }
        findings.push(finding(context, volume, node, path));
    }
}

fn is_below<'p>(path: &str, mut folders: impl Iterator<Item = &'p str>) -> bool {
    folders.any(|folder| {
        let rest = path.strip_prefix(folder.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn finding(context: &Context<'_>, volume: &Volume<'_>, node: &Node, path: &str) -> Finding {
    let plain = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let sensitive = SENSITIVE.contains(&plain) || is_below(path, SECRETS.iter().copied());
    let volume = match volume.name() {
        Field::Known(name) => format!("volume `{name}`"),
        Field::Missing | Field::Dynamic => "this volume".to_owned(),
    };
    if sensitive {
        let message =
            format!("{volume} opens `{path}` of the node to the pod, with what other pods and the system keep there");
        return context.at(node, message).help("do without it; nothing that a task needs is there");
    }
    let message = format!("{volume} is `{path}` of whichever node the pod lands on");
    context.at(node, message).help("use a claim, an object store, or an `emptyDir` for scratch space")
}
