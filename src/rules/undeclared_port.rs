//! # undeclared-port
//!
//! ## What it does
//! Finds probes and lifecycle hooks that name a port which their container does not declare.
//!
//! ## Why
//! The API server accepts any name; the kubelet looks for it among the container's own `ports`, finds none, and every probe
//! fails: a startup or liveness probe has the container killed again and again, a readiness probe keeps it from traffic. A
//! number needs no declaration.
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
//!       ports:
//!         - {name: http, containerPort: 8000}
//!       readinessProbe:
//!         httpGet: {path: /health, port: web}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1Probe, V1TCPSocketAction
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[
//!             V1Container(
//!                 name="cache",
//!                 image="redis:7.2.5",
//!                 restart_policy="Always",
//!                 startup_probe=V1Probe(tcp_socket=V1TCPSocketAction(port="redis")),
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
//!       ports:
//!         - {name: http, containerPort: 8000}
//!       readinessProbe:
//!         httpGet: {path: /health, port: http}
//! ```
//!
//! ## References
//! - [Kubernetes: Probes](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undeclared-port",
    severity: Severity::Error,
    authority: Authority::Kubelet,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("undeclared_port.rs"),
    check,
};

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in context.pod.containers.known.iter().filter(|container| !may_gain_ports(context, container)) {
        let Some(names) = port_names(container) else { continue };
        let probes = PROBES.iter().map(|wire| (*wire, container.node.get(wire)));
        let lifecycle = container.node.get("lifecycle");
        let hooks = ["postStart", "preStop"].map(|wire| (wire, lifecycle.then(|node| node.get(wire))));
        for (wire, asker) in probes.chain(hooks) {
            for handler in ["httpGet", "tcpSocket"] {
                let Field::Known(node) = asker.then(|node| node.get(handler)).then(|node| node.get("port")) else {
                    continue;
                };
                let Some(name) = node.as_str().filter(|name| is_name(name) && !names.contains(name)) else { continue };
                findings.push(finding(context, container, wire, (node, name), &names));
            }
        }
    }
}

/// Whether somebody may add ports to a container: Flyte to an app and to a plugin's, a task's own container to a template's.
fn may_gain_ports(context: &Context<'_>, container: &Container<'_>) -> bool {
    match context.document.flavour {
        Flavour::ClusterTemplate | Flavour::PluginRole | Flavour::Unknown => true,
        Flavour::V2App => !container.role.is_sidecar(),
        _ => false,
    }
}

/// The names of a container's ports; `None` where they are not all known.
fn port_names<'a>(container: &Container<'a>) -> Option<Vec<&'a str>> {
    let list = match container.node.get("ports") {
        Field::Missing => return Some(Vec::new()),
        Field::Known(node) => node.as_list().filter(|list| !list.open)?,
        Field::Dynamic => return None,
    };
    list.items.iter().map(|port| port.text("name").or_default("")).collect()
}

/// Names have a letter; what has none is a number in quotes, which the server refuses.
fn is_name(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn finding(
    context: &Context<'_>,
    container: &Container<'_>,
    wire: &str,
    (node, name): (&Node, &str),
    names: &[&str],
) -> Finding {
    let field = context.field(wire);
    let message = format!("`{field}` asks port `{name}`, and {} declares no port of that name", container.title());
    let finding = context.at(node, message);
    // A hook that fails before the end is only noted.
    let finding = if wire == "preStop" { finding.severity(Severity::Warning) } else { finding };
    let declared: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    match nearest(name, declared.iter().copied()).and_then(|index| declared.get(index)) {
        Some(near) => {
            let fix = Fix::needs_review(format!("write `{near}`"), vec![context.replace(node, *near)]);
            finding.help(format!("did you mean `{near}`?")).fix(fix)
        }
        None => finding.help("declare it in the container's `ports`, or give the number"),
    }
}
