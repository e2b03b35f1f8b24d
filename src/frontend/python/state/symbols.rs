//! What only running decides, told apart: expressions over the outside world that are the same get the same symbol.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::value::{Key, Symbol};

/// Table of symbols.
#[derive(Debug, Default)]
pub struct Symbols {
    kinds: Vec<SymbolKind>,
    known: HashMap<SymbolKind, Symbol>,
    /// Those that may be one thing or another from run to run.
    inputs: HashSet<Symbol>,
}

/// What a symbol stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// Something of its own, equal to nothing else.
    Opaque(u32),
    /// A variable of the environment, with the text that a missing one becomes; `None` in it where that raises or is `None`.
    Environment(Rc<str>, Option<Key>),
    /// The truth of `symbol operator key`.
    Comparison(Symbol, Operator, Key),
    /// The truth of `symbol operator symbol`.
    Relation(Symbol, Operator, Symbol),
    /// A function without side effects of symbols and constants: `upper(symbol)`.
    Applied(Rc<str>, Vec<Symbol>, Vec<Key>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `==`.
    Equal,
    /// `is`.
    Is,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `in`.
    In,
    /// `container in …` the other way round: the symbol is the container.
    Contains,
    /// `isinstance`, `hasattr` and the like.
    Is2,
}

impl Symbols {
    /// A symbol that is the same as no other.
    pub fn opaque(&mut self) -> Symbol {
        let number = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        self.kinds.push(SymbolKind::Opaque(number));
        Symbol(number)
    }

    /// A symbol that is the same as no other, of something that the world around the program decides.
    pub fn input(&mut self) -> Symbol {
        let symbol = self.opaque();
        self.inputs.insert(symbol);
        symbol
    }

    /// Whether the world around the program decides something, so that it may come out either way.
    #[must_use]
    pub fn is_input(&self, symbol: Symbol) -> bool {
        match self.kind(symbol) {
            Some(SymbolKind::Environment(..)) => true,
            Some(SymbolKind::Comparison(of, ..)) => self.is_input(*of),
            Some(SymbolKind::Relation(one, _, two)) => self.is_input(*one) || self.is_input(*two),
            Some(SymbolKind::Applied(_, of, _)) => of.iter().all(|symbol| self.is_input(*symbol)),
            Some(SymbolKind::Opaque(_)) | None => self.inputs.contains(&symbol),
        }
    }

    /// The symbol of something, the same each time.
    pub fn of(&mut self, kind: SymbolKind) -> Symbol {
        if let Some(known) = self.known.get(&kind) {
            return *known;
        }
        let symbol = Symbol(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        self.kinds.push(kind.clone());
        self.known.insert(kind, symbol);
        symbol
    }

    /// What a symbol stands for.
    #[must_use]
    pub fn kind(&self, symbol: Symbol) -> Option<&SymbolKind> {
        self.kinds.get(symbol.index())
    }
}
