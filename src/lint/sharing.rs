//! Fixes of text that several templates are made of.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::{Applicability, Diagnostic};
use crate::document::{Dialect, Document};
use crate::text::{Edit, Span};
use crate::tree::{FileId, Form, Node};

/// A fix of text that another template is made of too is not safe, unless that one wants the same fix. The findings come in
/// the order of their documents.
pub fn doubt_shared_fixes(found: &mut [Diagnostic], documents: &[Document]) {
    let holders = Holders::of(documents);
    if holders.spans.is_empty() {
        return;
    }
    let mut wanting: HashMap<Vec<Edit>, Vec<Option<usize>>> = HashMap::new();
    for one in found.iter() {
        for fix in &one.fixes {
            wanting.entry(fix.edits.clone()).or_default().push(one.origin.document);
        }
    }
    for one in found.iter_mut() {
        let own = one.origin.document;
        for fix in &mut one.fixes {
            let agreeing = wanting.get(&fix.edits).map_or(&[][..], Vec::as_slice);
            let objects = |other| other != own && agreeing.binary_search(&other).is_err();
            if fix.edits.iter().any(|edit| holders.around(edit.span).map(Some).any(objects)) {
                fix.applicability = Applicability::Unsafe;
            }
        }
    }
}

/// The parts of the text that templates of programs are made of, with the numbers of these.
struct Holders {
    spans: BTreeMap<Span, Vec<usize>>,
}

impl Holders {
    fn of(documents: &[Document]) -> Self {
        let mut holders = Self { spans: BTreeMap::new() };
        if documents.len() > 1 {
            let programs = documents.iter().enumerate().filter(|(_, document)| document.dialect == Dialect::Python);
            programs.for_each(|(number, document)| holders.add(number, &document.root));
        }
        holders
    }

    /// Adds the largest parts of the text that a tree is made of.
    fn add(&mut self, number: usize, root: &Node) {
        let mut pending = vec![(root, Span::at(0))];
        while let Some((node, around)) = pending.pop() {
            let span = node.location.span;
            let synthetic = node.as_map().is_some_and(|map| map.form == Form::Synthetic);
            let is_new = node.location.file == FileId::MAIN && !synthetic && !around.contains(span);
            if is_new {
                let numbers = self.spans.entry(span).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
            let around = if is_new { span } else { around };
            pending.extend(node.children().map(|child| (child, around)));
        }
    }

    /// The numbers of the templates that are made of a part of the text.
    fn around(&self, span: Span) -> impl Iterator<Item = usize> {
        let before = self.spans.range(..=Span::new(span.start, u32::MAX));
        before.filter(move |(part, _)| part.contains(span)).flat_map(|(_, numbers)| numbers.iter().copied())
    }
}
