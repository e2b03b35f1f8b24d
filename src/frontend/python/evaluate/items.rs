//! Items: `value[key]`, slices, and what setting and deleting them changes.

use super::keys::Lookup;
use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::super::value::{
    Cause, ClassKind, ClassRef, Descriptor, Element, Gap, Mapping, ObjectId, ObjectKind, Sequence, Slot, Unknown,
    Value, ValueKind,
};
use super::{Evaluator, Stop};
use crate::tree::Location;

/// What an index means.
pub(super) enum Index {
    At(i64),
    Slice(Option<i64>, Option<i64>, i64),
    Unknown,
}

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

    pub(super) fn slice(&mut self, node: &'a ast::ExprSlice) -> Result<Index, Stop> {
        let mut bound = |part: Option<&'a Expr>| -> Result<Option<Option<i64>>, Stop> {
            let Some(part) = part else { return Ok(Some(None)) };
            let value = self.expression(part)?;
            Ok(if value.is_none() { Some(None) } else { value.as_int().map(Some) })
        };
        let (lower, upper) = (bound(node.lower.as_deref())?, bound(node.upper.as_deref())?);
        let step = bound(node.step.as_deref())?;
        Ok(match (lower, upper, step) {
            (Some(lower), Some(upper), Some(step)) if step != Some(0) => Index::Slice(lower, upper, step.unwrap_or(1)),
            _ => Index::Unknown,
        })
    }

    /// `value[key]`.
    pub fn item(&mut self, value: &Value, key: &Value, at: Location) -> Result<Value, Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &value.kind {
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
                let failure = self.raise("TypeError", message, at);
                self.settle(failure, at)
            }
            _ => Ok(self.unsupported(at)),
        }
    }

    fn item_of_unknown(&mut self, unknown: &Unknown, key: &Value, at: Location) -> Result<Value, Stop> {
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
                    let failure = self.raise("TypeError", message, at);
                    return self.settle(failure, at);
                }
                self.sliced(value, &index, at)
            }
            ObjectKind::Dict(entries, factory) => self.item_of_dict(id, entries, factory.as_ref(), key, at),
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

    fn named_tuple_slots(&self, value: &Value) -> Option<Vec<Slot>> {
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
                None => {
                    let failure = self.raise("KeyError", format!("'{name}'"), at);
                    self.settle(failure, at)
                }
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
        entries: &Mapping,
        factory: Option<&Value>,
        key: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        match self.lookup(entries, key) {
            Lookup::Found(slot) => Ok(slot.value),
            Lookup::Missing => match factory.filter(|factory| !factory.is_none()) {
                Some(factory) => {
                    let made = self.call_with(factory, Vec::new(), at)?;
                    let dict = Value::new(ValueKind::Object(id), at);
                    self.set_item(&dict, Slot::new(key.clone(), at), Slot::new(made.clone(), at))?;
                    Ok(made)
                }
                None if self.is_unhashable(key) => {
                    let failure = self.raise("TypeError", format!("unhashable type: '{}'", self.type_name(key)), at);
                    self.settle(failure, at)
                }
                None => {
                    let shown = self.repr(key).unwrap_or_else(|| "the key".to_owned());
                    let failure = self.raise("KeyError", shown, at);
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

    /// An element or slice of a sequence.
    fn sliced(&mut self, value: &Value, index: &Index, at: Location) -> Result<Value, Stop> {
        match &value.kind {
            ValueKind::Text(text) => self.sliced_text(&Rc::clone(text), index, at),
            ValueKind::Partial(_) => {
                self.may_raise_builtin("IndexError", at);
                let symbol = self.symbols.opaque();
                Ok(Value::unknown(
                    Unknown::new(Cause::External, self.snippet(at))
                        .of(super::super::value::TypeBound::Text)
                        .with_symbol(symbol),
                    at,
                ))
            }
            ValueKind::Object(id) => match self.state.shared(*id).as_deref().map(|object| &object.kind) {
                Some(ObjectKind::List(items)) => self.sliced_items(items, index, false, at),
                Some(ObjectKind::Tuple(items)) => self.sliced_items(items, index, true, at),
                Some(ObjectKind::Instance(instance)) => {
                    let inner = instance.payload.clone();
                    match inner {
                        Some(payload) => self.sliced(&payload, index, at),
                        None => match self.named_tuple_slots(value) {
                            Some(slots) => self.sliced_items(&Sequence::known(slots), index, true, at),
                            None => {
                                self.may_raise_any(at);
                                Ok(self.unsupported(at))
                            }
                        },
                    }
                }
                _ => Ok(self.unsupported(at)),
            },
            ValueKind::Unknown(unknown) => {
                let unknown = Rc::clone(unknown);
                if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                    return self
                        .each_candidate(&unknown, at, |evaluator, candidate| evaluator.sliced(candidate, index, at));
                }
                self.item_of_unknown(&unknown, &Value::none(at), at)
            }
            _ => Ok(self.unsupported(at)),
        }
    }

    fn sliced_text(&mut self, text: &str, index: &Index, at: Location) -> Result<Value, Stop> {
        if !self.budget.charge_text(text.len() * 4) {
            return Err(Stop);
        }
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        match index {
            Index::At(index) => {
                let position = if *index < 0 { index + length } else { *index };
                match usize::try_from(position).ok().and_then(|position| text.chars().nth(position)) {
                    Some(character) => Ok(Value::text(character.to_string(), at)),
                    None => {
                        let failure = self.raise("IndexError", "string index out of range", at);
                        self.settle(failure, at)
                    }
                }
            }
            Index::Slice(lower, upper, step) => {
                let characters: Vec<char> = text.chars().collect();
                let picked: String = slice_positions(*lower, *upper, *step, characters.len())
                    .into_iter()
                    .filter_map(|at| characters.get(at))
                    .collect();
                Ok(Value::text(picked, at))
            }
            Index::Unknown => {
                self.may_raise_builtin("IndexError", at);
                let symbol = self.symbols.opaque();
                let unknown = Unknown::new(Cause::External, self.snippet(at))
                    .of(super::super::value::TypeBound::Text)
                    .with_symbol(symbol);
                Ok(Value::unknown(unknown, at))
            }
        }
    }

    fn sliced_items(&mut self, items: &Sequence, index: &Index, is_tuple: bool, at: Location) -> Result<Value, Stop> {
        self.charge(1);
        match index {
            Index::At(index) => match items.position(*index) {
                Ok(position) => match items.elements.get(position) {
                    Some(Element::One(slot)) => Ok(slot.value.clone()),
                    _ => Ok(self.unsupported(at)),
                },
                Err(true) => {
                    let failure = self.raise("IndexError", "list index out of range", at);
                    self.settle(failure, at)
                }
                Err(false) => {
                    self.may_raise_builtin("IndexError", at);
                    let values = items.values().cloned().collect();
                    Ok(self.one_of(values, false, at))
                }
            },
            Index::Slice(lower, upper, step) => {
                let picked = self.slice_of(items, *lower, *upper, *step, at);
                let kind = if is_tuple { ObjectKind::Tuple(picked) } else { ObjectKind::List(picked) };
                Ok(self.allocate(kind, at))
            }
            Index::Unknown if is_tuple || !items.elements.is_empty() => {
                self.may_raise_builtin("IndexError", at);
                let values: Vec<Value> = items.values().cloned().collect();
                Ok(self.one_of(values, items.is_known(), at))
            }
            Index::Unknown => Ok(self.unsupported(at)),
        }
    }

    fn slice_of(
        &mut self,
        items: &Sequence,
        lower: Option<i64>,
        upper: Option<i64>,
        step: i64,
        at: Location,
    ) -> Sequence {
        if let Some(slots) = items.slots() {
            self.charge(slots.len() / 4);
            let picked =
                slice_positions(lower, upper, step, slots.len()).into_iter().filter_map(|at| slots.get(at).cloned());
            return Sequence::known(picked.collect());
        }
        // From the start to a known place, or from a known place to the end.
        let positions = |index: i64| items.position(index).ok();
        let elements = match (lower, upper, step) {
            (None, None, 1) => Some(items.elements.clone()),
            (Some(lower), None, 1) => {
                positions(lower).map(|from| items.elements.get(from..).unwrap_or_default().to_vec())
            }
            (None, Some(upper), 1) => positions(upper).map(|to| items.elements.get(..to).unwrap_or_default().to_vec()),
            _ => None,
        };
        elements.map_or_else(
            || {
                let values: Vec<Value> = items.values().cloned().collect();
                Sequence::unknown(Gap::with(self.snippet(at), values))
            },
            |elements| Sequence { elements },
        )
    }
}

pub(super) fn clamp(index: i64, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index.clamp(0, length)).unwrap_or_default()
}

/// The positions that a slice picks, in order, as `slice.indices` has them.
pub fn slice_positions(lower: Option<i64>, upper: Option<i64>, step: i64, length: usize) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let bound = |bound: Option<i64>, default: i64| {
        bound.map_or(default, |bound| (if bound < 0 { bound + length } else { bound }).clamp(least, most))
    };
    let start = bound(lower, if step < 0 { most } else { least });
    let end = bound(upper, if step < 0 { least } else { most });
    let mut positions = Vec::new();
    let mut at = start;
    while (step > 0 && at < end) || (step < 0 && at > end) {
        positions.extend(usize::try_from(at).ok());
        at = at.saturating_add(step);
    }
    positions
}
