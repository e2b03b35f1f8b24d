//! Values as written: what they are, where they stand, and which parts cannot be known.

use super::{Field, FileId, Location, Setter};
use crate::text::Span;

/// How many bytes of text take as much as a value.
const TEXT_OF_A_NODE: usize = 64;

/// One value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// The whole text of the value, quotes and brackets included: where the user would change it.
    pub location: Location,
    /// Where the value enters the template, when it was written somewhere else (a constant, an alias, a helper).
    pub used_at: Option<Box<Location>>,
    /// Who put it there, in a pod that is more than its template.
    pub setter: Setter,
}

/// The kinds of values; JSON's, and one for what cannot be known.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, `None`: for Kubernetes the same as absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, kept as the text that JSON would carry.
    Number(Number),
    /// A string after unescaping.
    String(Box<str>),
    /// A sequence.
    List(List),
    /// An object: YAML mapping, Python dict or `V1*` call.
    Map(Map),
    /// Only known when the program runs.
    Dynamic(Box<Dynamic>),
}

/// A number as JSON would carry it, so that `80.0` and `80` stay apart and nothing is rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// JSON text, such as `80`, `1.5` or `1e3`.
    pub text: Box<str>,
}

impl Number {
    /// A number from its JSON text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into() }
    }

    /// The value, where it is written as a whole number that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// The value, where it is a whole number, also one that is written as `80.0`.
    #[must_use]
    pub fn as_whole(&self) -> Option<i64> {
        let whole = |value: f64| (value.fract() == 0.0).then(|| format!("{value:.0}").parse().ok()).flatten();
        self.as_i64().or_else(|| self.as_f64().and_then(whole))
    }

    /// The value as a float; `NaN` never.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.text.parse().ok().filter(|value: &f64| !value.is_nan())
    }
}

/// How a collection is written, which decides how it is edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One entry a line, by indentation (YAML block style).
    Block,
    /// In brackets, `key: value` (YAML flow style, JSON, Python displays).
    Flow,
    /// In parentheses, `key=value` (a Python call).
    Call,
    /// Not one piece of text: put together by code, merge keys or defaults.
    #[default]
    Synthetic,
}

/// A sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The known items, in order.
    pub items: Vec<Node>,
    /// There may be further items that are not known, anywhere in the list.
    pub open: bool,
    /// How it is written.
    pub form: Form,
}

/// An object with known entries and perhaps an unknown rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// The known entries in order, each key once (the one that counts).
    pub entries: Vec<Entry>,
    /// There may be further entries that are not known.
    pub open: bool,
    /// How it is written.
    pub form: Form,
    /// The class that is called, where it is written as a call of a known one.
    pub class: Option<&'static str>,
    /// A short text to underline when something is said of the whole: the callee, the opening bracket, the first key.
    pub head: Span,
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Node,
}

/// A key, by the name that Kubernetes knows, and as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The name that is sent: `mountPath`.
    pub wire: Box<str>,
    /// The name in the source where it differs: `mount_path`.
    pub written: Option<Box<str>>,
    /// Where the key is written.
    pub location: Location,
}

impl Key {
    /// The key as the user wrote it.
    #[must_use]
    pub fn as_written(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.wire)
    }
}

/// A value that only running the program would tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    /// The expression or the reason, as short text for people: `os.environ["IMAGE"]`.
    pub reason: Box<str>,
    /// For strings whose parts are partly known: literal text and holes. Empty when nothing is known.
    pub pattern: Vec<Piece>,
    /// What it is unless something outside says otherwise: `os.environ.get("TAG", "1.0")`.
    pub default: Option<Node>,
    /// The class of an object of an SDK that is no value of Kubernetes: `flyte.Image`.
    pub class: Option<&'static str>,
    /// Whether the version of the Kubernetes client decides, and perhaps whether it is there at all.
    pub by_client: bool,
}

/// A part of a partly known string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Known text.
    Text(Box<str>),
    /// Unknown text, perhaps empty.
    Hole,
}

impl Piece {
    /// How many bytes of it are known.
    const fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Hole => 0,
        }
    }
}

impl Dynamic {
    /// Nothing is known but why.
    pub fn because(reason: impl Into<Box<str>>) -> Self {
        Self { reason: reason.into(), pattern: Vec::new(), default: None, class: None, by_client: false }
    }
}

impl Node {
    /// A value at a place, written right there.
    pub fn new(value: Value, location: impl Into<Location>) -> Self {
        Self { value, location: location.into(), used_at: None, setter: Setter::Author }
    }

    /// A string at a place.
    pub fn string(text: &str, location: impl Into<Location>) -> Self {
        Self::new(Value::String(text.into()), location)
    }

    /// A value that cannot be known, and why.
    pub fn dynamic(reason: impl Into<Box<str>>, location: impl Into<Location>) -> Self {
        Self::new(Value::Dynamic(Box::new(Dynamic::because(reason))), location)
    }

    /// Where to point when something is said of the node as a whole: short, on one line where possible.
    #[must_use]
    pub fn head(&self) -> Location {
        match &self.value {
            Value::Map(map) if !map.head.is_empty() => Location { file: self.location.file, span: map.head },
            _ => self.location,
        }
    }

    /// The entries, when this is a map.
    #[must_use]
    pub const fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items, when this is a list.
    #[must_use]
    pub const fn as_list(&self) -> Option<&List> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The text, when this is a known string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, when this is a known one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing is known of the value.
    #[must_use]
    pub const fn is_dynamic(&self) -> bool {
        matches!(self.value, Value::Dynamic(_))
    }

    /// The field `wire` of this map. Null counts as missing; of a map with an unknown rest, an absent field is dynamic.
    #[must_use]
    pub fn get(&self, wire: &str) -> Field<&Self> {
        match &self.value {
            Value::Map(map) => map.get(wire),
            Value::Dynamic(_) => Field::Dynamic,
            // A value of a wrong type is another rule's business; what it means is not known.
            Value::Null => Field::Missing,
            _ => Field::Dynamic,
        }
    }

    /// The known string in field `wire`; a value of another type counts as dynamic.
    #[must_use]
    pub fn text(&self, wire: &str) -> Field<&str> {
        self.get(wire).then(|node| node.as_str().map_or(Field::Dynamic, Field::Known))
    }

    /// The node that the steps lead to.
    #[must_use]
    pub fn at(&self, path: &[super::Step]) -> Option<&Self> {
        path.iter().try_fold(self, |node, step| match step {
            super::Step::Key(key) => node.as_map()?.entry(key).map(|entry| &entry.value),
            super::Step::Index(index) => node.as_list()?.items.get(*index),
        })
    }

    /// The values right below this one.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let items = self.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
        let entries = self.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        items.iter().chain(entries.iter().map(|entry| &entry.value))
    }

    /// How much it takes without what is below it: one, and more for long texts.
    #[must_use]
    pub fn own_size(&self) -> usize {
        1 + match &self.value {
            Value::String(text) => text.len() / TEXT_OF_A_NODE,
            Value::Number(number) => number.text.len() / TEXT_OF_A_NODE,
            Value::Map(map) => map.entries.iter().map(|entry| entry.key.wire.len() / TEXT_OF_A_NODE).sum(),
            Value::Dynamic(dynamic) => dynamic.pattern.iter().map(|piece| piece.len() / TEXT_OF_A_NODE).sum(),
            _ => 0,
        }
    }

    /// How much it takes with all that is below it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.own_size() + self.children().map(Self::size).sum::<usize>()
    }

    /// How many values there are at the ends of this tree, and how many of them are known; what may be there besides counts as
    /// one that is not.
    #[must_use]
    pub fn count_known(&self) -> (usize, usize) {
        let add = |(all, known): (usize, usize), node: &Self| {
            let (more, known_more) = node.count_known();
            (all + more, known + known_more)
        };
        match &self.value {
            Value::Dynamic(_) => (1, 0),
            Value::List(list) => list.items.iter().fold((usize::from(list.open), 0), add),
            Value::Map(map) => map.entries.iter().map(|entry| &entry.value).fold((usize::from(map.open), 0), add),
            _ => (1, 1),
        }
    }

    /// Says of the node, and of all below it, which file it is in.
    pub fn move_to(&mut self, file: FileId) {
        self.location.file = file;
        if let Some(used_at) = &mut self.used_at {
            used_at.file = file;
        }
        match &mut self.value {
            Value::List(list) => list.items.iter_mut().for_each(|item| item.move_to(file)),
            Value::Map(map) => {
                for entry in &mut map.entries {
                    entry.key.location.file = file;
                    entry.value.move_to(file);
                }
            }
            _ => {}
        }
    }

    /// Whether this value or one below it is not fully known.
    #[must_use]
    pub fn has_dynamic_part(&self) -> bool {
        match &self.value {
            Value::Dynamic(_) => true,
            Value::List(list) => list.open || list.items.iter().any(Self::has_dynamic_part),
            Value::Map(map) => map.open || map.entries.iter().any(|entry| entry.value.has_dynamic_part()),
            _ => false,
        }
    }
}

impl Map {
    /// The entry with the given wire name.
    #[must_use]
    pub fn entry(&self, wire: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key.wire == wire)
    }

    /// The field `wire`, as [`Node::get`].
    #[must_use]
    pub fn get(&self, wire: &str) -> Field<&Node> {
        match self.entry(wire) {
            Some(entry) if entry.value.value == Value::Null => Field::Missing,
            Some(entry) if entry.value.is_dynamic() => Field::Dynamic,
            Some(entry) => Field::Known(&entry.value),
            None if self.open => Field::Dynamic,
            None => Field::Missing,
        }
    }
}
