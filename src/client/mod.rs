//! What the Kubernetes Python client and Flyte's SDK refuse when a template is built in Python, before any server sees it.
//!
//! The client has two generations: up to 36 its models are plain classes, from 37 on they are pydantic models. Both raise
//! for unknown and missing arguments; they differ in nearly everything else. Observed with kubernetes 36.0.3 and 37.0.2.

mod words;

use crate::config::{ClientGeneration, Settings};
use crate::diagnostic::{Authority, Change, Diagnostic, Fix, Severity};
use crate::document::{Dialect, Document};
use crate::kubernetes::Violations;
use crate::schema::python::{Attribute, Class, GENERATIONS, Kind, class};
use crate::text::Suggestions;
use crate::tree::{Dynamic, Entry, Field, Form, Map, Node, Step, Value};
use words::found;

/// Everything that Python itself would object to in a document.
#[must_use]
pub fn check(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let mut out = Violations::new(document, settings.release());
    if document.dialect != Dialect::Python {
        return Vec::new();
    }
    let checker = Checker { generation: settings.client };
    if let (Some(spec), Some(class)) = (document.root.get("spec").known(), class("V1PodSpec")) {
        checker.object(spec, class, &mut out);
    }
    if let Some(metadata) = document.root.get("metadata").known() {
        for wire in ["labels", "annotations"] {
            if let Some(map) = metadata.get(wire).known() {
                strings(map, wire, &mut out);
            }
        }
    }
    let mut found = out.into_vec();
    if document.uncalled {
        // Whether anybody calls the function is not known.
        found.iter_mut().for_each(|one| one.severity = one.severity.min(Severity::Warning));
    }
    found
}

/// Labels and annotations of the template go through protobuf, which takes strings only.
fn strings(map: &Node, wire: &str, out: &mut Violations<'_>) {
    let entries = map.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    for Entry { key, value } in entries {
        let quotable = match &value.value {
            Value::String(_) | Value::Dynamic(_) => continue,
            Value::Bool(_) | Value::Number(_) => true,
            _ => false,
        };
        let change = quotable.then(|| Change::Quote { at: out.path(value) });
        let message = format!(
            "`{}` in `{wire}` must be a string: the SDK raises `TypeError` when the task is serialized",
            key.wire
        );
        let violation = out.at(value, "non-string-label", message);
        violation.authority = Authority::Flyte;
        if let Some(change) = change {
            violation.help("quote it").fix(Fix::safe("quote it", vec![change]));
        }
    }
}

struct Checker {
    generation: ClientGeneration,
}

/// In which generations of the client something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    Both,
    UpTo36,
    From37,
}

impl Checker {
    /// The severity of something that fails in some generations; `None` where it does not in the one in use.
    fn severity(&self, fails: Fails) -> Option<Severity> {
        match (fails, self.generation) {
            (Fails::Both, _)
            | (Fails::UpTo36, ClientGeneration::UpTo36)
            | (Fails::From37, ClientGeneration::From37) => Some(Severity::Error),
            (Fails::UpTo36 | Fails::From37, ClientGeneration::Unknown) => Some(Severity::Warning),
            _ => None,
        }
    }

    fn report<'v>(&self, fails: Fails, violation: &'v mut Diagnostic) -> &'v mut Diagnostic {
        violation.authority = Authority::Client;
        violation.severity = self.severity(fails).unwrap_or(Severity::Info);
        violation
    }

    /// An object that is to be of a class.
    fn object(&self, node: &Node, class: &'static Class, out: &mut Violations<'_>) {
        let Value::Map(map) = &node.value else { return };
        if let Some(made) = map.class.filter(|made| *made != class.name) {
            if self.severity(Fails::From37).is_some() {
                let message = format!("`{}` is wanted here, not `{made}`", class.name);
                self.report(Fails::From37, out.at(node, "wrong-argument-type", message));
            }
            return;
        }
        let in_call = map.form == Form::Call;
        let mut suggestions = Suggestions::default();
        for entry in &map.entries {
            let attribute =
                class.attribute(entry.key.as_written()).or_else(|| class.attribute_by_wire(&entry.key.wire));
            match attribute {
                Some(attribute) => self.argument(entry, attribute, in_call, out),
                None if in_call => {
                    let near = meant_argument(map, entry, class, &mut suggestions);
                    unknown_argument((node, entry), class, near, out);
                }
                None => {}
            }
        }
        if in_call {
            missing_arguments(node, map, class, out);
        }
    }

    fn argument(&self, entry: &Entry, attribute: &Attribute, in_call: bool, out: &mut Violations<'_>) {
        let written = entry.key.as_written();
        if in_call && let Some(fails) = missing_generation(attribute) {
            self.other_generation(entry, attribute, fails, out);
        } else if in_call && self.is_positional(entry) {
            self.positional(entry, attribute, out);
        } else if in_call && written != attribute.python {
            self.wire_name(entry, attribute, out);
        } else if !in_call && written == attribute.python && attribute.python != attribute.wire {
            self.snake_case_key(entry, attribute, out);
        }
        if entry.value.value != Value::Null {
            self.value(&entry.value, attribute.kind, out);
        }
    }

    /// An argument without a name is placed where its value is.
    fn is_positional(&self, entry: &Entry) -> bool {
        let place = entry.value.used_at.as_deref().copied().unwrap_or(entry.value.location);
        entry.key.location == place
    }

    /// An argument that came or went with a generation.
    fn other_generation(&self, entry: &Entry, attribute: &Attribute, fails: Fails, out: &mut Violations<'_>) {
        if self.severity(fails).is_none() {
            return;
        }
        let where_known = if fails == Fails::UpTo36 { "from version 37 on" } else { "up to version 36" };
        let message = format!("the client has the argument `{}` only {where_known}", attribute.python);
        self.report(fails, out.at(&entry.value, "unknown-argument", message)).shown_at(entry.key.location);
    }

    fn positional(&self, entry: &Entry, attribute: &Attribute, out: &mut Violations<'_>) {
        if self.severity(Fails::From37).is_none() {
            return;
        }
        let message =
            format!("the client takes no positional arguments from version 37 on; this is `{}`", attribute.python);
        let violation = self.report(Fails::From37, out.at(&entry.value, "positional-argument", message));
        violation.shown_at(entry.key.location).help(format!("name it: `{}=…`", attribute.python));
    }

    /// `volumeMounts=` instead of `volume_mounts=`.
    fn wire_name(&self, entry: &Entry, attribute: &Attribute, out: &mut Violations<'_>) {
        if self.severity(Fails::UpTo36).is_none() {
            return;
        }
        let message = format!(
            "the client up to version 36 has no argument `{}`, only `{}`",
            entry.key.as_written(),
            attribute.python
        );
        let change = Change::RenameKey { at: out.path(&entry.value), to: attribute.wire.to_owned() };
        let violation = self.report(Fails::UpTo36, out.at(&entry.value, "unknown-argument", message));
        violation.shown_at(entry.key.location).help(format!("write `{}`", attribute.python));
        // `_exec` is written with an underscore that no rule gives.
        if !attribute.python.starts_with('_') {
            violation.fix(Fix::safe(format!("rename to `{}`", attribute.python), vec![change]));
        }
    }

    fn snake_case_key(&self, entry: &Entry, attribute: &Attribute, out: &mut Violations<'_>) {
        if self.severity(Fails::UpTo36).is_none() {
            return;
        }
        let message = format!(
            "the client up to version 36 sends the key `{}` as it is, and the server knows only `{}`: the value is lost",
            attribute.python, attribute.wire
        );
        let place = out.path(&entry.value);
        let violation = self.report(Fails::UpTo36, out.at(&entry.value, "snake-case-dict-key", message));
        violation.shown_at(entry.key.location).help(format!("write `\"{}\"`, which all versions take", attribute.wire));
        // As a key of a dict the wire name is right.
        let change = Change::RenameKey { at: place, to: attribute.wire.to_owned() };
        violation.fix(Fix::safe(format!("write \"{}\"", attribute.wire), vec![change]));
    }

    /// A value where a certain kind is wanted.
    fn value(&self, node: &Node, kind: Kind, out: &mut Violations<'_>) {
        match (kind, &node.value) {
            (_, Value::Dynamic(dynamic)) => self.foreign_object(node, dynamic, kind, out),
            (Kind::Any, _) => {}
            (Kind::List(Kind::Class("V1Container")), Value::List(list)) => {
                for node in &list.items {
                    self.plain_container(node, out);
                    self.value(node, Kind::Class("V1Container"), out);
                }
            }
            (Kind::Class(name), Value::Map(_)) => {
                if let Some(class) = class(name) {
                    self.object(node, class, out);
                }
            }
            (Kind::List(item), Value::List(list)) => list.items.iter().for_each(|node| self.value(node, *item, out)),
            (Kind::Map(value), Value::Map(map)) if map.class.is_none() => {
                map.entries.iter().for_each(|entry| self.value(&entry.value, *value, out));
            }
            (Kind::String, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Integer, Value::Number(number)) if number.as_i64().is_some() => {}
            (Kind::String, Value::Number(number)) if is_quantity(&out.path(node)) => {
                self.quantity(node, &number.text, out)
            }
            (kind, _) => self.wrong_type(node, kind, out),
        }
    }

    /// An object of Flyte's SDK where one of Kubernetes is wanted. Images are another matter: some places take them.
    fn foreign_object(&self, node: &Node, dynamic: &Dynamic, kind: Kind, out: &mut Violations<'_>) {
        let Some(class) = dynamic.class.filter(|class| !class.ends_with("Image") && !class.ends_with("ImageSpec"))
        else {
            return;
        };
        let message = format!("a `{class}` is no value of Kubernetes: {} is wanted here", kind.in_words());
        self.report(Fails::Both, out.at(node, "wrong-argument-type", message));
    }

    /// A plain dict as a container, whose `name` the SDK asks for as an attribute.
    fn plain_container(&self, node: &Node, out: &mut Violations<'_>) {
        let is_dict = matches!(&node.value, Value::Map(Map { class: None, form: Form::Flow, .. }));
        // Init containers are passed on unseen.
        let is_regular = matches!(out.path(node).as_slice(), [_, Step::Key(list), _] if &**list == "containers");
        if is_dict && is_regular && self.severity(Fails::UpTo36).is_some() {
            let message = "a dict as a container makes Flyte's SDK raise with the client up to version 36";
            let violation = self.report(Fails::UpTo36, out.at(node, "wrong-argument-type", message));
            violation.help("write `V1Container(…)`");
        }
    }

    /// Amounts of resources: the server takes numbers, the newer client does not.
    fn quantity(&self, node: &Node, text: &str, out: &mut Violations<'_>) {
        if self.severity(Fails::From37).is_none() {
            return;
        }
        let change = Change::Quote { at: out.path(node) };
        let message = "the client takes an amount only as a string from version 37 on";
        let violation = self.report(Fails::From37, out.at(node, "wrong-argument-type", message));
        if self.generation == ClientGeneration::Unknown {
            // Most projects have an older client, which takes numbers.
            violation.severity = Severity::Info;
        }
        violation.help(format!("quote it: \"{text}\"")).fix(Fix::safe("quote it", vec![change]));
    }

    fn wrong_type(&self, node: &Node, kind: Kind, out: &mut Violations<'_>) {
        // Up to 36 the client passes it on, and the server refuses it: that is said by the check of the server.
        if self.generation == ClientGeneration::UpTo36 || matches!(node.value, Value::Null) {
            return;
        }
        let path = out.path(node);
        let name = path.iter().rev().find_map(Step::key).map(|key| out.field(key).into_owned());
        let is_item = matches!(path.last(), Some(Step::Index(_)));
        let name = name.unwrap_or_default();
        let subject = if is_item { format!("an item of `{name}`") } else { format!("`{name}`") };
        let message = format!("{subject} must be {}, not {}", kind.in_words(), found(&node.value));
        let quotable = kind == Kind::String && matches!(node.value, Value::Number(_) | Value::Bool(_));
        // Flyte replaces the primary container's command, so there the older client does no harm.
        let replaced = out.document().replaces(&path);
        let is_whole =
            matches!(&node.value, Value::Number(number) if kind == Kind::Integer && number.as_whole().is_some());
        let fails = if replaced || is_whole { Fails::From37 } else { Fails::Both };
        let violation = self.report(fails, out.at(node, "wrong-argument-type", message));
        violation.help(match (replaced, is_whole) {
            (true, _) => "the client raises from version 37 on; before, Flyte replaces it anyway",
            (_, true) => "the client raises from version 37 on; before, Flyte sends the whole number that it is",
            _ => "the client raises from version 37 on; before, the API server refuses the pod",
        });
        if quotable {
            violation.fix(Fix::safe("quote it", vec![Change::Quote { at: path }]));
        }
    }
}

/// The generation that does not have an attribute.
const fn missing_generation(attribute: &Attribute) -> Option<Fails> {
    // The last bit is the newest generation of the table, the only one from 37 on.
    let newest = 1 << (GENERATIONS.len() - 1);
    match (attribute.clients & newest, attribute.clients & !newest) {
        (0, _) => Some(Fails::From37),
        (_, 0) => Some(Fails::UpTo36),
        _ => None,
    }
}

/// Whether a path leads to an amount of a resource.
fn is_quantity(path: &[Step]) -> bool {
    let key = |back: usize| match path.iter().rev().nth(back) {
        Some(Step::Key(key)) => &**key,
        _ => "",
    };
    matches!(key(1), "limits" | "requests" | "overhead") || matches!(key(0), "sizeLimit" | "divisor")
}

/// A keyword that the class does not have in any generation.
fn unknown_argument(
    (node, entry): (&Node, &Entry),
    class: &Class,
    near: Option<&'static Attribute>,
    out: &mut Violations<'_>,
) {
    let call = node.head();
    let written = entry.key.as_written().to_owned();
    let path = out.path(&entry.value);
    let violation = out.at(&entry.value, "unknown-argument", format!("`{}` has no argument `{written}`", class.name));
    violation.authority = Authority::Client;
    if matches!(&entry.value.value, Value::Dynamic(dynamic) if dynamic.by_client) {
        // Older clients take it, and leave it out of the pod.
        violation.severity = Severity::Warning;
    }
    violation.shown_at(entry.key.location);
    if !(call.file == entry.key.location.file && node.location.span.contains(entry.key.location.span)) {
        violation.label(call, format!("given to `{}` here", class.name));
    }
    let Some(near) = near else { return };
    violation.help(format!("did you mean `{}`?", near.python));
    if !near.python.starts_with('_') {
        let change = Change::RenameKey { at: path, to: near.wire.to_owned() };
        violation.fix(Fix::needs_review(format!("rename to `{}`", near.python), vec![change]));
    }
}

/// The argument that a name most likely misspells, unless it is given too.
fn meant_argument(
    map: &Map,
    entry: &Entry,
    class: &Class,
    suggestions: &mut Suggestions,
) -> Option<&'static Attribute> {
    let names = class.attributes.iter().map(|attribute| attribute.python);
    let near = class.attributes.get(suggestions.nearest(entry.key.as_written(), names)?)?;
    map.entry(near.wire).is_none().then_some(near)
}

/// Arguments without which the constructor raises.
fn missing_arguments(node: &Node, map: &Map, class: &Class, out: &mut Violations<'_>) {
    let raises = if out.document().uncalled {
        "the function raises when it is called"
    } else {
        "the module raises when it is imported"
    };
    for attribute in class.attributes.iter().filter(|attribute| attribute.required) {
        if map.get(attribute.wire) != Field::Missing {
            continue;
        }
        let (name, argument) = (class.name, attribute.python);
        // `None` is written somewhere; what is left out is not.
        let violation = match map.entry(attribute.wire) {
            Some(entry) => {
                let message = format!("`{argument}` of `{name}` cannot be `None`: {raises}");
                out.at(&entry.value, "missing-argument", message)
            }
            None => {
                let message = format!("`{name}` needs the argument `{argument}`: {raises}");
                out.at_missing(node, &[attribute.wire], "missing-argument", message)
            }
        };
        violation.authority = Authority::Client;
    }
}
