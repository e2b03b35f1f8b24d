//! Texts that are put together from parts of which some may not be known.

use super::budget::MAX_TEXT;
use super::value::{Data, Val};
use crate::tree::Piece;

/// The parts so far. What is longer than any text that is computed is not kept.
#[derive(Debug, Default)]
pub struct Pieces {
    done: Vec<Piece>,
    /// The text behind the last hole.
    text: String,
    size: usize,
}

impl Pieces {
    /// Adds text.
    pub fn text(&mut self, text: &str) {
        self.size = self.size.saturating_add(text.len());
        if !self.is_over() {
            self.text.push_str(text);
        }
    }

    /// Adds something that is not known; further ones beside it change nothing.
    pub fn hole(&mut self) {
        if self.text.is_empty() && matches!(self.done.last(), Some(Piece::Hole)) {
            return;
        }
        self.size = self.size.saturating_add(1);
        if !self.is_over() {
            self.flush();
            self.done.push(Piece::Hole);
        }
    }

    /// Adds a text that may not be known.
    pub fn known(&mut self, text: Option<String>) {
        match text {
            Some(text) => self.text(&text),
            None => self.hole(),
        }
    }

    /// Adds a value as `str()` shows it.
    pub fn val(&mut self, val: &Val) {
        match &val.data {
            Data::Text(text) | Data::Number(text) => self.text(text),
            Data::Bool(value) => self.text(if *value { "True" } else { "False" }),
            Data::None => self.text("None"),
            Data::Pattern(pieces, _) => pieces.iter().for_each(|piece| match piece {
                Piece::Text(text) => self.text(text),
                Piece::Hole => self.hole(),
            }),
            _ => self.hole(),
        }
    }

    /// Its length in bytes, holes counted as one.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Whether it is longer than what is computed with.
    pub const fn is_over(&self) -> bool {
        self.size > MAX_TEXT
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(Piece::Text(std::mem::take(&mut self.text).into()));
        }
    }

    /// The whole: a text where there is no hole; `None` where nothing is known or it is too long.
    pub fn finish(mut self, source: impl FnOnce() -> std::rc::Rc<str>) -> Option<Data> {
        if self.is_over() {
            return None;
        }
        if self.done.is_empty() {
            return Some(Data::Text(self.text.into()));
        }
        self.flush();
        match self.done.as_slice() {
            [Piece::Hole] => None,
            _ => Some(Data::Pattern(self.done.into(), source())),
        }
    }
}
