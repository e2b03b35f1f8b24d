//! Items: `value[key]`, slices, and what setting and deleting them changes.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::super::state::{Operator, SymbolKind};
use super::super::value::{
    Cause, ClassKind, ClassRef, Descriptor, Element, Entry, Gap, Key, Mapping, ObjectId, ObjectKind, Sequence, Slot,
    Unknown, Value, ValueKind,
};
use super::{Evaluator, Failure, Stop};
use crate::tree::Location;

/// What an index means.
enum Index {
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

    fn slice(&mut self, node: &'a ast::ExprSlice) -> Result<Index, Stop> {
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

    /// The key by which a value is found in dicts and sets; `None` where that is not known.
    pub fn key_of(&self, value: &Value) -> Option<Key> {
        if let Some(key) = Key::of_plain(value) {
            return Some(key);
        }
        match &value.kind {
            ValueKind::Object(id) => self.key_of_object(*id),
            ValueKind::TemplateClass(_) | ValueKind::Module(_) => {
                Some(Key::Library(format!("{:?}", value.kind).into()))
            }
            _ => None,
        }
    }

    fn key_of_object(&self, id: ObjectId) -> Option<Key> {
        self.charge(1);
        match &self.state.object(id)?.kind {
            ObjectKind::Tuple(items) => {
                let slots = items.slots()?;
                let keys: Option<Vec<Key>> = slots.iter().map(|slot| self.key_of(&slot.value)).collect();
                Some(Key::Tuple(None, keys?))
            }
            ObjectKind::FrozenSet(entries) => {
                if entries.rest.is_some() {
                    return None;
                }
                let mut keys: Vec<Key> = entries.entries.keys().cloned().collect();
                keys.sort_by_cached_key(|key| format!("{key:?}"));
                Some(Key::Set(keys))
            }
            ObjectKind::Class(_) | ObjectKind::Function(_) | ObjectKind::Descriptor(_) | ObjectKind::Iterator(_) => {
                Some(Key::Object(id))
            }
            ObjectKind::Instance(instance) => self.key_of_instance(id, instance),
            ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_) => None,
        }
    }

    fn key_of_instance(&self, id: ObjectId, instance: &super::super::value::Instance) -> Option<Key> {
        let ClassRef::User(class) = instance.class else {
            return matches!(instance.class, ClassRef::Library(_)).then_some(Key::Object(id));
        };
        let order = self.class(class)?.order.clone();
        let defines = |name: &str| matches!(self.find_in(&order, name), super::attributes::Found::Value(..));
        if defines("__eq__") || defines("__hash__") {
            return None;
        }
        match &self.class(class)?.kind {
            ClassKind::Enum(_) => match &instance.payload {
                // Members of `StrEnum` and `IntEnum` are equal to their values.
                Some(payload) => self.key_of(payload),
                None => Some(Key::Object(id)),
            },
            ClassKind::Fields { fields, eq: true, library, .. } => {
                let keys: Option<Vec<Key>> = fields
                    .iter()
                    .filter(|field| field.compare)
                    .map(|field| self.key_of(instance.attributes.value(&field.name)?))
                    .collect();
                let class = (*library != "typing.NamedTuple").then_some(class);
                Some(Key::Tuple(class, keys?))
            }
            _ => match &instance.payload {
                Some(payload) => self.key_of(payload),
                None => Some(Key::Object(id)),
            },
        }
    }

    /// Whether a value surely cannot be a key.
    fn is_unhashable(&self, value: &Value) -> bool {
        let object = value.as_object().and_then(|id| self.state.object(id));
        object.is_some_and(|object| {
            matches!(object.kind, ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_))
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
        if let super::attributes::Found::Value(found, _) = self.find_in(&order, "__class_getitem__") {
            let function = match found.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
                Some(ObjectKind::Descriptor(Descriptor::Class(function))) => function.clone(),
                _ => found,
            };
            return self.call_with(&function, vec![value.clone(), key.clone()], at);
        }
        if let Some(metaclass) = class.metaclass.clone().and_then(|metaclass| metaclass.as_object()) {
            let order = self.class(metaclass).map(|class| class.order.clone()).unwrap_or_default();
            if let super::attributes::Found::Value(function, _) = self.find_in(&order, "__getitem__") {
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

    /// Looks for a key.
    pub fn lookup(&mut self, entries: &Mapping, key: &Value) -> Lookup {
        self.charge(1);
        match self.key_of(key) {
            Some(key) => match (entries.entries.get(&key), &entries.rest) {
                (Some(entry), _) => Lookup::Found(entry.value.clone()),
                (None, None) => Lookup::Missing,
                (None, Some(rest)) => Lookup::OneOf(rest.candidates.to_vec(), false),
            },
            None if self.is_unhashable(key) => Lookup::Missing,
            None => self.lookup_unknown(entries, key),
        }
    }

    /// Looks for a key that is not known: facts may exclude some, or settle which it is.
    fn lookup_unknown(&mut self, entries: &Mapping, key: &Value) -> Lookup {
        let symbol = key.as_unknown().and_then(|unknown| unknown.symbol);
        let candidates =
            key.as_unknown().filter(|unknown| unknown.is_one_of).map(|unknown| Rc::clone(&unknown.candidates));
        let mut values = Vec::new();
        let mut is_known_key = false;
        for (known, entry) in &entries.entries {
            if let Some(symbol) = symbol {
                let same = self.symbols.of(SymbolKind::Comparison(symbol, Operator::Equal, known.clone()));
                match self.outcome(&super::Test::Value(super::Truth::Unknown(same))) {
                    Some(true) => return Lookup::Found(entry.value.clone()),
                    Some(false) => continue,
                    None => {}
                }
            }
            if let Some(candidates) = &candidates
                && !candidates.iter().any(|candidate| self.key_of(candidate).is_none_or(|key| key == *known))
            {
                continue;
            }
            values.push(entry.value.value.clone());
        }
        if let Some(candidates) = &candidates {
            is_known_key = candidates
                .iter()
                .all(|candidate| self.key_of(candidate).is_some_and(|key| entries.entries.contains_key(&key)));
        }
        let is_one_of = entries.rest.is_none();
        if let Some(rest) = &entries.rest {
            values.extend(rest.candidates.iter().cloned());
        }
        if values.is_empty() && is_one_of && !is_known_key { Lookup::Missing } else { Lookup::OneOf(values, is_one_of) }
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

    /// `target[key] = value`.
    pub fn set_item(&mut self, target: &Value, key: Slot, slot: Slot) -> Result<(), Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &target.kind {
            ValueKind::Object(id) => self.set_item_of_object(*id, target, key, slot),
            ValueKind::Unknown(unknown) => {
                self.set_on_unknown(&Rc::clone(unknown), slot.at, &slot.value, |evaluator, candidate| {
                    evaluator.set_item(candidate, key.clone(), slot.clone())
                })
            }
            ValueKind::Library(path) => {
                let path = Rc::clone(path);
                let call = self.method_call(target, "__setitem__", vec![key.value, slot.value.clone()], slot.at);
                match (self.hooks.method)(&path, "__setitem__") {
                    Some(native) => native(self, &call).or_else(|failure| self.settle(failure, slot.at)).map(|_| ()),
                    None => {
                        self.give_away(&slot.value, &path);
                        Ok(())
                    }
                }
            }
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_) => {
                let message = format!("'{}' object does not support item assignment", self.type_name(target));
                match self.raise("TypeError", message, slot.at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => {
                let reason = self.snippet(slot.at);
                self.give_away(&slot.value, &reason);
                Ok(())
            }
        }
    }

    fn set_item_of_object(&mut self, id: ObjectId, target: &Value, key: Slot, slot: Slot) -> Result<(), Stop> {
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        match &object.kind {
            ObjectKind::Dict(..) => {
                self.set_entry(id, key, slot);
                Ok(())
            }
            ObjectKind::List(items) => match key.value.as_int() {
                Some(index) => match items.position(index) {
                    Ok(position) => {
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind
                                && let Some(element) = items.elements.get_mut(position)
                            {
                                *element = Element::One(slot);
                            }
                        });
                        Ok(())
                    }
                    Err(true) => match self.raise("IndexError", "list assignment index out of range", slot.at) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    },
                    Err(false) => {
                        self.change_any_element(id, &slot);
                        Ok(())
                    }
                },
                None => {
                    self.change_any_element(id, &slot);
                    Ok(())
                }
            },
            ObjectKind::Instance(instance) => {
                if let Some(result) =
                    self.call_special(target, "__setitem__", vec![key.value.clone(), slot.value.clone()], slot.at)
                {
                    return result.map(|_| ());
                }
                match instance.payload.clone() {
                    Some(payload) => self.set_item(&payload, key, slot),
                    None => {
                        let reason = self.snippet(slot.at);
                        self.give_away(target, &reason);
                        self.give_away(&slot.value, &reason);
                        Ok(())
                    }
                }
            }
            ObjectKind::Tuple(_) => {
                match self.raise("TypeError", "'tuple' object does not support item assignment", slot.at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => {
                let reason = self.snippet(slot.at);
                self.give_away(&slot.value, &reason);
                Ok(())
            }
        }
    }

    /// Any of the elements of a list may be another now.
    fn change_any_element(&mut self, id: ObjectId, slot: &Slot) {
        self.may_raise_any(slot.at);
        let Some(object) = self.state.shared(id) else { return };
        let ObjectKind::List(items) = &object.kind else { return };
        let reason = self.snippet(slot.at);
        let mut changed = items.clone();
        for element in &mut changed.elements {
            match element {
                Element::One(known) => known.value = self.state.join_values(&known.value, &slot.value, &reason),
                Element::Gap(gap) => *gap = gap.merged(&Gap::with(Rc::clone(&reason), [slot.value.clone()])),
            }
        }
        self.state.change(id, |object| object.kind = ObjectKind::List(changed));
    }

    /// Sets an entry of a dict.
    pub fn set_entry(&mut self, id: ObjectId, key: Slot, slot: Slot) {
        match self.key_of(&key.value) {
            Some(known) => {
                self.state.change(id, |object| {
                    if let ObjectKind::Dict(entries, _) = &mut object.kind {
                        entries.set(known, key, slot);
                    }
                });
            }
            None => self.set_unknown_entry(id, &key, &slot),
        }
    }

    /// Sets an entry under a key that is not known: any known one may be overwritten, and there may be another.
    fn set_unknown_entry(&mut self, id: ObjectId, key: &Slot, slot: &Slot) {
        let Some(object) = self.state.shared(id) else { return };
        let ObjectKind::Dict(entries, factory) = &object.kind else { return };
        let reason = self.snippet(key.at);
        let symbol = key.value.as_unknown().and_then(|unknown| unknown.symbol);
        let mut changed = entries.clone();
        self.charge(changed.entries.len());
        for (known, entry) in &mut changed.entries {
            if let Some(symbol) = symbol {
                let same = self.symbols.of(SymbolKind::Comparison(symbol, Operator::Equal, known.clone()));
                if self.outcome(&super::Test::Value(super::Truth::Unknown(same))) == Some(false) {
                    continue;
                }
            }
            entry.value.value = self.state.join_values(&entry.value.value, &slot.value, &reason);
        }
        changed.open(&Gap::with(reason, [key.value.clone(), slot.value.clone()]));
        let factory = factory.clone();
        self.state.change(id, |object| object.kind = ObjectKind::Dict(changed, factory));
    }

    /// `target[a:b] = values`, `target[key] = value` by a subscript.
    pub(super) fn assign_subscript(
        &mut self,
        node: &'a ast::ExprSubscript,
        value: Value,
        value_at: Location,
    ) -> Result<(), Stop> {
        let target = self.expression(&node.value)?;
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            let index = self.slice(slice)?;
            return self.assign_slice(&target, &index, &value, at);
        }
        let key = self.expression(&node.slice)?;
        let key_at = self.at(&*node.slice);
        self.set_item(&target, Slot::new(key, key_at), Slot::new(value, value_at))
    }

    fn assign_slice(&mut self, target: &Value, index: &Index, value: &Value, at: Location) -> Result<(), Stop> {
        let new = self.elements(value, at)?;
        let Some(id) = target.as_object() else {
            if let Some(unknown) = target.as_unknown() {
                let unknown = unknown.clone();
                return self.set_on_unknown(&unknown, at, value, |evaluator, candidate| {
                    evaluator.assign_slice(candidate, index, value, at)
                });
            }
            return Ok(());
        };
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        let ObjectKind::List(items) = &object.kind else {
            let reason = self.snippet(at);
            self.give_away(target, &reason);
            self.give_away(value, &reason);
            return Ok(());
        };
        let changed = match (index, items.slots()) {
            (Index::Slice(lower, upper, 1), Some(slots)) => {
                let positions = slice_positions(*lower, *upper, 1, slots.len());
                let start = positions.first().copied().unwrap_or_else(|| clamp(lower.unwrap_or(0), slots.len()));
                let mut changed = Sequence::known(slots.get(..start).unwrap_or_default().to_vec());
                changed.extend(new);
                let rest = slots.get(start + positions.len()..).unwrap_or_default().to_vec();
                changed.extend(Sequence::known(rest));
                changed
            }
            (Index::Slice(None, None, 1), None) => new,
            (Index::Slice(lower, upper, step), Some(mut slots)) if new.len().is_some() => {
                let positions = slice_positions(*lower, *upper, *step, slots.len());
                let new = new.slots().unwrap_or_default();
                if positions.len() != new.len() {
                    return match self.raise(
                        "ValueError",
                        "attempt to assign sequence of another size to extended slice",
                        at,
                    ) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    };
                }
                for (position, slot) in positions.into_iter().zip(new) {
                    if let Some(place) = slots.get_mut(position) {
                        *place = slot;
                    }
                }
                Sequence::known(slots)
            }
            _ => {
                let mut values: Vec<Value> = items.values().cloned().collect();
                values.extend(new.values().cloned());
                Sequence::unknown(Gap::with(self.snippet(at), values))
            }
        };
        self.state.change(id, |object| object.kind = ObjectKind::List(changed));
        Ok(())
    }

    /// `del target[key]`.
    pub(super) fn delete_subscript(&mut self, node: &'a ast::ExprSubscript) -> Result<(), Stop> {
        let target = self.expression(&node.value)?;
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            let index = self.slice(slice)?;
            let empty = self.allocate(ObjectKind::List(Sequence::default()), at);
            if let (Index::Slice(lower, upper, step), Some(id)) = (&index, target.as_object())
                && *step != 1
                && let Some(object) = self.state.shared(id)
                && let ObjectKind::List(items) = &object.kind
                && let Some(slots) = items.slots()
            {
                let positions = slice_positions(*lower, *upper, *step, slots.len());
                let kept =
                    slots.into_iter().enumerate().filter(|(at, _)| !positions.contains(at)).map(|(_, slot)| slot);
                let kept = Sequence::known(kept.collect());
                self.state.change(id, |object| object.kind = ObjectKind::List(kept));
                return Ok(());
            }
            return self.assign_slice(&target, &index, &empty, at);
        }
        let key = self.expression(&node.slice)?;
        self.delete_item(&target, &key, at)
    }

    /// Takes an item away.
    pub fn delete_item(&mut self, target: &Value, key: &Value, at: Location) -> Result<(), Stop> {
        let Some(id) = target.as_object() else {
            if let Some(unknown) = target.as_unknown() {
                let (unknown, none) = (unknown.clone(), Value::none(at));
                return self.set_on_unknown(&unknown, at, &none, |evaluator, candidate| {
                    evaluator.delete_item(candidate, key, at)
                });
            }
            if let ValueKind::Library(path) = &target.kind
                && let Some(native) = (self.hooks.method)(&Rc::clone(path), "__delitem__")
            {
                let call = self.method_call(target, "__delitem__", vec![key.clone()], at);
                return native(self, &call).or_else(|failure| self.settle(failure, at)).map(|_| ());
            }
            return Ok(());
        };
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        match &object.kind {
            ObjectKind::Dict(entries, _) => match self.lookup(entries, key) {
                Lookup::Missing => {
                    let shown = self.repr(key).unwrap_or_default();
                    match self.raise("KeyError", shown, at) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    }
                }
                Lookup::Found(_) if self.key_of(key).is_some() => {
                    let known = self.key_of(key);
                    self.state.change(id, |object| {
                        if let (ObjectKind::Dict(entries, _), Some(known)) = (&mut object.kind, known) {
                            entries.remove(&known);
                        }
                    });
                    Ok(())
                }
                _ => {
                    self.may_raise_builtin("KeyError", at);
                    let reason = self.snippet(at);
                    self.state.change(id, |object| {
                        if let ObjectKind::Dict(entries, _) = &mut object.kind {
                            entries.forget(&reason);
                        }
                    });
                    Ok(())
                }
            },
            ObjectKind::List(items) => {
                let position = key.as_int().map_or(Err(false), |index| items.position(index));
                match position {
                    Ok(position) => {
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind {
                                items.elements.remove(position);
                            }
                        });
                        Ok(())
                    }
                    Err(true) => match self.raise("IndexError", "list assignment index out of range", at) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    },
                    Err(false) => {
                        self.may_raise_any(at);
                        let reason = self.snippet(at);
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind {
                                items.forget(&reason);
                            }
                        });
                        Ok(())
                    }
                }
            }
            ObjectKind::Instance(instance) => {
                if let Some(result) = self.call_special(target, "__delitem__", vec![key.clone()], at) {
                    return result.map(|_| ());
                }
                match instance.payload.clone() {
                    Some(payload) => self.delete_item(&payload, key, at),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// The entries of a set made of elements, equal ones once.
    pub fn set_of(&mut self, items: Sequence, _at: Location) -> Result<Mapping, Stop> {
        let mut entries = Mapping::default();
        for element in items.elements {
            if !self.charge(1) {
                return Err(Stop);
            }
            match element {
                Element::One(slot) => self.add_to_set(&mut entries, slot),
                Element::Gap(gap) => entries.open(&gap),
            }
        }
        Ok(entries)
    }

    /// Adds an element to the entries of a set.
    pub fn add_to_set(&mut self, entries: &mut Mapping, slot: Slot) {
        match self.key_of(&slot.value) {
            Some(key) => {
                entries.entries.entry(key).or_insert_with(|| Entry { key: slot.clone(), value: slot });
            }
            // It may equal one that is there.
            None => entries.open(&Gap::with(self.snippet(slot.at), [slot.value])),
        }
    }
}

/// What looking for a key gives.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// The value.
    Found(Slot),
    /// There surely is no such key.
    Missing,
    /// The value may be one of these; `true`: it is, where the key is there at all.
    OneOf(Vec<Value>, bool),
}

fn clamp(index: i64, length: usize) -> usize {
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
