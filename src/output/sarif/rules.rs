//! What SARIF says of the rules that have results.

use serde_json::{Value, json};

use super::super::found::{Found, rule_url};
use crate::diagnostic::{Authority, Severity};
use crate::rule::Rule;
use crate::rules::RULES;

/// The rules of a report, in the order to which results refer.
pub struct Rules<'a>(Vec<Entry<'a>>);

enum Entry<'a> {
    /// One of podlint's own.
    Own(&'a Rule),
    /// One that only its findings tell of.
    Other(&'a str, Severity),
}

impl<'a> Rules<'a> {
    /// The rules of some findings, by name.
    pub fn new(found: &[Found<'a>]) -> Self {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        for diagnostic in found.iter().map(|found| found.diagnostic) {
            if !entries.iter().any(|entry| entry.name() == diagnostic.rule) {
                let own = RULES.iter().find(|rule| rule.name == diagnostic.rule);
                entries.push(own.map_or(Entry::Other(diagnostic.rule, diagnostic.severity), |rule| Entry::Own(rule)));
            }
        }
        entries.sort_by_key(Entry::name);
        Self(entries)
    }

    /// The position of a rule.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|entry| entry.name() == name)
    }

    /// The rules as SARIF has them.
    pub fn descriptors(&self) -> Vec<Value> {
        self.0.iter().map(Entry::descriptor).collect()
    }
}

impl<'a> Entry<'a> {
    const fn name(&self) -> &'a str {
        match self {
            Self::Own(rule) => rule.name,
            Self::Other(name, _) => name,
        }
    }

    fn descriptor(&self) -> Value {
        match self {
            Self::Own(rule) => descriptor(rule),
            Self::Other(name, severity) => {
                json!({"id": name, "defaultConfiguration": {"level": level(*severity)}})
            }
        }
    }
}

fn descriptor(rule: &Rule) -> Value {
    let (page, summary) = (rule.page(), rule.summary());
    json!({
        "id": rule.name,
        "name": camel_case(rule.name),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": why(&page).unwrap_or(summary)},
        "helpUri": rule_url(rule.name),
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "precision": precision(rule),
            "problem.severity": problem_severity(rule.severity),
            "tags": ["pod-template", rule.authority.as_str()],
        },
    })
}

/// SARIF's word for a severity.
pub const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// GitHub's word for it.
const fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

/// How often a finding is right, in GitHub's words: what somebody would refuse is sure, taste is not.
fn precision(rule: &Rule) -> &'static str {
    if rule.authority == Authority::Practice { "high" } else { "very-high" }
}

/// The page's section on why it matters, as one paragraph.
fn why(page: &str) -> Option<String> {
    let section = page.split("\n## Why\n").nth(1)?.split("\n## ").next()?;
    let paragraph = section.trim().split("\n\n").next()?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!paragraph.is_empty()).then_some(paragraph)
}

/// `undefined-volume` as `UndefinedVolume`.
fn camel_case(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(word).collect()
}
