//! The brackets of calls and displays, and what stands between them.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_parenthesized_expression_range;
use ruff_text_size::{Ranged, TextRange};

use super::super::source::Syntax;
use crate::text::Span;

/// A pair of brackets and what stands between them.
#[derive(Clone, Debug)]
pub(super) struct Brackets {
    /// Behind the opening bracket.
    pub start: u32,
    /// Before the closing bracket.
    pub end: u32,
    pub elements: Vec<Span>,
}

impl Brackets {
    /// Those of the call or display that is written at a span.
    pub fn find(text: &str, syntax: Option<&Syntax>, wanted: Span) -> Option<Self> {
        text.get(wanted.range())?;
        let mut finder = Finder { wanted, found: None };
        if let Some(syntax) = syntax {
            let before = syntax.suite().partition_point(|statement| span(statement.range()).end < wanted.end);
            finder.visit_stmt(syntax.suite().get(before)?);
        } else {
            // The expression alone: files have many templates, and each of them many fixes.
            let range = TextRange::new(wanted.start.into(), wanted.end.into());
            finder.visit_expr(parse_parenthesized_expression_range(text, range).ok()?.expr());
        }
        finder.found
    }
}

struct Finder {
    wanted: Span,
    found: Option<Brackets>,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.found.is_none() && span(statement.range()).contains(self.wanted) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if span(expression.range()) == self.wanted && self.found.is_none() {
            self.found = brackets_of(expression);
        }
        if self.found.is_none() && span(expression.range()).contains(self.wanted) {
            walk_expr(self, expression);
        }
    }
}

fn brackets_of(expression: &Expr) -> Option<Brackets> {
    let (range, elements): (TextRange, Vec<Span>) = match expression {
        Expr::Call(call) => {
            let mut elements: Vec<Span> = call.arguments.args.iter().map(|argument| span(argument.range())).collect();
            elements.extend(call.arguments.keywords.iter().map(|keyword| span(keyword.range())));
            elements.sort();
            (call.arguments.range(), elements)
        }
        Expr::List(list) => (list.range(), list.elts.iter().map(|item| span(item.range())).collect()),
        Expr::Dict(dict) => (dict.range(), dict.items.iter().map(|item| span(item.range())).collect()),
        _ => return None,
    };
    let whole = span(range);
    Some(Brackets { start: whole.start + 1, end: whole.end.saturating_sub(1), elements })
}

pub(super) const fn span(range: TextRange) -> Span {
    Span { start: range.start().to_u32(), end: range.end().to_u32() }
}
