//! # init-container-never-exits
//!
//! ## What it does
//! Finds init containers that open ports, or run a program known to serve for ever, without `restartPolicy: Always`.
//!
//! ## Why
//! An init container must end before the next one and the task can start. A server does not: the pod stays in `Init`, and Flyte
//! shows the task as initializing without a limit. With `restartPolicy: Always` it is a native sidecar.
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
//!   initContainers:
//!     - name: metrics
//!       image: prom/pushgateway:v1.9.0
//!       ports: [{containerPort: 9091}]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[V1Container(name="metrics", image="prom/pushgateway:v1.9.0")],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[
//!             V1Container(
//!                 name="metrics",
//!                 image="prom/pushgateway:v1.9.0",
//!                 restart_policy="Always",
//!                 resources=V1ResourceRequirements(
//!                     requests={"cpu": "100m", "memory": "64Mi"},
//!                     limits={"cpu": "100m", "memory": "64Mi"},
//!                 ),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::pod::{Container, ImageReference, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Location, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "init-container-never-exits",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("init_container_never_exits.rs"),
    check,
};

/// Images whose own command serves until it is stopped.
const SERVERS: &[&str] = &[
    "prom/pushgateway",
    "prom/prometheus",
    "prom/node-exporter",
    "envoyproxy/envoy",
    "cloud-sql-connectors/cloud-sql-proxy",
    "cloudsql-docker/gce-proxy",
    "fluent/fluent-bit",
    "otel/opentelemetry-collector",
    "library/nginx",
    "library/redis",
    "library/postgres",
    "library/mysql",
    "library/memcached",
    "nginx",
    "redis",
    "postgres",
    "mysql",
    "memcached",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in context.pod.containers.known.iter().filter(|container| container.role == Role::Init) {
        if container.node.get("restartPolicy").is_dynamic() {
            continue;
        }
        let Some((place, cause)) = cause(container) else { continue };
        let message = format!("{} {cause}, and the task starts only when it has ended", container.title());
        let insert = Change::Insert {
            at: context.path(container.node),
            key: "restartPolicy".to_owned(),
            value: "Always".into(),
        };
        let help = format!("make it a native sidecar: `{}` \"Always\"", context.field("restartPolicy"));
        let finding = context.missing(container.node, "restartPolicy", place, message).help(help);
        findings.push(finding.fix(Fix::needs_review("make it a native sidecar", vec![insert])));
    }
}

/// Why a container seems to serve, and where that is said.
fn cause(container: &Container<'_>) -> Option<(Location, &'static str)> {
    let given = |field: &str| {
        let entry = container.node.as_map()?.entry(field)?;
        entry.value.as_list().filter(|list| !list.items.is_empty()).map(|_| entry.key.location)
    };
    if let Some(place) = given("ports") {
        return Some((place, "opens ports"));
    }
    let own_command = ["command", "args"].iter().any(|field| !container.node.get(field).is_missing());
    let Field::Known(image) = container.node.get("image") else { return None };
    (!own_command && is_server(image)).then(|| (container.anchor().head(), "runs a server"))
}

fn is_server(image: &Node) -> bool {
    let parsed = image.as_str().map(ImageReference::parse);
    parsed.is_some_and(|parsed| parsed.is_ok_and(|image| SERVERS.contains(&image.path)))
}
