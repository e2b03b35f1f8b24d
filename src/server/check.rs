//! Checks of open documents: when they run, and what becomes of their results.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use gen_lsp_types::{PublishDiagnosticsParams, Uri};
use lsp_server::ErrorCode;
use serde_json::json;

use super::client::failure;
use super::diagnostics;
use super::documents::{Analysis, Open, View};
use super::state::{Checked, Event, Server};
use crate::lint::{failed_check, lint_in};
use crate::project::{Project, over_limit};
use crate::report::Report;
use crate::source::SourceFile;
use crate::stop::{self, Stop};

impl Server {
    /// Wants a check of a document, before those that were wanted earlier.
    pub fn enqueue(&mut self, uri: &str) {
        self.queue.retain(|queued| queued != uri);
        self.queue.push(uri.to_owned());
    }

    /// Wants a check of a document whose own text is what it was.
    pub fn recheck(&mut self, uri: &str) {
        if let Some(document) = self.open.get_mut(uri) {
            document.touch();
            // Behind what the user is typing.
            if !self.queue.iter().any(|queued| queued == uri) {
                self.queue.insert(0, uri.to_owned());
            }
        }
    }

    /// Wants a check of everything that is open.
    pub fn recheck_all(&mut self) {
        let all: Vec<String> = self.open.keys().cloned().collect();
        all.iter().for_each(|uri| self.recheck(uri));
    }

    /// Gives free threads the checks that are wanted, then the files of the workspace.
    pub fn schedule(&mut self) {
        while self.workers.free() > 0 {
            let ready = |uri: &String| self.open.get(uri).is_none_or(|document| !document.in_flight);
            let Some(next) = self.queue.iter().rposition(ready) else { break };
            let uri = self.queue.remove(next);
            self.start(&uri);
        }
        self.schedule_scan();
    }

    fn start(&mut self, uri: &str) {
        let Some(document) = self.open.get_mut(uri).filter(|document| document.dirty) else { return };
        document.dirty = false;
        document.in_flight = true;
        document.stop = Stop::default();
        document.changed_meanwhile.clear();
        let (view, generation, uri) = (document.view.clone(), document.generation, document.uri.clone());
        let stop = Stop::clone(&document.stop);
        let (project, events) = (Arc::clone(&self.roots.of(&view.source.path).project), self.events.clone());
        self.workers.give(Box::new(move || {
            let analysis = stop::watching(&stop, || analyse(&project, view, generation));
            let _ = events.send(Event::Checked(Box::new(Checked { uri, analysis })));
        }));
    }

    /// A check ended. Its result counts only when the document is still what was checked.
    pub fn checked(&mut self, checked: Checked) {
        self.workers.returned();
        let Some(document) = self.open.get_mut(&checked.uri.0) else { return };
        document.in_flight = false;
        // Closed and opened again it counts from 0, with another text.
        let is_same = Arc::ptr_eq(&document.view.source, &checked.analysis.view.source);
        let changed = std::mem::take(&mut document.changed_meanwhile);
        let modules = &checked.analysis.report.modules;
        let is_late = modules.iter().any(|module| changed.contains(&module.path));
        if document.generation != checked.analysis.generation || !is_same || is_late {
            document.dirty = true;
            if !self.queue.contains(&checked.uri.0) {
                self.queue.insert(0, checked.uri.0);
            }
            return;
        }
        self.show_faults();
        let Some(document) = self.open.get_mut(&checked.uri.0) else { return };
        let analysis = Arc::new(checked.analysis);
        let waiting = std::mem::take(&mut document.waiting);
        document.analysis = Some(Arc::clone(&analysis));
        if document.is_saved || !self.roots.of(&document.path).preferences.on_save {
            self.show(&checked.uri, &analysis);
        }
        for request in waiting {
            self.request(request);
        }
        self.pod_changed(&checked.uri);
    }

    /// Puts what a check found on the board and before the user.
    fn show(&mut self, uri: &Uri, analysis: &Analysis) {
        let site = self.site(analysis);
        let found = diagnostics::of_check(&site, &self.root(&site).preferences);
        let others: BTreeSet<String> = self.board.elsewhere(&uri.0).into_iter().collect();
        let touched = self.board.set(&uri.0, found);
        let elsewhere = touched.iter().any(|target| *target != uri.0 && !self.cells.contains_key(target));
        // What is shown is what was checked: versions are the check's, not the last ones that came.
        self.push(touched);
        if elsewhere || !others.is_empty() {
            self.refresh_pulled();
        }
    }

    /// Pushes what documents show, to clients that do not ask for it themselves.
    pub fn push(&mut self, targets: BTreeSet<String>) {
        let (pulls, pulls_workspace) = (self.client.abilities.pulls(), self.client.abilities.pulls_workspace());
        for target in targets {
            let uri = Uri(target.clone());
            if self.is_unsettled(&target) {
                continue;
            }
            let version = self.unit(&uri).and_then(|document| {
                let buffer = document.view.buffers.iter().find(|buffer| buffer.uri == uri)?;
                Some(buffer.version)
            });
            // Shown twice they would only annoy; a file that is opened loses what was pushed before.
            let is_pulled = pulls && (pulls_workspace || version.is_some());
            let diagnostics = if is_pulled { Vec::new() } else { self.board.get(&target) };
            let shows = !diagnostics.is_empty();
            let is_news = (version.is_some() && !pulls) || shows || self.pushed.contains(&target);
            if is_news {
                self.client
                    .notify("textDocument/publishDiagnostics", PublishDiagnosticsParams { uri, version, diagnostics });
            }
            if shows {
                self.pushed.insert(target)
            } else {
                self.pushed.remove(&target)
            };
        }
    }

    /// Whether what a document shows is partly of checks that saw an earlier text of it; their next end shows it.
    fn is_unsettled(&self, target: &str) -> bool {
        self.open.contains_key(target) && self.board.others(target).any(|origin| !self.is_settled(origin))
    }

    /// An open document that imports from a file, as far as is known, and whose check is under way.
    pub fn unsettled_importer(&self, uri: &Uri) -> Option<String> {
        let path = &self.unit(uri)?.path;
        let imports = |open: &&Open| {
            let modules = open.analysis.iter().flat_map(|analysis| &analysis.report.modules);
            open.current().is_none() && modules.into_iter().any(|module| module.path == *path)
        };
        self.open.values().find(imports).map(|open| open.uri.0.clone())
    }

    /// Whether the check of a document is of what there is now.
    pub fn is_settled(&self, origin: &str) -> bool {
        self.open.get(origin).is_none_or(|open| open.current().is_some())
    }

    /// Asks a client that pulls to do so again.
    pub fn refresh_pulled(&mut self) {
        if self.client.abilities.pulls() && self.client.abilities.has("/workspace/diagnostics/refreshSupport") {
            self.client.ask("workspace/diagnostic/refresh", json!(null), super::client::Awaited::Nothing);
        }
    }

    /// Answers what waited for a text that is no more.
    pub fn outdate(&mut self, uri: &str) {
        let Some(document) = self.open.get_mut(uri) else { return };
        for request in std::mem::take(&mut document.waiting) {
            self.pending.remove(&Self::key(&request.id));
            let error = if request.method == "textDocument/diagnostic" {
                let mut error = failure(ErrorCode::ServerCancelled, "the document was changed");
                error.data = Some(json!({"retriggerRequest": true}));
                error
            } else {
                failure(ErrorCode::ContentModified, "the document was changed")
            };
            self.client.answer(request.id, Err(error));
        }
    }
}

fn analyse(project: &Project, view: View, generation: u64) -> Analysis {
    let report = check(project, &view.source);
    Analysis { view, report, generation }
}

/// Checks a text; a defect in podlint becomes a finding.
pub fn check(project: &Project, source: &SourceFile) -> Report {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if project.excludes(&source.path) {
            return Report::default();
        }
        if let Some(report) = over_limit(&source.path, source.text.len() as u64, project) {
            return report;
        }
        let settings = project.settings(&source.path, source.language, &source.text);
        lint_in(source, &settings, &project.modules)
    }));
    outcome.unwrap_or_else(|_| Report { diagnostics: vec![failed_check()], ..Report::default() })
}
