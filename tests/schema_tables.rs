//! Holds `src/schema/*_table.rs` to the schemas that they are generated from; `UPDATE=1` writes them.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("schemas are JSON")
}

/// Compares a generated file with the committed one, or writes it.
fn bless(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, text).expect("the table can be written");
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "{path} is not what schemas/ give; run UPDATE=1 cargo test --test schema_tables");
}

const HEADER: &str = "Generated from `schemas/` by `UPDATE=1 cargo test --test schema_tables`; do not edit.";

#[test]
fn the_python_table_is_what_the_clients_say() {
    type Row = (String, String, String, bool, u8);
    let mut classes: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    // The newest first: its order is the one that is kept, and its types win.
    for (bit, generation) in podlint::schema::python::GENERATIONS.iter().enumerate().rev() {
        let json = read_json(&root().join(format!("schemas/python-client/{generation}.json")));
        for (class, attributes) in json.as_object().expect("an object").iter().filter(|(name, _)| *name != "x-source") {
            let rows = classes.entry(class.clone()).or_default();
            for attribute in attributes.as_array().expect("a list") {
                let text = |index: usize| attribute[index].as_str().expect("a string").to_owned();
                let (python, wire, kind, required) =
                    (text(0), text(1), text(2), attribute[3].as_bool().expect("a flag"));
                match rows.iter_mut().find(|row| row.0 == python) {
                    Some(row) => row.4 |= 1 << bit,
                    None => rows.push((python, wire, kind, required, 1 << bit)),
                }
            }
        }
    }
    let mut text = format!("//! {HEADER}\n\nuse super::python::{{Attribute as A, Class, Kind as K}};\n\n");
    text.push_str("#[rustfmt::skip]\npub(super) static CLASSES: &[Class] = &[\n");
    for (class, rows) in &classes {
        writeln!(text, "    Class {{ name: {class:?}, attributes: &[").expect("memory");
        for (python, wire, kind, required, clients) in rows {
            let kind = python_kind(kind);
            let line = format!(
                "A {{ python: {python:?}, wire: {wire:?}, kind: {kind}, required: {required}, clients: {clients} }}"
            );
            writeln!(text, "        {line},").expect("memory");
        }
        text.push_str("    ] },\n");
    }
    text.push_str("];\n");
    bless("src/schema/python_table.rs", &text);
}

fn python_kind(kind: &str) -> String {
    // The generations differ in how they write collections.
    let kind = &kind.replace("List[", "list[").replace("Dict[", "dict[");
    let inner = |prefix: &str, close: char| kind.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(close));
    if let Some(item) = inner("list[", ']') {
        return format!("K::List(&{})", python_kind(item));
    }
    if let Some(value) = inner("dict(str, ", ')').or_else(|| inner("dict[str, ", ']')) {
        return format!("K::Map(&{})", python_kind(value));
    }
    match kind.as_str() {
        "str" | "datetime" => "K::String".to_owned(),
        "bool" => "K::Boolean".to_owned(),
        "int" => "K::Integer".to_owned(),
        "object" | "Any" | "AnyType" => "K::Any".to_owned(),
        class => format!("K::Class({class:?})"),
    }
}

struct KubernetesField {
    kind: String,
    required: bool,
    first: u8,
    last: u8,
}

#[test]
fn the_kubernetes_table_is_what_the_schemas_say() {
    let mut definitions: BTreeMap<String, BTreeMap<String, KubernetesField>> = BTreeMap::new();
    for minor in podlint::schema::kubernetes::VERSIONS {
        let json = read_json(&root().join(format!("schemas/kubernetes/v1.{minor}.json")));
        for (name, schema) in json["$defs"].as_object().expect("definitions") {
            let Some(properties) = schema["properties"].as_object() else { continue };
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let fields = definitions.entry(short(name)).or_default();
            for (wire, property) in properties {
                let kind = kubernetes_kind(property, &json);
                let field = fields.entry(wire.clone()).or_insert_with(|| KubernetesField {
                    kind: kind.clone(),
                    required: required.contains(&wire.as_str()),
                    first: minor,
                    last: minor,
                });
                field.last = minor;
                field.kind = kind;
            }
        }
    }
    let names: Vec<&String> = definitions.keys().collect();
    let index = |kind: &str| resolve_objects(kind, &names);
    let mut gates = fields_of_gates();
    let mut text = format!(
        "//! {HEADER}\n\nuse super::gates_table::Gate as G;\nuse super::kubernetes::{{Definition, Field as F, Kind as K}};\n\n"
    );
    text.push_str("#[rustfmt::skip]\npub(super) static DEFINITIONS: &[Definition] = &[\n");
    for (name, fields) in &definitions {
        writeln!(text, "    Definition {{ name: {name:?}, fields: &[").expect("memory");
        for (wire, field) in fields {
            let KubernetesField { kind, required, first, last } = field;
            let kind = index(kind);
            let gate = match gates.remove(&format!("{name}.{wire}")) {
                Some(gate) => format!("Some(G::{gate})"),
                None => "None".to_owned(),
            };
            writeln!(
                text,
                "        F {{ wire: {wire:?}, kind: {kind}, required: {required}, versions: ({first}, {last}), gate: {gate} }},"
            )
            .expect("memory");
        }
        text.push_str("    ] },\n");
    }
    text.push_str("];\n");
    assert!(gates.is_empty(), "no definition has these fields of gates.json: {gates:?}");
    bless("src/schema/kubernetes_table.rs", &text);
}

fn gates() -> Vec<Value> {
    let json = read_json(&root().join("schemas/kubernetes/gates.json"));
    json.as_array().expect("a list").clone()
}

/// The gate of each field that the server drops while it is off.
fn fields_of_gates() -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for row in gates() {
        for field in row["drops"].as_array().expect("a list") {
            let name = row["gate"].as_str().expect("a name");
            fields.insert(field.as_str().expect("a field").to_owned(), name.to_owned());
        }
    }
    fields
}

#[test]
fn the_table_of_gates_is_what_the_facts_say() {
    let versions = podlint::schema::kubernetes::VERSIONS;
    let mut text = format!(
        "//! {HEADER}\n\nuse super::gates::State::{{self, Absent, LockedOff, LockedOn, Off, On}};\n\n/// A feature gate that pods or \
         workloads depend on.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n#[repr(u8)]\n#[expect(missing_docs, reason = \
         \"Kubernetes says what they do\")]\npub enum Gate {{\n"
    );
    for row in gates() {
        writeln!(text, "    {},", row["gate"].as_str().expect("a name")).expect("memory");
    }
    text.push_str("}\n\n/// Their names, and their defaults from the oldest known version on.\n#[rustfmt::skip]\n");
    writeln!(text, "pub(super) static GATES: &[(&str, [State; {}])] = &[", versions.len()).expect("memory");
    for row in gates() {
        let defaults = row["from-1.27"].as_str().expect("defaults").chars().map(|mark| match mark {
            '.' => "Absent",
            '-' => "Off",
            '+' => "On",
            '*' => "LockedOn",
            'x' => "LockedOff",
            other => panic!("{other}"),
        });
        let defaults: Vec<&str> = defaults.collect();
        writeln!(text, "    ({}, [{}]),", row["gate"], defaults.join(", ")).expect("memory");
    }
    text.push_str("];\n");
    bless("src/schema/gates_table.rs", &text);
}

fn short(name: &str) -> String {
    name.rsplit('.').next().expect("a name").to_owned()
}

fn kubernetes_kind(property: &Value, json: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        return referenced_kind(reference, json);
    }
    if let Some(reference) = property["allOf"][0]["$ref"].as_str() {
        return referenced_kind(reference, json);
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    };
    match (kind, property["format"].as_str().unwrap_or_default()) {
        ("string", "date-time") => "K::Time".to_owned(),
        ("string", "byte") => "K::Bytes".to_owned(),
        ("string", _) => "K::String".to_owned(),
        ("boolean", _) => "K::Boolean".to_owned(),
        ("integer", "int64") => "K::Int64".to_owned(),
        ("integer", _) => "K::Int32".to_owned(),
        ("array", _) => format!("K::List(&{})", kubernetes_kind(&property["items"], json)),
        ("object", _) if property["additionalProperties"].is_object() => {
            format!("K::Map(&{})", kubernetes_kind(&property["additionalProperties"], json))
        }
        _ => "K::Any".to_owned(),
    }
}

fn referenced_kind(reference: &str, json: &Value) -> String {
    let full = reference.rsplit('/').next().expect("a name");
    match short(full).as_str() {
        "Quantity" => "K::Quantity".to_owned(),
        "IntOrString" => "K::IntOrString".to_owned(),
        "Time" | "MicroTime" => "K::Time".to_owned(),
        "FieldsV1" | "RawExtension" | "JSON" => "K::Any".to_owned(),
        name if json["$defs"][full]["properties"].is_object() => format!("K::Object(<{name}>)"),
        // An object without fields, such as an empty status.
        _ => kubernetes_kind(&json["$defs"][full], json),
    }
}

/// Puts indices in the place of names.
fn resolve_objects(kind: &str, names: &[&String]) -> String {
    let Some((before, rest)) = kind.split_once('<') else { return kind.to_owned() };
    let (name, after) = rest.split_once('>').expect("a closed name");
    let index = names.iter().position(|known| *known == name).expect("a known definition");
    format!("{before}{index}{after}")
}

/// `Definition.field`, a tab, and what the newest Kubernetes that has it says of it; line breaks as `\n`.
#[test]
fn the_descriptions_are_those_of_the_schemas() {
    let mut described: BTreeMap<String, String> = BTreeMap::new();
    for minor in podlint::schema::kubernetes::VERSIONS {
        let json = read_json(&root().join(format!("schemas/kubernetes/v1.{minor}.json")));
        for (name, schema) in json["$defs"].as_object().expect("definitions") {
            for (wire, property) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(text) = property["description"].as_str() {
                    described.insert(format!("{}.{wire}", short(name)), text.trim().replace('\n', "\\n"));
                }
            }
        }
    }
    let text: String = described.iter().map(|(field, text)| format!("{field}\t{text}\n")).collect();
    bless("schemas/kubernetes/descriptions.txt", &text);
}
