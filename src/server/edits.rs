//! Edits of checked texts as the protocol's workspace edits.

use std::collections::HashMap;

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

/// The edits that turn one text into another, whole lines at a time.
pub fn between(old: &str, new: &str) -> Vec<Edit> {
    let starts = |text: &str| {
        let mut starts = vec![0];
        for line in text.split_inclusive('\n') {
            starts.push(starts.last().copied().unwrap_or_default() + line.len());
        }
        starts
    };
    let (old_starts, new_starts) = (starts(old), starts(new));
    let at = |starts: &[usize], line: usize| starts.get(line).or(starts.last()).copied().unwrap_or_default();
    let diff = TextDiff::configure()
        .diff_slices(&old.split_inclusive('\n').collect::<Vec<_>>(), &new.split_inclusive('\n').collect::<Vec<_>>())
        .ops()
        .to_vec();
    let edit = |op: &DiffOp| {
        let (before, after) = (op.old_range(), op.new_range());
        let span = Span::from_range(at(&old_starts, before.start)..at(&old_starts, before.end));
        let text = new.get(at(&new_starts, after.start)..at(&new_starts, after.end)).unwrap_or_default();
        Edit::replace(span, text)
    };
    diff.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::between;
    use crate::text::apply;

    #[test]
    fn the_edits_between_two_texts_make_one_of_the_other() {
        for (old, new) in [("a\nb\nc", "a\nx\nc"), ("", "a\n"), ("a\n", ""), ("a\nb\n", "b\n"), ("ä\r\nb", "ä\r\nb\n")]
        {
            assert_eq!(apply(old, &between(old, new)).as_deref(), Ok(new));
        }
        assert_eq!(between("a\nb\nc\n", "a\nx\nc\n").len(), 1);
    }
}
