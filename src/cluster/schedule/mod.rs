//! Whether any node of a cluster could run a pod, were it empty; and of each that could not, every reason.
//!
//! Source: the filters of the default scheduler, `pkg/scheduler/framework/plugins` of Kubernetes. What depends on the pods that run
//! (spread, affinity between pods, ports, what is free) is not judged.

mod fit;
mod selection;
mod taints;
mod volumes;

use std::sync::Arc;

use super::group::HOSTNAME;
use super::inventory::{Inventory, NodeClass, ObjectKind, Pool};
use super::karpenter::ValueSets;
use super::needs::{Amounted, PodNeeds};
use super::requirement::Tri;
use super::view::Placement;
use crate::tree::{Node, Path};

pub use fit::room;
pub use taints::Tolerance;

/// Why a node is nothing for a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What kind of reason it is: `taint`, `node-affinity`, `resources`, `volume`, `unschedulable`, `topology`, `pool`.
    pub kind: &'static str,
    /// The reason as a predicate: "lacks the label …".
    pub text: String,
    /// The field that is to blame, in the effective pod.
    pub path: Path,
    /// What would mend it.
    pub mend: Option<Mend>,
}

/// A change of the pod that would take a reason away.
#[derive(Clone, Debug, PartialEq)]
pub enum Mend {
    /// Another toleration.
    Tolerate(super::inventory::Taint),
    /// Another value of the label that is selected.
    Select(String),
}

/// A class of nodes, or a pool, beside a pod.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name for people.
    pub title: String,
    /// The names of the nodes; of a pool its own.
    pub names: Arc<Vec<String>>,
    /// How many nodes there are; none of a pool.
    pub count: usize,
    /// Whether it can still make nodes.
    pub is_pool: bool,
    /// Why it does not do; empty where it does.
    pub reasons: Vec<Reason>,
}

impl Candidate {
    /// Whether nothing that is known speaks against it.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether only taints are in the way, which a toleration that is added elsewhere would mend.
    #[must_use]
    pub fn lacks_toleration_only(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|one| matches!(one.kind, "taint" | "unschedulable"))
    }
}

/// A pod on its way to the nodes.
pub struct Judge<'a> {
    inventory: &'a Inventory,
    namespace: &'a str,
    placement: Placement,
    requests: Amounted,
    needs: PodNeeds,
    wanted: Vec<ValueSets>,
    needs_names: bool,
}

impl<'a> Judge<'a> {
    /// A judge for a pod, as it is after admission; `None` where nothing can be said.
    #[must_use]
    pub fn new(root: &Node, inventory: &'a Inventory, namespace: &'a str) -> Option<Self> {
        let mut placement = Placement::of(root);
        let nothing = inventory.nodes.is_empty() && inventory.pools.is_empty();
        if nothing || !inventory.known.contains(&ObjectKind::Node) || placement.elsewhere {
            return None;
        }
        selection::find_near_values(&mut placement, inventory);
        let needs = PodNeeds::of(root);
        let needs_names = placement.asks_for_names(HOSTNAME);
        let wanted = if inventory.pools.iter().any(|pool| pool.is_karpenter) {
            selection::value_sets(&placement)
        } else {
            Vec::new()
        };
        let requests = needs.total_requests();
        Some(Self { inventory, namespace, placement, requests, needs, wanted, needs_names })
    }

    /// Every class of nodes and every pool.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate> {
        self.each().collect()
    }

    /// All of them, if none of them fits.
    #[must_use]
    pub fn never(&self) -> Option<Vec<Candidate>> {
        self.each().map(|one| (!one.fits()).then_some(one)).collect()
    }

    fn each(&self) -> impl Iterator<Item = Candidate> {
        let classes = self.inventory.nodes.iter().flat_map(|class| self.of_class(class));
        classes.chain(self.inventory.pools.iter().map(|pool| self.of_pool(pool)))
    }

    /// A class; where the pod asks for nodes by name, node by node.
    fn of_class(&self, class: &NodeClass) -> Vec<Candidate> {
        let candidate = |names: Arc<Vec<String>>, count: usize, name: Option<&str>| Candidate {
            title: class.title.clone(),
            names,
            count,
            is_pool: false,
            reasons: self.reasons(class, name),
        };
        if !self.needs_names || class.names.is_empty() {
            return vec![candidate(Arc::clone(&class.names), class.count, None)];
        }
        let mut found: Vec<Candidate> = Vec::new();
        for name in class.names.iter() {
            let one = candidate(Arc::new(vec![name.clone()]), 1, Some(name));
            match found.iter_mut().find(|known| known.reasons == one.reasons) {
                Some(known) => {
                    Arc::make_mut(&mut known.names).push(name.clone());
                    known.count += 1;
                }
                None => found.push(one),
            }
        }
        found
    }

    fn reasons(&self, class: &NodeClass, name: Option<&str>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let tolerance = Tolerance { tolerations: &self.placement.tolerations, open: self.placement.tolerations_open };
        if class.unschedulable && !tolerance.of_unschedulable() {
            reasons.push(Reason {
                kind: "unschedulable",
                text: "does not take new pods (`kubectl cordon`)".to_owned(),
                path: Path::new(),
                mend: None,
            });
        }
        reasons.extend(tolerance.refuses(&class.taints));
        reasons.extend(selection::refuses(&self.placement, class, name));
        if let Some(allocatable) = &class.allocatable {
            reasons.extend(fit::refuses(&self.requests, allocatable, &self.needs));
        }
        reasons.extend(volumes::refuses(self, class, name));
        for (path, key) in &self.placement.topology_keys {
            if selection::has_label(class, key) == Tri::No {
                reasons.push(Reason {
                    kind: "topology",
                    text: format!("lacks the topology label `{key}`"),
                    path: path.clone(),
                    mend: None,
                });
            }
        }
        reasons
    }

    fn of_pool(&self, pool: &Pool) -> Candidate {
        let reason = |text: String| Reason { kind: "pool", text, path: Path::new(), mend: None };
        let mut reasons = Vec::new();
        if pool.is_karpenter {
            let tolerance =
                Tolerance { tolerations: &self.placement.tolerations, open: self.placement.tolerations_open };
            reasons.extend(pool.invalid.clone().map(&reason));
            reasons.extend(tolerance.refuses(&pool.taints));
            reasons.extend(selection::pool_refuses(&self.placement, pool, &self.wanted));
            if let Some(allocatable) = &pool.allocatable {
                reasons.extend(fit::refuses(&self.requests, allocatable, &self.needs));
            }
        } else {
            reasons.extend(pool.invalid.clone().map(&reason));
            reasons.extend(self.reasons(&as_class(pool), None));
        }
        reasons.extend(fit::above_pool(&self.requests, &pool.limits, &self.needs));
        Candidate {
            title: pool.name.clone(),
            names: Arc::new(vec![pool.name.clone()]),
            count: 0,
            is_pool: true,
            reasons,
        }
    }
}

/// A pool as the class of the nodes that it makes.
fn as_class(pool: &Pool) -> NodeClass {
    NodeClass {
        title: pool.name.clone(),
        labels: pool.labels.clone(),
        taints: pool.taints.clone(),
        allocatable: pool.allocatable.clone(),
        ..NodeClass::default()
    }
}
