//! What the evaluator computes with: values that know where they were written, and a heap of objects with identity.

use std::rc::Rc;

use super::budget::MAX_ATTRIBUTES;
use super::calls::Arguments;
use super::sdk::SdkClass;
use crate::schema::python::Class;
use crate::text::Span;
use crate::tree::{Location, Piece};

/// A value and the place where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Val {
    /// What it is.
    pub data: Data,
    /// The literal or call that made it.
    pub at: Location,
}

/// What a value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// A number, as JSON would carry it.
    Number(Rc<str>),
    /// A string.
    Text(Rc<str>),
    /// A string that is known in part.
    Pattern(Rc<[Piece]>, Rc<str>),
    /// A list, dict or instance: its place in the heap.
    Object(usize),
    /// A function of the module: its place in the interpreter's table.
    Function(usize),
    /// A class of the module.
    UserClass(usize),
    /// A class of the Kubernetes client.
    Client(&'static Class),
    /// `PodTemplate` of one of the SDKs.
    Template(Sdk),
    /// A module of the project: its place in the project, and its dotted name.
    Module(usize, Rc<str>),
    /// A module, or a name in one, by its dotted path.
    Path(Rc<str>),
    /// A method of a value.
    Method(Rc<Val>, Rc<str>),
    /// A function of the project with its first argument.
    Bound(Rc<Val>, usize),
    /// A callable with some of its arguments.
    Partial(Rc<Partial>),
    /// `super()` of an object, in a method of this class.
    Super(Rc<Val>, usize),
    /// A dataclass field's `default_factory`.
    Factory(Rc<Val>),
    /// A path from the folder of the source, or the open file or text there.
    FsPath(Rc<str>),
    /// A text that holds a value: `json.dumps(…)`.
    Dumped(Rc<Val>),
    /// A `timedelta`.
    Seconds(i64),
    /// Known only when the program runs; the expression says why.
    Dynamic(Rc<str>),
    /// The same, with what it is where nothing outside says otherwise: `os.environ.get("TAG", "1.0")`.
    Default(Rc<str>, Rc<Val>),
}

/// What `functools.partial` makes.
#[derive(Clone, Debug)]
pub struct Partial {
    /// What is called.
    pub callee: Val,
    /// With these.
    pub arguments: Arguments,
    /// How many partials are in one another.
    pub depth: usize,
}

/// As in Python, each is a thing of its own; and to compare what they hold could take forever.
impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Which class a template is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sdk {
    /// flytekit.
    V1,
    /// flyte.
    V2,
    /// flytekit's old `Pod` task configuration.
    Pod,
    /// Imported from a module that podlint does not know.
    Unknown,
}

/// A value in a collection or attribute, with the expression that put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The value.
    pub val: Val,
    /// The expression.
    pub at: Location,
}

/// An object with identity.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// What it holds.
    pub body: Body,
    /// It may hold more than is known.
    pub open: bool,
    /// The display or call that made it.
    pub at: Location,
}

/// The kinds of objects.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A list or tuple.
    List(Vec<Slot>),
    /// A dict.
    Dict(Vec<(Slot, Slot)>),
    /// An instance.
    Instance(Instance),
}

/// An instance of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Of which.
    pub of: Of,
    /// The project's own class, which may extend another.
    pub user: Option<usize>,
    /// Its attributes: name, where the name is written, value.
    pub attributes: Vec<(Rc<str>, Location, Slot)>,
    /// The callee's text, to point at the whole.
    pub head: Span,
}

/// What an instance is of.
#[derive(Clone, Debug, PartialEq)]
pub enum Of {
    /// A class of the Kubernetes client.
    Client(&'static Class),
    /// `PodTemplate`.
    Template(Sdk),
    /// A class of the Flyte SDKs.
    Sdk(&'static SdkClass),
    /// A class of the module.
    User(usize),
    /// Nothing but its attributes: `SimpleNamespace`.
    Plain,
}

impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Val {
    /// A value written at a place.
    pub const fn new(data: Data, at: Location) -> Self {
        Self { data, at }
    }

    /// A value that cannot be known.
    pub fn dynamic(reason: impl Into<Rc<str>>, at: Location) -> Self {
        Self::new(Data::Dynamic(reason.into()), at)
    }

    /// The text, when it is a known string.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is known.
    pub const fn is_dynamic(&self) -> bool {
        matches!(self.data, Data::Dynamic(_) | Data::Default(..))
    }
}

impl Slot {
    /// A value put somewhere by the expression at `at`.
    pub const fn new(val: Val, at: Location) -> Self {
        Self { val, at }
    }
}

impl Instance {
    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Slot> {
        self.attributes.iter().find(|(known, ..)| &**known == name).map(|(.., slot)| slot)
    }

    /// Sets an attribute, in the place of an older one of that name. What is beyond all measure is left out.
    pub fn set(&mut self, name: &str, named_at: Location, slot: Slot) {
        let is_full = self.attributes.len() >= MAX_ATTRIBUTES;
        match self.attributes.iter_mut().find(|(known, ..)| &**known == name) {
            Some(known) => *known = (name.into(), named_at, slot),
            None if is_full => {}
            None => self.attributes.push((name.into(), named_at, slot)),
        }
    }
}
