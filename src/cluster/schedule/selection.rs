//! Node selectors and required node affinity.

use std::collections::BTreeSet;

use super::{Mend, Reason};
use crate::cluster::group::HOSTNAME;
use crate::cluster::inventory::{Inventory, NodeClass, Pool};
use crate::cluster::karpenter::ValueSets;
use crate::cluster::requirement::{Requirement, Tri};
use crate::cluster::view::{Placed, Placement, Term};
use crate::text::nearest;

/// Why a class of nodes is not selected.
pub fn refuses(placement: &Placement, class: &NodeClass, name: Option<&str>) -> Vec<Reason> {
    let unmet = placement.selector.iter().filter(|one| meets(one, class, name) == Tri::No);
    let mut reasons: Vec<Reason> = unmet.map(|one| reason(one, class)).collect();
    let Some(terms) = placement.terms.as_ref().filter(|_| !placement.terms_open) else { return reasons };
    if terms.iter().any(|term| term_holds(term, class, name) != Tri::No) {
        return reasons;
    }
    match terms.as_slice() {
        [only] => {
            let unmet = only.labels.iter().filter(|one| meets(one, class, name) == Tri::No);
            reasons.extend(unmet.map(|one| reason(one, class)));
            let unmet = only.fields.iter().filter(|one| field_meets(one, name) == Tri::No);
            reasons.extend(unmet.map(|one| of_affinity("is not the node that is named", &one.path)));
            if only.labels.is_empty() && only.fields.is_empty() {
                reasons.push(of_affinity("is not selected, as an empty term matches no node", &only.path));
            }
        }
        several => {
            let path = several.first().map(|term| term.path.clone()).unwrap_or_default();
            reasons.push(of_affinity("matches none of the terms of the required node affinity", &path));
        }
    }
    reasons
}

fn of_affinity(text: &str, path: &[crate::tree::Step]) -> Reason {
    Reason { kind: "node-affinity", text: text.to_owned(), path: path.to_vec(), mend: None }
}

fn term_holds(term: &Term, class: &NodeClass, name: Option<&str>) -> Tri {
    if term.labels.is_empty() && term.fields.is_empty() {
        return if term.open { Tri::Unknown } else { Tri::No };
    }
    let labels = term.labels.iter().map(|one| meets(one, class, name));
    let fields = term.fields.iter().map(|one| field_meets(one, name));
    labels.chain(fields).min().unwrap_or(Tri::Yes)
}

fn meets(one: &Placed, class: &NodeClass, name: Option<&str>) -> Tri {
    let Some(requirement) = &one.requirement else { return Tri::Unknown };
    let key = requirement.key.as_str();
    match (class.labels.get(key), name) {
        (Some(value), _) => Tri::of(requirement.allows(Some(value))),
        (None, _) if class.own_labels.contains(key) => match requirement.operator.as_str() {
            "Exists" => Tri::Yes,
            "DoesNotExist" => Tri::No,
            _ => Tri::Unknown,
        },
        (None, Some(name)) if key == HOSTNAME => Tri::of(requirement.allows(Some(name))),
        (None, None) if key == HOSTNAME => Tri::Unknown,
        (None, _) => Tri::of(requirement.allows(None)),
    }
}

fn field_meets(one: &Placed, name: Option<&str>) -> Tri {
    match (&one.requirement, name) {
        (Some(requirement), Some(name)) if requirement.key == "metadata.name" => {
            Tri::of(requirement.allows(Some(name)))
        }
        _ => Tri::Unknown,
    }
}

/// Whether the nodes of a class have a label.
pub fn has_label(class: &NodeClass, key: &str) -> Tri {
    let is_there = class.labels.contains_key(key) || class.own_labels.contains(key);
    match key {
        HOSTNAME if !is_there => Tri::Unknown,
        _ => Tri::of(is_there),
    }
}

fn reason(one: &Placed, class: &NodeClass) -> Reason {
    let Some(wanted) = &one.requirement else { return of_affinity("is not selected", &one.path) };
    let own = class.labels.get(&wanted.key);
    let text = match (own, wanted.operator.as_str(), wanted.values.as_slice()) {
        (Some(value), "In", [only]) => format!("has the label `{}={value}`, not `{only}`", wanted.key),
        (Some(value), _, _) => format!("has the label `{}={value}`", wanted.key),
        (None, "In", [only]) => format!("lacks the label `{}={only}`", wanted.key),
        (None, _, _) => format!("lacks the label `{}`", wanted.key),
    };
    let mend = one.near.as_ref().filter(|near| own == Some(near)).cloned().map(Mend::Select);
    Reason { kind: "node-affinity", text, path: one.path.clone(), mend }
}

/// Looks for what may have been meant by values that no node has.
pub fn find_near_values(placement: &mut Placement, inventory: &Inventory) {
    let in_terms = placement.terms.iter_mut().flatten().flat_map(|term| &mut term.labels);
    for one in placement.selector.iter_mut().chain(in_terms) {
        if let Some(Requirement { key, operator, values }) = &one.requirement
            && let ("In", [value]) = (operator.as_str(), values.as_slice())
        {
            one.near = near_value(key, value, inventory);
        }
    }
}

/// A value that the label has somewhere, and that looks like the one that is asked for and found nowhere.
fn near_value(key: &str, value: &str, inventory: &Inventory) -> Option<String> {
    let of_nodes = inventory.nodes.iter().filter_map(|class| class.labels.get(key));
    let of_pools = inventory.pools.iter().filter_map(|pool| pool.labels.get(key));
    let listed = inventory.pools.iter().flat_map(|pool| &pool.requirements);
    let listed = listed.filter(|one| one.key == key && one.operator == "In").flat_map(|one| &one.values);
    let values: BTreeSet<&str> = of_nodes.chain(of_pools).chain(listed).map(String::as_str).collect();
    if values.contains(value) {
        return None;
    }
    let values: Vec<&str> = values.into_iter().collect();
    let at = nearest(value, values.iter().copied())?;
    values.get(at).map(|found| (*found).to_owned())
}

/// What Karpenter's pools are asked for: one set for each term, as these are tried one after another.
pub fn value_sets(placement: &Placement) -> Vec<ValueSets> {
    let known =
        |list: &[Placed]| -> Vec<Requirement> { list.iter().filter_map(|one| one.requirement.clone()).collect() };
    let selector = known(&placement.selector);
    match placement.terms.as_deref() {
        None | Some([]) => vec![ValueSets::of(&selector)],
        Some(terms) => terms.iter().map(|term| ValueSets::of(selector.iter().chain(&known(&term.labels)))).collect(),
    }
}

/// Why Karpenter would make no node of a pool.
pub fn pool_refuses(placement: &Placement, pool: &Pool, wanted: &[ValueSets]) -> Option<Reason> {
    if placement.terms_open {
        return None;
    }
    let own = ValueSets::of_pool(pool);
    let refusals: Vec<Option<String>> = wanted.iter().map(|wanted| own.refuses(wanted)).collect();
    if refusals.iter().any(Option::is_none) {
        return None;
    }
    let text = refusals.into_iter().flatten().next()?;
    let key = text.split('`').nth(1).unwrap_or_default();
    let all = placement.selector.iter().chain(placement.terms.iter().flatten().flat_map(|term| &term.labels));
    let blamed = all.into_iter().find(|one| one.requirement.as_ref().is_some_and(|one| one.key == key));
    let path = blamed.or(placement.selector.first()).map(|one| one.path.clone()).unwrap_or_default();
    Some(Reason { kind: "node-affinity", text, path, mend: None })
}
