//! Making unknown values, and telling them apart.

use std::rc::Rc;

use super::{Cause, Symbol, TypeBound, Unknown, Value};

impl Unknown {
    /// Nothing is known but why.
    pub fn new(cause: Cause, reason: impl Into<Rc<str>>) -> Self {
        Self {
            reason: reason.into(),
            cause,
            bound: TypeBound::Any,
            candidates: Rc::from([]),
            is_one_of: false,
            default: None,
            symbol: None,
            origin: None,
        }
    }

    /// The same, surely an instance of `bound`.
    #[must_use]
    pub fn of(mut self, bound: TypeBound) -> Self {
        self.bound = bound;
        self
    }

    /// The same with the symbol by which it is known again.
    #[must_use]
    pub fn with_symbol(mut self, symbol: Symbol) -> Self {
        self.symbol = Some(symbol);
        self
    }

    /// The same, perhaps one of `candidates`.
    #[must_use]
    pub fn with_candidates(mut self, candidates: impl Into<Rc<[Value]>>) -> Self {
        self.candidates = candidates.into();
        self
    }

    /// The same, from a library.
    #[must_use]
    pub fn from(mut self, origin: impl Into<Rc<str>>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Whether an attribute with this value is perhaps not there at all: on some ways it was set or deleted.
    #[must_use]
    pub fn is_perhaps_absent(&self) -> bool {
        self.symbol.is_none() && !self.is_one_of && self.cause == Cause::Condition
    }

    /// Whether both stand for the same value, or say the same of it.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.symbol, other.symbol) {
            (Some(one), Some(two)) => one == two,
            (None, None) => {
                self.is_one_of == other.is_one_of
                    && self.bound == other.bound
                    && self.candidates.len() == other.candidates.len()
                    && self.candidates.iter().zip(other.candidates.iter()).all(|(one, two)| one.is_same(two))
            }
            _ => false,
        }
    }
}
