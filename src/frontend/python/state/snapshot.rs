//! The state of the program at one point of one way through it.

use std::cell::Cell;
use std::rc::Rc;

use super::super::value::{CellId, Object, ObjectId, Value};
use super::facts::Facts;
use super::store::Store;

/// The state of the program at one point of one way through it.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub(super) objects: Store<Rc<Object>>,
    pub(super) cells: Store<Value>,
    /// What holds on this way.
    pub facts: Facts,
    /// Counts changes, so that two points without one between them are told.
    pub(super) version: u64,
    /// Elements of objects that were copied since somebody paid for it: changing an object that others share copies it.
    copied: Cell<usize>,
}

impl State {
    /// An object.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0).map(|object| &**object)
    }

    /// An object, shared, to be read while the state changes.
    #[must_use]
    pub fn shared(&self, id: ObjectId) -> Option<Rc<Object>> {
        self.objects.get(id.0).cloned()
    }

    /// An object, to be changed. What has escaped must not be changed in a way that makes its contents known:
    /// [`State::change`] sees to it.
    pub fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.version += 1;
        let object = self.objects.get_mut(id.0)?;
        if Rc::strong_count(object) > 1 {
            self.copied.set(self.copied.get() + object.size());
        }
        Some(Rc::make_mut(object))
    }

    /// How many elements of objects were copied since this was last asked.
    #[must_use]
    pub fn take_copied(&self) -> usize {
        self.copied.take()
    }

    /// Changes an object, unless its contents are lost for good: then what it is given is out of sight, too.
    pub fn change<T>(&mut self, id: ObjectId, change: impl FnOnce(&mut Object) -> T) -> Option<T> {
        let object = self.object_mut(id)?;
        let result = change(object);
        if let Some(reason) = object.escaped.clone() {
            let given = object.values();
            object.forget(&reason);
            given.iter().for_each(|value| self.escape(value, &reason));
        }
        Some(result)
    }

    /// Puts a new object on the heap.
    pub fn insert(&mut self, id: ObjectId, object: Object) {
        self.version += 1;
        self.objects.set(id.0, Rc::new(object));
    }

    /// Forgets the contents of all objects that can be changed: a part of the program was not evaluated.
    pub fn forget_all(&mut self, reason: &Rc<str>) {
        let mut ids = Vec::new();
        self.objects.diff(&Store::default(), |_, _| false, &mut |index, _, _| ids.push(index));
        for id in ids {
            if let Some(object) = self.object_mut(ObjectId(id)) {
                object.forget(reason);
            }
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn cell(&self, id: CellId) -> Option<&Value> {
        self.cells.get(id.0)
    }

    /// Binds a variable.
    pub fn set_cell(&mut self, id: CellId, value: Value) {
        self.version += 1;
        self.cells.set(id.0, value);
    }

    /// Unbinds a variable.
    pub fn clear_cell(&mut self, id: CellId) {
        self.version += 1;
        self.cells.clear(id.0);
    }

    /// Two states of one way with the same number are equal.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The objects and variables in which two states differ: ids and what each has.
    #[must_use]
    pub fn objects_changed_since(&self, before: &Self) -> Vec<ObjectId> {
        let mut changed = Vec::new();
        self.objects.diff(&before.objects, Rc::ptr_eq, &mut |index, _, _| changed.push(ObjectId(index)));
        changed
    }

    /// The variables in which two states differ.
    #[must_use]
    pub fn cells_changed_since(&self, before: &Self) -> Vec<CellId> {
        let mut changed = Vec::new();
        self.cells.diff(&before.cells, Value::is_same, &mut |index, _, _| changed.push(CellId(index)));
        changed
    }
}
