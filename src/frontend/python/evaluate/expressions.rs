//! Expressions: what each kind of them gives.

use std::rc::Rc;

use ruff_python_ast::{self as ast, BoolOp, Expr, Number, UnaryOp};

use super::super::state::State;
use super::super::value::{Cause, Gap, Mapping, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value, ValueKind};
use super::{Code, Evaluator, Stop, Test};
use crate::tree::Location;

/// How many bytes a literal may have to be computed with.
const MAX_LITERAL: usize = 4 * 1024 * 1024;

impl<'a> Evaluator<'a> {
    /// The value of an expression.
    pub fn expression(&mut self, expression: &'a Expr) -> Result<Value, Stop> {
        if !self.budget.enter() || !self.charge(1) {
            self.budget.leave();
            return if self.budget.is_exhausted() { Err(Stop) } else { Ok(self.too_deep(expression)) };
        }
        let value = self.evaluate(expression);
        self.budget.leave();
        value
    }

    /// An expression that nests too deeply to be followed: all that it could change is forgotten.
    fn too_deep(&mut self, expression: &'a Expr) -> Value {
        let at = self.at(expression);
        let reason: Rc<str> = "nested too deeply".into();
        self.forget_everything(&reason);
        self.fresh(Cause::Limit, reason, at)
    }

    fn evaluate(&mut self, expression: &'a Expr) -> Result<Value, Stop> {
        let at = self.at(expression);
        let plain = |kind: ValueKind| Ok(Value::new(kind, at));
        match expression {
            Expr::NoneLiteral(_) => plain(ValueKind::None),
            Expr::EllipsisLiteral(_) => plain(ValueKind::Ellipsis),
            Expr::BooleanLiteral(node) => plain(ValueKind::Bool(node.value)),
            Expr::NumberLiteral(node) => Ok(self.number_literal(&node.value, at)),
            Expr::StringLiteral(node) => {
                let text = node.value.to_str();
                if text.len() > MAX_LITERAL {
                    return Ok(self.fresh(Cause::Limit, "a very long text", at));
                }
                self.budget.charge_text(text.len());
                Ok(Value::text(text, at))
            }
            Expr::BytesLiteral(node) => {
                let bytes: Vec<u8> = node.value.bytes().collect();
                self.budget.charge_text(bytes.len());
                plain(ValueKind::Bytes(bytes.into()))
            }
            Expr::FString(node) => self.f_string(node),
            Expr::Name(node) => self.name(node.id.as_str(), at),
            Expr::Attribute(node) => {
                let value = self.expression(&node.value)?;
                let found = self.attribute(&value, node.attr.as_str(), at)?;
                self.note_read(&found);
                Ok(found)
            }
            Expr::Subscript(node) => {
                let found = self.subscript(node)?;
                self.note_read(&found);
                Ok(found)
            }
            Expr::Call(node) => self.call_expression(node),
            Expr::List(node) => {
                let items = self.display(&node.elts)?;
                Ok(self.allocate(ObjectKind::List(items), at))
            }
            Expr::Tuple(node) => {
                let items = self.display(&node.elts)?;
                Ok(self.allocate(ObjectKind::Tuple(items), at))
            }
            Expr::Set(node) => {
                let items = self.display(&node.elts)?;
                let entries = self.set_of(items, at)?;
                Ok(self.allocate(ObjectKind::Set(entries), at))
            }
            Expr::Dict(node) => self.dict_display(node),
            Expr::ListComp(node) => self.list_comprehension(node),
            Expr::SetComp(node) => self.set_comprehension(node),
            Expr::DictComp(node) => self.dict_comprehension(node),
            Expr::Generator(node) => self.generator_expression(node),
            Expr::Lambda(node) => {
                let code = Code::Lambda(node, self.file);
                self.define(code, at)
            }
            Expr::If(node) => self.conditional(node),
            Expr::BoolOp(node) => self.bool_operation(node.op, &node.values, at),
            Expr::UnaryOp(node) => self.unary(node),
            Expr::BinOp(node) => {
                let left = self.expression(&node.left)?;
                let right = self.expression(&node.right)?;
                self.binary(node.op, &left, &right, at)
            }
            Expr::Compare(node) => self.comparison(node),
            Expr::Named(node) => {
                let value = self.expression(&node.value)?;
                self.assign(&node.target, value.clone())?;
                Ok(value)
            }
            Expr::Starred(node) => self.expression(&node.value),
            Expr::Await(node) => self.await_expression(node),
            Expr::Yield(node) => {
                let value = match &node.value {
                    Some(value) => self.expression(value)?,
                    None => Value::none(at),
                };
                self.yield_value(Slot::new(value, at))
            }
            Expr::YieldFrom(node) => self.yield_from(node),
            Expr::Slice(_) | Expr::TString(_) | Expr::IpyEscapeCommand(_) => Ok(self.unsupported(at)),
        }
    }

    fn number_literal(&mut self, number: &Number, at: Location) -> Value {
        match number {
            Number::Int(number) => match number.as_i64() {
                Some(number) => Value::new(ValueKind::Int(number), at),
                None => {
                    let symbol = self.symbols.opaque();
                    Value::unknown(
                        Unknown::new(Cause::Unsupported, "a very large number").of(TypeBound::Int).with_symbol(symbol),
                        at,
                    )
                }
            },
            Number::Float(number) => Value::new(ValueKind::Float(*number), at),
            Number::Complex { .. } => self.unsupported(at),
        }
    }

    /// The elements of a list, tuple or set display.
    fn display(&mut self, elements: &'a [Expr]) -> Result<Sequence, Stop> {
        let mut items = Sequence::default();
        for element in elements {
            if let Expr::Starred(starred) = element {
                let value = self.expression(&starred.value)?;
                let at = self.at(element);
                let spread = self.elements(&value, at)?;
                items.extend(spread);
                continue;
            }
            let value = self.expression(element)?;
            items.push(Slot::new(value, self.at(element)));
        }
        Ok(items)
    }

    fn dict_display(&mut self, node: &'a ast::ExprDict) -> Result<Value, Stop> {
        let at = self.at(node);
        let dict = self.allocate(ObjectKind::Dict(Mapping::default(), None), at);
        for item in &node.items {
            match &item.key {
                Some(key_node) => {
                    let key = self.expression(key_node)?;
                    let value = self.expression(&item.value)?;
                    let (key_at, value_at) = (self.at(key_node), self.at(&item.value));
                    self.refuse_unhashable(&key, key_at)?;
                    self.set_item(&dict, Slot::new(key, key_at), Slot::new(value, value_at))?;
                }
                None => {
                    let value = self.expression(&item.value)?;
                    let value_at = self.at(&item.value);
                    self.update_dict(&dict, &value, value_at)?;
                }
            }
        }
        Ok(dict)
    }

    /// `dict.update(value)`: where the other one is not known, nothing that stood in the dict is.
    pub fn update_dict(&mut self, dict: &Value, value: &Value, at: Location) -> Result<(), Stop> {
        let Some(id) = dict.as_object() else { return Ok(()) };
        match self.mapping_of(value, at)? {
            Some(mapping) => {
                for entry in mapping.entries.values() {
                    if !self.charge(1) {
                        return Err(Stop);
                    }
                    self.set_entry(id, entry.key.clone(), entry.value.clone());
                }
                if let Some(rest) = mapping.rest {
                    let own: Vec<super::super::value::Key> = mapping.entries.keys().cloned().collect();
                    self.overwrite(id, &rest, &own);
                }
            }
            None if matches!(
                value.kind,
                ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_)
            ) =>
            {
                let message = format!("'{}' object is not a mapping", self.type_name(value));
                let failure = self.raise_on(&[value], "TypeError", message, at);
                self.settle(failure, at)?;
            }
            None => {
                let candidates: Vec<Value> =
                    value.as_unknown().map(|unknown| self.held_by(&unknown.candidates)).unwrap_or_default();
                let gap = Gap::with(self.snippet(at), candidates);
                self.overwrite(id, &gap, &[]);
            }
        }
        Ok(())
    }

    /// Any entries may have been set, but for some keys.
    fn overwrite(&mut self, id: super::super::value::ObjectId, gap: &Gap, but: &[super::super::value::Key]) {
        let Some(object) = self.state.shared(id) else { return };
        let ObjectKind::Dict(entries, factory) = &object.kind else { return };
        let mut changed = entries.clone();
        self.charge(changed.entries.len());
        for (key, entry) in &mut changed.entries {
            if but.contains(key) {
                continue;
            }
            let mut candidates = vec![entry.value.value.clone()];
            candidates.extend(gap.candidates.iter().cloned());
            let symbol = self.symbols.opaque();
            let mut unknown =
                Unknown::new(Cause::External, Rc::clone(&gap.reason)).with_symbol(symbol).with_candidates(candidates);
            unknown.default = Some(entry.value.value.clone());
            entry.value.value = Value::unknown(unknown, entry.value.value.at);
        }
        changed.open(gap);
        let factory = factory.clone();
        self.state.change(id, |object| object.kind = ObjectKind::Dict(changed, factory));
    }

    /// `a if test else b`.
    fn conditional(&mut self, node: &'a ast::ExprIf) -> Result<Value, Stop> {
        let test = self.test(&node.test)?;
        let reason = self.reason_of(&node.test);
        self.branch(
            &test,
            |evaluator| evaluator.expression(&node.body),
            |evaluator| evaluator.expression(&node.orelse),
            |state, one, two, reason| state.join_values(&one, &two, reason),
            &reason,
        )
    }

    /// The value of `and` and `or`: the operand that decides.
    fn bool_operation(&mut self, operator: BoolOp, values: &'a [Expr], at: Location) -> Result<Value, Stop> {
        let deciding = operator == BoolOp::Or;
        let mut ways: Vec<(State, Value)> = Vec::new();
        let outer = self.uncertain;
        for (index, node) in values.iter().enumerate() {
            let Ok(value) = self.expression(node) else { break };
            let value_at = self.at(node);
            if index + 1 == values.len() {
                ways.push((std::mem::take(&mut self.state), value));
                break;
            }
            let Ok(truth) = self.truth(&value, value_at) else { break };
            let test = Test::Value(truth);
            match self.outcome(&test) {
                Some(outcome) if outcome == deciding => {
                    ways.push((std::mem::take(&mut self.state), value));
                    break;
                }
                Some(_) => {}
                None => {
                    let mut decided = self.state.clone();
                    std::mem::swap(&mut decided, &mut self.state);
                    self.assume(&test, deciding);
                    std::mem::swap(&mut decided, &mut self.state);
                    ways.push((decided, self.decided(value, deciding)));
                    self.assume(&test, !deciding);
                    self.uncertain = outer + 1;
                }
            }
        }
        self.uncertain = outer;
        let reason = self.snippet(at);
        let mut ways = ways.into_iter();
        let Some((mut state, mut value)) = ways.next() else { return Err(Stop) };
        for (other, another) in ways {
            state = self.joined(state, &other, &reason);
            value = state.join_values(&value, &another, &reason);
        }
        self.state = state;
        Ok(value)
    }

    /// What is left of an unknown value once its truth is settled: only the candidates that have it.
    fn decided(&mut self, value: Value, truth: bool) -> Value {
        let ValueKind::Unknown(unknown) = &value.kind else { return value };
        if !unknown.is_one_of {
            return value;
        }
        let candidates = Rc::clone(&unknown.candidates);
        let mut left = Vec::new();
        for candidate in candidates.iter() {
            match self.truth(candidate, candidate.at) {
                Ok(super::Truth::Known(known)) if known != truth => {}
                _ => left.push(candidate.clone()),
            }
        }
        match &left[..] {
            [only] => only.clone(),
            _ => Value::unknown(Unknown { candidates: left.into(), ..(**unknown).clone() }, value.at),
        }
    }

    fn unary(&mut self, node: &'a ast::ExprUnaryOp) -> Result<Value, Stop> {
        let at = self.at(node);
        if node.op == UnaryOp::Not {
            let test = self.test(&node.operand)?;
            return Ok(match self.outcome(&test) {
                Some(outcome) => Value::new(ValueKind::Bool(!outcome), at),
                None => match test {
                    Test::Value(super::Truth::Unknown(symbol)) => {
                        // The same test turned round is the same test.
                        let kind = super::super::state::SymbolKind::Applied("not".into(), vec![symbol], Vec::new());
                        let reason = self.snippet(at);
                        self.symbol_value(kind, reason, at)
                    }
                    _ => self.unknown_bool(at),
                },
            });
        }
        let value = self.expression(&node.operand)?;
        self.unary_operation(node.op, &value, at)
    }
}
