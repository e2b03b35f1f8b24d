//! The rows of `schemas/sdk/*.json`, with the versions for which each one holds.

use std::path::PathBuf;

use serde_json::Value;

/// Where a row begins and ends to hold, as the table writes it; empty for "from the oldest on" or "to the newest".
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Span {
    pub since: String,
    pub until: String,
}

impl Span {
    /// The span of a row, which leaves out what it shares with its owner.
    fn of(row: &Value, owner: &Self) -> Self {
        let or = |fact: &str, otherwise: &String| row[fact].as_str().map_or(otherwise.clone(), version);
        Self { since: or("since", &owner.since), until: or("until", &owner.until) }
    }

    pub fn rust(&self) -> String {
        let bound = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
        match (self.since.as_str(), self.until.as_str()) {
            ("", "") => "A".to_owned(),
            (since, until) => format!("R({}, {})", bound(since, "F"), bound(until, "L")),
        }
    }

    fn hull(spans: &[Self]) -> Self {
        let earliest = spans.iter().map(|span| number(&span.since)).min().unwrap_or_default();
        let latest = spans.iter().map(|span| if span.until.is_empty() { [255; 3] } else { number(&span.until) }).max();
        let since = spans.iter().find(|span| number(&span.since) == earliest).map(|span| span.since.clone());
        let until = spans.iter().find(|span| Some(number(&span.until)) == latest).map(|span| span.until.clone());
        Self { since: since.unwrap_or_default(), until: until.unwrap_or_default() }
    }
}

/// `V(2, 12, 1)`.
pub fn version(text: &str) -> String {
    format!("V({})", text.replace('.', ", "))
}

fn number(rust: &str) -> [u32; 3] {
    let digits = rust.trim_start_matches("V(").trim_end_matches(')');
    let mut parts = digits.split(", ").map(|part| part.parse().unwrap_or_default());
    [parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
}

pub struct Row {
    pub facts: Value,
    pub span: Span,
}

impl Row {
    pub fn text(&self, fact: &str) -> &str {
        self.facts[fact].as_str().unwrap_or_default()
    }

    pub fn flag(&self, fact: &str) -> bool {
        self.facts[fact].as_bool().unwrap_or_default()
    }

    pub fn has(&self, fact: &str) -> bool {
        !self.facts[fact].is_null()
    }
}

/// A class, function or module with its rows.
pub struct Definition {
    pub path: String,
    pub distribution: usize,
    pub span: Span,
    pub rows: Vec<Row>,
}

impl Definition {
    fn read(path: &str, distribution: usize, rows: &[Value]) -> Self {
        let all = Span::default();
        let span = rows.iter().find(|row| row["present"] == true).map_or(all.clone(), |row| Span::of(row, &all));
        let method_span = |name: &Value| {
            let own: Vec<Span> =
                rows.iter().filter(|row| row["method"] == *name).map(|row| Span::of(row, &span)).collect();
            Span::hull(&own)
        };
        let resolved = |row: &Value| {
            let owner = if row["of"].is_null() { span.clone() } else { method_span(&row["of"]) };
            Row { facts: row.clone(), span: Span::of(row, &owner) }
        };
        let rows = rows.iter().filter(|row| row["present"].is_null()).map(resolved).collect();
        Self { path: path.to_owned(), distribution, span, rows }
    }

    pub fn having<'a>(&'a self, fact: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.has(fact))
    }

    /// The parameters of a method, or with an empty name those of the function or constructor.
    pub fn parameters<'a>(&'a self, of: &'a str) -> impl Iterator<Item = &'a Row> {
        self.having("parameter").filter(move |row| row.text("of") == of)
    }
}

pub struct Distribution {
    pub name: String,
    pub versions: Vec<String>,
    pub requires: Vec<Row>,
}

/// All files: the distributions by name, and the definitions by path.
pub fn read() -> (Vec<Distribution>, Vec<Definition>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas/sdk");
    let entries = std::fs::read_dir(folder).expect("schemas/sdk");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let (mut distributions, mut definitions) = (Vec::new(), Vec::new());
    for path in files {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
        for (path, rows) in json["definitions"].as_object().expect("definitions") {
            definitions.push(Definition::read(path, distributions.len(), rows.as_array().expect("rows")));
        }
        let row = |row: &Value| Row { facts: row.clone(), span: Span::of(row, &Span::default()) };
        distributions.push(Distribution {
            name: json["distribution"].as_str().expect("a name").to_owned(),
            versions: json["versions"]
                .as_array()
                .expect("versions")
                .iter()
                .filter_map(Value::as_str)
                .map(version)
                .collect(),
            requires: json["requires"].as_array().expect("a list").iter().map(row).collect(),
        });
    }
    definitions.sort_by(|a, b| a.path.cmp(&b.path));
    (distributions, definitions)
}
