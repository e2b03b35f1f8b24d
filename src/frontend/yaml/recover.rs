//! What can be read of a broken document: the rest, without the lines that break it.

use super::compose::{Composed, compose};
use super::open_everything;
use crate::config::Limits;

/// How often a broken document is tried again without the line that breaks it.
const ROUNDS: usize = 3;

/// Reads a broken text again without the lines that break it; all its collections may then hold more.
pub fn recover(text: &str, base: u32, first: usize, limits: &Limits) -> Option<Composed> {
    let mut blanked = text.to_owned();
    let mut place = first;
    for _ in 0..ROUNDS {
        blanked = blank_line(&blanked, place);
        let mut composed = compose(&blanked, base, limits);
        match composed.error.take() {
            Some(next) => place = next.offset,
            None => {
                composed.remarks.clear();
                composed.roots.iter_mut().for_each(open_everything);
                return Some(composed);
            }
        }
    }
    None
}

/// The text with the line around `offset` turned into spaces; all offsets stay.
fn blank_line(text: &str, offset: usize) -> String {
    let offset = offset.min(text.len());
    let start = text.get(..offset).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(offset..).and_then(|tail| tail.find('\n')).map_or(text.len(), |at| offset + at);
    let line = text.get(start..end).unwrap_or_default();
    let blank: String = line.bytes().map(|byte| if byte == b'\r' { '\r' } else { ' ' }).collect();
    format!("{}{blank}{}", text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default())
}
