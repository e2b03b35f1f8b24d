//! Nodes put into classes: those of a pool differ only in what says which one it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::amount::{Amounts, keep_larger};
use super::inventory::{NodeClass, Taint};

/// A label whose values are all different belongs to single nodes where at least so many have it.
const MANY: usize = 8;

/// How many sizes of otherwise equal nodes are held against each other.
const MANY_SIZES: usize = 64;

/// The label that names a node.
pub const HOSTNAME: &str = "kubernetes.io/hostname";

/// Labels that name the pool of a node, the most telling first.
const POOL_LABELS: &[&str] = &[
    "karpenter.sh/nodepool",
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "node.kubernetes.io/instance-type",
];

/// Labels that tell places and sizes apart, however few nodes have each value.
const SHARED_LABELS: &[&str] = &[
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "beta.kubernetes.io/instance-type",
];

/// One node.
#[derive(Clone, Debug, Default)]
pub struct RawNode {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its taints, sorted.
    pub taints: Vec<Taint>,
    /// Whether it takes no new pods.
    pub unschedulable: bool,
    /// What pods can have of it.
    pub allocatable: Option<Amounts>,
}

/// Puts nodes into classes.
#[must_use]
pub fn group(nodes: Vec<RawNode>) -> Vec<NodeClass> {
    let own = own_labels(&nodes);
    let mut classes: Vec<NodeClass> = Vec::new();
    let mut by_look: HashMap<Look, Vec<usize>> = HashMap::new();
    for node in nodes {
        let (class, name) = class_of(node, &own);
        let look = (class.labels.clone(), class.own_labels.clone(), class.taints.clone(), class.unschedulable);
        let known = by_look.entry(look).or_default();
        // Of nodes that look alike there are few sizes; more are not compared with each other.
        let alike = known
            .iter()
            .rev()
            .take(MANY_SIZES)
            .copied()
            .find(|at| classes.get(*at).is_some_and(|one| nearly_equal(one, &class)));
        match alike.and_then(|at| classes.get_mut(at)) {
            Some(known) => {
                Arc::make_mut(&mut known.names).push(name);
                known.count += 1;
                if let (Some(known), Some(more)) = (&mut known.allocatable, &class.allocatable) {
                    keep_larger(known, more);
                }
            }
            None => {
                known.push(classes.len());
                classes.push(NodeClass { names: Arc::new(vec![name]), count: 1, ..class });
            }
        }
    }
    classes.iter_mut().for_each(|class| Arc::make_mut(&mut class.names).sort());
    title(&mut classes);
    classes.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.names.cmp(&b.names)));
    classes
}

type Look = (BTreeMap<String, String>, BTreeSet<String>, Vec<Taint>, bool);

/// The labels whose value is another one on each node.
fn own_labels(nodes: &[RawNode]) -> HashSet<String> {
    let mut values: HashMap<&str, (usize, HashSet<&str>)> = HashMap::new();
    for (key, value) in nodes.iter().flat_map(|node| &node.labels) {
        let (count, seen) = values.entry(key).or_default();
        *count += 1;
        seen.insert(value);
    }
    let is_own = |key: &str, count: usize, seen: usize| {
        seen == count && count >= MANY && !SHARED_LABELS.contains(&key) && !POOL_LABELS.contains(&key)
    };
    let own = values.iter().filter(|(key, (count, seen))| is_own(key, *count, seen.len()));
    own.map(|(key, _)| (*key).to_owned()).collect()
}

fn class_of(node: RawNode, own: &HashSet<String>) -> (NodeClass, String) {
    let RawNode { name, mut labels, taints, unschedulable, allocatable } = node;
    let mut own_here = BTreeSet::new();
    labels.retain(|key, value| {
        // That a node is called as it is called says nothing more.
        let is_name = key == HOSTNAME && *value == name;
        let is_own = !is_name && own.contains(key);
        if is_own {
            own_here.insert(key.clone());
        }
        !is_name && !is_own
    });
    (NodeClass { labels, own_labels: own_here, taints, unschedulable, allocatable, ..NodeClass::default() }, name)
}

/// Whether the allocatable amounts differ by less than one percent: nodes of one type never agree to the byte.
fn nearly_equal(a: &NodeClass, b: &NodeClass) -> bool {
    let (Some(a), Some(b)) = (&a.allocatable, &b.allocatable) else {
        return a.allocatable.is_none() && b.allocatable.is_none();
    };
    a.len() == b.len()
        && a.iter().all(|(name, one)| {
            b.get(name).is_some_and(|other| {
                let (one, other) = (one.milli(), other.milli());
                (one - other).abs() * 100 < one.max(other).max(1)
            })
        })
}

/// Gives each class a name: its pool's, and where several have that, with what tells them apart.
fn title(classes: &mut [NodeClass]) {
    for class in classes.iter_mut() {
        let pool = POOL_LABELS.iter().find_map(|label| class.labels.get(*label));
        class.title = match (class.names.as_slice(), pool) {
            ([only], None) => only.clone(),
            (_, Some(pool)) => pool.clone(),
            (names, None) => common_title(names),
        };
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    classes.iter().for_each(|class| *seen.entry(class.title.clone()).or_default() += 1);
    for class in classes.iter_mut().filter(|class| seen.get(&class.title).is_some_and(|count| *count > 1)) {
        if let Some(zone) = class.labels.get("topology.kubernetes.io/zone") {
            class.title = format!("{} in {zone}", class.title);
        }
    }
}

fn common_title(names: &[String]) -> String {
    let first = names.first().map(String::as_str).unwrap_or_default();
    let shared = first.char_indices().map(|(at, _)| at).take_while(|at| {
        let head = first.get(..=*at);
        names.iter().all(|name| name.get(..=*at) == head && head.is_some())
    });
    let length = shared.last().map_or(0, |at| at + 1);
    let head = first.get(..length).unwrap_or_default().trim_end_matches(['-', '.', '_']);
    if head.is_empty() { format!("{first}, …") } else { format!("{head}…") }
}
