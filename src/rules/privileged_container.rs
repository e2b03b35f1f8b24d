//! # privileged-container
//!
//! ## What it does
//! Finds privileged containers, and Windows containers that run as processes of their host.
//!
//! ## Why
//! A privileged container has all capabilities, all devices and no seccomp or AppArmor profile: who breaks into it owns the
//! node, with the data of every other task there. Nearly always a capability, a device plugin or a CSI driver is enough.
//!
//! What flyte's `allow_fuse(privileged=True)` sets is not reported: whoever calls it knows what it asks for.
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
//!         privileged: true
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", security_context=V1SecurityContext(privileged=True)),
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
//!         privileged: false
//!         capabilities:
//!           add: [NET_BIND_SERVICE]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 security_context=V1SecurityContext(allow_privilege_escalation=False)
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
//! - [Kubernetes: Security context](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "privileged-container",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("privileged_container.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let pod = &context.pod;
    for container in &pod.containers.known {
        if let Field::Known(node) = container.security("privileged")
            && node.as_bool() == Some(true)
            && !pod.is_from_builder(node)
        {
            let message = format!("{} is privileged: it can do anything on its node", container.title());
            let help = "grant what it needs: single capabilities, or devices through a device plugin";
            let fix = Fix::needs_review("take the privilege away", vec![context.remove(node)]);
            findings.push(context.at(node, message).help(help).fix(fix));
        }
        let options = container.security("windowsOptions");
        findings.push_if(host_process(context, options, &container.title()));
    }
    findings.push_if(host_process(context, pod.security("windowsOptions"), "the pod"));
}

fn host_process(context: &Context<'_>, options: Field<&Node>, title: &str) -> Option<Finding> {
    let node = options.then(|options| options.get("hostProcess")).known()?;
    let message = format!("{title} runs as a process of its Windows host");
    (node.as_bool() == Some(true)).then(|| context.at(node, message).help("run it as an ordinary container"))
}
