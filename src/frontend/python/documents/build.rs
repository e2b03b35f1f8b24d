//! One document, of a template or of what is given in the place of one.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::evaluate::{Evaluator, Used};
use super::super::value::{Attributes, ClassRef, Keyword, ObjectId, Sdk, Value, ValueKind};
use super::Collector;
use super::joined::Join;
use super::tree::Tree;
use crate::document::{Dialect, Document, Flavour, Kind, PrimaryName, Use, UseKind};
use crate::tree::{Entry, Field, Form, Key, Location, Map, Node};

impl Collector<'_> {
    /// One document for each flavour in which a template is used; none for what is only a step on the way to another
    /// template, or the business of another module.
    pub(super) fn of_template(&mut self, ev: &Evaluator<'_>, object: ObjectId) -> Vec<Document> {
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
            opened: tree.opened(Vec::new()),
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
            uncalled: template.is_uncalled,
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

    /// The document of what a task is given and that is not known.
    pub(super) fn of_unknown(&mut self, ev: &Evaluator<'_>, used: &Rc<Used>, templates: &[ObjectId]) -> Document {
        let base = self.of_one(ev, &used.value, used.at, templates);
        let mut tree = Tree::new(ev, self.limits, self.nodes);
        let uses = vec![use_of(&mut tree, used)];
        self.nodes = tree.nodes();
        let first = templates.first().map(|object| Value::new(ValueKind::Object(*object), used.at));
        let sdk = first.and_then(|first| sdk_of(ev, &first)).unwrap_or_else(|| sdk_of_use(used));
        Document { uses, flavour: flavour(sdk, Some(used.kind)), sdk: generation(sdk), ..base }
    }

    /// The document of a task or an app without a template.
    pub(super) fn of_bare(&mut self, ev: &Evaluator<'_>, used: &Used) -> Document {
        let sdk = sdk_of_use(used);
        let mut tree = Tree::new(ev, self.limits, self.nodes);
        let uses = vec![use_of(&mut tree, used)];
        let opened = tree.opened(Vec::new());
        self.nodes = tree.nodes();
        Document {
            opened,
            root: Node::new(crate::tree::Value::Null, used.at),
            template: Vec::new(),
            kind: Kind::PythonTask,
            api: None,
            flavour: flavour(sdk, Some(used.kind)),
            sdk: generation(sdk),
            primary: PrimaryName { name: Field::Missing, location: None },
            name: used.name.clone(),
            uses,
            has_twin: false,
            uncalled: false,
            given: None,
            made_at: None,
            head: used.at,
            dialect: Dialect::Python,
        }
    }

    /// What the templates have in common that a value may be.
    pub(super) fn of_one(
        &mut self,
        ev: &Evaluator<'_>,
        value: &Value,
        at: Location,
        templates: &[ObjectId],
    ) -> Document {
        let mut tree = Tree::new(ev, self.limits, self.nodes);
        let unknown = value.as_unknown();
        let reason = unknown.map_or_else(|| ev.snippet(at), |unknown| Rc::clone(&unknown.reason));
        let is_one_of = unknown.is_some_and(|unknown| unknown.is_one_of) && templates.len() > 1;
        let mut root = unknown_root(&reason, at);
        let mut primary = PrimaryName { name: Field::Dynamic, location: None };
        let found = templates.iter().filter(|_| is_one_of).filter_map(|object| ev.state.object(*object));
        let mut roots = found.filter_map(|found| {
            let instance = found.as_instance()?;
            Some((tree.template(found, instance), primary_name(&instance.attributes)))
        });
        let mut join = Join::new(&reason);
        if let Some((first, name)) = roots.next() {
            (root, primary) = (first, name);
            for (other, name) in roots {
                root = join.nodes(&root, &other);
                if name.name != primary.name {
                    primary.name = Field::Dynamic;
                }
            }
        }
        let first = templates.first().map(|object| Value::new(ValueKind::Object(*object), at));
        let sdk = first.and_then(|first| sdk_of(ev, &first)).unwrap_or(Sdk::Unknown);
        let opened = tree.opened(join.opened);
        self.nodes = tree.nodes();
        Document {
            opened,
            root,
            template: Vec::new(),
            kind: Kind::PythonTemplate,
            api: None,
            flavour: flavour(sdk, None),
            sdk: generation(sdk),
            primary,
            name: None,
            uses: Vec::new(),
            has_twin: !templates.is_empty(),
            uncalled: false,
            given: None,
            made_at: None,
            head: at,
            dialect: Dialect::Python,
        }
    }
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
