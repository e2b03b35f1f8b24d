//! The documents of a stream, cut apart before any of them is parsed, so that an error in one stays there.

use super::compose::Remark;
use crate::text::Span;

const BOM: &str = "\u{feff}";

/// The parts of a stream: each begins at its `---` line, as `kubectl` cuts it, or behind a late byte order mark.
pub fn parts(text: &str) -> Vec<Span> {
    let mut cuts = vec![0];
    for at in memchr::memmem::find_iter(text.as_bytes(), b"---") {
        let last = cuts.last().copied().unwrap_or_default();
        if let Some(cut) =
            cut(text, at).filter(|cut| *cut > last && !is_preamble(text.get(last..*cut).unwrap_or_default()))
        {
            cuts.push(cut);
        }
    }
    let ends = cuts.iter().skip(1).copied().chain([text.len()]);
    cuts.iter().zip(ends).map(|(start, end)| behind_mark(text, *start..end)).collect()
}

/// Where to cut for the dashes at an offset; `None` where they are no marker.
fn cut(text: &str, at: usize) -> Option<usize> {
    let head = text.get(..at)?;
    let line = head.strip_suffix(BOM).unwrap_or(head);
    let is_line_start = line.is_empty() || line.ends_with(['\n', '\r']);
    let is_alone = text.as_bytes().get(at + 3).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    (is_line_start && is_alone).then(|| before_directives(line))
}

/// Directives before a `---`, if a `...` line shows that they are some, belong to the document behind it.
fn before_directives(head: &str) -> usize {
    let mut start = head.len();
    let mut seen = false;
    for _ in 0..16 {
        let above = head.get(..start).unwrap_or_default();
        let line_start = above.trim_end_matches(['\n', '\r']).rfind('\n').map_or(0, |at| at + 1);
        match above.get(line_start..).unwrap_or_default().trim() {
            "..." if seen => return start,
            text if text.starts_with('%') => seen = true,
            text if text.is_empty() || text.starts_with('#') => {}
            _ => break,
        }
        start = line_start;
    }
    head.len()
}

/// Whether only directives and comments stand before a `---`: they belong to the document behind it.
fn is_preamble(text: &str) -> bool {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    text.len() < 4096 && text.lines().all(|line| line.trim().is_empty() || line.starts_with(['%', '#']))
}

/// A directive before a document for another version of YAML than the one that Kubernetes reads.
pub fn other_version(text: &str, base: u32) -> Option<Remark> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let told = line.trim_start_matches(BOM).trim_end();
        match told.strip_prefix("%YAML").map(str::trim) {
            Some(version) if version.split('#').next().map(str::trim) != Some("1.1") => {
                let span = Span::from_range(base as usize + start..base as usize + start + line.trim_end().len());
                let message = format!("Kubernetes reads YAML 1.1 only, and refuses a document of YAML {version}");
                return Some(Remark::syntax(message, span, Some("remove the directive")));
            }
            _ if told.is_empty() || told.starts_with(['#', '%']) => start += line.len(),
            _ => return None,
        }
    }
    None
}

/// A part without what stands before its byte order mark, where that is nothing of weight.
///
/// Files that were put together from several may have such marks in the middle; the parser knows only one at the start.
fn behind_mark(text: &str, part: std::ops::Range<usize>) -> Span {
    let slice = text.get(part.clone()).unwrap_or_default();
    let mark = memchr::memmem::find(slice.as_bytes(), BOM.as_bytes()).filter(|at| *at > 0);
    let is_weightless = |head: &str| {
        head.lines().all(|line| {
            let line = line.trim_start_matches("---").trim();
            line.is_empty() || line.starts_with('#')
        })
    };
    match mark {
        Some(at) if slice.get(..at).is_some_and(is_weightless) => Span::from_range(part.start + at..part.end),
        _ => Span::from_range(part),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn texts(text: &str) -> Vec<&str> {
        parts(text).into_iter().map(|part| part.slice(text)).collect()
    }

    #[test]
    fn a_stream_is_cut_at_its_markers() {
        assert_eq!(texts(""), [""]);
        assert_eq!(texts("a: 1\n---\nb: 2\n"), ["a: 1\n", "---\nb: 2\n"]);
        assert_eq!(texts("---\na: 1\n--- # x\nb: 2"), ["---\na: 1\n", "--- # x\nb: 2"]);
        assert_eq!(texts("a: 1\r\n---\r\nb: 2\r\n"), ["a: 1\r\n", "---\r\nb: 2\r\n"]);
        assert_eq!(texts("a: |\n  ---\n  x\n----\n---x\n"), ["a: |\n  ---\n  x\n----\n---x\n"]);
    }

    #[test]
    fn directives_stay_with_their_document() {
        assert_eq!(texts("# c\n%YAML 1.1\n---\na: 1\n"), ["# c\n%YAML 1.1\n---\na: 1\n"]);
        assert_eq!(texts("a: 1\n...\n%YAML 1.1\n---\nb: 2\n"), ["a: 1\n...\n", "%YAML 1.1\n---\nb: 2\n"]);
    }

    #[test]
    fn byte_order_marks_may_stand_before_any_document() {
        assert_eq!(texts("\u{feff}a: 1\n"), ["\u{feff}a: 1\n"]);
        assert_eq!(texts("a: 1\n---\n\u{feff}b: 2\n"), ["a: 1\n", "\u{feff}b: 2\n"]);
        assert_eq!(texts("a: 1\n\u{feff}---\nb: 2\n"), ["a: 1\n", "\u{feff}---\nb: 2\n"]);
    }
}
