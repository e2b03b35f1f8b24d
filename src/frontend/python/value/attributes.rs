//! The attributes of instances, classes and functions.

use std::rc::Rc;

use super::{Gap, Slot, Value};
use crate::tree::Location;

/// Attributes in the order in which they were first set. With a rest there may be others.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    entries: Vec<Attribute>,
    /// What else there may be.
    pub rest: Option<Gap>,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: Rc<str>,
    /// Where the name is written.
    pub name_at: Location,
    /// Its value.
    pub slot: Slot,
}

impl Attributes {
    /// The attribute of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.entries.iter().find(|attribute| &*attribute.name == name)
    }

    /// The value of the attribute of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.get(name).map(|attribute| &attribute.slot.value)
    }

    /// Sets an attribute; an older one of that name keeps its place.
    pub fn set(&mut self, name: &str, name_at: Location, slot: Slot) {
        match self.entries.iter_mut().find(|attribute| &*attribute.name == name) {
            Some(attribute) => (attribute.name_at, attribute.slot) = (name_at, slot),
            None => self.entries.push(Attribute { name: name.into(), name_at, slot }),
        }
    }

    /// Takes an attribute away.
    pub fn remove(&mut self, name: &str) -> Option<Attribute> {
        let index = self.entries.iter().position(|attribute| &*attribute.name == name)?;
        Some(self.entries.remove(index))
    }

    /// The attributes in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Attribute> {
        self.entries.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// All values that are or may be in it.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let rest = self.rest.iter().flat_map(|gap| gap.candidates.iter());
        self.entries.iter().map(|attribute| &attribute.slot.value).chain(rest)
    }

    /// Adds to what there may be besides.
    pub fn open(&mut self, gap: &Gap) {
        self.rest = Some(self.rest.as_ref().map_or_else(|| gap.clone(), |rest| rest.merged(gap)));
    }

    /// Forgets everything but what may be there.
    pub fn forget(&mut self, reason: &Rc<str>) {
        let candidates: Vec<Value> = self.values().cloned().collect();
        *self = Self { entries: Vec::new(), rest: Some(Gap::with(Rc::clone(reason), candidates)) };
    }
}
