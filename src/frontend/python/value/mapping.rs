//! Dicts and sets of which some entries may not be known.

use std::rc::Rc;

use indexmap::IndexMap;

use super::{Gap, Key, Slot, Value};

/// Entries in the order of their insertion. With a rest there may be others, in any place.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The entries that surely are there.
    pub entries: IndexMap<Key, Entry>,
    /// What else there may be; an entry that is known has another key than all in it.
    pub rest: Option<Gap>,
}

/// A key and its value; of a set only the key counts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Slot,
    /// The value.
    pub value: Slot,
}

impl Mapping {
    /// A mapping of which nothing is known.
    #[must_use]
    pub fn unknown(gap: Gap) -> Self {
        Self { entries: IndexMap::new(), rest: Some(gap) }
    }

    /// Sets an entry; as in Python an older one keeps its key and place.
    pub fn set(&mut self, key: Key, name: Slot, value: Slot) {
        match self.entries.get_mut(&key) {
            Some(entry) => {
                // `{1: …, True: …}` keeps the 1.
                if entry.key.value.is_same(&name.value) {
                    entry.key = name;
                }
                entry.value = value;
            }
            None => {
                self.entries.insert(key, Entry { key: name, value });
            }
        }
    }

    /// Adds to what there may be besides.
    pub fn open(&mut self, gap: &Gap) {
        self.rest = Some(self.rest.as_ref().map_or_else(|| gap.clone(), |rest| rest.merged(gap)));
    }

    /// All values, and keys, that are or may be in it.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let rest = self.rest.iter().flat_map(|gap| gap.candidates.iter());
        self.entries.values().flat_map(|entry| [&entry.key.value, &entry.value.value]).chain(rest)
    }

    /// Forgets everything but what may be there.
    pub fn forget(&mut self, reason: &Rc<str>) {
        let candidates: Vec<Value> = self.values().cloned().collect();
        *self = Self::unknown(Gap::with(Rc::clone(reason), candidates));
    }

    /// Takes an entry out, keeping the order of the others.
    pub fn remove(&mut self, key: &Key) -> Option<Entry> {
        self.entries.shift_remove(key)
    }
}
