//! Comprehensions, each with a scope of its own.

use ruff_python_ast::{self as ast, Expr};

use super::super::value::{Gap, Mapping, ObjectKind, Sequence, Slot, Value};
use super::iteration::Step;
use super::{Evaluator, ScopeKind, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// `[… for …]`.
    pub(super) fn list_comprehension(&mut self, node: &'a ast::ExprListComp) -> Result<Value, Stop> {
        let items = self.comprehended(&node.generators, &node.elt)?;
        let at = self.at(node);
        Ok(self.allocate(ObjectKind::List(items), at))
    }

    /// `{… for …}`.
    pub(super) fn set_comprehension(&mut self, node: &'a ast::ExprSetComp) -> Result<Value, Stop> {
        let items = self.comprehended(&node.generators, &node.elt)?;
        let at = self.at(node);
        let entries = self.set_of(items, at)?;
        Ok(self.allocate(ObjectKind::Set(entries), at))
    }

    /// `{…: … for …}`.
    pub(super) fn dict_comprehension(&mut self, node: &'a ast::ExprDictComp) -> Result<Value, Stop> {
        let at = self.at(node);
        let dict = self.allocate(ObjectKind::Dict(Mapping::default(), None), at);
        let target = dict.clone();
        self.in_comprehension(&node.generators, &mut |evaluator| {
            let Some(key_node) = node.key.as_deref() else { return Ok(()) };
            let key = evaluator.expression(key_node)?;
            let value = evaluator.expression(&node.value)?;
            let (key_at, value_at) = (evaluator.at(key_node), evaluator.at(&*node.value));
            evaluator.set_item(&target, Slot::new(key, key_at), Slot::new(value, value_at))
        })?;
        Ok(dict)
    }

    /// The elements of a comprehension, collected on the way.
    fn comprehended(&mut self, generators: &'a [ast::Comprehension], element: &'a Expr) -> Result<Sequence, Stop> {
        let list = self.allocate(ObjectKind::List(Sequence::default()), self.at(element));
        let target = list.clone();
        self.in_comprehension(generators, &mut |evaluator| {
            let value = evaluator.expression(element)?;
            let at = evaluator.at(element);
            evaluator.append(&target, Slot::new(value, at));
            Ok(())
        })?;
        Ok(self.appended(&list))
    }

    /// Appends to a list of the evaluator's own.
    pub(super) fn append(&mut self, list: &Value, slot: Slot) {
        self.charge(1);
        if let Some(id) = list.as_object() {
            self.state.change(id, |object| {
                if let ObjectKind::List(items) = &mut object.kind {
                    items.push(slot);
                }
            });
        }
    }

    /// Appends any number of unknown elements to a list of the evaluator's own.
    pub(super) fn append_gap(&mut self, list: &Value, gap: Gap) {
        if let Some(id) = list.as_object() {
            self.state.change(id, |object| {
                if let ObjectKind::List(items) = &mut object.kind {
                    items.push_gap(gap);
                }
            });
        }
    }

    /// The elements of a list of the evaluator's own.
    pub(super) fn appended(&self, list: &Value) -> Sequence {
        match list.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::List(items)) => items.clone(),
            _ => Sequence::unknown(Gap::new("a collection")),
        }
    }

    fn in_comprehension(
        &mut self,
        generators: &'a [ast::Comprehension],
        each: &mut dyn FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let scope = self.scopes.add(Some(self.scope), ScopeKind::Comprehension);
        let Some(first) = generators.first() else { return Ok(()) };
        let source = self.expression(&first.iter)?;
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = self.comprehend(generators, Some(source), each);
        self.scope = outer;
        result
    }

    /// Does something for each combination; the first iterable may be evaluated already.
    pub(super) fn comprehend(
        &mut self,
        generators: &'a [ast::Comprehension],
        source: Option<Value>,
        each: &mut dyn FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Some((first, rest)) = generators.split_first() else { return each(self) };
        let at = self.at(&first.iter);
        let source = match source {
            Some(source) => source,
            None => self.expression(&first.iter)?,
        };
        let iterator = self.iterator(&source, at)?;
        loop {
            if !self.charge(1) {
                return Err(Stop);
            }
            match self.step(&iterator, at)? {
                Step::End => return Ok(()),
                Step::Item(slot) => {
                    self.assign_in_comprehension(&first.target, slot.value)?;
                    self.filtered(&first.ifs, rest, each)?;
                }
                Step::Gap(gap) => self.any_number(first, rest, &gap, at, each)?,
                Step::Unknown => {
                    let gap = Gap::new(self.snippet(at));
                    return self.any_number(first, rest, &gap, at, each);
                }
            }
        }
    }

    /// The variables of a comprehension belong to its scope, however they are assigned.
    fn assign_in_comprehension(&mut self, target: &'a Expr, value: Value) -> Result<(), Stop> {
        self.binding_here += 1;
        let result = self.assign(target, value);
        self.binding_here -= 1;
        result
    }

    /// The conditions of a comprehension, then what is below them.
    fn filtered(
        &mut self,
        conditions: &'a [Expr],
        rest: &'a [ast::Comprehension],
        each: &mut dyn FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Some((first, others)) = conditions.split_first() else { return self.comprehend(rest, None, each) };
        let test = self.test(first)?;
        let reason = self.reason_of(first);
        match self.outcome(&test) {
            Some(false) => Ok(()),
            Some(true) => self.filtered(others, rest, each),
            None => {
                let before = self.state.clone();
                self.assume(&test, true);
                let result = self.uncertainly(|ev| ev.filtered(others, rest, each));
                let after = std::mem::replace(&mut self.state, before);
                self.assume(&test, false);
                if result.is_ok() {
                    let other = std::mem::take(&mut self.state);
                    self.state = self.joined(other, &after, &reason);
                }
                Ok(())
            }
        }
    }

    /// The rounds for elements that are not known, any number of them.
    fn any_number(
        &mut self,
        first: &'a ast::Comprehension,
        rest: &'a [ast::Comprehension],
        gap: &Gap,
        at: Location,
        each: &mut dyn FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for round in 0..3 {
            let before = self.state.clone();
            let symbol = self.symbols.opaque();
            let unknown = super::super::value::Unknown::new(
                super::super::value::Cause::External,
                std::rc::Rc::clone(&gap.reason),
            )
            .with_candidates(std::rc::Rc::clone(&gap.candidates))
            .with_symbol(symbol);
            let result = self.uncertainly(|ev| {
                ev.assign_in_comprehension(&first.target, Value::unknown(unknown, at))?;
                ev.filtered(&first.ifs, rest, each)
            });
            let after = std::mem::replace(&mut self.state, before.clone());
            if result.is_ok() {
                self.state = self.joined(before.clone(), &after, &gap.reason);
                if self.is_as_known(&self.state, &before) {
                    return Ok(());
                }
                if round == 2 {
                    self.widen(&before, &after, &gap.reason);
                }
            }
        }
        Ok(())
    }
}
