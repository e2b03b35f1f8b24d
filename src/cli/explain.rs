//! `podlint explain` and `podlint rules`.

use super::arguments::{ExplainArguments, ListFormat, RulesArguments};
use super::{Exit, complain, print};
use crate::rule::Rule;
use crate::rules::RULES;
use crate::text::nearest;

/// Prints a rule's page.
pub fn explain(arguments: &ExplainArguments) -> Exit {
    match find(&arguments.rule) {
        Ok(rule) => print(rule.page().as_bytes()),
        Err(message) => {
            complain(&message);
            Exit::Failed
        }
    }
}

/// Prints the list of rules.
pub fn rules(arguments: &RulesArguments) -> Exit {
    let text = match arguments.format {
        ListFormat::Text => RULES.iter().map(|rule| line(rule)).collect(),
        ListFormat::Json => {
            let list: Vec<serde_json::Value> = RULES.iter().map(|rule| json(rule)).collect();
            format!("{:#}\n", serde_json::Value::from(list))
        }
    };
    print(text.as_bytes())
}

fn line(rule: &Rule) -> String {
    format!("{:<28} {:<8} {:<11} {}\n", rule.name, rule.level(), rule.authority.as_str(), rule.summary())
}

fn json(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "name": rule.name,
        "severity": rule.severity.as_str(),
        "enabled_by_default": rule.enabled_by_default,
        "authority": rule.authority.as_str(),
        "summary": rule.summary(),
        "page": rule.page(),
    })
}

/// The rule of that name.
///
/// # Errors
/// A sentence with a suggestion when there is none.
pub fn find(name: &str) -> Result<&'static Rule, String> {
    if let Some(rule) = RULES.iter().find(|rule| rule.name == name) {
        return Ok(rule);
    }
    let meant = nearest(name, RULES.iter().map(|rule| rule.name)).and_then(|index| RULES.get(index));
    let hint = meant.map(|rule| format!("; did you mean `{}`?", rule.name));
    Err(format!("there is no rule `{name}`{}", hint.unwrap_or_else(|| "; see `podlint rules`".to_owned())))
}
