//! Places of a check in the editor: bytes of the checked file and of its modules as URIs and ranges, and back.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::{Location as Place, Position, Range, TextEdit, Uri};

use super::documents::Analysis;
use super::encoding::{Encoding, Translator};
use super::uri;
use crate::project::plain;
use crate::source::SourceFile;
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// The names of open files, as the client writes them.
pub type Names = HashMap<PathBuf, Uri>;

/// The URI of a file: the client's own where it has it open.
pub fn name_of(names: &Names, path: &Path) -> Uri {
    let absolute = plain(path);
    names.get(&absolute).cloned().unwrap_or_else(|| uri::of_path(&absolute))
}

/// A check, and how the client names places.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The check.
    pub analysis: &'a Analysis,
    /// The client's unit.
    pub encoding: Encoding,
    /// The open files.
    pub names: &'a Names,
}

impl Site<'_> {
    /// Where something is, as the client says it.
    pub fn place(&self, location: Location) -> Option<Place> {
        if location.file == FileId::MAIN {
            if let Some(code) = &self.analysis.report.view {
                return self.line_of_notebook(code, location.span);
            }
            let (uri, range) = self.analysis.view.place(location.span, self.encoding)?;
            return Some(Place { uri: uri.clone(), range });
        }
        let source = self.analysis.report.source(&self.analysis.view.source, location.file);
        let translator = Translator { text: &source.text, lines: source.lines(), encoding: self.encoding };
        Some(Place { uri: name_of(self.names, &source.path), range: translator.range(location.span) })
    }

    /// A place in the code of a notebook that is not shown as one: the line of its JSON, for its cells have no names yet.
    fn line_of_notebook(&self, code: &SourceFile, span: Span) -> Option<Place> {
        let buffer = self.analysis.view.buffers.first()?;
        let line = code.disk_line(span.start)?.saturating_sub(1);
        let whole = buffer.source.lines().line_span(line as usize)?;
        let text = whole.slice(&buffer.source.text);
        let blanks = text.len() - text.trim_start().len();
        let start = whole.start + u32::try_from(blanks).ok()?;
        let end = whole.start + u32::try_from(text.trim_end().len()).ok()?;
        Some(Place {
            uri: buffer.uri.clone(),
            range: buffer.translator(self.encoding).range(Span::new(start, end.max(start))),
        })
    }

    /// The byte at a position of the checked document; none in the JSON of a notebook, whose code was checked.
    pub fn offset(&self, uri: &Uri, position: Position) -> Option<u32> {
        if self.analysis.report.view.is_some() {
            return None;
        }
        self.analysis.view.offset(uri, position, self.encoding)
    }

    /// The file and byte at a position of the checked document or of a module that it imports from.
    pub fn spot(&self, uri: &Uri, position: Position) -> Option<(FileId, u32)> {
        if let Some(offset) = self.offset(uri, position) {
            return Some((FileId::MAIN, offset));
        }
        let modules = &self.analysis.report.modules;
        let index = modules.iter().position(|module| name_of(self.names, &module.path) == *uri)?;
        let source = modules.get(index)?;
        let translator = Translator { text: &source.text, lines: source.lines(), encoding: self.encoding };
        Some((FileId(u32::try_from(index + 1).ok()?), translator.offset(position)))
    }

    /// The bytes in a range of the checked document.
    pub fn span(&self, uri: &Uri, range: Range) -> Option<Span> {
        if self.analysis.report.view.is_some() {
            return None;
        }
        self.analysis.view.span(uri, range, self.encoding)
    }

    /// Edits of the checked text as edits of the documents that it is made of.
    pub fn edits(&self, edits: &[Edit]) -> Option<HashMap<Uri, Vec<TextEdit>>> {
        if self.analysis.report.view.is_some() {
            return None;
        }
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for edit in edits {
            let place = self.place(edit.span.into())?;
            let new = TextEdit { range: place.range, new_text: edit.replacement.clone() };
            changes.entry(place.uri).or_default().push(new);
        }
        Some(changes)
    }
}
