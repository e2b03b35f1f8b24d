//! # gpu-request-mismatch
//!
//! ## What it does
//! Finds GPUs and other extended resources whose request and limit differ, that are requested without a limit, and on a
//! Flyte task's sidecars those that have a limit only.
//!
//! ## Why
//! What cannot be shared must be requested in exactly the limited amount: the API server refuses everything else. Plain
//! Kubernetes copies a lone limit to the request. For a sidecar Flyte's open-source backend fills in the missing request as 0
//! first, and the pod is refused.
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
//!         requests: {nvidia.com/gpu: 1}
//!         limits: {nvidia.com/gpu: 2}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!             V1Container(
//!                 name="nim",
//!                 image="nvcr.io/nim/meta/llama3:1.0.3",
//!                 resources=V1ResourceRequirements(requests={"nvidia.com/gpu": "1"}),
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
//!       resources:
//!         requests: {nvidia.com/gpu: 1}
//!         limits: {nvidia.com/gpu: 1}
//! ```
//!
//! ## References
//! - [Kubernetes: Schedule GPUs](https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/)
//! - [Kubernetes: Extended resources](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources)

use crate::diagnostic::{Authority, Change, Fix, Literal, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "gpu-request-mismatch",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("gpu_request_mismatch.rs"),
    check,
};

/// Resources whose missing request Flyte fills in; others it leaves to the server.
const FILLED_IN: &[&str] = &["nvidia.com/gpu"];

/// What the server refuses is found by `crate::kubernetes`; here stands what only Flyte brings about.
fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(context.document.flavour, Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task) {
        return;
    }
    for container in context.pod.sidecars() {
        // flytekit's init containers are filled in like the primary one.
        if container.list == "initContainers" && context.document.sdk == Some(1) {
            continue;
        }
        let resources = container.node.get("resources");
        for name in FILLED_IN {
            let request = resources.then(|node| node.get("requests")).then(|map| map.get(name));
            let limits = resources.then(|node| node.get("limits"));
            let (Field::Known(limit), true) = (limits.then(|map| map.get(name)), request.is_missing()) else {
                continue;
            };
            let title = container.title();
            let message = format!(
                "{title} has a limit of `{name}` and no request: Flyte's open-source backend requests 0 for it, and the API \
                 server refuses the pod"
            );
            let finding = context.at(limit, message).severity(Severity::Warning).authority(Authority::Flyte);
            let finding = finding.help(format!("request the same amount of `{name}`"));
            findings.push(match request_fix(context, resources, limit, name) {
                Some(fix) => finding.fix(fix),
                None => finding,
            });
        }
    }
}

fn request_fix(context: &Context<'_>, resources: Field<&Node>, limit: &Node, name: &str) -> Option<Fix> {
    let resources = resources.known()?;
    let value = match &limit.value {
        Value::String(text) => Literal::String(text.to_string()),
        Value::Number(number) => Literal::Integer(number.as_i64()?),
        _ => return None,
    };
    let insert = match resources.get("requests") {
        Field::Known(requests) => Change::Insert { at: context.path(requests), key: name.to_owned(), value },
        Field::Missing => {
            let requests = Literal::Map(vec![(name.to_owned(), value)]);
            Change::Insert { at: context.path(resources), key: "requests".to_owned(), value: requests }
        }
        Field::Dynamic => return None,
    };
    Some(Fix::safe(format!("request as many `{name}` as the limit allows"), vec![insert]))
}
