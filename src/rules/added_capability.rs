//! # added-capability
//!
//! ## What it does
//! Finds capabilities added beyond those that a container has anyway. Which are allowed is configurable.
//!
//! ## Why
//! Each capability is a part of root's power over the node. `SYS_ADMIN` is nearly all of it, `SYS_MODULE` loads code into
//! the kernel, `NET_ADMIN` reroutes traffic, `SYS_PTRACE` reads other processes' memory. The Pod Security Standards refuse
//! all but the runtime's defaults, such as `NET_BIND_SERVICE` and `CHOWN`.
//!
//! What flyte's `allow_fuse()` and `allow_nested_sandboxing()` add is not reported: whoever calls them knows what they ask for.
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
//!       securityContext:
//!         capabilities:
//!           add: [SYS_ADMIN]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Capabilities, V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 security_context=V1SecurityContext(capabilities=V1Capabilities(add=["NET_ADMIN"])),
//!             ),
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
//!       securityContext:
//!         capabilities:
//!           drop: [ALL]
//!           add: [NET_BIND_SERVICE]
//! ```
//! ```python
//! import flyte
//!
//! template = flyte.PodTemplate().allow_fuse()
//! ```
//!
//! ## Options
//! - `security.allowed-capabilities`: capabilities that may be added
//!
//! ## References
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
//! - [capabilities(7)](https://man7.org/linux/man-pages/man7/capabilities.7.html)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{capability_name, is_default_capability};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Node;

/// The rule.
pub static RULE: Rule = Rule {
    name: "added-capability",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("added_capability.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        // What may do anything has every capability, and `privileged-container` says so.
        let privileged = container.security("privileged");
        if privileged.is_dynamic() || privileged.known().is_some_and(|node| node.as_bool() == Some(true)) {
            continue;
        }
        let added = container.security("capabilities").then(|node| node.get("add")).known();
        for node in added.and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default() {
            let Some(written) = node.as_str() else { continue };
            let name = capability_name(written);
            let allowed = &context.settings.security.allowed_capabilities;
            let is_allowed = allowed.iter().any(|allowed| capability_name(allowed) == name);
            if is_default_capability(&name) || is_allowed || context.pod.is_from_builder(node) {
                continue;
            }
            let message = format!("{} adds the capability `{written}`{}", container.title(), power(&name));
            let help = "do without it, or allow it in the configuration where it is needed";
            findings.push(context.at(node, message).help(help));
        }
    }
}

/// What the worst ones allow.
fn power(name: &str) -> &'static str {
    match name {
        "ALL" => ", every power of root",
        "SYS_ADMIN" => ", which is close to root on the node",
        "SYS_MODULE" => ", which loads code into the node's kernel",
        "SYS_PTRACE" => ", which reads and changes other processes",
        "SYS_RAWIO" => ", which reaches the node's memory and disks",
        "SYS_BOOT" => ", which restarts the node",
        "NET_ADMIN" => ", which changes routes, firewalls and interfaces",
        "NET_RAW" => ", which forges packets",
        "DAC_READ_SEARCH" => ", which reads every file whatever its permissions",
        "BPF" | "PERFMON" => ", which watches the node's kernel",
        _ => "",
    }
}
