//! From the evaluator's heap to documents: trees in wire names, with the places of the Python source.

use std::rc::Rc;
use std::sync::Arc;

use super::interpreter::{Interpreter, Template};
use super::json_text::Style;
use super::sdk;
use super::uses::{TemplateUse, takes_template};
use super::value::{Body, Data, Instance, Object, Of, Sdk, Slot, Val};
use crate::document::{Dialect, Document, Flavour, Kind, PrimaryName, Use, UseKind};
use crate::schema::python::{self, Class};
use crate::text::Span;
use crate::tree::{Dynamic, Entry, Field, Form, Key, List, Location, Map, Node, Number, Value};

/// How deeply a tree may nest; an object that holds itself ends here.
const MAX_DEPTH: usize = 60;

impl Interpreter<'_> {
    /// The templates of the module as documents, in the order of the text.
    pub fn documents(&self) -> Vec<Document> {
        let opened = self.opened_places();
        let mut documents: Vec<Document> =
            self.templates.iter().flat_map(|template| self.of_template(template, &opened)).collect();
        documents.sort_by_key(|document| document.head);
        documents
    }

    /// One document for each flavour in which a template is used; none for what is only a step on the way to another
    /// template, or the business of another module.
    fn of_template(&self, template: &Template, opened: &Arc<[(Location, String)]>) -> Vec<Document> {
        let Some(object) = self.heap.get(template.object) else { return Vec::new() };
        let Body::Instance(instance) = &object.body else { return Vec::new() };
        let Of::Template(sdk) = instance.of else { return Vec::new() };
        let uses: Vec<Use> = self.uses_of(template.object);
        if uses.is_empty() && (template.foreign || template.superseded) {
            return Vec::new();
        }
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
        let document = |judge: Flavour| Document {
            opened: Arc::clone(opened),
            root: self.template_root(instance, object),
            template: Vec::new(),
            kind: Kind::PythonTemplate,
            api: None,
            flavour: judge,
            sdk: generation(sdk),
            primary: self.primary_name(instance, object.open),
            name: template.name.clone(),
            uses: uses.iter().filter(|used| !has_twin || flavour(sdk, Some(used.kind)) == judge).cloned().collect(),
            has_twin,
            given: None,
            made_at: template.made_at.or_else(|| uses.first().map(|used| used.location).filter(|_| template.foreign)),
            head: Location { file: object.at.file, span: instance.head },
            dialect: Dialect::Python,
        };
        flavours.into_iter().map(document).collect()
    }

    /// Why objects may hold more than is seen, by their places.
    fn opened_places(&self) -> Arc<[(Location, String)]> {
        let place = |(index, reason): (&usize, &Rc<str>)| Some((self.heap.get(*index)?.at, reason.to_string()));
        let mut places: Vec<(Location, String)> = self.opened.iter().filter_map(place).collect();
        places.sort();
        places.into()
    }

    /// Where a template goes. What a task gets from its environment stands for the environment.
    fn uses_of(&self, object: usize) -> Vec<Use> {
        let noted = self.uses.iter().filter(|noted| noted.object == object);
        noted
            .map(|noted| Use {
                kind: noted.kind,
                taker: noted.taker,
                name: noted.name.clone(),
                location: noted.at,
                settings: self.settings_node(noted),
            })
            .collect()
    }

    fn settings_node(&self, noted: &TemplateUse) -> Node {
        let entries = noted.settings.iter().filter(|(name, ..)| !takes_template(name) && &**name != "task_config").map(
            |(name, named_at, slot)| {
                let key = Key { wire: name.clone().as_ref().into(), written: None, location: *named_at };
                Entry { key, value: self.node(slot, Wanted::Setting, 0) }
            },
        );
        let map = Map { entries: entries.collect(), open: false, form: Form::Call, class: None, head: noted.at.span };
        Node::new(Value::Map(map), noted.at)
    }

    fn primary_name(&self, instance: &Instance, open: bool) -> PrimaryName {
        match instance.attribute("primary_container_name") {
            None if open => PrimaryName { name: Field::Dynamic, location: None },
            None => PrimaryName::by_default("primary"),
            Some(slot) => {
                let name = slot.val.text().map_or(Field::Dynamic, |text| Field::Known(text.to_owned()));
                PrimaryName { name, location: Some(slot.val.at) }
            }
        }
    }

    /// An object with `metadata` and `spec`, as the SDKs send it.
    fn template_root(&self, instance: &Instance, object: &Object) -> Node {
        let synthetic = |entries, head| Map { entries, open: object.open, form: Form::Synthetic, class: None, head };
        let entry = |name: &str, class: Option<&'static Class>| {
            let (_, named_at, slot) = instance.attributes.iter().find(|(known, ..)| &**known == name)?;
            let kind = class.map_or(Wanted::Free, Wanted::Object);
            let wire = if name == "pod_spec" { "spec" } else { name };
            let key = Key { wire: wire.into(), written: (wire != name).then(|| name.into()), location: *named_at };
            Some(Entry { key, value: self.node(slot, kind, 0) })
        };
        let metadata: Vec<Entry> = ["labels", "annotations"].iter().filter_map(|name| entry(name, None)).collect();
        let mut entries = Vec::new();
        if !metadata.is_empty() || object.open {
            let location = metadata.first().map_or(object.at, |entry| entry.value.location);
            let key = Key { wire: "metadata".into(), written: None, location };
            let value = Node::new(Value::Map(synthetic(metadata, instance.head)), object.at);
            entries.push(Entry { key, value });
        }
        entries.extend(entry("pod_spec", python::class("V1PodSpec")));
        Node::new(Value::Map(synthetic(entries, instance.head)), object.at)
    }

    /// Whether objects that are used in several places made the documents too large. What was evaluated may be in them once;
    /// what is used in several places is there as often.
    pub fn is_overgrown(&self) -> bool {
        self.nodes.get() > self.limits.alias_nodes.saturating_add(self.budget.spent())
    }

    /// The tree of a value, where an object of a certain class is wanted.
    fn node(&self, slot: &Slot, wanted: Wanted, depth: usize) -> Node {
        let Slot { val, at } = slot;
        let fits = depth <= MAX_DEPTH && !self.is_overgrown();
        let value = if fits { self.value_of(val, wanted, depth) } else { dynamic("nested too deeply, or too large") };
        let elsewhere = val.at.file != at.file || !at.span.contains(val.at.span);
        let node = Node { used_at: elsewhere.then(|| Box::new(*at)), ..Node::new(value, val.at) };
        self.nodes.set(self.nodes.get().saturating_add(node.own_size()));
        node
    }

    fn value_of(&self, val: &Val, wanted: Wanted, depth: usize) -> Value {
        match &val.data {
            Data::None => Value::Null,
            Data::Bool(value) => Value::Bool(*value),
            Data::Number(text) => Value::Number(Number::new(&**text)),
            Data::Text(text) => Value::String((&**text).into()),
            Data::Pattern(pieces, reason) => {
                Value::Dynamic(Box::new(Dynamic { pattern: pieces.to_vec(), ..Dynamic::because(&**reason) }))
            }
            Data::Object(index) => {
                self.heap.get(*index).map_or_else(|| dynamic("?"), |object| self.of_object(object, wanted, depth))
            }
            Data::Path(path) => object_of(path, sdk::class_of_result(path)),
            Data::Dynamic(path) | Data::Module(_, path) => dynamic(path),
            Data::Default(reason, default) => {
                let default = self.node(&Slot::new((**default).clone(), default.at), wanted, depth + 1);
                Value::Dynamic(Box::new(Dynamic { default: Some(default), ..Dynamic::because(&**reason) }))
            }
            Data::Dumped(held) => match self.json_text(held, &Style::default()) {
                Some(text) => Value::String(text.as_str().into()),
                None => dynamic("json.dumps() of something that is not known"),
            },
            Data::FsPath(path) => dynamic(&format!("the file {path}")),
            Data::Seconds(_) => dynamic("a timedelta"),
            Data::Function(_)
            | Data::UserClass(_)
            | Data::Method(..)
            | Data::Bound(..)
            | Data::Partial(_)
            | Data::Super(..)
            | Data::Factory(_) => dynamic("a function"),
            Data::Client(class) => dynamic(class.name),
            Data::Template(_) => dynamic("PodTemplate"),
        }
    }

    fn of_object(&self, object: &Object, wanted: Wanted, depth: usize) -> Value {
        match &object.body {
            Body::List(items) => {
                let wanted = wanted.item();
                let items = items.iter().map(|slot| self.node(slot, wanted, depth + 1)).collect();
                Value::List(List { items, open: object.open, form: Form::Flow })
            }
            Body::Dict(entries) => {
                let entries = entries.iter().map(|(key, value)| self.dict_entry(key, value, wanted, depth)).collect();
                let head = Span::new(object.at.span.start, object.at.span.start + 1);
                Value::Map(Map { entries, open: object.open, form: Form::Flow, class: None, head })
            }
            Body::Instance(Instance { of: Of::Client(class), attributes, head, .. }) => {
                let entries = attributes.iter().map(|attribute| self.argument(attribute, class, depth)).collect();
                Value::Map(Map { entries, open: object.open, form: Form::Call, class: Some(class.name), head: *head })
            }
            Body::Instance(Instance { of: Of::Sdk(class), attributes, head, .. })
                if matches!(wanted, Wanted::Setting) =>
            {
                let entries = attributes.iter().map(|(name, named_at, slot)| Entry {
                    key: Key { wire: (&**name).into(), written: None, location: *named_at },
                    value: self.node(slot, wanted, depth + 1),
                });
                let entries = entries.collect();
                Value::Map(Map { entries, open: object.open, form: Form::Call, class: Some(class.name), head: *head })
            }
            Body::Instance(Instance { of: Of::Sdk(class), .. }) => object_of(class.name, Some(class.name)),
            Body::Instance(_) => dynamic("an object"),
        }
    }

    fn dict_entry(&self, key: &Slot, value: &Slot, wanted: Wanted, depth: usize) -> Entry {
        let text: Rc<str> = match &key.val.data {
            Data::Text(text) | Data::Number(text) => text.clone(),
            Data::Bool(value) => if *value { "true" } else { "false" }.into(),
            _ => "".into(),
        };
        let attribute =
            wanted.class().and_then(|class| class.attribute(&text).or_else(|| class.attribute_by_wire(&text)));
        let wire = attribute.map_or(&*text, |attribute| attribute.wire);
        let written = (wire != &*text).then(|| (&*text).into());
        let wanted = match (attribute, wanted) {
            (Some(attribute), _) => Wanted::of(attribute.kind),
            (None, Wanted::Map(kind)) => Wanted::of(kind),
            (None, Wanted::Setting) => Wanted::Setting,
            _ => Wanted::Free,
        };
        let key = Key { wire: wire.into(), written, location: key.val.at };
        Entry { key, value: self.node(value, wanted, depth + 1) }
    }

    fn argument(&self, (name, named_at, slot): &(Rc<str>, Location, Slot), class: &Class, depth: usize) -> Entry {
        let attribute = class.attribute(name);
        let wire = attribute.map_or(&**name, |attribute| attribute.wire);
        let written = (wire != &**name).then(|| (&**name).into());
        let wanted = attribute.map_or(Wanted::Free, |attribute| Wanted::of(attribute.kind));
        let key = Key { wire: wire.into(), written, location: *named_at };
        Entry { key, value: self.node(slot, wanted, depth + 1) }
    }
}

/// What the schema wants at a place, so that the keys of plain dicts are understood.
#[derive(Clone, Copy)]
enum Wanted {
    /// An object of this class.
    Object(&'static Class),
    /// A list of these.
    List(python::Kind),
    /// A dict with keys of the user's own.
    Map(python::Kind),
    /// Anything.
    Free,
    /// An argument of an environment or a task of the SDKs.
    Setting,
}

impl Wanted {
    fn of(kind: python::Kind) -> Self {
        match kind {
            python::Kind::Class(name) => python::class(name).map_or(Self::Free, Self::Object),
            python::Kind::List(item) => Self::List(*item),
            python::Kind::Map(value) => Self::Map(*value),
            _ => Self::Free,
        }
    }

    fn item(self) -> Self {
        match self {
            Self::List(kind) => Self::of(kind),
            Self::Setting => Self::Setting,
            _ => Self::Free,
        }
    }

    const fn class(self) -> Option<&'static Class> {
        match self {
            Self::Object(class) => Some(class),
            _ => None,
        }
    }
}

fn dynamic(reason: &str) -> Value {
    Value::Dynamic(Box::new(Dynamic::because(reason)))
}

/// An object of which podlint knows no more than its class.
fn object_of(reason: &str, class: Option<&'static str>) -> Value {
    Value::Dynamic(Box::new(Dynamic { class, ..Dynamic::because(reason) }))
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
