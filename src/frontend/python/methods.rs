//! Methods of strings, lists, dicts and templates, and the functions of the standard library that templates use.

use std::rc::Rc;

use ruff_python_ast::{self as ast};

use super::builders::is_builder;
use super::calls::Arguments;
use super::expressions::put;
use super::interpreter::Interpreter;
use super::statements::position;
use super::value::{Body, Data, Of, Slot, Val, from_pieces};
use crate::tree::Piece;

/// How many numbers `range` may give.
const MAX_RANGE: i64 = 2000;

impl<'a> Interpreter<'a> {
    /// The value of `owner.name(…)`.
    pub(super) fn method(&mut self, owner: &Rc<Val>, name: &str, arguments: Arguments, node: &'a ast::ExprCall) -> Val {
        match &owner.data {
            Data::Text(_) | Data::Pattern(..) => self.string_method(owner, name, &arguments, node),
            Data::Template(sdk) if name == "from_spec" => {
                let (at, head) = (self.at(node), self.at(&*node.func).span);
                self.template_from_spec(*sdk, &arguments, at, head)
            }
            Data::Object(index) => self.object_method(*index, owner, name, arguments, node),
            _ => self.unknown(node),
        }
    }

    fn object_method(
        &mut self,
        index: usize,
        owner: &Val,
        name: &str,
        arguments: Arguments,
        node: &'a ast::ExprCall,
    ) -> Val {
        match self.heap.get(index).map(|object| &object.body) {
            Some(Body::List(_)) => self.list_method(index, name, &arguments, node),
            Some(Body::Dict(_)) => self.dict_method(index, name, &arguments, node),
            Some(Body::Instance(instance)) => match instance.of {
                Of::Template(_) if is_builder(name) => {
                    let at = self.at(node);
                    self.augmented_copy(owner, name, &arguments, at)
                }
                Of::Sdk(_) if name == "clone_with" => {
                    let at = self.at(node);
                    self.clone_environment(owner, &arguments, at)
                }
                // What an SDK's object does to a template is known: nothing.
                Of::Sdk(_) => self.unknown(node),
                Of::User(class) => match self.class_attribute(class, name).map(|method| method.data) {
                    Some(Data::Function(function)) => {
                        self.call_function(function, Some(owner.clone()), arguments, node)
                    }
                    _ => {
                        self.escape(owner);
                        self.escape_arguments(&arguments);
                        self.unknown(node)
                    }
                },
                _ => self.unknown(node),
            },
            None => self.unknown(node),
        }
    }

    fn list_method(&mut self, index: usize, name: &str, arguments: &Arguments, node: &'a ast::ExprCall) -> Val {
        let at = self.at(node);
        let first = arguments.positional.first().cloned();
        match (name, first) {
            ("append", Some(item)) => self.push_item(index, item),
            ("extend", Some(more)) => self.extend_list(index, &more.val),
            ("insert", Some(place)) => self.insert_item(index, &place.val, arguments.positional.get(1).cloned()),
            ("copy", _) => return self.shallow_copy(&Val::new(Data::Object(index), at)),
            ("clear", _) => self.replace_body(index, Body::List(Vec::new()), false),
            ("reverse" | "sort" | "index" | "count", _) => {}
            _ => {
                // `pop`, `remove` and whatever else: some item may be gone.
                if let Some(object) = self.heap.get_mut(index) {
                    object.open = true;
                    object.body = Body::List(Vec::new());
                }
                return self.unknown(node);
            }
        }
        Val::new(Data::None, at)
    }

    fn push_item(&mut self, index: usize, item: Slot) {
        if let Some(Body::List(items)) = self.heap.get_mut(index).map(|object| &mut object.body) {
            items.push(item);
        }
    }

    fn insert_item(&mut self, index: usize, place: &Val, item: Option<Slot>) {
        let Some(object) = self.heap.get_mut(index) else { return };
        let (Body::List(items), Some(item)) = (&mut object.body, item) else { return };
        let number = match &place.data {
            Data::Number(number) => number.parse().ok(),
            _ => None,
        };
        let place = number.and_then(|number| position(number, items.len())).unwrap_or(items.len());
        items.insert(place, item);
    }

    fn replace_body(&mut self, index: usize, body: Body, open: bool) {
        if let Some(object) = self.heap.get_mut(index) {
            object.body = body;
            object.open = open;
        }
    }

    /// Adds the items of another value to a list; what they are may not be known.
    pub(super) fn extend_list(&mut self, index: usize, more: &Val) {
        let added = self.items(more);
        let Some(object) = self.heap.get_mut(index) else { return };
        match (added, &mut object.body) {
            (Some((added, open)), Body::List(items)) => {
                items.extend(added);
                object.open |= open;
            }
            _ => object.open = true,
        }
    }

    fn dict_method(&mut self, index: usize, name: &str, arguments: &Arguments, node: &'a ast::ExprCall) -> Val {
        let at = self.at(node);
        let Some(object) = self.heap.get(index).cloned() else { return self.unknown(node) };
        let Body::Dict(mut entries) = object.body else { return self.unknown(node) };
        let key = arguments.positional.first().map(|slot| slot.val.data.clone());
        let found =
            entries.iter().find(|(known, _)| Some(&known.val.data) == key.as_ref()).map(|(_, value)| value.val.clone());
        let default = arguments.positional.get(1).cloned();
        match name {
            "update" => {
                let mut open = object.open || arguments.open;
                if let Some(more) = arguments.positional.first() {
                    open |= self.spread(&mut entries, &more.val);
                }
                for (name, named_at, slot) in &arguments.keywords {
                    let key = Slot::new(Val::new(Data::Text(name.clone()), *named_at), *named_at);
                    put(&mut entries, key, slot.clone());
                }
                self.replace_body(index, Body::Dict(entries), open);
                Val::new(Data::None, at)
            }
            "get" => match (found, object.open) {
                (Some(val), _) => val,
                (None, false) => default.map_or_else(|| Val::new(Data::None, at), |slot| slot.val),
                (None, true) => self.unknown(node),
            },
            "setdefault" => match (found, default) {
                (Some(val), _) => val,
                (None, Some(default)) if !object.open => {
                    let val = default.val.clone();
                    if let Some(key) = arguments.positional.first() {
                        put(&mut entries, key.clone(), default);
                    }
                    self.replace_body(index, Body::Dict(entries), false);
                    val
                }
                _ => self.unknown(node),
            },
            "copy" => self.shallow_copy(&Val::new(Data::Object(index), at)),
            "keys" => self.allocate(Body::List(entries.into_iter().map(|(key, _)| key).collect()), object.open, at),
            "values" => {
                self.allocate(Body::List(entries.into_iter().map(|(_, value)| value).collect()), object.open, at)
            }
            "items" => {
                let pairs: Vec<Slot> = entries.into_iter().map(|(key, value)| self.pair(key, value)).collect();
                self.allocate(Body::List(pairs), object.open, at)
            }
            "pop" => {
                entries.retain(|(known, _)| Some(&known.val.data) != key.as_ref());
                self.replace_body(index, Body::Dict(entries), object.open);
                found.unwrap_or_else(|| self.unknown(node))
            }
            "clear" => {
                self.replace_body(index, Body::Dict(Vec::new()), false);
                Val::new(Data::None, at)
            }
            _ => self.unknown(node),
        }
    }

    fn pair(&mut self, first: Slot, second: Slot) -> Slot {
        let at = first.at;
        Slot::new(self.allocate(Body::List(vec![first, second]), false, at), at)
    }

    fn string_method(&mut self, owner: &Val, name: &str, arguments: &Arguments, node: &'a ast::ExprCall) -> Val {
        let at = self.at(node);
        let text_argument = |index: usize| arguments.positional.get(index).and_then(|slot| slot.val.text());
        if let Some(text) = owner.text() {
            let plain = match (name, text_argument(0), text_argument(1)) {
                ("lower", ..) => Some(text.to_lowercase()),
                ("upper", ..) => Some(text.to_uppercase()),
                ("strip", None, _) => Some(text.trim().to_owned()),
                ("rstrip", None, _) => Some(text.trim_end().to_owned()),
                ("lstrip", None, _) => Some(text.trim_start().to_owned()),
                ("replace", Some(from), Some(to)) if text.len() < 10_000 && to.len() < 1000 => {
                    Some(text.replace(from, to))
                }
                _ => None,
            };
            if let Some(plain) = plain {
                return Val::new(Data::Text(plain.into()), at);
            }
        }
        let pieces = match (name, owner.text()) {
            ("format", Some(format)) => format_pieces(format, arguments),
            ("join", Some(separator)) => self.join_pieces(separator, arguments),
            _ => None,
        };
        let source = self.snippet(node);
        pieces.map_or_else(|| self.unknown(node), |pieces| from_pieces(pieces, &source, at))
    }

    fn join_pieces(&self, separator: &str, arguments: &Arguments) -> Option<Vec<Piece>> {
        let (items, open) = self.items(&arguments.positional.first()?.val)?;
        if open || items.len() > 1000 {
            return None;
        }
        let mut pieces = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(separator.into()));
            }
            pieces.extend(item.val.pieces());
        }
        Some(pieces)
    }

    /// A function of the standard library or a builtin, where podlint knows what it gives.
    pub(super) fn known_function(&mut self, path: &str, arguments: &Arguments, node: &'a ast::ExprCall) -> Option<Val> {
        let at = self.at(node);
        let first = arguments.positional.first().map(|slot| slot.val.clone());
        match path {
            "copy.deepcopy" => {
                let copy = self.deep_copy(&first?, 0);
                self.register_copy(&copy);
                Some(copy)
            }
            "copy.copy" => {
                let copy = self.shallow_copy(&first?);
                self.register_copy(&copy);
                Some(copy)
            }
            "dataclasses.replace" | "copy.replace" => self.replaced(arguments),
            "dict" => {
                let mut entries = Vec::new();
                let mut open = arguments.open;
                if let Some(first) = &first {
                    open |= self.spread(&mut entries, first);
                }
                for (name, named_at, slot) in &arguments.keywords {
                    let key = Slot::new(Val::new(Data::Text(name.clone()), *named_at), *named_at);
                    put(&mut entries, key, slot.clone());
                }
                Some(self.allocate(Body::Dict(entries), open, at))
            }
            "list" | "tuple" | "sorted" | "reversed" | "set" | "frozenset" => {
                let (items, open) = match &first {
                    Some(first) => self.items(first)?,
                    None => (Vec::new(), false),
                };
                Some(self.allocate(Body::List(items), open, at))
            }
            "str" => {
                let source = self.snippet(node);
                Some(from_pieces(first?.pieces(), &source, at))
            }
            "len" => {
                let (items, open) = self.items(&first?)?;
                (!open).then(|| Val::new(Data::Number(items.len().to_string().into()), at))
            }
            "range" => self.range(arguments, node),
            "enumerate" => {
                let (items, open) = self.items(&first?)?;
                let numbered = items.into_iter().enumerate().map(|(number, item)| {
                    let number = Val::new(Data::Number(number.to_string().into()), item.at);
                    self.pair(Slot::new(number, item.at), item)
                });
                let pairs: Vec<Slot> = numbered.collect();
                Some(self.allocate(Body::List(pairs), open, at))
            }
            "zip" => {
                let (left, left_open) = self.items(&first?)?;
                let (right, right_open) = self.items(&arguments.positional.get(1)?.val)?;
                (arguments.positional.len() == 2).then_some(())?;
                let pairs: Vec<Slot> = left.into_iter().zip(right).map(|(a, b)| self.pair(a, b)).collect();
                Some(self.allocate(Body::List(pairs), left_open || right_open, at))
            }
            _ if path.ends_with("lazy_module") => first?.text().map(|module| Val::new(Data::Path(module.into()), at)),
            _ => None,
        }
    }

    fn register_copy(&mut self, copy: &Val) {
        if matches!(self.instance_of(copy), Some(Of::Template(_))) {
            self.register(copy);
        }
    }

    fn range(&mut self, arguments: &Arguments, node: &'a ast::ExprCall) -> Option<Val> {
        let number = |index: usize| match &arguments.positional.get(index)?.val.data {
            Data::Number(text) => text.parse::<i64>().ok(),
            _ => None,
        };
        let (start, end) = match arguments.positional.len() {
            1 => (0, number(0)?),
            2 => (number(0)?, number(1)?),
            _ => return None,
        };
        let at = self.at(node);
        (end.checked_sub(start)? <= MAX_RANGE).then_some(())?;
        let items = (start..end).map(|value| Slot::new(Val::new(Data::Number(value.to_string().into()), at), at));
        let items = items.collect();
        Some(self.allocate(Body::List(items), false, at))
    }
}

/// `"{}:{tag}".format(repo, tag=tag)`: only plain fields.
fn format_pieces(format: &str, arguments: &Arguments) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        pieces.push(Piece::Text(rest.get(..open)?.replace("}}", "}").into()));
        let tail = rest.get(open + 1..)?;
        if let Some(escaped) = tail.strip_prefix('{') {
            pieces.push(Piece::Text("{".into()));
            rest = escaped;
            continue;
        }
        let close = tail.find('}')?;
        let field = tail.get(..close)?;
        let slot = match field.parse::<usize>() {
            Ok(index) => arguments.positional.get(index),
            Err(_) if field.is_empty() => {
                next += 1;
                arguments.positional.get(next - 1)
            }
            Err(_) => arguments.keywords.iter().find(|(name, ..)| &**name == field).map(|(.., slot)| slot),
        };
        pieces.extend(slot.map_or_else(|| vec![Piece::Hole], |slot| slot.val.pieces()));
        rest = tail.get(close + 1..)?;
    }
    pieces.push(Piece::Text(rest.replace("}}", "}").into()));
    Some(pieces)
}
