//! `podlint explain` and `podlint rules`.

use serde_json::{Value, json};

use super::arguments::{ExplainArguments, ListFormat, RulesArguments};
use super::{Exit, complain, page, print, report};
use crate::config::GROUPS;
use crate::config::selection::{PREVIEW, resolve, unknown};
use crate::diagnostic::Authority;
use crate::output::JSON_VERSION;
use crate::rule::{Facts, Languages, Rule};
use crate::rules::{FACTS, RULES};

/// Prints a rule's page, or the list of rules.
pub fn explain(arguments: &ExplainArguments) -> Exit {
    let Some(name) = &arguments.rule else {
        return print(list().as_bytes());
    };
    match find(name) {
        Ok(rule) => {
            let text = rule.page().replacen("\n\n", &format!("\n\n{}\n", facts_text(rule)), 1);
            let text = if report::use_color(arguments.color) { page::for_terminal(&text) } else { text };
            print(text.as_bytes())
        }
        Err(message) => {
            complain(&message);
            Exit::Failed
        }
    }
}

/// Prints the list of rules.
pub fn rules(arguments: &RulesArguments) -> Exit {
    let text = match arguments.format {
        ListFormat::Text => list(),
        ListFormat::Json => {
            let list: Vec<Value> = RULES.iter().map(|rule| document(rule)).collect();
            format!("{:#}\n", json!({"version": JSON_VERSION, "rules": list}))
        }
    };
    print(text.as_bytes())
}

fn list() -> String {
    RULES.iter().map(|rule| line(rule)).collect()
}

fn line(rule: &Rule) -> String {
    format!("{:<28} {:<8} {:<11} {}\n", rule.name, rule.level(), rule.authority.as_str(), rule.summary())
}

fn document(rule: &Rule) -> Value {
    let facts = facts(rule);
    json!({
        "name": rule.name,
        "group": rule.group.as_str(),
        "severity": rule.severity.as_str(),
        "enabledByDefault": rule.enabled_by_default,
        "preview": PREVIEW.contains(&rule.name),
        "authority": rule.authority.as_str(),
        "languages": facts.languages.as_str().to_lowercase().split(", ").collect::<Vec<_>>(),
        "fix": facts.fix.map(|fix| fix.as_str()),
        "summary": rule.summary(),
        "page": rule.page(),
    })
}

fn facts(rule: &Rule) -> Facts {
    let known = FACTS.iter().find(|(name, _)| *name == rule.name);
    known.map_or(Facts::new(Languages::Both, None), |(_, facts)| *facts)
}

/// What somebody wants to know of a rule before its reasons, as a list in Markdown.
fn facts_text(rule: &Rule) -> String {
    let (facts, name) = (facts(rule), rule.name);
    let severity = rule.severity.as_str();
    let severity = match (rule.enabled_by_default, PREVIEW.contains(&name)) {
        (true, _) => severity.to_owned(),
        (false, true) => format!("off ({severity} with `--preview`, or when it is selected)"),
        (false, false) => format!("off ({severity} when it is selected)"),
    };
    let (who, means) = (rule.authority.as_str(), meaning(rule.authority));
    format!(
        "- Severity: {severity}\n- Authority: {who} ({means})\n- Languages: {}\n- Fix: {}\n- Group: {}\n- To silence it: \
         `# podlint: ignore[{name}]` at the line, `rules.{name} = \"off\"` in `podlint.toml`, or `--ignore {name}`\n",
        facts.languages.as_str(),
        facts.fix_in_words(),
        rule.group.as_str(),
    )
}

/// Who that is, and what happens.
const fn meaning(authority: Authority) -> &'static str {
    match authority {
        Authority::Kubernetes => "the Kubernetes API server would reject the pod or drop the field",
        Authority::Kubelet => "the pod is admitted, and the kubelet of its node cannot run it",
        Authority::Flyte => "Flyte's SDK or backend would reject the template, or run something else",
        Authority::Client => "the Kubernetes Python client would raise an exception",
        Authority::Python => "Python itself would raise an exception",
        Authority::Cluster => "the cluster that you described would reject the pod, or never run it",
        Authority::Practice => "nobody would reject it; experience says that it goes wrong",
    }
}

/// The rule of that name.
///
/// # Errors
/// A sentence with a suggestion when there is none.
pub fn find(name: &str) -> Result<&'static Rule, String> {
    RULES.iter().find(|rule| rule.name == name).copied().ok_or_else(|| no_rule(name))
}

/// The rules that a name, a group or a pattern stands for.
///
/// # Errors
/// A sentence with a suggestion when there are none.
pub fn select(text: &str) -> Result<Vec<&'static str>, String> {
    let names: Vec<&'static str> = RULES.iter().map(|rule| rule.name).collect();
    let found = resolve(text, &names);
    if found.is_empty() { Err(no_rule(text)) } else { Ok(found) }
}

fn no_rule(text: &str) -> String {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let (message, help) = unknown(text, &names);
    let help = if help.starts_with('`') { "see `podlint rules`".to_owned() } else { help };
    format!("{message}; {help}")
}

/// The names by which rules can be selected.
pub fn selectable() -> Vec<&'static str> {
    let groups = GROUPS.iter().map(|(group, _)| *group);
    RULES.iter().map(|rule| rule.name).chain(groups).chain(["all"]).collect()
}
