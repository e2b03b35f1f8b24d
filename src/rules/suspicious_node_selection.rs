//! # suspicious-node-selection
//!
//! ## What it does
//! Checks for selectors and tolerations that are allowed but likely do not select what was meant.
//!
//! ## Why
//! A toleration without `operator` and `value` tolerates only a taint with the empty value. The label `karpenter.sh/provisioner-name`
//! belongs to a generation of Karpenter that is gone. A label of an accelerator selects nodes that are nearly always tainted, and GKE
//! adds the toleration only to pods that ask for the device.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   tolerations:
//!     - key: nvidia.com/gpu
//!       effect: NoSchedule
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         node_selector={"karpenter.sh/provisioner-name": "gpu"},
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
//!   tolerations:
//!     - key: nvidia.com/gpu
//!       operator: Exists
//!       effect: NoSchedule
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       resources:
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "1", memory: 2Gi}
//! ```
//!
//! ## References
//! - [Kubernetes: Taints and tolerations](https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/)
//! - [Karpenter: v1 migration](https://karpenter.sh/docs/upgrading/v1-migration/)

use crate::cluster::{Remark, suspicions, unused_accelerator};
use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::flyte;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "suspicious-node-selection",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("suspicious_node_selection.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(template) = context.pod.template.known() else { return };
    let tolerations = context.pod.spec.then(|spec| spec.get("tolerations")).known().and_then(Node::as_list);
    for toleration in tolerations.into_iter().flat_map(|list| &list.items) {
        of_toleration(context, toleration, findings);
    }
    for remark in suspicions(template).into_iter().chain(accelerator(context)) {
        if let Some(node) = template.at(&remark.path) {
            findings.push(context.at(node, remark.message).help(remark.help));
        }
    }
}

/// Of Flyte's templates the tasks say which devices are asked for: without any it is not known.
fn accelerator(context: &Context<'_>) -> Option<Remark> {
    if context.pod.belongs_to_flyte() && context.document.uses.is_empty() {
        return None;
    }
    let mut remarks = flyte::each_pod(context.document).map(|pod| unused_accelerator(&pod.root));
    let first = remarks.next()??;
    remarks.all(|remark| remark.is_some()).then_some(first)
}

/// Taints with an empty value are rare.
fn of_toleration(context: &Context<'_>, toleration: &Node, findings: &mut Findings) {
    let Field::Known(key) = toleration.text("key") else { return };
    let equals = matches!(toleration.text("operator"), Field::Missing | Field::Known("" | "Equal"));
    let empty = matches!(toleration.text("value"), Field::Missing | Field::Known(""));
    // Those that Kubernetes sets itself have none.
    if !equals || !empty || key.is_empty() || key.starts_with("node.kubernetes.io/") {
        return;
    }
    let message = format!("the toleration of `{key}` covers only a taint with the empty value");
    let at = toleration.get("key").known().unwrap_or(toleration);
    let finding = context.at(at, message).help("add `operator: Exists` to tolerate every value");
    let missing = toleration.get("operator").is_missing() && toleration.get("value").is_missing();
    let change = Change::Insert { at: context.path(toleration), key: "operator".to_owned(), value: "Exists".into() };
    findings.push(if missing {
        finding.fix(Fix::needs_review("add `operator: Exists`", vec![change]))
    } else {
        finding
    });
}
