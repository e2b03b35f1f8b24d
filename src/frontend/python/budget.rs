//! What an evaluation may cost. Nothing that a module computes may take long or fill the memory, so everything is paid
//! for in steps: what is evaluated, what is looked through, and what is made, by its size.

use std::cell::Cell;

use super::interpreter::Interpreter;
use super::value::{Body, Object, Val};

/// How deeply calls and expressions may nest.
const MAX_DEPTH: usize = 120;
/// How many objects may come to life.
const MAX_OBJECTS: usize = 50_000;

/// How much a collection may hold.
pub(super) const MAX_ITEMS: usize = 20_000;
/// How many attributes an object may have.
pub(super) const MAX_ATTRIBUTES: usize = 500;
/// How many bytes a computed text may have.
pub(super) const MAX_TEXT: usize = 65_536;
/// How many bytes a literal may have to be computed with.
pub(super) const MAX_LITERAL: usize = 4 * 1024 * 1024;
/// How many bytes a path or a dotted name may have.
pub(super) const MAX_NAME: usize = 1_000;

/// Steps, counted also behind shared references: what only looks at the state takes its time too.
#[derive(Debug)]
pub struct Budget {
    spent: Cell<usize>,
    limit: Cell<usize>,
    exhausted: Cell<bool>,
}

impl Budget {
    /// So many steps.
    pub const fn new(limit: usize) -> Self {
        Self { spent: Cell::new(0), limit: Cell::new(limit), exhausted: Cell::new(false) }
    }

    fn spend(&self, cost: usize) {
        self.spent.set(self.spent.get().saturating_add(cost));
        if self.spent.get() > self.limit.get() {
            self.exhaust();
        }
    }

    /// Ends the evaluation: something is larger than any bound.
    pub fn exhaust(&self) {
        self.exhausted.set(true);
    }

    /// The steps so far.
    pub fn spent(&self) -> usize {
        self.spent.get()
    }

    /// Whether a bound was hit, and nothing is evaluated any more.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// Grants a part of the evaluation no more than this share of all steps; gives the limit to come back to.
    pub fn narrow(&self, divisor: usize) -> usize {
        let limit = self.limit.get();
        self.limit.set(limit.min(self.spent.get().saturating_add(limit / divisor)));
        limit
    }

    /// Comes back from a part of the evaluation.
    pub fn widen(&self, limit: usize) {
        self.limit.set(limit);
    }

    /// Goes on after a part that was too large to follow.
    pub fn forgive(&self) {
        self.exhausted.set(false);
    }
}

impl Interpreter<'_> {
    /// Counts steps; `false` when there have been too many.
    pub(super) fn step(&self, cost: usize) -> bool {
        self.budget.spend(cost);
        if self.heap.len() > MAX_OBJECTS || self.depth > MAX_DEPTH {
            self.budget.exhaust();
        }
        !self.budget.is_exhausted()
    }

    /// Pays for looking through so many items.
    pub(super) fn look_through(&self, items: usize) -> bool {
        self.step(items / 256)
    }

    /// Pays for copying or moving so many items.
    pub(super) fn copy_items(&self, items: usize) -> bool {
        self.step(items / 8)
    }

    /// Pays for making or looking through so many bytes of text.
    pub(super) fn read_text(&self, bytes: usize) -> bool {
        self.step(bytes / 64)
    }

    /// How many values a list, a dict or an instance holds; other values hold none.
    pub(super) fn size_of(&self, val: &Val) -> usize {
        self.object(val).map_or(0, Object::size)
    }

    /// A copy of the object that a value refers to; `None` where it refers to none, or that costs too much.
    pub(super) fn copied(&self, val: &Val) -> Option<Object> {
        self.object(val).filter(|object| self.copy_items(object.size())).cloned()
    }

    /// What it costs to copy the state: the objects, what they hold, and the names in sight.
    pub(super) fn state_size(&self) -> usize {
        let held: usize = self.heap.iter().map(Object::size).sum();
        let names = self.scopes.get(self.scope).map_or(0, |scope| scope.names.len());
        self.heap.len() + (held + names) / 8
    }
}

impl Object {
    /// How many values it holds.
    pub fn size(&self) -> usize {
        match &self.body {
            Body::List(items) => items.len(),
            Body::Dict(entries) => entries.len(),
            Body::Instance(instance) => instance.attributes.len(),
        }
    }

    /// Leaves out of a collection what is too much.
    pub fn cut(&mut self) {
        self.open |= match &mut self.body {
            Body::List(items) => cut(items),
            Body::Dict(entries) => cut(entries),
            Body::Instance(instance) => instance.attributes.len() >= MAX_ATTRIBUTES,
        };
    }
}

/// Leaves out of a list what is too much; whether there was any.
pub(super) fn cut<T>(items: &mut Vec<T>) -> bool {
    let is_over = items.len() > MAX_ITEMS;
    items.truncate(MAX_ITEMS);
    is_over
}
