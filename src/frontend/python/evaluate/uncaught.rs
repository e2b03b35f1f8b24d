//! Exceptions that nothing catches: what kind of mistake each is, and whether it surely happens.

use std::rc::Rc;

use super::{Code, Evaluator, Event, Exit, Raised};
use crate::tree::{FileId, Location};

/// A kind of mistake, as users would tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Something is asked of what is `None`.
    NoneUsed,
    /// An attribute that is not there.
    MissingAttribute,
    /// A call with arguments that the function does not take.
    WrongCall,
    /// A key, an index or a further element that is not there.
    MissingItem,
    /// A name that is not bound.
    UndefinedName,
    /// An operation that the types do not have.
    UnsupportedOperation,
    /// A `raise` statement.
    Raised,
    /// An `assert` statement.
    FailedAssertion,
    /// A value that a function does not take.
    RefusedValue,
    /// Another number of values than of names.
    WrongUnpacking,
    /// A model that does not take its data.
    RejectedData,
    /// An assignment to what cannot be changed.
    Frozen,
    /// An instance of an abstract class.
    AbstractInstance,
    /// A class that cannot be defined in this way.
    InvalidClass,
}

impl Mistake {
    /// What an exception of a builtin class usually means.
    #[must_use]
    pub fn of(class: &str) -> Self {
        match class {
            "AttributeError" => Self::MissingAttribute,
            "KeyError" | "IndexError" | "StopIteration" => Self::MissingItem,
            "NameError" | "UnboundLocalError" => Self::UndefinedName,
            "AssertionError" => Self::FailedAssertion,
            "TypeError" => Self::UnsupportedOperation,
            "ValidationError" => Self::RejectedData,
            "FrozenInstanceError" => Self::Frozen,
            _ => Self::RefusedValue,
        }
    }
}

/// When code runs that surely raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// When the module is imported.
    Import,
    /// When a function is called that nothing in the module calls.
    Call(Rc<str>),
}

/// An exception that nothing catches.
#[derive(Clone, Debug)]
pub struct Uncaught {
    /// The exception.
    pub raised: Raised,
    /// When it is raised.
    pub reach: Reach,
    /// The call in the checked file that leads there, where it is raised in a function.
    pub call: Option<Location>,
}

impl Evaluator<'_> {
    /// Does something that happens on some ways only.
    pub(super) fn uncertainly<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        self.uncertain += 1;
        let result = run(self);
        self.uncertain -= 1;
        result
    }

    /// Whether all ways to the current point lead here: none branched off, and none left a loop or function early.
    pub fn is_certain(&self) -> bool {
        let left = |exit: &Exit| !matches!(exit, Exit::Raise(_));
        self.uncertain == 0 && !self.pending.iter().any(|pending| left(&pending.exit))
    }

    /// When the code runs that is evaluated now; `None` where that depends on something, or is another module's matter.
    pub fn reach(&self) -> Option<Reach> {
        if self.is_importing() || !self.is_certain() {
            return None;
        }
        if !self.is_hypothetical {
            return Some(Reach::Import);
        }
        let code: Option<Code<'_>> = self.frames.first().and_then(|frame| self.code(frame.code));
        Some(Reach::Call(code.map_or("the function", |code| code.name()).into()))
    }

    /// The call in the checked file that led to the code that is evaluated now.
    pub(super) fn outermost_call(&self) -> Option<Location> {
        // A function that nothing calls is the first of its frames.
        let own = usize::from(self.is_hypothetical);
        self.frames.iter().skip(own).find_map(|frame| frame.entry_call).filter(|call| call.file == FileId::MAIN)
    }

    /// Tells of an exception that nothing catches, where it surely happens.
    pub(super) fn tell_uncaught(&mut self, raised: &Raised) {
        let Some(reach) = self.reach().filter(|_| raised.is_sure) else { return };
        let call = self.outermost_call();
        self.emit(Event::Uncaught(Box::new(Uncaught { raised: raised.clone(), reach, call })));
    }

    /// Tells of an exception that handlers have let pass, once none is left.
    pub(super) fn tell_passed(&mut self, raised: &Raised) {
        if self.handlers == 0 && raised.is_certain {
            self.tell_uncaught(raised);
        }
    }
}
