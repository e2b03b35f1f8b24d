//! The open documents: their text as the client sees it, edit by edit.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gen_lsp_types::{
    NotebookCell, NotebookCellKind, Position, Range, TextDocumentContentChangeEvent, TextDocumentItem, Uri,
};
use lsp_server::Request;

use super::encoding::{Encoding, Translator};
use super::uri;
use crate::frontend::python::source::notebook;
use crate::report::Report;
use crate::source::{Language, SourceFile};
use crate::stop::Stop;
use crate::text::Span;

/// One text of the client's: a document, or a cell of a notebook.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// As the client names it.
    pub uri: Uri,
    /// The last edit that was seen.
    pub version: i32,
    /// The text with its lines.
    pub source: Arc<SourceFile>,
    /// Where it begins in the text that is checked; other than 0 only in notebooks.
    pub start: u32,
    /// Whether it is checked: Markdown cells are not.
    pub is_code: bool,
    /// Whether its language has more than podlint reads, so that an error of syntax may be none.
    pub is_lenient: bool,
}

/// A text as it was checked, and where its parts are in the editor. Cheap to clone.
#[derive(Clone, Debug)]
pub struct View {
    /// What is checked.
    pub source: Arc<SourceFile>,
    /// The buffers that it is made of.
    pub buffers: Arc<Vec<Buffer>>,
}

/// What a check found, and in which text.
#[derive(Debug)]
pub struct Analysis {
    /// The text.
    pub view: View,
    /// What was found in it.
    pub report: Report,
    /// Which state of the document it was.
    pub generation: u64,
}

/// A document or notebook that is open.
#[derive(Debug)]
pub struct Open {
    /// As the client names it.
    pub uri: Uri,
    /// Where it is on disk, or would be.
    pub path: PathBuf,
    /// The document's or notebook's version.
    pub version: i32,
    /// A new number for every reason to check again; no two documents have the same, also when one is opened again.
    pub generation: u64,
    /// The text.
    pub view: View,
    /// Whether it is a notebook.
    pub is_notebook: bool,
    /// The last check that ended.
    pub analysis: Option<Arc<Analysis>>,
    /// Nothing was edited since it was opened or saved.
    pub is_saved: bool,
    /// A check is under way.
    pub in_flight: bool,
    /// Ends that check, since its result would not count.
    pub stop: Stop,
    /// Other files that have changed since it began.
    pub changed_meanwhile: Vec<PathBuf>,
    /// A check is wanted.
    pub dirty: bool,
    /// Requests that want the check of the current text.
    pub waiting: Vec<Request>,
}

impl Buffer {
    fn new(item: TextDocumentItem) -> Option<Self> {
        let path = uri::path(&item.uri);
        let is_notebook = Language::of_path(&path) == Some(Language::Notebook);
        let language = String::from(item.language_id);
        let is_lenient = language == "jsonc";
        let language = match language.as_str() {
            "python" => Some(Language::Python),
            "yaml" | "dockercompose" | "github-actions-workflow" | "kubernetes" => Some(Language::Yaml),
            // A notebook that is shown as text: its code is checked, not its JSON.
            "json" | "jsonc" | "jupyter" | "ipynb" | "plaintext" | "" if is_notebook && uri::is_file(&item.uri) => {
                Some(Language::Notebook)
            }
            "json" | "jsonc" => Some(Language::Json),
            // Templates of other languages (`helm`, `jinja-yaml`) are those languages' business.
            "plaintext" | "" => Language::of_path(&path),
            _ => None,
        }?;
        let source = Arc::new(SourceFile::new(path, language, item.text));
        Some(Self { uri: item.uri, version: item.version, source, start: 0, is_code: true, is_lenient })
    }

    /// Makes one edit.
    fn edit(&mut self, change: TextDocumentContentChangeEvent, encoding: Encoding) {
        let text = match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => change.text,
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                let span = self.translator(encoding).span(change.range);
                let mut text = self.source.text.clone();
                text.replace_range(span.range(), &change.text);
                text
            }
        };
        self.source = Arc::new(SourceFile::new(self.source.path.clone(), self.source.language, text));
    }

    /// Its own bytes and positions.
    pub fn translator(&self, encoding: Encoding) -> Translator<'_> {
        Translator { text: &self.source.text, lines: self.source.lines(), encoding }
    }
}

impl View {
    /// The view of one document.
    fn single(buffer: Buffer) -> Self {
        Self { source: Arc::clone(&buffer.source), buffers: Arc::new(vec![buffer]) }
    }

    /// The view of a notebook: its code cells as one module.
    fn of_cells(path: PathBuf, mut buffers: Vec<Buffer>) -> Self {
        let code = |buffer: &Buffer| buffer.is_code && buffer.source.language == Language::Python;
        let texts = buffers.iter().enumerate().filter(|(_, cell)| code(cell));
        let source = notebook::join(path, texts.map(|(index, cell)| (index, cell.source.text.as_str())));
        let mut starts = source.cells().iter().map(|cell| cell.start);
        for buffer in &mut buffers {
            buffer.is_code = code(buffer);
            buffer.start = if buffer.is_code { starts.next().unwrap_or_default() } else { u32::MAX };
        }
        Self { source: Arc::new(source), buffers: Arc::new(buffers) }
    }

    /// The buffer that a byte of the checked text is in.
    pub fn buffer_at(&self, offset: u32) -> Option<&Buffer> {
        let code = || self.buffers.iter().filter(|buffer| buffer.is_code);
        code().rfind(|buffer| buffer.start <= offset).or_else(|| code().next())
    }

    /// Where a span is in the editor; one that leaves its cell ends with it.
    pub fn place(&self, span: Span, encoding: Encoding) -> Option<(&Uri, Range)> {
        let buffer = self.buffer_at(span.start)?;
        let local = Span::new(span.start.saturating_sub(buffer.start), span.end.saturating_sub(buffer.start));
        Some((&buffer.uri, buffer.translator(encoding).range(local)))
    }

    /// The byte of the checked text at a position in the editor.
    pub fn offset(&self, uri: &Uri, position: Position, encoding: Encoding) -> Option<u32> {
        let buffer = self.buffers.iter().find(|buffer| buffer.uri == *uri && buffer.is_code)?;
        Some(buffer.start + buffer.translator(encoding).offset(position))
    }

    /// The bytes of the checked text in a range in the editor.
    pub fn span(&self, uri: &Uri, range: Range, encoding: Encoding) -> Option<Span> {
        let (start, end) = (self.offset(uri, range.start, encoding)?, self.offset(uri, range.end, encoding)?);
        Some(Span::new(start.min(end), start.max(end)))
    }
}

impl Open {
    /// A document; `None` where its language is not podlint's business.
    pub fn document(item: TextDocumentItem) -> Option<Self> {
        let buffer = Buffer::new(item)?;
        let (uri, version) = (buffer.uri.clone(), buffer.version);
        Some(Self::new(uri, version, View::single(buffer), false))
    }

    /// A notebook.
    pub fn notebook(uri: Uri, version: i32, cells: &[NotebookCell], texts: Vec<TextDocumentItem>) -> Self {
        let mut texts: HashMap<String, TextDocumentItem> =
            texts.into_iter().map(|item| (item.uri.0.clone(), item)).collect();
        let buffers = cells.iter().filter_map(|cell| cell_buffer(cell, texts.remove(&cell.document.0)));
        let view = View::of_cells(uri::path(&uri), buffers.collect());
        Self::new(uri, version, view, true)
    }

    fn new(uri: Uri, version: i32, view: View, is_notebook: bool) -> Self {
        Self {
            path: uri::path(&uri),
            uri,
            version,
            generation: next_generation(),
            view,
            is_notebook,
            analysis: None,
            is_saved: true,
            in_flight: false,
            stop: Stop::default(),
            changed_meanwhile: Vec::new(),
            dirty: true,
            waiting: Vec::new(),
        }
    }

    /// Has a document checked as if it were another file.
    pub fn move_to(&mut self, path: PathBuf) {
        let mut buffers = self.view.buffers.to_vec();
        for buffer in &mut buffers {
            let source = &buffer.source;
            buffer.source = Arc::new(SourceFile::new(path.clone(), source.language, source.text.clone()));
        }
        self.view = match buffers.pop() {
            Some(buffer) if !self.is_notebook => View::single(buffer),
            last => View::of_cells(path.clone(), buffers.into_iter().chain(last).collect()),
        };
        self.path = path;
    }

    /// Makes the edits of a document.
    pub fn edit(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, encoding: Encoding) {
        let mut buffers = self.view.buffers.to_vec();
        if let Some(mut buffer) = buffers.pop() {
            changes.into_iter().for_each(|change| buffer.edit(change, encoding));
            buffer.version = version;
            self.view = View::single(buffer);
        }
        self.version = version;
        self.edited();
    }

    /// Makes the edits of one cell.
    pub fn edit_cell(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        let mut buffers = self.view.buffers.to_vec();
        if let Some(buffer) = buffers.iter_mut().find(|buffer| buffer.uri == *uri) {
            changes.into_iter().for_each(|change| buffer.edit(change, encoding));
            buffer.version = version;
        }
        self.view = View::of_cells(self.path.clone(), buffers);
        self.edited();
    }

    /// Replaces some cells by others; cells that only moved keep their text.
    pub fn splice_cells(&mut self, start: u32, deleted: u32, cells: &[NotebookCell], opened: Vec<TextDocumentItem>) {
        let mut buffers = self.view.buffers.to_vec();
        let start = (start as usize).min(buffers.len());
        let end = start.saturating_add(deleted as usize).min(buffers.len());
        let mut known: HashMap<String, Buffer> =
            buffers.iter().map(|buffer| (buffer.uri.0.clone(), buffer.clone())).collect();
        let mut opened: HashMap<String, TextDocumentItem> =
            opened.into_iter().map(|item| (item.uri.0.clone(), item)).collect();
        let new = cells.iter().filter_map(|cell| {
            let uri = &cell.document.0;
            cell_buffer(cell, opened.remove(uri)).or_else(|| known.remove(uri))
        });
        let new: Vec<Buffer> = new.collect();
        buffers.splice(start..end, new);
        self.view = View::of_cells(self.path.clone(), buffers);
        self.edited();
    }

    /// Ends the check that is under way: its result does not count any more.
    pub fn abandon(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Wants a check.
    pub fn touch(&mut self) {
        self.abandon();
        self.generation = next_generation();
        self.dirty = true;
    }

    /// Wants a check of another text.
    fn edited(&mut self) {
        self.is_saved = false;
        self.touch();
    }

    /// The check of the current text, when it has ended.
    pub fn current(&self) -> Option<&Arc<Analysis>> {
        self.analysis.as_ref().filter(|analysis| analysis.generation == self.generation)
    }
}

/// A number that no document had before.
fn next_generation() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// A cell with its text; cells in other languages stay empty, so that cells keep their numbers.
fn cell_buffer(cell: &NotebookCell, item: Option<TextDocumentItem>) -> Option<Buffer> {
    let item = item?;
    let (uri, version) = (item.uri.clone(), item.version);
    let empty = || {
        let source = Arc::new(SourceFile::new(uri::path(&uri), Language::Json, ""));
        Buffer { uri: uri.clone(), version, source, start: 0, is_code: false, is_lenient: false }
    };
    let mut buffer = Buffer::new(item).unwrap_or_else(empty);
    buffer.is_code &= cell.kind == NotebookCellKind::Code;
    Some(buffer)
}

impl Analysis {
    /// The check of a file that is not open.
    pub fn of_closed(uri: Uri, source: SourceFile, report: Report) -> Self {
        let buffer = Buffer { uri, version: 0, source: Arc::new(source), start: 0, is_code: true, is_lenient: false };
        Self { view: View::single(buffer), report, generation: 0 }
    }
}
