//! Comprehensions, and the ways to take parts of sequences.

use ruff_python_ast::{self as ast, Comprehension, Expr};

use super::budget::MAX_TEXT;
use super::builtins::whole;
use super::expressions::put;
use super::interpreter::Interpreter;
use super::library::characters;
use super::value::{Body, Data, Slot, Val};

/// How many rounds a comprehension may have.
const MAX_ROUNDS: usize = 65_536;

impl<'a> Interpreter<'a> {
    pub(super) fn comprehension(&mut self, element: &'a Expr, generators: &'a [Comprehension], node: &'a Expr) -> Val {
        let mut items = Vec::new();
        let open = self.in_child_scope(|this| {
            this.generate(generators, &mut |this| {
                let val = this.expression(element);
                items.push(Slot::new(val, this.at(element)));
            })
        });
        let at = self.at(node);
        self.list_of(items, open, at)
    }

    pub(super) fn dict_comprehension(
        &mut self,
        key: &'a Expr,
        value: &'a Expr,
        generators: &'a [Comprehension],
        node: &'a Expr,
    ) -> Val {
        let mut entries = Vec::new();
        let mut unknown_key = false;
        let open = self.in_child_scope(|this| {
            this.generate(generators, &mut |this| {
                let key_val = this.expression(key);
                let value_val = this.expression(value);
                if key_val.text().is_none() && !matches!(key_val.data, Data::Number(_)) {
                    unknown_key = true;
                    return;
                }
                let value_slot = Slot::new(value_val, this.at(value));
                this.look_through(entries.len());
                put(&mut entries, Slot::new(key_val, this.at(key)), value_slot);
            })
        });
        let at = self.at(node);
        self.allocate(Body::Dict(entries), open || unknown_key, at)
    }

    fn in_child_scope<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let inner = self.new_scope(self.scope, None);
        let outer = std::mem::replace(&mut self.scope, inner);
        let result = body(self);
        self.scope = outer;
        result
    }

    /// Runs the loops of a comprehension; whether there may be further rounds than those seen.
    fn generate(&mut self, generators: &'a [Comprehension], each: &mut dyn FnMut(&mut Self)) -> bool {
        let Some((first, rest)) = generators.split_first() else {
            each(self);
            return false;
        };
        let iterable = self.expression(&first.iter);
        let Some((items, mut open)) = self.iterated(&iterable) else {
            // Not known over what: one round stands for all of them.
            let reason = self.snippet(&first.iter);
            let element = Val::dynamic(format!("an item of {reason}"), self.at(&first.iter));
            self.assign(&first.target, &element, element.at);
            self.generate(rest, each);
            return true;
        };
        for item in items.into_iter().take(MAX_ROUNDS) {
            if !self.step(1) {
                return true;
            }
            self.assign(&first.target, &item.val, item.at);
            match first.ifs.iter().map(|test| self.truth_of(test)).collect::<Option<Vec<bool>>>() {
                Some(tests) if tests.iter().all(|truth| *truth) => open |= self.generate(rest, each),
                Some(_) => {}
                None => open = true,
            }
        }
        open
    }

    /// What a loop over a value meets: the items of a list, the keys of a dict, the characters of a text.
    pub(super) fn iterated(&self, val: &Val) -> Option<(Vec<Slot>, bool)> {
        match val.text() {
            Some(text) if !self.step(text.len().min(MAX_ROUNDS)) => None,
            Some(text) => Some((characters(text, val.at), text.len() > MAX_ROUNDS)),
            None => self.items(val),
        }
    }

    /// Puts items in the place of a slice, as `list[1:2] = items` and `del list[1:2]` do.
    pub(super) fn replace_slice(
        &mut self,
        owner: &Val,
        node: &'a ast::ExprSlice,
        with: Option<Vec<Slot>>,
    ) -> Option<()> {
        let Data::Object(index) = owner.data else { return None };
        let mut bound = |part: &'a Option<Box<Expr>>| match part {
            None => Some(None),
            Some(part) => {
                let val = self.expression(part);
                whole(&val).map(Some)
            }
        };
        let (lower, upper) = (bound(&node.lower)?, bound(&node.upper)?);
        (node.step.is_none()).then_some(())?;
        let object = self.heap.get_mut(index).filter(|object| !object.open)?;
        let Body::List(items) = &mut object.body else { return None };
        let places = places(items.len(), lower, upper, 1)?;
        let length = i64::try_from(items.len()).ok()?;
        let start = lower.map_or(0, |place| if place < 0 { place + length } else { place }).clamp(0, length);
        let start = usize::try_from(start).ok()?;
        let with = with?;
        let moved = items.len() + with.len();
        items.splice(start..start + places.len(), with);
        object.cut();
        self.copy_items(moved);
        Some(())
    }

    /// `owner[start:stop:step]`.
    pub(super) fn slice(&mut self, owner: &Val, node: &'a ast::ExprSlice, at: crate::tree::Location) -> Option<Val> {
        let mut bound = |part: &'a Option<Box<Expr>>| match part {
            None => Some(None),
            Some(part) => {
                let val = self.expression(part);
                if val.data == Data::None { Some(None) } else { whole(&val).map(Some) }
            }
        };
        let (lower, upper, step) = (bound(&node.lower)?, bound(&node.upper)?, bound(&node.step)?.unwrap_or(1));
        if let Some(text) = owner.text() {
            (text.len() <= MAX_TEXT && self.step(text.len() / 16)).then_some(())?;
            let characters: Vec<char> = text.chars().collect();
            let places = places(characters.len(), lower, upper, step)?;
            let text: String = places.into_iter().filter_map(|place| characters.get(place)).collect();
            return Some(Val::new(Data::Text(text.into()), at));
        }
        let (items, open) = self.items(owner)?;
        if open {
            return None;
        }
        let places = places(items.len(), lower, upper, step)?;
        let taken = places.into_iter().filter_map(|place| items.get(place).cloned()).collect();
        Some(self.list_of(taken, false, at))
    }
}

/// The places that a slice takes, as Python counts them.
fn places(length: usize, lower: Option<i64>, upper: Option<i64>, step: i64) -> Option<Vec<usize>> {
    let length = i64::try_from(length).ok()?;
    let counted = |index: i64| if index < 0 { index + length } else { index };
    if step == 0 {
        return None;
    }
    let (start, end) = if step > 0 {
        (lower.map_or(0, counted).clamp(0, length), upper.map_or(length, counted).clamp(0, length))
    } else {
        (lower.map_or(length - 1, counted).clamp(-1, length - 1), upper.map_or(-1, counted).clamp(-1, length - 1))
    };
    let inside = |place: &i64| if step > 0 { *place < end } else { *place > end };
    let places = std::iter::successors(Some(start), |place| place.checked_add(step)).take_while(inside);
    places.map(|place| usize::try_from(place).ok()).collect()
}
