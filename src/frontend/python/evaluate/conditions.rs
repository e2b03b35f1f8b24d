//! Tests: what is known of their outcome, and following both ways where it is not.

use std::rc::Rc;

use ruff_python_ast::{BoolOp, Expr, UnaryOp};

use super::super::state::{Operator, State, SymbolKind};
use super::super::value::{Key, ObjectKind, Symbol, TypeBound, Value, ValueKind};
use super::{Condition, Evaluator, Stop};
use crate::tree::{FileId, Location};

/// The truth of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It is known.
    Known(bool),
    /// Only running decides; the same symbol has the same truth.
    Unknown(Symbol),
}

/// A test as it is written.
#[derive(Clone, Debug)]
pub enum Test {
    /// The truth of a value.
    Value(Truth),
    /// `not`.
    Not(Box<Self>),
    /// `and`.
    And(Vec<Self>),
    /// `or`.
    Or(Vec<Self>),
}

impl<'a> Evaluator<'a> {
    /// Evaluates an expression as a test.
    pub(super) fn test(&mut self, expression: &'a Expr) -> Result<Test, Stop> {
        match expression {
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => Ok(Test::Not(Box::new(self.test(&node.operand)?))),
            Expr::BoolOp(node) => self.bool_test(node.op, &node.values),
            _ => {
                let value = self.expression(expression)?;
                let at = self.at(expression);
                let truth = self.truth(&value, at)?;
                if let Truth::Unknown(symbol) = truth {
                    self.note_condition(symbol, at);
                }
                Ok(Test::Value(truth))
            }
        }
    }

    /// `and` and `or`: what comes later is evaluated only where what came before does not decide.
    fn bool_test(&mut self, operator: BoolOp, values: &'a [Expr]) -> Result<Test, Stop> {
        let deciding = operator == BoolOp::Or;
        let mut tests: Vec<Test> = Vec::new();
        let mut left: Vec<State> = Vec::new();
        let mut ended = Ok(());
        let outer = self.uncertain;
        for (index, value) in values.iter().enumerate() {
            let test = match self.test(value) {
                Ok(test) => test,
                Err(Stop) => {
                    ended = Err(Stop);
                    break;
                }
            };
            let outcome = self.outcome(&test);
            if outcome != Some(!deciding) {
                tests.push(test.clone());
            }
            if outcome == Some(deciding) {
                break;
            }
            if outcome.is_none() && index + 1 < values.len() {
                left.push(self.state.clone());
                self.uncertain = outer + 1;
                self.assume(&test, !deciding);
            }
        }
        self.uncertain = outer;
        if ended.is_ok() {
            left.push(std::mem::take(&mut self.state));
        }
        if !self.join_ways(left, &"and/or".into()) {
            return Err(Stop);
        }
        if tests.is_empty() {
            return Ok(Test::Value(Truth::Known(!deciding)));
        }
        Ok(if deciding { Test::Or(tests) } else { Test::And(tests) })
    }

    /// The outcome of a test, where it is known or taken for granted.
    pub fn outcome(&self, test: &Test) -> Option<bool> {
        match test {
            Test::Value(Truth::Known(value)) => Some(*value),
            Test::Value(Truth::Unknown(symbol)) => self.settled(*symbol),
            Test::Not(test) => self.outcome(test).map(|outcome| !outcome),
            Test::And(tests) => self.all(tests, true),
            Test::Or(tests) => self.all(tests, false),
        }
    }

    /// Whether all have an outcome; the other one of any decides.
    fn all(&self, tests: &[Test], wanted: bool) -> Option<bool> {
        let mut is_open = false;
        for test in tests {
            match self.outcome(test) {
                Some(outcome) if outcome != wanted => return Some(!wanted),
                Some(_) => {}
                None => is_open = true,
            }
        }
        (!is_open).then_some(wanted)
    }

    /// The truth of a symbol by what is taken for granted: itself, or what excludes it.
    fn settled(&self, symbol: Symbol) -> Option<bool> {
        if let Some(outcome) = self.state.facts.outcome(symbol) {
            return Some(outcome);
        }
        let Some(SymbolKind::Comparison(of, Operator::Equal, key)) = self.symbols.kind(symbol) else { return None };
        self.state.facts.iter().take(64).find_map(|(other, holds)| match self.symbols.kind(other) {
            Some(SymbolKind::Comparison(one, Operator::Equal, known)) if holds && one == of && known != key => {
                Some(false)
            }
            _ => None,
        })
    }

    /// Takes the outcome of a test for granted on the way that is followed.
    pub fn assume(&mut self, test: &Test, holds: bool) {
        match test {
            Test::Value(Truth::Known(_)) => {}
            Test::Value(Truth::Unknown(symbol)) => {
                if self.state.facts.outcome(*symbol).is_none() {
                    self.state.facts.assume(*symbol, holds);
                }
            }
            Test::Not(test) => self.assume(test, !holds),
            Test::And(tests) if holds => tests.iter().for_each(|test| self.assume(test, true)),
            Test::Or(tests) if !holds => tests.iter().for_each(|test| self.assume(test, false)),
            // All others are settled the other way, so this one decides.
            Test::And(tests) | Test::Or(tests) => {
                let open: Vec<&Test> = tests.iter().filter(|test| self.outcome(test).is_none()).collect();
                if let [only] = open[..] {
                    let only = only.clone();
                    self.assume(&only, holds);
                }
            }
        }
    }

    /// The truth of a value, as `bool()` tells it.
    pub fn truth(&mut self, value: &Value, at: Location) -> Result<Truth, Stop> {
        let known = |value: bool| Ok(Truth::Known(value));
        match &value.kind {
            ValueKind::None => known(false),
            ValueKind::Bool(value) => known(*value),
            ValueKind::Int(number) => known(*number != 0),
            ValueKind::Float(number) => known(*number != 0.0),
            ValueKind::Text(text) => known(!text.is_empty()),
            ValueKind::Bytes(bytes) => known(!bytes.is_empty()),
            ValueKind::Partial(text) if text.is_surely_filled() => known(true),
            ValueKind::Partial(_) => Ok(Truth::Unknown(self.symbols.opaque())),
            ValueKind::Object(_) => self.truth_of_object(value, at),
            ValueKind::Library(path) if &**path == "typing.TYPE_CHECKING" => known(false),
            ValueKind::Unknown(_) => self.truth_of_unknown(value, at),
            _ => known(true),
        }
    }

    fn truth_of_unknown(&mut self, value: &Value, at: Location) -> Result<Truth, Stop> {
        let Some(unknown) = value.as_unknown() else { return Ok(Truth::Known(true)) };
        if let Some(symbol) = unknown.symbol {
            return Ok(match self.settled(symbol) {
                Some(outcome) => Truth::Known(outcome),
                None => Truth::Unknown(symbol),
            });
        }
        if unknown.is_one_of && !unknown.candidates.is_empty() {
            let candidates = Rc::clone(&unknown.candidates);
            let mut truths = Vec::new();
            for candidate in candidates.iter() {
                truths.push(self.truth(candidate, at)?);
            }
            if let [Truth::Known(first), rest @ ..] = &truths[..]
                && rest.iter().all(|truth| *truth == Truth::Known(*first))
            {
                return Ok(Truth::Known(*first));
            }
        }
        Ok(Truth::Unknown(self.symbols.opaque()))
    }

    fn truth_of_object(&mut self, value: &Value, at: Location) -> Result<Truth, Stop> {
        let Some(object) = value.as_object().and_then(|id| self.state.shared(id)) else {
            return Ok(Truth::Known(true));
        };
        let opaque = |evaluator: &mut Self| Ok(Truth::Unknown(evaluator.symbols.opaque()));
        match &object.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => match items.len() {
                Some(length) => Ok(Truth::Known(length > 0)),
                None if items.least() > 0 => Ok(Truth::Known(true)),
                None => opaque(self),
            },
            ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => {
                if !entries.entries.is_empty() {
                    return Ok(Truth::Known(true));
                }
                if entries.rest.is_none() { Ok(Truth::Known(false)) } else { opaque(self) }
            }
            ObjectKind::Instance(_) => {
                for (name, decides) in [("__bool__", true), ("__len__", false)] {
                    if let Some(result) = self.call_special(value, name, Vec::new(), at) {
                        let result = result?;
                        let truth = self.truth(&result, at)?;
                        return Ok(if decides || !matches!(truth, Truth::Unknown(_)) {
                            truth
                        } else {
                            Truth::Unknown(self.symbols.opaque())
                        });
                    }
                }
                match object.as_instance().and_then(|instance| instance.payload.clone()) {
                    Some(payload) => self.truth(&payload, at),
                    None if object.escaped.is_some() && self.is_open_instance(value) => opaque(self),
                    None => Ok(Truth::Known(true)),
                }
            }
            _ => Ok(Truth::Known(true)),
        }
    }

    /// Whether the class of an instance is not wholly known, so that it may define how it is compared and tested.
    fn is_open_instance(&self, value: &Value) -> bool {
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        instance.is_some_and(|instance| {
            matches!(
                instance.class,
                super::super::value::ClassRef::Unknown(_) | super::super::value::ClassRef::Library(_)
            )
        })
    }

    /// The truth value of something unknown that is decided by a symbol.
    pub fn symbol_value(&mut self, kind: SymbolKind, reason: impl Into<Rc<str>>, at: Location) -> Value {
        let symbol = self.symbols.of(kind);
        if let Some(outcome) = self.settled(symbol) {
            return Value::new(ValueKind::Bool(outcome), at);
        }
        let unknown = super::super::value::Unknown::new(super::super::value::Cause::Condition, reason)
            .of(TypeBound::Bool)
            .with_symbol(symbol);
        Value::unknown(unknown, at)
    }

    /// A `bool` that is not known.
    pub fn unknown_bool(&mut self, at: Location) -> Value {
        let reason = self.snippet(at);
        let symbol = self.symbols.opaque();
        let unknown = super::super::value::Unknown::new(super::super::value::Cause::Condition, reason)
            .of(TypeBound::Bool)
            .with_symbol(symbol);
        Value::unknown(unknown, at)
    }

    /// Compares something unknown with a key.
    pub fn compare_symbol(&mut self, symbol: Symbol, operator: Operator, key: Key, at: Location) -> Value {
        let reason = self.snippet(at);
        self.symbol_value(SymbolKind::Comparison(symbol, operator, key), reason, at)
    }

    /// Notes a test that is followed both ways.
    fn note_condition(&mut self, symbol: Symbol, at: Location) {
        let is_known = !self.symbols.is_input(symbol)
            || self.settled(symbol).is_some()
            || self.conditions.len() >= 64
            || self.conditions.iter().any(|known| known.symbol == symbol);
        if is_known || at.file != FileId::MAIN || self.quiet > 0 {
            return;
        }
        let text = self.snippet(at);
        self.conditions.push(Condition { symbol, text, at });
    }

    /// Follows a test: one way where the outcome is known, else both, each with the state as it is now.
    pub(super) fn branch<T>(
        &mut self,
        test: &Test,
        yes: impl FnOnce(&mut Self) -> Result<T, Stop>,
        no: impl FnOnce(&mut Self) -> Result<T, Stop>,
        merge: impl FnOnce(&mut State, T, T, &Rc<str>) -> T,
        reason: &Rc<str>,
    ) -> Result<T, Stop> {
        match self.outcome(test) {
            Some(true) => return yes(self),
            Some(false) => return no(self),
            None => {}
        }
        if !self.charge(2) {
            return Err(Stop);
        }
        let before = self.state.clone();
        self.assume(test, true);
        let first = self.uncertainly(yes);
        let after = std::mem::replace(&mut self.state, before);
        self.assume(test, false);
        let second = self.uncertainly(no);
        match (first, second) {
            (Ok(first), Ok(second)) => {
                let other = std::mem::take(&mut self.state);
                let mut state = self.joined(after, &other, reason);
                let merged = merge(&mut state, first, second, reason);
                self.state = state;
                Ok(merged)
            }
            (Ok(first), Err(Stop)) => {
                self.state = after;
                Ok(first)
            }
            (Err(Stop), second) => second,
        }
    }

    /// Goes on from where ways meet; `false` when there is none.
    pub(super) fn join_ways(&mut self, ways: Vec<State>, reason: &Rc<str>) -> bool {
        let mut ways = ways.into_iter();
        let Some(mut state) = ways.next() else { return false };
        for other in ways {
            state = self.joined(state, &other, reason);
        }
        self.state = state;
        true
    }

    /// What decides a test, in short.
    pub(super) fn reason_of(&self, test: &'a Expr) -> Rc<str> {
        self.snippet(self.at(test))
    }
}
