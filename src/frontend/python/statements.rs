//! Statements: what they bind, change and leave open.

use std::rc::Rc;

use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFor, StmtFunctionDef, StmtIf, StmtImportFrom, StmtTry,
};

use super::builders::is_builder;
use super::calls::Arguments;
use super::interpreter::{Flow, Function, Interpreter, UserClass};
use super::names::lookup;
use super::value::{Body, Data, Slot, Val};
use crate::tree::Location;

/// How often a loop over known items is unrolled.
const MAX_ROUNDS: usize = 2000;

impl<'a> Interpreter<'a> {
    /// Evaluates statements in order.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        for statement in body {
            if !self.step(1) {
                return Flow::Next;
            }
            let flow = self.statement(statement);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow {
        match statement {
            Stmt::Expr(node) => {
                let val = self.expression(&node.value);
                self.notice_discarded(&node.value, &val);
            }
            Stmt::Assign(node) => {
                let val = self.expression(&node.value);
                let at = self.at(&*node.value);
                for target in &node.targets {
                    self.assign(target, &val, at);
                }
            }
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::AugAssign(node) => self.augmented(node),
            Stmt::Import(node) => self.import(&node.names),
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::FunctionDef(node) => self.define(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => {
                let val = match &node.value {
                    Some(value) => self.expression(value),
                    None => Val::new(Data::None, self.at(node)),
                };
                return Flow::Return(val);
            }
            Stmt::If(node) => return self.branch(node, 0),
            Stmt::For(node) => return self.for_loop(node),
            Stmt::While(node) => {
                let reason = self.snippet(&*node.test);
                self.expression(&node.test);
                return self.maybe(&reason, |this| this.block(&node.body));
            }
            Stmt::With(node) => {
                for item in &node.items {
                    let val = self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let entered = if val.is_dynamic() { val } else { self.unknown(&item.context_expr) };
                        self.assign(target, &entered, entered.at);
                    }
                }
                return self.block(&node.body);
            }
            Stmt::Try(node) => return self.try_block(node),
            Stmt::Match(node) => return self.match_cases(node),
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Global(node) => self.declare_outer(&node.names),
            Stmt::Nonlocal(node) => self.declare_outer(&node.names),
            Stmt::Raise(_) => return Flow::Raise,
            Stmt::Break(_) | Stmt::Continue(_) => return Flow::Leave,
            _ => {}
        }
        Flow::Next
    }

    /// A builder's result that is neither kept nor given on.
    fn notice_discarded(&mut self, node: &'a Expr, val: &Val) {
        let Expr::Call(call) = node else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        if is_builder(method.attr.as_str()) && self.is_template(val).is_some() {
            let at = self.at(&method.attr);
            self.copy_discarded(method.attr.as_str(), at);
        }
    }

    fn declare_outer(&mut self, names: &'a [ruff_python_ast::Identifier]) {
        let scope = self.scope;
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.outer.extend(names.iter().map(|name| name.as_str()));
        }
    }

    fn annotated(&mut self, node: &'a ruff_python_ast::StmtAnnAssign) {
        let field = match &*node.target {
            Expr::Name(name) => Some(name.id.as_str()),
            _ => None,
        };
        if let (Some(field), Some(class)) = (field, self.classes.iter_mut().find(|class| class.scope == self.scope)) {
            class.fields.push(field.into());
        }
        if let Some(value) = &node.value {
            let val = self.expression(value);
            let at = self.at(&**value);
            self.assign(&node.target, &val, at);
        }
    }

    fn augmented(&mut self, node: &'a ruff_python_ast::StmtAugAssign) {
        let old = self.expression(&node.target);
        let new = self.expression(&node.value);
        // `list += more` changes the list that other names see too.
        if let Data::Object(index) = old.data
            && node.op == ruff_python_ast::Operator::Add
        {
            self.extend_list(index, &new);
            return;
        }
        let val = self.binary(node.op, &old, &new, node);
        let at = self.at(node);
        self.assign(&node.target, &val, at);
    }

    /// Gives a target its value; `at` is the expression that the value comes from.
    pub(super) fn assign(&mut self, target: &'a Expr, val: &Val, at: Location) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), val.clone()),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, val, at),
            Expr::List(list) => self.unpack(&list.elts, val, at),
            Expr::Starred(starred) => {
                let rest = Val::dynamic("the rest of an unpacking", val.at);
                self.assign(&starred.value, &rest, at);
            }
            Expr::Attribute(attribute) => {
                let owner = self.expression(&attribute.value);
                let named_at = self.at(&attribute.attr);
                self.set_attribute(&owner, attribute.attr.as_str(), named_at, Slot::new(val.clone(), at));
            }
            Expr::Subscript(subscript) => {
                let owner = self.expression(&subscript.value);
                let key = self.expression(&subscript.slice);
                let key_at = self.at(&*subscript.slice);
                self.set_item(&owner, Slot::new(key, key_at), Slot::new(val.clone(), at));
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], val: &Val, at: Location) {
        let items = self.items(val).filter(|(items, open)| {
            !open && items.len() == targets.len() && !targets.iter().any(Expr::is_starred_expr)
        });
        for (index, target) in targets.iter().enumerate() {
            match items.as_ref().and_then(|(items, _)| items.get(index)) {
                Some(item) => self.assign(target, &item.val, item.at),
                None => self.assign(target, &Val::dynamic("a part of an unpacking", val.at), at),
            }
        }
    }

    fn set_attribute(&mut self, owner: &Val, name: &str, named_at: Location, slot: Slot) {
        let Data::Object(index) = owner.data else { return };
        let given = slot.clone();
        if let Some(Body::Instance(instance)) = self.heap.get_mut(index).map(|object| &mut object.body) {
            instance.set(name, named_at, slot);
        }
        self.note_attribute(index, &given);
    }

    /// The template that a value is.
    pub(super) fn is_template(&self, val: &Val) -> Option<usize> {
        let Data::Object(index) = val.data else { return None };
        self.templates.iter().position(|template| template.object == index)
    }

    fn set_item(&mut self, owner: &Val, key: Slot, value: Slot) {
        let Data::Object(index) = owner.data else { return };
        let Some(object) = self.heap.get_mut(index) else { return };
        match (&mut object.body, &key.val.data) {
            (Body::List(items), Data::Number(number)) => {
                let place = number.parse::<i64>().ok().and_then(|number| position(number, items.len()));
                match place.and_then(|place| items.get_mut(place)) {
                    Some(item) => *item = value,
                    None => object.open = true,
                }
            }
            (Body::Dict(entries), Data::Text(_)) => {
                match entries.iter_mut().find(|(known, _)| known.val.data == key.val.data) {
                    Some(entry) => entry.1 = value,
                    None => entries.push((key, value)),
                }
            }
            _ => self.forget(index),
        }
    }

    /// Some item of a collection was changed, and nobody knows which.
    fn forget(&mut self, index: usize) {
        let Some(object) = self.heap.get_mut(index) else { return };
        object.open = true;
        match &mut object.body {
            Body::List(items) => items.clear(),
            Body::Dict(entries) => entries.clear(),
            Body::Instance(_) => {}
        }
    }

    fn delete(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let scope = self.scope;
                if let Some(scope) = self.scopes.get_mut(scope) {
                    scope.names.remove(name.id.as_str());
                }
            }
            Expr::Subscript(subscript) => {
                let owner = self.expression(&subscript.value);
                let key = self.expression(&subscript.slice);
                let Data::Object(index) = owner.data else { return };
                match self.heap.get_mut(index).map(|object| &mut object.body) {
                    Some(Body::Dict(entries)) if key.text().is_some() => {
                        entries.retain(|(known, _)| known.val.data != key.data);
                    }
                    _ => self.forget(index),
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, names: &'a [ruff_python_ast::Alias]) {
        for alias in names {
            let path = alias.name.as_str();
            let (name, bound) = match &alias.asname {
                Some(name) => (name.as_str(), path),
                None => {
                    let root = path.split('.').next().unwrap_or(path);
                    (root, root)
                }
            };
            let data = self.module(bound).unwrap_or_else(|| lookup(bound));
            let at = self.at(alias);
            self.bind(name, Val::new(data, at));
        }
    }

    /// The module of the project that a name means in the current file.
    pub(super) fn module(&self, name: &str) -> Option<Data> {
        self.project.resolve(self.file, name).map(|module| Data::Module(module, name.into()))
    }

    fn import_from(&mut self, node: &'a StmtImportFrom) {
        let dots = ".".repeat(node.level as usize);
        let module = format!("{dots}{}", node.module.as_ref().map_or("", |module| module.as_str()));
        let scope = self.project.resolve(self.file, &module).map(|module| self.module_scope(module));
        for alias in &node.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.import_all(&module, scope);
                continue;
            }
            let at = self.at(alias);
            let exported =
                scope.and_then(|scope| self.scopes.get(scope)).and_then(|scope| scope.names.get(name).cloned());
            let gap = if module.ends_with('.') { "" } else { "." };
            let inner = format!("{module}{gap}{name}");
            let val = exported.unwrap_or_else(|| Val::new(self.module(&inner).unwrap_or_else(|| lookup(&inner)), at));
            self.bind(alias.asname.as_ref().map_or(name, |asname| asname.as_str()), val);
        }
    }

    /// `from module import *`.
    fn import_all(&mut self, module: &str, scope: Option<usize>) {
        let public =
            scope.and_then(|scope| self.scopes.get(scope)).map(|scope| (scope.names.clone(), scope.stars.clone()));
        let current = self.scope;
        let Some(target) = self.scopes.get_mut(current) else { return };
        match public {
            Some((names, stars)) => {
                target.names.extend(names.into_iter().filter(|(name, _)| !name.starts_with('_')));
                target.stars.extend(stars);
            }
            None => target.stars.push(module.into()),
        }
    }

    fn define(&mut self, node: &'a StmtFunctionDef) {
        let uses = self.uses.len();
        for decorator in &node.decorator_list {
            let val = self.expression(&decorator.expression);
            if let Some(environment) = self.environment_of_task(&val) {
                let at = self.at(&decorator.expression);
                self.note_task(environment, &Arguments::default(), at);
            }
        }
        self.name_uses(uses, node.name.as_str());
        let keeps_result = |decorator: &ruff_python_ast::Decorator| {
            let text = self.snippet(&decorator.expression);
            let name = text.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
            matches!(name, "cache" | "lru_cache" | "staticmethod" | "property" | "wraps" | "cached_property")
        };
        let decorated = !node.decorator_list.iter().all(keeps_result);
        for parameter in node.parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
        }
        let scope = self.scope;
        self.functions.push(Function { definition: node, scope, file: self.file, called: false, decorated, active: 0 });
        let at = self.at(&node.name);
        self.bind(node.name.as_str(), Val::new(Data::Function(self.functions.len() - 1), at));
    }

    fn class(&mut self, node: &'a StmtClassDef) {
        for decorator in &node.decorator_list {
            self.expression(&decorator.expression);
        }
        let is_dataclass =
            node.decorator_list.iter().any(|decorator| self.snippet(&decorator.expression).contains("dataclass"));
        let plain = node.arguments.as_ref().is_none_or(|arguments| arguments.args.is_empty());
        let scope = self.new_scope(self.scope, true);
        self.classes.push(UserClass { scope, plain, is_dataclass, fields: Vec::new() });
        let class = self.classes.len() - 1;
        let outer = std::mem::replace(&mut self.scope, scope);
        self.block(&node.body);
        self.scope = outer;
        let at = self.at(&node.name);
        self.bind(node.name.as_str(), Val::new(Data::UserClass(class), at));
    }

    /// An `if`: the branch that is taken where the test is known, else both.
    fn branch(&mut self, node: &'a StmtIf, clause: usize) -> Flow {
        let (test, body) = match clause.checked_sub(1) {
            None => (Some(&*node.test), node.body.as_slice()),
            Some(index) => match node.elif_else_clauses.get(index) {
                Some(clause) => (clause.test.as_ref(), clause.body.as_slice()),
                None => return Flow::Next,
            },
        };
        let Some(test) = test else { return self.block(body) };
        let known = if is_always_meant(&self.snippet(test)) { Some(true) } else { self.truth_of(test) };
        match known {
            Some(true) => self.block(body),
            Some(false) => self.branch(node, clause + 1),
            None => {
                let reason = self.snippet(test);
                self.fork(&reason, |this| this.block(body), |this| this.branch(node, clause + 1))
            }
        }
    }

    /// Evaluates something that may or may not happen.
    pub(super) fn maybe(&mut self, reason: &Rc<str>, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        match self.fork(reason, body, |_| Flow::Next) {
            Flow::Leave => Flow::Next,
            flow => flow,
        }
    }

    fn for_loop(&mut self, node: &'a StmtFor) -> Flow {
        let iterable = self.expression(&node.iter);
        let reason = self.snippet(&*node.iter);
        let known = self.items(&iterable).filter(|(items, open)| !open && items.len() <= MAX_ROUNDS);
        let Some((items, _)) = known else {
            let element = Val::dynamic(format!("an item of {reason}"), self.at(&*node.iter));
            return self.maybe(&reason, |this| {
                this.assign(&node.target, &element, element.at);
                this.block(&node.body)
            });
        };
        for item in items {
            if !self.step(1) {
                break;
            }
            self.assign(&node.target, &item.val, item.at);
            match self.block(&node.body) {
                Flow::Next => {}
                // `continue` goes on and `break` ends; both leave the rest of the body, and `break` is rare.
                Flow::Leave if has_break(&node.body) => break,
                Flow::Leave => {}
                flow => return flow,
            }
        }
        self.block(&node.orelse)
    }

    fn try_block(&mut self, node: &'a StmtTry) -> Flow {
        let flow = self.block(&node.body);
        let flow = if flow == Flow::Next { self.block(&node.orelse) } else { flow };
        // The handlers are looked at, but what they bind counts only where the body bound nothing.
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            let names = self.scopes.get(self.scope).map(|scope| scope.names.clone()).unwrap_or_default();
            let heap = self.heap.clone();
            self.step(heap.len());
            self.block(&handler.body);
            for (index, object) in heap.into_iter().enumerate() {
                self.heap[index] = object;
            }
            let scope = self.scope;
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.names.extend(names);
            }
        }
        match self.block(&node.finalbody) {
            Flow::Next if flow == Flow::Raise => Flow::Next,
            Flow::Next => flow,
            last => last,
        }
    }

    fn match_cases(&mut self, node: &'a ruff_python_ast::StmtMatch) -> Flow {
        self.expression(&node.subject);
        let reason = self.snippet(&*node.subject);
        for case in &node.cases {
            let flow = self.maybe(&reason, |this| this.block(&case.body));
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }
}

/// Tests that hold wherever it matters: type checking sees what running sees, and scripts are meant to be run.
fn is_always_meant(test: &str) -> bool {
    matches!(test, "TYPE_CHECKING" | "typing.TYPE_CHECKING") || test.starts_with("__name__ ==")
}

fn has_break(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Break(_) => true,
        Stmt::If(node) => has_break(&node.body) || node.elif_else_clauses.iter().any(|clause| has_break(&clause.body)),
        Stmt::With(node) => has_break(&node.body),
        Stmt::Try(node) => has_break(&node.body),
        _ => false,
    })
}

/// The place that an index means in a list; negative ones count from the end.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    let place = if index < 0 { i64::try_from(length).ok()? + index } else { index };
    usize::try_from(place).ok().filter(|place| *place < length)
}
