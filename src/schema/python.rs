//! The classes of the Kubernetes Python client that a pod template is built from.

use super::python_table::CLASSES;

/// The generations of the client that the table tells apart; bit `n` of [`Attribute::clients`] is the `n`th.
pub const GENERATIONS: [u8; 4] = [28, 33, 36, 37];

/// A `V1*` class.
#[derive(Debug)]
pub struct Class {
    /// Its name: `V1Container`.
    pub name: &'static str,
    /// Its constructor's arguments, in the order in which older clients take them by position.
    pub attributes: &'static [Attribute],
}

/// An attribute of a class, which is also an argument of its constructor.
#[derive(Debug)]
pub struct Attribute {
    /// The name in Python: `volume_mounts`.
    pub python: &'static str,
    /// The name that is sent: `volumeMounts`.
    pub wire: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether the constructor raises without it.
    pub required: bool,
    /// Which of the [`GENERATIONS`] have it, one bit each.
    pub clients: u8,
}

/// What an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `str`; also `datetime`, which is written as a string.
    String,
    /// `bool`.
    Boolean,
    /// `int`.
    Integer,
    /// `int` or `str`, or anything.
    Any,
    /// An object of another class.
    Class(&'static str),
    /// A list.
    List(&'static Self),
    /// A dict whose keys are the user's own.
    Map(&'static Self),
}

impl Kind {
    /// What it asks for, in the words of messages.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::String => "a string".to_owned(),
            Self::Boolean => "`True` or `False`".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::List(Self::Class(name)) => format!("a list of `{name}`"),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "a dict".to_owned(),
            Self::Class(name) => format!("a `{name}`"),
            Self::Any => "anything".to_owned(),
        }
    }
}

/// The class of that name.
#[must_use]
pub fn class(name: &str) -> Option<&'static Class> {
    CLASSES.binary_search_by(|class| class.name.cmp(name)).ok().and_then(|index| CLASSES.get(index))
}

/// The names of all classes that `kubernetes.client` has in any of the [`GENERATIONS`], most of which no pod needs.
static NAMES: &str = include_str!("../../schemas/python-client/classes.txt");

/// Whether `kubernetes.client` has a class of that name in some generation.
#[must_use]
pub fn is_class_name(name: &str) -> bool {
    NAMES.lines().any(|known| known == name)
}

/// The names of all classes, those that a pod is made of first.
pub fn class_names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|class| class.name).chain(NAMES.lines())
}

/// The class that a module of `kubernetes.client.models` defines: `v1_pod_spec` is that of `V1PodSpec`.
#[must_use]
pub fn class_of_module(module: &str) -> Option<&'static Class> {
    let plain = module.replace('_', "");
    CLASSES.iter().find(|class| class.name.eq_ignore_ascii_case(&plain))
}

impl Class {
    /// The attribute with this Python name. `exec` is taken for `_exec`, as newer clients do.
    #[must_use]
    pub fn attribute(&self, python: &str) -> Option<&'static Attribute> {
        let spelt = |attribute: &&Attribute| {
            attribute.python == python || attribute.python.strip_prefix('_').is_some_and(|plain| plain == python)
        };
        self.attributes.iter().find(spelt)
    }

    /// The attribute that is sent under this name.
    #[must_use]
    pub fn attribute_by_wire(&self, wire: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.wire == wire)
    }
}
