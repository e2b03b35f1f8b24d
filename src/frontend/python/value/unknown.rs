//! What is known of a value that is not known: why, of which type it is, which objects it may be.

use std::rc::Rc;

use super::{Symbol, Value};

/// How many candidates a value keeps; with more it may be anything.
pub const MAX_CANDIDATES: usize = 16;

/// A value that only running the program would tell.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why, as people would say it: `os.environ["TAG"]`.
    pub reason: Rc<str>,
    /// The kind of the reason.
    pub cause: Cause,
    /// What it is surely an instance of.
    pub bound: TypeBound,
    /// What it may be. An object that is in no list of candidates and was not given away is never meant.
    pub candidates: Rc<[Value]>,
    /// Whether it surely is one of the candidates.
    pub is_one_of: bool,
    /// What it is unless something outside says otherwise.
    pub default: Option<Value>,
    /// By what it is known again: two values with one symbol are the same.
    pub symbol: Option<Symbol>,
    /// The library that it comes from, as a dotted path with `()` for calls: `logging.getLogger()`.
    pub origin: Option<Rc<str>>,
}

/// Why a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is read from the environment of the process.
    Environment,
    /// It is an argument of a function that nothing calls, or of the program.
    Argument,
    /// It depends on a test that is not known.
    Condition,
    /// Code outside the project computes it.
    External,
    /// It was given to code that podlint cannot follow.
    GivenAway,
    /// The construct is not modelled.
    Unsupported,
    /// It differs between versions of Python or of the Kubernetes client.
    Version,
    /// The text of the file is broken there.
    Syntax,
    /// A limit of the evaluation was reached.
    Limit,
}

/// What a value is surely an instance of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeBound {
    /// Anything.
    Any,
    /// `bool`.
    Bool,
    /// `int`, perhaps a `bool`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Text,
    /// `bytes`.
    Bytes,
    /// `list`.
    List,
    /// `tuple`.
    Tuple,
    /// `dict`.
    Dict,
    /// `set` or `frozenset`.
    Set,
    /// A class of an SDK that is not a Kubernetes object: `flyte.Image`.
    Sdk(&'static str),
}

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
