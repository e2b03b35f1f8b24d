//! Calls: what is called, with which arguments, and what that does.

use super::call_arguments::completed;
use std::rc::Rc;

use ruff_python_ast::{self as ast};

use super::super::value::{Arguments, Bound, Cause, Descriptor, ObjectKind, Slot, Unknown, Value, ValueKind};
use super::exception_classes::is_builtin_exception;
use super::{Evaluator, Failure, Outcome, Stop};
use crate::text::Span;
use crate::tree::Location;

/// How many candidates of an unknown value are followed each for itself.
const MAX_FOLLOWED: usize = 8;

/// A call, as the library and the SDKs see it.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Value,
    /// The object whose method is called.
    pub receiver: Option<Value>,
    /// The arguments.
    pub arguments: Arguments,
    /// The whole call.
    pub at: Location,
    /// The text of what is called.
    pub head: Span,
}

impl Call {
    /// The dotted path of a library's function, or the name of a method.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.callee.kind {
            ValueKind::Library(path) => path,
            ValueKind::Method(method) => &method.name,
            _ => "",
        }
    }
}

impl<'a> Evaluator<'a> {
    /// A call expression.
    pub(super) fn call_expression(&mut self, node: &'a ast::ExprCall) -> Result<Value, Stop> {
        let callee = self.expression(&node.func)?;
        let at = self.at(node);
        if matches!(&callee.kind, ValueKind::Library(path) if &**path == "builtins.super") && node.arguments.is_empty()
        {
            return Ok(self.zero_argument_super(at));
        }
        let arguments = self.arguments(&node.arguments)?;
        let head = self.at(&*node.func).span;
        self.call_at(&callee, arguments, at, head)
    }

    /// Calls a value that is not written as a call: a decorator, a key function.
    pub fn call_value(&mut self, callee: &Value, arguments: Arguments, at: Location) -> Result<Value, Stop> {
        self.call_at(callee, arguments, at, at.span)
    }

    /// Calls a value with positional arguments.
    pub fn call_with(&mut self, callee: &Value, arguments: Vec<Value>, at: Location) -> Result<Value, Stop> {
        let slots = arguments.into_iter().map(|value| Slot::new(value, at)).collect();
        self.call_value(callee, Arguments::of(slots), at)
    }

    /// Calls a value.
    pub fn call_at(&mut self, callee: &Value, arguments: Arguments, at: Location, head: Span) -> Result<Value, Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        let call = Call { callee: callee.clone(), receiver: None, arguments, at, head };
        (self.hooks.observe_call)(self, &call);
        match &callee.kind {
            ValueKind::Object(id) => self.call_object(*id, call),
            ValueKind::Bound(bound) => self.call_bound(&Rc::clone(bound), call),
            ValueKind::Method(method) => {
                let receiver = method.receiver.clone();
                self.call_method_of_type(receiver, call)
            }
            ValueKind::PartialCall(partial) => {
                let arguments = completed(&Rc::clone(partial), call.arguments);
                self.call_at(&partial.callee, arguments, at, head)
            }
            ValueKind::ClientClass(_) | ValueKind::TemplateClass(_) => match (self.hooks.construct)(self, &call) {
                Some(outcome) => self.settled_call(outcome, &call),
                None => self.call_unknown(&call),
            },
            ValueKind::Library(path) => self.call_library(&Rc::clone(path), call),
            ValueKind::Unknown(unknown) => self.call_candidates(&Rc::clone(unknown), call),
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_) => {
                let message = format!("'{}' object is not callable", self.type_name(callee));
                let failure = self.raise_on(&[callee], "TypeError", message, at);
                self.settle(failure, at)
            }
            _ => self.call_unknown(&call),
        }
    }

    fn call_object(&mut self, id: super::super::value::ObjectId, call: Call) -> Result<Value, Stop> {
        let Some(object) = self.state.shared(id) else { return self.call_unknown(&call) };
        match &object.kind {
            ObjectKind::Function(_) => self.call_function(id, None, call.arguments, call.at),
            ObjectKind::Class(_) => self.instantiate(id, call),
            ObjectKind::Descriptor(Descriptor::Static(inner)) => {
                self.call_at(inner, call.arguments, call.at, call.head)
            }
            ObjectKind::Instance(_) => match self.special_method(&call.callee, "__call__") {
                Some(method) => self.call_at(&method, call.arguments, call.at, call.head),
                None => match (self.hooks.construct)(self, &call) {
                    Some(outcome) => self.settled_call(outcome, &call),
                    None => self.call_unknown(&call),
                },
            },
            ObjectKind::List(_) | ObjectKind::Tuple(_) | ObjectKind::Dict(..) | ObjectKind::Set(_) => {
                let message = format!("'{}' object is not callable", self.type_name(&call.callee));
                let failure = self.raise("TypeError", message, call.at);
                self.settle(failure, call.at)
            }
            _ => self.call_unknown(&call),
        }
    }

    fn call_bound(&mut self, bound: &Bound, mut call: Call) -> Result<Value, Stop> {
        if let Some(id) = bound.function.as_object()
            && self.function(&bound.function).is_some()
        {
            return self.call_function(id, Some(bound.receiver.clone()), call.arguments, call.at);
        }
        call.arguments.positional.insert(0, Slot::new(bound.receiver.clone(), call.at));
        self.call_at(&bound.function, call.arguments, call.at, call.head)
    }

    /// A method of a builtin type or of an object of a library.
    fn call_method_of_type(&mut self, receiver: Value, mut call: Call) -> Result<Value, Stop> {
        let ValueKind::Method(method) = &call.callee.kind else { return self.call_unknown(&call) };
        let name = Rc::clone(&method.name);
        call.receiver = Some(receiver.clone());
        let kind = self.type_name(&receiver);
        if let Some(native) = (self.hooks.method)(&kind, &name) {
            let outcome = native(self, &call);
            return self.settled_call(outcome, &call);
        }
        if let Some(outcome) = (self.hooks.construct)(self, &call) {
            return self.settled_call(outcome, &call);
        }
        self.call_unknown(&call)
    }

    fn call_library(&mut self, path: &Rc<str>, call: Call) -> Result<Value, Stop> {
        if let Some(native) = (self.hooks.function)(path) {
            let outcome = native(self, &call);
            return self.settled_call(outcome, &call);
        }
        if let Some(outcome) = (self.hooks.construct)(self, &call) {
            return self.settled_call(outcome, &call);
        }
        if path.strip_prefix("builtins.").is_some_and(is_builtin_exception) {
            let arguments = call.arguments.positional.clone();
            return Ok(self.exception(path, arguments, call.at));
        }
        if (self.hooks.is_harmless)(path) {
            self.may_raise_any(call.at);
            let symbol = self.symbols.opaque();
            let unknown =
                Unknown::new(Cause::External, self.snippet(call.at)).with_symbol(symbol).from(format!("{path}()"));
            return Ok(Value::unknown(unknown, call.at));
        }
        self.call_unknown(&call)
    }

    /// What a library's function gave, as the result of the call.
    fn settled_call(&mut self, outcome: Outcome, call: &Call) -> Result<Value, Stop> {
        match outcome {
            Ok(value) => Ok(value),
            Err(Failure::Opaque(unknown)) => {
                self.may_raise_any(call.at);
                let reason: Rc<str> =
                    format!("it is given to {}(…)", self.snippet(Location { span: call.head, ..call.at })).into();
                if let Some(receiver) = &call.receiver {
                    self.give_away(receiver, &reason);
                }
                self.give_away_arguments(&call.arguments, &reason);
                Ok(self.unknown_value(unknown, call.at))
            }
            Err(failure) => self.settle(failure, call.at),
        }
    }

    /// An exception is surely raised; where nothing catches it, the way goes on with an unknown value.
    pub fn refuse(&mut self, class: &str, message: impl Into<Rc<str>>, at: Location) -> Result<Value, Stop> {
        let failure = self.raise(class, message, at);
        self.settle(failure, at)
    }

    /// The value of an operation that failed, where the way goes on.
    pub fn settle(&mut self, failure: Failure, at: Location) -> Result<Value, Stop> {
        match failure {
            Failure::Stop => Err(Stop),
            Failure::Unknown(unknown) | Failure::Opaque(unknown) => {
                self.may_raise_any(at);
                Ok(self.unknown_value(unknown, at))
            }
        }
    }

    /// A value of which nothing is known but what `unknown` says, with a symbol of its own.
    fn unknown_value(&mut self, mut unknown: Unknown, at: Location) -> Value {
        if unknown.symbol.is_none() {
            unknown.symbol = Some(self.symbols.opaque());
        }
        if unknown.reason.is_empty() {
            unknown.reason = self.snippet(at);
        }
        Value::unknown(unknown, at)
    }

    /// A call of something that is one of several, or not known at all.
    fn call_candidates(&mut self, unknown: &Unknown, call: Call) -> Result<Value, Stop> {
        if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= MAX_FOLLOWED {
            return self.each_candidate(unknown, call.at, |evaluator, candidate| {
                evaluator.call_at(candidate, call.arguments.clone(), call.at, call.head)
            });
        }
        if let Some(origin) = unknown.origin.clone().filter(|origin| (self.hooks.is_harmless)(origin)) {
            self.may_raise_any(call.at);
            let symbol = self.symbols.opaque();
            let result =
                Unknown::new(Cause::External, self.snippet(call.at)).with_symbol(symbol).from(format!("{origin}()"));
            return Ok(Value::unknown(result, call.at));
        }
        self.call_perhaps(unknown, &call)
    }

    /// A call of something that is not known, and that may be one of several things: each of them is called, perhaps.
    fn call_perhaps(&mut self, unknown: &Unknown, call: &Call) -> Result<Value, Stop> {
        let is_callable = |value: &&Value| match &value.kind {
            ValueKind::TemplateClass(_) | ValueKind::ClientClass(_) => true,
            ValueKind::Object(id) => matches!(
                self.state.object(*id).map(|object| &object.kind),
                Some(ObjectKind::Function(_) | ObjectKind::Class(_))
            ),
            _ => false,
        };
        let candidates: Vec<Value> = unknown.candidates.iter().filter(is_callable).take(4).cloned().collect();
        let mut results: Vec<Value> = Vec::new();
        for candidate in candidates {
            let mut result = None;
            self.perhaps(&unknown.reason, |evaluator| {
                result = Some(evaluator.call_at(&candidate, call.arguments.clone(), call.at, call.head)?);
                Ok(())
            });
            results.extend(result);
        }
        self.give_away(&call.callee.clone(), &unknown.reason);
        let value = self.call_unknown(call)?;
        if results.is_empty() {
            return Ok(value);
        }
        results.iter().for_each(|result| self.state.escape(result, &unknown.reason));
        let known = value.as_unknown().cloned().unwrap_or_else(|| Unknown::new(Cause::External, ""));
        Ok(Value::unknown(known.with_candidates(results), call.at))
    }

    /// A call that is not followed: it may change all that it is given, and raise.
    pub fn call_unknown(&mut self, call: &Call) -> Result<Value, Stop> {
        self.may_raise_any(call.at);
        let reason: Rc<str> =
            format!("it is given to {}(…)", self.snippet(Location { span: call.head, ..call.at })).into();
        if let ValueKind::Method(method) = &call.callee.kind {
            let receiver = method.receiver.clone();
            self.give_away(&receiver, &reason);
        }
        self.give_away_arguments(&call.arguments, &reason);
        self.may_raise_any(call.at);
        let reason = self.snippet(call.at);
        Ok(self.fresh(Cause::External, reason, call.at))
    }

    /// Does something to each candidate of a value that surely is one of them, each in a state of its own.
    pub fn each_candidate(
        &mut self,
        unknown: &Unknown,
        at: Location,
        mut operation: impl FnMut(&mut Self, &Value) -> Result<Value, Stop>,
    ) -> Result<Value, Stop> {
        let before = self.state.clone();
        let mut ways = Vec::new();
        for candidate in unknown.candidates.iter() {
            if !self.charge(4) {
                return Err(Stop);
            }
            self.state = before.clone();
            if let Ok(value) = self.uncertainly(|ev| operation(ev, candidate)) {
                ways.push((std::mem::take(&mut self.state), value));
            }
        }
        let mut ways = ways.into_iter();
        let Some((mut state, mut value)) = ways.next() else { return Err(Stop) };
        let reason = if unknown.reason.is_empty() { self.snippet(at) } else { Rc::clone(&unknown.reason) };
        for (other, another) in ways {
            state = self.joined(state, &other, &reason);
            value = state.join_values(&value, &another, &reason);
        }
        self.state = state;
        Ok(value)
    }

    /// Does something, perhaps.
    pub fn perhaps(&mut self, reason: &Rc<str>, operation: impl FnOnce(&mut Self) -> Result<(), Stop>) {
        let before = self.state.clone();
        let result = self.uncertainly(operation);
        let after = std::mem::replace(&mut self.state, before);
        if result.is_ok() {
            let before = std::mem::take(&mut self.state);
            self.state = self.joined(before, &after, reason);
        }
    }

    /// `super()` without arguments.
    fn zero_argument_super(&mut self, at: Location) -> Value {
        let frame = self.frames.iter().rev().find(|frame| frame.class.is_some());
        match frame.and_then(|frame| Some((frame.class?, frame.receiver.clone()?))) {
            Some((class, receiver)) => {
                Value::new(ValueKind::Super(Rc::new(super::super::value::SuperOf { receiver, class })), at)
            }
            None => self.unsupported(at),
        }
    }

    /// `await`.
    pub(super) fn await_expression(&mut self, node: &'a ast::ExprAwait) -> Result<Value, Stop> {
        let value = self.expression(&node.value)?;
        let at = self.at(node);
        self.run_coroutine(&value, at)
    }

    /// What a coroutine gives once it has run.
    pub fn run_coroutine(&mut self, value: &Value, at: Location) -> Result<Value, Stop> {
        if let ValueKind::PartialCall(partial) = &value.kind
            && let Some(function) = self.function(&partial.callee).cloned()
            && let Some(code) = self.code(function.code).filter(super::Code::is_async)
            && let Some(id) = partial.callee.as_object()
        {
            let receiver =
                function.class.and_then(|_| partial.arguments.positional.first()).map(|slot| slot.value.clone());
            return self.run_function(id, &function, code, receiver, partial.arguments.clone(), at);
        }
        self.may_raise_any(at);
        Ok(self.unsupported(at))
    }
}
