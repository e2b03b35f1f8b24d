//! The resources that an environment or task asks for, in the names that Kubernetes and the SDKs send.

use crate::document::{Flavour, Use};
use crate::tree::{Dynamic, Field, Node, Value};

/// A resource as the SDK calls it, and as it is sent.
pub type KeyPair = (&'static str, &'static str);

/// flyte's `Resources`.
pub const V2_KEYS: &[KeyPair] = &[("cpu", "cpu"), ("memory", "memory"), ("gpu", "gpu"), ("disk", "ephemeral-storage")];
/// flytekit's `Resources`.
const V1_KEYS: &[KeyPair] =
    &[("cpu", "cpu"), ("mem", "memory"), ("gpu", "gpu"), ("ephemeral_storage", "ephemeral-storage")];

/// What a task or environment asks for beside its template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskResources {
    /// Requests, by the names that are sent.
    pub requests: Vec<(&'static str, Node)>,
    /// Limits.
    pub limits: Vec<(&'static str, Node)>,
    /// Shared memory: the argument that asks for it.
    pub shared_memory: Option<Node>,
    /// There may be more than is known.
    pub open: bool,
}

impl TaskResources {
    /// The resources that stand beside a template where it is used.
    #[must_use]
    pub fn of(flavour: Flavour, used: &Use) -> Self {
        match flavour {
            Flavour::V1Task | Flavour::V1Pod => Self::of_v1(used),
            _ => Self::of_v2(used),
        }
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.limits.is_empty() && !self.open
    }

    /// flyte: a single value is a request, a pair is request and limit.
    fn of_v2(used: &Use) -> Self {
        let mut found = Self::default();
        let resources = match used.settings.get("resources") {
            Field::Known(resources) => resources,
            Field::Missing => return found,
            Field::Dynamic => return Self { open: true, ..found },
        };
        found.add_pairs(resources, V2_KEYS, amount);
        found.shared_memory = resources.as_map().and_then(|map| map.entry("shm")).map(|entry| entry.value.clone());
        found.shared_memory = found.shared_memory.filter(|node| node.value != Value::Null);
        found.open |= resources.as_map().is_none_or(|map| map.open);
        found
    }

    /// flytekit: `requests=` and `limits=`, or `resources=` with pairs.
    fn of_v1(used: &Use) -> Self {
        let mut found = Self::default();
        for (argument, is_limit) in [("requests", false), ("limits", true)] {
            match used.settings.get(argument) {
                Field::Known(resources) => found.add_single(resources, is_limit),
                Field::Missing => {}
                Field::Dynamic => found.open = true,
            }
        }
        match used.settings.get("resources") {
            Field::Known(resources) => found.add_pairs(resources, V1_KEYS, as_it_is),
            Field::Missing => {}
            Field::Dynamic => found.open = true,
        }
        found.shared_memory =
            used.settings.get("shared_memory").known().filter(|node| node.as_bool() != Some(false)).cloned();
        found
    }

    fn add_pairs(&mut self, resources: &Node, keys: &[KeyPair], convert: fn(&str, &Node) -> Node) {
        for (argument, wire) in keys {
            let entry = resources.as_map().and_then(|map| map.entry(argument)).map(|entry| &entry.value);
            let Some(value) = entry.filter(|node| node.value != Value::Null) else { continue };
            match value.as_list().filter(|list| list.items.len() == 2 && !list.open) {
                Some(pair) => {
                    self.requests.push((wire, convert(wire, &pair.items[0])));
                    self.limits.push((wire, convert(wire, &pair.items[1])));
                }
                None => self.requests.push((wire, convert(wire, value))),
            }
        }
    }

    fn add_single(&mut self, resources: &Node, is_limit: bool) {
        let Some(map) = resources.as_map() else {
            self.open = true;
            return;
        };
        self.open |= map.open;
        let list = if is_limit { &mut self.limits } else { &mut self.requests };
        for (argument, wire) in V1_KEYS {
            let entry = map.entry(argument).map(|entry| &entry.value).filter(|node| node.value != Value::Null);
            list.extend(entry.map(|value| (*wire, value.clone())));
        }
    }
}

/// An amount as text, as the SDKs send it; of a device (`"A100:2"`) its number.
fn amount(wire: &str, node: &Node) -> Node {
    let text = match &node.value {
        Value::String(text) if wire == "gpu" => match text.rsplit_once(':').map(|(_, count)| count) {
            Some(count) => Some(count.to_owned()),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(text.to_string()),
            // A device's name alone is one of it.
            None => Some("1".to_owned()),
        },
        Value::Number(number) => Some(number.text.to_string()),
        Value::Map(map) if wire == "gpu" => {
            let quantity = map.entry("quantity").map(|entry| &entry.value);
            return quantity.map_or_else(|| unknown("the number of devices", node), |quantity| amount("cpu", quantity));
        }
        Value::Map(_) | Value::List(_) => return unknown("an amount", node),
        _ => None,
    };
    match text {
        Some(text) => Node { value: Value::String(text.into()), ..node.clone() },
        None => node.clone(),
    }
}

/// flytekit sends what it is given.
fn as_it_is(_: &str, node: &Node) -> Node {
    node.clone()
}

fn unknown(reason: &str, node: &Node) -> Node {
    Node { value: Value::Dynamic(Box::new(Dynamic::because(reason))), ..node.clone() }
}
