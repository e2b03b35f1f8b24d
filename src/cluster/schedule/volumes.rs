//! Claims: whether their volumes, or volumes that could be made for them, can be reached from a node.
//!
//! Source: `volumebinding` and `volumezone` of the scheduler.

use std::collections::BTreeSet;

use super::{Judge, Reason};
use crate::cluster::group::HOSTNAME;
use crate::cluster::inventory::{Claim, Inventory, NodeClass, ObjectKind, StorageClass, Volume};
use crate::cluster::requirement::{Requirement, Tri};
use crate::tree::Path;

/// The provisioner that makes nothing.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";
const TOPOLOGY: &[&str] = &[
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
];

/// Why claims keep a pod from a class of nodes.
pub fn refuses(judge: &Judge<'_>, class: &NodeClass, name: Option<&str>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if judge.placement.claims.is_empty() {
        return reasons;
    }
    let Some(namespace) = judge.inventory.namespaces.get(judge.namespace) else { return reasons };
    let mut claims: Vec<(&Path, &str, &Claim)> = judge
        .placement
        .claims
        .iter()
        .filter_map(|(path, name)| Some((path, name.as_str(), namespace.claims.get(name)?)))
        .collect();
    claims.sort_by_key(|(_, _, claim)| claim.size.map(crate::cluster::amount::Amount::milli));
    let mut chosen = BTreeSet::new();
    for (path, claim_name, claim) in claims {
        let node = NodeView { class, name };
        let owner = format!("{}/{claim_name}", judge.namespace);
        if let Some(text) = node.refuses(claim_name, claim, &owner, judge.inventory, &mut chosen) {
            reasons.push(Reason { kind: "volume", text, path: path.clone(), mend: None });
        }
    }
    reasons
}

struct NodeView<'a> {
    class: &'a NodeClass,
    name: Option<&'a str>,
}

impl NodeView<'_> {
    fn refuses(
        &self,
        name: &str,
        claim: &Claim,
        owner: &str,
        inventory: &Inventory,
        chosen: &mut BTreeSet<String>,
    ) -> Option<String> {
        if let Some(volume) = &claim.volume {
            return self.refuses_bound(name, inventory.volumes.get(volume)?);
        }
        let class_name = claim.class.as_deref().filter(|class| !class.is_empty())?;
        let class = inventory.storage_classes.get(class_name).filter(|class| class.waits_for_pod)?;
        if let Some(found) = self.find(claim, class_name, owner, inventory, chosen) {
            chosen.insert(found);
            return None;
        }
        self.refuses_new(name, claim, class_name, class, inventory)
    }

    fn refuses_bound(&self, name: &str, volume: &Volume) -> Option<String> {
        if volume.terms.as_ref().is_some_and(|terms| self.any(terms) == Tri::No) {
            return Some(format!("cannot reach the volume of the claim `{name}`"));
        }
        let labels = &self.class.labels;
        if !TOPOLOGY.iter().any(|key| labels.contains_key(*key)) {
            return None;
        }
        let here = |key: &str| {
            let current = match key {
                "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
                "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
                key => key,
            };
            labels.get(key).or_else(|| labels.get(current))
        };
        let placed = volume.labels.iter().filter(|(key, _)| TOPOLOGY.contains(&key.as_str()));
        let mut elsewhere = placed.filter(|(key, value)| {
            // A volume may be in several zones.
            here(key).is_none_or(|own| !value.split("__").any(|one| one == own))
        });
        let (_, zone) = elsewhere.next()?;
        Some(format!("is not in `{zone}`, where the volume of the claim `{name}` is"))
    }

    /// A volume that is there, and could be bound.
    fn find(
        &self,
        claim: &Claim,
        class: &str,
        owner: &str,
        inventory: &Inventory,
        chosen: &BTreeSet<String>,
    ) -> Option<String> {
        let fits = |(name, volume): &(&String, &Volume)| {
            let mode = |mode: &Option<String>| mode.clone().unwrap_or_else(|| "Filesystem".to_owned());
            let large_enough = match (volume.capacity, claim.size) {
                (Some(has), Some(wanted)) => has.milli() >= wanted.milli(),
                (None, Some(_)) => false,
                _ => true,
            };
            let reachable = volume.terms.as_ref().is_none_or(|terms| self.any(terms) != Tri::No);
            if chosen.contains(*name) || !large_enough || mode(&volume.mode) != mode(&claim.mode) || !reachable {
                return false;
            }
            match &volume.claim {
                Some(own) => own == owner,
                None => {
                    volume.available
                        && volume.class.as_deref() == Some(class)
                        && claim.selector.iter().all(|one| one.met_by(&volume.labels))
                        && claim.access_modes.iter().all(|mode| volume.access_modes.contains(mode))
                }
            }
        };
        let found = inventory.volumes.iter().filter(fits);
        let smallest = found.min_by_key(|(_, volume)| volume.capacity.map(crate::cluster::amount::Amount::milli));
        smallest.map(|(name, _)| name.clone())
    }

    /// Why no volume can be made for the claim.
    fn refuses_new(
        &self,
        name: &str,
        claim: &Claim,
        class_name: &str,
        class: &StorageClass,
        inventory: &Inventory,
    ) -> Option<String> {
        if class.provisioner.is_empty() || class.provisioner == NO_PROVISIONER {
            let all_known = inventory.complete || inventory.known.contains(&ObjectKind::Volume);
            return all_known.then(|| {
                format!("has no volume for the claim `{name}`, and the class `{class_name}` does not make any")
            });
        }
        if !class.topologies.is_empty() && self.any(&class.topologies) == Tri::No {
            return Some(format!(
                "is not where the class `{class_name}` makes volumes, which the claim `{name}` needs"
            ));
        }
        let looks = inventory.csi_drivers.get(&class.provisioner) == Some(&true);
        let none_known = inventory.storage_capacities.is_empty() && !inventory.complete;
        if !looks || none_known {
            return None;
        }
        let wanted = claim.size?;
        let enough = inventory.storage_capacities.iter().any(|capacity| {
            capacity.class == class_name
                && capacity.most.is_some_and(|most| most.milli() >= wanted.milli())
                && capacity.selector.as_ref().is_some_and(|all| all.iter().all(|one| self.meets(one) != Tri::No))
        });
        (!enough).then(|| format!("has no storage of the class `{class_name}` left for the claim `{name}`"))
    }

    fn any(&self, terms: &[Vec<Requirement>]) -> Tri {
        let term = |term: &Vec<Requirement>| match term.as_slice() {
            [] => Tri::No,
            all => all.iter().map(|one| self.meets(one)).min().unwrap_or(Tri::Yes),
        };
        terms.iter().map(term).max().unwrap_or(Tri::No)
    }

    fn meets(&self, one: &Requirement) -> Tri {
        let class = self.class;
        match class.labels.get(&one.key) {
            Some(value) => Tri::of(one.allows(Some(value))),
            None if class.own_labels.contains(&one.key) => Tri::Unknown,
            None if one.key == HOSTNAME => match self.name {
                Some(name) => Tri::of(one.allows(Some(name))),
                // One of the nodes of the class is enough.
                None if class.names.is_empty() => Tri::Unknown,
                None => Tri::of(class.names.iter().any(|name| one.allows(Some(name)))),
            },
            None => Tri::of(one.allows(None)),
        }
    }
}
