//! What the evaluator is handed from outside: the tables of the libraries and SDKs, and the events that it tells them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::value::{Attributes, Keyword, Object, ObjectId, Slot, Value};
use super::{Call, Evaluator, Failure, Outcome, Step, Uncaught};
use crate::diagnostic::Diagnostic;
use crate::document::UseKind;
use crate::tree::Location;

/// A function of a library.
pub type NativeFunction = fn(&mut Evaluator<'_>, &Call) -> Outcome;
/// A method of a builtin type; the receiver is [`Call::receiver`].
pub type NativeMethod = fn(&mut Evaluator<'_>, &Call) -> Outcome;

/// The tables. Each answers `None` to what it does not know.
pub struct Hooks {
    /// The function or class at a dotted path: `builtins.len`, `os.path.join`.
    pub function: fn(&str) -> Option<NativeFunction>,
    /// A method of a builtin type: `("str", "join")`.
    pub method: fn(&str, &str) -> Option<NativeMethod>,
    /// The value of an attribute of a library that is not a function: `math.pi`, `sys.version_info`.
    pub constant: fn(&mut Evaluator<'_>, &str, Location) -> Option<Value>,
    /// What a dotted path of an SDK means: a class of the Kubernetes client, `PodTemplate`, another path for the same thing.
    pub resolve: fn(&str, Location) -> Option<Value>,
    /// An attribute of an object that the library or SDK defines: fields of SDK objects, members of enumerations, ….
    pub attribute: fn(&mut Evaluator<'_>, &Value, &str, Location) -> Option<Outcome>,
    /// Makes an object of a class of the Kubernetes client, of `PodTemplate` or another class of an SDK.
    pub construct: fn(&mut Evaluator<'_>, &Call) -> Option<Outcome>,
    /// Sees each call before it is made: where templates go.
    pub observe_call: fn(&mut Evaluator<'_>, &Call),
    /// Sees each decorator applied to a function or class of the project; what the name is bound to then.
    pub decorate: fn(&mut Evaluator<'_>, &Value, &Value, Location) -> Option<Outcome>,
    /// Sees an attribute of an object set: object, name, where the name is written, value. `true`: it has been dealt with.
    pub assign: fn(&mut Evaluator<'_>, ObjectId, &str, Location, &Slot) -> Result<bool, super::Stop>,
    /// The next of an iterator of the library.
    pub next: fn(&mut Evaluator<'_>, ObjectId, &'static str, Location) -> Result<Step, Failure>,
    /// Whether a function of a library surely leaves what it is given as it is.
    pub is_harmless: fn(&str) -> bool,
    /// Whether whoever takes an argument of that name uses it as it is: `pod_template`.
    pub is_kept: fn(&str) -> bool,
    /// The public names of a library's module, where they are known: for `from kubernetes.client import *`.
    pub names_of: fn(&str) -> Vec<&'static str>,
    /// Finishes the definition of a class: what its decorators and bases of a library make of it. Called before decorators of
    /// the project see it.
    pub define_class: fn(&mut Evaluator<'_>, ObjectId, Location) -> Result<(), super::Stop>,
    /// Makes an instance of a class of the project whose constructor a library defines (dataclasses, enumerations, pydantic,
    /// subclasses of builtin types or of SDK classes); `None`: an ordinary one.
    pub instantiate: fn(&mut Evaluator<'_>, ObjectId, &Call) -> Option<Outcome>,
}

/// Something that concerns templates.
#[derive(Clone, Debug)]
pub enum Event {
    /// A template was made.
    Template {
        /// The instance.
        object: ObjectId,
        /// It was made by a module for itself while that was imported.
        is_foreign: bool,
        /// Where the checked file called into the module that makes it.
        entry_call: Option<Location>,
    },
    /// The value of an expression that stands as a statement.
    Discarded {
        /// The value.
        value: Value,
        /// The statement.
        at: Location,
    },
    /// A template is only a step on the way to another.
    Superseded(ObjectId),
    /// A template is the changed copy that a method of another gave.
    Built {
        /// The copy.
        object: ObjectId,
        /// The method.
        method: Rc<str>,
        /// Where its name is written.
        name_at: Location,
    },
    /// A variable was bound to an object.
    Named {
        /// The object.
        object: ObjectId,
        /// The variable.
        name: Rc<str>,
        /// Whether it is one of the module.
        is_global: bool,
    },
    /// A variable of the module was bound to one of several things, of which some are templates.
    NamedOneOf {
        /// The value.
        value: Value,
        /// The variable.
        name: Rc<str>,
    },
    /// A template is given to something.
    Used(Box<Used>),
    /// A finding of the evaluation itself.
    Found(Box<Diagnostic>),
    /// An exception that nothing catches.
    Uncaught(Box<Uncaught>),
}

/// What the SDKs' tables remember of objects, whatever way they are on.
#[derive(Debug, Default)]
pub struct Notes {
    /// Lists and dicts that models of the Kubernetes client were given, and their copies, each as it was then.
    pub given: Vec<(ObjectId, Rc<Object>)>,
    /// Lists and dicts that models of the Kubernetes client copied.
    pub copied: HashMap<ObjectId, Copied>,
    /// Where such lists and dicts are changed before they are used again.
    pub useful_changes: HashSet<Location>,
    /// Models that a dict became.
    pub from_dict: HashSet<ObjectId>,
    /// Attributes that a model does not have and that never reach the pod.
    pub dropped: HashSet<(ObjectId, Rc<str>)>,
    /// Pod specs that flytekit makes where none is given.
    pub default_specs: HashSet<ObjectId>,
    /// The arguments that tasks were made with: whoever gets hold of a task changes none of them.
    pub tasks: HashMap<ObjectId, Rc<[Keyword]>>,
    /// The function whose decorators are being applied.
    pub defining: Option<Rc<str>>,
    /// Names of client classes that were looked for among all names.
    pub misspelt: HashMap<Rc<str>, Option<&'static str>>,
}

/// A list or dict that a model of the Kubernetes client copied.
#[derive(Clone, Debug)]
pub struct Copied {
    /// The class of the model.
    pub taker: &'static str,
    /// The last change since, unless it was used after that.
    pub change: Option<Location>,
}

/// A place where a template, or what may be one, is given away.
#[derive(Clone, Debug)]
pub struct Used {
    /// What is given.
    pub value: Value,
    /// To what.
    pub kind: UseKind,
    /// The class or argument that takes it.
    pub taker: Option<&'static str>,
    /// Whose.
    pub name: Option<String>,
    /// The argument, or the decorator that takes the environment's template.
    pub at: Location,
    /// What is said beside the template.
    pub settings: Vec<Keyword>,
    /// Attributes of the environment, at the time.
    pub inherited: Attributes,
}
