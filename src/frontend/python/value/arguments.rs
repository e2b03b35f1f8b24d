//! Looking through the arguments of a call.

use super::{Arguments, Slot};

impl Arguments {
    /// Positional arguments.
    #[must_use]
    pub fn of(positional: Vec<Slot>) -> Self {
        Self { positional, ..Self::default() }
    }

    /// The argument of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Slot> {
        self.keywords.iter().find(|keyword| &*keyword.name == name).map(|keyword| &keyword.slot)
    }

    /// The argument of that name, or at that position.
    #[must_use]
    pub fn get(&self, name: &str, position: usize) -> Option<&Slot> {
        self.named(name).or_else(|| self.positional.get(position))
    }

    /// Whether there may be arguments that are not known.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.more_positional.is_some() || self.more_keywords.is_some()
    }

    /// All known arguments.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.positional.iter().chain(self.keywords.iter().map(|keyword| &keyword.slot))
    }

    /// How many are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.positional.len() + self.keywords.len()
    }
}
