//! Text that does nothing to a terminal or a log but be read: files under check may come from anybody.

use std::borrow::Cow;

/// Whether a character moves the cursor, starts a command of the terminal, or turns the order of the text round.
#[must_use]
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a look at the bytes is enough to say that nothing acts: in almost all texts.
fn is_plain(text: &str, line_breaks: bool) -> bool {
    // What acts is a control character of ASCII, or begins with one of three bytes in UTF-8.
    let plain = |byte: u8| match byte {
        b'\n' | b'\r' | b'\t' => line_breaks,
        0x7F | 0xC2 | 0xD8 | 0xE2 => false,
        _ => byte >= 0x20,
    };
    // By pieces without an early end, so that many bytes are looked at in one instruction.
    text.as_bytes().chunks(64).all(|bytes| bytes.iter().fold(true, |so_far, byte| so_far & plain(*byte)))
}

/// The text on one line, with what acts written as escapes.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    if is_plain(text, false) || !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if acts(character) { safe.extend(character.escape_default()) } else { safe.push(character) }
    }
    Cow::Owned(safe)
}

/// How many bytes a message may have: names in it come from the file, and may be as long as that.
const MAX_MESSAGE: usize = 2_000;

/// A message that is no longer than anybody reads.
#[must_use]
pub fn shortened(message: impl Into<String>) -> String {
    let message = message.into();
    if message.len() <= MAX_MESSAGE { message } else { format!("{}…", head(&message, MAX_MESSAGE)) }
}

/// The beginning of a text: so many bytes, or a few less, where a character ends.
#[must_use]
pub fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// The lines of a text with stand-ins for what acts, each as many bytes long, so that all offsets stay.
#[must_use]
pub fn same_offsets(text: &str) -> Cow<'_, str> {
    let stays = |character: char| matches!(character, '\n' | '\r' | '\t') || !acts(character);
    if is_plain(text, true) || text.chars().all(stays) {
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

#[cfg(test)]
mod tests {
    use super::{MAX_MESSAGE, shortened};

    #[test]
    fn long_messages_end_on_a_character() {
        assert_eq!(shortened("a"), "a");
        for lead in ["", "x", "xx", "xxx"] {
            let long = format!("{lead}{}", "😀".repeat(1_000));
            let short = shortened(long.as_str());
            assert!(short.len() <= MAX_MESSAGE + 3 && long.starts_with(short.trim_end_matches('…')), "{lead}");
        }
    }
}
