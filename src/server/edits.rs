//! Edits of checked texts as the protocol's workspace edits.

use std::collections::HashMap;
use std::ops::Range;

use gen_lsp_types::{TextEdit, Uri};
use serde_json::{Value, json};
use similar::{DiffOp, TextDiff};

use super::site::Site;
use super::state::Server;
use crate::text::{Edit, Span};

/// A workspace edit: by version where the client can, so that it refuses what comes too late.
pub fn workspace_edit(server: &Server, site: &Site<'_>, edits: &[Edit]) -> Option<Value> {
    Some(by_document(server, site, site.edits(edits)?))
}

/// The same from edits that are in the editor's terms already.
pub fn by_document(server: &Server, site: &Site<'_>, changes: HashMap<Uri, Vec<TextEdit>>) -> Value {
    if !server.client.abilities.has("/workspace/workspaceEdit/documentChanges") {
        return json!({"changes": changes});
    }
    let mut documents: Vec<(Uri, Vec<TextEdit>)> = changes.into_iter().collect();
    documents.sort_by(|a, b| a.0.0.cmp(&b.0.0));
    let document = |(uri, edits): (Uri, Vec<TextEdit>)| {
        let buffer = site.analysis.view.buffers.iter().find(|buffer| buffer.uri == uri);
        let other = server.unit(&uri).and_then(|open| open.view.buffers.iter().find(|buffer| buffer.uri == uri));
        let version = buffer.or(other).map(|buffer| buffer.version);
        json!({"textDocument": {"uri": uri, "version": version}, "edits": edits})
    };
    json!({"documentChanges": documents.into_iter().map(document).collect::<Vec<_>>()})
}

/// The edits that turn one text into another: found line by line, and no longer than they must be, so that in a notebook
/// none reaches from one cell into the next.
pub fn between(old: &str, new: &str) -> Vec<Edit> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let starts = |lines: &[&str]| {
        let mut starts = vec![0];
        for line in lines {
            starts.push(starts.last().copied().unwrap_or_default() + line.len());
        }
        starts
    };
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let at = |starts: &[usize], line: usize| starts.get(line).or(starts.last()).copied().unwrap_or_default();
    let edit = |before: Range<usize>, after: Range<usize>| {
        let start = at(&old_starts, before.start);
        let span = start..at(&old_starts, before.end);
        let text = new.get(at(&new_starts, after.start)..at(&new_starts, after.end)).unwrap_or_default();
        shortest(start, old.get(span).unwrap_or_default(), text)
    };
    let mut edits = Vec::new();
    for op in TextDiff::configure().diff_slices(&old_lines, &new_lines).ops() {
        let (before, after) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        if before.len() == after.len() {
            edits.extend(before.zip(after).map(|(old, new)| edit(old..old + 1, new..new + 1)));
        } else {
            edits.push(edit(before, after));
        }
    }
    edits
}

/// The replacement of a piece of text at `start`, without what both have at their ends.
fn shortest(start: usize, old: &str, new: &str) -> Edit {
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let head = same(&mut old.chars().zip(new.chars()));
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = same(&mut old.chars().rev().zip(new.chars().rev()));
    let end = start + head + old.len() - tail;
    Edit::replace(Span::from_range(start + head..end), new.get(..new.len() - tail).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::between;
    use crate::text::apply;

    #[test]
    fn the_edits_between_two_texts_make_one_of_the_other() {
        for (old, new) in [
            ("a\nb\nc", "a\nx\nc"),
            ("", "a\n"),
            ("a\n", ""),
            ("a\nb\n", "b\n"),
            ("ä\r\nb", "ä\r\nb\n"),
            ("aa\n", "a\n"),
            ("ä\n", "ö\n"),
        ] {
            assert_eq!(apply(old, &between(old, new)).as_deref(), Ok(new));
        }
        assert_eq!(between("a\nb\nc\n", "a\nx\nc\n").len(), 1);
        let two = between("a 1\nb 1\nc\n", "a 2\nb 2\nc\n");
        assert_eq!(two.iter().map(|edit| edit.replacement.as_str()).collect::<Vec<_>>(), ["2", "2"]);
    }
}
