//! What is to be seen at each document, and whose check said it: a module shows what the templates made of it find there.

use std::collections::{BTreeMap, BTreeSet};

use gen_lsp_types::Diagnostic;

use super::diagnostics::ByDocument;

/// Diagnostics by the document that shows them, then by the document whose check found them.
#[derive(Debug, Default)]
pub struct Board(BTreeMap<String, BTreeMap<String, Vec<Diagnostic>>>);

impl Board {
    /// Replaces all that the check of `origin` found; the documents where something may have changed.
    pub fn set(&mut self, origin: &str, found: ByDocument) -> BTreeSet<String> {
        let mut touched: BTreeSet<String> = found.keys().cloned().collect();
        for (target, origins) in &mut self.0 {
            if !found.contains_key(target) && origins.remove(origin).is_some() {
                touched.insert(target.clone());
            }
        }
        for (target, diagnostics) in found {
            let origins = self.0.entry(target).or_default();
            if diagnostics.is_empty() {
                origins.remove(origin);
            } else {
                origins.insert(origin.to_owned(), diagnostics);
            }
        }
        self.0.retain(|_, origins| !origins.is_empty());
        touched
    }

    /// Forgets what the check of `origin` found at a document that has another text since.
    pub fn outdate(&mut self, origin: &str, target: &str) {
        if let Some(origins) = self.0.get_mut(target) {
            origins.remove(origin);
        }
    }

    /// What a document shows; what several checks found alike is there once.
    pub fn get(&self, target: &str) -> Vec<Diagnostic> {
        self.get_of(target, |_| true)
    }

    /// The same of some checks.
    pub fn get_of(&self, target: &str, counts: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let mut shown: Vec<Diagnostic> = Vec::new();
        let origins = self.0.get(target).into_iter().flatten().filter(|(origin, _)| counts(origin));
        for (_, diagnostics) in origins {
            let known = shown.len();
            for diagnostic in diagnostics {
                let same = |other: &&Diagnostic| {
                    (other.range, &other.code, &other.message)
                        == (diagnostic.range, &diagnostic.code, &diagnostic.message)
                };
                if !shown.iter().take(known).any(|other| same(&other)) {
                    shown.push(diagnostic.clone());
                }
            }
        }
        shown.sort_by_key(|diagnostic| diagnostic.range.start);
        shown
    }

    /// The documents that the check of `origin` said something about, besides itself.
    pub fn elsewhere(&self, origin: &str) -> Vec<String> {
        let other = self.0.iter().filter(|(target, origins)| *target != origin && origins.contains_key(origin));
        other.map(|(target, _)| target.clone()).collect()
    }

    /// The other documents whose checks found something to be shown at one.
    pub fn others<'b>(&'b self, target: &'b str) -> impl Iterator<Item = &'b str> {
        let origins = self.0.get(target).into_iter().flat_map(BTreeMap::keys);
        origins.map(String::as_str).filter(move |origin| *origin != target)
    }

    /// The documents whose checks found something.
    pub fn origins(&self) -> BTreeSet<String> {
        self.0.values().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// All documents that show something.
    pub fn targets(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}
