//! Assignments: to names, attributes, items and patterns of them.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::super::value::{Element, ObjectKind, Sequence, Slot, Value};
use super::{Evaluator, Failure, Mistake, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// Assigns a value to a target.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) -> Result<(), Stop> {
        let at = value.at;
        self.assign_slot(target, Slot::new(value, at))
    }

    /// Assigns a value to a target, written by the expression at the slot's place.
    pub(super) fn assign_slot(&mut self, target: &'a Expr, slot: Slot) -> Result<(), Stop> {
        match target {
            Expr::Name(name) => {
                if self.binding_here > 0 {
                    self.bind_here(name.id.as_str(), slot.value);
                } else {
                    self.bind(name.id.as_str(), slot.value);
                }
                Ok(())
            }
            Expr::Attribute(node) => {
                let owner = self.expression(&node.value)?;
                let name_at = self.location(node.attr.range());
                self.set_attribute(&owner, node.attr.as_str(), name_at, slot)
            }
            Expr::Subscript(node) => self.assign_subscript(node, slot.value, slot.at),
            Expr::Tuple(node) => self.unpack(&node.elts, &slot.value, self.at(node)),
            Expr::List(node) => self.unpack(&node.elts, &slot.value, self.at(node)),
            Expr::Starred(node) => self.assign_slot(&node.value, slot),
            _ => Ok(()),
        }
    }

    /// `a, *b, c = value`.
    fn unpack(&mut self, targets: &'a [Expr], value: &Value, at: Location) -> Result<(), Stop> {
        let items = self.elements(value, at)?;
        let star = targets.iter().position(Expr::is_starred_expr);
        if let Some(slots) = items.slots() {
            return self.unpack_known(targets, slots, star, at);
        }
        self.may_raise_builtin("ValueError", at);
        let reason: Rc<str> = items.gap().map_or_else(|| self.snippet(value.at), |gap| Rc::clone(&gap.reason));
        let values: Vec<Value> = items.values().cloned().collect();
        let head = items.elements.iter().take_while(|element| matches!(element, Element::One(_))).count();
        for (index, target) in targets.iter().enumerate() {
            let known = match items.elements.get(index) {
                Some(Element::One(slot)) if index < head && star.is_none_or(|star| index < star) => Some(slot.clone()),
                _ => None,
            };
            let slot = match known {
                Some(slot) => slot,
                None if target.is_starred_expr() => {
                    let gap = super::super::value::Gap::with(Rc::clone(&reason), values.clone());
                    let list = self.allocate(ObjectKind::List(Sequence::unknown(gap)), at);
                    Slot::new(list, at)
                }
                None => {
                    let symbol = self.symbols.opaque();
                    let unknown =
                        super::super::value::Unknown::new(super::super::value::Cause::External, Rc::clone(&reason))
                            .with_candidates(values.clone())
                            .with_symbol(symbol);
                    Slot::new(Value::unknown(unknown, value.at), at)
                }
            };
            self.assign_slot(target, slot)?;
        }
        Ok(())
    }

    fn unpack_known(
        &mut self,
        targets: &'a [Expr],
        slots: Vec<Slot>,
        star: Option<usize>,
        at: Location,
    ) -> Result<(), Stop> {
        let fixed = targets.len() - usize::from(star.is_some());
        if slots.len() < fixed || (star.is_none() && slots.len() > fixed) {
            let message = if slots.len() < fixed {
                format!("not enough values to unpack (expected {fixed}, got {})", slots.len())
            } else {
                format!("too many values to unpack (expected {fixed})")
            };
            return match self.raise_for(Mistake::WrongUnpacking, "ValueError", message, at) {
                Failure::Stop => Err(Stop),
                _ => self.unpack_nothing(targets, at),
            };
        }
        let mut slots = slots.into_iter();
        for (index, target) in targets.iter().enumerate() {
            if Some(index) == star {
                let count = slots.len() - (targets.len() - index - 1);
                let taken: Vec<Slot> = slots.by_ref().take(count).collect();
                let list = self.allocate(ObjectKind::List(Sequence::known(taken)), at);
                self.assign(target, list)?;
            } else if let Some(slot) = slots.next() {
                self.assign_slot(target, slot)?;
            }
        }
        Ok(())
    }

    /// After a failed unpacking nothing is known of its targets.
    fn unpack_nothing(&mut self, targets: &'a [Expr], at: Location) -> Result<(), Stop> {
        for target in targets {
            let value = self.unsupported(at);
            self.assign(target, value)?;
        }
        Ok(())
    }

    /// `a op= b`.
    pub(super) fn augmented(&mut self, node: &'a ast::StmtAugAssign) -> Result<(), Stop> {
        let at = self.at(node);
        match &*node.target {
            Expr::Name(name) => {
                let old = self.name(name.id.as_str(), self.at(name))?;
                let right = self.expression(&node.value)?;
                let new = self.in_place(node.op, &old, &right, at)?;
                if let Some(id) = new.as_object().filter(|_| new.is_same(&old)) {
                    self.note_change(id, at);
                }
                self.bind(name.id.as_str(), new);
                Ok(())
            }
            Expr::Attribute(target) => {
                let owner = self.expression(&target.value)?;
                let old = self.attribute(&owner, target.attr.as_str(), self.at(target))?;
                let right = self.expression(&node.value)?;
                let new = self.in_place(node.op, &old, &right, at)?;
                let name_at = self.location(target.attr.range());
                self.set_attribute(&owner, target.attr.as_str(), name_at, Slot::new(new, at))
            }
            Expr::Subscript(target) => {
                let owner = self.expression(&target.value)?;
                let key = self.expression(&target.slice)?;
                let old = self.item(&owner, &key, self.at(target))?;
                let right = self.expression(&node.value)?;
                let new = self.in_place(node.op, &old, &right, at)?;
                let key_at = self.at(&*target.slice);
                self.set_item(&owner, Slot::new(key, key_at), Slot::new(new, at))
            }
            _ => Ok(()),
        }
    }

    /// `del`.
    pub(super) fn delete(&mut self, target: &'a Expr) -> Result<(), Stop> {
        match target {
            Expr::Name(name) => {
                self.unbind(name.id.as_str());
                Ok(())
            }
            Expr::Attribute(node) => {
                let owner = self.expression(&node.value)?;
                let at = self.at(node);
                self.delete_attribute(&owner, node.attr.as_str(), at)
            }
            Expr::Subscript(node) => self.delete_subscript(node),
            Expr::Tuple(node) => node.elts.iter().try_for_each(|element| self.delete(element)),
            Expr::List(node) => node.elts.iter().try_for_each(|element| self.delete(element)),
            _ => Ok(()),
        }
    }
}
