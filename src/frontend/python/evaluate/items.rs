//! Items: `value[key]`, slices, and what setting and deleting them changes.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::super::value::{
    Cause, ClassKind, ClassRef, Descriptor, Gap, ObjectId, ObjectKind, Sequence, Slot, Unknown, Value, ValueKind,
};
use super::keys::Lookup;
use super::slices::Index;
use super::{Evaluator, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// A subscript expression.
    pub(super) fn subscript(&mut self, node: &'a ast::ExprSubscript) -> Result<Value, Stop> {
        let value = self.expression(&node.value)?;
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            let index = self.slice(slice)?;
            return self.sliced(&value, &index, at);
        }
        let key = self.expression(&node.slice)?;
        self.item(&value, &key, at)
    }

    /// `value[key]`.
    pub fn item(&mut self, value: &Value, key: &Value, at: Location) -> Result<Value, Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &value.kind {
            ValueKind::Text(_) | ValueKind::Partial(_) if matches!(key.kind, ValueKind::Text(_) | ValueKind::None) => {
                let message = format!("string indices must be integers, not '{}'", self.type_name(key));
                let failure = self.raise("TypeError", message, at);
                self.settle(failure, at)
            }
            ValueKind::Text(_) | ValueKind::Bytes(_) | ValueKind::Partial(_) => {
                let index = key.as_int().map_or(Index::Unknown, Index::At);
                self.sliced(value, &index, at)
            }
            ValueKind::Object(id) => self.item_of_object(*id, value, key, at),
            ValueKind::Unknown(unknown) => {
                let unknown = Rc::clone(unknown);
                if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                    return self
                        .each_candidate(&unknown, at, |evaluator, candidate| evaluator.item(candidate, key, at));
                }
                self.item_of_unknown(&unknown, key, at)
            }
            ValueKind::Library(path) => {
                let path = Rc::clone(path);
                let call = self.method_call(value, "__getitem__", vec![key.clone()], at);
                if let Some(native) = (self.hooks.method)(&path, "__getitem__") {
                    return native(self, &call).or_else(|failure| self.settle(failure, at));
                }
                // `list[str]`, `dict[str, int]`: the type itself.
                Ok(value.clone())
            }
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => {
                let message = format!("'{}' object is not subscriptable", self.type_name(value));
                let failure = self.raise_on(&[value], "TypeError", message, at);
                self.settle(failure, at)
            }
            _ => Ok(self.unsupported(at)),
        }
    }

    pub(super) fn item_of_unknown(&mut self, unknown: &Unknown, key: &Value, at: Location) -> Result<Value, Stop> {
        self.may_raise_any(at);
        if let (Some(origin), Some(name)) = (unknown.origin.clone(), key.as_text())
            && let Some(native) = (self.hooks.method)(&origin, "__getitem__")
        {
            let receiver = Value::unknown(unknown.clone(), at);
            let call = self.method_call(&receiver, "__getitem__", vec![Value::text(name, key.at)], at);
            return native(self, &call).or_else(|failure| self.settle(failure, at));
        }
        let held = self.held_by(&unknown.candidates);
        let symbol = self.symbols.opaque();
        let result = Unknown::new(unknown.cause, self.snippet(at)).with_symbol(symbol).with_candidates(held);
        Ok(Value::unknown(result, at))
    }

    fn item_of_object(&mut self, id: ObjectId, value: &Value, key: &Value, at: Location) -> Result<Value, Stop> {
        let Some(object) = self.state.shared(id) else { return Ok(self.unsupported(at)) };
        match &object.kind {
            ObjectKind::List(_) | ObjectKind::Tuple(_) => {
                let index = key.as_int().map_or(Index::Unknown, Index::At);
                if matches!(&key.kind, ValueKind::Text(_) | ValueKind::None | ValueKind::Float(_)) {
                    let message = format!("list indices must be integers or slices, not {}", self.type_name(key));
                    return self.refuse("TypeError", message, at);
                }
                self.sliced(value, &index, at)
            }
            ObjectKind::Dict(entries, factory) => {
                let (found, factory) = (self.lookup(entries, key), factory.clone());
                drop(object);
                self.item_of_dict(id, found, factory.as_ref(), key, at)
            }
            ObjectKind::Instance(instance) => {
                if let Some(result) = self.call_special(value, "__getitem__", vec![key.clone()], at) {
                    return result;
                }
                if let Some(payload) = instance.payload.clone() {
                    return self.item_of_payload(value, &payload, key, at);
                }
                if let Some(slots) = self.named_tuple_slots(value) {
                    let tuple = self.allocate(ObjectKind::Tuple(Sequence::known(slots)), at);
                    return self.item(&tuple, key, at);
                }
                if let Some(native) = (self.hooks.method)(&self.type_name(value), "__getitem__") {
                    let call = self.method_call(value, "__getitem__", vec![key.clone()], at);
                    return native(self, &call).or_else(|failure| self.settle(failure, at));
                }
                if matches!(instance.class, ClassRef::Client(_) | ClassRef::Template(_)) {
                    let message = format!("'{}' object is not subscriptable", self.type_name(value));
                    let failure = self.raise("TypeError", message, at);
                    return self.settle(failure, at);
                }
                self.may_raise_any(at);
                Ok(self.unsupported(at))
            }
            ObjectKind::Class(class) => self.item_of_class(id, class, value, key, at),
            _ => Ok(self.unsupported(at)),
        }
    }

    /// An item of an instance whose class extends `dict`, `list` or `str`.
    fn item_of_payload(&mut self, value: &Value, payload: &Value, key: &Value, at: Location) -> Result<Value, Stop> {
        let missing = match payload.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::Dict(entries, _)) => {
                self.key_of(key).is_some_and(|key| !entries.entries.contains_key(&key) && entries.rest.is_none())
            }
            _ => false,
        };
        if missing && let Some(result) = self.call_special(value, "__missing__", vec![key.clone()], at) {
            return result;
        }
        self.item(payload, key, at)
    }

    pub(super) fn named_tuple_slots(&self, value: &Value) -> Option<Vec<Slot>> {
        let instance = self.state.object(value.as_object()?)?.as_instance()?;
        let ClassRef::User(class) = instance.class else { return None };
        let ClassKind::Fields { library: "typing.NamedTuple", fields, .. } = &self.class(class)?.kind else {
            return None;
        };
        fields
            .iter()
            .map(|field| instance.attributes.get(&field.name).map(|attribute| attribute.slot.clone()))
            .collect()
    }

    /// `Color["RED"]`, `Generic[int]`.
    fn item_of_class(
        &mut self,
        id: ObjectId,
        class: &super::super::value::Class,
        value: &Value,
        key: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        if matches!(class.kind, ClassKind::Enum(_)) {
            let Some(name) = key.as_text() else { return Ok(self.one_of_members(id, at)) };
            return match class.attributes.value(name) {
                Some(member) => Ok(member.clone()),
                None => self.refuse("KeyError", format!("'{name}'"), at),
            };
        }
        let order = class.order.clone();
        if let super::class_attributes::Found::Value(found, _) = self.find_in(&order, "__class_getitem__") {
            let function = match found.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
                Some(ObjectKind::Descriptor(Descriptor::Class(function))) => function.clone(),
                _ => found,
            };
            return self.call_with(&function, vec![value.clone(), key.clone()], at);
        }
        if let Some(metaclass) = class.metaclass.clone().and_then(|metaclass| metaclass.as_object()) {
            let order = self.class(metaclass).map(|class| class.order.clone()).unwrap_or_default();
            if let super::class_attributes::Found::Value(function, _) = self.find_in(&order, "__getitem__") {
                return self.call_with(&function, vec![value.clone(), key.clone()], at);
            }
        }
        Ok(value.clone())
    }

    /// An unknown member of an enumeration.
    pub fn one_of_members(&mut self, class: ObjectId, at: Location) -> Value {
        let members: Vec<Value> = self.members(class).values().cloned().collect();
        let symbol = self.symbols.opaque();
        let mut unknown = Unknown::new(Cause::External, self.snippet(at)).with_symbol(symbol).with_candidates(members);
        unknown.is_one_of = unknown.candidates.len() <= 16;
        Value::unknown(unknown, at)
    }

    fn item_of_dict(
        &mut self,
        id: ObjectId,
        found: Lookup,
        factory: Option<&Value>,
        key: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        match found {
            Lookup::Found(slot) => Ok(slot.value),
            Lookup::Missing => match factory.filter(|factory| !factory.is_none()) {
                Some(factory) => {
                    let made = self.call_with(factory, Vec::new(), at)?;
                    let dict = Value::new(ValueKind::Object(id), at);
                    self.set_item(&dict, Slot::new(key.clone(), at), Slot::new(made.clone(), at))?;
                    Ok(made)
                }
                None if self.is_unhashable(key) => {
                    self.refuse("TypeError", format!("unhashable type: '{}'", self.type_name(key)), at)
                }
                None => {
                    let failure = self.raise_key_error(key, at);
                    self.settle(failure, at)
                }
            },
            Lookup::OneOf(values, is_one_of) => {
                self.may_raise_builtin("KeyError", at);
                if factory.is_some() {
                    // Asking for a missing key adds it.
                    let reason = self.snippet(at);
                    self.state.change(id, |object| {
                        if let ObjectKind::Dict(entries, _) = &mut object.kind {
                            entries.open(&Gap::new(reason));
                        }
                    });
                }
                Ok(self.one_of(values, is_one_of && factory.is_none(), at))
            }
        }
    }

    /// A value that is one of several, or perhaps another.
    pub fn one_of(&mut self, values: Vec<Value>, is_one_of: bool, at: Location) -> Value {
        if is_one_of
            && let [first, rest @ ..] = &values[..]
            && rest.iter().all(|value| value.is_same(first))
        {
            return first.clone();
        }
        let reason = self.snippet(at);
        let bound = match &values[..] {
            [first, rest @ ..] if is_one_of => {
                let bound = super::super::state::bound_of(first);
                if rest.iter().all(|value| super::super::state::bound_of(value) == bound) {
                    bound
                } else {
                    super::super::value::TypeBound::Any
                }
            }
            _ => super::super::value::TypeBound::Any,
        };
        let symbol = self.symbols.opaque();
        let mut unknown = Unknown::new(Cause::Condition, Rc::clone(&reason)).of(bound).with_symbol(symbol);
        if values.len() > 64 {
            values.iter().for_each(|value| self.state.escape(value, &reason));
        } else {
            unknown.is_one_of = is_one_of;
            unknown.candidates = values.into();
        }
        Value::unknown(unknown, at)
    }

    /// The call of a method, for the library.
    pub fn method_call(&self, receiver: &Value, name: &str, arguments: Vec<Value>, at: Location) -> super::Call {
        let method = super::super::value::Method { receiver: receiver.clone(), name: name.into() };
        super::Call {
            callee: Value::new(ValueKind::Method(Rc::new(method)), at),
            receiver: Some(receiver.clone()),
            arguments: super::super::value::Arguments::of(
                arguments.into_iter().map(|value| Slot::new(value, at)).collect(),
            ),
            at,
            head: at.span,
        }
    }
}
