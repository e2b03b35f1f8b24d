//! Settings that change: in the editor, in the project's files, and in the set of folders.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, FileChangeType};
use serde_json::{Value, json};

use super::client::Awaited;
use super::diagnostics::{self, ByDocument};
use super::documents::Analysis;
use super::preferences::Preferences;
use super::site;
use super::state::Server;
use super::uri;
use crate::project::{Choice, Given, Project, Setter, detect};
use crate::report::Report;
use crate::rules::RULES;

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
            let code = ["**/*.{py,ipynb,yaml,yml,json}"].map(str::to_owned);
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
            let scope = self.workspace.folders.first().map(|folder| uri::of_path(folder));
            let item = json!({"scopeUri": scope, "section": "podlint"});
            self.client.ask("workspace/configuration", json!({"items": [item]}), Awaited::Configuration);
        }
        asks
    }

    /// `workspace/didChangeConfiguration`: some clients send the settings, others want to be asked.
    pub fn did_change_configuration(&mut self, params: &Value) {
        if !self.ask_configuration() {
            self.prefer(params);
        }
    }

    /// Takes settings from the editor; an editor that has none leaves those of `initialize`.
    pub fn prefer(&mut self, sent: &Value) {
        let preferences = if sent.is_object() { Preferences::new(sent) } else { self.preferences.clone() };
        if preferences != self.preferences {
            self.preferences = preferences;
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

    /// Reads the project's files anew, with the editor's settings and texts on top.
    pub fn renew_project(&mut self) {
        let overrides = &self.preferences.overrides;
        let known = |name: &&String| RULES.iter().any(|rule| rule.name == **name);
        let mut over: Vec<(&str, Value)> = Vec::new();
        for (key, names) in [("select", &overrides.select), ("ignore", &overrides.ignore)] {
            let names: Vec<&String> = names.iter().filter(known).collect();
            over.extend((!names.is_empty()).then(|| (key, json!(names))));
        }
        over.extend(overrides.kubernetes_version.map(|minor| ("kubernetes-version", json!(format!("1.{minor}")))));
        let client = overrides.kubernetes_client.as_ref().filter(|version| detect::of_version(version).is_some());
        over.extend(client.map(|version| ("kubernetes-client", json!(version))));
        let given = |(key, value): (&str, Value)| Given { key: key.to_owned(), value, by: Setter::Argument };
        let over = over.into_iter().map(given).collect();
        let folder = self.workspace.folders.first().cloned().unwrap_or_default();
        let choice = overrides.configuration.as_ref().map(|file| Choice::File(folder.join(file))).unwrap_or_default();
        self.project = Arc::new(Project::configured(over, choice, Vec::new()));
        self.faults = 0;
        for document in self.open.values().filter(|document| !document.is_notebook) {
            self.lend(&document.uri, &document.view.source);
        }
    }

    /// Shows what is wrong with the configuration files that checks have read, in those files.
    pub fn show_faults(&mut self) {
        let problems = self.project.configuration_problems();
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
            for (target, more) in diagnostics::of_check(&self.site(&analysis), &self.preferences) {
                found.entry(target).or_default().extend(more);
            }
        }
        let touched = self.board.set(FAULTS, found);
        self.push(touched);
    }

    /// `workspace/didChangeWatchedFiles`.
    pub fn did_change_watched_files(&mut self, params: DidChangeWatchedFilesParams) {
        let mut afresh = false;
        for change in params.changes {
            let path = uri::path(&change.uri);
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if SETTINGS_FILES.contains(&name) || self.project.concerns_policies(&path) {
                afresh = true;
            } else if !self.names.contains_key(&path) {
                self.project.modules.forget(&path);
                self.recheck_importers(&path);
                self.scan_file(path);
            }
            // What a template could not import before, it may now.
            if change.kind == FileChangeType::Created {
                self.recheck_all();
            }
        }
        if afresh {
            self.start_afresh();
        }
    }

    /// `workspace/didChangeWorkspaceFolders`.
    pub fn did_change_folders(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let gone: Vec<PathBuf> = params.event.removed.iter().map(|folder| uri::path(&folder.uri)).collect();
        self.workspace.folders.retain(|folder| !gone.contains(folder));
        let added = params.event.added.iter().map(|folder| uri::path(&folder.uri));
        self.workspace.folders.extend(added);
        self.forget_scan();
        self.scan();
    }
}
