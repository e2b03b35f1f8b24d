//! Statements: what they bind, change and leave open.

use ruff_python_ast::{Expr, Stmt, StmtImportFrom};

use super::budget::MAX_ATTRIBUTES;
use super::builders::is_builder;
use super::builtins::whole;
use super::interpreter::{Flow, Interpreter};
use super::names::{is_installed, lookup};
use super::value::{Body, Data, Slot, Val};
use crate::tree::Location;

impl<'a> Interpreter<'a> {
    /// Evaluates one statement; `if` and `match` are the block's business.
    pub(super) fn statement(&mut self, statement: &'a Stmt) -> Flow {
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
            Stmt::For(node) => return self.for_loop(node),
            Stmt::While(node) => return self.while_loop(node),
            Stmt::With(node) => {
                for item in &node.items {
                    let val = self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let known = val.is_dynamic() || matches!(val.data, Data::FsPath(_));
                        let entered = if known { val } else { self.unknown(&item.context_expr) };
                        self.assign(target, &entered, entered.at);
                    }
                }
                return self.block(&node.body);
            }
            Stmt::Try(node) => return self.try_block(node),
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Global(node) => self.declare_outer(&node.names, true),
            Stmt::Nonlocal(node) => self.declare_outer(&node.names, false),
            Stmt::Raise(_) => return Flow::Raise,
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
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

    fn declare_outer(&mut self, names: &'a [ruff_python_ast::Identifier], global: bool) {
        let scope = self.scope;
        if let Some(scope) = self.scopes.get_mut(scope) {
            let declared = if global { &mut scope.globals } else { &mut scope.nonlocals };
            declared.extend(names.iter().map(|name| name.as_str()));
        }
    }

    fn annotated(&mut self, node: &'a ruff_python_ast::StmtAnnAssign) {
        let class = self.scopes.get(self.scope).and_then(|scope| scope.class);
        if let Expr::Name(name) = &*node.target
            && let field = name.id.as_str()
            && let Some(class) = class.and_then(|class| self.classes.get_mut(class))
            && class.fields.len() < MAX_ATTRIBUTES
            && !class.fields.iter().any(|known| &**known == field)
        {
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
                if let Expr::Slice(slice) = &*subscript.slice {
                    let items = self.iterated(val).filter(|(_, open)| !open).map(|(items, _)| items);
                    return self.replace_slice(&owner, slice, items).unwrap_or_else(|| self.forget_value(&owner));
                }
                let key = self.expression(&subscript.slice);
                let key_at = self.at(&*subscript.slice);
                self.set_item(&owner, Slot::new(key, key_at), Slot::new(val.clone(), at));
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], val: &Val, at: Location) {
        let star = targets.iter().position(Expr::is_starred_expr);
        let items = match self.items(val) {
            Some((items, false)) => Some(items),
            _ => None,
        };
        let fits = |items: &Vec<Slot>| {
            if star.is_some() { items.len() + 1 >= targets.len() } else { items.len() == targets.len() }
        };
        let Some(items) = items.filter(fits) else {
            let unknown = Val::dynamic("a part of an unpacking", val.at);
            return targets.iter().for_each(|target| self.assign(target, &unknown, at));
        };
        let extra = items.len() + 1 - targets.len();
        let mut items = items.into_iter();
        for (index, target) in targets.iter().enumerate() {
            if let (Expr::Starred(starred), true) = (target, star == Some(index)) {
                let rest: Vec<Slot> = items.by_ref().take(extra).collect();
                let rest = self.list_of(rest, false, at);
                self.assign(&starred.value, &rest, at);
            } else if let Some(item) = items.next() {
                self.assign(target, &item.val, item.at);
            }
        }
    }

    pub(super) fn set_attribute(&mut self, owner: &Val, name: &str, named_at: Location, slot: Slot) {
        let Data::Object(index) = owner.data else { return };
        let given = slot.clone();
        if let Some(object) = self.heap.get_mut(index)
            && let Body::Instance(instance) = &mut object.body
        {
            instance.set(name, named_at, slot);
            object.cut();
        }
        self.note_attribute(index, &given);
    }

    /// The template that a value is.
    pub(super) fn is_template(&self, val: &Val) -> Option<usize> {
        let Data::Object(index) = val.data else { return None };
        self.template_of.get(&index).copied()
    }

    fn set_item(&mut self, owner: &Val, key: Slot, value: Slot) {
        let Data::Object(index) = owner.data else { return };
        self.look_through(self.size_of(owner));
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
                    None => {
                        entries.push((key, value));
                        object.cut();
                    }
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

    fn forget_value(&mut self, val: &Val) {
        if let Data::Object(index) = val.data {
            self.forget(index);
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
                if let Expr::Slice(slice) = &*subscript.slice {
                    return self
                        .replace_slice(&owner, slice, Some(Vec::new()))
                        .unwrap_or_else(|| self.forget_value(&owner));
                }
                let key = self.expression(&subscript.slice);
                let Data::Object(index) = owner.data else { return };
                self.copy_items(self.size_of(&owner) / 8);
                match self.heap.get_mut(index).map(|object| &mut object.body) {
                    Some(Body::Dict(entries)) if key.text().is_some() => {
                        entries.retain(|(known, _)| known.val.data != key.data);
                    }
                    Some(Body::List(items)) => match whole(&key).and_then(|place| position(place, items.len())) {
                        Some(place) => {
                            items.remove(place);
                        }
                        None => self.forget(index),
                    },
                    _ => self.forget(index),
                }
            }
            Expr::Attribute(attribute) => {
                let owner = self.expression(&attribute.value);
                let Data::Object(index) = owner.data else { return };
                if let Some(Body::Instance(instance)) = self.heap.get_mut(index).map(|object| &mut object.body) {
                    instance.attributes.retain(|(known, ..)| &**known != attribute.attr.as_str());
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
            self.doubts += usize::from(matches!(&data, Data::Path(_)) && !is_installed(path));
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
        self.doubts += usize::from(scope.is_none() && !is_installed(&module));
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
            if matches!(val.data, Data::Path(_)) {
                self.refuse_class_name(&inner, self.at(&alias.name));
            }
            self.bind(alias.asname.as_ref().map_or(name, |asname| asname.as_str()), val);
        }
    }

    /// `from module import *`.
    fn import_all(&mut self, module: &str, scope: Option<usize>) {
        let public = scope.and_then(|scope| self.scopes.get(scope)).map(|scope| scope.names.clone());
        self.copy_items(public.as_ref().map_or(0, std::collections::HashMap::len));
        let current = self.scope;
        match (public, self.scopes.get_mut(current)) {
            (Some(names), Some(target)) => {
                target.names.extend(names.into_iter().filter(|(name, _)| !name.starts_with('_')));
            }
            _ if self.stars.iter().all(|known| &**known != module) => self.stars.push(module.into()),
            _ => {}
        }
    }
}

/// The place that an index means in a list; negative ones count from the end.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    let place = if index < 0 { i64::try_from(length).ok()? + index } else { index };
    usize::try_from(place).ok().filter(|place| *place < length)
}
