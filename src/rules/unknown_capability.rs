//! # unknown-capability
//!
//! ## What it does
//! Finds names of capabilities that the container runtime does not know: written with `CAP_`, or misspelt.
//!
//! ## Why
//! Kubernetes wants the name without `CAP_`; the API server takes any text. What the runtime makes of an unknown name
//! depends on it: a container that does not start, or one that silently lacks the capability, or keeps one that was to be
//! dropped. The Pod Security Standards compare the names letter by letter.
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
//!           drop: [CAP_NET_RAW]
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
//!                 security_context=V1SecurityContext(capabilities=V1Capabilities(drop=["NETRAW"])),
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
//!           drop: [NET_RAW]
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
//!                 security_context=V1SecurityContext(capabilities=V1Capabilities(drop=["NET_RAW"])),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Set capabilities for a container](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container)
//! - [capabilities(7)](https://man7.org/linux/man-pages/man7/capabilities.7.html)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::pod::{CAPABILITIES, capability_name};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::Suggestions;
use crate::tree::Node;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-capability",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("unknown_capability.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let mut suggestions = Suggestions::default();
    for container in &context.pod.containers.known {
        let Some(capabilities) = container.security("capabilities").known() else { continue };
        for wire in ["add", "drop"] {
            let list = capabilities.get(wire).known().and_then(Node::as_list);
            for node in list.map(|list| list.items.as_slice()).unwrap_or_default() {
                let Some(written) = node.as_str() else { continue };
                let name = capability_name(written);
                if CAPABILITIES.contains(&&*name) || name == "ALL" {
                    findings.push_if(prefixed(context, node, &name));
                } else {
                    findings.push(no_capability(context, (node, written), &name, &mut suggestions));
                }
            }
        }
    }
}

/// A capability by the name that Linux gives it.
fn prefixed(context: &Context<'_>, node: &Node, name: &str) -> Option<Finding> {
    let is_prefixed = node.as_str().is_some_and(|written| written.len() != name.len());
    let message = format!("Kubernetes calls this capability `{name}`: the runtime adds `CAP_` itself");
    let fix = Fix::needs_review(format!("write `{name}`"), vec![context.replace(node, name)]);
    is_prefixed.then(|| context.at(node, message).help(format!("write `{name}`")).fix(fix))
}

fn no_capability(
    context: &Context<'_>,
    (node, written): (&Node, &str),
    name: &str,
    suggestions: &mut Suggestions,
) -> Finding {
    let finding = context.at(node, format!("there is no capability `{written}`"));
    let near = suggestions.nearest(name, CAPABILITIES.iter().copied());
    let Some(near) = near.and_then(|index| CAPABILITIES.get(index)) else {
        return finding.help("the names are those of capabilities(7) without `CAP_`");
    };
    let fix = Fix::needs_review(format!("write `{near}`"), vec![context.replace(node, *near)]);
    finding.help(format!("did you mean `{near}`?")).fix(fix)
}
