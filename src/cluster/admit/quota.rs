//! Quotas: what they require of pods, and what no pod can be below.
//!
//! Source: `pkg/quota/v1/evaluator/core/pods.go` and `pkg/admission/plugin/resourcequota/controller.go`.

use super::Refusal;
use super::limits::largest;
use crate::cluster::amount::Amount;
use crate::cluster::edit::below;
use crate::cluster::inventory::{Namespace, ObjectKind, Quota};
use crate::cluster::needs::{Amounted, Given, PodNeeds};
use crate::cluster::requirement::{Requirement, Tri};
use crate::flyte::Effective;
use crate::tree::{Field, Node, Path, Step, Value};

const RULE: &str = "quota-exceeded";

/// Resources of which a quota demands that each container says what it wants.
const REQUIRED: &[&str] = &["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/// What quotas refuse.
pub fn check(pod: &Effective, namespace: &Namespace, needs: &PodNeeds) -> Vec<Refusal> {
    let mut found = Vec::new();
    let (requests, limits) = (needs.total_requests(), needs.total_limits());
    for (name, quota) in &namespace.quotas {
        let counted = quota.scopes.iter().map(|scope| in_scope(scope, pod, needs)).min().unwrap_or(Tri::Yes);
        if counted != Tri::Yes || !quota.hard.keys().any(|resource| is_counted(resource)) {
            continue;
        }
        let mut of_quota = missing(quota, needs);
        if of_quota.is_empty() {
            of_quota = exceeded(quota, needs, &requests, &limits);
        }
        found.extend(of_quota.into_iter().map(|refusal| refusal.by(ObjectKind::ResourceQuota, name)));
    }
    found
}

/// Whether a quota on this counts pods.
fn is_counted(resource: &str) -> bool {
    let plain = ["pods", "count/pods", "ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage"];
    REQUIRED.contains(&resource) || plain.contains(&resource) || source(resource).is_some()
}

/// The resource of a pod that a quota counts, and whether its limits are meant.
fn source(resource: &str) -> Option<(&str, &'static str)> {
    match resource {
        "cpu" | "memory" | "ephemeral-storage" => Some((resource, "requests")),
        _ => {
            if let Some(name) = resource.strip_prefix("limits.") {
                return matches!(name, "cpu" | "memory" | "ephemeral-storage").then_some((name, "limits"));
            }
            if resource.starts_with("hugepages-") {
                return Some((resource, "requests"));
            }
            let name = resource.strip_prefix("requests.")?;
            let is_native = matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
            let is_extended = name.split_once('/').is_some_and(|(domain, _)| !domain.ends_with("kubernetes.io"));
            (is_native || is_extended).then_some((name, "requests"))
        }
    }
}

/// Containers that must say what they want, and do not.
fn missing(quota: &Quota, needs: &PodNeeds) -> Vec<Refusal> {
    let mut found = Vec::new();
    if needs.has_pod_level() {
        return found;
    }
    for (resource, _) in quota.hard.iter().filter(|(resource, _)| REQUIRED.contains(&resource.as_str())) {
        let Some((name, list)) = source(resource) else { continue };
        for container in &needs.containers {
            let from = if list == "limits" { &container.limits } else { &container.requests };
            if from.get(name) == Given::Missing {
                let noun = list.trim_end_matches('s');
                let message =
                    format!("container `{}` has no {noun} of {name}, and the quota requires one", container.name);
                let path = [Step::from("resources"), Step::from(list), Step::from(name)];
                let path = path.into_iter().fold(container.path.clone(), |path, step| below(&path, step));
                found.push(Refusal::new(RULE, path, message).help(format!("add a {noun} of {name}")));
            }
        }
    }
    found
}

/// What is above the whole quota, or above what is left of it.
fn exceeded(quota: &Quota, needs: &PodNeeds, requests: &Amounted, limits: &Amounted) -> Vec<Refusal> {
    let mut found = Vec::new();
    for (resource, hard) in &quota.hard {
        let (wanted, path): (Amount, Path) = match source(resource) {
            Some((name, list)) => {
                let from = if list == "limits" { limits } else { requests };
                let wanted = match from.get(name) {
                    Given::Exactly(amount) | Given::AtLeast(amount) => amount,
                    Given::Missing => continue,
                };
                (wanted, largest(needs, list, name))
            }
            None if matches!(resource.as_str(), "pods" | "count/pods") => (Amount::number(1), Path::new()),
            None => continue,
        };
        if wanted.is_zero() {
            continue;
        }
        let used = quota.used.get(resource).copied().unwrap_or(Amount::number(0));
        if wanted.milli() > hard.milli() {
            let message = format!("{resource} of {wanted} is above the whole quota of {hard}");
            found.push(Refusal::new(RULE, path, message));
        } else if wanted.plus(used).milli() > hard.milli() {
            let left = hard.minus(used);
            let message = format!("{resource} of {wanted} is above the {left} that was left of the quota of {hard}");
            found.push(Refusal { only_now: true, ..Refusal::new(RULE, path, message) });
        }
    }
    found
}

/// Whether a pod is in one of a quota's scopes.
fn in_scope(scope: &Requirement, pod: &Effective, needs: &PodNeeds) -> Tri {
    let spec = pod.root.get("spec");
    let not = |answer: Tri| match answer {
        Tri::Yes => Tri::No,
        Tri::No => Tri::Yes,
        Tri::Unknown => Tri::Unknown,
    };
    match scope.key.as_str() {
        "Terminating" => is_terminating(spec),
        "NotTerminating" => not(is_terminating(spec)),
        "BestEffort" => is_best_effort(needs),
        "NotBestEffort" => not(is_best_effort(needs)),
        "PriorityClass" => match spec.then(|spec| spec.text("priorityClassName")) {
            Field::Dynamic => Tri::Unknown,
            Field::Known(name) if !name.is_empty() => Tri::of(scope.allows(Some(name))),
            _ => Tri::of(scope.operator != "Exists" && scope.allows(None)),
        },
        "CrossNamespacePodAffinity" => crosses_namespaces(spec),
        _ => Tri::Unknown,
    }
}

fn is_terminating(spec: Field<&Node>) -> Tri {
    match spec.then(|spec| spec.get("activeDeadlineSeconds")) {
        Field::Known(Node { value: Value::Number(number), .. }) => Tri::of(number.as_i64().is_some_and(|one| one >= 0)),
        Field::Missing => Tri::No,
        _ => Tri::Unknown,
    }
}

/// Only cpu and memory count.
fn is_best_effort(needs: &PodNeeds) -> Tri {
    let all = needs.containers.iter().flat_map(|one| [&one.requests, &one.limits]);
    let mut doubt = needs.open;
    for list in all.chain([&needs.requests, &needs.limits]) {
        for name in ["cpu", "memory"] {
            match list.get(name) {
                Given::Exactly(amount) | Given::AtLeast(amount) if !amount.is_zero() => return Tri::No,
                Given::AtLeast(_) => doubt = true,
                _ => {}
            }
        }
    }
    if doubt { Tri::Unknown } else { Tri::Yes }
}

fn crosses_namespaces(spec: Field<&Node>) -> Tri {
    let affinity = match spec.then(|spec| spec.get("affinity")) {
        Field::Known(affinity) => affinity,
        Field::Missing => return Tri::No,
        Field::Dynamic => return Tri::Unknown,
    };
    let mut pending = vec![affinity];
    let mut doubt = false;
    while let Some(node) = pending.pop() {
        let names = node.as_map().and_then(|map| map.entry("namespaces"));
        let any = names.is_some_and(|entry| entry.value.as_list().is_some_and(|list| !list.items.is_empty()));
        if any || node.as_map().is_some_and(|map| map.entry("namespaceSelector").is_some()) {
            return Tri::Yes;
        }
        doubt |= node.is_dynamic() || node.as_map().is_some_and(|map| map.open);
        pending.extend(node.children());
    }
    if doubt { Tri::Unknown } else { Tri::No }
}
