//! `podlint config`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::arguments::{ConfigCommand, ListFormat, ShowArguments};
use super::{Exit, complain, settings};
use crate::config::Settings;
use crate::config::keys::{KEYS, texts};
use crate::config::schema::schema;
use crate::project::{Configurations, Given, Setter, apply};
use crate::rules::RULES;

/// Runs one of the subcommands.
pub fn run(command: &ConfigCommand) -> Exit {
    match command {
        ConfigCommand::Schema => {
            let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
            printed(writeln!(io::stdout(), "{:#}", schema(&names)))
        }
        ConfigCommand::Show(arguments) => show(arguments),
    }
}

fn show(arguments: &ShowArguments) -> Exit {
    let configurations = Configurations::new(settings::choice(&arguments.source), Vec::new());
    let found = configurations.of_any(&arguments.path);
    let given = found.as_ref().map(|found| found.given(&arguments.path)).unwrap_or_default();
    let mut settings = Settings::default();
    apply(&mut settings, &given);
    let excluded = found.as_ref().is_some_and(|found| found.excludes(&arguments.path));
    let rows = rows(&settings, &given);
    let exit = match arguments.format {
        ListFormat::Text => printed(write!(io::stdout(), "{}", text(&arguments.path, excluded, &rows))),
        ListFormat::Json => {
            let values: serde_json::Map<String, Value> = rows
                .iter()
                .map(|(key, value, by)| (key.clone(), json!({"value": value, "from": origin(by.as_ref())})))
                .collect();
            let path = arguments.path.display().to_string();
            printed(writeln!(io::stdout(), "{:#}", json!({"path": path, "excluded": excluded, "values": values})))
        }
    };
    if settings::complain_of_configurations(&configurations.problems()) { Exit::Failed } else { exit }
}

type Row = (String, Value, Option<Setter>);

/// Every key with its value and who set it, and the rules with theirs.
fn rows(settings: &Settings, given: &[Given]) -> Vec<Row> {
    let last = |key: &str| given.iter().rev().find(|one| one.key == key);
    let mut rows: Vec<Row> = Vec::new();
    for key in KEYS.iter().filter(|key| !matches!(key.name, "rules" | "kinds" | "exempt" | "overrides")) {
        let set = last(key.name);
        let value = match (key.get)(settings) {
            Value::Null => set.map(|one| one.value.clone()).unwrap_or_default(),
            value => value,
        };
        rows.push((key.name.to_owned(), value, set.map(|one| one.by.clone())));
    }
    for (kind, paths) in &settings.kinds {
        let key = format!("kinds.{kind}");
        let by = last(&key).map(|one| one.by.clone());
        rows.push((key, json!(paths), by));
    }
    for rule in RULES {
        let on = settings.is_enabled(rule.name, rule.enabled_by_default);
        let severity = settings.severities.get(rule.name).copied().unwrap_or(rule.severity);
        let level = if on { severity.as_str() } else { "off" };
        let own = format!("rules.{}", rule.name);
        let lists = |one: &Given| texts(&one.value).iter().any(|name| name == rule.name);
        let speaks = |one: &&Given| match one.key.as_str() {
            "ignore" | "locked" => lists(one),
            "select" => on != rule.enabled_by_default,
            key => key == own,
        };
        let by = given.iter().rev().find(speaks);
        rows.push((format!("rules.{}", rule.name), json!(level), by.map(|one| one.by.clone())));
    }
    for (number, one) in given.iter().filter(|one| one.key == "exempt").enumerate() {
        rows.push((format!("exempt[{number}]"), one.value.clone(), Some(one.by.clone())));
    }
    rows
}

fn text(path: &Path, excluded: bool, rows: &[Row]) -> String {
    let mut text = format!("# for {}\n", path.display());
    if excluded {
        text.push_str("# excluded: checked only when named\n");
    }
    let width = rows.iter().map(|(key, ..)| key.len()).max().unwrap_or_default();
    for (key, value, by) in rows {
        let value = match value {
            Value::Null => "-".to_owned(),
            Value::Array(items) if items.len() > 6 && by.is_none() => format!("[… {} items]", items.len()),
            value => value.to_string(),
        };
        text.push_str(&format!("{key:<width$} = {value}  # {}\n", origin(by.as_ref())));
    }
    text
}

fn origin(by: Option<&Setter>) -> String {
    match by {
        None => "default".to_owned(),
        Some(Setter::Profile(name)) => format!("profile `{name}`"),
        Some(Setter::File(path, line)) => format!("{}:{line}", PathBuf::from(path).display()),
        Some(Setter::Argument) => "command line".to_owned(),
    }
}

fn printed(result: io::Result<()>) -> Exit {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write: {error}"));
            Exit::Failed
        }
        _ => Exit::Clean,
    }
}
