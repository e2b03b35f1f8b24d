//! Whether edits would break what was sound.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::overlay::Edited;
use super::site::Site;
use super::state::Server;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::lint_in;
use crate::report::Report;
use crate::source::SourceFile;
use crate::text::{Edit, apply};

/// An error that edits of some files bring to an open document, as where other code puts an old name together.
pub fn broken(server: &Server, edits: &BTreeMap<PathBuf, Vec<Edit>>) -> Option<String> {
    server.sites().find_map(|site| broken_in(server, &site, edits))
}

fn broken_in(server: &Server, site: &Site<'_>, edits: &BTreeMap<PathBuf, Vec<Edit>>) -> Option<String> {
    let edited = |source: &SourceFile| {
        let text = apply(&source.text, edits.get(&source.path)?).ok()?;
        Some(Arc::new(SourceFile::new(source.path.clone(), source.language, text)))
    };
    let main = &site.analysis.view.source;
    let texts: Vec<Arc<SourceFile>> = site.analysis.report.modules.iter().filter_map(|module| edited(module)).collect();
    let new = edited(main);
    if new.is_none() && texts.is_empty() {
        return None;
    }
    let new = new.unwrap_or_else(|| Arc::clone(main));
    let project = &server.root(site).project;
    let settings = project.settings(&new.path, new.language, &new.text);
    let after = lint_in(&new, &settings, &Edited { files: &project.modules, texts });
    let is_new = |found: &&Diagnostic| errors(&after, found.rule) > errors(&site.analysis.report, found.rule);
    after.diagnostics.iter().find(is_new).map(|found| found.message.clone())
}

fn errors(report: &Report, rule: &str) -> usize {
    report.diagnostics.iter().filter(|found| found.rule == rule && found.severity == Severity::Error).count()
}
