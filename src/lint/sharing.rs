//! Fixes of text that several templates are made of.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::document::{Dialect, Document};
use crate::text::{Edit, Span};
use crate::tree::{FileId, Form, Location, Node};

/// A fix of text that another template is made of too, or that stands for several values of one, is not safe, unless there it
/// is wanted as well. The findings come in the order of their documents.
pub fn doubt_shared_fixes(found: &mut [Diagnostic], documents: &[Document]) {
    let holders = Holders::of(documents);
    if holders.spans.is_empty() {
        return;
    }
    let wanting = Wanting::of(found);
    let doubtful: Vec<Vec<bool>> = found
        .iter()
        .map(|one| {
            let is_doubtful = |fix: &Fix| {
                let uses = holders.around(&fix.edits);
                uses.into_iter().any(|(number, count)| {
                    let own = usize::from(one.origin.document == Some(number));
                    count > wanting.in_document(one, fix, number).max(own)
                })
            };
            one.fixes.iter().map(is_doubtful).collect()
        })
        .collect();
    for (one, doubtful) in found.iter_mut().zip(doubtful) {
        for (fix, _) in one.fixes.iter_mut().zip(doubtful).filter(|(_, is_doubtful)| *is_doubtful) {
            fix.applicability = fix.applicability.max(Applicability::Unsafe);
        }
    }
}

/// How often each document has a finding of one text, or wants one fix of it.
struct Wanting<'f> {
    findings: HashMap<(&'f str, Location, &'f str, usize), usize>,
    fixes: HashMap<(&'f [Edit], usize), usize>,
}

impl<'f> Wanting<'f> {
    fn of(found: &'f [Diagnostic]) -> Self {
        let mut wanting = Self { findings: HashMap::new(), fixes: HashMap::new() };
        for one in found {
            let Some(document) = one.origin.document else { continue };
            *wanting.findings.entry((one.rule, one.location, &one.message, document)).or_default() += 1;
            for fix in &one.fixes {
                *wanting.fixes.entry((&fix.edits, document)).or_default() += 1;
            }
        }
        wanting
    }

    /// How many values of a document are to be mended by a fix of a finding.
    fn in_document(&self, found: &Diagnostic, fix: &Fix, document: usize) -> usize {
        let alike = self.findings.get(&(found.rule, found.location, &*found.message, document));
        let same = self.fixes.get(&(&*fix.edits, document));
        alike.copied().unwrap_or_default().max(same.copied().unwrap_or_default())
    }
}

/// The parts of the text that documents are made of, with the numbers of these and how often each holds it.
struct Holders {
    spans: BTreeMap<Span, BTreeMap<usize, usize>>,
}

impl Holders {
    fn of(documents: &[Document]) -> Self {
        let mut holders = Self { spans: BTreeMap::new() };
        let is_shared = |document: &Document| document.dialect == Dialect::Python || has_aliases(&document.root);
        let shared = documents.iter().enumerate().filter(|(_, document)| is_shared(document));
        shared.for_each(|(number, document)| holders.add(number, &document.root));
        holders
    }

    /// Adds the largest parts of the text that a tree is made of.
    fn add(&mut self, number: usize, root: &Node) {
        let mut pending = vec![(root, Span::at(0))];
        while let Some((node, around)) = pending.pop() {
            let span = node.location.span;
            let synthetic = node.as_map().is_some_and(|map| map.form == Form::Synthetic);
            let is_elsewhere = node.used_at.is_some() || !around.contains(span);
            let is_new = node.location.file == FileId::MAIN && !synthetic && is_elsewhere;
            if is_new {
                *self.spans.entry(span).or_default().entry(number).or_default() += 1;
            }
            let around = if is_new { span } else { around };
            pending.extend(node.children().map(|child| (child, around)));
        }
    }

    /// The documents that hold the text of some edits, with how often.
    fn around(&self, edits: &[Edit]) -> BTreeMap<usize, usize> {
        let mut found: BTreeMap<usize, usize> = BTreeMap::new();
        for edit in edits {
            let mut here: BTreeMap<usize, usize> = BTreeMap::new();
            let before = self.spans.range(..=Span::new(edit.span.start, u32::MAX));
            for (number, count) in before.filter(|(part, _)| part.contains(edit.span)).flat_map(|(_, numbers)| numbers)
            {
                *here.entry(*number).or_default() += count;
            }
            for (number, count) in here {
                let most = found.entry(number).or_default();
                *most = (*most).max(count);
            }
        }
        found
    }
}

/// Whether something in a tree is written elsewhere.
fn has_aliases(node: &Node) -> bool {
    node.used_at.is_some() || node.children().any(has_aliases)
}
