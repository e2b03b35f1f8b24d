//! How Flyte's backend lays a task's pod over a `PodTemplate`, and the pod of a plugin's role over a task's.
//!
//! Source: `flytek8s/pod_helper.go` of Flyte, which merges by mergo with override and appended slices: values of the task win
//! unless they are zero, lists are appended and never matched by key, and only the task's containers stay.

use super::build::{self, is_zero};
use super::generation::Generation;
use crate::tree::{Entry, Form, List, Map, Node, Setter, Value};

/// Objects whose keys are the user's own: there a value wins also when it is zero.
const FREE_MAPS: &[&str] =
    &["annotations", "labels", "limits", "matchLabels", "nodeSelector", "overhead", "requests", "volumeAttributes"];

/// What a merge leaves out, for those who want to say it.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    /// Sentences.
    pub notes: Vec<String>,
    /// Values of the task that are zero to Go and cannot take the place of the base's: with the field's name, the task's and the base's.
    pub kept: Vec<(String, Node, Node)>,
    /// Commands and arguments that are put behind the base's: the task's and the base's.
    pub prefixed: Vec<(String, Node, Node)>,
    /// Names of the base's containers that no container of the task has.
    pub dropped: Vec<Node>,
}

/// Lays a pod spec over the one of a template of the cluster.
pub fn over_template(
    template: &Node,
    task: &Node,
    primary: Option<&str>,
    generation: Generation,
    losses: &mut Losses,
) -> Node {
    let mut merged = values(&without_containers(template), &without_containers(task), "spec", losses);
    for (list, shared, own) in
        [("containers", "default", "primary"), ("initContainers", "default-init", "primary-init")]
    {
        let bases = build::items(template, list);
        let tasks = build::field(task, list).and_then(Node::as_list).cloned().unwrap_or_default();
        note_dropped(bases, &tasks, (list, generation), losses);
        let is_primary =
            |node: &Node| list == "containers" && build::text(node, "name") == primary && primary.is_some();
        let mut container = |node: &Node| {
            let layers = layers(bases, node, is_primary(node), (shared, own), generation);
            // What the layers of the base do to each other is the base's own matter.
            let mut among = Losses::default();
            let under = layers.into_iter().cloned().reduce(|under, over| values(&under, &over, list, &mut among));
            under.map_or_else(|| node.clone(), |under| values(&under, node, list, losses))
        };
        put_list(&mut merged, list, task, tasks.items.iter().map(&mut container).collect(), tasks.open);
    }
    merged
}

/// Lays the pod spec of a plugin's role over a task's: only containers that the task's pod has take part.
pub fn overlay(base: &Node, over: &Node, losses: &mut Losses) -> Node {
    let mut merged = values(&without_containers(base), &without_containers(over), "spec", losses);
    for list in ["containers", "initContainers"] {
        let overs = build::items(over, list);
        let bases = build::field(base, list).and_then(Node::as_list).cloned().unwrap_or_default();
        for lost in overs.iter().filter_map(|node| build::text(node, "name")) {
            if !bases.items.iter().any(|base| build::text(base, "name") == Some(lost)) {
                losses
                    .notes
                    .push(format!("dropped: `{lost}` in {list}, as the task's pod has no container of that name"));
            }
        }
        let mut container = |node: &Node| {
            let same = |other: &&Node| build::text(other, "name") == build::text(node, "name");
            overs.iter().filter(same).fold(node.clone(), |under, over| values(&under, over, list, losses))
        };
        put_list(&mut merged, list, base, bases.items.iter().map(&mut container).collect(), bases.open);
    }
    merged
}

/// Lays labels and annotations over those of a template of the cluster.
pub fn metadata(template: Option<&Node>, task: &Node) -> Node {
    let Some(template) = template else { return task.clone() };
    let mut merged = task.clone();
    for part in ["labels", "annotations"] {
        let both = build::union(build::field(template, part).cloned(), build::field(task, part).cloned());
        if let Some(both) = both {
            build::set(&mut merged, part, both);
        }
    }
    merged
}

/// The containers of the base that one container starts from, the first underneath.
fn layers<'n>(
    bases: &'n [Node],
    task: &Node,
    is_primary: bool,
    (shared, own): (&str, &str),
    generation: Generation,
) -> Vec<&'n Node> {
    // Of several with one magic name the last one counts.
    let named = |name: &str| bases.iter().rev().find(|base| build::text(base, "name") == Some(name));
    let name = build::text(task, "name");
    let by_name = name.filter(|name| match generation {
        Generation::V1 => !is_primary && *name != shared,
        Generation::V2 => *name != shared && *name != own,
    });
    let same = bases.iter().filter(|base| by_name.is_some() && build::text(base, "name") == by_name);
    named(shared).into_iter().chain(is_primary.then(|| named(own)).flatten()).chain(same).collect()
}

fn note_dropped(bases: &[Node], tasks: &List, (list, generation): (&str, Generation), losses: &mut Losses) {
    let magic: &[&str] = if list == "containers" { &["default", "primary"] } else { &["default-init", "primary-init"] };
    for base in bases {
        let Some(node) = build::field(base, "name") else { continue };
        let Some(name) = node.as_str() else { continue };
        let is_used = tasks.items.iter().any(|task| build::text(task, "name") == Some(name));
        if !is_used && !magic.contains(&name) && !tasks.open {
            losses
                .notes
                .push(format!("dropped: the base's `{name}` in {list}, as the task has no container of that name"));
            // The server wants one container at least: a placeholder is no loss.
            let fields = base.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
            if fields.iter().any(|entry| !matches!(&*entry.key.wire, "name" | "image")) {
                losses.dropped.push(node.clone());
            }
        }
    }
    if bases.iter().any(|base| build::text(base, "name") == Some("primary-init"))
        && list == "initContainers"
        && generation == Generation::V2
    {
        losses.notes.push("ignored: `primary-init` in initContainers, which the backend does not use".to_owned());
    }
}

fn without_containers(spec: &Node) -> Node {
    let mut rest = spec.clone();
    if let Value::Map(map) = &mut rest.value {
        map.entries.retain(|entry| !matches!(&*entry.key.wire, "containers" | "initContainers"));
    }
    rest
}

fn put_list(merged: &mut Node, list: &str, like: &Node, items: Vec<Node>, open: bool) {
    if let Some(node) = build::field(like, list) {
        let value = match node.is_dynamic() {
            true => node.value.clone(),
            false => Value::List(List { items, open, form: Form::Synthetic }),
        };
        build::set(merged, list, Node { value, ..node.clone() });
    }
}

/// One value over another, in the field of that name.
pub fn values(under: &Node, over: &Node, wire: &str, losses: &mut Losses) -> Node {
    if matches!(wire, "command" | "args") && !is_zero(under) && !is_zero(over) {
        losses.prefixed.push((wire.to_owned(), over.clone(), under.clone()));
    }
    match (&under.value, &over.value) {
        (Value::Map(base), Value::Map(task)) if FREE_MAPS.contains(&wire) => {
            let both = build::union(Some(under.clone()), Some(over.clone()));
            let setter = if base.entries.is_empty() && !task.entries.is_empty() { over.setter } else { Setter::Author };
            Node { setter, ..both.unwrap_or_else(|| over.clone()) }
        }
        (Value::Map(base), Value::Map(task)) => maps(base, task, over, losses),
        (Value::List(base), Value::List(task)) => {
            let items = base.items.iter().chain(&task.items).cloned().collect();
            let list = List { items, open: base.open || task.open, form: Form::Synthetic };
            Node { setter: Setter::Author, ..Node::new(Value::List(list), over.location) }
        }
        (Value::List(base), Value::Dynamic(_)) => {
            let list = List { items: base.items.clone(), open: true, form: Form::Synthetic };
            Node { setter: Setter::Author, ..Node::new(Value::List(list), over.location) }
        }
        // A port is a number or a name: the kind of the base stays when the task gives a number.
        (Value::String(_), Value::Number(_)) if wire == "port" => under.clone(),
        _ if is_zero(over) => {
            let is_written = !matches!(over.value, Value::Null | Value::List(_) | Value::Map(_));
            if is_written && !is_zero(under) {
                losses.kept.push((wire.to_owned(), over.clone(), under.clone()));
            }
            under.clone()
        }
        _ => over.clone(),
    }
}

fn maps(under: &Map, over: &Map, task: &Node, losses: &mut Losses) -> Node {
    let mut entries: Vec<Entry> = Vec::new();
    let known = |map: &Map, wire: &str| {
        map.entry(wire).map(|entry| entry.value.clone()).filter(|node| node.value != Value::Null)
    };
    let keys = under.entries.iter().chain(&over.entries).map(|entry| &entry.key);
    for key in keys {
        if entries.iter().any(|entry| entry.key.wire == key.wire) {
            continue;
        }
        let value = match (known(under, &key.wire), known(over, &key.wire)) {
            (Some(under), Some(over)) => values(&under, &over, &key.wire, losses),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => continue,
        };
        entries.push(Entry { key: key.clone(), value });
    }
    let map = Map { entries, open: under.open || over.open, class: Some(""), ..Map::default() };
    Node { setter: Setter::Author, ..Node::new(Value::Map(map), task.location) }
}
