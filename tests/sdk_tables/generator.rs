//! Writes `src/schema/sdk_table.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::rows::{Definition, Distribution, Row, read};
use super::types::{default, kind};

const HEADER: &str = "//! Generated from `schemas/sdk/` by `UPDATE=1 cargo test --test sdk_tables`; do not edit.

#[rustfmt::skip]
use super::sdk::{
    Attribute as At, AttributeKind as AK, Base as B, Body, Callable as C, Check as Ch, Class, ClassFacts as CF, ClassKind as K,
    Default as D, Definition, Distribution, Head as H, Literal as X, Method as M, MethodKind as MK, Module, ModuleFacts as MF,
    Name as N, NameKind as NK, Parameter as P, ParameterKind as PK, Passes, Requirement, Type as T, Version as V, Versions as R,
};

const A: R = R::ALL;
const F: V = R::ALL.0;
const L: V = R::ALL.1;
";

#[test]
fn the_table_is_what_the_packages_say() {
    let (distributions, definitions) = read();
    let mut text = HEADER.to_owned();
    write_distributions(&mut text, &distributions);
    write_paths(&mut text, &definitions);
    text.push_str("\n#[rustfmt::skip]\npub(super) static DEFINITIONS: &[Definition] = &[\n");
    for definition in &definitions {
        write_definition(&mut text, definition);
    }
    text.push_str("];\n");
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/schema/sdk_table.rs");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, text).expect("the table can be written");
        return;
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == text, "the table is not what schemas/sdk gives; run UPDATE=1 cargo test --test sdk_tables");
}

fn write_distributions(text: &mut String, distributions: &[Distribution]) {
    text.push_str("\n#[rustfmt::skip]\npub(super) static DISTRIBUTIONS: &[Distribution] = &[\n");
    for one in distributions {
        let requires = one
            .requires
            .iter()
            .map(|row| format!("Requirement {{ name: {:?}, versions: {} }}", row.text("requires"), row.span.rust()));
        let (name, versions, requires) = (&one.name, one.versions.join(", "), join(requires));
        writeln!(text, "    Distribution {{ name: {name:?}, versions: &[{versions}], requires: &[{requires}] }},")
            .unwrap();
    }
    text.push_str("];\n");
}

/// Every path under which a definition can be reached, with its index; the definition itself before what aliases it.
fn write_paths(text: &mut String, definitions: &[Definition]) {
    let mut paths: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, definition) in definitions.iter().enumerate() {
        paths.insert(&definition.path, index);
    }
    for (index, definition) in definitions.iter().enumerate() {
        for alias in definition.having("alias") {
            paths.entry(alias.text("alias")).or_insert(index);
        }
    }
    text.push_str("\n#[rustfmt::skip]\npub(super) static PATHS: &[(&str, u16)] = &[\n");
    for (path, index) in paths {
        writeln!(text, "    ({path:?}, {index}),").unwrap();
    }
    text.push_str("];\n");
}

fn write_definition(text: &mut String, definition: &Definition) {
    let (path, index, versions) = (&definition.path, definition.distribution, definition.span.rust());
    writeln!(text, "    Definition {{ path: {path:?}, distribution: {index}, versions: {versions}, body:").unwrap();
    if definition.having("module").next().is_some() {
        write_module(text, definition);
    } else if definition.having("class").next().is_some() {
        write_class(text, definition);
    } else {
        let callable = callable(definition, definition.having("function"), "");
        writeln!(text, "        Body::Function({callable}) }},").unwrap();
    }
}

fn write_module(text: &mut String, definition: &Definition) {
    let facts = definition
        .having("module")
        .map(|row| format!("MF {{ open: {}, versions: {} }}", row.flag("open"), row.span.rust()));
    writeln!(text, "        Body::Module(Module {{ facts: &[{}], names: &[", join(facts)).unwrap();
    for row in definition.having("name") {
        let kind = match row.text("kind") {
            "" => "Definition",
            "module" => "Module",
            "outside" => "Outside",
            _ => "Value",
        };
        let own = format!("{}.{}", definition.path, row.text("name"));
        let target = row.facts["target"].as_str().unwrap_or(&own);
        let (name, value, versions) = (row.text("name"), default(row.facts["value"].as_str()), row.span.rust());
        let row = format!(
            "N {{ name: {name:?}, kind: NK::{kind}, target: {target:?}, value: {value}, versions: {versions} }}"
        );
        writeln!(text, "            {row},").unwrap();
    }
    text.push_str("        ] }) },\n");
}

fn write_class(text: &mut String, definition: &Definition) {
    let facts = definition.having("class").map(class_facts);
    let bases = definition
        .having("base")
        .map(|row| format!("B {{ path: {:?}, versions: {} }}", row.text("base"), row.span.rust()));
    writeln!(text, "        Body::Class(Class {{ facts: &[{}], bases: &[{}],", join(facts), join(bases)).unwrap();
    let constructor = match definition.having("constructor").next() {
        Some(_) => format!("Some({})", callable(definition, definition.having("constructor"), "")),
        None => "None".to_owned(),
    };
    writeln!(text, "        constructor: {constructor},\n        attributes: &[").unwrap();
    for row in definition.having("attribute") {
        writeln!(text, "            {},", attribute(row)).unwrap();
    }
    text.push_str("        ], methods: &[\n");
    write_methods(text, definition);
    text.push_str("        ], checks: &[\n");
    for row in definition.having("check") {
        writeln!(text, "            {},", check(row)).unwrap();
    }
    text.push_str("        ] }) },\n");
}

fn class_facts(row: &Row) -> String {
    let kind = match row.text("class") {
        "plain" => "Plain",
        "dataclass" => "Dataclass",
        "enum" => "Enum",
        "exception" => "Exception",
        "named tuple" => "NamedTuple",
        "protocol" => "Protocol",
        "pydantic" => "Pydantic",
        "typed dict" => "TypedDict",
        other => panic!("an unknown kind of class: {other}"),
    };
    let flags = ["frozen", "slots", "open", "opaque"].map(|flag| format!("{flag}: {}", row.flag(flag)));
    format!("CF {{ kind: K::{kind}, {}, versions: {} }}", flags.join(", "), row.span.rust())
}

fn attribute(row: &Row) -> String {
    let sort = match row.text("kind") {
        "" => "Instance",
        "class" => "Class",
        "member" => "Member",
        "property" if row.flag("settable") => "SettableProperty",
        "property" => "Property",
        other => panic!("an unknown kind of attribute: {other}"),
    };
    let (name, value, versions) = (row.text("attribute"), default(row.facts["value"].as_str()), row.span.rust());
    let declared = kind(row.text("type"));
    format!(
        "At {{ name: {name:?}, kind: AK::{sort}, kind_of_value: {declared}, value: {value}, versions: {versions} }}"
    )
}

/// A method for each name and kind: of what is a class method in one release and not in another, two.
fn write_methods(text: &mut String, definition: &Definition) {
    let mut written: Vec<(&str, &str)> = Vec::new();
    for row in definition.having("method") {
        let key = (row.text("method"), row.text("kind"));
        if written.contains(&key) {
            continue;
        }
        written.push(key);
        let heads = definition.having("method").filter(|row| (row.text("method"), row.text("kind")) == key);
        let sort = match key.1 {
            "" => "Instance",
            "class" => "Class",
            _ => "Static",
        };
        let callable = callable(definition, heads, key.0);
        writeln!(text, "            M {{ name: {:?}, kind: MK::{sort}, callable: {callable} }},", key.0).unwrap();
    }
}

fn callable<'a>(definition: &'a Definition, heads: impl Iterator<Item = &'a Row>, of: &'a str) -> String {
    let heads = heads.map(|row| {
        let flags =
            [("is_async", "async"), ("syncified", "syncified"), ("opaque", "opaque"), ("is_abstract", "abstract")];
        let flags = flags.map(|(field, flag)| format!("{field}: {}", row.flag(flag)));
        let refuses = if row.text("refuses").is_empty() { "TypeError" } else { row.text("refuses") };
        let (returns, versions) = (kind(row.text("returns")), row.span.rust());
        format!("H {{ {}, returns: {returns}, refuses: {refuses:?}, versions: {versions} }}", flags.join(", "))
    });
    let heads = join(heads);
    let parameters: Vec<String> =
        definition.parameters(of).map(|row| format!("\n                {},", parameter(row))).collect();
    format!("C {{ heads: &[{heads}], parameters: &[{}] }}", parameters.concat())
}

fn parameter(row: &Row) -> String {
    let sort = match row.text("kind") {
        "" => "Either",
        "positional" => "PositionalOnly",
        "keyword" => "KeywordOnly",
        "*" => "Positionals",
        "**" if row.flag("forwarded") => "Forwarded",
        "**" => "Keywords",
        other => panic!("an unknown kind of parameter: {other}"),
    };
    let (name, declared, versions) = (row.text("parameter"), kind(row.text("type")), row.span.rust());
    let value = default(row.facts["default"].as_str());
    format!(
        "P {{ name: {name:?}, kind: PK::{sort}, kind_of_value: {declared}, default: {value}, versions: {versions} }}"
    )
}

fn check(row: &Row) -> String {
    let passes = match row.text("passes") {
        "" => "Nothing",
        "None" => "None",
        _ => "FalseValues",
    };
    let (name, allows, raises) = (row.text("check"), kind(row.text("allows")), row.text("raises"));
    let (each, versions) = (row.flag("each"), row.span.rust());
    let facts = format!("name: {name:?}, each: {each}, allows: {allows}, passes: Passes::{passes}, raises: {raises:?}");
    format!("Ch {{ {facts}, versions: {versions} }}")
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}
