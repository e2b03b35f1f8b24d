//! What of a pod decides where it can run, with the places in its tree.

use super::edit::below;
use super::requirement::Requirement;
use crate::tree::{Field, List, Node, Path, Step};

/// A requirement with its place; `None` where it is not known.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Where it stands.
    pub path: Path,
    /// What it says.
    pub requirement: Option<Requirement>,
    /// A value that may have been meant, where nothing has the one that is written.
    pub near: Option<String>,
}

/// One term of a required affinity: all of it must hold.
#[derive(Clone, Debug, Default)]
pub struct Term {
    /// Where it stands.
    pub path: Path,
    /// Requirements on labels.
    pub labels: Vec<Placed>,
    /// Requirements on fields, which is the name.
    pub fields: Vec<Placed>,
    /// There may be further ones.
    pub open: bool,
}

/// A toleration; what is `None` is not known.
#[derive(Clone, Debug, Default)]
pub struct Tolerates {
    /// Its key; empty for all.
    pub key: Option<String>,
    /// `Equal`, `Exists`, or empty.
    pub operator: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// Its effect; empty for all.
    pub effect: Option<String>,
}

/// What decides where a pod can run.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// Why this is nothing for the default scheduler, if so.
    pub elsewhere: bool,
    /// The node selector.
    pub selector: Vec<Placed>,
    /// The terms of the required node affinity: one of them must hold. `None` where there is none, or it is not known.
    pub terms: Option<Vec<Term>>,
    /// There may be further terms.
    pub terms_open: bool,
    /// The tolerations.
    pub tolerations: Vec<Tolerates>,
    /// There may be further tolerations.
    pub tolerations_open: bool,
    /// Labels that a node must have because others are counted by them.
    pub topology_keys: Vec<(Path, String)>,
    /// The names of claims, with their places.
    pub claims: Vec<(Path, String)>,
}

impl Placement {
    /// Reads it from a tree of `metadata` and `spec`.
    #[must_use]
    pub fn of(root: &Node) -> Self {
        let Field::Known(spec) = root.get("spec") else { return Self { elsewhere: true, ..Self::default() } };
        let base = vec![Step::from("spec")];
        let mut found = Self { elsewhere: goes_elsewhere(spec), ..Self::default() };
        found.read_selector(spec, &base);
        found.read_affinity(spec, &base);
        found.read_tolerations(spec);
        found.read_topology(spec, &base);
        found.read_claims(spec, &base);
        found
    }

    fn read_selector(&mut self, spec: &Node, base: &Path) {
        let Some(map) = spec.get("nodeSelector").known().and_then(Node::as_map) else { return };
        let path = below(base, "nodeSelector");
        self.selector = map
            .entries
            .iter()
            .map(|entry| Placed {
                path: below(&path, &*entry.key.wire),
                requirement: entry.value.as_str().map(|value| Requirement::equal(&entry.key.wire, value)),
                near: None,
            })
            .collect();
    }

    fn read_affinity(&mut self, spec: &Node, base: &Path) {
        const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
        let required = ["affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms"];
        let list = required.iter().fold(Field::Known(spec), |field, key| field.then(|node| node.get(key)));
        let Some(list) = list.known().and_then(Node::as_list) else { return };
        let path = required.iter().fold(base.clone(), |path, key| below(&path, *key));
        self.terms_open = list.open || list.items.iter().any(Node::is_dynamic);
        let terms = list.items.iter().enumerate().filter(|(_, node)| !node.is_dynamic());
        self.terms = Some(terms.map(|(index, node)| term(node, below(&path, index))).collect());
    }

    fn read_tolerations(&mut self, spec: &Node) {
        let list = match spec.get("tolerations") {
            Field::Missing => return,
            Field::Dynamic => {
                self.tolerations_open = true;
                return;
            }
            Field::Known(node) => node.as_list(),
        };
        self.tolerations_open = list.is_none_or(|list| list.open || list.items.iter().any(Node::is_dynamic));
        let known = list.into_iter().flat_map(|list| &list.items).filter(|node| !node.is_dynamic());
        self.tolerations = known.map(toleration).collect();
    }

    fn read_topology(&mut self, spec: &Node, base: &Path) {
        let path = below(base, "topologySpreadConstraints");
        for (index, one) in items(spec.get("topologySpreadConstraints")) {
            let hard = one.text("whenUnsatisfiable").known() == Some("DoNotSchedule");
            if let Some(key) = one.text("topologyKey").known().filter(|_| hard) {
                self.topology_keys.push((below(&below(&path, index), "topologyKey"), key.to_owned()));
            }
        }
        const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
        let required = ["affinity", "podAffinity", REQUIRED];
        let list = required.iter().fold(Field::Known(spec), |field, key| field.then(|node| node.get(key)));
        let path = required.iter().fold(base.clone(), |path, key| below(&path, *key));
        for (index, one) in items(list) {
            if let Some(key) = one.text("topologyKey").known() {
                self.topology_keys.push((below(&below(&path, index), "topologyKey"), key.to_owned()));
            }
        }
    }

    fn read_claims(&mut self, spec: &Node, base: &Path) {
        let path = below(base, "volumes");
        for (index, volume) in items(spec.get("volumes")) {
            let claim = volume.get("persistentVolumeClaim");
            if let Some(name) = claim.then(|claim| claim.text("claimName")).known() {
                let path = below(&below(&path, index), "persistentVolumeClaim");
                self.claims.push((below(&path, "claimName"), name.to_owned()));
            }
        }
    }

    /// Whether nodes are told apart by their names.
    #[must_use]
    pub fn asks_for_names(&self, hostname: &str) -> bool {
        let asks = |one: &Placed| one.requirement.as_ref().is_some_and(|one| one.key == hostname);
        let in_terms = |term: &Term| !term.fields.is_empty() || term.labels.iter().any(asks);
        self.selector.iter().any(asks) || self.terms.iter().flatten().any(in_terms)
    }
}

/// The known items of a list with their places.
fn items(field: Field<&Node>) -> impl Iterator<Item = (usize, &Node)> {
    let list = field.known().and_then(Node::as_list);
    list.into_iter().flat_map(|list: &List| list.items.iter().enumerate())
}

/// A named node, a gate or another scheduler: then this is not the default scheduler's decision.
fn goes_elsewhere(spec: &Node) -> bool {
    let named = !matches!(spec.text("nodeName"), Field::Missing | Field::Known(""));
    let scheduler = !matches!(spec.text("schedulerName"), Field::Missing | Field::Known("" | "default-scheduler"));
    let gated = match spec.get("schedulingGates") {
        Field::Missing => false,
        Field::Known(node) => node.as_list().is_none_or(|list| !list.items.is_empty() || list.open),
        Field::Dynamic => spec.as_map().is_none_or(|map| map.entry("schedulingGates").is_some()),
    };
    // Of an open specification nothing is known of these; then they are as likely as everywhere.
    let is_open = spec.as_map().is_some_and(|map| map.open);
    let written = |field: &str| spec.as_map().is_some_and(|map| map.entry(field).is_some());
    (named && (!is_open || written("nodeName"))) || (scheduler && (!is_open || written("schedulerName"))) || gated
}

fn term(node: &Node, path: Path) -> Term {
    let mut term = Term { path: path.clone(), ..Term::default() };
    for (field, is_label) in [("matchExpressions", true), ("matchFields", false)] {
        let list = match node.get(field) {
            Field::Missing => continue,
            Field::Dynamic => {
                term.open = true;
                continue;
            }
            Field::Known(node) => node.as_list(),
        };
        let Some(list) = list else {
            term.open = true;
            continue;
        };
        term.open |= list.open;
        let path = below(&path, field);
        let placed = list.items.iter().enumerate().map(|(index, one)| Placed {
            path: below(&path, index),
            requirement: requirement(one),
            near: None,
        });
        if is_label { term.labels.extend(placed) } else { term.fields.extend(placed) }
    }
    term
}

/// A requirement of which all is known.
#[must_use]
pub fn requirement(node: &Node) -> Option<Requirement> {
    let key = node.text("key").known()?.to_owned();
    let operator = node.text("operator").known()?.to_owned();
    let values = match node.get("values") {
        Field::Missing => Vec::new(),
        Field::Dynamic => return None,
        Field::Known(node) => {
            let list = node.as_list().filter(|list| !list.open)?;
            list.items.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()?
        }
    };
    Some(Requirement { key, operator, values })
}

fn toleration(node: &Node) -> Tolerates {
    let text = |field: &str| match node.text(field) {
        Field::Known(text) => Some(text.to_owned()),
        Field::Missing => Some(String::new()),
        Field::Dynamic => None,
    };
    Tolerates { key: text("key"), operator: text("operator"), value: text("value"), effect: text("effect") }
}
