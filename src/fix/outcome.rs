//! What edits of a text led to: whether what they mend is mended, and nothing else has become worse.

use std::collections::HashMap;

use super::choose::Candidate;
use super::expected::{Aim, all_there, expected};
use crate::diagnostic::{Change, Diagnostic};
use crate::document::Document;
use crate::report::Report;
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location};

/// Findings that no fix may bring, wherever they are: the text, or podlint's view of it, is broken.
const NEVER: &[&str] = &["syntax-error", "duplicate-key", "unreadable-text", "limit-exceeded", "internal-error"];

/// A text before and after some fixes.
pub struct Outcome<'a> {
    /// What was found before.
    pub before: &'a Report,
    /// What is found now.
    pub after: &'a Report,
    /// The fixes that were applied.
    pub chosen: &'a [&'a Candidate<'a>],
    /// Their edits, in order.
    pub edits: &'a [Edit],
}

impl Outcome<'_> {
    /// Whether the fixes did what they say and nothing more.
    pub fn is_harmless(&self) -> bool {
        self.documents_are_as_expected() && self.findings_are_as_expected()
    }

    fn documents_are_as_expected(&self) -> bool {
        let fixes = self.chosen.iter().map(|candidate| candidate.fix);
        let aims: Vec<Aim<'_>> = fixes.flat_map(|fix| fix.changes.iter().zip(fix.targets.iter().copied())).collect();
        let wanted: Vec<Document> = self.before.documents.iter().map(|document| expected(document, &aims)).collect();
        all_there(&wanted, &self.after.documents)
    }

    /// Whether what was fixed is gone, and all that is found was there before or could not be read.
    fn findings_are_as_expected(&self) -> bool {
        let readable = self.made_readable();
        let mut left = Left::new(&self.before.diagnostics, |location| self.moved(location));
        let unknown: Vec<&Diagnostic> = self.after.diagnostics.iter().filter(|found| !left.take_same(found)).collect();
        let unknown: Vec<&Diagnostic> = unknown.into_iter().filter(|found| !left.take_at(found)).collect();
        let unknown = unknown.into_iter().filter(|found| !left.take_like(found));
        // A comment that has been put right can be seen to be of no use.
        let mends_comments = self.chosen.iter().any(|candidate| candidate.fix.changes.is_empty());
        let is_revealed = |found: &Diagnostic| {
            (!NEVER.contains(&found.rule) && readable.iter().any(|part| part.contains(found.location.span)))
                || (mends_comments && found.rule == "unused-suppression")
        };
        let mut new = unknown.filter(|found| found.location.file != FileId::MAIN || !is_revealed(found));
        new.next().is_none() && self.chosen.iter().all(|candidate| left.is_gone(candidate.found))
    }

    /// The parts of the new text that could not be read before, since they stood under a wrong name.
    fn made_readable(&self) -> Vec<Span> {
        let mut parts = Vec::new();
        for (change, target) in
            self.chosen.iter().flat_map(|candidate| candidate.fix.changes.iter().zip(&candidate.fix.targets))
        {
            if matches!(change, Change::RenameKey { .. }) {
                let entry = self.before.documents.iter().find_map(|document| entry_of(&document.root, target.at));
                parts.extend(entry.map(|entry| self.moved(entry).span));
            }
        }
        parts
    }

    /// Where a part of the old text is in the new one.
    fn moved(&self, location: Location) -> Location {
        if location.file != FileId::MAIN {
            return location;
        }
        let Span { start, end } = location.span;
        Location::main(Span::new(self.shifted(start, false), self.shifted(end, true)))
    }

    /// Where an offset of the old text is in the new one: within what was replaced, the beginning or the end of the new text.
    fn shifted(&self, offset: u32, is_end: bool) -> u32 {
        let mut shift = 0_i64;
        for edit in self.edits {
            let (start, end) = (i64::from(edit.span.start), i64::from(edit.span.end));
            let length = i64::try_from(edit.replacement.len()).unwrap_or_default();
            let at = i64::from(offset);
            if at < start || (at == start && is_end) {
                break;
            }
            if at < end {
                let new = start + shift + if is_end { length } else { 0 };
                return u32::try_from(new).unwrap_or_default();
            }
            shift += length - (end - start);
        }
        u32::try_from(i64::from(offset) + shift).unwrap_or_default()
    }
}

/// The text of the entry whose key stands at a place, from the key to the end of the value.
fn entry_of(node: &crate::tree::Node, key: Location) -> Option<Location> {
    let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    let found = entries.iter().find(|entry| entry.key.location == key);
    match found {
        Some(entry) => {
            let value = entry.value.used_at.as_deref().copied().unwrap_or(entry.value.location);
            Some(Location::main(key.span.cover(value.span)))
        }
        None => node.children().find_map(|child| entry_of(child, key)),
    }
}

/// The findings from before that have not been met again.
struct Left<'a> {
    found: &'a [Diagnostic],
    /// Whether each was met again.
    met: Vec<bool>,
    same: HashMap<(&'a str, Location, &'a str), Vec<usize>>,
    at: HashMap<(&'a str, Location), Vec<usize>>,
    like: HashMap<(&'a str, &'a str), Vec<usize>>,
}

impl<'a> Left<'a> {
    fn new(found: &'a [Diagnostic], moved: impl Fn(Location) -> Location) -> Self {
        let (mut same, mut at, mut like) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (index, one) in found.iter().enumerate() {
            let place = moved(one.location);
            same.entry((one.rule, place, one.message.as_str())).or_insert_with(Vec::new).push(index);
            at.entry((one.rule, place)).or_insert_with(Vec::new).push(index);
            like.entry((one.rule, one.message.as_str())).or_insert_with(Vec::new).push(index);
        }
        Self { found, met: vec![false; found.len()], same, at, like }
    }

    /// Takes a finding that is at its place and says what it said.
    fn take_same(&mut self, found: &Diagnostic) -> bool {
        let indices = self.same.get(&(found.rule, found.location, found.message.as_str()));
        take(indices, &mut self.met)
    }

    /// Takes a finding of the same rule at the same place: names in its message may have been changed.
    fn take_at(&mut self, found: &Diagnostic) -> bool {
        let indices = self.at.get(&(found.rule, found.location));
        take(indices, &mut self.met)
    }

    /// Takes a finding that says the same elsewhere: its item was moved.
    fn take_like(&mut self, found: &Diagnostic) -> bool {
        let indices = self.like.get(&(found.rule, found.message.as_str()));
        take(indices, &mut self.met)
    }

    /// Whether a finding has not been met again.
    fn is_gone(&self, found: &Diagnostic) -> bool {
        let is_it = |(one, met): (&Diagnostic, &bool)| *met && one.identity() == found.identity();
        !self.found.iter().zip(&self.met).any(is_it)
    }
}

fn take(indices: Option<&Vec<usize>>, met: &mut [bool]) -> bool {
    let free = indices.and_then(|indices| indices.iter().copied().find(|index| met.get(*index) == Some(&false)));
    if let Some(met) = free.and_then(|index| met.get_mut(index)) {
        *met = true;
    }
    free.is_some()
}
