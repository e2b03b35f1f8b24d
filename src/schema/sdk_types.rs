//! The vocabulary of the SDK tables: versions, declared types and literal values.

use std::fmt;

/// A release of an SDK or a plugin, such as 2.12.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u8, pub u8, pub u8);

impl Version {
    const FIRST: Self = Self(0, 0, 0);
    const LAST: Self = Self(u8::MAX, u8::MAX, u8::MAX);

    /// Reads `2.12.1` or `2.12`; pre-releases such as `2.0.0b52` and anything else are `None`.
    ///
    /// A missing patch is 0, so callers that mean "some 2.12" must ask for its last patch themselves.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.').map(|part| part.parse::<u8>().ok());
        let version = Self(parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The first and the last release for which a row of the tables holds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions(pub Version, pub Version);

impl Versions {
    /// From the oldest release that the tables cover to the newest, and beyond.
    pub const ALL: Self = Self(Version::FIRST, Version::LAST);

    /// From a release on.
    #[must_use]
    pub const fn since(first: Version) -> Self {
        Self(first, Version::LAST)
    }

    /// Whether a release is among them. Releases newer than the tables count like the newest one that they cover.
    #[must_use]
    pub fn include(self, version: Version) -> bool {
        self.0 <= version && version <= self.1
    }

    /// Whether the row holds for a release; while none is known, whether it holds for any.
    #[must_use]
    pub fn may_include(self, version: Option<Version>) -> bool {
        version.is_none_or(|version| self.include(version))
    }

    /// The release that brought it; `None` for what the oldest covered release has already.
    #[must_use]
    pub fn first(self) -> Option<Version> {
        (self.0 != Version::FIRST).then_some(self.0)
    }

    /// The last release that has it; `None` for what the newest covered release still has.
    #[must_use]
    pub fn last(self) -> Option<Version> {
        (self.1 != Version::LAST).then_some(self.1)
    }
}

/// A value that the SDK's source writes out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(&'static str),
    /// `[]`
    EmptyList,
    /// `()`
    EmptyTuple,
    /// `{}`
    EmptyDict,
}

impl fmt::Display for Literal {
    /// As Python writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::EmptyList => f.write_str("[]"),
            Self::EmptyTuple => f.write_str("()"),
            Self::EmptyDict => f.write_str("{}"),
        }
    }
}

/// What a parameter has when it is not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// It must be given.
    Required,
    /// A value that is known.
    Value(Literal),
    /// Anything else, as the SDK's source has it, with public names: `flyte.app.Scaling()`.
    Source(&'static str),
}

/// A declared type. Python does not check it by itself: only `Check`s and the SDK's own code do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// Not declared, `Any`, a type variable, or beyond what the tables model.
    Any,
    /// `None`
    None,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `float`
    Float,
    /// `str`
    Str,
    /// `bytes`
    Bytes,
    /// `Callable[…]`, whatever it takes.
    Callable,
    /// A class rather than an instance: `type`, `type[…]`.
    Class,
    /// `list[T]`
    List(&'static Type),
    /// `set[T]` or `frozenset[T]`
    Set(&'static Type),
    /// `tuple[T, ...]`
    Tuple(&'static Type),
    /// `tuple[A, B]`
    TupleOf(&'static [Type]),
    /// `dict[K, V]`
    Dict(&'static Type, &'static Type),
    /// One of some values.
    Literal(&'static [Literal]),
    /// An instance of a class, by the path under which the tables or its own package know it: `flyte.PodTemplate`,
    /// `kubernetes.client.V1PodSpec`, `datetime.timedelta`.
    Instance(&'static str),
    /// One of several types.
    Union(&'static [Type]),
}

impl Type {
    /// The alternatives of a union; of any other type itself.
    pub fn alternatives(&self) -> impl Iterator<Item = &Self> {
        match self {
            Self::Union(types) => types.iter(),
            single => std::slice::from_ref(single).iter(),
        }
    }

    /// Whether `None` is among the values.
    #[must_use]
    pub fn allows_none(&self) -> bool {
        self.alternatives().any(|one| matches!(one, Self::Any | Self::None))
    }
}

impl fmt::Display for Type {
    /// As Python writes it today: `str | flyte.PodTemplate | None`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = match self {
            Self::Any => "Any",
            Self::None => "None",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::Callable => "Callable",
            Self::Class => "type",
            Self::Instance(path) => path,
            Self::List(item) => return write!(f, "list[{item}]"),
            Self::Set(item) => return write!(f, "set[{item}]"),
            Self::Tuple(item) => return write!(f, "tuple[{item}, ...]"),
            Self::Dict(key, value) => return write!(f, "dict[{key}, {value}]"),
            Self::TupleOf(items) => return bracketed(f, "tuple", items),
            Self::Literal(values) => return bracketed(f, "Literal", values),
            Self::Union(types) => return joined(f, types, " | "),
        };
        f.write_str(plain)
    }
}

fn bracketed(f: &mut fmt::Formatter<'_>, name: &str, items: &[impl fmt::Display]) -> fmt::Result {
    write!(f, "{name}[")?;
    joined(f, items, ", ")?;
    f.write_str("]")
}

fn joined(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display], between: &str) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
