//! What code that is not followed may do: to what it is given, and through the functions that it is given.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};

use super::super::value::{Arguments, Cause, Function, ObjectId, ObjectKind, Unknown, Value, ValueKind};
use super::{Code, Evaluator, Stop};
use crate::tree::Location;

/// The share of all steps that it may take to see what a function does that code out of sight may call. Beyond that, all counts as changed
/// that its text mentions.
const GIVEN_SHARE: usize = 1_000;

impl<'a> Evaluator<'a> {
    /// Code that cannot be followed gets hold of a value: all that it may reach is not known any more, for good, and the
    /// project's functions among it may be called at any time.
    pub fn give_away(&mut self, value: &Value, reason: &Rc<str>) {
        let mut functions = Vec::new();
        self.functions_in(value, &mut functions);
        self.state.escape(value, reason);
        for function in functions {
            self.give_function(function, reason);
        }
    }

    /// The same with all arguments of a call.
    pub fn give_away_arguments(&mut self, arguments: &Arguments, reason: &Rc<str>) {
        let changeable = arguments.keywords.iter().filter(|keyword| !(self.hooks().is_kept)(&keyword.name));
        let slots = arguments.positional.iter().chain(changeable.map(|keyword| &keyword.slot));
        let values: Vec<Value> = slots.map(|slot| slot.value.clone()).collect();
        let gaps = arguments.more_positional.iter().chain(&arguments.more_keywords);
        let hidden: Vec<Value> = gaps.flat_map(|gap| gap.candidates.iter().cloned()).collect();
        values.iter().chain(&hidden).for_each(|value| self.give_away(value, reason));
    }

    /// The functions that can be reached from a value.
    fn functions_in(&self, value: &Value, into: &mut Vec<ObjectId>) {
        let mut waiting = vec![value.clone()];
        let mut seen = std::collections::HashSet::new();
        while let Some(value) = waiting.pop() {
            match &value.kind {
                ValueKind::Object(id) if seen.insert(*id) => {
                    let Some(object) = self.state.object(*id).filter(|object| object.escaped.is_none()) else {
                        continue;
                    };
                    if matches!(object.kind, ObjectKind::Function(_)) {
                        into.push(*id);
                    }
                    waiting.extend(object.values());
                    if let ObjectKind::Instance(instance) = &object.kind
                        && let super::super::value::ClassRef::User(class) = instance.class
                    {
                        waiting.push(Value::new(ValueKind::Object(class), value.at));
                    }
                }
                ValueKind::Bound(bound) => waiting.extend([bound.receiver.clone(), bound.function.clone()]),
                ValueKind::PartialCall(partial) => {
                    waiting.push(partial.callee.clone());
                    waiting.extend(partial.arguments.slots().map(|slot| slot.value.clone()));
                }
                ValueKind::Unknown(unknown) => waiting.extend(unknown.candidates.iter().cloned()),
                _ => {}
            }
        }
    }

    /// Code out of sight may call a function any number of times, with anything.
    fn give_function(&mut self, id: ObjectId, reason: &Rc<str>) {
        if !self.given_functions.insert(id) || !self.charge(10) {
            return;
        }
        let function = Value::new(ValueKind::Object(id), Location::default());
        if self.frames.len() > 8 || self.quiet > 3 {
            self.forget_effects(id, reason);
            return;
        }
        let before = self.state.clone();
        let base = self.pending.len();
        let handlers = std::mem::take(&mut self.handlers);
        let called = self.called.clone();
        self.quiet += 1;
        let limit = self.budget.push_limit(GIVEN_SHARE);
        let result = self.call_blindly(&function);
        let is_exhausted = self.budget.is_exhausted();
        self.budget.pop_limit(limit);
        self.quiet -= 1;
        self.handlers = handlers;
        // Nothing that happened here counts as seen.
        self.called = called;
        let mut ways: Vec<super::State> = self.pending.drain(base..).map(|pending| pending.state).collect();
        if let Ok(result) = result {
            let mut state = std::mem::take(&mut self.state);
            state.escape(&result, reason);
            ways.push(state);
        }
        self.state = before.clone();
        if is_exhausted {
            return self.forget_effects(id, reason);
        }
        for after in ways {
            self.forget_changes(&before, &after, reason);
        }
    }

    /// Forgets, for good, all that was there before and is otherwise after.
    fn forget_changes(&mut self, before: &super::State, after: &super::State, reason: &Rc<str>) {
        for object in after.objects_changed_since(before) {
            if before.object(object).is_some() {
                self.state.escape(&Value::new(ValueKind::Object(object), Location::default()), reason);
            }
        }
        let unknown = Unknown::new(Cause::GivenAway, Rc::clone(reason));
        for cell in after.cells_changed_since(before) {
            if before.cell(cell).is_some() || self.is_module_variable(cell) {
                self.volatile.insert(cell);
                self.state.forget_cell(cell, &unknown);
            }
        }
    }

    fn is_module_variable(&self, cell: super::super::value::CellId) -> bool {
        let kind = self.scopes.get(self.scopes.scope_of(cell)).map(|scope| scope.kind);
        matches!(kind, Some(super::ScopeKind::Module(_)))
    }

    /// A call of a project's function that is not followed: too deep, or too long.
    pub(super) fn not_followed(&mut self, id: ObjectId, arguments: &Arguments, at: Location) -> Result<Value, Stop> {
        self.may_raise_any(at);
        let reason = self.snippet(at);
        self.forget_effects(id, &reason);
        self.give_away_arguments(arguments, &reason);
        Ok(self.fresh(Cause::Limit, reason, at))
    }

    /// Forgets what a function may change, judged by its text alone: the variables that it assigns outside of itself, and all
    /// that the names in it lead to.
    pub fn forget_effects(&mut self, id: ObjectId, reason: &Rc<str>) {
        let mut waiting = vec![id];
        let mut seen = std::collections::HashSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id) || !self.charge(20) {
                continue;
            }
            let value = Value::new(ValueKind::Object(id), Location::default());
            let Some(function) = self.function(&value).cloned() else { continue };
            let mut found = Vec::new();
            for value in self.names_used_by(&function, reason) {
                self.functions_in(&value, &mut found);
                self.state.escape(&value, reason);
            }
            waiting.extend(found);
        }
    }

    /// The values of the variables that a function mentions; those that it assigns are forgotten.
    fn names_used_by(&mut self, function: &Function, reason: &Rc<str>) -> Vec<Value> {
        let Some(code) = self.code(function.code) else { return Vec::new() };
        let mut finder = NameFinder(Vec::new());
        match code {
            Code::Def(def, _) => finder.visit_body(&def.body),
            Code::Lambda(lambda, _) => finder.visit_expr(&lambda.body),
            Code::Generator(node, _) => {
                finder.visit_expr(&node.elt);
                node.generators.iter().for_each(|part| finder.visit_comprehension(part));
            }
        }
        let names: Vec<String> = finder.0;
        let locals = self.locals(function.code);
        let unknown = Unknown::new(Cause::GivenAway, Rc::clone(reason));
        let mut values = Vec::new();
        for name in names {
            let id = self.scopes.computed_name(&name);
            if locals.own.contains(&id) {
                continue;
            }
            let mut scope = Some(function.closure);
            while let Some(current) = scope {
                if let Some(cell) = self.scopes.find(current, id) {
                    values.extend(self.state.cell(cell).cloned());
                    if locals.globals.contains(&id) || locals.nonlocals.contains(&id) {
                        self.volatile.insert(cell);
                        self.state.forget_cell(cell, &unknown);
                    }
                }
                scope = self.scopes.get(current).and_then(|scope| scope.parent);
            }
        }
        values
    }

    /// Forgets what the code in a text could have changed: all that it mentions.
    pub fn forget_mentioned(&mut self, code: &str, reason: &Rc<str>) {
        let reaches = ["exec", "eval", "globals", "locals", "vars", "setattr", "import", "__"];
        if code.len() > super::super::state::MAX_TEXT || reaches.iter().any(|word| code.contains(word)) {
            return self.forget_everything(reason);
        }
        let unknown = Unknown::new(Cause::Unsupported, Rc::clone(reason));
        let words = code.split(|character: char| !(character.is_alphanumeric() || character == '_'));
        let mut names: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let id = self.scopes.computed_name(name);
            let mut scope = Some(self.scope);
            while let Some(current) = scope {
                if let Some(cell) = self.scopes.find(current, id)
                    && let Some(value) = self.state.cell(cell).cloned()
                {
                    self.give_away(&value, reason);
                    self.state.forget_cell(cell, &unknown);
                }
                scope = self.scopes.get(current).and_then(|scope| scope.parent);
            }
        }
        // It may bind names that were not there.
        self.is_open_module = true;
    }

    /// Forgets all that the program could have changed by code that is only known as text: `exec`, `eval`.
    pub fn forget_everything(&mut self, reason: &Rc<str>) {
        self.is_open_module = true;
        let unknown = Unknown::new(Cause::Unsupported, Rc::clone(reason));
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            let values: Vec<Value> = self.variables_of(id).into_iter().map(|(_, value)| value).collect();
            values.iter().for_each(|value| self.state.escape(value, reason));
            self.forget_scope(id, &unknown);
            scope = self.scopes.get(id).and_then(|scope| scope.parent);
        }
    }
}

/// Finds the names in a piece of code.
struct NameFinder(Vec<String>);

impl<'b> Visitor<'b> for NameFinder {
    fn visit_stmt(&mut self, statement: &'b Stmt) {
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'b Expr) {
        if let Expr::Name(name) = expression {
            self.0.push(name.id.as_str().to_owned());
        }
        visitor::walk_expr(self, expression);
    }
}
