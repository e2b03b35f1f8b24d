//! Node selections that fail, or likely do, in every cluster: nothing needs to be known of one.

use std::collections::BTreeMap;

use super::karpenter::normalized;
use super::needs::PodNeeds;
use super::requirement::{Requirement, ValueSet};
use super::view::{Placed, Placement, Term, Tolerates};
use crate::tree::{Node, Path};

/// A selection that cannot be met, or hardly.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// The field that is to blame.
    pub path: Path,
    /// The other one, where two contradict each other.
    pub other: Option<Path>,
    /// What is wrong.
    pub message: String,
    /// Whether no node can ever do.
    pub is_certain: bool,
    /// What to do.
    pub help: &'static str,
}

/// Labels that say which accelerator a node has.
const ACCELERATOR_LABELS: &[&str] = &[
    "cloud.google.com/gke-accelerator",
    "karpenter.k8s.aws/instance-gpu-name",
    "k8s.amazonaws.com/accelerator",
    "nvidia.com/gpu.product",
    "nvidia.com/gpu.present",
];

/// Requirements of a pod that exclude each other, and terms that match nothing.
#[must_use]
pub fn contradictions(root: &Node) -> Vec<Remark> {
    let placement = Placement::of(root);
    let mut found = Vec::new();
    let Some(terms) = placement.terms.as_ref().filter(|terms| !terms.is_empty()) else { return found };
    let several = terms.len() > 1 || placement.terms_open;
    let of_terms: Vec<Option<Remark>> = terms.iter().map(|term| of_term(term, &placement.selector)).collect();
    // One term that can be met is enough.
    let is_certain = !placement.terms_open && of_terms.iter().all(Option::is_some);
    for remark in of_terms.into_iter().flatten() {
        let is_empty_term = remark.other.is_none();
        if is_certain || is_empty_term || several {
            found.push(Remark { is_certain, ..remark });
        }
    }
    found
}

fn of_term(term: &Term, selector: &[Placed]) -> Option<Remark> {
    if term.labels.is_empty() && term.fields.is_empty() && !term.open {
        return Some(Remark {
            path: term.path.clone(),
            other: None,
            message: "an empty term matches no node".to_owned(),
            is_certain: true,
            help: "add `matchExpressions`, or leave the term out",
        });
    }
    let mut known: BTreeMap<&str, (ValueSet, &Placed)> = BTreeMap::new();
    for one in selector.iter().chain(&term.labels) {
        let Some(requirement) = &one.requirement else { continue };
        let set = ValueSet::of(requirement);
        let key = normalized(&requirement.key);
        match known.get(key) {
            Some((before, other)) if !before.can_meet(&set) => {
                return Some(clash(one, other, requirement));
            }
            Some((before, other)) => {
                let both = before.intersection(&set);
                let first = *other;
                known.insert(key, (both, first));
            }
            None => {
                known.insert(key, (set, one));
            }
        }
    }
    None
}

fn clash(one: &Placed, other: &Placed, requirement: &Requirement) -> Remark {
    let before = other.requirement.as_ref().map(ToString::to_string).unwrap_or_default();
    Remark {
        path: one.path.clone(),
        other: Some(other.path.clone()),
        message: format!("`{requirement}` and `{before}` exclude each other, so no node is ever selected"),
        is_certain: true,
        help: "remove one of them",
    }
}

/// Selections that are allowed, and likely mean something else.
#[must_use]
pub fn suspicions(root: &Node) -> Vec<Remark> {
    let placement = Placement::of(root);
    selected(&placement).filter_map(old_karpenter).collect()
}

/// All requirements on labels.
fn selected(placement: &Placement) -> impl Iterator<Item = &Placed> {
    placement.selector.iter().chain(placement.terms.iter().flatten().flat_map(|term| &term.labels))
}

fn old_karpenter(one: &Placed) -> Option<Remark> {
    let key = one.requirement.as_ref().map(|one| one.key.as_str())?;
    (key == "karpenter.sh/provisioner-name").then(|| Remark {
        path: one.path.clone(),
        other: None,
        message: "`karpenter.sh/provisioner-name` is a label of Karpenter before 1.0; its nodes no longer have it"
            .to_owned(),
        is_certain: false,
        help: "select by `karpenter.sh/nodepool`",
    })
}

/// An accelerator that is selected, and neither asked for nor tolerated, in a pod as it is submitted.
#[must_use]
pub fn unused_accelerator(root: &Node) -> Option<Remark> {
    let placement = Placement::of(root);
    let is_accelerator = |one: &&Placed| {
        let requirement = one.requirement.as_ref();
        requirement.is_some_and(|one| {
            ACCELERATOR_LABELS.contains(&one.key.as_str()) && matches!(one.operator.as_str(), "In" | "Exists")
        })
    };
    let one = selected(&placement).find(is_accelerator)?;
    let tolerates = |one: &Tolerates| {
        let key = one.key.as_deref();
        key.is_none_or(|key| key.is_empty() || key.contains("gpu") || key.contains("accelerator"))
    };
    if placement.tolerations_open || placement.tolerations.iter().any(tolerates) {
        return None;
    }
    let needs = PodNeeds::of(root);
    let asks = needs.containers.iter().any(|one| {
        [&one.requests, &one.limits].iter().any(|list| list.open || list.known.keys().any(|name| name.contains('/')))
    });
    let unknown = needs.open
        || needs.containers.iter().any(|one| !one.requests.unknown.is_empty() || !one.limits.unknown.is_empty());
    (!asks && !unknown).then(|| Remark {
        path: one.path.clone(),
        other: None,
        message:
            "nodes with an accelerator are selected, but no container asks for one and nothing tolerates their taint"
                .to_owned(),
        is_certain: false,
        help: "ask for the device (`nvidia.com/gpu`), or tolerate the taint of its nodes",
    })
}
