//! Sequences of which some parts may not be known.

use std::rc::Rc;

use super::{Gap, Slot, Value};

/// A list or tuple: known elements in order, and gaps that stand for any number of unknown ones.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// The elements.
    pub elements: Vec<Element>,
}

/// A part of a sequence.
#[derive(Clone, Debug)]
pub enum Element {
    /// One element.
    One(Slot),
    /// Any number of elements that are not known, perhaps none.
    Gap(Gap),
}

impl Gap {
    /// A gap of which nothing is known.
    pub fn new(reason: impl Into<Rc<str>>) -> Self {
        Self { reason: reason.into(), candidates: Rc::from([]) }
    }

    /// A gap that may hold these.
    pub fn with(reason: impl Into<Rc<str>>, candidates: impl Into<Rc<[Value]>>) -> Self {
        Self { reason: reason.into(), candidates: candidates.into() }
    }

    /// One gap for what either may hold.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut candidates: Vec<Value> = self.candidates.to_vec();
        candidates.extend(
            other.candidates.iter().filter(|value| !self.candidates.iter().any(|known| known.is_same(value))).cloned(),
        );
        Self { reason: Rc::clone(&self.reason), candidates: candidates.into() }
    }
}

impl Sequence {
    /// A sequence that is wholly known.
    #[must_use]
    pub fn known(slots: Vec<Slot>) -> Self {
        Self { elements: slots.into_iter().map(Element::One).collect() }
    }

    /// A sequence of which nothing is known.
    #[must_use]
    pub fn unknown(gap: Gap) -> Self {
        Self { elements: vec![Element::Gap(gap)] }
    }

    /// Whether every element is known to be there, and no more.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.elements.iter().all(|element| matches!(element, Element::One(_)))
    }

    /// The elements, where they all are known to be there.
    #[must_use]
    pub fn slots(&self) -> Option<Vec<Slot>> {
        self.elements
            .iter()
            .map(|element| if let Element::One(slot) = element { Some(slot.clone()) } else { None })
            .collect()
    }

    /// The elements that surely are there, in order.
    pub fn sure(&self) -> impl DoubleEndedIterator<Item = &Slot> {
        self.elements.iter().filter_map(|element| if let Element::One(slot) = element { Some(slot) } else { None })
    }

    /// The first gap.
    #[must_use]
    pub fn gap(&self) -> Option<&Gap> {
        self.elements.iter().find_map(|element| if let Element::Gap(gap) = element { Some(gap) } else { None })
    }

    /// The number of elements, where it is known.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        self.is_known().then_some(self.elements.len())
    }

    /// The fewest elements that there may be.
    #[must_use]
    pub fn least(&self) -> usize {
        self.sure().count()
    }

    /// Where element `index` (from the end when negative) is in `elements`, where no gap is in the way.
    ///
    /// # Errors
    /// `Err(true)` when there surely is no such element, `Err(false)` when that is not known.
    pub fn position(&self, index: i64) -> Result<usize, bool> {
        let forward = index >= 0;
        let steps = usize::try_from(if forward { index } else { -(index + 1) }).unwrap_or(usize::MAX);
        let count = self.elements.len();
        for step in 0..count {
            let at = if forward { step } else { count - 1 - step };
            match self.elements.get(at) {
                Some(Element::Gap(_)) => return Err(false),
                _ if step == steps => return Ok(at),
                _ => {}
            }
        }
        Err(true)
    }

    /// Adds an element at the end.
    pub fn push(&mut self, slot: Slot) {
        self.elements.push(Element::One(slot));
    }

    /// Adds a gap at the end; one after another is one.
    pub fn push_gap(&mut self, gap: Gap) {
        match self.elements.last_mut() {
            Some(Element::Gap(last)) => *last = last.merged(&gap),
            _ => self.elements.push(Element::Gap(gap)),
        }
    }

    /// Adds all of another sequence at the end.
    pub fn extend(&mut self, other: Self) {
        for element in other.elements {
            match element {
                Element::One(slot) => self.push(slot),
                Element::Gap(gap) => self.push_gap(gap),
            }
        }
    }

    /// Forgets where elements are and that there are no others, but not that these are there: after an insertion or
    /// sorting at an unknown place.
    pub fn forget_positions(&mut self, gap: &Gap) {
        let elements = std::mem::take(&mut self.elements);
        self.push_gap(gap.clone());
        for element in elements {
            match element {
                Element::One(slot) => {
                    self.push(slot);
                    self.push_gap(gap.clone());
                }
                Element::Gap(other) => self.push_gap(other),
            }
        }
    }

    /// Forgets everything but what may be there.
    pub fn forget(&mut self, reason: &Rc<str>) {
        let candidates: Vec<Value> = self.values().cloned().collect();
        self.elements = vec![Element::Gap(Gap::with(Rc::clone(reason), candidates))];
    }

    /// All values that are or may be in it.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.elements.iter().flat_map(|element| match element {
            Element::One(slot) => std::slice::from_ref(&slot.value).iter(),
            Element::Gap(gap) => gap.candidates.iter(),
        })
    }
}
