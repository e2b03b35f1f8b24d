//! Near misses: which of the known names did the user probably mean?

/// More names than people choose from are not all compared.
const MAX_CANDIDATES: usize = 1000;

/// Longer words are not compared at all.
const MAX_LETTERS: usize = 256;

/// Of how many wrong names in one place it is asked what they were to be: nobody reads more, and each takes time.
pub const MAX_SUGGESTIONS: usize = 200;

/// The index of the candidate that `word` most likely misspells; `None` where none is close.
///
/// Close means at most one edit for each three characters, and at least one allowed; letter case counts little.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<usize> {
    let mut comparison = Comparison::with(word)?;
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .enumerate()
        .filter(|(_, candidate)| !candidate.is_empty() && *candidate != word)
        .filter_map(|(index, candidate)| Some((comparison.distance(candidate)?, index)))
        .min()
        .map(|(_, index)| index)
}

/// Asks of the wrong names in one place what they were to be, as long as there are few of them.
#[derive(Debug, Default)]
pub struct Suggestions(usize);

impl Suggestions {
    /// As [`nearest`], for the first names.
    pub fn nearest<'a>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        self.0 += 1;
        if self.0 > MAX_SUGGESTIONS { None } else { nearest(word, candidates) }
    }
}

/// One word that others are held against, with the memory that this takes.
struct Comparison {
    word: Vec<char>,
    other: Vec<char>,
    /// How many edits still count as near.
    allowed: usize,
    /// The last rows of the table of distances between the beginnings of the two words.
    rows: [Vec<usize>; 3],
}

impl Comparison {
    /// `None` for a word that is too long to be compared.
    fn with(word: &str) -> Option<Self> {
        // A letter has at most four bytes.
        if word.len() > 4 * MAX_LETTERS {
            return None;
        }
        let mut letters = Vec::with_capacity(word.len());
        plain(word, &mut letters);
        let allowed = (word.chars().count() / 3).max(1);
        let fits = letters.len() <= MAX_LETTERS;
        fits.then(|| Self { word: letters, other: Vec::new(), allowed, rows: Default::default() })
    }

    /// Edits from the word to another: insertion, deletion, substitution, swap of neighbours; ignores case and `-_`.
    /// `None` where it takes more than are allowed.
    fn distance(&mut self, other: &str) -> Option<usize> {
        let longest = self.word.len() + self.allowed;
        let is_off = other.is_ascii() && other.len().abs_diff(self.word.len()) > self.allowed;
        if is_off || other.len() / 4 > longest {
            return None;
        }
        plain(other, &mut self.other);
        let (a, b) = (&self.word, &self.other);
        if a.len().abs_diff(b.len()) > self.allowed {
            return None;
        }
        let [before_last, last, row] = &mut self.rows;
        last.clear();
        last.extend(0..=b.len());
        let mut least_of_last = 0;
        for i in 1..=a.len() {
            row.clear();
            row.push(i);
            for j in 1..=b.len() {
                let substitution = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = substitution.min(last[j] + 1).min(row[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(before_last[j - 2] + 1);
                }
                row.push(best);
            }
            // Every way to the end passes one of two rows that follow each other.
            let least = row.iter().copied().min().unwrap_or_default();
            if least.min(least_of_last) > self.allowed {
                return None;
            }
            least_of_last = least;
            std::mem::swap(before_last, last);
            std::mem::swap(last, row);
        }
        last.last().copied().filter(|distance| *distance <= self.allowed)
    }
}

/// The letters of a text, in which case and `-_` are all one.
fn plain(text: &str, letters: &mut Vec<char>) {
    letters.clear();
    let same = |letter: char| if letter == '_' { '-' } else { letter };
    if text.is_ascii() {
        letters.extend(text.bytes().map(|byte| same(char::from(byte.to_ascii_lowercase()))));
    } else {
        letters.extend(text.to_lowercase().chars().map(same));
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        assert_eq!(nearest("dta", ["models", "data"]), Some(1));
        assert_eq!(nearest("primary", ["metrics", "priamry"]), Some(1));
        assert_eq!(nearest("Primary", ["primary"]), Some(0));
        assert_eq!(nearest("data", ["data"]), None);
        assert_eq!(nearest("primary", ["main", "app"]), None);
    }

    #[test]
    fn letters_count_not_bytes() {
        assert_eq!(nearest("größe", ["grösse", "große"]), Some(1));
        assert_eq!(nearest("GRÖSSE", ["größe", "grösse"]), Some(1));
        assert_eq!(nearest("ab", ["ba"]), Some(0));
        assert_eq!(nearest("", ["a"]), Some(0));
    }

    #[test]
    fn long_words_are_compared_up_to_a_length() {
        let word = |count: usize| "x".repeat(count);
        assert_eq!(nearest(&word(256), [&*word(250)]), Some(0));
        assert_eq!(nearest(&word(257), [&*word(256)]), None);
        assert_eq!(nearest(&word(100_000), [&*word(99_999)]), None);
        assert_eq!(nearest("x", [&*word(100_000), "y"]), Some(1));
    }
}
