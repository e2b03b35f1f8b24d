//! `with`: context managers of the project and of the library.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Stmt};

use super::super::value::{GeneratorState, ObjectKind, Value, ValueKind};
use super::functions::Consumer;
use super::{Evaluator, Exit, Pending, Raised, State, Stop, Truth};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// `with`, one item around the next.
    pub(super) fn with_statement(&mut self, node: &'a ast::StmtWith) -> Result<(), Stop> {
        self.with_items(&node.items, &node.body)
    }

    pub(super) fn with_items(&mut self, items: &'a [ast::WithItem], body: &'a [Stmt]) -> Result<(), Stop> {
        let Some((item, rest)) = items.split_first() else { return self.block(body) };
        let manager = self.expression(&item.context_expr)?;
        let at = self.at(&item.context_expr);
        if self.generator_of(&manager).is_some_and(|generator| generator.state == GeneratorState::New) {
            let consumer = Consumer {
                target: item.optional_vars.as_deref(),
                inner: rest,
                body,
                number: None,
                scope: self.scope,
                file: self.file,
                frames: self.frames.len(),
            };
            return self.with_generator(&manager, consumer, at);
        }
        if let Some(classes) = self.suppressed(&manager) {
            let reason = self.snippet(at);
            return self.suppressing(&classes, rest, body, &reason);
        }
        if let Some(inner) = self.null_context(&manager) {
            if let Some(target) = &item.optional_vars {
                self.assign(target, inner)?;
            }
            return self.with_items(rest, body);
        }
        match self.special_method(&manager, "__enter__") {
            Some(enter) => {
                let entered = self.call_with(&enter, Vec::new(), at)?;
                if let Some(target) = &item.optional_vars {
                    self.assign(target, entered)?;
                }
                self.with_object(&manager, rest, body, at)
            }
            None => self.with_unknown(item, rest, body, &manager, at),
        }
    }

    /// A generator function that `contextmanager` decorates: the body runs where it yields.
    fn with_generator(&mut self, manager: &Value, consumer: Consumer<'a>, at: Location) -> Result<(), Stop> {
        self.run_generator(manager, consumer, at)
    }

    /// A context manager of one of the project's classes.
    fn with_object(
        &mut self,
        manager: &Value,
        rest: &'a [ast::WithItem],
        body: &'a [Stmt],
        at: Location,
    ) -> Result<(), Stop> {
        let base = self.pending.len();
        self.handlers += 1;
        let result = self.with_items(rest, body);
        self.handlers -= 1;
        let exits: Vec<Pending> = self.pending.drain(base..).collect();
        let normal = result.is_ok().then(|| std::mem::take(&mut self.state));
        let mut ways: Vec<State> = Vec::new();
        for Pending { exit, state } in exits {
            self.state = state;
            self.leave_by(manager, exit, &mut ways, at);
        }
        if let Some(state) = normal {
            self.state = state;
            let none = || Value::none(at);
            let left = match self.special_method(manager, "__exit__") {
                Some(exit) => self.call_with(&exit, vec![none(), none(), none()], at).map(|_| ()),
                None => Ok(()),
            };
            if left.is_ok() {
                ways.push(std::mem::take(&mut self.state));
            }
        }
        let reason = self.snippet(at);
        if self.join_ways(ways, &reason) { Ok(()) } else { Err(Stop) }
    }

    /// Calls `__exit__` on a way out, which may end an exception.
    fn leave_by(&mut self, manager: &Value, exit: Exit, ways: &mut Vec<State>, at: Location) {
        let arguments = match &exit {
            Exit::Raise(raised) => self.exit_arguments(raised, at),
            _ => vec![Value::none(at), Value::none(at), Value::none(at)],
        };
        let result = match self.special_method(manager, "__exit__") {
            Some(method) => self.call_with(&method, arguments, at),
            None => Ok(Value::none(at)),
        };
        let Ok(result) = result else { return };
        let truth = match &exit {
            Exit::Raise(_) => self.truth(&result, at),
            _ => Ok(Truth::Known(false)),
        };
        match truth {
            Ok(Truth::Known(true)) => ways.push(std::mem::take(&mut self.state)),
            Ok(Truth::Known(false)) => {
                if let Exit::Raise(raised) = &exit {
                    self.tell_passed(raised);
                }
                let state = std::mem::take(&mut self.state);
                self.pending.push(Pending { exit, state });
            }
            Ok(Truth::Unknown(_)) => {
                ways.push(self.state.clone());
                let state = std::mem::take(&mut self.state);
                self.pending.push(Pending { exit, state });
            }
            Err(Stop) => {}
        }
    }

    fn exit_arguments(&mut self, raised: &Raised, at: Location) -> Vec<Value> {
        let value = match &raised.value {
            Some(value) => value.clone(),
            None => self.unsupported(at),
        };
        let class = match &raised.class {
            super::ExceptionClass::Builtin(name) => {
                Value::new(ValueKind::Library(format!("builtins.{name}").into()), at)
            }
            super::ExceptionClass::User(id) => Value::new(ValueKind::Object(*id), at),
            _ => self.unsupported(at),
        };
        let traceback = self.unsupported(at);
        vec![class, value, traceback]
    }

    /// A context manager that is not followed: it may do anything with what it is given, and end exceptions.
    fn with_unknown(
        &mut self,
        item: &'a ast::WithItem,
        rest: &'a [ast::WithItem],
        body: &'a [Stmt],
        manager: &Value,
        at: Location,
    ) -> Result<(), Stop> {
        let reason: Rc<str> = self.snippet(at);
        let expects = self.expects_exception(manager);
        let is_harmless = !expects && self.is_harmless_manager(manager);
        if !is_harmless && !expects {
            self.give_away(manager, &reason);
        }
        self.may_raise_any(at);
        let entered = self.call_named_entered(manager, at);
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered)?;
        }
        if is_harmless {
            return self.with_items(rest, body);
        }
        let base = self.pending.len();
        self.handlers += 1;
        let result = self.with_items(rest, body);
        self.handlers -= 1;
        let mut ways = self.pending[base..]
            .iter()
            .filter(|pending| matches!(pending.exit, Exit::Raise(_)))
            .map(|pending| pending.state.clone())
            .collect::<Vec<_>>();
        if result.is_ok() {
            ways.push(std::mem::take(&mut self.state));
        }
        if self.join_ways(ways, &reason) { Ok(()) } else { Err(Stop) }
    }

    /// What entering a manager that is not followed gives.
    fn call_named_entered(&mut self, manager: &Value, at: Location) -> Value {
        match &manager.kind {
            // Open files, locks and the like give themselves.
            ValueKind::Object(_) if self.is_library_object(manager) => manager.clone(),
            _ => {
                let reason = self.snippet(at);
                self.fresh(super::super::value::Cause::External, reason, at)
            }
        }
    }

    fn is_library_object(&self, value: &Value) -> bool {
        let object = value.as_object().and_then(|id| self.state.object(id));
        object.is_some_and(|object| match &object.kind {
            ObjectKind::Instance(instance) => matches!(instance.class, super::super::value::ClassRef::Library(_)),
            _ => false,
        })
    }

    /// Whether a manager is one of a test that expects what it holds to raise.
    fn expects_exception(&self, manager: &Value) -> bool {
        let origin = manager.as_unknown().and_then(|unknown| unknown.origin.as_deref());
        origin.is_some_and(|origin| matches!(origin, "pytest.raises()" | "pytest.warns()" | "pytest.deprecated_call()"))
    }

    fn is_harmless_manager(&self, manager: &Value) -> bool {
        match &manager.kind {
            ValueKind::Object(_) => self.is_library_object(manager),
            ValueKind::Unknown(unknown) => {
                unknown.origin.as_ref().is_some_and(|origin| (self.hooks.is_harmless)(origin))
            }
            _ => false,
        }
    }

    /// The classes of `contextlib.suppress(…)`.
    fn suppressed(&self, manager: &Value) -> Option<Vec<Value>> {
        let instance = self.state.object(manager.as_object()?)?.as_instance()?;
        let is_suppress =
            matches!(&instance.class, super::super::value::ClassRef::Library(path) if &**path == "contextlib.suppress");
        let classes = instance.attributes.value("classes").filter(|_| is_suppress)?;
        match &self.state.object(classes.as_object()?)?.kind {
            ObjectKind::Tuple(items) => Some(items.values().cloned().collect()),
            _ => None,
        }
    }

    /// What `contextlib.nullcontext(…)` holds.
    fn null_context(&self, manager: &Value) -> Option<Value> {
        let instance = self.state.object(manager.as_object()?)?.as_instance()?;
        let is_null = matches!(&instance.class, super::super::value::ClassRef::Library(path) if &**path == "contextlib.nullcontext");
        instance.attributes.value("enter_result").filter(|_| is_null).cloned()
    }
}
