//! What is taken for granted on a way through the program: the outcome of the tests that led there.

use std::rc::Rc;

use super::super::value::Symbol;

/// Outcomes of tests, the latest first. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    last: Option<Rc<Fact>>,
}

#[derive(Debug)]
struct Fact {
    symbol: Symbol,
    holds: bool,
    before: Facts,
    count: usize,
}

impl Facts {
    /// The outcome of a test, where it is settled.
    #[must_use]
    pub fn outcome(&self, symbol: Symbol) -> Option<bool> {
        self.iter().find(|fact| fact.0 == symbol).map(|fact| fact.1)
    }

    /// Takes an outcome for granted.
    pub fn assume(&mut self, symbol: Symbol, holds: bool) {
        let before = self.clone();
        let count = before.count() + 1;
        self.last = Some(Rc::new(Fact { symbol, holds, before, count }));
    }

    /// The outcomes, the latest first.
    pub fn iter(&self) -> impl Iterator<Item = (Symbol, bool)> + '_ {
        let mut next = self.last.as_deref();
        std::iter::from_fn(move || {
            let fact = next?;
            next = fact.before.last.as_deref();
            Some((fact.symbol, fact.holds))
        })
    }

    fn count(&self) -> usize {
        self.last.as_ref().map_or(0, |fact| fact.count)
    }

    /// What both ways have in common: the tests before they parted.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        let (mut one, mut two) = (self.clone(), other.clone());
        loop {
            match (&one.last, &two.last) {
                (Some(first), Some(second)) if Rc::ptr_eq(first, second) => return one,
                (Some(first), _) if one.count() >= two.count() => one = first.before.clone(),
                (_, Some(second)) => two = second.before.clone(),
                _ => return Self::default(),
            }
        }
    }
}
