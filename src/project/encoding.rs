//! From bytes to text: UTF-8, and for Python what the file says of itself.

use crate::source::Language;
use crate::text::Span;

/// Why bytes cannot be read as text, and what can be made out of them.
#[derive(Debug)]
pub struct Unreadable {
    /// The text with stand-ins for invalid bytes: enough to see what it mentions.
    pub text: String,
    /// Why.
    pub message: String,
    /// Where in that text.
    pub span: Span,
}

/// The text of a file.
///
/// # Errors
/// When it is in no encoding that is read.
pub fn decode(bytes: Vec<u8>, language: Language) -> Result<String, Unreadable> {
    if let Some(other) = Other::of(&bytes) {
        let message = format!("not checked: this is {}, and only UTF-8 is read", other.name());
        return Err(Unreadable { text: other.text(&bytes), message, span: Span::at(0) });
    }
    let declared = (language == Language::Python).then(|| declared(&bytes)).flatten();
    let table = declared.as_deref().and_then(table);
    match (table, String::from_utf8(bytes)) {
        // Bytes that happen to be UTF-8 stand for something else in the encoding that the file declares.
        (None, Ok(text)) => match declared.filter(|name| !is_utf8(name)) {
            Some(name) if !text.is_ascii() => Err(in_other_encoding(text, &name)),
            _ => Ok(text),
        },
        // What is ASCII is the same in all of them.
        (Some(_), Ok(text)) if text.is_ascii() => Ok(text),
        (Some(table), Ok(text)) => Ok(text.bytes().map(table).collect()),
        (Some(table), Err(error)) => Ok(error.as_bytes().iter().map(|byte| table(*byte)).collect()),
        (None, Err(error)) => Err(not_utf8(&error, declared.as_deref())),
    }
}

fn in_other_encoding(text: String, name: &str) -> Unreadable {
    let first = text.find(|one: char| !one.is_ascii()).unwrap_or_default();
    let length = text.get(first..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let message = format!("not checked: the encoding `{name}` is not supported");
    Unreadable { span: Span::from_range(first..first + length), message, text }
}

fn not_utf8(error: &std::string::FromUtf8Error, declared: Option<&str>) -> Unreadable {
    let valid = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let message = match declared {
        Some(name) if !is_utf8(name) => format!("not checked: the encoding `{name}` is not supported"),
        _ => format!("not checked: byte {valid} is not UTF-8"),
    };
    let span = Span::from_range(valid..valid + char::REPLACEMENT_CHARACTER.len_utf8());
    Unreadable { text, message, span }
}

/// The encoding that one of the first two lines declares, as PEP 263 has it, in lower case with dashes.
fn declared(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let is_blank = |line: &[u8]| {
        let rest = line.trim_ascii();
        rest.is_empty() || rest.starts_with(b"#") || rest == b"\x0c"
    };
    let second = lines.next().filter(|_| is_blank(first));
    declared_in(first).or_else(|| declared_in(second?))
}

fn declared_in(line: &[u8]) -> Option<String> {
    let line = line.get(..line.len().min(400))?;
    let text = String::from_utf8_lossy(line);
    let comment = text.trim_start_matches([' ', '\t', '\x0c', '\u{feff}']).strip_prefix('#')?;
    let rest = comment.split_once("coding")?.1;
    let rest = rest.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
    let name: String =
        rest.chars().take_while(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.')).collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase().replace('_', "-"))
}

fn is_utf8(name: &str) -> bool {
    matches!(name, "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf")
}

/// What each byte of an encoding stands for, of those with one byte a character that Western sources have.
fn table(name: &str) -> Option<fn(u8) -> char> {
    match name {
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1" | "l1" | "8859" | "cp819" => Some(char::from),
        "iso-8859-15" | "iso8859-15" | "latin-9" | "latin9" | "l9" => Some(latin_9),
        "cp1252" | "windows-1252" | "1252" => Some(windows_1252),
        _ => None,
    }
}

fn latin_9(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        other => char::from(other),
    }
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at))).copied().unwrap_or(char::from(byte))
}

/// An encoding that is plainly not UTF-8, or no text at all.
#[derive(Clone, Copy)]
enum Other {
    /// Units of so many bytes, the most significant first or last, with or without a mark at the start.
    Wide {
        unit: usize,
        is_big: bool,
        is_marked: bool,
    },
    Binary,
}

impl Other {
    fn of(bytes: &[u8]) -> Option<Self> {
        let wide = |unit, is_big, is_marked| Some(Self::Wide { unit, is_big, is_marked });
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] => return wide(4, false, true),
            [0, 0, 0xFE, 0xFF, ..] => return wide(4, true, true),
            [0xFF, 0xFE, ..] => return wide(2, false, true),
            [0xFE, 0xFF, ..] => return wide(2, true, true),
            _ => {}
        }
        let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
        let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
        let half = head.len() / 2;
        let (first, second) = (zeros(0) > half * 3 / 4, zeros(1) > half * 3 / 4);
        if half >= 2 && first != second {
            return wide(2, first, false);
        }
        head.contains(&0).then_some(Self::Binary)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Wide { unit: 4, .. } => "UTF-32",
            Self::Wide { is_marked: true, .. } => "UTF-16",
            Self::Wide { .. } => "UTF-16 without a byte order mark",
            Self::Binary => "binary data",
        }
    }

    fn text(self, bytes: &[u8]) -> String {
        let Self::Wide { unit, is_big, .. } = self else { return String::from_utf8_lossy(bytes).into_owned() };
        let number = |bytes: &[u8]| {
            let add = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
            if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
        };
        // What lies beyond the first 65,536 characters is in no word that is looked for.
        let letter = |bytes: &[u8]| char::from_u32(number(bytes)).unwrap_or(char::REPLACEMENT_CHARACTER);
        bytes.chunks_exact(unit).map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_says_its_encoding() {
        let read = |bytes: &[u8]| decode(bytes.to_vec(), Language::Python).map_err(|error| error.message);
        let message = |name: &str| Err(format!("not checked: the encoding `{name}` is not supported"));
        assert_eq!(
            read(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n").as_deref(),
            Ok("# -*- coding: latin-1 -*-\nx = 'é'\n")
        );
        assert_eq!(
            read(b"#!/bin/x\n# vim: set fileencoding=cp1252 :\n'\x80'").unwrap_or_default().chars().nth_back(1),
            Some('€')
        );
        assert_eq!(read(b"x = 1\n# coding: latin-1\n'\xe9'"), Err("not checked: byte 25 is not UTF-8".to_owned()));
        assert_eq!(read(b"# coding: euc-jp\n'\xa4\xa2'"), message("euc-jp"));
        assert_eq!(read("# coding: cp1251\n'é'".as_bytes()), message("cp1251"), "its bytes happen to be UTF-8");
        assert_eq!(read(b"# coding: cp1251\n'e'").as_deref(), Ok("# coding: cp1251\n'e'"));
        assert_eq!(read("# coding: utf-8\n'é'".as_bytes()).as_deref(), Ok("# coding: utf-8\n'é'"));
    }

    #[test]
    fn wide_texts_can_be_searched() {
        let wide: Vec<u8> = "\u{feff}kind: Pod".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = decode(wide, Language::Yaml).map_err(|error| error.text);
        assert_eq!(error, Err("\u{feff}kind: Pod".to_owned()));
    }
}
