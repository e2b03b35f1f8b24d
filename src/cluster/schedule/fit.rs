//! Resources: whether an empty node has what a pod requests.

use super::Reason;
use crate::cluster::admit::largest;
use crate::cluster::amount::{Amount, Amounts};
use crate::cluster::needs::{Amounted, PodNeeds};

/// The resources of which a node has less than is requested.
pub fn refuses(requests: &Amounted, allocatable: &Amounts, needs: &PodNeeds) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if allocatable.get("pods").is_some_and(|pods| pods.milli() < 1000) {
        reasons.push(Reason { kind: "resources", text: "takes no pods".to_owned(), path: Vec::new(), mend: None });
    }
    for (name, wanted) in requests.known.iter().filter(|(name, wanted)| !wanted.is_zero() && *name != "pods") {
        let has = allocatable.get(name).copied().unwrap_or(Amount::number(0));
        if counted(name, *wanted) <= counted(name, has) {
            continue;
        }
        let text = match allocatable.get(name) {
            Some(has) if !has.is_zero() => format!("has {has} of the {wanted} {name} requested"),
            _ => format!("has no {}", shown(name)),
        };
        reasons.push(Reason { kind: "resources", text, path: largest(needs, "requests", name), mend: None });
    }
    reasons
}

/// What all nodes of a pool together may have.
pub fn above_pool(requests: &Amounted, limits: &Amounts, needs: &PodNeeds) -> Vec<Reason> {
    let above = limits.iter().filter_map(|(name, most)| {
        let wanted = requests.known.get(name).filter(|wanted| wanted.milli() > most.milli())?;
        Some(Reason {
            kind: "resources",
            text: format!("may have {most} {name} in all its nodes, of the {wanted} requested"),
            path: largest(needs, "requests", name),
            mend: None,
        })
    });
    above.collect()
}

/// What is left of a node when the pod runs on it.
#[must_use]
pub fn room(root: &crate::tree::Node, allocatable: &Amounts) -> Amounts {
    let requests = PodNeeds::of(root).total_requests();
    let left = allocatable.iter().map(|(name, has)| {
        let wanted = requests.known.get(name).copied().unwrap_or(Amount::number(0));
        (name.clone(), has.minus(wanted))
    });
    left.collect()
}

/// Cpu is counted in thousandths, everything else in whole units.
fn counted(name: &str, amount: Amount) -> i128 {
    if name == "cpu" { amount.milli() } else { amount.whole() }
}

fn shown(name: &str) -> String {
    if matches!(name, "cpu" | "memory") { name.to_owned() } else { format!("`{name}`") }
}
