//! One slip in a text: a letter, a word, a quote, a line.

use podlint::source::{Language, SourceFile};

/// Numbers that are the same for the same seed.
pub struct Random(u64);

impl Random {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound.max(1)
    }
}

/// The text of a source with one slip in it.
pub fn mutant(source: &SourceFile, random: &mut Random) -> String {
    match random.below(12) {
        0 => without_line(&source.text, random),
        1 => with_line_twice(&source.text, random),
        2 => unquoted(&source.text, random),
        3 => with_other_line_ends(source, random),
        4 => with_exchanged_words(&source.text, random),
        _ => with_typo(&source.text, random),
    }
}

/// The words of a text that a slip may be in: names, keys and values, and no imports.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_import = line.starts_with("import ") || line.starts_with("from ");
        let mut from = None;
        for (at, character) in line.char_indices().chain([(line.len(), ' ')]) {
            match (character.is_ascii_alphanumeric() || character == '_', from) {
                (true, None) => from = Some(at),
                (false, Some(begin)) => {
                    words.extend((!is_import).then_some(start + begin..start + at));
                    from = None;
                }
                _ => {}
            }
        }
        start += line.len();
    }
    words
}

fn with_typo(text: &str, random: &mut Random) -> String {
    let words = words(text);
    let word = words[random.below(words.len())].clone();
    let mut letters: Vec<char> = text[word.clone()].chars().collect();
    let at = random.below(letters.len());
    let other = b"abcdefghijklmnopqrstuvwxyz0123456789_"[random.below(37)] as char;
    match random.below(6) {
        0 if letters.len() > 1 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        3 => letters[at] = other,
        4 => letters.insert(at, other),
        _ if letters[0].is_lowercase() => letters[0] = letters[0].to_ascii_uppercase(),
        _ => letters[0] = letters[0].to_ascii_lowercase(),
    }
    let typo: String = letters.into_iter().collect();
    format!("{}{typo}{}", &text[..word.start], &text[word.end..])
}

/// One word in the place of another one.
fn with_exchanged_words(text: &str, random: &mut Random) -> String {
    let words = words(text);
    let (old, new) = (words[random.below(words.len())].clone(), words[random.below(words.len())].clone());
    format!("{}{}{}", &text[..old.start], &text[new], &text[old.end..])
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn without_line(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    lines.remove(random.below(lines.len()));
    lines.concat()
}

fn with_line_twice(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let at = random.below(lines.len());
    lines.insert(at, lines[at]);
    lines.concat()
}

/// A string without its quotes, or a typo where there are none.
fn unquoted(text: &str, random: &mut Random) -> String {
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    let pairs: Vec<&[usize]> = quotes.chunks_exact(2).collect();
    if pairs.is_empty() {
        return with_typo(text, random);
    }
    let pair = pairs[random.below(pairs.len())];
    format!("{}{}{}", &text[..pair[0]], &text[pair[0] + 1..pair[1]], &text[pair[1] + 1..])
}

/// A typo in a text as Windows has it.
fn with_other_line_ends(source: &SourceFile, random: &mut Random) -> String {
    let typo = with_typo(&source.text, random);
    match source.language {
        Language::Notebook => typo,
        _ => typo.replace('\n', "\r\n"),
    }
}
