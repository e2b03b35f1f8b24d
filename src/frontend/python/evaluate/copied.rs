//! Lists and dicts that models copied, from then on: whether they are changed, and used again after that.

use super::super::value::{ObjectId, Value};
use super::Evaluator;
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// A value is read: whoever reads it may see the changes of it.
    pub(super) fn note_read(&mut self, value: &Value) {
        if self.notes.copied.is_empty() {
            return;
        }
        if let Some(id) = value.as_object() {
            self.note_use(id);
        }
    }

    /// A list or dict is used.
    pub fn note_use(&mut self, id: ObjectId) {
        if let Some(change) = self.notes.copied.get_mut(&id).and_then(|copied| copied.change.take()) {
            self.notes.useful_changes.insert(change);
        }
    }

    /// A list or dict is changed by the code at a location.
    pub fn note_change(&mut self, id: ObjectId, at: Location) {
        let is_seen = self.quiet == 0 && !self.is_importing();
        if let Some(copied) = self.notes.copied.get_mut(&id).filter(|_| is_seen) {
            copied.change = Some(at);
        }
    }
}
