//! # container-restart-policy
//!
//! ## What it does
//! Finds the `restartPolicy` of a single container where Kubernetes refuses it, or does not do what is hoped for.
//!
//! ## Why
//! `restartPolicy: Always` makes a native sidecar of an *init container*: it starts first, and does not keep the pod from
//! ending. Among the regular containers it does nothing of the kind. Up to Kubernetes 1.33 the API server refuses it there,
//! 1.34 drops it without a word (`ignored-field` says so), and from 1.35 on it means what it says: the container is
//! restarted, whenever it ends, so that the pod of a task never does.
//!
//! An init container takes `Always` alone up to Kubernetes 1.33. In 1.34 everything else is dropped, which makes a container
//! that all others wait for; from 1.35 on `OnFailure` and `Never` are taken as well.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   restartPolicy: Never
//!   initContainers:
//!     - name: proxy
//!       image: envoyproxy/envoy:v1.30.1
//!       restartPolicy: always
//!       resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 100m, memory: 128Mi}}
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", restart_policy="Always")]),
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! small = {"cpu": "100m", "memory": "128Mi"}
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         init_containers=[
//!             V1Container(
//!                 name="proxy",
//!                 image="envoyproxy/envoy:v1.30.1",
//!                 restart_policy="Always",
//!                 resources=V1ResourceRequirements(requests=small, limits=small),
//!             ),
//!         ],
//!         containers=[V1Container(name="primary")],
//!     ),
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [Kubernetes: Sidecar containers](https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/)
//! - [Kubernetes: Container restart policy](https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::Container;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::schema::Gate;
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "container-restart-policy",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("container_restart_policy.rs"),
    check,
};

/// What the newest releases know.
const POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let Field::Known(node) = container.node.get("restartPolicy") else { continue };
        let Some(policy) = node.as_str() else { continue };
        let is_init = match container.list {
            "containers" => false,
            "initContainers" => true,
            _ => continue,
        };
        let finding = match judge(context, is_init, policy) {
            Judge::Drops => None,
            Judge::Refuses => refused(context, node, policy, is_init),
            Judge::Reads => misspelt(context, node, policy).or_else(|| endless(context, container, node, policy)),
        };
        // Where the version is not known, the cluster may be one that ignores it.
        let guessed = context.settings.kubernetes_version.is_none();
        let finding = finding.map(|found| if guessed { found.severity(Severity::Warning) } else { found });
        findings
            .push_if(finding.map(|finding| finding.or_help(help(context, is_init)).fix_case(context, node, policy)));
    }
}

/// What the cluster's release does with the policy of a container.
enum Judge {
    /// It drops it: `ignored-field` says so.
    Drops,
    /// It takes `Always`, of init containers only.
    Refuses,
    /// It takes all of the policies.
    Reads,
}

fn judge(context: &Context<'_>, is_init: bool, policy: &str) -> Judge {
    let release = context.settings.release();
    let (rules, sidecars) = (Gate::ContainerRestartRules, Gate::SidecarContainers);
    // The schema of older releases lacks the field.
    if !release.is_from(28) || (is_init && !release.has(sidecars)) {
        return Judge::Drops;
    }
    match (release.has(rules), release.knows(rules)) {
        (true, _) => Judge::Reads,
        (false, true) if !is_init || policy != "Always" => Judge::Drops,
        _ => Judge::Refuses,
    }
}

fn refused(context: &Context<'_>, node: &Node, policy: &str, is_init: bool) -> Option<Finding> {
    let field = context.field("restartPolicy");
    match (is_init, policy) {
        (true, "Always") => None,
        (true, _) => {
            Some(context.at(node, format!("the `{field}` of an init container must be `Always`, not `{policy}`")))
        }
        (false, _) => {
            Some(context.at(node, format!("only init containers may have a `{field}` before Kubernetes 1.34")))
        }
    }
}

fn misspelt(context: &Context<'_>, node: &Node, policy: &str) -> Option<Finding> {
    if POLICIES.contains(&policy) {
        return None;
    }
    let field = context.field("restartPolicy");
    Some(context.at(node, format!("`{field}` must be `Always`, `OnFailure` or `Never`, not `{policy}`")))
}

/// A regular container that runs again whenever it has ended, in a pod that should end.
fn endless(context: &Context<'_>, container: &Container<'_>, node: &Node, policy: &str) -> Option<Finding> {
    let is_task = matches!(
        context.document.flavour,
        Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task | Flavour::ClusterTemplate
    );
    let of_pod = context.pod.spec.then(|spec| spec.text("restartPolicy"));
    let ends = matches!(of_pod, Field::Known("Never" | "OnFailure")) && context.document.flavour == Flavour::Workload;
    if !(is_task || ends) || container.list != "containers" || policy != "Always" {
        return None;
    }
    let (whole, authority) = if is_task { ("task", Authority::Flyte) } else { ("pod", Authority::Kubernetes) };
    let message =
        format!("with `Always` {} is started again whenever it ends: the {whole} never does", container.title());
    Some(context.at(node, message).severity(Severity::Warning).authority(authority))
}

fn help(context: &Context<'_>, is_init: bool) -> &'static str {
    match (is_init, context.is_python()) {
        (true, _) => "`Always` makes a native sidecar of an init container",
        (false, true) => "leave it out; for a native sidecar move the container to `init_containers`",
        (false, false) => "leave it out; for a native sidecar move the container to `initContainers`",
    }
}

impl Finding {
    /// Fixes what only the case of its letters is wrong with.
    fn fix_case(self, context: &Context<'_>, node: &Node, policy: &str) -> Self {
        let right = POLICIES.into_iter().find(|right| right.eq_ignore_ascii_case(policy) && *right != policy);
        match right {
            Some(right) => self.fix(Fix::safe(format!("write `{right}`"), vec![context.replace(node, right)])),
            None => self,
        }
    }
}
