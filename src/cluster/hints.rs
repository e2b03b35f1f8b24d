//! What a cluster has to say at a place in a pod: for those who hover over it, and for those who are writing it.

use std::collections::BTreeMap;

use super::inventory::{Inventory, ObjectKind};
use super::target::Cluster;
use crate::tree::{Node, Step};

/// How many values one hint names.
const MAX_NAMED: usize = 12;

/// A word that could be written, and what it is.
pub type Suggestion = (String, String);

/// What the cluster has for the field at a path of a pod (`metadata` and `spec`), in a sentence or two.
#[must_use]
pub fn hint(cluster: &Cluster, root: &Node, path: &[Step]) -> Option<String> {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    let listed = |what: &str, found: &[Suggestion]| {
        let shown: Vec<String> =
            found.iter().take(MAX_NAMED).map(|(name, what)| format!("`{name}` ({what})")).collect();
        let more = found.len().saturating_sub(MAX_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!shown.is_empty()).then(|| format!("*Cluster*: {what}: {}{more}.", shown.join(", ")))
    };
    let inventory = &cluster.inventory;
    match keys.as_slice() {
        ["spec", "nodeSelector"] => listed("labels of its nodes", &labels(inventory)),
        ["spec", "nodeSelector", key] => match values(inventory, key) {
            found if found.is_empty() => Some(format!("*Cluster*: no node has the label `{key}`.")),
            found => listed(&format!("values of `{key}`"), &found),
        },
        ["spec", "tolerations", ..] => listed("taints of its nodes", &taints(inventory)),
        ["spec", .., "limits" | "requests", resource] => largest(inventory, resource),
        _ => {
            let kind = kind_at(&keys)?;
            let name = root.at(path).and_then(Node::as_str).filter(|_| keys.last() != Some(&"key"));
            match name {
                Some(name) => object(cluster, kind, name),
                None => listed(&format!("{}s", kind.noun()), &suggestions(cluster, root, path)),
            }
        }
    }
}

/// Words for the field at a path of a pod.
#[must_use]
pub fn suggestions(cluster: &Cluster, root: &Node, path: &[Step]) -> Vec<Suggestion> {
    let inventory = &cluster.inventory;
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
        [.., "nodeSelector", key] => values(inventory, key),
        [.., "nodeSelectorTerms", "matchExpressions", "key"] => labels(inventory),
        [.., "nodeSelectorTerms", "matchExpressions", "values"] => match sibling(root, path, "key") {
            Some(key) => values(inventory, key),
            None => Vec::new(),
        },
        [.., "tolerations", field @ ("key" | "value")] => {
            let wanted = sibling(root, path, "key");
            let all = inventory.nodes.iter().flat_map(|class| class.taints.iter().map(|one| (one, class.count)));
            let pools = inventory.pools.iter().flat_map(|pool| pool.taints.iter().map(|one| (one, 0)));
            let fits = all.chain(pools).filter(|(one, _)| *field == "key" || wanted.is_none_or(|key| key == one.key));
            counted(fits.map(|(one, count)| (if *field == "key" { &one.key } else { &one.value }, count)))
        }
        [.., field @ ("secretKeyRef" | "configMapKeyRef"), "key"] => {
            let kind = if *field == "secretKeyRef" { ObjectKind::Secret } else { ObjectKind::ConfigMap };
            sibling(root, path, "name").map(|name| keys_of(cluster, kind, name)).unwrap_or_default()
        }
        _ => kind_at(&keys).map(|kind| names(cluster, kind)).unwrap_or_default(),
    }
}

/// Labels that could be written as keys of a node selector.
#[must_use]
pub fn label_suggestions(cluster: &Cluster) -> Vec<Suggestion> {
    labels(&cluster.inventory)
}

/// The kind of object that a field names.
fn kind_at(keys: &[&str]) -> Option<ObjectKind> {
    Some(match keys {
        [.., "secretKeyRef" | "secretRef" | "nodePublishSecretRef" | "imagePullSecrets", "name"]
        | [.., "secret", "secretName"]
        | [.., "sources", "secret", "name"] => ObjectKind::Secret,
        [.., "configMapKeyRef" | "configMapRef" | "configMap", "name"] => ObjectKind::ConfigMap,
        [.., "serviceAccountName" | "serviceAccount"] => ObjectKind::ServiceAccount,
        [.., "persistentVolumeClaim", "claimName"] => ObjectKind::Claim,
        [.., "priorityClassName"] => ObjectKind::PriorityClass,
        [.., "runtimeClassName"] => ObjectKind::RuntimeClass,
        [.., "storageClassName"] => ObjectKind::StorageClass,
        [.., "csi", "driver"] => ObjectKind::CsiDriver,
        _ => return None,
    })
}

/// The text in another field of the object that a path leads into.
fn sibling<'n>(root: &'n Node, path: &[Step], field: &str) -> Option<&'n str> {
    let keys = path.iter().rposition(|step| step.key().is_some())?;
    root.at(path.get(..keys)?)?.text(field).known()
}

/// Words by how many nodes have them, each once.
fn counted<'i>(words: impl Iterator<Item = (&'i String, usize)>) -> Vec<Suggestion> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (word, count) in words.filter(|(word, _)| !word.is_empty()) {
        *counts.entry(word).or_default() += count;
    }
    let nodes = |count: usize| match count {
        0 => "a pool".to_owned(),
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    counts.into_iter().map(|(word, count)| (word.to_owned(), nodes(count))).collect()
}

fn labels(inventory: &Inventory) -> Vec<Suggestion> {
    let nodes = inventory
        .nodes
        .iter()
        .flat_map(|class| class.labels.keys().chain(&class.own_labels).map(|key| (key, class.count)));
    let pools = inventory
        .pools
        .iter()
        .flat_map(|pool| pool.labels.keys().chain(pool.requirements.iter().map(|one| &one.key)).map(|key| (key, 0)));
    counted(nodes.chain(pools))
}

fn values(inventory: &Inventory, key: &str) -> Vec<Suggestion> {
    let nodes = inventory.nodes.iter().filter_map(|class| Some((class.labels.get(key)?, class.count)));
    let pools = inventory.pools.iter().filter_map(|pool| Some((pool.labels.get(key)?, 0)));
    let listed = inventory.pools.iter().flat_map(|pool| &pool.requirements);
    let listed = listed.filter(|one| one.key == key && one.operator == "In").flat_map(|one| &one.values);
    counted(nodes.chain(pools).chain(listed.map(|value| (value, 0))))
}

fn taints(inventory: &Inventory) -> Vec<Suggestion> {
    let nodes = inventory.nodes.iter().flat_map(|class| class.taints.iter().map(|one| (one.to_string(), class.count)));
    let pools = inventory.pools.iter().flat_map(|pool| pool.taints.iter().map(|one| (one.to_string(), 0)));
    let all: Vec<(String, usize)> = nodes.chain(pools).collect();
    counted(all.iter().map(|(taint, count)| (taint, *count)))
}

/// The nodes that have most of a resource.
fn largest(inventory: &Inventory, resource: &str) -> Option<String> {
    let nodes = inventory.nodes.iter().filter_map(|one| Some((&one.title, one.allocatable.as_ref()?)));
    let pools = inventory.pools.iter().filter_map(|one| Some((&one.name, one.allocatable.as_ref()?)));
    let known = nodes.chain(pools);
    let mut any = false;
    let have = known.inspect(|_| any = true).filter_map(|(title, all)| Some((title, all.get(resource)?)));
    let most = have.filter(|(_, amount)| !amount.is_zero()).max_by_key(|(_, amount)| amount.milli());
    match most {
        Some((title, amount)) => Some(format!("*Cluster*: the most that a node has is {amount}, on `{title}`.")),
        None if any => Some(format!("*Cluster*: no node has `{resource}`.")),
        None => None,
    }
}

fn names(cluster: &Cluster, kind: ObjectKind) -> Vec<Suggestion> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let namespaces: Vec<&String> =
        cluster.inventory.namespaces.keys().filter(|namespace| cluster.may_be_in(namespace)).collect();
    if super::exist::is_namespaced(kind) {
        for namespace in namespaces {
            for name in cluster.inventory.names(kind, namespace) {
                let places = found.entry(name.to_owned()).or_default();
                if !places.is_empty() {
                    places.push_str(", ");
                }
                places.push_str(namespace);
            }
        }
    } else {
        let names = cluster.inventory.names(kind, "").into_iter();
        found.extend(names.map(|name| (name.to_owned(), kind.noun().to_owned())));
    }
    found.into_iter().collect()
}

fn keys_of(cluster: &Cluster, kind: ObjectKind, name: &str) -> Vec<Suggestion> {
    let namespaces = cluster.inventory.namespaces.values();
    let objects = namespaces.filter_map(|within| match kind {
        ObjectKind::Secret => within.secrets.get(name),
        _ => within.config_maps.get(name),
    });
    let mut keys: Vec<Suggestion> = objects.flatten().map(|key| (key.clone(), format!("key of `{name}`"))).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// What is known of one object.
fn object(cluster: &Cluster, kind: ObjectKind, name: &str) -> Option<String> {
    let inventory = &cluster.inventory;
    if !inventory.known.contains(&kind) {
        return None;
    }
    let found = names(cluster, kind).into_iter().find(|(known, _)| known == name);
    let Some((_, place)) = found else { return Some(format!("*Cluster*: there is no {} `{name}`.", kind.noun())) };
    let place = if super::exist::is_namespaced(kind) { format!(" in {place}") } else { String::new() };
    let keys: Vec<String> = match kind {
        ObjectKind::Secret | ObjectKind::ConfigMap => {
            keys_of(cluster, kind, name).into_iter().map(|(key, _)| format!("`{key}`")).collect()
        }
        _ => Vec::new(),
    };
    let keys = if keys.is_empty() { String::new() } else { format!(", with {}", keys.join(", ")) };
    Some(format!("*Cluster*: the {} `{name}`{place}{keys}.", kind.noun()))
}
