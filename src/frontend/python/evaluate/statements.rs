//! Statements, one after another.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::super::value::{Slot, Value};
use super::{Code, Evaluator, Exit, Stop};

impl<'a> Evaluator<'a> {
    /// Runs statements until a way ends.
    pub(super) fn block(&mut self, statements: &'a [Stmt]) -> Result<(), Stop> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    /// Runs one statement.
    pub(super) fn statement(&mut self, statement: &'a Stmt) -> Result<(), Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match statement {
            Stmt::Expr(node) => self.expression_statement(&node.value),
            Stmt::Assign(node) => {
                let value = self.expression(&node.value)?;
                let at = self.at(&*node.value);
                node.targets.iter().try_for_each(|target| self.assign_slot(target, Slot::new(value.clone(), at)))
            }
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::AugAssign(node) => self.augmented(node),
            Stmt::Delete(node) => node.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::If(node) => self.if_statement(node),
            Stmt::For(node) => self.for_statement(node),
            Stmt::While(node) => self.while_statement(node),
            Stmt::With(node) => self.with_statement(node),
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Match(node) => self.match_statement(node),
            Stmt::Raise(node) => self.raise_statement(node),
            Stmt::Assert(node) => self.assert_statement(node),
            Stmt::Return(node) => self.return_statement(node),
            Stmt::Break(_) => {
                let number = self.loop_number();
                self.exit(Exit::Break(number))
            }
            Stmt::Continue(_) => {
                let number = self.loop_number();
                self.exit(Exit::Continue(number))
            }
            Stmt::FunctionDef(node) => self.function_definition(node),
            Stmt::ClassDef(node) => self.class_definition(node),
            Stmt::Import(node) => self.import(node),
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::TypeAlias(node) => {
                let value = self.unsupported(self.at(node));
                self.assign(&node.name, value)
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn expression_statement(&mut self, value: &'a Expr) -> Result<(), Stop> {
        let at = self.at(value);
        let result = self.expression(value)?;
        if !self.is_guarded() {
            self.emit(super::Event::Discarded { value: result, at });
        }
        Ok(())
    }

    fn annotated(&mut self, node: &'a ast::StmtAnnAssign) -> Result<(), Stop> {
        let Some(value) = &node.value else { return Ok(()) };
        let at = self.at(&**value);
        let value = self.expression(value)?;
        self.assign_slot(&node.target, Slot::new(value, at))
    }

    /// `def`, with its decorators from the inside out.
    fn function_definition(&mut self, node: &'a ast::StmtFunctionDef) -> Result<(), Stop> {
        let mut decorators = Vec::new();
        for decorator in &node.decorator_list {
            decorators.push((self.expression(&decorator.expression)?, self.at(&decorator.expression)));
        }
        let at = self.location(node.name.range());
        let mut value = self.define(Code::Def(node, self.file), at)?;
        for (decorator, decorator_at) in decorators.into_iter().rev() {
            let outer = self.notes.defining.replace(node.name.as_str().into());
            let result = self.decorated(&decorator, value, decorator_at);
            self.notes.defining = outer;
            value = result?;
        }
        self.bind(node.name.as_str(), value);
        Ok(())
    }

    /// What a decorator makes of a function or class.
    pub(super) fn decorated(
        &mut self,
        decorator: &Value,
        value: Value,
        at: crate::tree::Location,
    ) -> Result<Value, Stop> {
        match (self.hooks().decorate)(self, decorator, &value, at) {
            Some(outcome) => outcome.or_else(|failure| self.settle(failure, at)),
            None => self.call_value(decorator, super::super::value::Arguments::of(vec![Slot::new(value, at)]), at),
        }
    }

    /// The loop that is left by `break` and `continue`.
    fn loop_number(&self) -> u32 {
        self.loops.last().copied().unwrap_or_default()
    }
}
