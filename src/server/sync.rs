//! Documents that are opened, edited and closed.

use std::collections::HashSet;
use std::path::PathBuf;

use gen_lsp_types::{
    DidChangeNotebookDocumentParams, DidChangeTextDocumentParams, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams,
    DidSaveNotebookDocumentParams, DidSaveTextDocumentParams, Uri,
};

use super::diagnostics::ByDocument;
use super::documents::Open;
use super::site::name_of;
use super::state::Server;
use super::uri;

impl Server {
    /// `textDocument/didOpen`.
    pub fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let uri = params.text_document.uri.clone();
        if let Some(document) = Open::document(params.text_document) {
            self.add(uri, document);
        } else if uri::is_file(&uri) {
            // A Helm chart or the like: as long as it is open it is its language's business alone.
            let path = uri::path(&uri);
            self.forget_closed(&path);
            self.names.insert(path, uri);
        }
    }

    /// `notebookDocument/didOpen`.
    pub fn did_open_notebook(&mut self, params: DidOpenNotebookDocumentParams) {
        let document = params.notebook_document;
        let uri = document.uri.clone();
        let notebook = Open::notebook(document.uri, document.version, &document.cells, params.cell_text_documents);
        self.add(uri.clone(), notebook);
        self.learn_cells(&uri);
    }

    fn add(&mut self, uri: Uri, mut document: Open) {
        // A client that opens what is open gets its answers too.
        self.outdate(&uri.0);
        if uri::is_file(&uri) {
            self.forget_closed(&document.path);
            self.appears(&document.path);
            self.names.insert(document.path.clone(), uri.clone());
        } else if let (true, Some(folder)) = (document.path.is_relative(), self.workspace.folders.first()) {
            // What has no file yet is treated as one in the first folder: settings and imports are found from there.
            document.move_to(folder.join(&document.path));
        }
        self.open.insert(uri.0.clone(), document);
        self.enqueue(&uri.0);
        self.changed_text(&uri);
    }

    /// `textDocument/didChange`.
    pub fn did_change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.text_document_identifier.uri;
        let encoding = self.client.encoding;
        let Some(document) = self.open.get_mut(&uri.0).filter(|document| !document.is_notebook) else { return };
        document.edit(params.text_document.version, params.content_changes, encoding);
        self.outdate(&uri.0);
        self.enqueue(&uri.0);
        self.changed_text(&uri);
    }

    /// `notebookDocument/didChange`: first the order of the cells, then their texts.
    pub fn did_change_notebook(&mut self, params: DidChangeNotebookDocumentParams) {
        let uri = params.notebook_document.uri;
        let encoding = self.client.encoding;
        let Some(notebook) = self.open.get_mut(&uri.0).filter(|document| document.is_notebook) else { return };
        notebook.version = params.notebook_document.version;
        let cells = params.change.cells.unwrap_or_default();
        let mut gone = Vec::new();
        if let Some(structure) = cells.structure {
            let (array, opened) = (structure.array, structure.did_open.unwrap_or_default());
            notebook.splice_cells(array.start, array.delete_count, &array.cells.unwrap_or_default(), opened);
            gone.extend(structure.did_close.unwrap_or_default().into_iter().map(|cell| cell.uri));
        }
        for text in cells.text_content.unwrap_or_default() {
            let cell = text.document.text_document_identifier.uri;
            notebook.edit_cell(&cell, text.document.version, text.changes, encoding);
        }
        for cell in gone {
            self.cells.remove(&cell.0);
            self.show_nothing(&cell);
        }
        self.learn_cells(&uri);
        self.outdate(&uri.0);
        self.enqueue(&uri.0);
    }

    fn learn_cells(&mut self, uri: &Uri) {
        let Some(notebook) = self.open.get(&uri.0) else { return };
        for buffer in notebook.view.buffers.iter() {
            self.cells.insert(buffer.uri.0.clone(), uri.0.clone());
        }
    }

    /// `textDocument/didSave`.
    pub fn did_save(&mut self, params: DidSaveTextDocumentParams) {
        self.saved(&params.text_document.uri);
    }

    /// `notebookDocument/didSave`.
    pub fn did_save_notebook(&mut self, params: DidSaveNotebookDocumentParams) {
        self.saved(&params.notebook_document.uri);
    }

    fn saved(&mut self, uri: &Uri) {
        let Some(document) = self.unit_mut(uri) else { return };
        document.is_saved = true;
        let (uri, path) = (document.uri.clone(), document.path.clone());
        if self.roots.of(&path).preferences.on_save {
            self.recheck(&uri.0);
        }
        if uri::is_file(&uri) {
            self.file_was_saved(&path);
        }
    }

    /// `textDocument/didClose`.
    pub fn did_close(&mut self, params: DidCloseTextDocumentParams) {
        self.remove(&params.text_document.uri);
    }

    /// `notebookDocument/didClose`.
    pub fn did_close_notebook(&mut self, params: DidCloseNotebookDocumentParams) {
        self.remove(&params.notebook_document.uri);
    }

    fn remove(&mut self, uri: &Uri) {
        self.outdate(&uri.0);
        let Some(document) = self.open.remove(&uri.0) else {
            let path = uri::path(uri);
            if self.names.get(&path) == Some(uri) {
                self.names.remove(&path);
                self.scan_file(path);
            }
            return;
        };
        document.abandon();
        self.queue.retain(|queued| *queued != uri.0);
        self.names.remove(&document.path);
        self.forget_pods(uri);
        let touched = self.board.set(&uri.0, ByDocument::new());
        for buffer in document.view.buffers.iter() {
            self.cells.remove(&buffer.uri.0);
            self.show_nothing(&buffer.uri);
        }
        self.push(touched);
        if uri::is_file(uri) {
            let patches = self.forget_text(&document.path);
            self.judge_again(patches);
            self.recheck_importers(&document.path);
            self.scan_file(document.path);
        }
    }

    /// Clears a document that is no longer there.
    fn show_nothing(&mut self, uri: &Uri) {
        self.pushed.insert(uri.0.clone());
        self.push([uri.0.clone()].into());
    }

    /// An open file has other text: those that import from it see that, saved or not.
    fn changed_text(&mut self, uri: &Uri) {
        let Some(document) = self.open.get(&uri.0).filter(|document| !document.is_notebook) else { return };
        let (path, source) = (document.path.clone(), document.view.source.clone());
        let patches = self.lend(uri, &source);
        self.judge_again(patches);
        if uri::is_file(uri) {
            self.recheck_importers(&path);
        }
    }

    /// Checks files again that have become patches, or are none any more.
    pub fn judge_again(&mut self, patches: Vec<PathBuf>) {
        for path in patches {
            match self.names.get(&path).cloned() {
                Some(uri) => self.recheck(&uri.0),
                None => self.scan_file(path),
            }
        }
    }

    /// Checks again what was made of a file.
    pub fn recheck_importers(&mut self, path: &std::path::Path) {
        let changed = name_of(&self.names, path);
        let mut importers: HashSet<String> = HashSet::new();
        for (uri, document) in &mut self.open {
            let modules = document.analysis.iter().flat_map(|analysis| &analysis.report.modules);
            let imports = modules.into_iter().any(|module| module.path == path);
            if *uri != changed.0 && imports {
                importers.insert(uri.clone());
            } else if document.in_flight {
                // Whether it imports from the file is known only when the check ends.
                document.changed_meanwhile.push(path.to_owned());
            }
        }
        importers.iter().for_each(|uri| self.recheck(uri));
        self.rescan_importers(path);
    }
}
