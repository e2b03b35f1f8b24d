//! Values: what an expression gives, where that was written, and what is known where it is not known.

use std::rc::Rc;

use super::{ObjectId, PartialText, Symbol};
use crate::schema::python::Class as ClientClass;
use crate::tree::{FileId, Location};

/// A value and the place where it was written.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The literal or call that made it.
    pub at: Location,
}

/// What a value can be. What has an identity lives in the heap, behind [`ValueKind::Object`].
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// `True`, `False`.
    Bool(bool),
    /// An `int`; larger ones are unknown.
    Int(i64),
    /// A `float`.
    Float(f64),
    /// A `str`.
    Text(Rc<str>),
    /// `bytes`.
    Bytes(Rc<[u8]>),
    /// A `str` that is known in part.
    Partial(Rc<PartialText>),
    /// An object of the heap.
    Object(ObjectId),
    /// A class of the Kubernetes client.
    ClientClass(&'static ClientClass),
    /// `PodTemplate` of one of the SDKs.
    TemplateClass(Sdk),
    /// A module, class or function outside the project, by its dotted path: `os.environ`, `builtins.len`.
    Library(Rc<str>),
    /// A module of the project.
    Module(FileId),
    /// A function with the object or class that it is called on.
    Bound(Rc<Bound>),
    /// A method of a value that the project does not define: `[].append`.
    Method(Rc<Method>),
    /// `functools.partial(…)`.
    PartialCall(Rc<Partial>),
    /// `super()`.
    Super(Rc<SuperOf>),
    /// Only known when the program runs.
    Unknown(Rc<Unknown>),
}

/// A function with its first argument.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The first argument.
    pub receiver: Value,
    /// A function object of the heap, or anything else that can be called.
    pub function: Value,
}

/// A method that is not the project's.
#[derive(Clone, Debug)]
pub struct Method {
    /// Whose.
    pub receiver: Value,
    /// Its name.
    pub name: Rc<str>,
}

/// A callable with some of its arguments.
#[derive(Clone, Debug)]
pub struct Partial {
    /// What is called.
    pub callee: Value,
    /// With these before those of the call.
    pub arguments: Arguments,
}

/// `super()` in a method.
#[derive(Clone, Debug)]
pub struct SuperOf {
    /// The object or class.
    pub receiver: Value,
    /// The class whose method asks; the search begins behind it.
    pub class: ObjectId,
}

/// Which SDK a template class is of.
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

/// A value in a collection or argument, with the expression that put it there.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The value.
    pub value: Value,
    /// The expression.
    pub at: Location,
}

/// A value that only running the program would tell.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why, as people would say it: `os.environ["TAG"]`.
    pub reason: Rc<str>,
    /// The kind of the reason.
    pub cause: Cause,
    /// What it is surely an instance of.
    pub bound: TypeBound,
    /// What it may be. An object that is in no list of candidates and was not given away is never meant.
    pub candidates: Rc<[Value]>,
    /// Whether it surely is one of the candidates.
    pub is_one_of: bool,
    /// What it is unless something outside says otherwise.
    pub default: Option<Value>,
    /// By what it is known again: two values with one symbol are the same.
    pub symbol: Option<Symbol>,
    /// The library that it comes from, as a dotted path with `()` for calls: `logging.getLogger()`.
    pub origin: Option<Rc<str>>,
}

/// Why a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is read from the environment of the process.
    Environment,
    /// It is an argument of a function that nothing calls, or of the program.
    Argument,
    /// It depends on a test that is not known.
    Condition,
    /// Code outside the project computes it.
    External,
    /// It was given to code that podlint cannot follow.
    GivenAway,
    /// The construct is not modelled.
    Unsupported,
    /// It differs between versions of Python or of the Kubernetes client.
    Version,
    /// The text of the file is broken there.
    Syntax,
    /// A limit of the evaluation was reached.
    Limit,
}

/// What a value is surely an instance of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeBound {
    /// Anything.
    Any,
    /// `bool`.
    Bool,
    /// `int`, perhaps a `bool`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Text,
    /// `bytes`.
    Bytes,
    /// `list`.
    List,
    /// `tuple`.
    Tuple,
    /// `dict`.
    Dict,
    /// `set` or `frozenset`.
    Set,
    /// A class of an SDK that is not a Kubernetes object: `flyte.Image`.
    Sdk(&'static str),
}

/// What may be there and is not known.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Why.
    pub reason: Rc<str>,
    /// Objects that may be among what is not known.
    pub candidates: Rc<[Value]>,
}

/// What a call gives.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// By position, up to the first that is not known.
    pub positional: Vec<Slot>,
    /// By name.
    pub keywords: Vec<Keyword>,
    /// There may be further positional arguments behind the known ones: `*args` of something unknown.
    pub more_positional: Option<Gap>,
    /// There may be further keywords, which may also repeat known ones: `**kwargs` of something unknown.
    pub more_keywords: Option<Gap>,
}

/// An argument by name.
#[derive(Clone, Debug)]
pub struct Keyword {
    /// The name.
    pub name: Rc<str>,
    /// Where it is written.
    pub name_at: Location,
    /// The value.
    pub slot: Slot,
}

impl Value {
    /// A value written at a location.
    #[must_use]
    pub const fn new(kind: ValueKind, at: Location) -> Self {
        Self { kind, at }
    }

    /// `None`, written at a location.
    #[must_use]
    pub const fn none(at: Location) -> Self {
        Self::new(ValueKind::None, at)
    }

    /// A string, written at a location.
    pub fn text(text: impl Into<Rc<str>>, at: Location) -> Self {
        Self::new(ValueKind::Text(text.into()), at)
    }

    /// A value that cannot be known.
    #[must_use]
    pub fn unknown(unknown: Unknown, at: Location) -> Self {
        Self::new(ValueKind::Unknown(Rc::new(unknown)), at)
    }

    /// The text, where it is a known string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is a known `int` or `bool`.
    #[must_use]
    pub const fn as_int(&self) -> Option<i64> {
        match self.kind {
            ValueKind::Int(number) => Some(number),
            ValueKind::Bool(value) => Some(value as i64),
            _ => None,
        }
    }

    /// The object of the heap that it is.
    #[must_use]
    pub const fn as_object(&self) -> Option<ObjectId> {
        match self.kind {
            ValueKind::Object(id) => Some(id),
            _ => None,
        }
    }

    /// What is known of it, where it is not known.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            ValueKind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// Whether it is `None`.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self.kind, ValueKind::None)
    }

    /// Whether nothing, or only a part of a text, is known.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.kind, ValueKind::Unknown(_) | ValueKind::Partial(_))
    }

    /// The same value, written elsewhere.
    #[must_use]
    pub fn moved(mut self, at: Location) -> Self {
        self.at = at;
        self
    }

    /// Whether both surely are the same: `is` for objects, equal and of one type for plain data. Says nothing of two unknowns
    /// unless they are one.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        use ValueKind as K;
        match (&self.kind, &other.kind) {
            (K::None, K::None) | (K::Ellipsis, K::Ellipsis) | (K::NotImplemented, K::NotImplemented) => true,
            (K::Bool(one), K::Bool(two)) => one == two,
            (K::Int(one), K::Int(two)) => one == two,
            (K::Float(one), K::Float(two)) => one.to_bits() == two.to_bits(),
            (K::Text(one), K::Text(two)) => one == two,
            (K::Bytes(one), K::Bytes(two)) => one == two,
            (K::Partial(one), K::Partial(two)) => Rc::ptr_eq(one, two),
            (K::Object(one), K::Object(two)) => one == two,
            (K::ClientClass(one), K::ClientClass(two)) => one.name == two.name,
            (K::TemplateClass(one), K::TemplateClass(two)) => one == two,
            (K::Library(one), K::Library(two)) => one == two,
            (K::Module(one), K::Module(two)) => one == two,
            (K::Bound(one), K::Bound(two)) => {
                Rc::ptr_eq(one, two) || (one.receiver.is_same(&two.receiver) && one.function.is_same(&two.function))
            }
            (K::Method(one), K::Method(two)) => {
                Rc::ptr_eq(one, two) || (one.name == two.name && one.receiver.is_same(&two.receiver))
            }
            (K::PartialCall(one), K::PartialCall(two)) => Rc::ptr_eq(one, two),
            (K::Super(one), K::Super(two)) => Rc::ptr_eq(one, two),
            (K::Unknown(one), K::Unknown(two)) => Rc::ptr_eq(one, two) || one.is_same(two),
            _ => false,
        }
    }
}

impl Slot {
    /// A value put somewhere by the expression at `at`.
    #[must_use]
    pub const fn new(value: Value, at: Location) -> Self {
        Self { value, at }
    }

    /// A value that stands where it was written.
    #[must_use]
    pub const fn here(value: Value) -> Self {
        let at = value.at;
        Self { value, at }
    }
}
