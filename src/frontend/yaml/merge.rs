//! Merge keys: `<<: *base` brings entries into a mapping.
//!
//! The YAML library behind `kubectl` takes keys and merges as they come, so that a merge behind a key replaces it,
//! while other readers let the written key win. Where the two differ the value is not known.

use super::compose::{Remark, written_span};
use super::keys::Keys;
use crate::text::Span;
use crate::tree::{Entry, Location, Map, Node, Value};

/// One merge key of a mapping.
pub struct Merge {
    /// The `<<`.
    pub key: Span,
    /// What it merges: a mapping or a list of mappings.
    pub value: Node,
}

/// Adds what merge keys bring to a map whose own keys are all there.
pub fn apply(map: &mut Map, seen: &mut Keys, merges: Vec<Merge>, remarks: &mut Vec<Remark>) {
    let written = map.entries.len();
    for merge in merges {
        let place = written_span(&merge.value);
        let first_merged = map.entries.len();
        let mut target = Target { map, seen, key: merge.key, written, first_merged, remarks };
        if !target.merge(merge.value) {
            map.open = true;
            let message = "`<<` merges a mapping or a list of mappings".to_owned();
            remarks.push(Remark::syntax(message, place, None));
        }
    }
}

struct Target<'a> {
    map: &'a mut Map,
    seen: &'a mut Keys,
    key: Span,
    /// Entries from here on came by merge keys.
    written: usize,
    /// Entries from here on came by this one.
    first_merged: usize,
    remarks: &'a mut Vec<Remark>,
}

impl Target<'_> {
    /// Whether the value can be merged.
    fn merge(&mut self, value: Node) -> bool {
        match value.value {
            Value::List(list) if value.used_at.is_none() => list.items.into_iter().all(|item| self.merge_one(item)),
            _ => self.merge_one(value),
        }
    }

    fn merge_one(&mut self, value: Node) -> bool {
        match value.value {
            Value::Map(other) => {
                self.map.open |= other.open;
                other.entries.into_iter().for_each(|entry| self.add(entry, value.used_at.as_deref()));
                true
            }
            Value::Dynamic(_) => {
                self.map.open = true;
                true
            }
            _ => false,
        }
    }

    fn add(&mut self, mut entry: Entry, used_at: Option<&Location>) {
        if let Some(place) = used_at {
            entry.value.used_at = Some(Box::new(*place));
        }
        let known = self.seen.add(&entry.key.wire, &self.map.entries);
        let Some((index, earlier)) = known.and_then(|index| Some((index, self.map.entries.get_mut(index)?))) else {
            self.map.entries.push(entry);
            return;
        };
        if index < self.written {
            self.remarks.push(Remark::overridden(&earlier.key, self.key));
        }
        if index >= self.first_merged {
            // Of a list of mappings, the earlier one wins.
        } else if index >= self.written {
            *earlier = entry;
        } else if earlier.key.location.span.start < self.key.start && earlier.value.value != entry.value.value {
            earlier.value = Node::dynamic("given here, and again by a merge key below", earlier.value.location);
        }
    }
}
