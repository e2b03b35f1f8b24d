//! # docker-socket
//!
//! ## What it does
//! Finds volumes that hand the socket of the node's container runtime to the pod.
//!
//! ## Why
//! Who can talk to the socket of Docker, containerd, CRI-O or Podman can start a privileged container with the node's whole
//! disk in it: it is root on the node. And most nodes have no Docker any more, so that the mount fails.
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
//!         - {name: docker, mountPath: /var/run/docker.sock}
//!   volumes:
//!     - name: docker
//!       hostPath:
//!         path: /var/run/docker.sock
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
//!                 volume_mounts=[V1VolumeMount(name="runtime", mount_path="/run/runtime.sock")],
//!             ),
//!         ],
//!         volumes=[
//!             V1Volume(name="runtime", host_path=V1HostPathVolumeSource(path="/run/containerd/containerd.sock")),
//!         ],
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
//!       env:
//!         - {name: BUILDKIT_HOST, value: "tcp://buildkitd.build:1234"}
//! ```
//!
//! ## References
//! - [Kubernetes: hostPath](https://kubernetes.io/docs/concepts/storage/volumes/#hostpath)
//! - [Kubernetes: Migrating from dockershim](https://kubernetes.io/docs/tasks/administer-cluster/migrating-from-dockershim/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::runtime_of_socket;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "docker-socket",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("docker_socket.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for volume in &context.pod.volumes.known {
        let Some((node, path)) = volume.host_path() else { continue };
        if let Some(runtime) = runtime_of_socket(path) {
            let message = format!("the socket of {runtime} makes the pod root on its node");
            let help = "build images with a service such as BuildKit or Kaniko, or with `flyte.Image`";
            findings.push(context.at(node, message).help(help));
        }
    }
}
