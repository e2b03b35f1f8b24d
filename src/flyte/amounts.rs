//! How Flyte's backend sets the resources of containers: defaults filled in, amounts above a limit cut.
//!
//! Source: `flytek8s/container_helper.go` of Flyte.

use std::cmp::Ordering;

use super::build::{self, Maker, stamp};
use super::platform::Platform;
use crate::pod::Quantity;
use crate::tree::{Map, Node, Setter, Value};

/// What the backend may do to the resources of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Fill in what is missing: the primary container.
    Fill,
    /// Only cut; what is missing is written as zero.
    Cut,
}

/// The resources of a container under way.
pub struct Amounts<'a> {
    /// The settings of the cluster.
    pub platform: &'a Platform,
    /// The names of resources that are cut like cpu and memory.
    pub devices: Vec<String>,
    /// What was cut, in sentences.
    pub notes: Vec<String>,
}

/// An amount of a resource; nothing and zero are the same to the backend.
#[derive(Clone, Debug)]
enum Amount {
    Zero,
    Known(Quantity, Node),
    Unknown(Node),
}

impl Amount {
    fn of(node: Option<&Node>) -> Self {
        let Some(node) = node else { return Self::Zero };
        let text = match &node.value {
            Value::String(text) => text,
            Value::Number(number) => &number.text,
            Value::Null => return Self::Zero,
            _ => return Self::Unknown(node.clone()),
        };
        match Quantity::parse(text) {
            Ok(quantity) if quantity.is_zero() => Self::Zero,
            Ok(quantity) => Self::Known(quantity, node.clone()),
            Err(_) => Self::Unknown(node.clone()),
        }
    }

    /// The first that is not zero.
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if matches!(self, Self::Zero) { other() } else { self }
    }

    /// No more than a limit.
    fn cut(self, limit: &Self, cut: &mut Option<Node>) -> Self {
        match (self, limit) {
            (Self::Known(own, node), Self::Known(most, limit)) if own.compare(most) == Ordering::Greater => {
                *cut = Some(node);
                Self::Known(most.clone(), limit.clone())
            }
            (Self::Known(_, node), Self::Unknown(most)) => {
                let reason = format!("{}, or less where the limit is lower", shown(&node));
                Self::Unknown(Node { setter: most.setter, ..Node::dynamic(reason, node.location) })
            }
            (own, _) => own,
        }
    }

    /// As it is sent; where there was a value before, it keeps its setter.
    fn sent(self, make: Maker, before: Option<&Node>) -> Node {
        match self {
            Self::Zero => before.filter(|node| build_is_amount(node)).cloned().unwrap_or_else(|| make.text("0")),
            Self::Known(quantity, node) => {
                let same = before.is_some_and(|before| before.location == node.location && before.value == node.value);
                let mut sent = Node { setter: if same { node.setter } else { moved(node.setter, make.by) }, ..node };
                if !quantity.is_whole() || !matches!(sent.value, Value::String(_)) {
                    stamp(&mut sent, make.by);
                }
                sent
            }
            Self::Unknown(node) => node,
        }
    }
}

/// Who is to be named for an amount that was taken over from another field.
const fn moved(setter: Setter, by: Setter) -> Setter {
    match setter {
        Setter::Author | Setter::Environment => by,
        other => other,
    }
}

fn build_is_amount(node: &Node) -> bool {
    matches!(node.value, Value::String(_) | Value::Number(_))
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.to_string(),
        Value::Number(number) => number.text.to_string(),
        _ => "what the template says".to_owned(),
    }
}

impl<'a> Amounts<'a> {
    /// The resources of containers by these settings; `devices` are the names of accelerators.
    pub fn new(platform: &'a Platform, devices: Vec<String>) -> Self {
        Self { platform, devices, notes: Vec::new() }
    }

    /// Puts the resource that `gpu` stands for in its place.
    pub fn rename_gpu(container: &mut Node, name: &str) {
        let Some(resources) = build::field_mut(container, "resources") else { return };
        for part in ["requests", "limits"] {
            let Some(amounts) = build::field_mut(resources, part) else { continue };
            if let Some(amount) = build::take(amounts, "gpu") {
                build::set(amounts, name, amount);
            }
        }
    }

    /// Adds what a container of the base asks for and this one does not.
    pub fn fill_from(container: &mut Node, base: &Node, make: Maker) {
        let Some(under) = build::field(base, "resources") else { return };
        build::with_object(container, "resources", make, |resources| {
            for part in ["requests", "limits"] {
                let Some(under) = build::field(under, part).cloned() else { continue };
                let own = build::take(resources, part);
                build::set(resources, part, build::union(Some(under), own).unwrap_or_else(|| make.map([])));
            }
        });
    }

    /// Puts other amounts over those that a container has.
    pub fn override_with(container: &mut Node, over: &Node, make: Maker) {
        build::with_object(container, "resources", make, |resources| {
            for part in ["requests", "limits"] {
                let both = build::union(build::take(resources, part), build::field(over, part).cloned());
                build::set(resources, part, both.unwrap_or_else(|| make.map([])));
            }
        });
    }

    /// Fills and cuts the resources of one container.
    pub fn adjust(&mut self, container: &mut Node, mode: Mode, make: Maker) {
        if build::field(container, "resources").is_some_and(Node::is_dynamic) {
            return;
        }
        let title = build::text(container, "name").map_or_else(|| "a container".to_owned(), |name| format!("`{name}`"));
        let mut resources = build::field(container, "resources").cloned().unwrap_or_else(|| make.map([]));
        let part = |resources: &Node, name: &str| match build::field(resources, name) {
            Some(node) if node.as_map().is_some() => node.clone(),
            Some(node) if node.is_dynamic() => {
                Node { value: Value::Map(Map { open: true, class: Some(""), ..Map::default() }), ..node.clone() }
            }
            _ => Node { setter: Setter::Author, ..make.map([]) },
        };
        let (mut requests, mut limits) = (part(&resources, "requests"), part(&resources, "limits"));
        let has = |node: &Node, name: &str| node.as_map().is_some_and(|map| map.entry(name).is_some());
        let mut names = vec!["cpu".to_owned(), "memory".to_owned()];
        let further = ["ephemeral-storage".to_owned()].into_iter().chain(self.devices.iter().cloned());
        names.extend(further.filter(|name| has(&requests, name) || has(&limits, name)));
        for name in names {
            self.adjust_one(&name, (&mut requests, &mut limits), mode, make, &title);
        }
        build::set(&mut resources, "requests", requests);
        build::set(&mut resources, "limits", limits);
        if resources.setter == make.by {
            resources.setter = Setter::Author;
        }
        build::set(container, "resources", resources);
    }

    fn adjust_one(
        &mut self,
        name: &str,
        (requests, limits): (&mut Node, &mut Node),
        mode: Mode,
        make: Maker,
        title: &str,
    ) {
        let own = |part: &Node| match build::field(part, name) {
            None if part.as_map().is_some_and(|map| map.open) => {
                Amount::Unknown(make.unknown("further resources are not known"))
            }
            found => Amount::of(found),
        };
        let (mut request, mut limit) = (own(requests), own(limits));
        if mode == Mode::Fill {
            let default = || Amount::of(self.platform.default_amount(name).as_ref());
            request = request.or(|| limit.clone().or(default));
            limit = limit.or(|| request.clone());
        }
        let most = Amount::of(build::field(&self.platform.limits, name));
        let mut cuts = [None, None, None];
        let [first, second, third] = &mut cuts;
        request = request.cut(&most, first);
        limit = limit.cut(&most, second);
        request = request.cut(&limit, third);
        let by = [("the platform's limit", "request"), ("the platform's limit", "limit"), ("its limit", "request")];
        let had_limit = build::field(limits, name).is_some();
        for ((by, what), cut) in by.into_iter().zip(cuts) {
            if let Some(cut) = cut.filter(|_| what == "request" || had_limit) {
                self.notes.push(format!("cut: the {what} of {title} for {name}, {}, to {by}", shown(&cut)));
            }
        }
        let before = (build::field(requests, name).cloned(), build::field(limits, name).cloned());
        build::set(requests, name, request.sent(make, before.0.as_ref()));
        build::set(limits, name, limit.sent(make, before.1.as_ref()));
    }
}
