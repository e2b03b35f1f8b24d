//! The files of the workspace that are not open: found, checked in the background, and checked again when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::Uri;
use lsp_server::Request;
use serde_json::{Value, json};

use super::client::Awaited;
use super::diagnostics::{self, ByDocument};
use super::documents::Analysis;
use super::site::Names;
use super::state::{Event, Server};
use crate::project::{Project, lint_file, select};
use crate::report::Report;
use crate::source::{Language, SourceFile};

/// In larger workspaces only the first files are checked unasked.
const MAX_FILES: usize = 20_000;
/// The token of the scan's progress.
const TOKEN: &str = "podlint/scan";

/// The files that are not open.
#[derive(Debug, Default)]
pub struct Workspace {
    /// The folders that the user works in.
    pub folders: Vec<PathBuf>,
    /// The folders as the client writes them.
    pub names: Names,
    /// Files that want a check.
    waiting: BTreeSet<PathBuf>,
    /// Files whose check is under way, and whether they have changed since it began.
    running: BTreeMap<PathBuf, bool>,
    /// Modules that checked files import from.
    imports: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// The settings that a first scan needs have been asked for.
    pub expected: bool,
    /// The files are being listed.
    listing: bool,
    /// Since then folders or settings have changed.
    outdated: bool,
    /// Requests that want the end of the scan.
    pub pulls: Vec<Request>,
    /// How many files this scan has, when its progress is shown.
    progress: Option<Progress>,
}

#[derive(Clone, Copy, Debug)]
struct Progress {
    total: usize,
    done: usize,
    shown: usize,
}

/// A file of the workspace after its check.
#[derive(Debug)]
pub struct Scanned {
    /// Which file.
    pub path: PathBuf,
    /// What was found; `None` where it could not be read.
    pub found: Option<(SourceFile, Report)>,
}

impl Server {
    /// Lists the files of all folders and checks them.
    pub fn scan(&mut self) {
        self.workspace.expected = false;
        let wanted = |folder: &&PathBuf| self.roots.of(folder).preferences.checks_files();
        let folders: Vec<PathBuf> = self.workspace.folders.iter().filter(wanted).cloned().collect();
        if folders.is_empty() {
            if self.workspace.running.is_empty() {
                self.end_progress();
            }
            self.answer_workspace_pull();
            return;
        }
        if self.workspace.listing {
            self.workspace.outdated = true;
            return;
        }
        self.workspace.listing = true;
        let events = self.events.clone();
        self.workers.give(Box::new(move || {
            let files = select(&folders).files.into_iter().take(MAX_FILES).map(|(path, _)| path).collect();
            let _ = events.send(Event::Listed(files));
        }));
    }

    /// The files are known.
    pub fn listed(&mut self, files: Vec<PathBuf>) {
        self.workers.returned();
        self.workspace.listing = false;
        if std::mem::take(&mut self.workspace.outdated) {
            return self.scan();
        }
        // A folder within another may want something else.
        let wanted = |path: &PathBuf| self.roots.of(path).preferences.checks_files();
        let closed = files.into_iter().filter(|path| !self.names.contains_key(path) && wanted(path));
        self.workspace.waiting.extend(closed.collect::<Vec<_>>());
        let total = self.workspace.waiting.len();
        if !self.is_scanning() {
            self.end_progress();
            self.answer_workspace_pull();
        }
        if let Some(progress) = &mut self.workspace.progress {
            // A scan within a scan goes on in the same bar.
            progress.total = progress.done + total;
        } else if total > 0 && self.client.abilities.has("/window/workDoneProgress") {
            self.workspace.progress = Some(Progress { total, done: 0, shown: 0 });
            self.client.ask("window/workDoneProgress/create", json!({"token": TOKEN}), Awaited::Nothing);
            let value = json!({"kind": "begin", "title": "podlint", "message": "checking the workspace", "percentage": 0, "cancellable": false});
            self.client.notify("$/progress", json!({"token": TOKEN, "value": value}));
        }
    }

    /// Wants a check of a file that is not open.
    pub fn scan_file(&mut self, path: PathBuf) {
        let inside = self.workspace.folders.iter().any(|folder| path.starts_with(folder));
        if !self.roots.of(&path).preferences.checks_files()
            || !inside
            || self.names.contains_key(&path)
            || Language::of_path(&path).is_none()
        {
            return;
        }
        match self.workspace.running.get_mut(&path) {
            Some(changed) => *changed = true,
            None => {
                self.workspace.waiting.insert(path);
            }
        }
    }

    /// Checks the closed files in a folder again, which clear what is shown of them where it is gone.
    pub fn scan_folder(&mut self, folder: &Path) {
        let known = self.board.origins().into_iter().map(|uri| super::uri::path(&Uri(uri)));
        let inside: Vec<PathBuf> = known.filter(|path| path.starts_with(folder)).collect();
        inside.into_iter().for_each(|path| self.scan_file(path));
        if folder.is_dir() {
            self.scan();
        }
    }

    /// Checks again the closed files that are made of a file.
    pub fn rescan_importers(&mut self, path: &Path) {
        let importers =
            self.workspace.imports.iter().filter(|(_, modules)| modules.iter().any(|module| module == path));
        let importers: Vec<PathBuf> = importers.map(|(importer, _)| importer.clone()).collect();
        let open = self.names.get(path).cloned();
        for importer in importers {
            // The next check of the open text shows it without what closed files found in the former one.
            if let Some(open) = &open {
                self.board.outdate(&super::uri::of_path(&importer).0, &open.0);
            }
            self.scan_file(importer);
        }
        // What a check under way has read of it is not known yet.
        for (path, changed) in &mut self.workspace.running {
            *changed |= matches!(Language::of_path(path), Some(Language::Python | Language::Notebook));
        }
    }

    /// Forgets what was found in closed files.
    pub fn forget_scan(&mut self) {
        self.workspace.waiting.clear();
        self.workspace.imports.clear();
        self.workspace.running.values_mut().for_each(|changed| *changed = true);
        let closed: Vec<String> = self.board.origins().into_iter().filter(|uri| !self.open.contains_key(uri)).collect();
        for uri in closed {
            let touched = self.board.set(&uri, ByDocument::new());
            self.push(touched);
        }
    }

    /// Whether files wait for their check.
    pub fn is_scanning(&self) -> bool {
        self.workspace.expected
            || self.workspace.listing
            || !self.workspace.waiting.is_empty()
            || !self.workspace.running.is_empty()
    }

    /// Checks files while more than one thread is free: what the user types comes first.
    pub fn schedule_scan(&mut self) {
        while self.workers.free() > 1 {
            let Some(path) = self.workspace.waiting.pop_first() else { break };
            self.workspace.running.insert(path.clone(), false);
            let (project, events) = (Arc::clone(&self.roots.of(&path).project), self.events.clone());
            self.workers.give(Box::new(move || {
                let found = read(&project, &path);
                let _ = events.send(Event::Scanned(Box::new(Scanned { path, found })));
            }));
        }
    }

    /// A file was checked.
    pub fn scanned(&mut self, scanned: Scanned) {
        self.workers.returned();
        let Scanned { path, found } = scanned;
        if self.workspace.running.remove(&path) == Some(true) {
            self.workspace.waiting.insert(path.clone());
        }
        self.advance();
        if !self.names.contains_key(&path) {
            self.keep(&path, found);
        }
        if !self.is_scanning() {
            self.show_faults();
            self.end_progress();
            self.refresh_pulled();
            self.answer_workspace_pull();
        }
    }

    /// Puts what was found in a closed file on the board.
    fn keep(&mut self, path: &Path, found: Option<(SourceFile, Report)>) {
        let uri = super::uri::of_path(path);
        self.workspace.imports.remove(path);
        let mut shown = ByDocument::from([(uri.0.clone(), Vec::new())]);
        if let Some((source, report)) = found {
            let modules: Vec<PathBuf> = report.modules.iter().map(|module| module.path.clone()).collect();
            if !modules.is_empty() {
                self.workspace.imports.insert(path.to_owned(), modules);
            }
            let analysis = Analysis::of_closed(uri.clone(), source, report);
            shown.extend(diagnostics::of_check(&self.site(&analysis), &self.roots.of(path).preferences));
        }
        let touched = self.board.set(&uri.0, shown);
        self.push(touched);
    }

    /// A file is open now: its own check speaks for it.
    pub fn forget_closed(&mut self, path: &Path) {
        self.workspace.waiting.remove(path);
        self.workspace.imports.remove(path);
        let touched = self.board.set(&super::uri::of_path(path).0, ByDocument::new());
        self.push(touched);
    }

    fn advance(&mut self) {
        let Some(progress) = &mut self.workspace.progress else { return };
        progress.done += 1;
        let percentage = progress.done.min(progress.total) * 100 / progress.total.max(1);
        if percentage >= progress.shown + 10 {
            progress.shown = percentage;
            let value = json!({"kind": "report", "percentage": percentage});
            self.client.notify("$/progress", json!({"token": TOKEN, "value": value}));
        }
    }

    fn end_progress(&mut self) {
        if self.workspace.progress.take().is_some() {
            self.client.notify("$/progress", json!({"token": TOKEN, "value": {"kind": "end"}}));
        }
    }

    /// The folders of `initialize`.
    pub fn learn_folders(&mut self, params: &Value) {
        let folders = params.get("workspaceFolders").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut uris: Vec<String> =
            folders.iter().filter_map(|folder| Some(folder.get("uri")?.as_str()?.to_owned())).collect();
        if uris.is_empty() {
            uris.extend(params.get("rootUri").and_then(Value::as_str).map(str::to_owned));
        }
        for uri in uris.into_iter().filter(|uri| uri.starts_with("file:")).map(Uri) {
            let path = super::uri::path(&uri);
            self.workspace.folders.push(path.clone());
            self.workspace.names.insert(path, uri);
        }
        if self.workspace.folders.is_empty() {
            self.workspace.folders.extend(params.get("rootPath").and_then(Value::as_str).map(PathBuf::from));
        }
    }
}

/// Reads and checks a file; most hold no template, and cost no more than reading.
fn read(project: &Project, path: &Path) -> Option<(SourceFile, Report)> {
    let language = Language::of_path(path).filter(|_| !project.excludes(path))?;
    let read = || lint_file(path, language, project).ok();
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).ok().flatten()
}
