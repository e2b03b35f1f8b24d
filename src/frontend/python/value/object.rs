//! Objects of the heap: everything that has an identity, and can be changed.

use std::rc::Rc;

use super::{Attributes, CodeId, Mapping, ScopeId, Sdk, Sequence, Slot, Value};
use crate::schema::python::Class as ClientClass;
use crate::text::Span;
use crate::tree::Location;

/// An object.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// The display or call that made it.
    pub at: Location,
    /// Why nothing is known of its contents any more: code that podlint cannot follow may reach and change it at any time.
    /// Its contents stay forgotten, whatever is written to it afterwards.
    pub escaped: Option<Rc<str>>,
}

/// The kinds of objects.
#[derive(Clone, Debug)]
pub enum ObjectKind {
    /// `list`; also `collections.deque`.
    List(Sequence),
    /// `tuple`.
    Tuple(Sequence),
    /// `dict`; with the default factory of a `defaultdict`.
    Dict(Mapping, Option<Value>),
    /// `set`.
    Set(Mapping),
    /// `frozenset`.
    FrozenSet(Mapping),
    /// An instance of a class.
    Instance(Instance),
    /// A class of the project.
    Class(Box<Class>),
    /// A function of the project.
    Function(Box<Function>),
    /// `staticmethod`, `classmethod`, `property`, ….
    Descriptor(Descriptor),
    /// An iterator or generator, which is used up once.
    Iterator(IteratorState),
}

/// An instance of a class.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its class.
    pub class: ClassRef,
    /// Its attributes.
    pub attributes: Attributes,
    /// Of subclasses of `str`, `int`, `dict`, `list`, …: the value itself.
    pub payload: Option<Value>,
    /// The callee's text, to point at the whole.
    pub head: Span,
}

/// Which class something is of, or extends.
#[derive(Clone, Debug)]
pub enum ClassRef {
    /// A class of the project, an object of the heap.
    User(super::ObjectId),
    /// A class of the Kubernetes client.
    Client(&'static ClientClass),
    /// `PodTemplate` of an SDK.
    Template(Sdk),
    /// Another class outside the project, by its dotted path; builtin ones are `builtins.dict`.
    Library(Rc<str>),
    /// A base that is not known.
    Unknown(Rc<str>),
}

/// A class of the project.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Rc<str>,
    /// What it extends.
    pub bases: Vec<ClassRef>,
    /// Itself and all that it extends, in the order in which attributes are looked for (C3).
    pub order: Vec<ClassRef>,
    /// What its body and later assignments define.
    pub attributes: Attributes,
    /// What decorators and bases make of it.
    pub kind: ClassKind,
    /// Its metaclass, where it is not `type`.
    pub metaclass: Option<Value>,
    /// The scope of its body.
    pub scope: ScopeId,
    /// The names with annotations in its own body, in order: name, text of the annotation.
    pub annotations: Vec<(Rc<str>, Rc<str>)>,
}

/// The kinds of classes, which decide how instances are made and compared.
#[derive(Clone, Debug)]
pub enum ClassKind {
    /// An ordinary class.
    Plain,
    /// `@dataclass`, `attrs`, `NamedTuple`, or a pydantic model: made from fields, those of bases first.
    Fields {
        /// By which library: `dataclasses`, `attrs`, `typing.NamedTuple`, `pydantic`, `pydantic_settings`.
        library: &'static str,
        /// The fields in the order of the constructor.
        fields: Rc<[Field]>,
        /// Whether assignments raise.
        frozen: bool,
        /// Whether instances are equal by their fields.
        eq: bool,
        /// Whether instances are ordered by their fields.
        order: bool,
    },
    /// An enumeration; `true` for `Flag`.
    Enum(bool),
    /// `TypedDict`.
    TypedDict,
    /// An exception.
    Exception,
}

/// A field of a dataclass and the like.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Rc<str>,
    /// The text of its annotation.
    pub annotation: Rc<str>,
    /// What it is where no argument is given.
    pub default: FieldDefault,
    /// Whether the constructor takes it.
    pub init: bool,
    /// Whether the constructor takes it by name only.
    pub keyword_only: bool,
    /// Whether it counts where instances are compared.
    pub compare: bool,
    /// Whether `repr` shows it, where that is known.
    pub is_shown: Option<bool>,
    /// The other name by which the constructor takes it: pydantic's `alias`.
    pub alias: Option<Rc<str>>,
    /// Rules of pydantic's `Field(ge=…)` and the like, and converters of attrs.
    pub rules: Vec<(Rc<str>, Value)>,
    /// Where it is written.
    pub at: Location,
}

/// What a field is without an argument.
#[derive(Clone, Debug)]
pub enum FieldDefault {
    /// It must be given.
    Required,
    /// A value, shared by all instances (pydantic: copied).
    Value(Value),
    /// What a call gives, made anew for each instance.
    Factory(Value),
}

/// A function object.
#[derive(Clone, Debug)]
pub struct Function {
    /// What is written.
    pub code: CodeId,
    /// The scope that it is defined in.
    pub closure: ScopeId,
    /// The defaults of its parameters, evaluated once with the definition, by the start of the parameter's name.
    pub defaults: Rc<[(u32, Value)]>,
    /// The class whose body defines it.
    pub class: Option<super::ObjectId>,
    /// What is set on it: `__name__`, `__wrapped__`, attributes of the user's own.
    pub attributes: Attributes,
    /// Whether `async` or a generator decorator changes what a call gives.
    pub wrapper: Option<Rc<str>>,
}

/// Objects that classes hold and that decide what access to an attribute means.
#[derive(Clone, Debug)]
pub enum Descriptor {
    /// `staticmethod`.
    Static(Value),
    /// `classmethod`.
    Class(Value),
    /// `property`, with its setter.
    Property(Property),
    /// `functools.cached_property`.
    CachedProperty(Value),
}

/// A property.
#[derive(Clone, Debug)]
pub struct Property {
    /// What gives the value.
    pub get: Option<Value>,
    /// What is called on assignment.
    pub set: Option<Value>,
    /// What is called on `del`.
    pub delete: Option<Value>,
}

/// The state of an iterator.
#[derive(Clone, Debug)]
pub enum IteratorState {
    /// Over a live list, tuple or view: the object and how many elements were taken.
    Over(Slot, usize),
    /// Over elements that are there already: the rest of them.
    Rest(Sequence),
    /// A generator.
    Generator(Generator),
    /// One that the library computes: which (`zip`, `map`, `itertools.count`, …), and what it works on.
    Library(&'static str, Vec<Value>),
}

/// A generator.
#[derive(Clone, Debug)]
pub struct Generator {
    /// The function or generator expression.
    pub code: CodeId,
    /// The scope of its variables, with the parameters bound.
    pub scope: ScopeId,
    /// The function object; `None` for generator expressions.
    pub function: Option<super::ObjectId>,
    /// The first argument, for `super()`.
    pub receiver: Option<Value>,
    /// The evaluated outermost iterable of a generator expression.
    pub source: Option<Value>,
    /// How far it is.
    pub state: GeneratorState,
}

/// How far a generator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorState {
    /// Nothing of it has run.
    New,
    /// It is used up.
    Finished,
}

impl Object {
    /// An object that nobody else knows.
    #[must_use]
    pub const fn new(kind: ObjectKind, at: Location) -> Self {
        Self { kind, at, escaped: None }
    }

    /// How much it holds, for the budget.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => items.elements.len(),
            ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => {
                entries.entries.len()
            }
            ObjectKind::Instance(instance) => instance.attributes.len(),
            ObjectKind::Class(class) => class.attributes.len(),
            _ => 1,
        }
    }

    /// The instance that it is.
    #[must_use]
    pub const fn as_instance(&self) -> Option<&Instance> {
        match &self.kind {
            ObjectKind::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// The values that it refers to.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        match &self.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => items.values().cloned().collect(),
            ObjectKind::Dict(entries, factory) => entries.values().chain(factory).cloned().collect(),
            ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => entries.values().cloned().collect(),
            ObjectKind::Instance(instance) => instance.attributes.values().chain(&instance.payload).cloned().collect(),
            ObjectKind::Class(class) => class.attributes.values().cloned().collect(),
            ObjectKind::Function(function) => {
                function.attributes.values().chain(function.defaults.iter().map(|(_, value)| value)).cloned().collect()
            }
            ObjectKind::Descriptor(descriptor) => descriptor.values(),
            ObjectKind::Iterator(state) => state.values(),
        }
    }

    /// Forgets all that it holds; nothing of it is meant any more.
    pub fn lose(&mut self, reason: &Rc<str>) {
        let gap = super::Gap::new(Rc::clone(reason));
        match &mut self.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => *items = Sequence::unknown(gap),
            ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => {
                *entries = Mapping::unknown(gap);
            }
            _ => self.forget(reason),
        }
    }

    /// Forgets what can be changed in it.
    pub fn forget(&mut self, reason: &Rc<str>) {
        match &mut self.kind {
            ObjectKind::List(items) => items.forget(reason),
            ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) => entries.forget(reason),
            ObjectKind::Instance(instance) => instance.attributes.forget(reason),
            ObjectKind::Class(class) => class.attributes.forget(reason),
            ObjectKind::Function(function) => function.attributes.forget(reason),
            ObjectKind::Iterator(state) => {
                *state = IteratorState::Rest(Sequence::unknown(super::Gap::new(Rc::clone(reason))))
            }
            ObjectKind::Tuple(_) | ObjectKind::FrozenSet(_) | ObjectKind::Descriptor(_) => {}
        }
    }
}

impl Descriptor {
    fn values(&self) -> Vec<Value> {
        match self {
            Self::Static(value) | Self::Class(value) | Self::CachedProperty(value) => vec![value.clone()],
            Self::Property(Property { get, set, delete }) => {
                [get, set, delete].into_iter().flatten().cloned().collect()
            }
        }
    }
}

impl IteratorState {
    fn values(&self) -> Vec<Value> {
        match self {
            Self::Over(slot, _) => vec![slot.value.clone()],
            Self::Rest(sequence) => sequence.values().cloned().collect(),
            Self::Generator(generator) => generator.receiver.iter().chain(&generator.source).cloned().collect(),
            Self::Library(_, values) => values.clone(),
        }
    }
}

impl ClassRef {
    /// Whether both are the same class.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::User(one), Self::User(two)) => one == two,
            (Self::Client(one), Self::Client(two)) => one.name == two.name,
            (Self::Template(one), Self::Template(two)) => one == two,
            (Self::Library(one), Self::Library(two)) => one == two,
            _ => false,
        }
    }
}
