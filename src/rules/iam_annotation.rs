//! # iam-annotation
//!
//! ## What it does
//! Finds annotations that are to give a pod an identity in the cloud and do not: those that belong on the service account,
//! malformed roles, and Azure's switch among the annotations.
//!
//! ## Why
//! `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account` and `azure.workload.identity/client-id` are read from the
//! ServiceAccount only; on a pod they do nothing, and the task is refused access to its data. kube2iam and kiam read
//! `iam.amazonaws.com/role` from the pod: a role's name or ARN. Azure's webhook looks for the *label*
//! `azure.workload.identity/use: "true"`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/train
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
//!     annotations={"iam.amazonaws.com/role": "arn:aws:iam:123456789012:role/train"},
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
//! spec:
//!   serviceAccountName: train
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
//!     annotations={"iam.amazonaws.com/role": "arn:aws:iam::123456789012:role/train"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [EKS: IAM roles for service accounts](https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html)
//! - [GKE: Workload Identity](https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity)
//! - [Azure Workload Identity: Labels and annotations](https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html)
//! - [kube2iam](https://github.com/jtblin/kube2iam)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Entry, Field, Node, Step};

/// The rule.
pub static RULE: Rule = Rule {
    name: "iam-annotation",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("iam_annotation.rs"),
    check,
};

const OF_ACCOUNTS: &[&str] =
    &["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];
const ROLE: &str = "iam.amazonaws.com/role";
const AZURE: &str = "azure.workload.identity/use";

fn check(context: &Context<'_>, findings: &mut Findings) {
    if let Some(map) = context.pod.annotations().known().and_then(Node::as_map) {
        for entry in &map.entries {
            findings.push_if(match &*entry.key.wire {
                ROLE => role(context, &entry.value),
                AZURE => Some(azure_annotation(context, entry)),
                key if OF_ACCOUNTS.contains(&key) => {
                    let message = format!("`{key}` belongs on the ServiceAccount; on a pod it does nothing");
                    let help =
                        format!("annotate the account, and name it in `{}`", context.field("serviceAccountName"));
                    Some(context.at(&entry.value, message).shown_at(entry.key.location).help(help))
                }
                _ => None,
            });
        }
    }
    misplaced_label(context, findings);
    if let Field::Known(node) = context.pod.labels().then(|map| map.get(AZURE))
        && let Some(text) = node.as_str()
        && text != "true"
    {
        let finding = context.at(node, format!("Azure's webhook ignores `{text}`: the label must be \"true\""));
        findings.push(finding.help("write \"true\", or remove the label"));
    }
}

/// The label on the object around the pod, where the webhook does not look.
fn misplaced_label(context: &Context<'_>, findings: &mut Findings) {
    if context.document.template.is_empty() {
        return;
    }
    let outer = context.document.root.get("metadata").then(|metadata| metadata.get("labels"));
    let Some(entry) = outer.known().and_then(Node::as_map).and_then(|map| map.entry(AZURE)) else { return };
    if context.pod.labels().then(|map| map.get(AZURE)).is_missing() || context.pod.labels().is_missing() {
        let message =
            format!("`{AZURE}` is on the object around the pod; Azure's webhook looks at the pod's own labels");
        let finding = context.at(&entry.value, message).shown_at(entry.key.location);
        findings.push(finding.help("move it to the labels of the pod template"));
    }
}

fn role(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let text = node.as_str()?;
    let fault = if text.trim().is_empty() {
        "this names no role"
    } else if text.starts_with("arn:") {
        (!is_role_arn(text)).then_some("this is no ARN of a role")?
    } else if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte)) {
        "this is no name of a role"
    } else {
        return None;
    };
    Some(context.at(node, fault).help("write the role's name, or `arn:aws:iam::123456789012:role/name`"))
}

/// `arn:aws:iam::123456789012:role/name`.
fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, partition, service, region, account, resource] = parts.as_slice() else { return false };
    let named = resource.strip_prefix("role/").is_some_and(|name| !name.is_empty());
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    partition.starts_with("aws") && *service == "iam" && region.is_empty() && is_account && named
}

fn azure_annotation(context: &Context<'_>, entry: &Entry) -> Finding {
    let message = format!("`{AZURE}` must be a label; Azure's webhook does not read the annotation");
    let mut labels = context.document.template.clone();
    labels.extend([Step::from("metadata"), Step::from("labels")]);
    let insert = Change::Insert { at: labels, key: AZURE.to_owned(), value: "true".into() };
    let fix = Fix::needs_review("make it a label", vec![context.remove(&entry.value), insert]);
    context.at(&entry.value, message).shown_at(entry.key.location).help("move it to the labels").fix(fix)
}
