//! Expressions: their values, as far as they are plain to see.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::budget::{MAX_ITEMS, MAX_LITERAL, MAX_NAME, cut};
use super::builtins::{float_text, whole};
use super::calls::Site;
use super::interpreter::{Flow, Interpreter};
use super::join::joined;
use super::names::{below, lookup};
use super::statements::position;
use super::value::{Body, Data, Of, Slot, Val};

/// How many digits a whole number may have.
const MAX_DIGITS: usize = 400;

impl<'a> Interpreter<'a> {
    /// The value of an expression.
    pub(super) fn expression(&mut self, node: &'a Expr) -> Val {
        self.depth += 1;
        let val = if self.step(1) { self.value(node) } else { self.unknown(node) };
        self.depth -= 1;
        val
    }

    fn value(&mut self, node: &'a Expr) -> Val {
        let at = self.at(node);
        match node {
            Expr::StringLiteral(text) => self.literal(text.value.to_str(), node),
            Expr::NumberLiteral(number) => {
                number_value(&number.value).map_or_else(|| self.unknown(node), |data| Val::new(data, at))
            }
            Expr::BooleanLiteral(flag) => Val::new(Data::Bool(flag.value), at),
            Expr::NoneLiteral(_) => Val::new(Data::None, at),
            Expr::FString(text) => self.f_string(text),
            Expr::Name(name) => self.named(name),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::List(list) => self.display(&list.elts, node),
            Expr::Tuple(tuple) => self.display(&tuple.elts, node),
            Expr::Set(set) => self.display(&set.elts, node),
            Expr::Dict(dict) => self.dict(dict),
            Expr::ListComp(comp) => self.comprehension(&comp.elt, &comp.generators, node),
            Expr::SetComp(comp) => self.comprehension(&comp.elt, &comp.generators, node),
            Expr::Generator(comp) => self.comprehension(&comp.elt, &comp.generators, node),
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.dict_comprehension(key, &comp.value, &comp.generators, node),
                None => self.unknown(node),
            },
            Expr::Call(call) => self.call(call),
            Expr::BinOp(operation) => {
                let left = self.expression(&operation.left);
                let right = self.expression(&operation.right);
                self.binary(operation.op, &left, &right, node)
            }
            Expr::BoolOp(operation) => self.bool_operation(operation),
            Expr::UnaryOp(operation) => self.unary(operation),
            Expr::Compare(_) => match self.truth_of(node) {
                Some(truth) => Val::new(Data::Bool(truth), at),
                None => self.unknown(node),
            },
            Expr::If(conditional) => self.conditional(conditional),
            Expr::Named(named) => {
                let val = self.expression(&named.value);
                let value_at = self.at(&*named.value);
                self.assign(&named.target, &val, value_at);
                val
            }
            Expr::Starred(starred) => self.expression(&starred.value),
            Expr::Await(node) => self.expression(&node.value),
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Yield(given) => {
                let val = given.value.as_ref().map_or(Val::new(Data::None, at), |value| self.expression(value));
                self.yielded(Slot::new(val, at));
                self.unknown(node)
            }
            Expr::YieldFrom(given) => {
                let list = self.expression(&given.value);
                self.forks += usize::from(self.items(&list).is_none_or(|(_, open)| open));
                self.items(&list).unwrap_or_default().0.into_iter().for_each(|slot| self.yielded(slot));
                self.unknown(node)
            }
            _ => self.unknown(node),
        }
    }

    /// A text that is written there.
    fn literal(&self, text: &str, node: &'a Expr) -> Val {
        if text.len() > MAX_LITERAL || !self.read_text(text.len()) {
            return self.unknown(node);
        }
        Val::new(Data::Text(text.into()), self.at(node))
    }

    fn named(&mut self, node: &'a ast::ExprName) -> Val {
        let name = node.id.as_str();
        if let Some(val) = self.name(name) {
            return val;
        }
        let at = self.at(node);
        self.step(self.stars.len() / 4);
        for module in &self.stars {
            let data = lookup(&below(module, name));
            if !matches!(data, Data::Path(_) | Data::Template(super::value::Sdk::Unknown)) {
                return Val::new(data, at);
            }
        }
        if name == "__file__" {
            return Val::new(self.file_name(), at);
        }
        // A builtin, or a name that podlint cannot follow.
        Val::new(Data::Path(name.into()), at)
    }

    fn attribute(&mut self, node: &'a ast::ExprAttribute) -> Val {
        let owner = self.expression(&node.value);
        self.attribute_of(&owner, node.attr.as_str(), Site::of(node.range()))
    }

    /// The value of `owner.name`.
    pub(super) fn attribute_of(&mut self, owner: &Val, name: &str, site: Site<'a>) -> Val {
        let at = self.at(site);
        let method = || Val::new(Data::Method(Rc::new(owner.clone()), name.into()), at);
        match &owner.data {
            Data::Path(path) if path.len() < MAX_NAME => {
                let inner = below(path, name);
                let data = self.module(&inner).unwrap_or_else(|| lookup(&inner));
                if matches!(data, Data::Path(_)) {
                    self.refuse_class_name(&inner, at);
                }
                Val::new(data, at)
            }
            Data::Module(module, path) => {
                let scope = self.module_scope(*module);
                let exported = self.scopes.get(scope).and_then(|scope| scope.names.get(name).cloned());
                let inner = below(path, name);
                exported.unwrap_or_else(|| Val::new(self.module(&inner).unwrap_or(Data::Path(inner)), at))
            }
            Data::UserClass(class) if name == "__name__" => {
                let name = self.classes.get(*class).map_or_else(|| "".into(), |class| Rc::clone(&class.name));
                Val::new(Data::Text(name), at)
            }
            Data::Function(index) if name == "__name__" => {
                let name = self.functions.get(*index).map_or("", |function| function.code.name());
                Val::new(Data::Text(name.into()), at)
            }
            Data::Object(_) if name == "__class__" && self.class_of_instance(owner).is_some() => {
                let class = self.class_of_instance(owner).unwrap_or_default();
                Val::new(Data::UserClass(class), at)
            }
            Data::UserClass(class) => match self.class_attribute(*class, name) {
                Some(val) if self.is_class_method(&val) => self.bound(owner, val),
                Some(val) => val,
                None => self.unknown(site),
            },
            Data::Super(inner, class) => self.inherited(inner, *class, name).unwrap_or_else(|| self.unknown(site)),
            Data::Object(_) => match self.instance_attribute(owner, name) {
                Some(val) => self.property(&val, site).unwrap_or(val),
                None => method(),
            },
            Data::FsPath(path) => self.path_attribute(path, name, at).unwrap_or_else(method),
            // A member of an enumeration of strings is a string.
            Data::Text(_) if name == "value" => owner.clone(),
            Data::Text(_)
            | Data::Pattern(..)
            | Data::Template(_)
            | Data::Client(_)
            | Data::Function(_)
            | Data::Seconds(_) => method(),
            _ => self.unknown(site),
        }
    }

    /// The value of an attribute that an instance has; attributes of client objects that were not given are `None`.
    pub(super) fn instance_attribute(&self, owner: &Val, name: &str) -> Option<Val> {
        let object = self.object(owner)?;
        let Body::Instance(instance) = &object.body else { return None };
        if let Some(slot) = instance.attribute(name) {
            return Some(slot.val.clone());
        }
        let own = instance.user.and_then(|class| self.class_attribute(class, name));
        if let Some(val) = own {
            return Some(self.bound(owner, val));
        }
        let none = Val::new(if object.open { Data::Dynamic(name.into()) } else { Data::None }, owner.at);
        match &instance.of {
            Of::Client(class) => class.attribute(name).map(|_| none),
            Of::Template(_) if name == "primary_container_name" => {
                Some(Val::new(Data::Text("primary".into()), owner.at))
            }
            Of::Template(_) if matches!(name, "pod_spec" | "labels" | "annotations") => Some(none),
            Of::Template(_) => None,
            // Attributes that were not given have defaults of the SDK's; a method is what else it can be.
            Of::Sdk(class) if class.positional.contains(&name) => Some(none),
            Of::Sdk(_) => None,
            Of::User(_) | Of::Plain => None,
        }
    }

    fn subscript(&mut self, node: &'a ast::ExprSubscript) -> Val {
        let owner = self.expression(&node.value);
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            return self.slice(&owner, slice, at).unwrap_or_else(|| self.unknown(node));
        }
        let key = self.expression(&node.slice);
        let is_environment = matches!(&owner.data, Data::Path(path) if &**path == "os.environ");
        if let Some(known) = key.text().filter(|_| is_environment).and_then(|name| self.variables.get(name)) {
            return Val::new(Data::Text(known.as_str().into()), at);
        }
        if let (Some(text), Some(index)) = (owner.text(), whole(&key)) {
            self.read_text(text.len());
            let character = position(index, text.chars().count()).and_then(|place| text.chars().nth(place));
            let found = character.map(|character| Val::new(Data::Text(character.to_string().into()), at));
            return found.unwrap_or_else(|| self.unknown(node));
        }
        if let Some(Body::Dict(entries)) = self.object(&owner).map(|object| &object.body) {
            self.look_through(entries.len());
        }
        let found = self.object(&owner).and_then(|object| match (&object.body, &key.data) {
            (Body::List(items), Data::Number(number)) if !object.open => {
                let place = position(number.parse().ok()?, items.len())?;
                items.get(place).map(|slot| slot.val.clone())
            }
            (Body::Dict(entries), Data::Text(_) | Data::Number(_) | Data::Bool(_)) => {
                entries.iter().find(|(known, _)| known.val.data == key.data).map(|(_, value)| value.val.clone())
            }
            (Body::Instance(instance), Data::Number(number)) if self.is_tuple(instance) => {
                let place = position(number.parse().ok()?, instance.attributes.len())?;
                instance.attributes.get(place).map(|(.., slot)| slot.val.clone())
            }
            _ => None,
        });
        if let Some(found) = found {
            return found;
        }
        let key = Slot::new(key, self.at(&*node.slice));
        let missing = self.missing_item(&owner, &key, Site::of(node.range()));
        missing.unwrap_or_else(|| {
            // A key that is not there raises.
            self.doubts += 1;
            self.unknown(node)
        })
    }

    fn display(&mut self, elements: &'a [Expr], node: &'a Expr) -> Val {
        let mut items = Vec::new();
        let mut open = false;
        for element in elements {
            if let Expr::Starred(starred) = element {
                let val = self.expression(&starred.value);
                match self.items(&val) {
                    Some((more, more_open)) => {
                        items.extend(more);
                        open |= more_open | cut(&mut items);
                    }
                    None => open = true,
                }
            } else {
                let val = self.expression(element);
                items.push(Slot::new(val, self.at(element)));
            }
        }
        let at = self.at(node);
        self.allocate(Body::List(items), open, at)
    }

    fn dict(&mut self, node: &'a ast::ExprDict) -> Val {
        let mut entries: Vec<(Slot, Slot)> = Vec::new();
        let mut open = false;
        for item in &node.items {
            let val = self.expression(&item.value);
            let value = Slot::new(val, self.at(&item.value));
            match &item.key {
                Some(key) => {
                    let key_val = self.expression(key);
                    if key_val.text().is_none() && !matches!(key_val.data, Data::Number(_) | Data::Bool(_)) {
                        open = true;
                        continue;
                    }
                    self.look_through(entries.len());
                    put(&mut entries, Slot::new(key_val, self.at(key)), value);
                }
                None => open |= self.spread(&mut entries, &value.val),
            }
        }
        let at = self.at(node);
        self.allocate(Body::Dict(entries), open, at)
    }

    /// Adds the entries of a dict to others; whether there may be more.
    pub(super) fn spread(&self, entries: &mut Vec<(Slot, Slot)>, val: &Val) -> bool {
        match self.object(val).map(|object| (&object.body, object.open)) {
            Some((Body::Dict(more), open)) => {
                for (key, value) in more {
                    if entries.len() > MAX_ITEMS || !self.step(1) || !self.look_through(entries.len()) {
                        return true;
                    }
                    put(entries, key.clone(), value.clone());
                }
                open
            }
            _ => true,
        }
    }

    fn conditional(&mut self, node: &'a ast::ExprIf) -> Val {
        match self.decide(&node.test) {
            Some(true) => self.expression(&node.body),
            Some(false) => self.expression(&node.orelse),
            None => {
                let reason = self.snippet(node);
                let (mut value, mut other) = (None, None);
                let first = |this: &mut Self| {
                    value = Some(this.expression(&node.body));
                    Flow::Next
                };
                let second = |this: &mut Self| {
                    other = Some(this.expression(&node.orelse));
                    Flow::Next
                };
                self.fork(&reason, first, second, &[]);
                match (value, other) {
                    (Some(a), Some(b)) => joined(a, b, &reason),
                    _ => self.unknown(node),
                }
            }
        }
    }
}

/// Sets a key in a dict's entries, in the place of an older one.
pub(super) fn put(entries: &mut Vec<(Slot, Slot)>, key: Slot, value: Slot) {
    match entries.iter_mut().find(|(known, _)| known.val.data == key.val.data) {
        Some(entry) => *entry = (key, value),
        None => entries.push((key, value)),
    }
}

fn number_value(number: &ast::Number) -> Option<Data> {
    match number {
        ast::Number::Int(int) => {
            let text = int.to_string();
            let is_short = text.len() < MAX_DIGITS;
            // Very large and oddly written numbers keep their Python text; JSON has only decimal ones.
            (is_short && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Data::Number(text.into()))
        }
        ast::Number::Float(float) => Some(Data::Number(float_text(*float).into())),
        ast::Number::Complex { .. } => None,
    }
}
