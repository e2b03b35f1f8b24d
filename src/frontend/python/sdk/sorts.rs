//! Of which type a value surely is, and how messages call it.

use std::rc::Rc;

use super::super::evaluate::Evaluator;
use super::super::value::{ClassRef, ObjectId, ObjectKind, Sdk, TypeBound, Value, ValueKind};
use crate::schema::sdk;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Sort {
    /// `None`.
    None,
    /// `bool`.
    Bool,
    /// `int`, no `bool`.
    Int,
    /// `int` or `bool`: which is not known.
    IntOrBool,
    /// `float`.
    Float,
    /// `str` or a class that extends it.
    Text,
    /// `list`.
    List,
    /// `tuple`.
    Tuple,
    /// `set`, `frozenset`, an iterator or the like.
    Iterable,
    /// `dict`.
    Dict,
    /// An instance of a class of the Kubernetes client, or of one that extends it.
    Model(&'static str),
    /// An instance of another library's class, by its path.
    Instance(Rc<str>),
    /// An instance of a class of the project that extends only classes of the project, by its name.
    Own(Rc<str>),
    /// A class, by its name.
    Class(Rc<str>),
    /// A function, by its name.
    Function(Rc<str>),
    /// `bytes`, a module and others that nobody takes.
    Other(&'static str),
}

/// The classes that a project's class may extend without becoming more than an object.
const PLAIN_BASES: &[&str] = &[
    "builtins.object",
    "abc.ABC",
    "enum.Enum",
    "enum.Flag",
    "typing.Generic",
    "typing.Protocol",
    "typing.NamedTuple",
    "pydantic.BaseModel",
];

/// Classes of the standard library whose instances are none of the builtin types.
const STANDARD: &[&str] = &[
    "pathlib.Path",
    "pathlib.PurePath",
    "pathlib.PosixPath",
    "pathlib.PurePosixPath",
    "decimal.Decimal",
    "fractions.Fraction",
    "datetime.timedelta",
    "datetime.datetime",
    "datetime.date",
];

/// The type of a value; `None` where it is not known.
pub fn sort_of(ev: &Evaluator<'_>, value: &Value) -> Option<Sort> {
    Some(match &value.kind {
        ValueKind::None => Sort::None,
        ValueKind::Bool(_) => Sort::Bool,
        ValueKind::Int(_) => Sort::Int,
        ValueKind::Float(_) => Sort::Float,
        ValueKind::Text(_) | ValueKind::Partial(_) => Sort::Text,
        ValueKind::Bytes(_) => Sort::Other("bytes"),
        ValueKind::Ellipsis => Sort::Other("`...`"),
        ValueKind::Module(_) => Sort::Other("a module"),
        ValueKind::ClientClass(class) => Sort::Class(class.name.into()),
        ValueKind::TemplateClass(_) => Sort::Class("PodTemplate".into()),
        ValueKind::Library(path) => return sort_of_library(path),
        ValueKind::Bound(bound) => Sort::Function(name_of(ev, &bound.function)?),
        ValueKind::Unknown(unknown) => return sort_of_bound(unknown.bound),
        ValueKind::Object(id) => return sort_of_object(ev, *id, value),
        _ => return None,
    })
}

fn sort_of_library(path: &Rc<str>) -> Option<Sort> {
    if let Some(name) = path.strip_prefix("builtins.") {
        return super::super::evaluate::is_builtin_type(name).then(|| Sort::Class(name.into()));
    }
    let definition = sdk::find(path)?;
    let name: Rc<str> = path.rsplit('.').next().unwrap_or(path).into();
    match &definition.body {
        sdk::Body::Class(_) => Some(Sort::Class(name)),
        sdk::Body::Function(_) => Some(Sort::Function(name)),
        sdk::Body::Module(_) => Some(Sort::Other("a module")),
    }
}

fn sort_of_bound(bound: TypeBound) -> Option<Sort> {
    Some(match bound {
        TypeBound::Any | TypeBound::Sdk(_) => return None,
        TypeBound::Bool => Sort::Bool,
        TypeBound::Int => Sort::IntOrBool,
        TypeBound::Float => Sort::Float,
        TypeBound::Text => Sort::Text,
        TypeBound::Bytes => Sort::Other("bytes"),
        TypeBound::List => Sort::List,
        TypeBound::Tuple => Sort::Tuple,
        TypeBound::Dict => Sort::Dict,
        TypeBound::Set => Sort::Iterable,
    })
}

fn sort_of_object(ev: &Evaluator<'_>, id: ObjectId, value: &Value) -> Option<Sort> {
    let object = ev.state.object(id)?;
    Some(match &object.kind {
        ObjectKind::List(_) => Sort::List,
        ObjectKind::Tuple(_) => Sort::Tuple,
        ObjectKind::Dict(..) => Sort::Dict,
        ObjectKind::Set(_) | ObjectKind::FrozenSet(_) | ObjectKind::Iterator(_) => Sort::Iterable,
        ObjectKind::Function(_) => Sort::Function(name_of(ev, value)?),
        ObjectKind::Class(class) => Sort::Class(Rc::clone(&class.name)),
        ObjectKind::Descriptor(_) => return None,
        ObjectKind::Instance(instance) => match &instance.payload {
            Some(payload) => return sort_of(ev, payload),
            None => return sort_of_instance(ev, value, &instance.class),
        },
    })
}

fn sort_of_instance(ev: &Evaluator<'_>, value: &Value, class: &ClassRef) -> Option<Sort> {
    match class {
        ClassRef::Client(class) => Some(Sort::Model(class.name)),
        ClassRef::Template(sdk) => template_path(*sdk).map(|path| Sort::Instance(path.into())),
        ClassRef::Library(path) => {
            let is_known = STANDARD.contains(&&**path) || sdk::find(path).is_some_and(|known| known.class().is_some());
            is_known.then(|| Sort::Instance(Rc::clone(path)))
        }
        ClassRef::User(id) => {
            let order = ev.classes_of(value);
            let foreign = order.iter().find_map(|class| match class {
                ClassRef::Client(class) => Some(Sort::Model(class.name)),
                ClassRef::Template(sdk) => template_path(*sdk).map(|path| Sort::Instance(path.into())),
                ClassRef::Library(path) if sdk::find(path).is_some() => Some(Sort::Instance(Rc::clone(path))),
                _ => None,
            });
            let is_plain = order.iter().all(|class| match class {
                ClassRef::User(_) => true,
                ClassRef::Library(path) => PLAIN_BASES.contains(&&**path),
                _ => false,
            });
            foreign.or_else(|| {
                is_plain.then(|| Sort::Own(ev.class(*id).map(|class| Rc::clone(&class.name)).unwrap_or_default()))
            })
        }
        ClassRef::Unknown(_) => None,
    }
}

/// The path of `PodTemplate` in the tables.
pub const fn template_path(sdk: Sdk) -> Option<&'static str> {
    match sdk {
        Sdk::V2 => Some("flyte.PodTemplate"),
        Sdk::V1 => Some("flytekit.PodTemplate"),
        Sdk::Pod => Some("flytekitplugins.pod.Pod"),
        Sdk::Unknown => None,
    }
}

/// The name of a function; other decorators than the project's may have made anything of it.
fn name_of(ev: &Evaluator<'_>, value: &Value) -> Option<Rc<str>> {
    let function = ev.function(value)?;
    ev.code(function.code).map(|code| code.name().into())
}

impl Sort {
    /// How a message calls it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::None => "`None`".to_owned(),
            Self::Bool => "a bool".to_owned(),
            Self::Int | Self::IntOrBool => "an int".to_owned(),
            Self::Float => "a float".to_owned(),
            Self::Text => "a string".to_owned(),
            Self::List => "a list".to_owned(),
            Self::Tuple => "a tuple".to_owned(),
            Self::Iterable => "a set or iterator".to_owned(),
            Self::Dict => "a dict".to_owned(),
            Self::Model(name) => format!("a `{name}`"),
            Self::Instance(path) => format!("a `{path}`"),
            Self::Own(name) => format!("a `{name}`"),
            Self::Class(name) => format!("the class `{name}` itself"),
            Self::Function(name) => format!("the function `{name}` itself"),
            Self::Other(words) => (*words).to_owned(),
        }
    }

    /// What to write instead, where a call was forgotten.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Class(name) | Self::Function(name) => format!("call it: `{name}(…)`"),
            _ => String::new(),
        }
    }
}
