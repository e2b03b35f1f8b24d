//! What a pod asks of its node: the resources of its containers, and what they are together.

use std::collections::BTreeSet;

use super::amount::{Amount, Amounts, add, keep_larger};
use crate::tree::{Field, Node, Path, Step, Value};

/// Amounts of resources in a pod, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amounted {
    /// Those that are known.
    pub known: Amounts,
    /// The names of those whose amount is not.
    pub unknown: BTreeSet<String>,
    /// There may be further ones.
    pub open: bool,
}

/// What is known of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is there, with this amount.
    Exactly(Amount),
    /// It is there, or may be, with at least this amount.
    AtLeast(Amount),
    /// It is certainly not there.
    Missing,
}

impl Amounted {
    /// The amounts in a map.
    #[must_use]
    pub fn of(node: Field<&Node>) -> Self {
        let map = match node {
            Field::Missing => return Self::default(),
            Field::Dynamic => return Self { open: true, ..Self::default() },
            Field::Known(node) => node.as_map(),
        };
        let Some(map) = map else { return Self { open: true, ..Self::default() } };
        let mut found = Self { open: map.open, ..Self::default() };
        for entry in map.entries.iter().filter(|entry| entry.value.value != Value::Null) {
            match amount(&entry.value) {
                Some(amount) => {
                    found.known.insert(entry.key.wire.to_string(), amount);
                }
                None => {
                    found.unknown.insert(entry.key.wire.to_string());
                }
            }
        }
        found
    }

    /// What is known of one resource.
    #[must_use]
    pub fn get(&self, name: &str) -> Given {
        match self.known.get(name) {
            Some(amount) if self.unknown.contains(name) || self.is_partial(name) => Given::AtLeast(*amount),
            Some(amount) => Given::Exactly(*amount),
            None if self.unknown.contains(name) || self.open => Given::AtLeast(Amount::number(0)),
            None => Given::Missing,
        }
    }

    /// Whether nothing is there, for certain.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.unknown.is_empty() && !self.open
    }

    /// In sums, what is open may add to what is known; within one container a key counts once.
    fn is_partial(&self, name: &str) -> bool {
        self.open && self.unknown.contains("*") && !name.is_empty()
    }

    fn add(&mut self, other: &Self) {
        add(&mut self.known, &other.known);
        self.take_doubts(other);
    }

    fn keep_larger(&mut self, other: &Self) {
        keep_larger(&mut self.known, &other.known);
        self.take_doubts(other);
    }

    fn take_doubts(&mut self, other: &Self) {
        self.unknown.extend(other.unknown.iter().cloned());
        if other.open {
            self.open = true;
            self.unknown.insert("*".to_owned());
        }
    }
}

/// The amount that a value says.
#[must_use]
pub fn amount(node: &Node) -> Option<Amount> {
    match &node.value {
        Value::String(text) => Amount::parse(text),
        Value::Number(number) => Amount::parse(&number.text),
        _ => None,
    }
}

/// A container's part.
#[derive(Clone, Debug)]
pub struct ContainerNeeds {
    /// Its name, where known.
    pub name: String,
    /// Where it stands.
    pub path: Path,
    /// Whether it runs before the others.
    pub is_init: bool,
    /// Whether it is an init container that goes on beside them.
    pub is_sidecar: bool,
    /// Its requests.
    pub requests: Amounted,
    /// Its limits.
    pub limits: Amounted,
}

/// What all containers of a pod ask for.
#[derive(Clone, Debug, Default)]
pub struct PodNeeds {
    /// The containers, then the init containers.
    pub containers: Vec<ContainerNeeds>,
    /// There may be further containers.
    pub open: bool,
    /// Requests of the pod as a whole.
    pub requests: Amounted,
    /// Limits of the pod as a whole.
    pub limits: Amounted,
    /// What the pod takes beside its containers.
    pub overhead: Amounted,
}

impl PodNeeds {
    /// The needs of the pod in a tree of `metadata` and `spec`.
    #[must_use]
    pub fn of(root: &Node) -> Self {
        let spec = root.get("spec");
        let mut needs = Self::default();
        for (list, is_init) in [("containers", false), ("initContainers", true)] {
            match spec.then(|spec| spec.get(list)) {
                Field::Missing => {}
                Field::Dynamic => needs.open = true,
                Field::Known(node) => match node.as_list() {
                    None => needs.open = true,
                    Some(items) => {
                        needs.open |= items.open;
                        let all = items.items.iter().enumerate();
                        needs.containers.extend(all.map(|(index, node)| container(node, list, index, is_init)));
                    }
                },
            }
        }
        let resources = spec.then(|spec| spec.get("resources"));
        needs.requests = Amounted::of(resources.then(|node| node.get("requests")));
        needs.limits = Amounted::of(resources.then(|node| node.get("limits")));
        needs.overhead = Amounted::of(spec.then(|spec| spec.get("overhead")));
        needs
    }

    /// What the pod requests, without overhead.
    #[must_use]
    pub fn own_requests(&self) -> Amounted {
        let mut total = self.sum(|container| &container.requests);
        replace(&mut total, &self.requests);
        total
    }

    /// The limits of the pod, without overhead.
    #[must_use]
    pub fn own_limits(&self) -> Amounted {
        let mut total = self.sum(|container| &container.limits);
        replace(&mut total, &self.limits);
        total
    }

    /// What the pod requests, with overhead.
    #[must_use]
    pub fn total_requests(&self) -> Amounted {
        let mut total = self.own_requests();
        total.add(&self.overhead);
        total
    }

    /// The limits of the pod; overhead is added to those that there are.
    #[must_use]
    pub fn total_limits(&self) -> Amounted {
        let mut total = self.own_limits();
        for (name, more) in &self.overhead.known {
            if let Some(own) = total.known.get_mut(name).filter(|own| !own.is_zero()) {
                *own = own.plus(*more);
            }
        }
        total
    }

    /// Whether resources are set for the pod as a whole.
    #[must_use]
    pub fn has_pod_level(&self) -> bool {
        let sets = |of: &Amounted| of.open || of.known.keys().chain(&of.unknown).any(|name| is_pod_level(name));
        sets(&self.requests) || sets(&self.limits)
    }

    /// The larger of all containers together, and each init container with the sidecars that run before it.
    #[must_use]
    pub fn sum(&self, part: impl Fn(&ContainerNeeds) -> &Amounted) -> Amounted {
        let mut total = Amounted::default();
        let (mut sidecars, mut at_start) = (Amounted::default(), Amounted::default());
        self.containers.iter().filter(|one| !one.is_init).for_each(|one| total.add(part(one)));
        for one in self.containers.iter().filter(|one| one.is_init) {
            if one.is_sidecar {
                total.add(part(one));
                sidecars.add(part(one));
                at_start.keep_larger(&sidecars);
            } else {
                let mut together = sidecars.clone();
                together.add(part(one));
                at_start.keep_larger(&together);
            }
        }
        total.keep_larger(&at_start);
        if self.open {
            total.take_doubts(&Amounted { open: true, ..Amounted::default() });
        }
        total
    }
}

/// Whether a resource can be set for the pod as a whole.
#[must_use]
pub fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || name.starts_with("hugepages-")
}

/// What is said of the pod as a whole counts instead of the sum.
fn replace(total: &mut Amounted, own: &Amounted) {
    for (name, amount) in own.known.iter().filter(|(name, _)| is_pod_level(name)) {
        total.known.insert(name.clone(), *amount);
    }
    if own.open || !own.unknown.is_empty() {
        // Each of the sums may be replaced, by less as well.
        total.known.retain(|name, _| own.known.contains_key(name) || !is_pod_level(name));
        total.take_doubts(&Amounted { open: true, ..own.clone() });
    }
}

fn container(node: &Node, list: &str, index: usize, is_init: bool) -> ContainerNeeds {
    let resources = node.get("resources");
    ContainerNeeds {
        name: node.text("name").known().unwrap_or_default().to_owned(),
        path: vec![Step::from("spec"), Step::from(list), Step::Index(index)],
        is_init,
        is_sidecar: is_init && node.text("restartPolicy").known() == Some("Always"),
        requests: Amounted::of(resources.then(|node| node.get("requests"))),
        limits: Amounted::of(resources.then(|node| node.get("limits"))),
    }
}
