//! Limit ranges: what they fill in, and what they refuse.
//!
//! Source: `plugin/pkg/admission/limitranger/admission.go`.

use std::collections::BTreeMap;

use super::Refusal;
use crate::cluster::amount::{Amount, Amounts};
use crate::cluster::edit::{below, ensure_map, set_missing};
use crate::cluster::inventory::{LimitItem, Namespace, ObjectKind};
use crate::cluster::needs::{Amounted, ContainerNeeds, Given, PodNeeds};
use crate::flyte::{Effective, Origin};
use crate::tree::{Node, Path, Step};

const BY: &str = "the limit range";
const RULE: &str = "limit-range";

/// Gives containers the limits and requests that they lack.
pub fn fill(pod: &mut Effective, namespace: &Namespace) {
    let paths: Vec<Path> = PodNeeds::of(&pod.root).containers.into_iter().map(|one| one.path).collect();
    for items in namespace.limit_ranges.values() {
        let (mut limits, mut requests) = (Amounts::new(), Amounts::new());
        for item in items.iter().filter(|item| item.kind == "Container") {
            limits.extend(item.default.clone());
            requests.extend(item.default_request.clone());
        }
        for path in &paths {
            give(pod, path, "limits", &limits);
            give(pod, path, "requests", &requests);
        }
    }
}

fn give(pod: &mut Effective, container: &[Step], field: &str, amounts: &Amounts) {
    let resources = below(container, "resources");
    if amounts.is_empty() || !ensure_map(pod, container, "resources") || !ensure_map(pod, &resources, field) {
        return;
    }
    let list = below(&resources, field);
    let at = pod.root.at(container).map(|node| node.location).unwrap_or_default();
    for (name, amount) in amounts {
        set_missing(pod, &list, name, Node::string(&amount.to_string(), at), BY);
    }
}

/// Requests above limits of which the limit range set one: the server's validation refuses the pod.
pub fn contradictions(pod: &Effective, needs: &PodNeeds) -> Vec<Refusal> {
    let mut found = Vec::new();
    for container in &needs.containers {
        for (name, request) in &container.requests.known {
            let (requested, limited) = (field(container, "requests", name), field(container, "limits", name));
            let Some(limit) = container.limits.known.get(name).filter(|limit| request.milli() > limit.milli()) else {
                continue;
            };
            let by_range = |path: &Path| pod.origin(path) == Some(Origin::Admission(BY));
            // What the user wrote on both sides is the server's error without any limit range.
            let (path, message) = match (by_range(&requested), by_range(&limited)) {
                (false, true) => {
                    let message = format!("the request of {request} {name} is above the default limit of {limit}");
                    (requested, message)
                }
                (true, false) => {
                    let message = format!("the limit of {limit} {name} is below the default request of {request}");
                    (limited, message)
                }
                _ => continue,
            };
            let help = format!("set both the request and the limit of {name}");
            found.push(Refusal::new(RULE, path, message).help(help));
        }
    }
    found
}

/// Defaults of containers that are above what is set for the pod as a whole.
pub fn above_pod_level(pod: &Effective, needs: &PodNeeds) -> Vec<Refusal> {
    let by_range = |one: &ContainerNeeds, list: &str, name: &str| {
        pod.origin(&field(one, list, name)) == Some(Origin::Admission(BY))
    };
    let mut found = Vec::new();
    let sum = needs.sum(|container| &container.requests);
    for (name, own) in &needs.requests.known {
        let given = needs.containers.iter().any(|one| by_range(one, "requests", name));
        if let Some(all) = sum.known.get(name).filter(|all| given && all.milli() > own.milli()) {
            let message =
                format!("the pod's request of {own} {name} is below the {all} that its containers have with defaults");
            let path = ["spec", "resources", "requests", name].map(Step::from).to_vec();
            found.push(Refusal::new(RULE, path, message));
        }
    }
    for (name, own) in &needs.limits.known {
        let above = |one: &&ContainerNeeds| {
            by_range(one, "limits", name) && one.limits.known.get(name).is_some_and(|one| one.milli() > own.milli())
        };
        if let Some(one) = needs.containers.iter().find(above) {
            let message =
                format!("the pod's limit of {own} {name} is below the default limit of container `{}`", one.name);
            let path = ["spec", "resources", "limits", name].map(Step::from).to_vec();
            found.push(Refusal::new(RULE, path, message));
        }
    }
    found
}

/// What limit ranges refuse.
pub fn check(pod: &Effective, namespace: &Namespace, needs: &PodNeeds) -> Vec<Refusal> {
    let mut found = Vec::new();
    // Overhead does not count here, though it does everywhere else.
    let (requests, limits) = (needs.own_requests(), needs.own_limits());
    for (range, item) in
        namespace.limit_ranges.iter().flat_map(|(name, items)| items.iter().map(move |one| (name, one)))
    {
        match item.kind.as_str() {
            "Container" => {
                for container in &needs.containers {
                    let subject = Subject {
                        who: format!("container `{}`", container.name),
                        requests: &container.requests,
                        limits: &container.limits,
                        place: &|list, name| field(container, list, name),
                        pod,
                    };
                    found.extend(subject.check(item, range));
                }
            }
            "Pod" => {
                let place = |list: &str, name: &str| largest(needs, list, name);
                let subject =
                    Subject { who: "the pod".to_owned(), requests: &requests, limits: &limits, place: &place, pod };
                found.extend(subject.check(item, range));
            }
            _ => {}
        }
    }
    found
}

/// A container or pod under a limit range.
struct Subject<'a> {
    who: String,
    requests: &'a Amounted,
    limits: &'a Amounted,
    place: &'a dyn Fn(&str, &str) -> Path,
    pod: &'a Effective,
}

impl Subject<'_> {
    fn check(&self, item: &LimitItem, range: &str) -> Vec<Refusal> {
        let mut by_name: BTreeMap<&str, Refusal> = BTreeMap::new();
        let min = item.min.iter().map(|(name, least)| (name, self.below_min(name, *least)));
        let max = item.max.iter().map(|(name, most)| (name, self.above_max(name, *most)));
        let ratio = item.ratio.iter().map(|(name, most)| (name, self.above_ratio(name, *most)));
        for (name, refusal) in min.chain(max).chain(ratio) {
            if let Some(refusal) = refusal {
                by_name.entry(name).or_insert(refusal.by(ObjectKind::LimitRange, range));
            }
        }
        by_name.into_values().collect()
    }

    fn refusal(&self, list: &str, name: &str, message: String) -> Refusal {
        Refusal::new(RULE, (self.place)(list, name), format!("{}: {message}", self.who))
    }

    fn below_min(&self, name: &str, least: Amount) -> Option<Refusal> {
        let too_small = |list: &str, noun: &str, given: Given| match given {
            Given::Exactly(amount) if amount.milli() < least.milli() => Some(
                self.refusal(list, name, format!("the {noun} of {amount} {name} is below the minimum of {least}"))
                    .help(format!("ask for at least `{least}`")),
            ),
            _ => None,
        };
        match self.requests.get(name) {
            Given::Missing => {
                let message = format!("a request of {name} is required, of at least {least}");
                Some(self.refusal("requests", name, message).help(format!("add a request of {name}")))
            }
            given => {
                too_small("requests", "request", given).or_else(|| too_small("limits", "limit", self.limits.get(name)))
            }
        }
    }

    fn above_max(&self, name: &str, most: Amount) -> Option<Refusal> {
        let too_large = |list: &str, noun: &str, given: Given| match given {
            Given::Exactly(amount) | Given::AtLeast(amount) if amount.milli() > most.milli() => Some(
                self.refusal(list, name, format!("the {noun} of {amount} {name} is above the maximum of {most}"))
                    .help(format!("ask for at most `{most}`")),
            ),
            _ => None,
        };
        match self.limits.get(name) {
            Given::Missing => {
                let message = format!("a limit of {name} is required, of at most {most}");
                Some(self.refusal("limits", name, message).help(format!("add a limit of {name}")))
            }
            given => too_large("limits", "limit", given)
                .or_else(|| too_large("requests", "request", self.requests.get(name))),
        }
    }

    fn above_ratio(&self, name: &str, most: Amount) -> Option<Refusal> {
        let absent = |given: Given| match given {
            Given::Missing => true,
            Given::Exactly(amount) => amount.is_zero(),
            Given::AtLeast(_) => false,
        };
        let (request, limit) = (self.requests.get(name), self.limits.get(name));
        if absent(request) || absent(limit) {
            let list = if absent(request) { "requests" } else { "limits" };
            let message = format!("a limit of {name} may be at most {most} times the request, and both are required");
            return Some(
                self.refusal(list, name, message).help(format!("set both the request and the limit of {name}")),
            );
        }
        let (Given::Exactly(request), Given::Exactly(limit)) = (request, limit) else { return None };
        if limit.milli() * 1000 <= most.milli().saturating_mul(request.milli()) {
            return None;
        }
        let hundredths = limit.milli() * 100 / request.milli().max(1);
        let times = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        let times = times.trim_end_matches('0').trim_end_matches('.');
        let message = format!(
            "the limit of {limit} {name} is {times} times the request of {request}, and at most {most} times is allowed",
        );
        let by_range = self.pod.origin(&(self.place)("limits", name)) == Some(Origin::Admission(BY));
        let list = if by_range { "requests" } else { "limits" };
        Some(self.refusal(list, name, message))
    }
}

fn field(container: &ContainerNeeds, list: &str, name: &str) -> Path {
    [Step::from("resources"), Step::from(list), Step::from(name)]
        .iter()
        .fold(container.path.clone(), |path, step| below(&path, step.clone()))
}

/// Where most of a sum comes from.
pub fn largest(needs: &PodNeeds, list: &str, name: &str) -> Path {
    let part = |one: &ContainerNeeds| {
        let from = if list == "limits" { &one.limits } else { &one.requests };
        from.known.get(name).map(|amount| amount.milli())
    };
    let of_pod = if list == "limits" { &needs.limits } else { &needs.requests };
    if of_pod.known.contains_key(name) {
        return ["spec", "resources", list, name].map(Step::from).to_vec();
    }
    let most = needs.containers.iter().filter(|one| part(one).is_some()).max_by_key(|one| part(one));
    most.or(needs.containers.first()).map(|one| field(one, list, name)).unwrap_or_default()
}
