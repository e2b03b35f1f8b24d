//! Reports that podlint wrote itself: files of a folder, but no input.

/// How much of a file is looked at.
const HEAD: usize = 4096;
/// What a report begins with, without blanks, in each format.
const BEGINNINGS: &[&str] =
    &["{\"type\":\"finding\",\"rule\":", "{\"type\":\"summary\",\"version\":", "{\"source\":{\"name\":\"podlint\""];

/// Whether a JSON text is a report, a baseline or a rendering of podlint.
#[must_use]
pub fn is_own(text: &str) -> bool {
    let end = text.floor_char_boundary(HEAD.min(text.len()));
    let head: String = text.get(..end).unwrap_or_default().chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let versioned =
        head.strip_prefix("{\"version\":").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let keyed = |rest: &str| [",\"findings\":", ",\"pods\":[", ",\"rules\":["].iter().any(|key| rest.starts_with(key));
    // A code quality report without findings is an empty list.
    head == "[]"
        || versioned.is_some_and(keyed)
        || BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
        || (head.starts_with("{\"$schema\":") && head.contains("\"driver\":{\"name\":\"podlint\""))
        || (head.starts_with("[{\"") && head.contains("\"check_name\":\"") && head.contains("\"fingerprint\":\""))
}
