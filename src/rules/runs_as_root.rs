//! # runs-as-root
//!
//! ## What it does
//! Finds containers that run, or may run, as root. Off until it is asked for.
//!
//! ## Why
//! A process that breaks out of its container has the rights on the node that it had inside. Many images run as root unless
//! they are told otherwise; `runAsNonRoot: true` has the kubelet refuse those, and `runAsUser` chooses another user. In pods
//! with `hostUsers: false` root is nobody on the node.
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
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", security_context=V1SecurityContext(run_as_user=0),),
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
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", security_context=V1SecurityContext(run_as_user=1000),),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Security context](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "runs-as-root",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("runs_as_root.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let pod = &context.pod;
    let shared_users = pod.spec.then(|spec| spec.get("hostUsers"));
    let has_own_users =
        shared_users.is_dynamic() || shared_users.known().is_some_and(|node| node.as_bool() == Some(false));
    if pod.may_be_windows() || has_own_users {
        return;
    }
    for container in &pod.containers.known {
        // `privileged-container` says enough.
        let privileged = container.security("privileged");
        if privileged.is_dynamic() || privileged.known().is_some_and(|node| node.as_bool() == Some(true)) {
            continue;
        }
        let demand = pod.security_of(container, "runAsNonRoot");
        let user = pod.security_of(container, "runAsUser");
        let forbids_root = demand.is_dynamic() || demand.known().is_some_and(|node| node.as_bool() != Some(false));
        if let Field::Known(node) = user {
            if matches!(&node.value, Value::Number(number) if number.as_i64() == Some(0)) && !forbids_root {
                findings
                    .push(context.at(node, format!("{} runs as root", container.title())).help("give it another user"));
            }
        } else if user.is_missing() && !forbids_root {
            findings.push(unsaid(context, container));
        }
    }
}

fn unsaid(context: &Context<'_>, container: &Container<'_>) -> Finding {
    let message = format!("{} runs as root if its image says so", container.title());
    let (non_root, user) = (context.field("runAsNonRoot"), context.field("runAsUser"));
    let place = container.anchor().head();
    let finding = context.missing(container.node, "securityContext", place, message);
    finding.help(format!("set `{non_root}` to true, or `{user}`, for the pod or the container"))
}
