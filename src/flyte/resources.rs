//! The resources that an environment or task asks for, in the names that Kubernetes and the SDKs send.

use super::build;
use crate::document::{Flavour, Use, UseKind};
use crate::pod::Quantity;
use crate::tree::{Dynamic, Field, Node, Setter, Value};

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

/// The amounts of one `Resources` as a role's pod spec has them: devices by the name of NVIDIA's.
pub fn single(resources: &Node, is_v1: bool) -> Node {
    let keys = if is_v1 { V1_KEYS } else { V2_KEYS };
    let entries = keys.iter().filter_map(|(argument, wire)| {
        let value = build::field(resources, argument)?;
        let wire = if *wire == "gpu" { "nvidia.com/gpu" } else { wire };
        Some(build::entry(wire, amount(if wire == "nvidia.com/gpu" { "gpu" } else { wire }, value)))
    });
    let make = build::Maker { at: resources.location, by: Setter::Environment };
    let mut made = make.map_of(entries.collect());
    if let (Value::Map(made), true) = (&mut made.value, resources.as_map().is_none_or(|map| map.open)) {
        made.open = true;
    }
    made
}

/// `requests` and `limits` that a role's configuration asks for; `None` where it asks for nothing.
pub fn pairs(config: &Node, is_v1: bool, make: build::Maker) -> Option<Node> {
    let used =
        Use { kind: UseKind::PluginRole, taker: None, name: None, location: config.location, settings: config.clone() };
    let wanted = if is_v1 { TaskResources::of_v1(&used) } else { TaskResources::of_v2(&used) };
    if wanted.is_empty() {
        return None;
    }
    let by = build::Maker { by: Setter::Environment, ..make };
    let part = |amounts: Vec<(&'static str, Node)>| {
        let known = amounts.into_iter().filter(|(_, node)| !is_zero_amount(node));
        let name = |wire: &'static str| if wire == "gpu" && is_v1 { "nvidia.com/gpu" } else { wire };
        by.map_of(known.map(|(wire, node)| build::entry(name(wire), amount("cpu", &node))).collect())
    };
    Some(by.map([("requests", part(wanted.requests)), ("limits", part(wanted.limits))]))
}

fn is_zero_amount(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => Quantity::parse(text).is_ok_and(|quantity| quantity.is_zero()),
        _ => build::is_zero(node),
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
            // The constructors of other devices than GPUs take no number, and give one.
            if matches!(map.class, Some("flyte.TPU" | "flyte.Neuron" | "flyte.AMD_GPU" | "flyte.HABANA_GAUDI")) {
                return Node { value: Value::String("1".into()), ..node.clone() };
            }
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
