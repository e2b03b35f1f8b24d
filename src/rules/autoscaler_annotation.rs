//! # autoscaler-annotation
//!
//! ## What it does
//! Finds annotations for the cluster autoscaler and for Karpenter that have no effect: old or misspelt names, values other
//! than those they know, volumes that the pod does not have.
//!
//! ## Why
//! Autoscalers ignore what they do not know without a word, and the node is taken away under a running task. Karpenter read
//! `karpenter.sh/do-not-evict` before its version 1; since then it is `karpenter.sh/do-not-disrupt`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     karpenter.sh/do-not-evict: "true"
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"karpenter.sh/do-not-disrupt": "yes"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     karpenter.sh/do-not-disrupt: "true"
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"karpenter.sh/do-not-disrupt": "true"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [Karpenter: Disruption](https://karpenter.sh/docs/concepts/disruption/)
//! - [Cluster autoscaler: FAQ](https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::{Entry, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "autoscaler-annotation",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("autoscaler_annotation.rs"),
    check,
};

const DISRUPT: &str = "karpenter.sh/do-not-disrupt";
const OLD: &[&str] = &["karpenter.sh/do-not-evict", "karpenter.sh/do-not-consolidate"];
const VOLUMES: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
const KNOWN: &[&str] = &[DISRUPT, VOLUMES, "cluster-autoscaler.kubernetes.io/safe-to-evict"];
const DOMAINS: &[&str] = &["karpenter.sh/", "cluster-autoscaler.kubernetes.io/"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(map) = context.pod.annotations().known().and_then(Node::as_map) else { return };
    for entry in &map.entries {
        findings.push_if(match &*entry.key.wire {
            DISRUPT => not_true(context, entry),
            VOLUMES => local_volumes(context, entry),
            key if OLD.contains(&key) => {
                Some(renamed(context, entry, DISRUPT, format!("Karpenter no longer reads `{key}`")))
            }
            key if DOMAINS.iter().any(|domain| key.starts_with(domain)) && !KNOWN.contains(&key) => {
                let near = nearest(key, KNOWN.iter().copied()).and_then(|index| KNOWN.get(index));
                near.map(|near| renamed(context, entry, near, format!("no autoscaler reads `{key}`")))
            }
            _ => None,
        });
    }
}

fn renamed(context: &Context<'_>, entry: &Entry, to: &str, message: String) -> Finding {
    let rename = Change::RenameKey { at: context.path(&entry.value), to: to.to_owned() };
    let finding = context.at(&entry.value, message).shown_at(entry.key.location).help(format!("write `{to}`"));
    finding.fix(Fix::safe(format!("rename to `{to}`"), vec![rename]))
}

/// Later versions of Karpenter know durations as well: only what surely is neither is spoken of.
fn not_true(context: &Context<'_>, entry: &Entry) -> Option<Finding> {
    let text = entry.value.as_str()?;
    let meant_true = ["true", "yes", "on", "1", "y"].iter().any(|word| text.eq_ignore_ascii_case(word));
    if text == "true" || !meant_true {
        return None;
    }
    let finding = context.at(&entry.value, format!("Karpenter ignores `{text}`: it knows \"true\""));
    let fix = Fix::safe("write \"true\"", vec![context.replace(&entry.value, "true")]);
    Some(finding.help("write \"true\"").fix(fix))
}

/// The volumes that may be lost must be volumes of the pod.
fn local_volumes(context: &Context<'_>, entry: &Entry) -> Option<Finding> {
    let volumes = &context.pod.volumes;
    let merged = context.document.flavour == Flavour::ClusterTemplate;
    if volumes.open || merged || volumes.known.iter().any(|volume| volume.name().known().is_none()) {
        return None;
    }
    let listed = entry.value.as_str()?.split(',').map(str::trim).filter(|name| !name.is_empty());
    let is_absent = |name: &&str| context.pod.volume(name).is_none();
    let absent: Vec<String> = listed.filter(is_absent).map(|name| format!("`{name}`")).collect();
    let message = match absent.as_slice() {
        [] => return None,
        [one] => format!("the pod has no volume {one}"),
        more => format!("the pod has no volumes {}", more.join(", ")),
    };
    Some(context.at(&entry.value, message).help("list the names of the pod's own `emptyDir` volumes"))
}
