//! Keys: by what values are found in dicts and sets, and looking for them.

use super::super::state::{Operator, SymbolKind};
use super::super::value::{
    ClassKind, ClassRef, Element, Entry, Gap, Key, Mapping, ObjectId, ObjectKind, Sequence, Slot, Value, ValueKind,
};
use super::{Evaluator, Stop};
use crate::tree::Location;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
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

    pub(super) fn key_of_object(&self, id: ObjectId) -> Option<Key> {
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

    pub(super) fn key_of_instance(&self, id: ObjectId, instance: &super::super::value::Instance) -> Option<Key> {
        let ClassRef::User(class) = instance.class else {
            return matches!(instance.class, ClassRef::Library(_)).then_some(Key::Object(id));
        };
        let order = self.class(class)?.order.clone();
        let defines = |name: &str| matches!(self.find_in(&order, name), super::class_attributes::Found::Value(..));
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
    pub(super) fn is_unhashable(&self, value: &Value) -> bool {
        let object = value.as_object().and_then(|id| self.state.object(id));
        object.is_some_and(|object| {
            match &object.kind {
                ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_) => true,
                // Models and templates can be compared, and changed.
                ObjectKind::Instance(instance) => matches!(instance.class, ClassRef::Client(_) | ClassRef::Template(_)),
                _ => false,
            }
        })
    }

    /// Refuses a value that cannot be a key.
    pub(super) fn refuse_unhashable(&mut self, key: &Value, at: Location) -> Result<(), Stop> {
        if !self.is_unhashable(key) {
            return Ok(());
        }
        let message = format!("unhashable type: '{}'", self.type_name(key));
        match self.raise("TypeError", message, at) {
            super::Failure::Stop => Err(Stop),
            _ => Ok(()),
        }
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
    pub(super) fn lookup_unknown(&mut self, entries: &Mapping, key: &Value) -> Lookup {
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

    /// The entries of a set made of elements, equal ones once.
    pub fn set_of(&mut self, items: Sequence, _at: Location) -> Result<Mapping, Stop> {
        let mut entries = Mapping::default();
        for element in items.elements {
            if !self.charge(1) {
                return Err(Stop);
            }
            match element {
                Element::One(slot) => {
                    self.refuse_unhashable(&slot.value, slot.at)?;
                    self.add_to_set(&mut entries, slot);
                }
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
