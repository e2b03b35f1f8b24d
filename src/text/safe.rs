//! Text that does nothing to a terminal or a log but be read: files under check may come from anybody.

use std::borrow::Cow;

/// Whether a character moves the cursor, starts a command of the terminal, or turns the order of the text round.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The text on one line, with what acts written as escapes.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if acts(character) { safe.extend(character.escape_default()) } else { safe.push(character) }
    }
    Cow::Owned(safe)
}

/// The lines of a text with stand-ins for what acts, each as many bytes long, so that all offsets stay.
#[must_use]
pub fn same_offsets(text: &str) -> Cow<'_, str> {
    let stays = |character: char| matches!(character, '\n' | '\r' | '\t') || !acts(character);
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let stand_in = |character: char| match character.len_utf8() {
        _ if stays(character) => character,
        1 => '?',
        2 => '\u{b7}',
        _ => char::REPLACEMENT_CHARACTER,
    };
    Cow::Owned(text.chars().map(stand_in).collect())
}
