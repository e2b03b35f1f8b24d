//! The names that a module may bind at its top.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

/// The names that a module may bind at its top.
pub struct Bound {
    /// Each with the place where the first statement at the top begins that may bind it.
    pub names: HashMap<String, u32>,
    /// It binds names that only running tells: `from … import *`, `globals()[…]`, `exec`.
    pub is_open: bool,
}

impl Bound {
    pub fn of(body: &[Stmt]) -> Self {
        let mut binder = TopBinder { names: HashMap::new(), is_open: false, start: 0 };
        for statement in body {
            binder.start = statement.range().start().to_u32();
            binder.visit_stmt(statement);
        }
        Self { names: binder.names, is_open: binder.is_open }
    }
}

/// Collects the names that a module binds at its top, or through `global`.
struct TopBinder {
    names: HashMap<String, u32>,
    is_open: bool,
    /// Where the statement at the top begins that is visited now.
    start: u32,
}

/// Whether `from … import *` brings names that are all known: those of the SDKs.
fn is_listed(node: &ruff_python_ast::StmtImportFrom) -> bool {
    let module = node.module.as_ref().map_or("", |module| module.as_str());
    node.level == 0 && matches!(module, "kubernetes.client" | "kubernetes.client.models" | "flyte" | "flytekit")
}

impl TopBinder {
    /// Notes a name by the first statement at the top that binds it.
    fn add(&mut self, name: &str) {
        let first = self.names.entry(name.to_owned()).or_insert(self.start);
        *first = (*first).min(self.start);
    }
}

impl<'a> Visitor<'a> for TopBinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.add(node.name.as_str());
                let mut globals = GlobalFinder(Vec::new());
                globals.visit_body(&node.body);
                // Whoever calls the function first binds them.
                globals.0.into_iter().for_each(|name| {
                    self.names.insert(name, 0);
                });
            }
            Stmt::ClassDef(node) => {
                self.add(node.name.as_str());
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.add(bound.split('.').next().unwrap_or(bound));
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.is_open |= bound == "*" && !is_listed(node);
                    self.add(bound);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if !name.ctx.is_load() => {
                self.add(name.id.as_str());
            }
            Expr::Name(name) if matches!(name.id.as_str(), "globals" | "exec" | "vars" | "locals" | "setattr") => {
                self.is_open = true
            }
            _ => walk_expr(self, expression),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(node) = handler;
        node.name.iter().for_each(|name| self.add(name.as_str()));
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ruff_python_ast::Pattern) {
        name_bound_by(pattern).into_iter().for_each(|name| self.add(name));
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

/// The name that a pattern binds by itself, beside those of the patterns within it.
pub fn name_bound_by(pattern: &ruff_python_ast::Pattern) -> Option<&str> {
    use ruff_python_ast::Pattern;
    let name = match pattern {
        Pattern::MatchAs(node) => node.name.as_ref(),
        Pattern::MatchStar(node) => node.name.as_ref(),
        Pattern::MatchMapping(node) => node.rest.as_ref(),
        _ => None,
    };
    name.map(|name| name.as_str())
}
