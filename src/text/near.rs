//! Near misses: which of the known names did the user probably mean?

/// More names than people choose from are not all compared.
const MAX_CANDIDATES: usize = 1000;

/// The index of the candidate that `word` most likely misspells; `None` where none is close.
///
/// Close means at most one edit for each three characters, and at least one allowed; letter case counts little.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<usize> {
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .enumerate()
        .filter(|(_, candidate)| !candidate.is_empty() && *candidate != word)
        .map(|(index, candidate)| (distance(word, candidate, allowed), index))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, index)| index)
}

/// Edits from one word to the other: insertion, deletion, substitution, swap of neighbours; ignores case and `-_`.
fn distance(a: &str, b: &str, allowed: usize) -> usize {
    let plain = |text: &str| -> Vec<char> { text.to_lowercase().replace('_', "-").chars().collect() };
    let (a, b) = (plain(a), plain(b));
    if a.len().abs_diff(b.len()) > allowed || a.len() > 256 {
        return usize::MAX;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitution = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
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
}
