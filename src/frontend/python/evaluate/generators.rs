//! Generators: lazy, and used up once.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::super::value::{
    CodeId, Function, Gap, Generator, GeneratorState, IteratorState, ObjectId, ObjectKind, ScopeId, Sequence, Slot,
    Value,
};
use super::functions::{Code, Consumer, YieldTo};
use super::{Evaluator, Exit, ScopeKind, State, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// A generator of a function whose parameters are bound.
    pub(super) fn generator(
        &mut self,
        function: &Function,
        id: Option<ObjectId>,
        scope: ScopeId,
        receiver: Option<Value>,
        at: Location,
    ) -> Value {
        self.new_generator(function.code, scope, id, receiver, None, at)
    }

    fn new_generator(
        &mut self,
        code: CodeId,
        scope: ScopeId,
        function: Option<ObjectId>,
        receiver: Option<Value>,
        source: Option<Value>,
        at: Location,
    ) -> Value {
        let generator = Generator { code, scope, function, receiver, source, state: GeneratorState::New };
        self.allocate(ObjectKind::Iterator(IteratorState::Generator(generator)), at)
    }

    /// A generator expression: only its first iterable is evaluated at once.
    pub(super) fn generator_expression(&mut self, node: &'a ast::ExprGenerator) -> Result<Value, Stop> {
        let Some(first) = node.generators.first() else { return Ok(self.unsupported(self.at(node))) };
        let source = self.expression(&first.iter)?;
        let source = self.iterator(&source, self.at(&first.iter))?;
        let code = self.code_id(Code::Generator(node, self.file));
        let scope = self.scopes.add(Some(self.scope), ScopeKind::Comprehension);
        let at = self.at(node);
        Ok(self.new_generator(code, scope, None, None, Some(source), at))
    }

    /// Runs a generator, with a statement's body for each element that it gives.
    pub(super) fn run_generator(&mut self, value: &Value, consumer: Consumer<'a>, at: Location) -> Result<(), Stop> {
        let Some(generator) = self.generator_of(value).cloned() else { return Err(Stop) };
        let Some(id) = value.as_object() else { return Err(Stop) };
        self.set_iterator(
            id,
            IteratorState::Generator(Generator { state: GeneratorState::Finished, ..generator.clone() }),
        );
        self.execute_generator(&generator, YieldTo::Body(consumer), at).map(|_| ())
    }

    /// Runs the code of a generator to what it returns.
    fn execute_generator(&mut self, generator: &Generator, yields: YieldTo<'a>, at: Location) -> Result<Value, Stop> {
        let Some(code) = self.code(generator.code) else { return Err(Stop) };
        if !self.budget.enter() {
            self.budget.leave();
            return Err(Stop);
        }
        let class = generator.function.and_then(|id| {
            self.function(&Value::new(super::super::value::ValueKind::Object(id), at))
                .and_then(|function| function.class)
        });
        let frame = self.push_frame(generator.code, class, generator.receiver.clone(), Some(yields), at);
        let outer = (self.scope, self.file);
        (self.scope, self.file) = (generator.scope, code.file());
        let base = self.pending.len();
        let ended = match code {
            Code::Generator(node, _) => self.run_generator_expression(node, generator.source.as_ref()),
            _ => self.block(code.body()),
        };
        (self.scope, self.file) = outer;
        self.budget.leave();
        self.frames.pop();
        self.take_returns(base, frame, ended.map(|()| Value::none(at)), at)
    }

    fn run_generator_expression(&mut self, node: &'a ast::ExprGenerator, source: Option<&Value>) -> Result<(), Stop> {
        self.comprehend(&node.generators, source.cloned(), &mut |evaluator| {
            let value = evaluator.expression(&node.elt)?;
            let at = evaluator.at(&*node.elt);
            evaluator.yield_value(Slot::new(value, at)).map(|_| ())
        })
    }

    /// Runs a generator to its end and keeps what it gives, so that it can be taken one by one.
    pub(super) fn collect_generator(&mut self, id: ObjectId, at: Location) -> Result<(), Stop> {
        let value = Value::new(super::super::value::ValueKind::Object(id), at);
        let Some(generator) = self.generator_of(&value).cloned() else { return Ok(()) };
        self.set_iterator(
            id,
            IteratorState::Generator(Generator { state: GeneratorState::Finished, ..generator.clone() }),
        );
        let before = self.state.clone();
        let list = self.allocate(ObjectKind::List(Sequence::default()), at);
        self.execute_generator(&generator, YieldTo::Collect(list.clone()), at)?;
        let sequence = self.appended(&list);
        // What it does between two elements happens only when the next is asked for.
        let has_effects = self.changes_beyond(&before, generator.scope);
        let sequence = if has_effects && !sequence.elements.is_empty() {
            let reason: Rc<str> = "a generator that changes things while it runs".into();
            self.forget_since(&before, generator.scope, &reason);
            let mut forgotten = sequence;
            forgotten.forget(&reason);
            forgotten
        } else {
            sequence
        };
        self.set_iterator(id, IteratorState::Rest(sequence));
        Ok(())
    }

    /// Whether the state differs from an earlier one in more than a generator's own variables and new objects.
    fn changes_beyond(&self, before: &State, scope: ScopeId) -> bool {
        let cells = self.state.cells_changed_since(before);
        let objects = self.state.objects_changed_since(before);
        let own = |cell: &super::super::value::CellId| self.scopes.scope_of(*cell).0 >= scope.0;
        let is_iterator =
            |id: &ObjectId| before.object(*id).is_some_and(|object| matches!(object.kind, ObjectKind::Iterator(_)));
        !cells.iter().all(own) || objects.iter().any(|id| before.object(*id).is_some() && !is_iterator(id))
    }

    /// Forgets all that was there before and has changed since, and the variables that were bound outside of the generator.
    fn forget_since(&mut self, before: &State, scope: ScopeId, reason: &Rc<str>) {
        let unknown = super::super::value::Unknown::new(super::super::value::Cause::Unsupported, Rc::clone(reason));
        for id in self.state.objects_changed_since(before) {
            if before.object(id).is_some() {
                self.state.forget(id, reason);
            }
        }
        for cell in self.state.cells_changed_since(before) {
            if self.scopes.scope_of(cell).0 < scope.0 {
                self.state.forget_cell(cell, &unknown);
            }
        }
    }

    /// `yield value`: what is sent in return is not known, unless it is `None` as in loops.
    pub(super) fn yield_value(&mut self, slot: Slot) -> Result<Value, Stop> {
        let at = slot.at;
        match self.frames.last().and_then(|frame| frame.yields.as_ref()) {
            Some(YieldTo::Collect(list)) => {
                let list = list.clone();
                self.append(&list, slot);
            }
            Some(YieldTo::Body(consumer)) => {
                let consumer = *consumer;
                self.consume(consumer, slot)?;
            }
            None => {}
        }
        Ok(Value::none(at))
    }

    /// Any number of elements, none of them known.
    pub(super) fn yield_gap(&mut self, gap: Gap, at: Location) -> Result<(), Stop> {
        match self.frames.last().and_then(|frame| frame.yields.as_ref()) {
            Some(YieldTo::Collect(list)) => {
                let list = list.clone();
                self.append_gap(&list, gap);
                Ok(())
            }
            Some(YieldTo::Body(consumer)) => {
                let consumer = *consumer;
                self.consume_gap(consumer, &gap, at)
            }
            None => Ok(()),
        }
    }

    /// Runs the body of the statement that takes what a generator gives.
    fn consume(&mut self, consumer: Consumer<'a>, slot: Slot) -> Result<(), Stop> {
        self.at_consumer(consumer, |evaluator| {
            if let Some(target) = consumer.target {
                evaluator.assign(target, slot.value)?;
            }
            match consumer.number {
                Some(number) => evaluator.round(number, consumer.body),
                None => evaluator.with_items(consumer.inner, consumer.body),
            }
        })
    }

    fn consume_gap(&mut self, consumer: Consumer<'a>, gap: &Gap, at: Location) -> Result<(), Stop> {
        let (Some(target), Some(number)) = (consumer.target, consumer.number) else { return Err(Stop) };
        self.at_consumer(consumer, |evaluator| {
            evaluator.unknown_rounds(number, |evaluator| evaluator.bind_gap_value(target, gap, at), consumer.body, at)
        })
    }

    fn bind_gap_value(&mut self, target: &'a Expr, gap: &Gap, at: Location) -> Result<(), Stop> {
        let symbol = self.symbols.opaque();
        let unknown = super::super::value::Unknown::new(super::super::value::Cause::External, Rc::clone(&gap.reason))
            .with_candidates(Rc::clone(&gap.candidates))
            .with_symbol(symbol);
        self.assign(target, Value::unknown(unknown, at))
    }

    /// Does something where the consumer of a generator stands, with the calls above it set aside.
    fn at_consumer<T>(&mut self, consumer: Consumer<'a>, operation: impl FnOnce(&mut Self) -> T) -> T {
        let above = self.frames.split_off(consumer.frames.min(self.frames.len()));
        let outer = (self.scope, self.file);
        (self.scope, self.file) = (consumer.scope, consumer.file);
        let result = operation(self);
        (self.scope, self.file) = outer;
        self.frames.extend(above);
        result
    }

    /// `yield from`.
    pub(super) fn yield_from(&mut self, node: &'a ast::ExprYieldFrom) -> Result<Value, Stop> {
        let source = self.expression(&node.value)?;
        let at = self.at(node);
        if let Some(yields) = self.delegated(&source) {
            return self.delegate(&source, yields, at);
        }
        let iterator = self.iterator(&source, at)?;
        // What a generator returns that has begun already is not kept.
        let is_begun = iterator.is_same(&source);
        loop {
            match self.step(&iterator, at)? {
                super::iteration::Step::Item(slot) => {
                    self.yield_value(slot)?;
                }
                super::iteration::Step::Gap(gap) => self.yield_gap(gap, at)?,
                super::iteration::Step::End if is_begun => return Ok(self.unsupported(at)),
                super::iteration::Step::End => return Ok(Value::none(at)),
                super::iteration::Step::Unknown => {
                    let gap = Gap::new(self.snippet(at));
                    self.yield_gap(gap, at)?;
                    return Ok(self.unsupported(at));
                }
            }
        }
    }

    /// Where a generator that has not begun yet yields to if the current one delegates to it.
    fn delegated(&self, source: &Value) -> Option<YieldTo<'a>> {
        self.generator_of(source).filter(|generator| generator.state == GeneratorState::New)?;
        Some(match self.frames.last()?.yields.as_ref()? {
            YieldTo::Collect(list) => YieldTo::Collect(list.clone()),
            YieldTo::Body(consumer) => YieldTo::Body(*consumer),
        })
    }

    /// `yield from` a generator: it yields to whoever takes what the current one yields, and gives what it returns.
    fn delegate(&mut self, source: &Value, yields: YieldTo<'a>, at: Location) -> Result<Value, Stop> {
        let (Some(generator), Some(id)) = (self.generator_of(source).cloned(), source.as_object()) else {
            return Ok(self.unsupported(at));
        };
        let finished = Generator { state: GeneratorState::Finished, ..generator.clone() };
        self.set_iterator(id, IteratorState::Generator(finished));
        self.execute_generator(&generator, yields, at)
    }

    /// Runs an iterator to its end for what that does.
    pub(super) fn drain(&mut self, value: &Value, at: Location) -> Result<(), Stop> {
        self.elements(value, at).map(|_| ())
    }

    /// Whether an exit leaves the call that is being evaluated.
    pub(super) fn current_frame(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.id)
    }

    /// `return`.
    pub(super) fn return_statement(&mut self, node: &'a ast::StmtReturn) -> Result<(), Stop> {
        let value = match &node.value {
            Some(value) => self.expression(value)?,
            None => Value::none(self.at(node)),
        };
        let frame = self.current_frame();
        self.exit(Exit::Return(frame, value))
    }
}
