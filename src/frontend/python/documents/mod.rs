//! From the state at the end of an evaluation to documents: which templates there are, and where they go.

mod build;
mod joined;
mod raised;
mod tree;

use std::rc::Rc;

use indexmap::IndexMap;

pub use joined::join_documents;
pub use raised::only_where;

use super::evaluate::{Evaluator, Event, Used};
use super::sdk;
use super::value::{Cause, ClassRef, ObjectId, TypeBound, Unknown, Value, ValueKind};
use crate::config::Limits;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, UseKind};
use crate::tree::{FileId, Location};

/// Nobody reads more findings of an evaluation.
const MAX_FINDINGS: usize = 5_000;

/// What a document is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owner {
    /// A template.
    Template(ObjectId),
    /// What tasks and environments are given, where that is not known: where it comes from, and what it may be.
    Unknown(Location, Vec<ObjectId>),
    /// A variable that is one of several templates.
    Variable(Rc<str>),
    /// A task or app without a template.
    Bare(Location, Option<String>),
}

/// A template.
#[derive(Debug, Default)]
struct Template {
    is_foreign: bool,
    entry_call: Option<Location>,
    /// The variable that it was bound to first; one of the module says more than one of a function.
    name: Option<Rc<str>>,
    is_global: bool,
    superseded: bool,
    built: Option<(Rc<str>, Location)>,
    /// A function that nothing calls makes it.
    is_uncalled: bool,
    uses: Vec<Rc<Used>>,
    /// Whether something new is known of it since its document was made.
    is_new: bool,
}

/// Follows an evaluation, and keeps the documents that it made so far.
pub struct Collector<'l> {
    limits: &'l Limits,
    next_event: usize,
    templates: IndexMap<ObjectId, Template>,
    /// Uses of what is not known, with the templates that it may be.
    unknown: Vec<(Rc<Used>, Vec<ObjectId>)>,
    /// Tasks and apps without a template.
    bare: Vec<Used>,
    /// Variables of the module that are one of several templates.
    named: IndexMap<Rc<str>, (Value, Vec<ObjectId>)>,
    documents: IndexMap<Owner, Vec<Document>>,
    /// What was found while evaluating.
    pub diagnostics: Vec<Diagnostic>,
    nodes: usize,
    spent: usize,
    /// Whether all statements of the module have run: what comes later are functions that nothing calls.
    is_module_done: bool,
}

impl<'l> Collector<'l> {
    /// Nothing is there yet.
    #[must_use]
    pub fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            next_event: 0,
            templates: IndexMap::new(),
            unknown: Vec::new(),
            bare: Vec::new(),
            named: IndexMap::new(),
            documents: IndexMap::new(),
            diagnostics: Vec::new(),
            nodes: 0,
            spent: 0,
            is_module_done: false,
        }
    }

    /// Takes up what happened since the last time, and makes documents of the state as it is now.
    pub fn collect(&mut self, ev: &mut Evaluator<'_>) {
        if sdk::has_changed(ev) {
            ev.depends_on_client = true;
        }
        self.take_events(ev);
        self.is_module_done = true;
        self.spent = ev.budget.spent();
        let changed: Vec<ObjectId> =
            self.templates.iter().filter(|(_, template)| template.is_new).map(|(object, _)| *object).collect();
        for object in changed {
            if ev.state.object(object).is_none() {
                continue;
            }
            let documents = self.of_template(ev, object);
            self.documents.insert(Owner::Template(object), documents);
            if let Some(template) = self.templates.get_mut(&object) {
                template.is_new = false;
            }
        }
        for (name, (value, templates)) in std::mem::take(&mut self.named) {
            let mut document = self.of_one(ev, &value, value.at, &templates);
            document.name = Some(name.to_string());
            // Whether the templates themselves are used is told of them.
            document.made_at = Some(value.at);
            self.documents.insert(Owner::Variable(name), vec![document]);
        }
        for used in std::mem::take(&mut self.bare) {
            let document = self.of_bare(ev, &used);
            self.documents.insert(Owner::Bare(used.at, used.name), vec![document]);
        }
        for (used, templates) in std::mem::take(&mut self.unknown) {
            let document = self.of_unknown(ev, &used, &templates);
            let owner = Owner::Unknown(used.value.at, templates);
            match self.documents.get_mut(&owner).and_then(|documents| documents.first_mut()) {
                Some(known) if known.flavour == document.flavour => add_uses(known, document.uses),
                Some(_) => self.documents.entry(owner).or_default().push(document),
                None => {
                    self.documents.insert(owner, vec![document]);
                }
            }
        }
    }

    /// The documents in the order of the text.
    #[must_use]
    pub fn documents(self) -> Vec<Document> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for (owner, mut documents) in self.documents {
            match owner {
                Owner::Template(_) | Owner::Bare(..) => known.append(&mut documents),
                Owner::Unknown(..) | Owner::Variable(_) => unknown.append(&mut documents),
            }
        }
        known.append(&mut unknown);
        known.sort_by_key(|document: &Document| document.head);
        known
    }

    /// Whether objects that are used in several places made the documents too large. What was evaluated may be in them once;
    /// what is used in several places is there as often.
    #[must_use]
    pub const fn is_overgrown(&self) -> bool {
        self.nodes > self.limits.alias_nodes.saturating_add(self.spent)
    }

    fn take_events(&mut self, ev: &Evaluator<'_>) {
        let events = ev.events.get(self.next_event..).unwrap_or_default();
        for event in events {
            match event {
                Event::Template { object, is_foreign, entry_call } => {
                    let template = self.templates.entry(*object).or_default();
                    (template.is_foreign, template.entry_call) = (*is_foreign, *entry_call);
                    template.is_uncalled = self.is_module_done;
                    template.is_new = true;
                }
                Event::Superseded(object) => {
                    let template = self.templates.entry(*object).or_default();
                    (template.superseded, template.is_new) = (true, true);
                }
                Event::Built { object, method, name_at } => {
                    self.templates.entry(*object).or_default().built = Some((Rc::clone(method), *name_at));
                }
                Event::Named { object, name, is_global } => self.name(*object, name, *is_global),
                Event::NamedOneOf { value, name } => self.name_one_of(ev, value, name),
                Event::Discarded { value, .. } => self.discarded(value),
                Event::Used(used) => self.used(ev, used),
                Event::Found(diagnostic) => self.found((**diagnostic).clone()),
                Event::Uncaught(uncaught) => {
                    if let Some(finding) = raised::finding(ev, uncaught) {
                        self.found(finding);
                    }
                }
            }
        }
        self.next_event = ev.events.len();
    }

    fn name(&mut self, object: ObjectId, name: &Rc<str>, is_global: bool) {
        let Some(template) = self.templates.get_mut(&object) else { return };
        let is_better = template.name.is_none() || (is_global && !template.is_global);
        if is_better && !matches!(&**name, "self" | "cls") {
            template.name = Some(Rc::clone(name));
            (template.is_global, template.is_new) = (is_global, true);
        }
    }

    /// A variable that is one of several things: what the templates among them have in common has its name.
    fn name_one_of(&mut self, ev: &Evaluator<'_>, value: &Value, name: &Rc<str>) {
        let mut templates = Vec::new();
        templates_in(ev, value, &mut templates);
        match templates[..] {
            [only] => self.name(only, name, true),
            _ => {
                self.named.insert(Rc::clone(name), (value.clone(), templates));
            }
        }
    }

    /// A builder's result that is neither kept nor given on.
    fn discarded(&mut self, value: &Value) {
        let template = value.as_object().and_then(|object| self.templates.get(&object));
        if let Some((method, at)) = template.and_then(|template| template.built.clone()) {
            let mut finding = sdk::copy_discarded(&method, at);
            if self.is_module_done {
                finding.severity = finding.severity.min(crate::diagnostic::Severity::Warning);
            }
            self.found(finding);
        }
    }

    /// Notes a finding; the same is noted once.
    fn found(&mut self, diagnostic: Diagnostic) {
        let is_known = |known: &Diagnostic| (known.rule, known.location) == (diagnostic.rule, diagnostic.location);
        if self.diagnostics.len() < MAX_FINDINGS && !self.diagnostics.iter().any(is_known) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn used(&mut self, ev: &Evaluator<'_>, used: &Used) {
        if used.value.is_none() {
            return self.bare.push(used.clone());
        }
        let mut templates = Vec::new();
        templates_in(ev, &used.value, &mut templates);
        let is_certain = match &used.value.kind {
            ValueKind::Unknown(unknown) => unknown.is_one_of && templates.len() == 1,
            _ => true,
        };
        let used = Rc::new(used.clone());
        // Whose pod has one of several is not known: the task is shown once, with what they have in common.
        let of_one = if is_certain { Rc::clone(&used) } else { Rc::new(Used { name: None, ..(*used).clone() }) };
        for object in &templates {
            let Some(template) = self.templates.get_mut(object) else { continue };
            let same = |other: &Rc<Used>| other.at == of_one.at && other.name == of_one.name;
            if !template.uses.iter().any(same) {
                template.uses.push(Rc::clone(&of_one));
                template.is_new = true;
            }
        }
        if (!is_certain || templates.is_empty()) && may_be_template(ev, &used) {
            self.unknown.push((used, templates));
        }
    }
}

/// Adds uses that are not among those of a document.
fn add_uses(document: &mut Document, uses: Vec<crate::document::Use>) {
    for used in uses {
        let is_known = document.uses.iter().any(|known| known.location == used.location && known.name == used.name);
        if !is_known {
            document.uses.push(used);
        }
    }
}

/// The templates that a value is or may be.
fn templates_in(ev: &Evaluator<'_>, value: &Value, into: &mut Vec<ObjectId>) {
    match &value.kind {
        ValueKind::Object(id) if ev.is_template(*id) && !into.contains(id) => into.push(*id),
        ValueKind::Unknown(unknown) => {
            unknown.candidates.iter().for_each(|candidate| templates_in(ev, candidate, into));
        }
        _ => {}
    }
}

/// Whether what a task is given may be a template that cannot be followed, and not only a name or nothing. What a function that
/// nothing calls is given is its caller's matter.
fn may_be_template(ev: &Evaluator<'_>, used: &Used) -> bool {
    if used.kind == UseKind::Other || used.at.file != FileId::MAIN {
        return false;
    }
    match &used.value.kind {
        ValueKind::Unknown(unknown) => may_be_any_object(ev, unknown),
        ValueKind::Object(id) => {
            !ev.is_template(*id) && ev.classes_of(&used.value).iter().any(|class| matches!(class, ClassRef::Unknown(_)))
        }
        _ => false,
    }
}

fn may_be_any_object(ev: &Evaluator<'_>, unknown: &Unknown) -> bool {
    let mut templates = Vec::new();
    unknown.candidates.iter().for_each(|candidate| templates_in(ev, candidate, &mut templates));
    if !templates.is_empty() {
        return true;
    }
    unknown.bound == TypeBound::Any && unknown.cause != Cause::Argument && !unknown.is_one_of
}
