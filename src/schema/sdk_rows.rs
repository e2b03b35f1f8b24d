//! The rows of the SDK tables: what they know of distributions, classes, functions and modules.

use super::sdk_types::{Default, Type, Version, Versions};

/// A package of the index: `flyte`, `flytekit` or one of their plugins.
#[derive(Debug)]
pub struct Distribution {
    /// Its name on the package index.
    pub name: &'static str,
    /// The releases that were read, oldest first: of SDKs all, of plugins the first and last patch of each minor version.
    pub versions: &'static [Version],
    /// The distributions that it always brings along, without those that only its extras need.
    pub requires: &'static [Requirement],
}

/// A distribution that another one requires.
#[derive(Debug)]
pub struct Requirement {
    /// In normal form: lower case, with dashes.
    pub name: &'static str,
    /// The releases of the one that requires it.
    pub versions: Versions,
}

/// A class, function or module.
#[derive(Debug)]
pub struct Definition {
    /// The path by which users know it: the shortest public one, such as `flyte.app.AppEnvironment`.
    pub path: &'static str,
    /// The index of its distribution.
    pub(super) distribution: u8,
    /// The releases that have it, under this path or another.
    pub versions: Versions,
    /// What it is.
    pub body: Body,
}

/// What stands behind a path.
#[derive(Debug)]
pub enum Body {
    /// A class, enums and exceptions included.
    Class(Class),
    /// A function.
    Function(Callable),
    /// A module or package.
    Module(Module),
}

/// A class.
#[derive(Debug)]
pub struct Class {
    /// One row for each time that they changed.
    pub facts: &'static [ClassFacts],
    /// Paths, in order; `abc.ABC` and others from outside the tables included.
    pub bases: &'static [Base],
    /// Its own constructor; [`Definition::constructor`] also looks at the bases.
    pub constructor: Option<Callable>,
    /// Its own attributes, beside methods.
    pub attributes: &'static [Attribute],
    /// Its own methods.
    pub methods: &'static [Method],
    /// What a new instance passes through, the checks of the bases included.
    pub checks: &'static [Check],
}

/// How a class is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// Made by `__init__`, its own or inherited.
    Plain,
    /// Made from its fields, unless it has an `__init__`.
    Dataclass,
    /// Made of members.
    Enum,
    /// To be raised.
    Exception,
    /// A tuple with names; it cannot be changed.
    NamedTuple,
    /// A description of other classes.
    Protocol,
    /// A pydantic model, which checks and converts its fields.
    Pydantic,
    /// A plain `dict` with known keys.
    TypedDict,
}

/// What a class is like, in some releases.
#[derive(Debug)]
pub struct ClassFacts {
    /// How its constructor and attributes come about.
    pub kind: ClassKind,
    /// Assignments to its fields raise.
    pub frozen: bool,
    /// Only listed attributes can be assigned.
    pub slots: bool,
    /// It answers for names that are nowhere written (`__getattr__`, `setattr`).
    pub open: bool,
    /// A decorator that the tables do not know may have changed it.
    pub opaque: bool,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// A class that another one inherits from.
#[derive(Debug)]
pub struct Base {
    /// A path to `find` where the tables have the class.
    pub path: &'static str,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// The signature of a function, method or constructor, `self` and `cls` left out.
#[derive(Debug)]
pub struct Callable {
    /// One row for each time that they changed.
    pub heads: &'static [Head],
    /// In the order of the signature. Of one name there are several rows where the releases differ.
    pub parameters: &'static [Parameter],
}

/// What a callable is like beside its parameters, in some releases.
#[derive(Debug)]
pub struct Head {
    /// Its result must be awaited.
    pub is_async: bool,
    /// `async` in the source, but called without `await`; `.aio(…)` is the asynchronous way.
    pub syncified: bool,
    /// A decorator that the tables do not know may have changed the signature.
    pub opaque: bool,
    /// It must be defined by a subclass before an instance can be made.
    pub is_abstract: bool,
    /// The declared type of the result.
    pub returns: Type,
    /// The exception for keywords that are not among the parameters.
    pub refuses: &'static str,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By place only.
    PositionalOnly,
    /// By place or by name.
    Either,
    /// By name only.
    KeywordOnly,
    /// `*args`
    Positionals,
    /// `**kwargs`: any name may be given.
    Keywords,
    /// `**kwargs` that go to the constructor of the base, which judges them.
    Forwarded,
}

/// A parameter of a signature.
#[derive(Debug)]
pub struct Parameter {
    /// Without stars.
    pub name: &'static str,
    /// How it is given.
    pub kind: ParameterKind,
    /// Its declared type; of `*args` that of each one.
    pub kind_of_value: Type,
    /// What it has when it is not given.
    pub default: Default,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// What sort of attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// Of instances: fields, and what methods assign to `self`.
    Instance,
    /// Of the class: constants and nested classes.
    Class,
    /// A member of an enum.
    Member,
    /// A property without a setter: assignments raise.
    Property,
    /// A property that can be assigned.
    SettableProperty,
}

/// An attribute of a class or its instances.
#[derive(Debug)]
pub struct Attribute {
    /// Never private.
    pub name: &'static str,
    /// Whose it is, and whether it can be assigned.
    pub kind: AttributeKind,
    /// Its declared type.
    pub kind_of_value: Type,
    /// The value of a member of an enum.
    pub value: Default,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKind {
    /// An instance.
    Instance,
    /// The class or an instance.
    Class,
    /// The class or an instance, of which it learns nothing.
    Static,
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// `__call__` and `__getitem__` are the only special ones.
    pub name: &'static str,
    /// What it is called on.
    pub kind: MethodKind,
    /// Its signature.
    pub callable: Callable,
}

/// An `isinstance` check of a constructor: it raises for other values.
#[derive(Debug)]
pub struct Check {
    /// The parameter.
    pub name: &'static str,
    /// Whether it is about each item of the value.
    pub each: bool,
    /// Classes and builtins; types within them do not count.
    pub allows: Type,
    /// What it lets through before it looks at the class.
    pub passes: Passes,
    /// The exception's class.
    pub raises: &'static str,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// The values that a check lets through unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// None.
    Nothing,
    /// `None`.
    None,
    /// All that Python takes for false: `None`, `""`, `0`, `{}`, `[]`.
    FalseValues,
}

/// A module with its public names.
#[derive(Debug)]
pub struct Module {
    /// One row for each time that they changed.
    pub facts: &'static [ModuleFacts],
    /// In the order of the alphabet.
    pub names: &'static [Name],
}

/// What a module is like, in some releases.
#[derive(Debug)]
pub struct ModuleFacts {
    /// Not all of its names are listed.
    pub open: bool,
    /// The releases for which this holds.
    pub versions: Versions,
}

/// What a name in a module stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A class or function of the distribution.
    Definition,
    /// A module: its own attribute only once somebody has imported it.
    Module,
    /// From another package.
    Outside,
    /// Any other value.
    Value,
}

/// A public name in a module.
#[derive(Debug)]
pub struct Name {
    /// Never private.
    pub name: &'static str,
    /// What it stands for.
    pub kind: NameKind,
    /// What it stands for: a path to `find` for definitions and modules, else the path in the other package.
    pub target: &'static str,
    /// A value as the source has it, or a known literal.
    pub value: Default,
    /// The releases for which this holds.
    pub versions: Versions,
}
