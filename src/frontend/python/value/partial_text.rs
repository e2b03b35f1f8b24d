//! Strings that are known in part: known text with holes.

use std::rc::Rc;

use crate::tree::Piece;

/// A string of which some parts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialText {
    /// Text and holes, in order; no two texts and no two holes beside each other.
    pub pieces: Vec<Piece>,
    /// Why the rest is not known.
    pub reason: Rc<str>,
}

impl PartialText {
    /// A string made of pieces; neighbours of a kind become one.
    pub fn new(pieces: impl IntoIterator<Item = Piece>, reason: impl Into<Rc<str>>) -> Self {
        let mut merged: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (merged.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(before)), Piece::Text(text)) => *before = format!("{before}{text}").into(),
                (Some(Piece::Hole), Piece::Hole) => {}
                (_, piece) => merged.push(piece),
            }
        }
        Self { pieces: merged, reason: reason.into() }
    }

    /// What it surely begins with.
    #[must_use]
    pub fn head(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// What it surely ends with.
    #[must_use]
    pub fn tail(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether it surely holds a text.
    #[must_use]
    pub fn surely_contains(&self, text: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(known) if known.contains(text)))
    }

    /// Whether it surely is not empty.
    #[must_use]
    pub fn is_surely_filled(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if !text.is_empty()))
    }

    /// The bytes that are known.
    #[must_use]
    pub fn known_bytes(&self) -> usize {
        self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum()
    }

    /// Whether a known text may be what it turns out to be, judged by its ends.
    #[must_use]
    pub fn may_equal(&self, text: &str) -> bool {
        self.known_bytes() <= text.len() && text.starts_with(self.head()) && text.ends_with(self.tail())
    }
}
