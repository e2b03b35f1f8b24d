//! Strings put together from parts, of which some may not be known.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::interpreter::Interpreter;
use super::value::{Val, from_pieces};
use crate::tree::Piece;

impl<'a> Interpreter<'a> {
    pub(super) fn f_string(&mut self, node: &'a ast::ExprFString) -> Val {
        let mut pieces = Vec::new();
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(text) => pieces.push(Piece::Text(text.value.clone())),
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        self.f_string_element(element, &mut pieces);
                    }
                }
            }
        }
        let source = self.snippet(node);
        from_pieces(pieces, &source, self.at(node))
    }

    fn f_string_element(&mut self, element: &'a ast::InterpolatedStringElement, pieces: &mut Vec<Piece>) {
        match element {
            ast::InterpolatedStringElement::Literal(text) => pieces.push(Piece::Text(text.value.clone())),
            ast::InterpolatedStringElement::Interpolation(hole) => {
                let val = self.expression(&hole.expression);
                let plain = hole.format_spec.is_none() && hole.debug_text.is_none() && hole.conversion.is_none();
                if plain { pieces.extend(val.pieces()) } else { pieces.push(Piece::Hole) }
            }
        }
    }

    /// `"repo:%s" % tag`: only plain `%s` and `%d`.
    pub(super) fn percent(&mut self, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let Some(format) = left.text() else { return self.unknown(node) };
        let arguments = match self.items(right) {
            Some((items, false)) => items.into_iter().map(|slot| slot.val).collect(),
            Some(_) => return self.unknown(node),
            None => vec![right.clone()],
        };
        let mut pieces = Vec::new();
        let mut arguments = arguments.iter();
        let mut parts = format.split('%');
        pieces.push(Piece::Text(parts.next().unwrap_or_default().into()));
        for part in parts {
            let Some(rest) = part.strip_prefix(['s', 'd']) else { return self.unknown(node) };
            pieces.extend(arguments.next().map_or_else(|| vec![Piece::Hole], Val::pieces));
            pieces.push(Piece::Text(rest.into()));
        }
        let source = self.snippet(node);
        from_pieces(pieces, &source, self.at(node))
    }
}
