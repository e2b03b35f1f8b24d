//! From the state at the end of an evaluation to documents: which templates there are, and where they go.

mod joined;
mod tree;

use std::collections::HashSet;
use std::rc::Rc;

use indexmap::IndexMap;

pub use joined::{join_documents, join_nodes};
use tree::Tree;

use super::evaluate::{Evaluator, Event, Used};
use super::sdk;
use super::value::{Attributes, Cause, ClassRef, Keyword, ObjectId, Sdk, TypeBound, Unknown, Value, ValueKind};
use crate::config::Limits;
use crate::diagnostic::Diagnostic;
use crate::document::{Dialect, Document, Flavour, Kind, PrimaryName, Use, UseKind};
use crate::tree::{Entry, Field, FileId, Form, Key, Location, Map, Node};

/// Nobody reads more findings of an evaluation.
const MAX_FINDINGS: usize = 5_000;

/// What a document is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Owner {
    /// A template.
    Template(ObjectId),
    /// What a task or environment is given, where that is not known.
    Unknown(Location, Option<String>),
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
    documents: IndexMap<Owner, Vec<Document>>,
    /// What was found while evaluating.
    pub diagnostics: Vec<Diagnostic>,
    nodes: usize,
    spent: usize,
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
            documents: IndexMap::new(),
            diagnostics: Vec::new(),
            nodes: 0,
            spent: 0,
        }
    }

    /// Takes up what happened since the last time, and makes documents of the state as it is now.
    pub fn collect(&mut self, ev: &mut Evaluator<'_>) {
        if sdk::has_changed(ev) {
            ev.depends_on_client = true;
        }
        self.take_events(ev);
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
        for (used, templates) in std::mem::take(&mut self.unknown) {
            let document = self.of_unknown(ev, &used, &templates);
            let owner = Owner::Unknown(used.at, used.name.clone());
            self.documents.entry(owner).or_insert_with(|| vec![document]);
        }
    }

    /// The documents in the order of the text.
    #[must_use]
    pub fn documents(self) -> Vec<Document> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for (owner, mut documents) in self.documents {
            match owner {
                Owner::Template(_) => known.append(&mut documents),
                Owner::Unknown(..) => unknown.append(&mut documents),
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
                Event::Discarded { value, .. } => self.discarded(value),
                Event::Used(used) => self.used(ev, used),
                Event::Found(diagnostic) => self.found((**diagnostic).clone()),
                Event::Uncaught(_) => {}
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

    /// A builder's result that is neither kept nor given on.
    fn discarded(&mut self, value: &Value) {
        let template = value.as_object().and_then(|object| self.templates.get(&object));
        if let Some((method, at)) = template.and_then(|template| template.built.clone()) {
            self.found(sdk::copy_discarded(&method, at));
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
        if !is_certain && may_be_template(ev, &used) {
            self.unknown.push((used, templates));
        } else if templates.is_empty() && may_be_template(ev, &used) {
            self.unknown.push((used, templates));
        }
    }

    /// One document for each flavour in which a template is used; none for what is only a step on the way to another
    /// template, or the business of another module.
    fn of_template(&mut self, ev: &Evaluator<'_>, object: ObjectId) -> Vec<Document> {
        let (Some(template), Some(found)) = (self.templates.get(&object), ev.state.object(object)) else {
            return Vec::new();
        };
        let value = Value::new(ValueKind::Object(object), found.at);
        let (Some(instance), Some(sdk)) = (found.as_instance(), sdk_of(ev, &value)) else { return Vec::new() };
        if template.uses.is_empty() && (template.is_foreign || template.superseded) {
            return Vec::new();
        }
        let mut tree = Tree::new(ev, self.limits, self.nodes);
        let root = tree.template(found, instance);
        let uses: Vec<Use> = template.uses.iter().map(|used| use_of(&mut tree, used)).collect();
        let mut flavours: Vec<Flavour> = uses.iter().map(|used| flavour(sdk, Some(used.kind))).collect();
        flavours.sort_unstable();
        flavours.dedup();
        if flavours.len() > 1 {
            // What fails in a plugin's pod is said of tasks too.
            flavours.retain(|flavour| *flavour != Flavour::PluginRole);
        } else if flavours.is_empty() {
            flavours.push(flavour(sdk, None));
        }
        let has_twin = flavours.len() > 1;
        let first_use = || uses.first().map(|used| used.location).filter(|_| template.is_foreign);
        let base = Document {
            opened: tree.opened(),
            root,
            template: Vec::new(),
            kind: Kind::PythonTemplate,
            api: None,
            flavour: Flavour::Unknown,
            sdk: generation(sdk),
            primary: primary_name(&instance.attributes),
            name: template.name.as_deref().map(str::to_owned),
            uses: Vec::new(),
            has_twin,
            given: None,
            made_at: template.entry_call.or_else(first_use),
            head: Location { file: found.at.file, span: instance.head },
            dialect: Dialect::Python,
        };
        self.nodes = tree.nodes();
        let judged = |judge: Flavour| Document {
            flavour: judge,
            uses: uses.iter().filter(|used| !has_twin || flavour(sdk, Some(used.kind)) == judge).cloned().collect(),
            ..base.clone()
        };
        flavours.into_iter().map(judged).collect()
    }

    /// The document of what a task is given and that is not known: what the templates have in common that it may be.
    fn of_unknown(&mut self, ev: &Evaluator<'_>, used: &Rc<Used>, templates: &[ObjectId]) -> Document {
        let mut tree = Tree::new(ev, self.limits, self.nodes);
        let unknown = used.value.as_unknown();
        let reason = unknown.map_or_else(|| ev.snippet(used.at), |unknown| Rc::clone(&unknown.reason));
        let is_one_of = unknown.is_some_and(|unknown| unknown.is_one_of) && templates.len() > 1;
        let mut root = unknown_root(&reason, used.at);
        let mut primary = PrimaryName { name: Field::Dynamic, location: None };
        let mut roots = Vec::new();
        for object in templates.iter().filter(|_| is_one_of) {
            let found = ev.state.object(*object);
            if let Some((found, instance)) = found.and_then(|found| Some((found, found.as_instance()?))) {
                roots.push((tree.template(found, instance), primary_name(&instance.attributes)));
            }
        }
        let mut roots = roots.into_iter();
        if let Some((first, name)) = roots.next() {
            (root, primary) = (first, name);
            for (other, name) in roots {
                root = join_nodes(&root, &other, &reason);
                if name.name != primary.name {
                    primary.name = Field::Dynamic;
                }
            }
        }
        let sdk = templates.first().and_then(|object| sdk_of(ev, &Value::new(ValueKind::Object(*object), used.at)));
        let sdk = sdk.unwrap_or_else(|| sdk_of_use(used));
        let document = Document {
            uses: vec![use_of(&mut tree, used)],
            opened: tree.opened(),
            root,
            template: Vec::new(),
            kind: Kind::PythonTemplate,
            api: None,
            flavour: flavour(sdk, Some(used.kind)),
            sdk: generation(sdk),
            primary,
            name: None,
            has_twin: !templates.is_empty(),
            given: None,
            made_at: None,
            head: used.at,
            dialect: Dialect::Python,
        };
        self.nodes = tree.nodes();
        document
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

/// Which SDK a template is of.
fn sdk_of(ev: &Evaluator<'_>, value: &Value) -> Option<Sdk> {
    ev.classes_of(value).iter().find_map(|class| match class {
        ClassRef::Template(sdk) => Some(*sdk),
        _ => None,
    })
}

/// Which SDK takes what is not known.
fn sdk_of_use(used: &Used) -> Sdk {
    match used.kind {
        UseKind::V1Task | UseKind::WithOverrides => Sdk::V1,
        UseKind::ContainerTask if used.taker.is_some_and(|taker| taker.starts_with("flytekit.")) => Sdk::V1,
        UseKind::PluginRole | UseKind::Other => Sdk::Unknown,
        _ => Sdk::V2,
    }
}

/// An object of which neither metadata nor spec is known.
fn unknown_root(reason: &str, at: Location) -> Node {
    let entry = |name: &str| Entry {
        key: Key { wire: name.into(), written: None, location: at },
        value: Node::dynamic(reason, at),
    };
    let entries = vec![entry("metadata"), entry("spec")];
    let map = Map { entries, open: false, form: Form::Synthetic, class: None, head: at.span };
    Node::new(crate::tree::Value::Map(map), at)
}

fn use_of(tree: &mut Tree<'_, '_>, used: &Used) -> Use {
    let mut settings: Vec<Keyword> = used.settings.clone();
    for attribute in used.inherited.iter() {
        if settings.iter().all(|keyword| keyword.name != attribute.name) {
            settings.push(Keyword {
                name: Rc::clone(&attribute.name),
                name_at: attribute.name_at,
                slot: attribute.slot.clone(),
            });
        }
    }
    let mut seen = HashSet::new();
    settings.retain(|keyword| seen.insert(Rc::clone(&keyword.name)));
    Use {
        kind: used.kind,
        taker: used.taker,
        name: used.name.clone(),
        location: used.at,
        settings: tree.settings(&settings, used.at),
    }
}

fn primary_name(attributes: &Attributes) -> PrimaryName {
    match attributes.get("primary_container_name") {
        None if attributes.rest.is_some() => PrimaryName { name: Field::Dynamic, location: None },
        None => PrimaryName::by_default("primary"),
        Some(attribute) => {
            let value = &attribute.slot.value;
            let name = value.as_text().map_or(Field::Dynamic, |text| Field::Known(text.to_owned()));
            PrimaryName { name, location: Some(value.at) }
        }
    }
}

/// The generation of an SDK.
const fn generation(sdk: Sdk) -> Option<u8> {
    match sdk {
        Sdk::V1 | Sdk::Pod => Some(1),
        Sdk::V2 => Some(2),
        Sdk::Unknown => None,
    }
}

/// What judges a template of one SDK in one place.
const fn flavour(sdk: Sdk, kind: Option<UseKind>) -> Flavour {
    match (sdk, kind) {
        (_, Some(UseKind::PluginRole)) => Flavour::PluginRole,
        (Sdk::V2, Some(UseKind::AppEnvironment)) => Flavour::V2App,
        (Sdk::V2, _) => Flavour::V2Task,
        (Sdk::V1, _) => Flavour::V1Task,
        (Sdk::Pod, _) => Flavour::V1Pod,
        (Sdk::Unknown, _) => Flavour::Unknown,
    }
}
