//! The names that functions bind, and whether they yield.

use super::super::source::name_bound_by;
use super::super::value::{CodeId, NameId};
use super::Evaluator;
use super::functions::Code;
use super::scopes::Locals;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use std::collections::HashSet;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// Whether a function yields.
    pub(super) fn is_generator(&mut self, code: CodeId) -> bool {
        match self.code(code) {
            Some(Code::Generator(..)) => true,
            Some(Code::Def(def, _)) => {
                let mut finder = YieldFinder(false);
                finder.visit_body(&def.body);
                finder.0
            }
            _ => false,
        }
    }

    /// The names that a function binds.
    pub(super) fn locals(&mut self, code: CodeId) -> Rc<Locals> {
        if let Some(known) = self.scopes.locals(code) {
            return known;
        }
        let mut binder = Binder::default();
        match self.code(code) {
            Some(Code::Def(def, _)) => {
                binder.parameters(&def.parameters);
                binder.visit_body(&def.body);
            }
            Some(Code::Lambda(lambda, _)) => {
                if let Some(parameters) = &lambda.parameters {
                    binder.parameters(parameters);
                }
                binder.visit_expr(&lambda.body);
            }
            Some(Code::Generator(..)) | None => {}
        }
        let mut ids =
            |names: &HashSet<&'a str>| -> HashSet<NameId> { names.iter().map(|name| self.scopes.name(name)).collect() };
        let count = binder.globals.len() + binder.nonlocals.len() + binder.own.len();
        let (globals, nonlocals) = (ids(&binder.globals), ids(&binder.nonlocals));
        let mut own = ids(&binder.own);
        own.retain(|name| !globals.contains(name) && !nonlocals.contains(name));
        self.charge(count / 8);
        self.scopes.set_locals(code, Locals { own, globals, nonlocals })
    }
}

pub(super) struct YieldFinder(bool);

/// Collects the names that a body binds.
#[derive(Default)]
pub struct Binder<'b> {
    /// Names that are bound.
    pub own: HashSet<&'b str>,
    globals: HashSet<&'b str>,
    nonlocals: HashSet<&'b str>,
}

pub(super) struct WalrusFinder<'b>(Vec<&'b str>);

impl<'b> Visitor<'b> for YieldFinder {
    fn visit_stmt(&mut self, statement: &'b Stmt) {
        if !self.0 && !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            visitor::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'b Expr) {
        match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
            Expr::Lambda(_) => {}
            _ if !self.0 => visitor::walk_expr(self, expression),
            _ => {}
        }
    }
}

impl<'b> Binder<'b> {
    fn parameters(&mut self, parameters: &'b ast::Parameters) {
        self.own.extend(parameters.iter().map(|parameter| parameter.name().as_str()));
    }
}

impl<'b> Visitor<'b> for Binder<'b> {
    fn visit_stmt(&mut self, statement: &'b Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.own.insert(node.name.as_str());
                node.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
            }
            Stmt::ClassDef(node) => {
                self.own.insert(node.name.as_str());
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.own.insert(bound.split('.').next().unwrap_or(bound));
                }
            }
            Stmt::ImportFrom(node) => {
                self.own.extend(node.names.iter().map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str()));
            }
            Stmt::Global(node) => self.globals.extend(node.names.iter().map(ast::Identifier::as_str)),
            Stmt::Nonlocal(node) => self.nonlocals.extend(node.names.iter().map(ast::Identifier::as_str)),
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'b Expr) {
        match expression {
            Expr::Name(name) if !name.ctx.is_load() => {
                self.own.insert(name.id.as_str());
            }
            // Comprehensions have variables of their own; only `:=` binds outside.
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                let mut walrus = WalrusFinder(Vec::new());
                visitor::walk_expr(&mut walrus, expression);
                self.own.extend(walrus.0);
            }
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_pattern(&mut self, pattern: &'b ast::Pattern) {
        self.own.extend(name_bound_by(pattern));
        visitor::walk_pattern(self, pattern);
    }

    fn visit_except_handler(&mut self, handler: &'b ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(node) = handler;
        self.own.extend(node.name.as_ref().map(ast::Identifier::as_str));
        visitor::walk_except_handler(self, handler);
    }
}

impl<'b> Visitor<'b> for WalrusFinder<'b> {
    fn visit_expr(&mut self, expression: &'b Expr) {
        if let Expr::Named(node) = expression
            && let Expr::Name(name) = &*node.target
        {
            self.0.push(name.id.as_str());
        }
        visitor::walk_expr(self, expression);
    }
}
