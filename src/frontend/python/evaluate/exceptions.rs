//! Exceptions: raising, catching, and what may raise.

use std::rc::Rc;

use ruff_python_ast::{self as ast};

use super::super::value::{
    Attributes, Cause, ClassRef, Instance, ObjectKind, Sequence, Slot, Unknown, Value, ValueKind,
};
use super::exception_classes::{LIBRARY, is_builtin_exception, is_builtin_subclass};
use super::{Evaluator, Exit, Failure, Mistake, Pending, Stop};
use crate::tree::Location;

/// An exception on its way.
#[derive(Clone, Debug)]
pub struct Raised {
    /// Of which class.
    pub class: ExceptionClass,
    /// The exception itself, where the program made it.
    pub value: Option<Value>,
    /// What it says.
    pub message: Rc<str>,
    /// The expression or statement that raises.
    pub at: Location,
    /// Whether it surely is raised where that is reached.
    pub is_sure: bool,
    /// Whether the code that raises it surely runs.
    pub is_certain: bool,
    /// What kind of mistake it is.
    pub mistake: Mistake,
}

/// The class of an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExceptionClass {
    /// A builtin one, by its name: `KeyError`.
    Builtin(Rc<str>),
    /// One of the project.
    User(super::super::value::ObjectId),
    /// One of a library, by its dotted path.
    Library(Rc<str>),
    /// Any.
    Any,
}

/// Whether a handler takes an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    No,
    Maybe,
}

impl<'a> Evaluator<'a> {
    /// A builtin exception is surely raised here. Inside of a `try` the way ends; elsewhere nothing would run any more, so the
    /// exception is told and the result is unknown.
    pub fn raise(&mut self, class: &str, message: impl Into<Rc<str>>, at: Location) -> Failure {
        self.raise_for(Mistake::of(class), class, message, at)
    }

    /// The same where one of the values may be at fault for being `None`.
    pub fn raise_on(&mut self, on: &[&Value], class: &str, message: impl Into<Rc<str>>, at: Location) -> Failure {
        let is_none = on.iter().any(|value| value.is_none());
        self.raise_for(if is_none { Mistake::NoneUsed } else { Mistake::of(class) }, class, message, at)
    }

    /// The same for a mistake that its class does not tell.
    pub fn raise_for(&mut self, mistake: Mistake, class: &str, message: impl Into<Rc<str>>, at: Location) -> Failure {
        let class = match class.strip_prefix("builtins.").unwrap_or(class) {
            path if path.contains('.') => ExceptionClass::Library(path.into()),
            name => ExceptionClass::Builtin(name.into()),
        };
        let raised = self.raised(class, None, message.into(), at);
        self.raise_exception(Raised { mistake, ..raised })
    }

    /// An exception is surely raised here.
    pub fn raise_exception(&mut self, raised: Raised) -> Failure {
        if self.handlers > 0 {
            let state = self.state.clone();
            self.pending.push(Pending { exit: Exit::Raise(raised), state });
            return Failure::Stop;
        }
        let unknown = Unknown::new(Cause::Unsupported, format!("{} is raised", self.exception_name(&raised.class)));
        self.tell_uncaught(&raised);
        Failure::Unknown(unknown)
    }

    /// A `KeyError` for a key that surely is missing; its argument is the key.
    pub fn raise_key_error(&mut self, key: &Value, at: Location) -> Failure {
        let message = self.repr(key).unwrap_or_else(|| "the key".to_owned());
        let value = self.exception("builtins.KeyError", vec![Slot::new(key.clone(), at)], at);
        let class = ExceptionClass::Builtin("KeyError".into());
        let raised = self.raised(class, Some(value), message.into(), at);
        self.raise_exception(Raised { mistake: Mistake::MissingItem, ..raised })
    }

    /// Something here may raise an exception of a class, or any.
    pub fn may_raise(&mut self, class: ExceptionClass, at: Location) {
        if self.handlers == 0 {
            return;
        }
        let version = self.state.version();
        let is_known = self.pending.last().is_some_and(|pending| {
            pending.state.version() == version && matches!(&pending.exit, Exit::Raise(raised) if raised.class == class)
        });
        if !is_known && self.charge(2) {
            let state = self.state.clone();
            let mistake = Mistake::RefusedValue;
            let message = "".into();
            let raised = Raised { class, value: None, message, at, is_sure: false, is_certain: false, mistake };
            self.pending.push(Pending { exit: Exit::Raise(raised), state });
        }
    }

    /// Something here may raise any exception.
    pub fn may_raise_any(&mut self, at: Location) {
        self.may_raise(ExceptionClass::Any, at);
    }

    /// Something here may raise a builtin exception.
    pub fn may_raise_builtin(&mut self, class: &str, at: Location) {
        self.may_raise(ExceptionClass::Builtin(class.into()), at);
    }

    /// The name of an exception's class.
    pub fn exception_name(&self, class: &ExceptionClass) -> Rc<str> {
        match class {
            ExceptionClass::Builtin(name) => Rc::clone(name),
            ExceptionClass::Library(path) => path.rsplit('.').next().unwrap_or(path).into(),
            ExceptionClass::User(id) => {
                self.class(*id).map_or_else(|| "an exception".into(), |class| Rc::clone(&class.name))
            }
            ExceptionClass::Any => "an exception".into(),
        }
    }

    /// `raise …`.
    pub(super) fn raise_statement(&mut self, node: &'a ast::StmtRaise) -> Result<(), Stop> {
        let at = self.at(node);
        let raised = match &node.exc {
            Some(exception) => {
                let value = self.expression(exception)?;
                let cause = match &node.cause {
                    Some(cause) => Some(self.expression(cause)?),
                    None => None,
                };
                let raised = self.raised_value(value, at)?;
                if let (Some(cause), Some(id)) = (cause, raised.value.as_ref().and_then(Value::as_object)) {
                    self.set_raw_attribute(id, "__cause__", at, Slot::here(cause));
                }
                raised
            }
            None => match self.frames_exception() {
                Some(raised) => raised,
                None => self.raised(ExceptionClass::Any, None, "".into(), at),
            },
        };
        if self.handlers == 0 {
            self.tell_uncaught(&raised);
        }
        let state = self.state.clone();
        self.pending.push(Pending { exit: Exit::Raise(raised), state });
        Err(Stop)
    }

    /// What a `raise` statement raises.
    pub fn raised(&self, class: ExceptionClass, value: Option<Value>, message: Rc<str>, at: Location) -> Raised {
        let is_certain = self.is_certain();
        Raised { class, value, message, at, is_sure: true, is_certain, mistake: Mistake::Raised }
    }

    /// The exception that is being handled.
    fn frames_exception(&self) -> Option<Raised> {
        self.frames.iter().rev().find_map(|frame| frame.handling.last().cloned())
    }

    /// What raising a value raises: a class is called first.
    fn raised_value(&mut self, value: Value, at: Location) -> Result<Raised, Stop> {
        let value = match &value.kind {
            ValueKind::Library(_) => self.call_value(&value, super::super::value::Arguments::default(), at)?,
            ValueKind::Object(id) if self.class(*id).is_some() => {
                self.call_value(&value, super::super::value::Arguments::default(), at)?
            }
            _ => value,
        };
        let class = self.class_of_exception(&value);
        let message = self.exception_message(&value).unwrap_or_else(|| "".into());
        Ok(self.raised(class, Some(value), message, at))
    }

    fn class_of_exception(&self, value: &Value) -> ExceptionClass {
        match value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance()) {
            Some(instance) => class_from_ref(&instance.class),
            None => ExceptionClass::Any,
        }
    }

    /// The text of an exception with one argument.
    pub(super) fn exception_message(&self, value: &Value) -> Option<Rc<str>> {
        let instance = self.state.object(value.as_object()?)?.as_instance()?;
        let arguments = instance.attributes.value("args")?.as_object()?;
        let ObjectKind::Tuple(items) = &self.state.object(arguments)?.kind else { return None };
        let [item] = &items.slots()?[..] else { return None };
        item.value.as_text().map(Into::into)
    }

    /// An exception object of a builtin or library class.
    pub fn exception(&mut self, path: &str, arguments: Vec<Slot>, at: Location) -> Value {
        let tuple = self.allocate(ObjectKind::Tuple(Sequence::known(arguments)), at);
        let mut attributes = Attributes::default();
        attributes.set("args", at, Slot::here(tuple));
        let class = ClassRef::Library(path.into());
        self.allocate(ObjectKind::Instance(Instance { class, attributes, payload: None, head: at.span }), at)
    }

    pub(super) fn matches(&self, raised: &ExceptionClass, class: &Value) -> Match {
        if let Some(items) = class.as_object().and_then(|id| self.state.object(id))
            && let ObjectKind::Tuple(items) = &items.kind
        {
            let all: Vec<Match> = items.values().map(|class| self.matches(raised, class)).collect();
            return if all.contains(&Match::Yes) {
                Match::Yes
            } else if items.is_known() && all.iter().all(|one| *one == Match::No) {
                Match::No
            } else {
                Match::Maybe
            };
        }
        let caught = match &class.kind {
            ValueKind::Library(path) => class_of_path(path),
            ValueKind::Object(id) if self.class(*id).is_some() => ExceptionClass::User(*id),
            _ => return Match::Maybe,
        };
        self.catches(raised, &caught)
    }

    /// Whether an exception of one class is caught where another is named.
    fn catches(&self, raised: &ExceptionClass, caught: &ExceptionClass) -> Match {
        use ExceptionClass as C;
        let is_root = |class: &C| matches!(class, C::Builtin(name) if &**name == "BaseException");
        let is_broad = |class: &C| matches!(class, C::Builtin(name) if &**name == "Exception");
        match (raised, caught) {
            _ if is_root(caught) || raised == caught => Match::Yes,
            (C::Any, _) => Match::Maybe,
            (C::Builtin(raised), C::Builtin(caught)) => {
                if is_builtin_subclass(raised, caught) {
                    Match::Yes
                } else {
                    Match::No
                }
            }
            (C::Builtin(_), C::User(_) | C::Library(_)) => Match::No,
            (C::Builtin(_), C::Any) => Match::Maybe,
            (C::User(id), _) => {
                let Some(class) = self.class(*id) else { return Match::Maybe };
                let order: Vec<C> = class.order.iter().skip(1).map(class_from_ref).collect();
                let is_open = class.order.iter().any(|base| matches!(base, ClassRef::Unknown(_)));
                if order.iter().any(|base| base == caught || matches!((base, caught), (C::Builtin(_) | C::Library(_), _) if self.catches(base, caught) == Match::Yes)) {
                    Match::Yes
                } else if is_open {
                    Match::Maybe
                } else {
                    Match::No
                }
            }
            (C::Library(path), _) => match LIBRARY.iter().find(|(known, _)| **known == **path) {
                Some((_, base)) => self.catches(&C::Builtin((*base).into()), caught),
                None if is_broad(caught) => Match::Yes,
                None => Match::Maybe,
            },
        }
    }

    /// `assert`.
    pub(super) fn assert_statement(&mut self, node: &'a ast::StmtAssert) -> Result<(), Stop> {
        let test = self.test(&node.test)?;
        let at = self.at(node);
        match self.outcome(&test) {
            Some(true) => Ok(()),
            Some(false) => {
                let message = match &node.msg {
                    Some(message) => self.expression(message)?.as_text().map(str::to_owned).unwrap_or_default(),
                    None => String::new(),
                };
                let class = ExceptionClass::Builtin("AssertionError".into());
                let raised = self.raised(class, None, message.into(), at);
                let raised = Raised { mistake: Mistake::FailedAssertion, ..raised };
                if self.handlers == 0 {
                    self.tell_uncaught(&raised);
                }
                let state = self.state.clone();
                self.pending.push(Pending { exit: Exit::Raise(raised), state });
                Err(Stop)
            }
            None => {
                self.may_raise_builtin("AssertionError", at);
                self.assume(&test, true);
                Ok(())
            }
        }
    }
}

fn class_of_path(path: &Rc<str>) -> ExceptionClass {
    match path.strip_prefix("builtins.") {
        Some(name) if is_builtin_exception(name) => ExceptionClass::Builtin(name.into()),
        _ if &**path == "json.decoder.JSONDecodeError" => ExceptionClass::Library("json.JSONDecodeError".into()),
        _ => ExceptionClass::Library(Rc::clone(path)),
    }
}

fn class_from_ref(class: &ClassRef) -> ExceptionClass {
    match class {
        ClassRef::User(id) => ExceptionClass::User(*id),
        ClassRef::Library(path) => class_of_path(path),
        _ => ExceptionClass::Any,
    }
}
