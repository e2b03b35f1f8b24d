//! The names that a module may bind at its top.

use std::collections::HashSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

/// The names that a module may bind at its top.
pub struct Bound {
    pub names: HashSet<String>,
    /// It binds names that only running tells: `from … import *`, `globals()[…]`, `exec`.
    pub is_open: bool,
}

impl Bound {
    pub fn of(body: &[Stmt]) -> Self {
        let mut binder = TopBinder { names: HashSet::new(), is_open: false };
        binder.visit_body(body);
        Self { names: binder.names, is_open: binder.is_open }
    }
}

/// Collects the names that a module binds at its top, or through `global`.
struct TopBinder {
    names: HashSet<String>,
    is_open: bool,
}

impl<'a> Visitor<'a> for TopBinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.names.insert(node.name.to_string());
                let mut globals = GlobalFinder(Vec::new());
                globals.visit_body(&node.body);
                self.names.extend(globals.0);
            }
            Stmt::ClassDef(node) => {
                self.names.insert(node.name.to_string());
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.names.insert(bound.split('.').next().unwrap_or(bound).to_owned());
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.is_open |= bound == "*";
                    self.names.insert(bound.to_owned());
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if !name.ctx.is_load() => {
                self.names.insert(name.id.to_string());
            }
            Expr::Name(name) if matches!(name.id.as_str(), "globals" | "exec" | "vars" | "locals" | "setattr") => {
                self.is_open = true
            }
            _ => walk_expr(self, expression),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(node) = handler;
        self.names.extend(node.name.as_ref().map(ToString::to_string));
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ruff_python_ast::Pattern) {
        use ruff_python_ast::Pattern;
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        self.names.extend(name.map(ToString::to_string));
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }
}

struct GlobalFinder(Vec<String>);

impl<'a> Visitor<'a> for GlobalFinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Global(node) => self.0.extend(node.names.iter().map(ToString::to_string)),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
