//! Values of policy expressions: parts of a document with their places, and what is computed of them.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use super::networks::{Cidr, Url};
use super::version::Semver;
use crate::pod::Quantity;
use crate::tree::{self, Node};

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub enum Stop<'a> {
    /// It depends on what only the running program, the cluster, or an unsupported function would tell; the node where that
    /// is a partly known one.
    Unknown(Option<&'a Node>),
    /// The server would fail here too.
    Error(Failure<'a>),
    /// It takes more steps than are allowed.
    Limit,
}

/// What the server would say, and about which part of the object.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// The server's words.
    pub message: String,
    /// The part of the object.
    pub at: Option<&'a Node>,
    /// The field that it lacks.
    pub missing: Option<Rc<str>>,
}

/// A value or the reason why there is none.
pub type Outcome<'a, T = Val<'a>> = Result<T, Stop<'a>>;

/// A value, and the part of the object that it comes from.
#[derive(Clone, Debug)]
pub struct Val<'a> {
    /// What it is.
    pub data: Data<'a>,
    /// The part of the checked object that it is or was computed from.
    pub origin: Option<&'a Node>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Data<'a> {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number without sign.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// A string.
    Text(Rc<str>),
    /// An object or list of a document; the flag says whether it is the checked one.
    Node(&'a Node, bool),
    /// A computed list; the flag says whether it may have further items, anywhere.
    List(Rc<Vec<Val<'a>>>, bool),
    /// A computed map.
    Map(Rc<Vec<(Val<'a>, Val<'a>)>>),
    /// An optional value.
    Optional(Option<Box<Val<'a>>>),
    /// `quantity(…)`.
    Quantity(Quantity),
    /// `ip(…)`.
    Ip(std::net::IpAddr),
    /// `cidr(…)`.
    Cidr(Cidr),
    /// `url(…)`.
    Url(Rc<Url>),
    /// `semver(…)`.
    Semver(Rc<Semver>),
    /// A type.
    Type(Rc<str>),
    /// A value of the `cel` crate that is none of the above: bytes.
    Foreign(cel::Value),
}

impl<'a> Val<'a> {
    /// A value that comes from no part of the object.
    pub const fn new(data: Data<'a>) -> Self {
        Self { data, origin: None }
    }

    /// A string.
    pub fn text(text: &str) -> Self {
        Self::new(Data::Text(text.into()))
    }

    /// A list of which all items are known.
    pub fn list(items: Vec<Self>) -> Self {
        Self::new(Data::List(Rc::new(items), false))
    }

    /// The same value as computed of another.
    pub fn made_of(mut self, origin: Option<&'a Node>) -> Self {
        self.origin = self.origin.or(origin);
        self
    }

    /// The value of a part of a document; `tracked` where it is the checked object.
    pub fn load(node: &'a Node, tracked: bool) -> Outcome<'a> {
        let data = match &node.value {
            tree::Value::Null => Data::Null,
            tree::Value::Bool(value) => Data::Bool(*value),
            tree::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Data::Int(value),
                (None, Some(value)) => Data::Double(value),
                (None, None) => return Err(Stop::Unknown(None)),
            },
            tree::Value::String(text) => Data::Text((&**text).into()),
            tree::Value::List(_) | tree::Value::Map(_) => Data::Node(node, tracked),
            tree::Value::Dynamic(_) => return Err(Stop::Unknown(Some(node))),
        };
        Ok(Self { data, origin: tracked.then_some(node) })
    }

    /// The type's name, as CEL calls it.
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Null => "null_type",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int",
            Data::Uint(_) => "uint",
            Data::Double(_) => "double",
            Data::Text(_) => "string",
            Data::Node(node, _) if node.as_list().is_some() => "list",
            Data::List(..) => "list",
            Data::Node(..) | Data::Map(_) => "map",
            Data::Optional(_) => "optional_type",
            Data::Quantity(_) => "kubernetes.Quantity",
            Data::Ip(_) => "net.IP",
            Data::Cidr(_) => "net.CIDR",
            Data::Url(_) => "kubernetes.URL",
            Data::Semver(_) => "kubernetes.Semver",
            Data::Type(_) => "type",
            Data::Foreign(cel::Value::Bytes(_)) => "bytes",
            Data::Foreign(_) => "dyn",
        }
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The known items of a list, and whether there may be more.
    pub fn items(&self) -> Option<(Vec<Outcome<'a>>, bool)> {
        match &self.data {
            Data::List(items, open) => Some((items.iter().cloned().map(Ok).collect(), *open)),
            Data::Node(node, tracked) => {
                let list = node.as_list()?;
                Some((list.items.iter().map(|item| Val::load(item, *tracked)).collect(), list.open))
            }
            _ => None,
        }
    }

    /// Whether a list may have more items than are known; `None` where it is no list.
    pub fn is_open_list(&self) -> Option<bool> {
        match &self.data {
            Data::List(_, open) => Some(*open),
            Data::Node(node, _) => node.as_list().map(|list| list.open),
            _ => None,
        }
    }

    /// The known item of a list at an index.
    pub fn item(&self, index: usize) -> Option<Outcome<'a>> {
        match &self.data {
            Data::List(items, _) => items.get(index).cloned().map(Ok),
            Data::Node(node, tracked) => node.as_list()?.items.get(index).map(|item| Val::load(item, *tracked)),
            _ => None,
        }
    }

    /// How many known items of a list are no texts.
    pub fn count_without_texts(&self) -> usize {
        match &self.data {
            Data::List(items, _) => items.iter().filter(|item| item.as_text().is_none()).count(),
            Data::Node(node, _) => node.children().filter(|item| item.as_str().is_none()).count(),
            _ => 0,
        }
    }

    /// How many items or entries are known.
    pub fn count(&self) -> usize {
        match &self.data {
            Data::List(items, _) => items.len(),
            Data::Map(entries) => entries.len(),
            Data::Node(node, _) => match &node.value {
                tree::Value::List(list) => list.items.len(),
                tree::Value::Map(map) => map.entries.len(),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// The known entries of a map, and whether there may be more.
    pub fn entries(&self) -> Option<(Vec<(Val<'a>, Outcome<'a>)>, bool)> {
        match &self.data {
            Data::Map(entries) => {
                Some((entries.iter().map(|(key, value)| (key.clone(), Ok(value.clone()))).collect(), false))
            }
            Data::Node(node, tracked) => {
                let map = node.as_map()?;
                let known = map.entries.iter().filter(|entry| entry.value.value != tree::Value::Null);
                let of = |entry: &'a tree::Entry| {
                    let key = Val::text(&entry.key.wire).made_of(tracked.then_some(&entry.value));
                    (key, Val::load(&entry.value, *tracked))
                };
                Some((known.map(of).collect(), map.open))
            }
            _ => None,
        }
    }

    /// The value as a number, for comparisons across number types.
    fn number(&self) -> Option<Number> {
        match self.data {
            Data::Int(value) => Some(Number::Whole(i128::from(value))),
            Data::Uint(value) => Some(Number::Whole(i128::from(value))),
            Data::Double(value) => Some(Number::Fraction(value)),
            _ => None,
        }
    }

    /// Whether two values are equal; values of different types never are.
    pub fn equals(&self, other: &Self) -> Outcome<'a, bool> {
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return Ok(a.compare(b) == Some(Ordering::Equal));
        }
        if let (Some((a, more_a)), Some((b, more_b))) = (self.items(), other.items()) {
            return lists_equal(a, more_a, b, more_b);
        }
        if let (Some((a, more_a)), Some((b, more_b))) = (self.entries(), other.entries()) {
            return maps_equal(&a, more_a, &b, more_b);
        }
        Ok(match (&self.data, &other.data) {
            (Data::Null, Data::Null) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Text(a), Data::Text(b)) => a == b,
            (Data::Quantity(a), Data::Quantity(b)) => a.compare(b) == Ordering::Equal,
            (Data::Ip(a), Data::Ip(b)) => a == b,
            (Data::Cidr(a), Data::Cidr(b)) => a == b,
            (Data::Url(a), Data::Url(b)) => a == b,
            (Data::Semver(a), Data::Semver(b)) => a.compare(b) == Ordering::Equal,
            (Data::Optional(None), Data::Optional(None)) => true,
            (Data::Optional(Some(a)), Data::Optional(Some(b))) => return a.equals(b),
            (Data::Type(a), Data::Type(b)) => a == b,
            (Data::Foreign(a), Data::Foreign(b)) => a == b,
            _ => false,
        })
    }

    /// The order of two values, where their types have one.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return a.compare(b);
        }
        match (&self.data, &other.data) {
            (Data::Bool(a), Data::Bool(b)) => Some(a.cmp(b)),
            (Data::Text(a), Data::Text(b)) => Some(a.cmp(b)),
            (Data::Foreign(a), Data::Foreign(b)) => a.partial_cmp(b),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    fn compare(self, other: Self) -> Option<Ordering> {
        #[expect(clippy::cast_precision_loss, reason = "CEL compares a double with a whole number as doubles")]
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(&b)),
            (Self::Fraction(a), Self::Fraction(b)) => a.partial_cmp(&b),
            (Self::Whole(a), Self::Fraction(b)) => (a as f64).partial_cmp(&b),
            (Self::Fraction(a), Self::Whole(b)) => a.partial_cmp(&(b as f64)),
        }
    }
}

/// Lists differ as soon as two known items do; else what is unknown decides.
fn lists_equal<'a>(a: Vec<Outcome<'a>>, more_a: bool, b: Vec<Outcome<'a>>, more_b: bool) -> Outcome<'a, bool> {
    if more_a || more_b {
        return Err(Stop::Unknown(None));
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut unsure = None;
    for pair in a.into_iter().zip(b) {
        match (pair.0, pair.1) {
            (Ok(a), Ok(b)) => match a.equals(&b) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(stop) => unsure = Some(stop),
            },
            (Err(stop), _) | (_, Err(stop)) => unsure = Some(stop),
        }
    }
    unsure.map_or(Ok(true), Err)
}

fn maps_equal<'a>(
    a: &[(Val<'a>, Outcome<'a>)],
    more_a: bool,
    b: &[(Val<'a>, Outcome<'a>)],
    more_b: bool,
) -> Outcome<'a, bool> {
    if more_a || more_b {
        return Err(Stop::Unknown(None));
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut unsure = None;
    let mut by_text: HashMap<&str, &Outcome<'a>> = HashMap::new();
    for (key, value) in b {
        if let Some(text) = key.as_text() {
            by_text.entry(text).or_insert(value);
        }
    }
    for (key, value) in a {
        let twin = match key.as_text() {
            Some(text) => by_text.get(text).copied(),
            None => b.iter().find(|(other, _)| matches!(key.equals(other), Ok(true))).map(|(_, value)| value),
        };
        let Some(twin) = twin else { return Ok(false) };
        match (value, twin) {
            (Ok(a), Ok(b)) => match a.equals(b) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(stop) => unsure = Some(stop),
            },
            (Err(stop), _) | (_, Err(stop)) => unsure = Some(stop.clone()),
        }
    }
    unsure.map_or(Ok(true), Err)
}
