//! What an evaluation may cost: everything is paid for by what is looked at, copied and made.

use std::cell::Cell;

use crate::stop;

/// How many elements a collection may have.
pub const MAX_ITEMS: usize = 20_000;
/// How many bytes a computed text may have.
pub const MAX_TEXT: usize = 65_536;
/// How deeply calls and expressions may nest.
const MAX_DEPTH: usize = 120;
/// Bytes that are looked at for the price of one step.
const BYTES_PER_STEP: usize = 64;
/// Steps between two looks at whether the result is still wanted.
const STEPS_PER_LOOK: usize = 1 << 10;

/// Steps, counted behind shared references, since reading costs as well.
#[derive(Debug)]
pub struct Budget {
    spent: Cell<usize>,
    limit: Cell<usize>,
    exhausted: Cell<bool>,
    /// Nobody wants the result any more, so nothing more is evaluated, whatever is granted.
    superseded: Cell<bool>,
    depth: Cell<usize>,
}

impl Budget {
    /// A number of steps.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self {
            spent: Cell::new(0),
            limit: Cell::new(limit),
            exhausted: Cell::new(false),
            superseded: Cell::new(false),
            depth: Cell::new(0),
        }
    }

    /// Pays for steps; `false` when there are none left.
    pub fn charge(&self, steps: usize) -> bool {
        let before = self.spent.get();
        let spent = before.saturating_add(steps);
        self.spent.set(spent);
        if spent > self.limit.get() {
            self.exhausted.set(true);
        }
        if before / STEPS_PER_LOOK != spent / STEPS_PER_LOOK && stop::is_superseded() {
            self.superseded.set(true);
        }
        !self.is_exhausted()
    }

    /// Pays for bytes that are read, compared or made.
    pub fn charge_text(&self, bytes: usize) -> bool {
        self.charge(bytes / BYTES_PER_STEP)
    }

    /// Whether nothing may be evaluated any more.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.exhausted.get() || self.superseded.get()
    }

    /// The steps so far.
    #[must_use]
    pub fn spent(&self) -> usize {
        self.spent.get()
    }

    /// Grants a part of the evaluation this share of all steps; returns the limit to come back to.
    pub fn push_limit(&self, divisor: usize) -> usize {
        let limit = self.limit.get();
        self.limit.set(limit.min(self.spent.get().saturating_add(limit / divisor)));
        limit
    }

    /// Comes back from a part of the evaluation, which may have used up its share.
    pub fn pop_limit(&self, limit: usize) {
        self.limit.set(limit);
        self.exhausted.set(self.spent.get() > limit);
    }

    /// Grants an eighth of all steps for what is left; `false` when that has been granted too often.
    pub fn renew(&self) -> bool {
        let limit = self.limit.get();
        let more = self.spent.get().saturating_add(limit / 8);
        self.limit.set(more);
        self.exhausted.set(false);
        self.depth.set(0);
        more < limit.saturating_mul(16) && !self.superseded.get()
    }

    /// Goes one level deeper; `false` when that is too deep.
    pub fn enter(&self) -> bool {
        self.depth.set(self.depth.get() + 1);
        self.depth.get() <= MAX_DEPTH
    }

    /// Comes back from a level.
    pub fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }
}
