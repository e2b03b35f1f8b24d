//! What several test files need: reading, blessing, and findings as text.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

pub mod run;

use std::path::{Path, PathBuf};

use podlint::diagnostic::Diagnostic;
use podlint::report::Report;
use podlint::source::{Language, SourceFile};
use podlint::tree::Location;

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether generated files are to be rewritten.
pub fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Holds a file to a text, or writes it when `UPDATE` is set.
pub fn bless(path: &Path, text: &str) {
    if is_update() {
        std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "{} is out of date; run UPDATE=1 cargo test\n--- wanted\n{text}", path.display());
}

/// A source in one of the languages by the name of a code block.
pub fn source(language: &str, text: &str) -> SourceFile {
    let (name, language) = match language {
        "yaml" => ("case.yaml", Language::Yaml),
        "json" => ("case.json", Language::Json),
        "python" => ("case.py", Language::Python),
        "ipynb" => ("case.ipynb", Language::Notebook),
        other => panic!("no such language: {other}"),
    };
    SourceFile::new(name, language, text)
}

/// A finding as text: place, severity, rule, authority, path; then message, help, labels and fixes.
pub fn describe(source: &SourceFile, report: &Report, diagnostic: &Diagnostic) -> String {
    let place = |location: Location| {
        let file = report.source(source, location.file);
        let (start, end) = (file.place(location.span.start), file.place(location.span.end));
        let cell = start.cell.map(|cell| format!("cell {cell} ")).unwrap_or_default();
        format!("{cell}{}:{}-{}:{}", start.at.line, start.at.column, end.at.line, end.at.column)
    };
    let mut text = format!(
        "{} {}[{}] {} {}\n  {}\n",
        place(diagnostic.location),
        diagnostic.severity.as_str(),
        diagnostic.rule,
        diagnostic.authority.as_str(),
        diagnostic.path,
        diagnostic.message,
    );
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    for label in &diagnostic.labels {
        text.push_str(&format!("  label {}: {}\n", place(label.location), label.message));
    }
    for fix in &diagnostic.fixes {
        text.push_str(&format!("  fix ({}): {}\n", fix.applicability.as_str(), fix.title));
    }
    text
}

/// One case of a Markdown fixture: a heading, a block of code, and blocks of what is expected.
pub struct Case {
    /// The heading.
    pub name: String,
    /// The language of the code.
    pub language: String,
    /// The code.
    pub code: String,
    /// The blocks that follow, by kind.
    pub expected: Vec<(String, String)>,
}

/// Reads a fixture.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            let (language, code) = (String::new(), String::new());
            cases.push(Case { name: name.to_owned(), language, code, expected: Vec::new() });
        } else if let Some(kind) = line.strip_prefix("```") {
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let case = cases.last_mut().expect("a block belongs to a case");
            if case.language.is_empty() {
                (case.language, case.code) = (kind.to_owned(), body);
            } else {
                case.expected.push((kind.to_owned(), body));
            }
        }
    }
    cases
}

/// A tree as JSON on few lines; what is not known shows as `<reason>`, an unknown rest as `...`.
pub fn show(node: &podlint::tree::Node) -> serde_json::Value {
    use podlint::tree::{Piece, Value};
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => serde_json::from_str(&number.text).unwrap_or_else(|_| (*number.text).into()),
        Value::String(text) => (**text).into(),
        Value::List(list) => {
            let mut items: Vec<serde_json::Value> = list.items.iter().map(show).collect();
            if list.open {
                items.push("...".into());
            }
            items.into()
        }
        Value::Map(map) => {
            let mut entries: serde_json::Map<String, serde_json::Value> =
                map.entries.iter().map(|entry| (entry.key.wire.to_string(), show(&entry.value))).collect();
            if map.open {
                entries.insert("...".to_owned(), "...".into());
            }
            entries.into()
        }
        Value::Dynamic(dynamic) if dynamic.pattern.is_empty() => format!("<{}>", dynamic.reason).into(),
        Value::Dynamic(dynamic) => {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Hole => "<?>".to_owned(),
            };
            dynamic.pattern.iter().map(piece).collect::<String>().into()
        }
    }
}
