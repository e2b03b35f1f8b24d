//! What a report needs of a text: the lines that it speaks of. A run over many files holds no more of each.

use std::collections::BTreeSet;

use crate::report::Report;
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{FileId, Location};

/// The part of a checked text that its report shows; the report's places become places in it.
pub fn excerpt(source: &SourceFile, report: &mut Report) -> SourceFile {
    // What is reported of a notebook lies in the module that its cells make together.
    if report.view.is_some() {
        return SourceFile::new(&source.path, source.language, "");
    }
    let mut lines = BTreeSet::new();
    each_place(report, |span| {
        for offset in [span.start, span.end] {
            let line = source.line_of(offset);
            // A single line between two that are shown is shown as well.
            lines.extend([line.saturating_sub(1), line, line + 1]);
        }
    });
    let excerpt = source.excerpt(&lines);
    each_place(report, |span| *span = Span::new(excerpt.from_whole(span.start), excerpt.from_whole(span.end)));
    excerpt
}

/// Visits every place in the checked file that a report names.
fn each_place(report: &mut Report, mut visit: impl FnMut(&mut Span)) {
    let mut visit_own = |location: &mut Location| {
        if location.file == FileId::MAIN {
            visit(&mut location.span);
        }
    };
    report.secrets.iter_mut().for_each(&mut visit_own);
    for diagnostic in &mut report.diagnostics {
        visit_own(&mut diagnostic.location);
        diagnostic.labels.iter_mut().for_each(|label| visit_own(&mut label.location));
    }
    for fix in report.diagnostics.iter_mut().flat_map(|found| &mut found.fixes) {
        // They have become edits.
        fix.changes = Vec::new();
        fix.edits.iter_mut().for_each(|edit| visit(&mut edit.span));
    }
}
