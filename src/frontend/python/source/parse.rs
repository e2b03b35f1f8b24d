//! Parses within bounds. The parser itself makes room for whatever nests, but all that walks its tree later, down to the
//! drop of it, needs stack for each level.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, InterpolatedStringElement, Pattern, PySourceType, Stmt};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::{Ranged, TextRange};

use super::{nesting_scan, span};
use crate::text::Span;

/// A module as the parser gives it.
pub type Syntax = ruff_python_parser::Parsed<ruff_python_ast::ModModule>;

/// Levels of the syntax tree for each level of nesting that is allowed: a chain of operators or calls nests in the tree, too.
const CHAIN: usize = 5;
/// The most levels of the tree, whatever is allowed: walking them takes a third of a thread's stack.
const MAX_LEVELS: usize = 20_000;
/// Bytes of text whose parsing needs no more than some 100 MB, even if each byte opens a bracket.
const HARMLESS: usize = 64 * 1024;
/// Bytes of stack to take a tree down that is too deep.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// Code that is nested too deeply: where, and in which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooDeep {
    /// Where it becomes too much.
    pub span: Span,
    /// What is, with the limit's name.
    pub message: String,
}

/// The syntax of a module, which nests no deeper than `depth` brackets, or expressions and blocks beyond what goes with that.
pub fn parse(text: &str, depth: usize) -> Result<Syntax, TooDeep> {
    let levels = depth.saturating_mul(CHAIN).min(MAX_LEVELS);
    let too_deep = |start: usize, what: &str| {
        let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let message = format!("not checked: {what} `limits.depth` ({depth})");
        TooDeep { span: Span::from_range(start..start + length), message }
    };
    let too_many_levels =
        format!("expressions and blocks nest by more than {levels} levels, {CHAIN} for each level of");
    if text.len() > HARMLESS
        && let Some(at) = nesting_scan::deeper_than(text, HARMLESS)
    {
        return Err(too_deep(at, &too_many_levels));
    }
    let syntax = parse_unchecked_source(text, PySourceType::Python);
    let refused = if let Some(at) = unclosed_brackets(&syntax, depth) {
        too_deep(at, "brackets nest more deeply than")
    } else if let Some(at) = deepest_allowed(&syntax, levels) {
        too_deep(at, &too_many_levels)
    } else {
        return Ok(syntax);
    };
    stacker::grow(STACK, || drop(syntax));
    Err(refused)
}

/// Where more brackets are open than allowed.
fn unclosed_brackets(syntax: &Syntax, allowed: usize) -> Option<usize> {
    let mut open = 0_usize;
    let too_much = syntax.tokens().iter().find(|token| {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            TokenKind::Newline => open = 0,
            _ => {}
        }
        open > allowed
    });
    too_much.map(|token| span(token.range()).start as usize)
}

/// Where the tree has more levels than allowed.
fn deepest_allowed(syntax: &Syntax, allowed: usize) -> Option<usize> {
    let mut levels = Levels { left: allowed, beyond: None };
    levels.visit_body(syntax.suite());
    levels.beyond.map(|range| span(range).start as usize)
}

/// Walks the tree, and no deeper than allowed.
struct Levels {
    left: usize,
    beyond: Option<TextRange>,
}

impl Levels {
    fn within(&mut self, range: impl Ranged, walk: impl FnOnce(&mut Self)) {
        match self.left.checked_sub(1) {
            None => self.beyond = self.beyond.or(Some(range.range())),
            Some(left) => {
                self.left = left;
                walk(self);
                self.left = left + 1;
            }
        }
    }
}

impl<'a> Visitor<'a> for Levels {
    fn visit_stmt(&mut self, node: &'a Stmt) {
        self.within(node, |levels| visitor::walk_stmt(levels, node));
    }

    fn visit_expr(&mut self, node: &'a Expr) {
        match node {
            // What holds nothing: most of a tree.
            Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_) => {}
            _ => self.within(node, |levels| visitor::walk_expr(levels, node)),
        }
    }

    fn visit_pattern(&mut self, node: &'a Pattern) {
        self.within(node, |levels| visitor::walk_pattern(levels, node));
    }

    fn visit_interpolated_string_element(&mut self, node: &'a InterpolatedStringElement) {
        self.within(node, |levels| visitor::walk_interpolated_string_element(levels, node));
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn said(text: &str) -> String {
        parse(text, 200).err().map(|found| found.message).unwrap_or_default()
    }

    #[test]
    fn ordinary_code_passes() {
        let text = format!("x = [{}]\n# {}\ny = '{}'\n", "(1, 2), ".repeat(5000), ". ".repeat(5000), ". ".repeat(5000));
        assert_eq!(said(&text), "");
        let unfinished = format!("x = f(\n{}", "y = g(1)\n".repeat(10_000));
        assert_eq!(said(&unfinished), "");
    }

    #[test]
    fn each_way_to_be_too_deep_is_said() {
        let levels = "more than 1000 levels, 5 for each level of `limits.depth` (200)";
        assert!(said(&"(".repeat(300)).contains("brackets nest more deeply than `limits.depth` (200)"));
        for text in [
            format!("x = {}1", "1 + ".repeat(5000)),
            format!("x = a{}", "()".repeat(5000)),
            format!("x = a{}", "().b\\\n".repeat(5000)),
            format!("x = {}1", "not ".repeat(5000)),
            format!("x = {}1", "lambda a, b: ".repeat(5000)),
            format!("x = f\"{{{}1}}\"", "-".repeat(5000)),
            format!("# \rx = {}1", "-".repeat(5000)),
            (0..1100).map(|level| format!("{}if x:\n", " ".repeat(level))).collect(),
        ] {
            assert!(said(&text).contains(levels), "{:.40}: {}", text, said(&text));
        }
    }

    /// Whatever the parser gets to see: that there is an end to it, and to the drop of its tree, is the assertion.
    #[test]
    fn nothing_exhausts_the_stack() {
        let pieces =
            ["(", "[", "{1:", "f(", "-", "not ", "lambda a, b:", "()", ".b", "[0]", "1**", "f'{", "a if b else ", "A("];
        let places =
            [("x = ", ""), ("x = f'{", "}'"), ("# \rx = ", ""), ("match x:\n case ", ""), ("f'''{'\"'}'''\\\n+", "")];
        for (piece, (before, after)) in pieces.iter().flat_map(|piece| places.map(|place| (piece, place))) {
            for size in [60_000, 1_000_000] {
                drop(parse(&format!("{before}{}{after}\n", piece.repeat(size / piece.len())), 200));
            }
        }
    }
}
