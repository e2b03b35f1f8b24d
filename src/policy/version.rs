//! Semantic versions, as `semver(…)` of Kubernetes reads them.

use std::cmp::Ordering;

/// A semantic version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Semver {
    /// Major, minor and patch.
    pub numbers: [u64; 3],
    before: Vec<String>,
}

impl Semver {
    /// Reads `1.2.3-rc.1+build`; `None` where the text is none. Source: <https://semver.org>.
    pub fn parse(text: &str) -> Option<Self> {
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        let (core, before) = text.split_once('-').map_or((text, None), |(core, before)| (core, Some(before)));
        let parts: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
        let numbers = <[u64; 3]>::try_from(parts).ok()?;
        let words = |text: Option<&str>| -> Vec<String> {
            text.map(|text| text.split('.').map(str::to_owned).collect()).unwrap_or_default()
        };
        let sound = |word: &String| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let (before, build) = (words(before), words(build));
        let plain = |word: &String| !word.bytes().all(|b| b.is_ascii_digit()) || number(word).is_some();
        let fine = before.iter().chain(&build).all(sound) && before.iter().all(plain);
        fine.then_some(Self { numbers, before })
    }

    /// The order of versions; what stands behind `+` does not count.
    pub fn compare(&self, other: &Self) -> Ordering {
        let of_before = match (self.before.is_empty(), other.before.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let words = self.before.iter().zip(&other.before).map(|(a, b)| compare_words(a, b));
                words.fold(Ordering::Equal, Ordering::then).then(self.before.len().cmp(&other.before.len()))
            }
        };
        self.numbers.cmp(&other.numbers).then(of_before)
    }
}

/// A number without leading zeros.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

fn compare_words(a: &str, b: &str) -> Ordering {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
