//! `if`, `for`, `while`: which statements run, and how often.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::super::state::State;
use super::super::value::{Cause, Gap, GeneratorState, IteratorState, ObjectKind, Slot, Unknown, Value};
use super::functions::Consumer;
use super::iteration::Step;
use super::{Evaluator, Exit, Pending, Stop, Test};
use crate::tree::Location;

/// How often a loop is tried whose number of rounds is not known, before what it changes is forgotten.
const MAX_ROUNDS: usize = 4;

impl<'a> Evaluator<'a> {
    /// `if` with its `elif` and `else`.
    pub(super) fn if_statement(&mut self, node: &'a ast::StmtIf) -> Result<(), Stop> {
        let test = self.test(&node.test)?;
        let reason = self.reason_of(&node.test);
        self.if_clauses(&test, &node.body, &node.elif_else_clauses, &reason)
    }

    fn if_clauses(
        &mut self,
        test: &Test,
        body: &'a [Stmt],
        rest: &'a [ast::ElifElseClause],
        reason: &Rc<str>,
    ) -> Result<(), Stop> {
        self.branch(
            test,
            |evaluator| evaluator.block(body),
            |evaluator| match rest {
                [] => Ok(()),
                [clause, rest @ ..] => match &clause.test {
                    None => evaluator.block(&clause.body),
                    Some(condition) => {
                        let test = evaluator.test(condition)?;
                        let reason = evaluator.reason_of(condition);
                        evaluator.if_clauses(&test, &clause.body, rest, &reason)
                    }
                },
            },
            |_, (), (), _| (),
            reason,
        )
    }

    /// `for`.
    pub(super) fn for_statement(&mut self, node: &'a ast::StmtFor) -> Result<(), Stop> {
        let iterable = self.expression(&node.iter)?;
        let at = self.at(&*node.iter);
        let number = self.number();
        let base = self.pending.len();
        let normal = if node.is_async {
            self.unknown_rounds(number, |evaluator| evaluator.bind_unknown_item(&node.target, at), &node.body, at)
        } else {
            self.each(&iterable, &node.target, &node.body, number, at)
        };
        self.after_loop(base, number, normal, &node.orelse, at)
    }

    /// Runs a body for each element of an iterable. `Ok` when the loop may come to its end.
    fn each(
        &mut self,
        iterable: &Value,
        target: &'a Expr,
        body: &'a [Stmt],
        number: u32,
        at: Location,
    ) -> Result<(), Stop> {
        if self.generator_of(iterable).is_some_and(|generator| generator.state == GeneratorState::New) {
            let consumer = Consumer {
                target: Some(target),
                inner: &[],
                body,
                number: Some(number),
                scope: self.scope,
                file: self.file,
                frames: self.frames.len(),
            };
            return self.run_generator(iterable, consumer, at);
        }
        let iterator = self.iterator(iterable, at)?;
        loop {
            if !self.charge(1) {
                return Err(Stop);
            }
            match self.step(&iterator, at)? {
                Step::End => return Ok(()),
                Step::Item(slot) => {
                    self.assign(target, slot.value)?;
                    self.round(number, body)?;
                }
                Step::Gap(gap) => {
                    self.unknown_rounds(number, |evaluator| evaluator.bind_gap(target, &gap, at), body, at)?;
                }
                Step::Unknown => {
                    let gap = Gap::new(self.snippet(at));
                    return self.unknown_rounds(number, |evaluator| evaluator.bind_gap(target, &gap, at), body, at);
                }
            }
        }
    }

    /// Binds a loop's variable to one of the elements that a gap stands for.
    fn bind_gap(&mut self, target: &'a Expr, gap: &Gap, at: Location) -> Result<(), Stop> {
        let symbol = self.symbols.opaque();
        let unknown = Unknown::new(Cause::External, Rc::clone(&gap.reason))
            .with_candidates(Rc::clone(&gap.candidates))
            .with_symbol(symbol);
        self.assign(target, Value::unknown(unknown, at))
    }

    fn bind_unknown_item(&mut self, target: &'a Expr, at: Location) -> Result<(), Stop> {
        let value = self.unsupported(at);
        self.assign(target, value)
    }

    /// One round of a loop: its body, after which `continue` comes together with its end.
    pub(super) fn round(&mut self, number: u32, body: &'a [Stmt]) -> Result<(), Stop> {
        let base = self.pending.len();
        self.loops.push(number);
        let result = self.block(body);
        self.loops.pop();
        let mut ways = self.take_exits(base, |exit| matches!(exit, Exit::Continue(of) if *of == number));
        if result.is_ok() {
            ways.push(std::mem::take(&mut self.state));
        }
        if self.join_ways(ways, &"continue".into()) { Ok(()) } else { Err(Stop) }
    }

    /// Takes the states of exits of one kind.
    pub(super) fn take_exits(&mut self, base: usize, wanted: impl Fn(&Exit) -> bool) -> Vec<State> {
        let mut states = Vec::new();
        let mut index = base;
        while index < self.pending.len() {
            if wanted(&self.pending[index].exit) {
                states.push(self.pending.remove(index).state);
            } else {
                index += 1;
            }
        }
        states
    }

    /// Runs a body any number of times, perhaps never. Each round starts with `prepare`.
    pub(super) fn unknown_rounds(
        &mut self,
        number: u32,
        mut prepare: impl FnMut(&mut Self) -> Result<(), Stop>,
        body: &'a [Stmt],
        at: Location,
    ) -> Result<(), Stop> {
        let reason = self.snippet(at);
        for round in 0..=MAX_ROUNDS {
            if !self.charge(4) {
                return Err(Stop);
            }
            let before = self.state.clone();
            let base = self.pending.len();
            let result = self.uncertainly(|ev| prepare(ev).and_then(|()| ev.round(number, body)));
            if result.is_err() {
                // No round comes to its end, so there is at most one.
                self.state = before;
                return Ok(());
            }
            let after = std::mem::take(&mut self.state);
            let joined = self.joined(before.clone(), &after, &reason);
            let is_stable = self.is_as_known(&joined, &before);
            self.state = joined;
            if is_stable {
                return Ok(());
            }
            if round == MAX_ROUNDS {
                self.widen(&before, &after, &reason);
                self.pending.truncate(self.pending.len().max(base));
                let _ = self.uncertainly(|ev| prepare(ev).and_then(|()| ev.round(number, body)));
                let again = std::mem::take(&mut self.state);
                self.state = self.joined(before.clone(), &again, &reason);
                self.widen(&before, &again, &reason);
            }
        }
        Ok(())
    }

    /// Whether a state says no less than another: nothing that was there has become less known.
    pub(super) fn is_as_known(&self, joined: &State, before: &State) -> bool {
        let objects = joined.objects_changed_since(before);
        let cells = joined.cells_changed_since(before);
        cells.iter().all(|cell| match (joined.cell(*cell), before.cell(*cell)) {
            (Some(one), Some(two)) => same_knowledge(one, two),
            (_, None) => true,
            _ => false,
        }) && objects.iter().all(|id| match (joined.object(*id), before.object(*id)) {
            (Some(one), Some(two)) => {
                knowledge(&one.kind) == knowledge(&two.kind) && one.escaped.is_some() == two.escaped.is_some()
            }
            (_, None) => true,
            _ => false,
        })
    }

    /// Forgets all that rounds of a loop change and that was there before.
    pub(super) fn widen(&mut self, before: &State, after: &State, reason: &Rc<str>) {
        let unknown = Unknown::new(Cause::Condition, Rc::clone(reason));
        for cell in after.cells_changed_since(before) {
            if before.cell(cell).is_some() {
                self.state.forget_cell(cell, &unknown);
            }
        }
        for object in after.objects_changed_since(before) {
            if before.object(object).is_some() {
                self.state.forget(object, reason);
            }
        }
    }

    /// `while`.
    pub(super) fn while_statement(&mut self, node: &'a ast::StmtWhile) -> Result<(), Stop> {
        let number = self.number();
        let base = self.pending.len();
        let at = self.at(&*node.test);
        let mut ends: Vec<State> = Vec::new();
        let reason = self.reason_of(&node.test);
        let mut unknown_rounds = 0;
        let outer = self.uncertain;
        let normal = loop {
            if !self.charge(1) {
                return Err(Stop);
            }
            let Ok(test) = self.test(&node.test) else { break Err(Stop) };
            match self.outcome(&test) {
                Some(false) => break Ok(()),
                Some(true) => {}
                None => {
                    // From here on the loop may end before each round.
                    unknown_rounds += 1;
                    self.uncertain = outer + 1;
                    let mut end = self.state.clone();
                    std::mem::swap(&mut end, &mut self.state);
                    self.assume(&test, false);
                    std::mem::swap(&mut end, &mut self.state);
                    ends.push(end);
                    if unknown_rounds > 1 {
                        self.open_while(node, number, &mut ends, at);
                        break Err(Stop);
                    }
                    self.assume(&test, true);
                }
            }
            if self.round(number, &node.body).is_err() {
                break Err(Stop);
            }
        };
        self.uncertain = outer;
        if normal.is_ok() {
            ends.push(std::mem::take(&mut self.state));
        }
        let ended = if self.join_ways(ends, &reason) { Ok(()) } else { Err(Stop) };
        self.after_loop(base, number, ended, &node.orelse, at)
    }

    /// The further rounds of a loop whose test is not known: any number of them.
    fn open_while(&mut self, node: &'a ast::StmtWhile, number: u32, ends: &mut Vec<State>, at: Location) {
        let prepare = |evaluator: &mut Self| {
            let test = evaluator.test(&node.test)?;
            match evaluator.outcome(&test) {
                Some(false) => Err(Stop),
                _ => {
                    // Each round has a test of its own.
                    evaluator.assume(&test, true);
                    Ok(())
                }
            }
        };
        if self.unknown_rounds(number, prepare, &node.body, at).is_ok()
            && let Ok(test) = self.test(&node.test)
            && self.outcome(&test) != Some(true)
        {
            self.assume(&test, false);
            ends.push(std::mem::take(&mut self.state));
        }
    }

    /// What follows a loop: its `else` where it came to its end, and where `break` left it.
    fn after_loop(
        &mut self,
        base: usize,
        number: u32,
        normal: Result<(), Stop>,
        orelse: &'a [Stmt],
        at: Location,
    ) -> Result<(), Stop> {
        let mut ways = self.take_exits(base, |exit| matches!(exit, Exit::Break(of) if *of == number));
        let normal = normal.and_then(|()| self.block(orelse));
        if normal.is_ok() {
            ways.push(std::mem::take(&mut self.state));
        }
        let reason = self.snippet(at);
        if self.join_ways(ways, &reason) { Ok(()) } else { Err(Stop) }
    }

    /// Ends the way with an exit.
    pub(super) fn exit(&mut self, exit: Exit) -> Result<(), Stop> {
        let state = std::mem::take(&mut self.state);
        self.pending.push(Pending { exit, state });
        Err(Stop)
    }

    /// The generator that a value is.
    pub(super) fn generator_of(&self, value: &Value) -> Option<&super::super::value::Generator> {
        match &self.state.object(value.as_object()?)?.kind {
            ObjectKind::Iterator(IteratorState::Generator(generator)) => Some(generator),
            _ => None,
        }
    }
}

/// Whether two values say as much, whichever objects they may be.
fn same_knowledge(one: &Value, two: &Value) -> bool {
    match (one.as_unknown(), two.as_unknown()) {
        (Some(one), Some(two)) => {
            // One of two things is more than one of three.
            let is_narrower = one.is_one_of && one.candidates.len() != two.candidates.len();
            one.is_one_of == two.is_one_of && one.bound == two.bound && !is_narrower
        }
        (None, None) => one.is_same(two),
        _ => false,
    }
}

/// How much is known of a value that is not known.
fn choice(unknown: &Unknown) -> String {
    if unknown.is_one_of { format!("?{}", unknown.candidates.len()) } else { "?".to_owned() }
}

/// How much is known of an object: what of it is known, without what it may be besides.
fn knowledge(kind: &ObjectKind) -> String {
    let of = |slot: &Slot| match slot.value.as_unknown() {
        Some(unknown) => choice(unknown),
        None => format!("{:?}", slot.value.kind),
    };
    match kind {
        ObjectKind::List(items) | ObjectKind::Tuple(items) => items
            .elements
            .iter()
            .map(|element| match element {
                super::super::value::Element::One(slot) => of(slot),
                super::super::value::Element::Gap(_) => "*".to_owned(),
            })
            .collect::<Vec<_>>()
            .join(","),
        ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => {
            let known: Vec<String> =
                entries.entries.iter().map(|(key, entry)| format!("{key:?}:{}", of(&entry.value))).collect();
            format!("{}{}", known.join(","), entries.rest.is_some())
        }
        ObjectKind::Instance(instance) => attributes_knowledge(&instance.attributes),
        ObjectKind::Class(class) => attributes_knowledge(&class.attributes),
        ObjectKind::Function(function) => attributes_knowledge(&function.attributes),
        ObjectKind::Iterator(IteratorState::Over(_, taken)) => taken.to_string(),
        ObjectKind::Iterator(IteratorState::Generator(generator)) => format!("{:?}", generator.state),
        ObjectKind::Iterator(IteratorState::Rest(items)) => {
            items.len().map_or_else(|| "*".to_owned(), |length| length.to_string())
        }
        ObjectKind::Iterator(IteratorState::Library(name, values)) => {
            format!("{name}{:?}", values.iter().map(|value| &value.kind).collect::<Vec<_>>())
        }
        ObjectKind::Descriptor(_) => String::new(),
    }
}

fn attributes_knowledge(attributes: &super::super::value::Attributes) -> String {
    let known: Vec<String> = attributes
        .iter()
        .map(|attribute| match attribute.slot.value.as_unknown() {
            Some(unknown) => format!("{}{}", attribute.name, choice(unknown)),
            None => format!("{}{:?}", attribute.name, attribute.slot.value.kind),
        })
        .collect();
    format!("{}{}", known.join(","), attributes.rest.is_some())
}
