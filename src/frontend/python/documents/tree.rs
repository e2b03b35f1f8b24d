//! From values to trees: names as they are sent, places as they are written, and what is not known as dynamic.

use std::rc::Rc;
use std::sync::Arc;

use super::super::evaluate::Evaluator;
use super::super::sdk;
use super::super::value::{
    Attribute, ClassRef, Element, Gap, Instance, Keyword, Mapping, Object, ObjectId, ObjectKind, Sequence, Slot,
    TypeBound, Unknown, Value as Val, ValueKind, float_text,
};
use crate::config::Limits;
use crate::schema::python::{self, Class};
use crate::text::Span;
use crate::tree::{Dynamic, Entry, Form, Key, List, Location, Map, Node, Number, Value};

/// How deeply a tree may nest; an object that holds itself ends here.
const MAX_DEPTH: usize = 60;

/// Makes the trees of one document.
pub struct Tree<'e, 'a> {
    ev: &'e Evaluator<'a>,
    limits: &'e Limits,
    nodes: usize,
    opened: Vec<(Location, String)>,
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

impl<'e, 'a> Tree<'e, 'a> {
    /// Trees after so many nodes of others.
    pub const fn new(ev: &'e Evaluator<'a>, limits: &'e Limits, nodes: usize) -> Self {
        Self { ev, limits, nodes, opened: Vec::new() }
    }

    /// The nodes so far.
    pub const fn nodes(&self) -> usize {
        self.nodes
    }

    /// Why lists and objects may hold more than is seen, by their places, these included.
    pub fn opened(&mut self, further: Vec<(Location, String)>) -> Arc<[(Location, String)]> {
        self.opened.extend(further);
        self.opened.sort();
        self.opened.dedup_by(|one, other| one.0 == other.0);
        self.opened.clone().into()
    }

    /// An object with `metadata` and `spec`, as the SDKs send it.
    pub fn template(&mut self, object: &Object, instance: &Instance) -> Node {
        let open = instance.attributes.rest.is_some();
        self.open(object.at, instance.attributes.rest.as_ref(), object);
        let synthetic = |entries, head| Map { entries, open, form: Form::Synthetic, class: None, head };
        let metadata: Vec<Entry> = ["labels", "annotations"]
            .iter()
            .filter_map(|name| Some(self.field(instance.attributes.get(name)?, name, Wanted::Free)))
            .collect();
        let mut entries = Vec::new();
        if !metadata.is_empty() || open {
            let location = metadata.first().map_or(object.at, |entry| entry.value.location);
            let key = Key { wire: "metadata".into(), written: None, location };
            let value = Node::new(Value::Map(synthetic(metadata, instance.head)), object.at);
            entries.push(Entry { key, value });
        }
        let spec = instance.attributes.get("pod_spec").filter(|spec| !self.is_untouched_default(&spec.slot.value));
        let wanted = python::class("V1PodSpec").map_or(Wanted::Free, Wanted::Object);
        entries.extend(spec.map(|attribute| self.field(attribute, "spec", wanted)));
        if let Some(gap) = instance.attributes.rest.as_ref().filter(|_| instance.attributes.get("pod_spec").is_none()) {
            let key = Key { wire: "spec".into(), written: None, location: object.at };
            entries.push(Entry { key, value: Node::dynamic(&*gap.reason, object.at) });
        }
        Node::new(Value::Map(synthetic(entries, instance.head)), object.at)
    }

    /// Whether a pod spec is the one that flytekit makes where none is given, as it was made.
    fn is_untouched_default(&self, value: &Val) -> bool {
        let Some(id) = value.as_object().filter(|id| self.ev.notes.default_specs.contains(id)) else { return false };
        let Some(object) = self.ev.state.object(id).filter(|object| object.escaped.is_none()) else { return false };
        let Some(instance) = object.as_instance() else { return false };
        let containers = instance.attributes.value("containers").and_then(|list| self.ev.as_list(list));
        instance.attributes.len() == 1
            && instance.attributes.rest.is_none()
            && containers.is_some_and(|(_, items)| items.elements.is_empty())
    }

    fn field(&mut self, attribute: &Attribute, wire: &str, wanted: Wanted) -> Entry {
        let name = &*attribute.name;
        let key = Key { wire: wire.into(), written: (wire != name).then(|| name.into()), location: attribute.name_at };
        Entry { key, value: self.node(&attribute.slot, wanted, 0) }
    }

    /// What is said beside a template where it is used.
    pub fn settings(&mut self, settings: &[Keyword], at: Location) -> Node {
        let entries = settings
            .iter()
            .filter(|keyword| !sdk::takes_template(&keyword.name) && !self.is_template(&keyword.slot.value))
            .cloned()
            .collect::<Vec<_>>()
            .iter()
            .map(|keyword| Entry {
                key: Key { wire: (&*keyword.name).into(), written: None, location: keyword.name_at },
                value: self.node(&keyword.slot, Wanted::Setting, 0),
            })
            .collect();
        let map = Map { entries, open: false, form: Form::Call, class: None, head: at.span };
        Node::new(Value::Map(map), at)
    }

    fn is_template(&self, value: &Val) -> bool {
        value.as_object().is_some_and(|id| self.ev.is_template(id))
    }

    /// A template of a plugin's role: what the SDK sends, and the name of its container.
    fn role_template(&mut self, object: &Object, instance: &Instance) -> Value {
        let Value::Map(mut map) = self.template(object, instance).value else { return dynamic("PodTemplate") };
        (map.form, map.class) = (Form::Call, Some("PodTemplate"));
        let name = instance.attributes.get("primary_container_name");
        map.entries.extend(name.map(|name| self.field(name, "primary_container_name", Wanted::Free)));
        Value::Map(map)
    }

    /// The tree of a value, where an object of a certain class is wanted.
    fn node(&mut self, slot: &Slot, wanted: Wanted, depth: usize) -> Node {
        let Slot { value, at } = slot;
        let fits = depth <= MAX_DEPTH && self.nodes <= self.limits.alias_nodes.saturating_add(self.ev.budget.spent());
        let tree = if fits { self.value(value, wanted, depth) } else { dynamic("nested too deeply, or too large") };
        let elsewhere = value.at.file != at.file || !at.span.contains(value.at.span);
        let node = Node { used_at: elsewhere.then(|| Box::new(*at)), ..Node::new(tree, value.at) };
        self.nodes = self.nodes.saturating_add(node.own_size());
        node
    }

    fn value(&mut self, value: &Val, wanted: Wanted, depth: usize) -> Value {
        match &value.kind {
            ValueKind::None => Value::Null,
            ValueKind::Bool(value) => Value::Bool(*value),
            ValueKind::Int(number) => Value::Number(Number::new(number.to_string())),
            ValueKind::Float(number) if number.is_finite() => Value::Number(Number::new(float_text(*number))),
            ValueKind::Float(_) => dynamic("a number that JSON does not have"),
            ValueKind::Text(text) => Value::String((&**text).into()),
            ValueKind::Bytes(_) => dynamic("bytes"),
            ValueKind::Partial(text) => {
                let pattern = text.pieces.clone();
                Value::Dynamic(Box::new(Dynamic { pattern, ..Dynamic::because(&*text.reason) }))
            }
            ValueKind::Object(id) => self.object(*id, value.at, wanted, depth),
            ValueKind::Unknown(unknown) => self.unknown(unknown, wanted, depth),
            ValueKind::Library(path) => dynamic(path),
            ValueKind::ClientClass(class) => dynamic(class.name),
            ValueKind::TemplateClass(_) => dynamic("PodTemplate"),
            ValueKind::Ellipsis | ValueKind::NotImplemented => dynamic("..."),
            ValueKind::Module(_) => dynamic("a module"),
            ValueKind::Bound(_) | ValueKind::Method(_) | ValueKind::PartialCall(_) | ValueKind::Super(_) => {
                dynamic("a function")
            }
        }
    }

    fn unknown(&mut self, unknown: &Unknown, wanted: Wanted, depth: usize) -> Value {
        let default =
            unknown.default.as_ref().map(|default| self.node(&Slot::here(default.clone()), wanted, depth + 1));
        let class = match unknown.bound {
            TypeBound::Sdk(class) => Some(class),
            _ => None,
        };
        Value::Dynamic(Box::new(Dynamic { default, class, ..Dynamic::because(&*unknown.reason) }))
    }

    fn object(&mut self, id: ObjectId, at: Location, wanted: Wanted, depth: usize) -> Value {
        let Some(object) = self.ev.state.shared(id) else { return dynamic("?") };
        match &object.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => self.list(items, &object, at, wanted, depth),
            ObjectKind::Dict(entries, _) => self.dict(entries, &object, at, wanted, depth),
            ObjectKind::Instance(instance) => self.instance(id, instance, &object, at, wanted, depth),
            ObjectKind::Set(_) | ObjectKind::FrozenSet(_) => dynamic("a set"),
            ObjectKind::Class(class) => dynamic(&format!("the class {}", class.name)),
            ObjectKind::Function(_) | ObjectKind::Descriptor(_) => dynamic("a function"),
            ObjectKind::Iterator(_) => dynamic("an iterator"),
        }
    }

    /// Notes why an object may hold more than is seen.
    fn open(&mut self, at: Location, gap: Option<&Gap>, object: &Object) {
        if let Some(gap) = gap {
            let reason = object.escaped.as_ref().unwrap_or(&gap.reason);
            self.opened.push((at, reason.to_string()));
        }
    }

    fn list(&mut self, items: &Sequence, object: &Object, at: Location, wanted: Wanted, depth: usize) -> Value {
        self.open(at, items.gap(), object);
        let wanted = wanted.item();
        let known = items.elements.iter().filter_map(|element| match element {
            Element::One(slot) => Some(slot),
            Element::Gap(_) => None,
        });
        let mut nodes: Vec<Node> = known.map(|slot| self.node(slot, wanted, depth + 1)).collect();
        if let Some(each) = self.each_of(items) {
            nodes.push(self.node(&Slot::here(each), wanted, depth + 1));
        }
        Value::List(List { items: nodes, open: items.gap().is_some(), form: Form::Flow })
    }

    /// What all elements of a list are like of which only that is known: `[V1Volume(name=name) for name in names]`.
    fn each_of(&self, items: &Sequence) -> Option<Val> {
        let [Element::Gap(gap)] = &items.elements[..] else { return None };
        let first = gap.candidates.first()?;
        // The same expression makes all of them.
        let is_model = |value: &Val| {
            value.at == first.at
                && self.ev.instance(value).is_some_and(|instance| matches!(instance.class, ClassRef::Client(_)))
        };
        gap.candidates.iter().all(is_model).then(|| first.clone())
    }

    fn dict(&mut self, entries: &Mapping, object: &Object, at: Location, wanted: Wanted, depth: usize) -> Value {
        self.open(at, entries.rest.as_ref(), object);
        let known = entries.entries.values().map(|entry| self.dict_entry(&entry.key, &entry.value, wanted, depth));
        let known = known.collect();
        let head = Span::new(object.at.span.start, object.at.span.start + 1);
        let open = entries.rest.is_some();
        Value::Map(Map { entries: known, open, form: Form::Flow, class: None, head })
    }

    fn dict_entry(&mut self, key: &Slot, value: &Slot, wanted: Wanted, depth: usize) -> Entry {
        let text = key_text(&key.value);
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
        let key = Key { wire: wire.into(), written, location: key.value.at };
        Entry { key, value: self.node(value, wanted, depth + 1) }
    }

    fn instance(
        &mut self,
        id: ObjectId,
        instance: &Instance,
        object: &Object,
        at: Location,
        wanted: Wanted,
        depth: usize,
    ) -> Value {
        let order = self.ev.classes_of(&Val::new(ValueKind::Object(id), at));
        let is_setting = matches!(wanted, Wanted::Setting);
        let foreign = order.iter().find(|class| match class {
            ClassRef::Client(_) | ClassRef::Library(_) => true,
            ClassRef::Template(_) => is_setting,
            _ => false,
        });
        match foreign {
            Some(ClassRef::Template(_)) => self.role_template(object, instance),
            Some(ClassRef::Client(class)) => self.model(id, instance, object, at, class, depth),
            Some(ClassRef::Library(path)) if sdk::class_name(path).is_some() => {
                self.sdk_object(path, id, instance, at, wanted, depth)
            }
            _ => match &instance.payload {
                Some(payload) => self.value(payload, wanted, depth + 1),
                None => dynamic("an object"),
            },
        }
    }

    fn model(
        &mut self,
        id: ObjectId,
        instance: &Instance,
        object: &Object,
        at: Location,
        class: &'static Class,
        depth: usize,
    ) -> Value {
        self.open(at, instance.attributes.rest.as_ref(), object);
        let is_dict = self.ev.notes.from_dict.contains(&id);
        let mut entries = Vec::new();
        for attribute in instance.attributes.iter() {
            if !self.ev.notes.dropped.contains(&(id, Rc::clone(&attribute.name))) {
                entries.push(self.argument(attribute, class, depth));
            }
        }
        Value::Map(Map {
            entries,
            open: instance.attributes.rest.is_some(),
            form: if is_dict { Form::Flow } else { Form::Call },
            class: (!is_dict).then_some(class.name),
            head: instance.head,
        })
    }

    fn argument(&mut self, attribute: &Attribute, class: &Class, depth: usize) -> Entry {
        let known = class.attribute(&attribute.name);
        let wire = known.map_or(&*attribute.name, |known| known.wire);
        let wanted = known.map_or(Wanted::Free, |known| Wanted::of(known.kind));
        // Newer clients take the names of the API as well.
        let as_sent = wire == &*attribute.name || self.text_at(attribute.name_at) == wire;
        let written = (!as_sent).then(|| (&*attribute.name).into());
        let key = Key { wire: wire.into(), written, location: attribute.name_at };
        Entry { key, value: self.node(&attribute.slot, wanted, depth + 1) }
    }

    /// The text of a name, without quotes.
    fn text_at(&self, at: Location) -> &'a str {
        let text = self.ev.text_of(at.file).get(at.span.range()).unwrap_or_default();
        text.trim_matches(['"', '\''])
    }

    fn sdk_object(
        &mut self,
        path: &str,
        id: ObjectId,
        instance: &Instance,
        at: Location,
        wanted: Wanted,
        depth: usize,
    ) -> Value {
        let class = sdk::class_name(path);
        let is_image = class == Some("flyte.Image");
        if !matches!(wanted, Wanted::Setting) || is_image {
            let layers = sdk::layers_of(self.ev, &Val::new(ValueKind::Object(id), at));
            let name = class.unwrap_or(path);
            let reason = if layers.is_empty() { name.to_owned() } else { format!("{name}.{layers}") };
            return Value::Dynamic(Box::new(Dynamic { class, ..Dynamic::because(reason) }));
        }
        let entries = instance
            .attributes
            .iter()
            .map(|attribute| Entry {
                key: Key { wire: (&*attribute.name).into(), written: None, location: attribute.name_at },
                value: self.node(&attribute.slot, wanted, depth + 1),
            })
            .collect();
        let open = instance.attributes.rest.is_some();
        Value::Map(Map { entries, open, form: Form::Call, class, head: instance.head })
    }
}

/// A key of a dict as JSON has it.
fn key_text(key: &Val) -> Rc<str> {
    match &key.kind {
        ValueKind::Text(text) => Rc::clone(text),
        ValueKind::Int(number) => number.to_string().into(),
        ValueKind::Float(number) => float_text(*number).into(),
        ValueKind::Bool(value) => if *value { "true" } else { "false" }.into(),
        ValueKind::None => "null".into(),
        _ => "".into(),
    }
}

fn dynamic(reason: &str) -> Value {
    Value::Dynamic(Box::new(Dynamic::because(reason)))
}
