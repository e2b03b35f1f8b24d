//! Findings with their places in files on disk, as the formats for programs want them.

use std::collections::HashMap;
use std::path::Path;

use super::{Checked, Paths, Summary, display_path};
use crate::diagnostic::{Diagnostic, Severity};
use crate::fingerprint::Fingerprints;
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{FileId, Location};

/// A run, as the formats see it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The files, by path.
    pub files: &'a [Checked],
    /// Counts over all of them.
    pub summary: &'a Summary,
    /// What paths are relative to.
    pub paths: &'a Paths,
    /// The mildest finding that fails the run, if any does.
    pub fail_on: Option<Severity>,
    /// Whether everything could be read.
    pub complete: bool,
}

/// A finding of a run.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The finding.
    pub diagnostic: &'a Diagnostic,
    /// By what it is known again.
    pub fingerprint: String,
    file: &'a Checked,
    paths: &'a Paths,
}

/// A place in a file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// Columns from 1 in characters, the second behind the end; none in notebooks, where JSON stands between the code and the file.
    pub columns: Option<(u32, u32)>,
}

impl<'a> Run<'a> {
    /// All findings, in the order of files and places.
    #[must_use]
    pub fn all(&self) -> Vec<Found<'a>> {
        self.collect(|_, _| true)
    }

    /// The findings as people read them: one that concerns several fields by the same text only once.
    #[must_use]
    pub fn shown(&self) -> Vec<Found<'a>> {
        self.collect(Checked::is_shown)
    }

    /// The same with those that the baseline knows.
    #[must_use]
    pub fn shown_or_known(&self) -> Vec<Found<'a>> {
        self.collect(Checked::is_first)
    }

    fn collect(&self, wanted: impl Fn(&Checked, usize) -> bool) -> Vec<Found<'a>> {
        let mut fingerprints = Fingerprints::default();
        let mut found: Vec<Found<'a>> = Vec::new();
        for file in self.files {
            for (index, diagnostic) in file.report.diagnostics.iter().enumerate() {
                let source = file.report.source(&file.source, diagnostic.location.file);
                // Counted for all, so that the formats agree on the names.
                let fingerprint = fingerprints.next(&self.paths.from_repository(&source.path), diagnostic);
                if wanted(file, index) {
                    found.push(Found { diagnostic, fingerprint, file, paths: self.paths });
                }
            }
        }
        self.sort(&mut found);
        found
    }
}

impl Run<'_> {
    /// Sorts by the place that is shown. Findings stand with the file that was checked; those in its modules belong elsewhere.
    fn sort(&self, found: &mut [Found<'_>]) {
        if found.iter().all(|one| one.diagnostic.location.file == FileId::MAIN) {
            return;
        }
        // Files stay in their order; a module that was not checked itself comes behind the one that imports it.
        let mut order: HashMap<&Path, usize> = HashMap::new();
        for (index, file) in self.files.iter().enumerate() {
            order.entry(&file.source.path).or_insert(index);
        }
        found.sort_by_cached_key(|one| {
            let source = one.source(one.diagnostic.location);
            let own = order.get(&*one.file.source.path).copied().unwrap_or_default();
            let index = order.get(&*source.path).copied().unwrap_or(own);
            let place = source.in_whole(one.diagnostic.location.span.start);
            (index, display_path(&source.path), place)
        });
    }

    /// The rule of the first finding that people read.
    #[must_use]
    pub fn first_rule(&self) -> Option<&'static str> {
        self.shown().first().map(|found| found.diagnostic.rule)
    }
}

impl<'a> Found<'a> {
    /// The file that was checked; the finding may be in a module that it imports.
    #[must_use]
    pub const fn checked(&self) -> &'a Checked {
        self.file
    }

    /// The text that a place refers to.
    #[must_use]
    pub fn source(&self, location: Location) -> &'a SourceFile {
        self.file.report.source(&self.file.source, location.file)
    }

    /// The path of a place, from the repository's root.
    #[must_use]
    pub fn path(&self, location: Location) -> String {
        self.paths.from_repository(&self.source(location).path)
    }

    /// The path of a place, from the working folder.
    #[must_use]
    pub fn local_path(&self, location: Location) -> String {
        self.paths.from_working(&self.source(location).path)
    }

    /// Where in the file on disk a place is.
    #[must_use]
    pub fn region(&self, location: Location) -> Region {
        let source = self.source(location);
        let Span { start, end } = location.span;
        if let (Some(line), Some(end_line)) = (source.disk_line(start), source.disk_line(end)) {
            return Region { line, end_line, columns: None };
        }
        let (start, end) = (source.place(start).at, source.place(end).at);
        Region { line: start.line, end_line: end.line, columns: Some((start.column, end.column)) }
    }

    /// In notebooks, where people would look: `cell 3, line 2: `.
    #[must_use]
    pub fn cell(&self, location: Location) -> Option<String> {
        let place = self.source(location).place(location.span.start);
        place.cell.map(|cell| format!("cell {cell}, line {}", place.at.line))
    }

    /// The message with the cell before it and the help behind it.
    #[must_use]
    pub fn text(&self, between: &str) -> String {
        let cell = self.cell(self.diagnostic.location).map(|cell| format!("{cell}: ")).unwrap_or_default();
        let help = self.diagnostic.help.iter().map(|help| format!("{between}{help}"));
        std::iter::once(format!("{cell}{}", self.diagnostic.message)).chain(help).collect()
    }
}

/// The worst first, otherwise in order: code hosts show only the first few.
pub fn worst_first(found: &mut [Found<'_>]) {
    found.sort_by_key(|found| std::cmp::Reverse(found.diagnostic.severity));
}

/// The page of a rule on the web.
#[must_use]
pub fn rule_url(rule: &str) -> String {
    format!("{}/blob/main/docs/rules/{rule}.md", env!("CARGO_PKG_REPOSITORY"))
}
