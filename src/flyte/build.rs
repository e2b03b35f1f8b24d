//! Makes and changes trees that nobody wrote as they are: the small steps that the backend's code is made of.

use crate::tree::{Entry, Form, Key, List, Location, Map, Node, Number, Path, Setter, Step, Value};

/// Makes values for one place in one name.
#[derive(Clone, Copy, Debug)]
pub struct Maker {
    /// Where what it makes belongs.
    pub at: Location,
    /// In whose name.
    pub by: Setter,
}

impl Maker {
    /// A maker of what Flyte sets by itself.
    pub const fn flyte(at: Location) -> Self {
        Self { at, by: Setter::Flyte }
    }

    fn node(self, value: Value) -> Node {
        Node { setter: self.by, ..Node::new(value, self.at) }
    }

    /// A string.
    pub fn text(self, text: &str) -> Node {
        self.node(Value::String(text.into()))
    }

    /// A whole number.
    pub fn number(self, number: i64) -> Node {
        self.node(Value::Number(Number::new(number.to_string())))
    }

    /// A truth value.
    pub fn bool(self, value: bool) -> Node {
        self.node(Value::Bool(value))
    }

    /// A value that only the run tells.
    pub fn unknown(self, reason: &str) -> Node {
        Node { setter: self.by, ..Node::dynamic(reason, self.at) }
    }

    /// An object.
    pub fn map<const N: usize>(self, entries: [(&str, Node); N]) -> Node {
        self.map_of(entries.into_iter().map(|(wire, value)| entry(wire, value)).collect())
    }

    /// An object of entries.
    pub fn map_of(self, entries: Vec<Entry>) -> Node {
        // The class says that empty fields are not sent.
        let map = Map { entries, open: false, form: Form::Synthetic, class: Some(""), head: self.at.span };
        self.node(Value::Map(map))
    }

    /// A list.
    pub fn list(self, items: Vec<Node>) -> Node {
        self.node(Value::List(List { items, open: false, form: Form::Synthetic }))
    }

    /// A list of strings.
    pub fn texts(self, texts: &[&str]) -> Node {
        self.list(texts.iter().map(|text| self.text(text)).collect())
    }
}

/// An entry that nobody wrote.
pub fn entry(wire: &str, value: Node) -> Entry {
    Entry { key: Key { wire: wire.into(), written: None, location: value.location }, value }
}

/// Says of a value, and of all below it that has no other setter, who set it.
pub fn stamp(node: &mut Node, by: Setter) {
    if node.setter == Setter::Author {
        node.setter = by;
    }
    match &mut node.value {
        Value::Map(map) => map.entries.iter_mut().for_each(|entry| stamp(&mut entry.value, by)),
        Value::List(list) => list.items.iter_mut().for_each(|item| stamp(item, by)),
        _ => {}
    }
}

/// The field of an object; null is nothing.
pub fn field<'n>(node: &'n Node, wire: &str) -> Option<&'n Node> {
    node.as_map()?.entry(wire).map(|entry| &entry.value).filter(|value| value.value != Value::Null)
}

/// The same, to change it.
pub fn field_mut<'n>(node: &'n mut Node, wire: &str) -> Option<&'n mut Node> {
    let Value::Map(map) = &mut node.value else { return None };
    let value = map.entries.iter_mut().find(|entry| &*entry.key.wire == wire).map(|entry| &mut entry.value);
    value.filter(|value| value.value != Value::Null)
}

/// The node at a path, to change it.
pub fn node_mut<'n>(node: &'n mut Node, path: &Path) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, step| match (step, &mut node.value) {
        (Step::Key(key), Value::Map(map)) => {
            map.entries.iter_mut().find(|entry| entry.key.wire == *key).map(|entry| &mut entry.value)
        }
        (Step::Index(index), Value::List(list)) => list.items.get_mut(*index),
        _ => None,
    })
}

/// The known string in a field.
pub fn text<'n>(node: &'n Node, wire: &str) -> Option<&'n str> {
    field(node, wire)?.as_str()
}

/// The known items of a field that is a list.
pub fn items<'n>(node: &'n Node, wire: &str) -> &'n [Node] {
    field(node, wire).and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default()
}

/// The same, to change them.
pub fn items_mut<'n>(node: &'n mut Node, wire: &str) -> &'n mut [Node] {
    match field_mut(node, wire).map(|node| &mut node.value) {
        Some(Value::List(list)) => &mut list.items,
        _ => &mut [],
    }
}

/// Sets a field of an object, in the place of an older one.
pub fn set(node: &mut Node, wire: &str, value: Node) {
    if let Value::Map(map) = &mut node.value {
        match map.entries.iter_mut().find(|entry| &*entry.key.wire == wire) {
            Some(known) => known.value = value,
            None => map.entries.push(entry(wire, value)),
        }
    }
}

/// Takes a field out of an object.
pub fn take(node: &mut Node, wire: &str) -> Option<Node> {
    let Value::Map(map) = &mut node.value else { return None };
    let index = map.entries.iter().position(|entry| &*entry.key.wire == wire)?;
    Some(map.entries.remove(index).value).filter(|value| value.value != Value::Null)
}

/// Whether a field is absent for certain, or what Go calls empty.
pub fn is_empty(node: &Node, wire: &str) -> bool {
    let map = match &node.value {
        Value::Map(map) => map,
        Value::Null => return true,
        _ => return false,
    };
    match map.entry(wire) {
        Some(entry) => is_zero(&entry.value),
        None => !map.open,
    }
}

/// Changes the object in a field, made where there is none; of an unknown one nothing else is known afterwards.
pub fn with_object(node: &mut Node, wire: &str, make: Maker, change: impl FnOnce(&mut Node)) {
    let mut object = field(node, wire).cloned().unwrap_or_else(|| Node { setter: Setter::Author, ..make.map([]) });
    if object.as_map().is_none() {
        let open = object.is_dynamic();
        object.value = Value::Map(Map { open, class: Some(""), ..Map::default() });
    }
    change(&mut object);
    set(node, wire, object);
}

/// Changes the list in a field, in the same way.
pub fn with_list(node: &mut Node, wire: &str, make: Maker, change: impl FnOnce(&mut List)) {
    let known = field(node, wire).cloned();
    let mut node_of_list = known.unwrap_or_else(|| Node { setter: Setter::Author, ..make.list(Vec::new()) });
    let mut list = match node_of_list.value {
        Value::List(list) => list,
        Value::Dynamic(_) => List { open: true, ..List::default() },
        _ => List::default(),
    };
    change(&mut list);
    node_of_list.value = Value::List(list);
    set(node, wire, node_of_list);
}

/// Appends to the list in a field.
pub fn append(node: &mut Node, wire: &str, make: Maker, more: impl IntoIterator<Item = Node>) {
    with_list(node, wire, make, |list| list.items.extend(more));
}

/// What Go calls zero: it cannot take the place of anything in a struct.
pub fn is_zero(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::List(list) => list.items.is_empty() && !list.open,
        Value::Map(map) => map.entries.iter().all(|entry| is_zero(&entry.value)) && !map.open,
        Value::Bool(true) | Value::Dynamic(_) => false,
    }
}

/// The union of maps of strings: later ones win.
pub fn union(under: Option<Node>, over: Option<Node>) -> Option<Node> {
    let (Some(mut under), Some(over)) = (under.clone(), over.clone()) else { return under.or(over) };
    match (&mut under.value, over.value) {
        (Value::Map(under), Value::Map(over)) => {
            under.open |= over.open;
            for entry in over.entries {
                match under.entries.iter_mut().find(|known| known.key.wire == entry.key.wire) {
                    Some(known) => *known = entry,
                    None => under.entries.push(entry),
                }
            }
        }
        (Value::Map(under), Value::Dynamic(_)) => under.open = true,
        (value, over) => *value = over,
    }
    Some(under)
}

/// The same number of containers by name: the index of the one of that name.
pub fn container(spec: &Node, name: &str) -> Option<usize> {
    items(spec, "containers").iter().position(|container| text(container, "name") == Some(name))
}
