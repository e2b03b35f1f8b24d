//! The JSON Schema of the configuration, from the table of its keys.

use serde_json::{Map, Value, json};

use super::keys::{ENVIRONMENT, KEYS, Kind, LEVELS, NOT_IN_OVERRIDES};
use super::{GROUPS, KUBERNETES_VERSIONS};
use crate::schema::gates::gate_names;

/// The schema; `rules` are the names of all rules.
#[must_use]
pub fn schema(rules: &[&str]) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://raw.githubusercontent.com/podlint/podlint/main/schemas/podlint.schema.json",
        "title": "podlint",
        "description": "The configuration of podlint: podlint.toml, .podlint.toml or [tool.podlint] in pyproject.toml",
        "type": "object",
        "additionalProperties": false,
        "definitions": {"rule": {"enum": rules}},
        "properties": properties(rules, true),
    })
}

fn properties(rules: &[&str], top: bool) -> Value {
    let mut properties = Map::new();
    for key in KEYS.iter().filter(|key| top || !NOT_IN_OVERRIDES.contains(&key.name)) {
        let mut value = of_kind(key.kind, rules);
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(key.about));
        }
        match key.name.split_once('.') {
            None => {
                properties.insert(key.name.to_owned(), value);
            }
            Some((table, name)) => {
                let empty = json!({"type": "object", "additionalProperties": false, "properties": {}});
                let table = properties.entry(table.to_owned()).or_insert(empty);
                table["properties"][name] = value;
            }
        }
    }
    Value::from(properties)
}

fn of_kind(kind: Kind, rules: &[&str]) -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Count(u64::MAX) => json!({"type": "integer", "minimum": 1}),
        Kind::Count(most) => json!({"type": "integer", "minimum": 1, "maximum": most}),
        Kind::Text | Kind::Client | Kind::Flyte | Kind::Python => json!({"type": "string"}),
        Kind::Texts => texts,
        Kind::TextOrTexts => json!({"anyOf": [{"type": "string"}, texts]}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Words(words) => json!({"type": "array", "items": {"enum": words}}),
        Kind::Rules => {
            let groups: Vec<&str> = GROUPS.iter().map(|(group, _)| *group).chain(["all"]).collect();
            let pattern = json!({"type": "string", "pattern": "[*?\\[{]"});
            let one = json!({"anyOf": [{"$ref": "#/definitions/rule"}, {"enum": groups}, pattern]});
            json!({"type": "array", "items": one})
        }
        Kind::Severities => {
            let each: Map<String, Value> =
                rules.iter().map(|rule| ((*rule).to_owned(), json!({"enum": LEVELS}))).collect();
            json!({"type": "object", "additionalProperties": false, "properties": each})
        }
        Kind::Gates => {
            let each: Map<String, Value> =
                gate_names().map(|gate| (gate.to_owned(), json!({"type": "boolean"}))).collect();
            json!({"type": "object", "additionalProperties": false, "properties": each})
        }
        Kind::Paths => json!({"type": "object", "additionalProperties": of_kind(Kind::TextOrTexts, rules)}),
        Kind::Kubernetes => {
            // Newer ones are judged as the newest known.
            let unknown = *KUBERNETES_VERSIONS.start() - 1;
            let (tens, ones) = (unknown / 10, unknown % 10);
            let minor = format!("({tens}[{}-9]|[{}-9][0-9]|[1-9][0-9][0-9])", ones + 1, tens + 1);
            json!({"type": "string", "pattern": format!("^v?1\\.{minor}(\\.[0-9].*|[+-].*)?$")})
        }
        Kind::Tables(keys) => {
            let each: Map<String, Value> = keys
                .iter()
                .map(|(name, kind, about)| {
                    let mut value = of_kind(*kind, rules);
                    value["description"] = json!(about);
                    ((*name).to_owned(), value)
                })
                .collect();
            let needed = ["containers", "templates", "namespaces", "labels"].map(|key| json!({"required": [key]}));
            let item = json!({"type": "object", "additionalProperties": false, "properties": each, "anyOf": needed});
            json!({"type": "array", "items": item})
        }
        Kind::Variables => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Environments => {
            let mut each = properties(rules, false);
            for (name, kind, about) in ENVIRONMENT {
                each[*name] = of_kind(*kind, rules);
                each[*name]["description"] = json!(about);
            }
            let item = json!({"type": "object", "additionalProperties": false, "properties": each});
            json!({"type": "object", "additionalProperties": item})
        }
        Kind::Overrides => {
            let mut each = properties(rules, false);
            each["paths"] = json!({
                "anyOf": [{"type": "string"}, texts],
                "description": "patterns for paths from the configuration's folder, as in `.gitignore`",
            });
            let item =
                json!({"type": "object", "additionalProperties": false, "required": ["paths"], "properties": each});
            json!({"type": "array", "items": item})
        }
    }
}
