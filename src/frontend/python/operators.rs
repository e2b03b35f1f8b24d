//! Operators: arithmetic, concatenation, comparison, and what counts as true.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::Ranged;

use super::budget::{MAX_ITEMS, MAX_NAME, MAX_TEXT};
use super::builtins::float_text;
use super::files::joined as joined_path;
use super::interpreter::Interpreter;
use super::pieces::Pieces;
use super::value::{Body, Data, Of, Val};

impl<'a> Interpreter<'a> {
    /// What an operator makes of two values.
    pub(super) fn binary(&mut self, operator: Operator, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let at = self.at(node);
        let is_text = |val: &Val| matches!(val.data, Data::Text(_) | Data::Pattern(..));
        match operator {
            Operator::Add if is_text(left) || is_text(right) => {
                let mut pieces = Pieces::default();
                pieces.val(left);
                pieces.val(right);
                self.put_together(pieces, node)
            }
            Operator::Add => match (self.items(left), self.items(right)) {
                (Some((mut items, open)), Some((more, more_open))) => {
                    items.extend(more);
                    self.allocate(Body::List(items), open || more_open, at)
                }
                (Some((items, _)), None) | (None, Some((items, _))) => self.allocate(Body::List(items), true, at),
                (None, None) => self.arithmetic(operator, left, right, node),
            },
            Operator::BitOr if !matches!((&left.data, &right.data), (Data::Number(_), Data::Number(_))) => {
                let mut entries = Vec::new();
                let open = self.spread(&mut entries, left) | self.spread(&mut entries, right);
                if entries.is_empty() && open {
                    self.unknown(node)
                } else {
                    self.allocate(Body::Dict(entries), open, at)
                }
            }
            Operator::Mult => self.repeat(left, right, node),
            Operator::Mod if is_text(left) => self.percent(left, right, node),
            Operator::Div => match (&left.data, &right.data) {
                (Data::FsPath(path), Data::Text(part)) if path.len() + part.len() < MAX_NAME => {
                    Val::new(Data::FsPath(joined_path(path, part).into()), at)
                }
                _ => self.float_arithmetic(operator, left, right, node),
            },
            _ => self.arithmetic(operator, left, right, node),
        }
    }

    fn arithmetic(&mut self, operator: Operator, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let whole = |val: &Val| match &val.data {
            Data::Number(text) => text.parse::<i64>().ok(),
            _ => None,
        };
        let result = whole(left).zip(whole(right)).and_then(|(a, b)| match operator {
            Operator::Add => a.checked_add(b),
            Operator::Sub => a.checked_sub(b),
            Operator::Mult => a.checked_mul(b),
            Operator::FloorDiv => (b > 0).then(|| a.div_euclid(b)),
            Operator::Mod => (b > 0).then(|| a.rem_euclid(b)),
            Operator::Pow => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
            Operator::LShift => u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| a.checked_mul(1 << b)),
            Operator::RShift => u32::try_from(b).ok().and_then(|b| a.checked_shr(b)),
            Operator::BitAnd => Some(a & b),
            Operator::BitOr => Some(a | b),
            Operator::BitXor => Some(a ^ b),
            _ => None,
        });
        match result {
            Some(number) => Val::new(Data::Number(number.to_string().into()), self.at(node)),
            None => self.float_arithmetic(operator, left, right, node),
        }
    }

    fn float_arithmetic(&mut self, operator: Operator, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let has_float = |val: &Val| matches!(&val.data, Data::Number(text) if text.contains('.'));
        let result = number_of(left).zip(number_of(right)).and_then(|(a, b)| match operator {
            Operator::Div if b != 0.0 => Some(a / b),
            _ if !has_float(left) && !has_float(right) => None,
            Operator::Add => Some(a + b),
            Operator::Sub => Some(a - b),
            Operator::Mult => Some(a * b),
            _ => None,
        });
        match result.filter(|value| value.is_finite()) {
            Some(value) => Val::new(Data::Number(float_text(value).into()), self.at(node)),
            None => self.unknown(node),
        }
    }

    /// `"a" * 3`, `[x] * 3`.
    fn repeat(&mut self, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        if matches!((&left.data, &right.data), (Data::Number(_), Data::Number(_))) {
            return self.arithmetic(Operator::Mult, left, right, node);
        }
        let (thing, count) = if matches!(left.data, Data::Number(_)) { (right, left) } else { (left, right) };
        let Data::Number(count_text) = &count.data else { return self.unknown(node) };
        let Ok(rounds) = count_text.parse::<usize>() else { return self.unknown(node) };
        if let Some(text) = thing.text() {
            if text.len().saturating_mul(rounds) > MAX_TEXT {
                return self.unknown(node);
            }
            return self.computed_text(text.repeat(rounds), node);
        }
        match self.items(thing) {
            Some((items, open)) if items.len().saturating_mul(rounds) <= MAX_ITEMS => {
                let repeated = std::iter::repeat_n(items, rounds).flatten().collect();
                let at = self.at(node);
                self.allocate(Body::List(repeated), open, at)
            }
            _ => self.arithmetic(Operator::Mult, left, right, node),
        }
    }

    pub(super) fn bool_operation(&mut self, node: &'a ast::ExprBoolOp) -> Val {
        let mut last = None;
        for value in &node.values {
            let val = self.expression(value);
            let decided = match (self.truth(&val), node.op) {
                (Some(truth), BoolOp::Or) => truth,
                (Some(truth), BoolOp::And) => !truth,
                (None, _) => return self.unknown(node),
            };
            if decided {
                return val;
            }
            last = Some(val);
        }
        last.unwrap_or_else(|| self.unknown(node))
    }

    pub(super) fn unary(&mut self, node: &'a ast::ExprUnaryOp) -> Val {
        let val = self.expression(&node.operand);
        let at = self.at(node);
        match (node.op, &val.data) {
            (UnaryOp::Not, _) => match self.truth(&val) {
                Some(truth) => Val::new(Data::Bool(!truth), at),
                None => self.unknown(node),
            },
            (UnaryOp::USub, Data::Number(text)) => {
                let text = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
                Val::new(Data::Number(text.into()), at)
            }
            (UnaryOp::UAdd, Data::Number(_)) => val,
            _ => self.unknown(node),
        }
    }

    /// Whether a test holds, where that is plain.
    pub(super) fn truth_of(&mut self, node: &'a Expr) -> Option<bool> {
        if let Expr::Compare(compare) = node {
            let mut left = self.expression(&compare.left);
            let mut holds = Some(true);
            for (operator, right) in compare.ops.iter().zip(&compare.comparators) {
                let right = self.expression(right);
                match self.compare(*operator, &left, &right) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => holds = None,
                }
                left = right;
            }
            return holds;
        }
        let val = self.expression(node);
        self.truth(&val)
    }

    /// Whether two values compare so.
    pub(super) fn compare(&self, operator: CmpOp, left: &Val, right: &Val) -> Option<bool> {
        let plain = |val: &Val| matches!(val.data, Data::Text(_) | Data::Number(_) | Data::Bool(_) | Data::None);
        let length = |val: &Val| val.text().map_or(0, str::len);
        self.read_text(length(left) + length(right));
        match operator {
            CmpOp::Eq | CmpOp::Is if plain(left) && plain(right) => Some(left.data == right.data),
            CmpOp::NotEq | CmpOp::IsNot if plain(left) && plain(right) => Some(left.data != right.data),
            CmpOp::Eq | CmpOp::NotEq if self.are_of_different_kinds(left, right) => Some(operator == CmpOp::NotEq),
            CmpOp::Is | CmpOp::IsNot if matches!((&left.data, &right.data), (Data::Object(_), Data::Object(_))) => {
                Some((left.data == right.data) == (operator == CmpOp::Is))
            }
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => {
                let order = number_of(left)?.partial_cmp(&number_of(right)?)?;
                Some(match operator {
                    CmpOp::Lt => order.is_lt(),
                    CmpOp::LtE => order.is_le(),
                    CmpOp::Gt => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            CmpOp::Is if matches!((&left.data, &right.data), (Data::Object(_), Data::None)) => Some(false),
            CmpOp::IsNot if matches!((&left.data, &right.data), (Data::Object(_), Data::None)) => Some(true),
            CmpOp::In | CmpOp::NotIn if left.text().is_some() && right.text().is_some() => {
                let found = right.text()?.contains(left.text()?);
                Some(found == (operator == CmpOp::In))
            }
            CmpOp::In | CmpOp::NotIn if plain(left) => {
                let (items, open) = self.items(right)?;
                let found = items.iter().any(|slot| slot.val.data == left.data);
                let sure = found || (!open && items.iter().all(|slot| plain(&slot.val)));
                sure.then_some(found == (operator == CmpOp::In))
            }
            _ => None,
        }
    }

    /// Whether one is a plain value and the other a list, a dict or an object of the client, which are never equal.
    fn are_of_different_kinds(&self, left: &Val, right: &Val) -> bool {
        let plain = |val: &Val| matches!(val.data, Data::Text(_) | Data::Number(_) | Data::Bool(_) | Data::None);
        let is_complex = |val: &Val| match self.object(val).map(|object| &object.body) {
            Some(Body::List(_) | Body::Dict(_)) => true,
            Some(Body::Instance(instance)) => matches!(instance.of, Of::Client(_)),
            None => false,
        };
        (plain(left) && is_complex(right)) || (is_complex(left) && plain(right))
    }

    /// Whether a value counts as true.
    pub(super) fn truth(&self, val: &Val) -> Option<bool> {
        match &val.data {
            Data::None => Some(false),
            Data::Bool(value) => Some(*value),
            Data::Text(text) => Some(!text.is_empty()),
            Data::Number(text) => text.parse::<f64>().ok().map(|value| value != 0.0),
            Data::Object(index) => {
                let object = self.heap.get(*index)?;
                match &object.body {
                    Body::List(items) => (!items.is_empty() || !object.open).then_some(!items.is_empty()),
                    Body::Dict(entries) => (!entries.is_empty() || !object.open).then_some(!entries.is_empty()),
                    Body::Instance(_) => Some(true),
                }
            }
            Data::Function(_) | Data::UserClass(_) | Data::Client(_) | Data::Template(_) => Some(true),
            _ => None,
        }
    }
}

/// The value of a known number.
fn number_of(val: &Val) -> Option<f64> {
    match &val.data {
        Data::Number(text) => text.parse().ok(),
        _ => None,
    }
}
