//! `try`, `suppress` and `assert`: which handlers take what is raised.

use super::super::state::State;
use super::super::value::{Cause, Slot, Value};
use super::exceptions::ExceptionClass;
use super::exceptions::Match;
use super::exceptions::Raised;
use super::{Evaluator, Exit, Pending, Stop};
use ruff_python_ast::{self as ast, ExceptHandler, Stmt};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `try` in full.
    pub(super) fn try_statement(&mut self, node: &'a ast::StmtTry) -> Result<(), Stop> {
        let base = self.pending.len();
        self.handlers += 1;
        let body = self.block(&node.body);
        self.handlers -= 1;
        // What a `finally` block sees must include what raises in handlers.
        self.handlers += usize::from(!node.finalbody.is_empty());
        let ended = self.state.clone();
        let mut ways: Vec<State> = Vec::new();
        let raised = self.take_raised(base);
        if body.is_ok() && self.block(&node.orelse).is_ok() {
            ways.push(std::mem::take(&mut self.state));
        }
        self.state = ended;
        self.run_handlers(&node.handlers, raised, &mut ways);
        self.handlers -= usize::from(!node.finalbody.is_empty());
        let reason: Rc<str> = "try: …".into();
        let goes_on = self.join_ways(ways, &reason);
        if node.finalbody.is_empty() {
            return if goes_on { Ok(()) } else { Err(Stop) };
        }
        self.finally(base, goes_on, &node.finalbody)
    }

    /// Takes the exceptions that are on their way since a point.
    pub(super) fn take_raised(&mut self, base: usize) -> Vec<(Raised, State)> {
        let mut raised = Vec::new();
        let mut index = base;
        while index < self.pending.len() {
            if matches!(self.pending[index].exit, Exit::Raise(_)) {
                let Pending { exit, state } = self.pending.remove(index);
                if let Exit::Raise(exception) = exit {
                    raised.push((exception, state));
                }
            } else {
                index += 1;
            }
        }
        self.merge_raised(raised)
    }

    /// Joins the states of exceptions of one class that only may be raised.
    pub(super) fn merge_raised(&mut self, raised: Vec<(Raised, State)>) -> Vec<(Raised, State)> {
        let mut merged: Vec<(Raised, State)> = Vec::new();
        for (exception, state) in raised {
            let known = merged.iter_mut().find(|(known, _)| {
                known.class == exception.class && known.value.is_none() && exception.value.is_none()
            });
            match known {
                Some((_, before)) => {
                    let reason = self.snippet(exception.at);
                    let joined = std::mem::take(before);
                    *before = self.joined(joined, &state, &reason);
                }
                None => merged.push((exception, state)),
            }
        }
        merged
    }

    /// Runs the handlers that take each exception; what none takes goes on its way.
    pub(super) fn run_handlers(
        &mut self,
        handlers: &'a [ExceptHandler],
        mut raised: Vec<(Raised, State)>,
        ways: &mut Vec<State>,
    ) {
        for ExceptHandler::ExceptHandler(handler) in handlers {
            let mut left = Vec::new();
            for (exception, state) in raised {
                self.state = state.clone();
                let matches = match &handler.type_ {
                    None => Match::Yes,
                    Some(class) => match self.expression(class) {
                        Ok(class) => self.matches(&exception.class, &class),
                        Err(Stop) => continue,
                    },
                };
                let is_certain = matches == Match::Yes && exception.is_certain;
                let outer = self.uncertain;
                self.uncertain += usize::from(!is_certain);
                let goes_on = matches != Match::No && self.handler_body(handler, &exception).is_ok();
                self.uncertain = outer;
                if goes_on {
                    ways.push(std::mem::take(&mut self.state));
                }
                if matches != Match::Yes {
                    left.push((exception, state));
                }
            }
            raised = left;
        }
        for (exception, state) in raised {
            self.tell_passed(&exception);
            self.pending.push(Pending { exit: Exit::Raise(exception), state });
        }
    }

    pub(super) fn handler_body(
        &mut self,
        handler: &'a ast::ExceptHandlerExceptHandler,
        raised: &Raised,
    ) -> Result<(), Stop> {
        let at = raised.at;
        if let Some(name) = &handler.name {
            let value = match &raised.value {
                Some(value) => value.clone(),
                None => match &raised.class {
                    ExceptionClass::Builtin(class) if raised.is_sure => {
                        let reason = format!("the text of {class}");
                        let text = self.fresh(Cause::Unsupported, reason, at);
                        self.exception(&format!("builtins.{class}"), vec![Slot::here(text)], at)
                    }
                    ExceptionClass::Library(path) if raised.is_sure => {
                        let text = self.fresh(Cause::Unsupported, format!("the text of {path}"), at);
                        self.exception(&Rc::clone(path), vec![Slot::here(text)], at)
                    }
                    _ => self.fresh(Cause::External, "an exception", at),
                },
            };
            self.bind(name.as_str(), value);
        }
        let handling = raised.clone();
        if let Some(frame) = self.frames.last_mut() {
            frame.handling.push(handling);
        }
        let depth = self.frames.len();
        let result = self.block(&handler.body);
        if let Some(frame) = self.frames.get_mut(depth.wrapping_sub(1)) {
            frame.handling.pop();
        }
        if let Some(name) = &handler.name {
            self.unbind(name.as_str());
        }
        result
    }

    /// Runs a `finally` block on each way out.
    pub(super) fn finally(&mut self, base: usize, goes_on: bool, body: &'a [Stmt]) -> Result<(), Stop> {
        let exits: Vec<Pending> = self.pending.drain(base..).collect();
        let normal = goes_on.then(|| std::mem::take(&mut self.state));
        for Pending { exit, state } in exits {
            self.state = state;
            if self.uncertainly(|ev| ev.block(body)).is_ok() {
                let state = std::mem::take(&mut self.state);
                if let Exit::Raise(raised) = &exit {
                    self.tell_passed(&raised.clone());
                }
                self.pending.push(Pending { exit, state });
            }
        }
        match normal {
            Some(state) => {
                self.state = state;
                self.block(body)
            }
            None => Err(Stop),
        }
    }

    /// Runs something whose exceptions a context manager or `suppress` of these classes takes.
    pub(super) fn suppressing(
        &mut self,
        classes: &[Value],
        inner: &'a [ast::WithItem],
        body: &'a [Stmt],
        reason: &Rc<str>,
    ) -> Result<(), Stop> {
        let base = self.pending.len();
        self.handlers += 1;
        let result = self.with_items(inner, body);
        self.handlers -= 1;
        let mut ways = Vec::new();
        if result.is_ok() {
            ways.push(std::mem::take(&mut self.state));
        }
        for (raised, state) in self.take_raised(base) {
            let all: Vec<Match> = classes.iter().map(|class| self.matches(&raised.class, class)).collect();
            if all.iter().any(|one| *one != Match::No) {
                ways.push(state.clone());
            }
            if !all.contains(&Match::Yes) {
                self.tell_passed(&raised);
                self.pending.push(Pending { exit: Exit::Raise(raised), state });
            }
        }
        if self.join_ways(ways, reason) { Ok(()) } else { Err(Stop) }
    }
}
