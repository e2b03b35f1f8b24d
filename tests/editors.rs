//! Holds the extension's settings and the table in `editors/README.md` to `editors/settings.json` and to what the server knows.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use podlint::config::KUBERNETES_VERSIONS;
use podlint::rules::RULES;
use serde_json::{Map, Value, json};

fn path(relative: &str) -> String {
    format!("{}/{relative}", env!("CARGO_MANIFEST_DIR"))
}

fn read(relative: &str) -> String {
    std::fs::read_to_string(path(relative)).expect("a file of the project")
}

fn table() -> Vec<Value> {
    let table: Value = serde_json::from_str(&read("editors/settings.json")).expect("JSON");
    table["settings"].as_array().expect("a list").clone()
}

fn rules() -> Value {
    json!(RULES.iter().map(|rule| rule.name).collect::<Vec<_>>())
}

fn versions() -> Value {
    let known = KUBERNETES_VERSIONS.map(|minor| format!("1.{minor}"));
    json!(std::iter::once(String::new()).chain(known).collect::<Vec<_>>())
}

fn property(setting: &Value) -> Value {
    let mut property = json!({
        "type": setting["type"],
        "default": setting["default"],
        "scope": if setting["client"] == json!(true) { "window" } else { "resource" },
        "markdownDescription": setting["description"],
    });
    if let Some(values) = setting.get("enum") {
        property["enum"] = if values == "kubernetesVersions" { versions() } else { values.clone() };
    }
    if let Some(descriptions) = setting.get("enumDescriptions") {
        property["markdownEnumDescriptions"] = descriptions.clone();
    }
    if setting["items"] == "rules" {
        property["items"] = json!({"type": "string", "enum": rules()});
        property["uniqueItems"] = json!(true);
    }
    property
}

fn row(setting: &Value) -> String {
    let text = |key: &str| setting[key].as_str().expect("a text").to_owned();
    let values = setting.get("enum").and_then(Value::as_array).map(|values| {
        let values: Vec<_> = values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`")).collect();
        format!(" One of {}.", values.join(", "))
    });
    let place = if setting["client"] == json!(true) { " Visual Studio Code only." } else { "" };
    let values = values.unwrap_or_default();
    format!("| `{}` | `{}` | {}{values}{place} |\n", text("key"), setting["default"], text("description"))
}

/// Compares a file with what it should be, or writes it.
fn hold(relative: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path(relative), expected).expect("writable");
    }
    assert_eq!(read(relative), expected, "{relative} is stale: UPDATE=1 cargo test --test editors");
}

#[test]
fn the_extension_has_the_settings_of_the_table() {
    let mut package: Value = serde_json::from_str(&read("editors/vscode/package.json")).expect("JSON");
    let name = |setting: &Value| format!("podlint.{}", setting["key"].as_str().expect("a key"));
    let properties: Map<String, Value> = table().iter().map(|setting| (name(setting), property(setting))).collect();
    let restricted: Vec<_> = table().iter().filter(|setting| setting["restricted"] == json!(true)).map(name).collect();
    package["version"] = json!(env!("CARGO_PKG_VERSION"));
    package["contributes"]["configuration"] = json!({"title": "podlint", "properties": properties});
    package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = json!(restricted);
    let text = serde_json::to_string_pretty(&package).expect("JSON") + "\n";
    hold("editors/vscode/package.json", &text);
}

#[test]
fn the_settings_are_documented() {
    let readme = read("editors/README.md");
    let (before, rest) = readme.split_once("<!-- settings -->\n").expect("the table's start");
    let (_, after) = rest.split_once("<!-- /settings -->").expect("the table's end");
    let rows: String = table().iter().map(row).collect();
    let head = "| setting | default | meaning |\n|---|---|---|\n";
    hold("editors/README.md", &format!("{before}<!-- settings -->\n{head}{rows}<!-- /settings -->{after}"));
}

#[test]
fn the_defaults_are_the_servers() {
    use podlint::server::preferences::Preferences;
    let mut defaults = json!({});
    for setting in table().iter().filter(|setting| setting["client"] != json!(true)) {
        let pointer = format!("/{}", setting["key"].as_str().expect("a key").replace('.', "/"));
        place(&mut defaults, &pointer, setting["default"].clone());
        // Each setting is one that the server reads: another value makes other preferences.
        let mut changed = json!({});
        place(&mut changed, &pointer, other(setting));
        assert_ne!(Preferences::new(&changed), Preferences::default(), "{pointer}");
    }
    assert_eq!(Preferences::new(&defaults), Preferences::default());
}

fn other(setting: &Value) -> Value {
    match (&setting["default"], setting["enum"].as_array()) {
        (Value::Bool(on), _) => json!(!on),
        (Value::Array(_), _) => json!(["unused-volume"]),
        (_, Some(values)) => values.last().expect("values").clone(),
        _ if setting["enum"].is_string() => json!(format!("1.{}", KUBERNETES_VERSIONS.start())),
        _ => json!("36"),
    }
}

fn place(object: &mut Value, pointer: &str, value: Value) {
    let mut at = object;
    for key in pointer.split('/').skip(1) {
        at = &mut at[key];
    }
    *at = value;
}
