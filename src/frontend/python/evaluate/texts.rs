//! Texts made of parts: f-strings, and what is known of them.

use super::super::value::{Cause, PartialText, TypeBound, Unknown, Value, ValueKind};
use super::{Evaluator, Stop};
use crate::tree::{Location, Piece};
use ruff_python_ast::{self as ast};
use ruff_text_size::Ranged;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    pub(super) fn f_string(&mut self, node: &'a ast::ExprFString) -> Result<Value, Stop> {
        let at = self.at(node);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut reason: Option<Rc<str>> = None;
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(literal) => pieces.push(Piece::Text((&*literal.value).into())),
                ast::FStringPart::FString(string) => {
                    self.f_string_elements(&string.elements, &mut pieces, &mut reason)?
                }
            }
        }
        Ok(self.text_of_pieces(pieces, reason, at))
    }

    pub(super) fn f_string_elements(
        &mut self,
        elements: &'a ast::InterpolatedStringElements,
        pieces: &mut Vec<Piece>,
        reason: &mut Option<Rc<str>>,
    ) -> Result<(), Stop> {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => pieces.push(Piece::Text((&*literal.value).into())),
                ast::InterpolatedStringElement::Interpolation(node) => {
                    if let Some(debug) = &node.debug_text {
                        let written = self.location(node.expression.range()).span;
                        let source = self.text_of(self.file).get(written.range()).unwrap_or_default();
                        pieces.push(Piece::Text(format!("{}{source}{}", debug.leading(), debug.trailing()).into()));
                    }
                    let value = self.expression(&node.expression)?;
                    let at = self.at(node);
                    let mut spec = Vec::new();
                    let mut spec_reason = None;
                    if let Some(format) = &node.format_spec {
                        self.f_string_elements(&format.elements, &mut spec, &mut spec_reason)?;
                    }
                    let conversion = match node.conversion {
                        ast::ConversionFlag::Str => Some('s'),
                        ast::ConversionFlag::Repr => Some('r'),
                        ast::ConversionFlag::Ascii => Some('a'),
                        ast::ConversionFlag::None if node.debug_text.is_some() && node.format_spec.is_none() => {
                            Some('r')
                        }
                        ast::ConversionFlag::None => None,
                    };
                    let spec = if spec_reason.is_none() { known_text(&spec) } else { None };
                    let text = match spec {
                        Some(spec) => self.formatted(&value, conversion, &spec, at)?,
                        None => self.unknown_text(at),
                    };
                    self.add_text(&text, pieces, reason, at);
                }
            }
        }
        Ok(())
    }

    /// `format(value, spec)` after a conversion.
    pub fn formatted(
        &mut self,
        value: &Value,
        conversion: Option<char>,
        spec: &str,
        at: Location,
    ) -> Result<Value, Stop> {
        let value = match conversion {
            Some('r') => self.call_named("builtins.repr", vec![value.clone()], at)?,
            Some('a') => self.call_named("builtins.ascii", vec![value.clone()], at)?,
            Some('s') => self.call_named("builtins.str", vec![value.clone()], at)?,
            _ => value.clone(),
        };
        self.call_named("builtins.format", vec![value, Value::text(spec, at)], at)
    }

    /// Calls a function of a library by its path.
    pub fn call_named(&mut self, path: &str, arguments: Vec<Value>, at: Location) -> Result<Value, Stop> {
        let callee = Value::new(ValueKind::Library(path.into()), at);
        self.call_with(&callee, arguments, at)
    }

    /// Calls a function of a library by its path, with all kinds of arguments.
    pub fn call_named_with(
        &mut self,
        path: &str,
        arguments: super::super::value::Arguments,
        at: Location,
    ) -> Result<Value, Stop> {
        let callee = Value::new(ValueKind::Library(path.into()), at);
        self.call_value(&callee, arguments, at)
    }

    /// A string of which nothing is known.
    pub fn unknown_text(&mut self, at: Location) -> Value {
        let symbol = self.symbols.opaque();
        Value::unknown(Unknown::new(Cause::External, self.snippet(at)).of(TypeBound::Text).with_symbol(symbol), at)
    }

    /// Adds a value's text to what is known in part.
    pub fn add_text(&mut self, text: &Value, pieces: &mut Vec<Piece>, reason: &mut Option<Rc<str>>, at: Location) {
        match &text.kind {
            ValueKind::Text(text) => pieces.push(Piece::Text((&**text).into())),
            ValueKind::Partial(partial) => {
                pieces.extend(partial.pieces.iter().cloned());
                reason.get_or_insert_with(|| Rc::clone(&partial.reason));
            }
            kind => {
                pieces.push(Piece::Hole);
                let why = match kind {
                    ValueKind::Unknown(unknown) => Rc::clone(&unknown.reason),
                    _ => self.snippet(at),
                };
                reason.get_or_insert(why);
            }
        }
    }

    /// A string made of pieces; known where there is no hole.
    pub fn text_of_pieces(&mut self, pieces: Vec<Piece>, reason: Option<Rc<str>>, at: Location) -> Value {
        let size: usize = pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum();
        if !self.budget.charge_text(size) || size > super::super::state::MAX_TEXT {
            return self.unknown_text(at);
        }
        match known_text(&pieces) {
            Some(text) => Value::text(text, at),
            None => {
                let reason = reason.unwrap_or_else(|| self.snippet(at));
                Value::new(ValueKind::Partial(Rc::new(PartialText::new(pieces, reason))), at)
            }
        }
    }
}

/// The text of pieces without holes.
pub(super) fn known_text(pieces: &[Piece]) -> Option<String> {
    pieces.iter().map(|piece| if let Piece::Text(text) = piece { Some(&**text) } else { None }).collect()
}
