//! The runtime class: what it takes beside the containers, and the nodes that have it.
//!
//! Source: `plugin/pkg/admission/runtimeclass/admission.go` and `pkg/util/tolerations/tolerations.go`.

use super::Refusal;
use crate::cluster::amount::Amounts;
use crate::cluster::edit::{below, ensure_map, list, map, number, set, spec};
use crate::cluster::inventory::{Inventory, ObjectKind, RuntimeClass, Toleration};
use crate::cluster::needs::Amounted;
use crate::flyte::{Effective, Origin};
use crate::tree::{Field, Location, Node, Path, Value};

const BY: &str = "the runtime class";
const RULE: &str = "admission-conflict";

/// Adds overhead, selector and tolerations of the class.
pub fn fill(pod: &mut Effective, inventory: &Inventory) -> Vec<Refusal> {
    let path = spec();
    let Some(node) = pod.root.at(&path) else { return Vec::new() };
    let own = Amounted::of(node.get("overhead"));
    let name = match node.text("runtimeClassName") {
        Field::Dynamic => return Vec::new(),
        Field::Missing => None,
        Field::Known(name) => Some(name.to_owned()),
    };
    let class = name.as_ref().and_then(|name| inventory.runtime_classes.get(name));
    if name.is_some() && class.is_none() {
        return Vec::new();
    }
    let mut refusals = Vec::new();
    let overhead = class.and_then(|class| class.overhead.as_ref());
    let is_set = !own.is_empty() || (overhead.is_none() && node.get("overhead").known().is_some());
    if is_set && !own.open && overhead.is_none_or(|wanted| !same(wanted, &own.known)) {
        let message = match &name {
            Some(name) => format!("the overhead is not that of the runtime class `{name}`, and no other may be set"),
            None => "an overhead may only be set by a runtime class".to_owned(),
        };
        let refusal = Refusal::new(RULE, below(&path, "overhead"), message).help("leave `overhead` out".to_owned());
        refusals.push(name.iter().fold(refusal, |refusal, name| refusal.by(ObjectKind::RuntimeClass, name)));
    }
    let (Some(class), Some(name)) = (class, name) else { return refusals };
    let at = node.location;
    if let Some(overhead) = overhead.filter(|_| own.is_empty()) {
        let parts: Vec<(&str, Node)> =
            overhead.iter().map(|(name, amount)| (name.as_str(), Node::string(&amount.to_string(), at))).collect();
        set(pod, &path, "overhead", map(parts, at), BY);
    }
    refusals.extend(select(pod, class, &name, at));
    tolerate(pod, class, at);
    refusals
}

fn same(a: &Amounts, b: &Amounts) -> bool {
    let milli = |amounts: &Amounts| amounts.iter().map(|(name, one)| (name.clone(), one.milli())).collect::<Vec<_>>();
    milli(a) == milli(b)
}

fn select(pod: &mut Effective, class: &RuntimeClass, name: &str, at: Location) -> Vec<Refusal> {
    let path = spec();
    let mut refusals = Vec::new();
    if class.node_selector.is_empty() || !ensure_map(pod, &path, "nodeSelector") {
        return refusals;
    }
    let selector = below(&path, "nodeSelector");
    for (key, value) in &class.node_selector {
        let own = pod.root.at(&selector).map_or(Field::Missing, |node| node.text(key));
        match own {
            Field::Known(own) if own != value => {
                let message = format!("the runtime class `{name}` selects nodes by `{key}={value}`, not `{own}`");
                refusals.push(
                    Refusal::new(RULE, below(&selector, key.as_str()), message).by(ObjectKind::RuntimeClass, name),
                );
            }
            Field::Missing => set(pod, &selector, key, Node::string(value, at), BY),
            _ => {}
        }
    }
    refusals
}

/// Puts two lists together, without those that another one covers.
fn tolerate(pod: &mut Effective, class: &RuntimeClass, at: Location) {
    let path = spec();
    let Some(node) = pod.root.at(&path).filter(|_| !class.tolerations.is_empty()) else { return };
    let (own, open) = match node.get("tolerations") {
        Field::Known(node) => match node.as_list() {
            Some(list) => (list.items.clone(), list.open),
            None => return,
        },
        Field::Missing => (Vec::new(), false),
        Field::Dynamic => return,
    };
    let written = own.len();
    let all: Vec<Node> = own.into_iter().chain(class.tolerations.iter().map(|one| toleration(one, at))).collect();
    let looks: Vec<Toleration> = all.iter().map(look).collect();
    let mut kept: Vec<usize> = Vec::new();
    for (index, one) in looks.iter().enumerate() {
        let covered = kept.iter().filter_map(|at| looks.get(*at)).any(|other| covers(other, one));
        let later = looks.iter().skip(index + 1).any(|other| other != one && covers(other, one));
        if !covered && !later {
            kept.push(index);
        }
    }
    let added = (0..kept.len()).filter(|place| kept.get(*place).is_some_and(|index| *index >= written));
    let tolerations = below(&path, "tolerations");
    let added: Vec<Path> = added.map(|place| below(&tolerations, place)).collect();
    let items: Vec<Node> = kept.into_iter().filter_map(|index| all.get(index).cloned()).collect();
    let mut merged = list(items, at);
    if let Value::List(list) = &mut merged.value {
        list.open = open;
    }
    set(pod, &path, "tolerations", merged, BY);
    added.into_iter().for_each(|path| pod.origins.push((path, Origin::Admission(BY))));
}

fn toleration(one: &Toleration, at: Location) -> Node {
    let texts = [("effect", &one.effect), ("key", &one.key), ("operator", &one.operator)];
    let texts = texts.into_iter().chain([("value", &one.value)]).filter(|(_, text)| !text.is_empty());
    let mut parts: Vec<(&str, Node)> = texts.map(|(key, text)| (key, Node::string(text, at))).collect();
    parts.extend(one.seconds.map(|seconds| ("tolerationSeconds", number(seconds, at))));
    map(parts, at)
}

fn look(node: &Node) -> Toleration {
    let text = |field: &str| node.text(field).known().unwrap_or_default().to_owned();
    let seconds = node.get("tolerationSeconds").known().and_then(|node| match &node.value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    });
    Toleration { key: text("key"), operator: text("operator"), value: text("value"), effect: text("effect"), seconds }
}

/// Whether one tolerates all that the other does.
fn covers(wide: &Toleration, one: &Toleration) -> bool {
    if wide == one {
        return true;
    }
    if (one.key != wide.key && (!wide.key.is_empty() || wide.operator != "Exists"))
        || (one.effect != wide.effect && !wide.effect.is_empty())
    {
        return false;
    }
    let shorter = match (wide.seconds, one.seconds) {
        (Some(wide), Some(one)) => one > wide,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if wide.effect == "NoExecute" && shorter {
        return false;
    }
    match wide.operator.as_str() {
        "Exists" => true,
        "" | "Equal" => one.operator == "Equal" && one.value == wide.value,
        _ => false,
    }
}
