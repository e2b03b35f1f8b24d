//! The parts of a module that a comment can be about: statements, arguments and items.

use ruff_python_ast::visitor::{Visitor, walk_arguments, walk_expr, walk_stmt};
use ruff_python_ast::{Arguments, Expr, Stmt};
use ruff_text_size::Ranged;

use crate::text::Span;

/// The spans of all statements, arguments and items of a module.
pub fn units(body: &[Stmt]) -> Vec<Span> {
    let mut collector = Collector::default();
    collector.visit_body(body);
    collector.units
}

#[derive(Default)]
struct Collector {
    units: Vec<Span>,
}

impl Collector {
    fn add(&mut self, part: &impl Ranged) {
        self.units.push(super::span(part.range()));
    }
}

impl<'a> Visitor<'a> for Collector {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.add(stmt);
        // Below its decorators, a definition begins again.
        let name = match stmt {
            Stmt::FunctionDef(function) => Some(function.name.range()),
            Stmt::ClassDef(class) => Some(class.name.range()),
            _ => None,
        };
        if let Some(name) = name {
            self.units.push(Span::new(name.start().to_u32(), stmt.range().end().to_u32()));
        }
        walk_stmt(self, stmt);
    }

    fn visit_arguments(&mut self, arguments: &'a Arguments) {
        arguments.args.iter().for_each(|argument| self.add(argument));
        arguments.keywords.iter().for_each(|keyword| self.add(keyword));
        walk_arguments(self, arguments);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::List(list) => list.elts.iter().for_each(|item| self.add(item)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.add(item)),
            Expr::Set(set) => set.elts.iter().for_each(|item| self.add(item)),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    let value = super::span(item.value.range());
                    let start = item.key.as_ref().map_or(value.start, |key| key.range().start().to_u32());
                    self.units.push(Span::new(start, value.end));
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
