//! Settings that change: in the editor, in the project's files, and in the set of folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gen_lsp_types::{DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, FileChangeType, FileEvent, Uri};
use serde_json::{Value, json};

use super::client::Awaited;
use super::diagnostics::{self, ByDocument};
use super::documents::Analysis;
use super::preferences::Preferences;
use super::roots::Roots;
use super::site;
use super::state::Server;
use super::uri;
use crate::project::plain;
use crate::report::Report;
use crate::source::Language;

/// Who finds what is wrong with configuration files.
const FAULTS: &str = "podlint:configuration";
/// Files that say something about settings.
const SETTINGS_FILES: &[&str] = &[
    "podlint.toml",
    ".podlint.toml",
    "pyproject.toml",
    "uv.lock",
    "poetry.lock",
    "pylock.toml",
    "requirements.txt",
    "requirements.in",
];

impl Server {
    /// `initialized`: asks for what the client can tell and watch.
    pub fn initialized(&mut self) {
        let mut registrations = Vec::new();
        if self.client.abilities.has("/workspace/didChangeWatchedFiles/dynamicRegistration") {
            let code = ["**/*.{py,ipynb,yaml,yml,json}", "**/Kustomization"].map(str::to_owned);
            let patterns = code.into_iter().chain(SETTINGS_FILES.iter().map(|name| format!("**/{name}")));
            let watchers: Vec<Value> = patterns.map(|pattern| json!({"globPattern": pattern})).collect();
            registrations.push(json!({
                "id": "podlint/files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": watchers},
            }));
        }
        if self.client.abilities.has("/workspace/didChangeConfiguration/dynamicRegistration") {
            registrations.push(json!({
                "id": "podlint/configuration",
                "method": "workspace/didChangeConfiguration",
                "registerOptions": {"section": "podlint"},
            }));
        }
        if !registrations.is_empty() {
            self.client.ask("client/registerCapability", json!({"registrations": registrations}), Awaited::Nothing);
        }
        self.workspace.expected = self.ask_configuration();
        if !self.workspace.expected {
            self.scan();
        }
    }

    /// Asks for the user's settings, where the client can be asked.
    fn ask_configuration(&mut self) -> bool {
        let asks = self.client.abilities.has("/workspace/configuration");
        if asks {
            let folders = self.workspace.folders.clone();
            let item = |folder: &PathBuf| json!({"scopeUri": self.folder_name(folder), "section": "podlint"});
            let mut items: Vec<Value> = folders.iter().map(item).collect();
            // What is outside of the only folder is a guest in it; of several none is its host.
            if folders.len() != 1 {
                items.insert(0, json!({"section": "podlint"}));
            }
            self.client.ask("workspace/configuration", json!({"items": items}), Awaited::Configuration(folders));
        }
        asks
    }

    /// `workspace/didChangeConfiguration`: some clients send the settings, others want to be asked.
    pub fn did_change_configuration(&mut self, params: &Value) {
        if !self.ask_configuration() {
            self.prefer(params);
        }
    }

    /// Takes settings that hold everywhere; an editor that has none leaves those of `initialize`.
    pub fn prefer(&mut self, sent: &Value) {
        let sent = sent.is_object().then(|| Preferences::new(sent));
        let outside = sent.clone().unwrap_or_else(|| self.roots.outside().clone());
        let known = self.roots.settings();
        let own = |folder: &PathBuf| known.iter().find(|(known, _)| known == folder).map(|(_, own)| own.clone());
        let of_folder = |folder: &PathBuf| {
            let settings = sent.clone().or_else(|| own(folder)).unwrap_or_else(|| outside.clone());
            (folder.clone(), settings)
        };
        let folders = self.workspace.folders.iter().map(of_folder).collect();
        self.settle(outside, folders);
    }

    /// Takes the editor's answer: settings for each folder, before them those of no folder where there is not just one.
    pub fn configured(&mut self, asked: &[PathBuf], answer: &Value) {
        let one = |index: usize| match answer.get(index) {
            Some(sent) if sent.is_object() => Preferences::new(sent),
            _ => self.initial.clone(),
        };
        let first = usize::from(asked.len() != 1);
        let folders = asked.iter().enumerate().map(|(index, folder)| (folder.clone(), one(first + index))).collect();
        let outside = one(0);
        self.settle(outside, folders);
    }

    fn settle(&mut self, outside: Preferences, folders: Vec<(PathBuf, Preferences)>) {
        if *self.roots.outside() != outside || self.roots.settings() != folders {
            self.roots = Roots::new(outside, folders);
            self.start_afresh();
        } else if self.workspace.expected {
            self.scan();
        }
    }

    /// Forgets all that was read and found, and checks everything again.
    pub fn start_afresh(&mut self) {
        self.renew_project();
        self.recheck_all();
        self.forget_scan();
        self.scan();
        self.refresh_pulled();
        for (what, method) in [("codeLens", "workspace/codeLens/refresh"), ("inlayHint", "workspace/inlayHint/refresh")]
        {
            if self.client.abilities.has(&format!("/workspace/{what}/refreshSupport")) {
                self.client.ask(method, Value::Null, Awaited::Nothing);
            }
        }
    }

    /// Reads the project's files anew, with the editor's texts on top.
    pub fn renew_project(&mut self) {
        self.roots = self.roots.renewed();
        self.faults = 0;
        for document in self.open.values().filter(|document| !document.is_notebook) {
            self.lend(&document.uri, &document.view.source);
        }
    }

    /// Shows what is wrong with the configuration files that checks have read, in those files.
    pub fn show_faults(&mut self) {
        let projects = self.roots.projects().into_iter();
        let mut problems: Vec<_> = projects.flat_map(|project| project.configuration_problems()).collect();
        // Several folders may be governed by one file.
        problems.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        problems.dedup_by(|(a, _), (b, _)| a.path == b.path);
        let count: usize = problems.iter().map(|(_, found)| found.len()).sum();
        if count == self.faults && (count > 0 || self.board.elsewhere(FAULTS).is_empty()) {
            return;
        }
        self.faults = count;
        let mut found = ByDocument::new();
        for (source, diagnostics) in problems {
            let uri = site::name_of(&self.names, &source.path);
            let report = Report { diagnostics, ..Report::default() };
            let analysis = Analysis::of_closed(uri, source, report);
            for (target, more) in diagnostics::of_check(&self.site(&analysis), self.roots.outside()) {
                found.entry(target).or_default().extend(more);
            }
        }
        let touched = self.board.set(FAULTS, found);
        self.push(touched);
    }

    /// `workspace/didChangeWatchedFiles`.
    pub fn did_change_watched_files(&mut self, params: DidChangeWatchedFilesParams) {
        let mut afresh = false;
        for path in params.changes.iter().map(|change| uri::path(&change.uri)) {
            if Language::of_path(&path).is_none() {
                self.scan_folder(&path);
            }
            self.appears(&path);
            if self.is_about_settings(&path) {
                afresh = true;
            } else if !self.names.contains_key(&path) {
                let patches = self.forget_text(&path);
                self.judge_again(patches);
                self.recheck_importers(&path);
                self.scan_file(path.clone());
            }
            self.base_changed(&path);
        }
        if afresh {
            self.start_afresh();
        }
    }

    /// What was looked for in vain may be there now, and who looked is not known.
    pub fn appears(&mut self, path: &Path) {
        if self.roots.projects().iter().any(|project| project.modules.misses(path)) {
            self.forget_text(path);
            self.recheck_all();
            self.scan();
        }
    }

    /// `workspace/didCreateFiles`, `didRenameFiles` and `didDeleteFiles`: what the editor itself does to files.
    pub fn did_operate_on_files(&mut self, params: &Value) {
        let files = params.get("files").and_then(Value::as_array).cloned().unwrap_or_default();
        let name = |file: &Value, key: &str| file.get(key).and_then(Value::as_str).map(|uri| Uri(uri.to_owned()));
        let mut changes: Vec<FileEvent> = Vec::new();
        for file in &files {
            for (key, is_gone) in [("oldUri", true), ("newUri", false), ("uri", false)] {
                let Some(uri) = name(file, key) else { continue };
                let is_there = !is_gone && uri::path(&uri).exists();
                let kind = if is_there { FileChangeType::Created } else { FileChangeType::Deleted };
                changes.push(FileEvent { uri, kind });
            }
        }
        self.did_change_watched_files(DidChangeWatchedFilesParams { changes });
    }

    /// A file was saved in the editor: for clients that do not watch files that is the only word of it.
    pub fn file_was_saved(&mut self, path: &Path) {
        if self.is_about_settings(path) {
            self.start_afresh();
        }
        self.base_changed(path);
    }

    /// Whether a file says how others are checked.
    fn is_about_settings(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        SETTINGS_FILES.contains(&name) || self.roots.projects().iter().any(|project| project.concerns_policies(path))
    }

    /// Pods that are shown are made of the manifest that the configuration lays under them.
    fn base_changed(&mut self, path: &Path) {
        let sources: BTreeSet<String> = self.shown_pods.keys().map(|which| which.uri.clone()).collect();
        for source in sources.into_iter().map(Uri) {
            let files =
                self.unit(&source).map(|document| self.roots.of(&document.path).project.backend_files(&document.path));
            if files.is_some_and(|files| files.iter().any(|file| plain(file) == path)) {
                self.pod_changed(&source);
            }
        }
    }

    /// `workspace/didChangeWorkspaceFolders`: an editor that can be asked has settings for the new ones.
    pub fn did_change_folders(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let gone: Vec<PathBuf> = params.event.removed.iter().map(|folder| uri::path(&folder.uri)).collect();
        self.workspace.folders.retain(|folder| !gone.contains(folder));
        for folder in params.event.added {
            let path = uri::path(&folder.uri);
            if !self.workspace.folders.contains(&path) {
                self.workspace.names.insert(path.clone(), folder.uri);
                self.workspace.folders.push(path);
            }
        }
        self.forget_scan();
        self.workspace.expected = self.ask_configuration();
        if !self.workspace.expected {
            self.workspace.expected = true;
            self.prefer(&Value::Null);
        }
    }

    /// A folder as the client writes it.
    fn folder_name(&self, folder: &Path) -> Uri {
        self.workspace.names.get(folder).cloned().unwrap_or_else(|| uri::of_path(folder))
    }
}
