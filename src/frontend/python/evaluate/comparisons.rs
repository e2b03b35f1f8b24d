//! Comparisons as expressions: `a < b <= c`, `in`, `is`, `not in`, and what they give where something is unknown.

use ruff_python_ast::{self as ast, CmpOp};

use super::super::state::{Operator, SymbolKind};
use super::super::value::{Value, ValueKind};
use super::ordering::turned;
use super::{Evaluator, Stop, Test, Truth};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// `a < b <= c`: all of them, each operand once.
    pub(super) fn comparison(&mut self, node: &'a ast::ExprCompare) -> Result<Value, Stop> {
        let at = self.at(node);
        let mut left = self.expression(&node.left)?;
        let mut result = Value::new(ValueKind::Bool(true), at);
        let count = node.ops.len();
        for (index, (operator, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            let right = self.expression(right)?;
            result = self.compare(*operator, &left, &right, at)?;
            if index + 1 == count {
                break;
            }
            let truth = self.truth(&result, at)?;
            match self.outcome(&Test::Value(truth)) {
                Some(false) => return Ok(result),
                Some(true) => {}
                // The rest is evaluated only perhaps; comparisons seldom change anything.
                None => {
                    for further in node.comparators.iter().skip(index + 1) {
                        self.expression(further)?;
                    }
                    return Ok(self.unknown_bool(at));
                }
            }
            left = right;
        }
        Ok(result)
    }

    /// One comparison.
    pub fn compare(&mut self, operator: CmpOp, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        match operator {
            CmpOp::Eq => self.equal(left, right, at),
            CmpOp::NotEq => {
                if let Some(result) = self.call_special(left, "__ne__", vec![right.clone()], at) {
                    return result;
                }
                let equal = self.equal(left, right, at)?;
                self.negated(&equal, at)
            }
            CmpOp::Is => self.identity(left, right, at),
            CmpOp::IsNot => {
                let same = self.identity(left, right, at)?;
                self.negated(&same, at)
            }
            CmpOp::In => self.contains(right, left, at),
            CmpOp::NotIn => {
                let contained = self.contains(right, left, at)?;
                self.negated(&contained, at)
            }
            CmpOp::Lt => self.ordered(Operator::Less, left, right, at),
            CmpOp::LtE => self.ordered(Operator::LessEqual, left, right, at),
            CmpOp::Gt => self.ordered(Operator::Greater, left, right, at),
            CmpOp::GtE => self.ordered(Operator::GreaterEqual, left, right, at),
        }
    }

    /// `not value`, where the value is that of a comparison.
    fn negated(&mut self, value: &Value, at: Location) -> Result<Value, Stop> {
        let truth = self.truth(value, at)?;
        Ok(match self.outcome(&Test::Value(truth)) {
            Some(outcome) => Value::new(ValueKind::Bool(!outcome), at),
            None => match truth {
                Truth::Unknown(symbol) => {
                    let reason = self.snippet(at);
                    self.symbol_value(SymbolKind::Applied("not".into(), vec![symbol], Vec::new()), reason, at)
                }
                Truth::Known(_) => self.unknown_bool(at),
            },
        })
    }

    /// `a == b`.
    pub fn equal(&mut self, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        for (one, other) in [(left, right), (right, left)] {
            if let Some(result) = self.call_special(one, "__eq__", vec![other.clone()], at) {
                let result = result?;
                if !matches!(result.kind, ValueKind::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        if let Some(equal) = self.equals(left, right, 0) {
            return Ok(Value::new(ValueKind::Bool(equal), at));
        }
        Ok(self.relation(Operator::Equal, left, right, at))
    }

    /// A comparison with something unknown, which is the same wherever the same things are compared.
    pub(super) fn relation(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Value {
        let symbol = |value: &Value| value.as_unknown().and_then(|unknown| unknown.symbol);
        let reason = self.snippet(at);
        match (symbol(left), symbol(right)) {
            (Some(one), Some(two)) if operator == Operator::Equal && one == two => {
                Value::new(ValueKind::Bool(true), at)
            }
            (Some(one), Some(two)) => {
                let (one, two) = if operator == Operator::Equal && two < one { (two, one) } else { (one, two) };
                self.symbol_value(SymbolKind::Relation(one, operator, two), reason, at)
            }
            (Some(one), None) => match self.key_of(right) {
                Some(key) => self.symbol_value(SymbolKind::Comparison(one, operator, key), reason, at),
                None => self.unknown_bool(at),
            },
            (None, Some(two)) => match self.key_of(left) {
                Some(key) => self.symbol_value(SymbolKind::Comparison(two, turned(operator), key), reason, at),
                None => self.unknown_bool(at),
            },
            (None, None) => self.unknown_bool(at),
        }
    }

    fn identity(&mut self, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        match self.identical(left, right) {
            Some(same) => Ok(Value::new(ValueKind::Bool(same), at)),
            None => Ok(self.relation(Operator::Is, left, right, at)),
        }
    }
}
