//! What the syntax says of places in a module: which expressions stand there, and which keywords are there twice.

use std::collections::HashSet;

use ruff_python_ast::visitor::{Visitor, walk_arguments, walk_expr, walk_stmt};
use ruff_python_ast::{Arguments, Expr, Stmt};
use ruff_python_parser::parse_parenthesized_expression_range;
use ruff_text_size::{Ranged, TextRange};

use super::super::Syntax;
use super::brackets::span;
use crate::text::Span;

/// What stands at a span of a module; `None` where it is no expression.
pub fn place(syntax: &Syntax, wanted: Span) -> Option<Place> {
    let mut finder = PlaceFinder { wanted, repeated: 0, in_text: 0, found: None };
    let before = syntax.suite().partition_point(|statement| span(statement.range()).end < wanted.end);
    finder.visit_stmt(syntax.suite().get(before)?);
    finder.found
}

/// The same of a text alone: how often it is evaluated is not known.
pub fn place_in_text(text: &str, wanted: Span) -> Option<Place> {
    text.get(wanted.range())?;
    let range = TextRange::new(wanted.start.into(), wanted.end.into());
    let mut finder = PlaceFinder { wanted, repeated: 1, in_text: 0, found: None };
    finder.visit_expr(parse_parenthesized_expression_range(text, range).ok()?.expr());
    finder.found
}

/// The keywords of calls and class definitions that are there a second time.
pub fn repeated_keywords(syntax: &Syntax) -> Vec<(Span, String)> {
    let mut finder = Repeated(Vec::new());
    syntax.suite().iter().for_each(|statement| finder.visit_stmt(statement));
    finder.0
}

struct Repeated(Vec<(Span, String)>);

impl<'a> Visitor<'a> for Repeated {
    fn visit_arguments(&mut self, arguments: &'a Arguments) {
        let mut seen = HashSet::new();
        for keyword in &arguments.keywords {
            let Some(name) = &keyword.arg else { continue };
            if !seen.insert(name.as_str()) {
                self.0.push((span(name.range()), name.to_string()));
            }
        }
        walk_arguments(self, arguments);
    }
}

/// The text between the quotes, of a literal that is written as it would be as a string; `None` of all other code.
pub fn quotable(written: &str) -> Option<String> {
    match written {
        "True" | "False" => return Some(written.to_lowercase()),
        _ => {}
    }
    let digits = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Python writes `1.50` as `1.5`, and no number of it begins with a needless zero.
    let is_shortest = whole == "0" || !whole.starts_with('0');
    let fraction_is = digits.len() == whole.len() || fraction == "0" || !fraction.ends_with('0');
    (are_digits(whole) && are_digits(fraction) && is_shortest && fraction_is).then(|| written.to_owned())
}

/// What the syntax says of a place in the text.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// A whole expression stands there, and it is no part of an f-string.
    pub is_expression: bool,
    /// It is evaluated once: in no function, class or loop.
    pub is_evaluated_once: bool,
}

struct PlaceFinder {
    wanted: Span,
    repeated: usize,
    in_text: usize,
    found: Option<Place>,
}

impl<'a> Visitor<'a> for PlaceFinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.found.is_some() || !span(statement.range()).contains(self.wanted) {
            return;
        }
        let repeats = matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::For(_) | Stmt::While(_));
        self.repeated += usize::from(repeats);
        walk_stmt(self, statement);
        self.repeated -= usize::from(repeats);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let whole = span(expression.range());
        if self.found.is_some() || !whole.contains(self.wanted) {
            return;
        }
        let is_text = matches!(expression, Expr::FString(_) | Expr::TString(_));
        if whole == self.wanted {
            let is_expression = !whole.is_empty() && !is_text && self.in_text == 0;
            self.found = Some(Place { is_expression, is_evaluated_once: self.repeated == 0 });
            return;
        }
        let repeats = matches!(
            expression,
            Expr::Lambda(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_)
        );
        self.repeated += usize::from(repeats);
        self.in_text += usize::from(is_text);
        walk_expr(self, expression);
        self.repeated -= usize::from(repeats);
        self.in_text -= usize::from(is_text);
    }
}
