//! Strict decoding: fields that the schema does not have, and values of other types than it wants.
//!
//! Source: <https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>.

use super::Violations;
use super::dropped::Gated;
use crate::diagnostic::{Change, Fix};
use crate::document::{Dialect, Document, Kind};
use crate::pod::{Quantity, QuantityError};
use crate::schema::gates::Release;
use crate::schema::kubernetes::{Definition, Field, Kind as Wanted, definition, definition_at, root};
use crate::text::Suggestions;
use crate::tree::{Entry, Form, Key, Map, Node, Number, Step, Value};

/// Holds the document to the schema of its kind. The fields of feature gates that are off come back.
pub fn check<'a>(document: &'a Document, out: &mut Violations<'_>) -> Vec<Gated<'a>> {
    let mut walk = Walk { release: out.release(), gated: Vec::new() };
    match &document.api {
        Some((api_version, kind)) => {
            check_kind(document, api_version, kind, out);
            let shape = if document.template.is_empty() { "Pod" } else { "PodTemplate" };
            let known = root(kind).or_else(|| root(shape));
            if let Some((definition, _)) = known {
                walk.object(&document.root, definition, out);
            }
        }
        None => {
            let definition = definition("PodTemplateSpec");
            if let (Some(node), Some(definition)) = (document.pod_template().known(), definition) {
                walk.object(node, definition, out);
            }
        }
    }
    walk.gated
}

/// `kind` and `apiVersion` must be a pair that the server knows.
fn check_kind(document: &Document, api_version: &str, kind: &str, out: &mut Violations<'_>) {
    let node = &document.root;
    for wire in ["kind", "apiVersion"] {
        let wrong = node.get(wire).known().is_some_and(|value| value.as_str().is_none());
        if wrong {
            out.at_field(node, wire, "wrong-type", format!("`{wire}` must be a string"));
        } else if super::read::string(node, wire) == Some("") {
            out.required(node, wire);
        }
    }
    if document.kind == Kind::Embedded {
        return;
    }
    let written = super::read::string(node, "kind").unwrap_or_default();
    if written != kind && !written.is_empty() {
        let message = format!("`{written}` is not a kind");
        let change = Change::Replace { at: vec![Step::from("kind")], with: kind.into() };
        let violation = out.at_field(node, "kind", "invalid-value", message).help(format!("did you mean `{kind}`?"));
        violation.fix(Fix::needs_review(format!("write `{kind}`"), vec![change]));
    }
    if let Some((_, served)) = root(kind)
        && !api_version.is_empty()
        && api_version != served
    {
        let message = match removed_in(kind, api_version) {
            Some(release) => format!("Kubernetes {release} removed `{api_version}` for a `{kind}`"),
            None => format!("`{kind}` has the `apiVersion` `{served}`, not `{api_version}`"),
        };
        let change = Change::Replace { at: vec![Step::from("apiVersion")], with: served.into() };
        let violation = out.at_field(node, "apiVersion", "invalid-value", message);
        violation.help(format!("write `{served}`")).fix(Fix::safe(format!("write `{served}`"), vec![change]));
    }
}

/// The release that ceased to serve a kind under a version of the API.
/// <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>
fn removed_in(kind: &str, api_version: &str) -> Option<&'static str> {
    match (kind, api_version) {
        ("Deployment" | "DaemonSet" | "ReplicaSet", "extensions/v1beta1")
        | ("Deployment" | "StatefulSet", "apps/v1beta1")
        | ("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet", "apps/v1beta2") => Some("1.16"),
        ("CronJob", "batch/v2alpha1") => Some("1.21"),
        ("CronJob", "batch/v1beta1") => Some("1.25"),
        _ => None,
    }
}

struct Walk<'a> {
    release: Release,
    gated: Vec<Gated<'a>>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, node: &'a Node, definition: &'static Definition, out: &mut Violations<'_>) {
        let map = match &node.value {
            Value::Map(map) => map,
            Value::Null | Value::Dynamic(_) => return,
            other => return wrong_type(node, "an object", other, out),
        };
        let mut suggestions = Suggestions::default();
        for entry in &map.entries {
            match definition.field(&entry.key.wire) {
                Some(field) => self.field(entry, field, out),
                // The client has a say on the arguments of its classes.
                None if map.form == Form::Call => {}
                None => {
                    let near = meant_field(map, &entry.key.wire, definition, &mut suggestions);
                    unknown_field(entry, definition, near, out);
                }
            }
        }
    }

    fn field(&mut self, entry: &'a Entry, field: &'static Field, out: &mut Violations<'_>) {
        let (first, last) = field.versions;
        let minor = self.release.minor;
        if minor < first || minor > last {
            let known = if minor < first { format!("only from 1.{first}") } else { format!("only up to 1.{last}") };
            let message = format!("Kubernetes has the field `{}` {known}, not in 1.{minor}", entry.key.as_written());
            out.at(&entry.value, "version-mismatch", message).shown_at(entry.key.location);
            return;
        }
        if let Some(gate) = field.gate.filter(|gate| !self.release.has(*gate)) {
            self.gated.push(Gated { entry, wire: field.wire, gate });
        }
        self.value(&entry.value, field.kind, out);
    }

    fn value(&mut self, node: &'a Node, wanted: Wanted, out: &mut Violations<'_>) {
        if matches!(node.value, Value::Null | Value::Dynamic(_)) {
            return;
        }
        match (wanted, &node.value) {
            (Wanted::Any, _)
            | (Wanted::String, Value::String(_))
            | (Wanted::Boolean, Value::Bool(_))
            | (Wanted::IntOrString, Value::String(_)) => {}
            (Wanted::Int32 | Wanted::IntOrString, Value::Number(number)) => integer(node, number, true, out),
            (Wanted::Int64, Value::Number(number)) => integer(node, number, false, out),
            (Wanted::Quantity, Value::String(text)) => quantity(node, text, out),
            (Wanted::Quantity, Value::Number(number)) => quantity(node, &number.text, out),
            (Wanted::Time, Value::String(text)) => {
                if !is_time(text) {
                    let message = format!("`{text}` is no time; write it as `2006-01-02T15:04:05Z`");
                    out.at(node, "wrong-type", message);
                }
            }
            (Wanted::Bytes, Value::String(text)) => {
                if !is_base64(text) {
                    out.at(node, "wrong-type", "this must be base64");
                }
            }
            (Wanted::Object(index), _) => {
                if let Some(definition) = definition_at(index) {
                    self.object(node, definition, out);
                }
            }
            (Wanted::List(item), Value::List(list)) => list.items.iter().for_each(|node| self.value(node, *item, out)),
            (Wanted::Map(value), Value::Map(map)) => {
                map.entries.iter().for_each(|entry| self.value(&entry.value, *value, out));
            }
            (wanted, found) => wrong_type(node, noun(wanted), found, out),
        }
    }
}

const fn noun(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::String | Wanted::Time | Wanted::Bytes => "a string",
        Wanted::Boolean => "true or false",
        Wanted::Int32 | Wanted::Int64 => "a whole number",
        Wanted::Quantity => "a quantity",
        Wanted::IntOrString => "a whole number or a string",
        Wanted::List(_) => "a list",
        Wanted::Object(_) | Wanted::Map(_) | Wanted::Any => "an object",
    }
}

fn wrong_type(node: &Node, wanted: &str, found: &Value, out: &mut Violations<'_>) {
    let path = out.path(node);
    if out.document().replaces(&path) {
        return;
    }
    let name = field_name(&path, out.dialect());
    let violation = out.at(node, "wrong-type", format!("{name} must be {wanted}, not {}", description(found)));
    if wanted == "a string" && matches!(found, Value::Number(_) | Value::Bool(_)) {
        violation.help("quote it").fix(Fix::safe("quote it", vec![Change::Quote { at: path }]));
    }
}

/// The field that a path ends in, as the user writes it; an item is called by its list.
fn field_name(path: &[Step], dialect: Dialect) -> String {
    let key = path.iter().rev().find_map(Step::key);
    let is_item = matches!(path.last(), Some(Step::Index(_)));
    match key {
        Some(key) if is_item => format!("an item of `{}`", dialect.field(key)),
        Some(key) => format!("`{}`", dialect.field(key)),
        None => "the document".to_owned(),
    }
}

fn description(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("the truth value {value}"),
        Value::Number(number) => format!("the number {}", number.text),
        Value::String(text) if text.chars().count() <= 40 => format!("the string \"{text}\""),
        Value::String(_) => "a string".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
        Value::Dynamic(_) => "a value of another type".to_owned(),
    }
}

fn integer(node: &Node, number: &Number, short: bool, out: &mut Violations<'_>) {
    // Flyte sends all numbers as floats, and writes those that are whole without a point.
    let by_flyte = matches!(out.document().kind, Kind::PythonTemplate | Kind::PythonTask);
    let whole = if by_flyte { number.as_whole() } else { number.as_i64() };
    let fits = whole.is_some_and(|value| !short || i32::try_from(value).is_ok());
    if !fits {
        let bits = if short { 32 } else { 64 };
        let path = out.path(node);
        let name = field_name(&path, out.dialect());
        out.at(node, "wrong-type", format!("{name} must be a whole number of {bits} bits, not {}", number.text));
    }
}

fn quantity(node: &Node, text: &str, out: &mut Violations<'_>) {
    let Err(error) = Quantity::parse(text) else { return };
    let path = out.path(node);
    let message = match error {
        QuantityError::Format => format!("`{text}` is no quantity: a number and a unit such as `m`, `G` or `Gi`"),
        QuantityError::Suffix => format!("`{text}` has a unit that Kubernetes does not know"),
    };
    let violation = out.at(node, "invalid-quantity", message);
    let meant = match path.iter().rev().find_map(Step::key) {
        Some("cpu") => meant_cores(text).into_iter().collect(),
        _ => meant_quantities(text),
    };
    if meant.is_empty() {
        violation.help("units are `n`, `u`, `m`, `k`, `M`, `G`, `T`, `P`, `E` and `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`");
        return;
    }
    let list: Vec<String> = meant.iter().map(|text| format!("`{text}`")).collect();
    violation.help(format!("write {}", list.join(" or ")));
    for text in meant {
        let change = Change::Replace { at: path.clone(), with: text.as_str().into() };
        violation.fix(Fix::needs_review(format!("write `{text}`"), vec![change]));
    }
}

/// What `500mi`, `500 m`, `0.5c` and `2 cores` of cpu mean.
fn meant_cores(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|character| !matches!(character, ' ' | '_' | ',')).collect();
    let split = compact.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(compact.len());
    let (number, unit) = compact.split_at(split);
    let value: f64 = number.parse().ok().filter(|value| *value > 0.0)?;
    let whole = |milli: f64| {
        let milli = milli.round();
        if milli % 1000.0 == 0.0 { format!("{}", milli / 1000.0) } else { format!("{milli}m") }
    };
    let meant = match unit.to_ascii_lowercase().as_str() {
        "m" | "mi" | "milli" | "millis" | "mcpu" | "mcore" | "mcores" | "millicpu" | "millicore" | "millicores" => {
            format!("{number}m")
        }
        "" | "c" | "cpu" | "cpus" | "core" | "cores" | "vcpu" | "vcpus" => whole(value * 1000.0),
        _ => return None,
    };
    (meant != text && Quantity::parse(&meant).is_ok()).then_some(meant)
}

/// What `1GB`, `500 mb` or `1K` probably mean: the decimal unit, and the binary one.
fn meant_quantities(text: &str) -> Vec<String> {
    let compact: String = text.chars().filter(|character| !matches!(character, ' ' | '_' | ',')).collect();
    let split = compact.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(compact.len());
    let (number, unit) = compact.split_at(split);
    let unit = unit.to_ascii_lowercase();
    let unit = unit
        .strip_suffix("bytes")
        .or_else(|| unit.strip_suffix("byte"))
        .or_else(|| unit.strip_suffix('b'))
        .unwrap_or(&unit);
    let letter = unit.strip_suffix('i').unwrap_or(unit);
    let decimal = match letter {
        "k" => "k",
        "m" => "M",
        "g" => "G",
        "t" => "T",
        "p" => "P",
        _ => return Vec::new(),
    };
    let binary = format!("{number}{}i", decimal.to_ascii_uppercase());
    let candidates = if unit.ends_with('i') { vec![binary] } else { vec![format!("{number}{decimal}"), binary] };
    candidates.into_iter().filter(|text| Quantity::parse(text).is_ok()).collect()
}

/// A field that the object does not have: a near miss, or one that belongs elsewhere.
fn unknown_field(entry: &Entry, definition: &Definition, near: Option<&str>, out: &mut Violations<'_>) {
    let Key { wire, location, .. } = &entry.key;
    let written = entry.key.as_written().to_owned();
    let message = format!("`{}` has no field `{written}`", definition.name);
    let path = out.path(&entry.value);
    let near_name = near.map(|near| out.field(near).into_owned());
    let home = home_of(wire).filter(|_| near.is_none());
    let violation = out.at(&entry.value, "unknown-field", message).shown_at(*location);
    match (near, near_name, home) {
        (Some(near), Some(name), _) => {
            violation.help(format!("did you mean `{name}`?"));
            let change = Change::RenameKey { at: path, to: near.to_owned() };
            let title = format!("rename to `{name}`");
            let sure = near.eq_ignore_ascii_case(&wire.replace('_', ""));
            violation.fix(if sure { Fix::safe(title, vec![change]) } else { Fix::needs_review(title, vec![change]) });
        }
        (_, _, Some(home)) => {
            violation.help(format!("`{written}` belongs in {home}"));
        }
        _ => {}
    }
}

/// The field that a name most likely misspells, unless the object has that too.
fn meant_field(
    map: &Map,
    wire: &str,
    definition: &'static Definition,
    suggestions: &mut Suggestions,
) -> Option<&'static str> {
    let near = suggestions.nearest(wire, definition.fields.iter().map(|field| field.wire))?;
    definition.fields.get(near).map(|field| field.wire).filter(|near| map.entry(near).is_none())
}

/// Where a field belongs that was written in the wrong object.
fn home_of(wire: &str) -> Option<&'static str> {
    const HOMES: &[(&str, &str)] = &[
        ("Container", "a container"),
        ("PodSpec", "the pod's `spec`"),
        ("ResourceRequirements", "a container's `resources`"),
        ("SecurityContext", "a container's `securityContext`"),
        ("PodSecurityContext", "the pod's `securityContext`"),
        ("Probe", "a probe"),
        ("VolumeMount", "a volume mount"),
        ("Volume", "a volume"),
        ("EnvVar", "an environment variable"),
        ("ObjectMeta", "`metadata`"),
    ];
    HOMES
        .iter()
        .find(|(name, _)| definition(name).is_some_and(|known| known.field(wire).is_some()))
        .map(|(_, home)| *home)
}

/// RFC 3339, as far as a date and a time can be told by their shape.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(99);
    let shape = digits(0..4) && digits(5..7) && digits(8..10) && digits(11..13) && digits(14..16) && digits(17..19);
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let marked = marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark));
    let ranges = (1..=12).contains(&number(5..7))
        && (1..=31).contains(&number(8..10))
        && number(11..13) < 24
        && number(14..16) < 60
        && number(17..19) < 60;
    let rest = text.get(19..).unwrap_or_default();
    let zone = rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let offset = zone.len() == 6 && zone.starts_with(['+', '-']) && zone.as_bytes().get(3) == Some(&b':');
    shape && marked && ranges && (zone == "Z" || offset)
}

fn is_base64(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let body = plain.trim_end_matches('=');
    plain.len().is_multiple_of(4)
        && plain.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}
