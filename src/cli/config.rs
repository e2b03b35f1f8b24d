//! `podlint config`: what holds for a file, and who says so.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::arguments::{ConfigCommand, ListFormat, ShowArguments};
use super::{Exit, complain, settings};
use crate::config::keys::{FAIL_ON, KEYS, texts};
use crate::config::schema::schema;
use crate::config::{KUBERNETES_VERSIONS, Settings};
use crate::output::shown_path;
use crate::project::{Border, Configuration, Configurations, Given, Setter, Trust, apply, detect, shown};
use crate::rules::RULES;
use crate::text::one_line;

/// Keys whose values of several files add up.
const ADDED: &[&str] = &["ignore", "extend-select", "locked", "exclude", "policies", "policy-params"];

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

/// A key with its value, and who says so: nobody where it is the default.
struct Row {
    key: String,
    value: Value,
    from: Vec<String>,
}

/// All that there is to show.
struct Shown<'a> {
    path: &'a Path,
    files: Vec<String>,
    excluded: bool,
    rows: Vec<Row>,
}

fn show(arguments: &ShowArguments) -> Exit {
    let path = &arguments.path;
    if !path.exists() {
        complain(&format!("there is no `{}`; shown is what would hold for it", path.display()));
    }
    let border = Border::new(std::slice::from_ref(path));
    let configurations = match settings::choice(&arguments.source) {
        Ok(choice) => Configurations::new(choice, Vec::new(), Arc::new(border), Trust::default()),
        Err(message) => {
            complain(&message);
            return Exit::Failed;
        }
    };
    let configurations = configurations.with_inline(settings::inline_keys(&arguments.source));
    let found = configurations.of_any(path);
    let configuration = found.as_deref();
    let given = configuration.map(|found| found.given(path)).unwrap_or_default();
    let shown = Shown {
        path,
        files: configuration.map(files).unwrap_or_default(),
        excluded: configuration.is_some_and(|found| found.excludes(path)),
        rows: rows(&given, path),
    };
    let exit = match arguments.format {
        ListFormat::Text => printed(write!(io::stdout(), "{}", text(&shown))),
        ListFormat::Json => printed(writeln!(io::stdout(), "{:#}", document(&shown))),
    };
    if settings::complain_of_configurations(&configurations.problems()) { Exit::Failed } else { exit }
}

/// The files of a configuration, the nearest first.
fn files(configuration: &Configuration) -> Vec<String> {
    let mut files: Vec<String> = configuration.files().map(shown_path).collect();
    files.reverse();
    files
}

/// Every key with its value, and the rules with theirs.
fn rows(given: &[Given], path: &Path) -> Vec<Row> {
    let mut settings = Settings::default();
    apply(&mut settings, given);
    let mut rows: Vec<Row> = Vec::new();
    for key in
        KEYS.iter().filter(|key| !matches!(key.name, "rules" | "kinds" | "feature-gates" | "exempt" | "overrides"))
    {
        let mut row = row(key.name, (key.get)(&settings), given);
        if row.from.is_empty() {
            from_nobody(&mut row, path);
        }
        rows.push(row);
    }
    rows.extend(settings.kinds.iter().map(|(kind, paths)| row(&format!("kinds.{kind}"), json!(paths), given)));
    let gates = settings.feature_gates.iter();
    rows.extend(gates.map(|(gate, on)| row(&format!("feature-gates.{gate}"), json!(on), given)));
    rows.extend(RULES.iter().map(|rule| {
        let on = settings.is_enabled(rule.name, rule.enabled_by_default);
        let own = settings.severities.get(rule.name).copied().unwrap_or(rule.severity);
        let severity = if settings.locked.contains(rule.name) { own.max(rule.severity) } else { own };
        let level = if on { severity.as_str() } else { "off" };
        let from = of_rule(rule.name, on != rule.enabled_by_default, &settings, given);
        Row { key: format!("rules.{}", rule.name), value: json!(level), from }
    }));
    let exempt = given.iter().filter(|one| one.key == "exempt").enumerate();
    rows.extend(exempt.map(|(number, one)| Row {
        key: format!("exempt[{number}]"),
        value: one.value.clone(),
        from: vec![origin(&one.by)],
    }));
    rows
}

/// A key; of those that add up all setters count, of others the last one.
fn row(key: &str, value: Value, given: &[Given]) -> Row {
    let own: Vec<&Given> = given.iter().filter(|one| one.key == key).collect();
    let adds = ADDED.contains(&key);
    let value = match value {
        Value::Null if adds && !own.is_empty() => {
            json!(own.iter().flat_map(|one| texts(&one.value)).collect::<Vec<_>>())
        }
        Value::Null => own.last().map(|one| one.value.clone()).unwrap_or_default(),
        value => value,
    };
    let counted = if adds { own.as_slice() } else { own.last().map(std::slice::from_ref).unwrap_or_default() };
    Row { key: key.to_owned(), value, from: counted.iter().rev().map(|one| origin(&one.by)).collect() }
}

/// What holds where no configuration speaks: what the project's own files tell, or what podlint takes.
fn from_nobody(row: &mut Row, path: &Path) {
    let package = |name: &str| match row.key.as_str() {
        "kubernetes-client" => name == "kubernetes",
        "flyte-version" => name.starts_with("flyte"),
        _ => false,
    };
    match row.key.as_str() {
        "fail-on" => row.value = json!(FAIL_ON.get(1)),
        "kubernetes-version" => row.value = json!(format!("1.{}", KUBERNETES_VERSIONS.end())),
        _ => {
            if let Some(told) = detect::told(path).into_iter().find(|told| package(told.package)) {
                row.value = json!(told.version);
                row.from.push(format!("`{}` in {}", told.package, shown(&told.file).display()));
            }
        }
    }
}

/// Who decides on a rule: of lists, profiles and severities the last that speaks of it, or who locks it.
fn of_rule(name: &str, differs: bool, settings: &Settings, given: &[Given]) -> Vec<String> {
    let lists = |one: &Given| texts(&one.value).iter().any(|listed| listed == name);
    let own = format!("rules.{name}");
    let speaks = |one: &&Given| match one.key.as_str() {
        "ignore" => !settings.locked.contains(name) && lists(one),
        "select" => differs,
        key => key == own,
    };
    let by = given.iter().rev().find(speaks).map(|one| match &one.by {
        Setter::Profile(_) => {
            let profile = given.iter().rev().find(|one| one.key == "profile");
            let set = profile.map(|one| format!(" ({})", origin(&one.by))).unwrap_or_default();
            format!("{}{set}", origin(&one.by))
        }
        by => origin(by),
    });
    let locked = given.iter().rev().find(|one| one.key == "locked" && lists(one));
    by.into_iter().chain(locked.map(|one| format!("locked: {}", origin(&one.by)))).collect()
}

fn document(shown: &Shown<'_>) -> Value {
    let from = |row: &Row| if row.from.is_empty() { "default".to_owned() } else { row.from.join(", ") };
    let values: serde_json::Map<String, Value> =
        shown.rows.iter().map(|row| (row.key.clone(), json!({"value": row.value, "from": from(row)}))).collect();
    let path = shown.path.display().to_string();
    json!({"path": path, "files": shown.files, "excluded": shown.excluded, "values": values})
}

/// What somebody says comes first: the rest is as it is everywhere.
fn text(shown: &Shown<'_>) -> String {
    let mut text = format!("# for {}\n", shown_path(shown.path));
    match shown.files.split_first() {
        None => text.push_str("# no configuration file\n"),
        Some((file, [])) => text.push_str(&format!("# by {file}\n")),
        Some((file, extended)) => text.push_str(&format!("# by {file}, which extends {}\n", extended.join(", "))),
    }
    if shown.excluded {
        text.push_str("# excluded: checked only when named\n");
    }
    let width = shown.rows.iter().map(|row| row.key.len()).max().unwrap_or_default();
    let (set, default): (Vec<&Row>, Vec<&Row>) = shown.rows.iter().partition(|row| !row.from.is_empty());
    for row in &set {
        text.push_str(&format!(
            "{:<width$} = {}  # {}\n",
            row.key,
            one_line(&value(row)),
            one_line(&row.from.join(", "))
        ));
    }
    text.push_str(if set.is_empty() { "# all at their defaults\n" } else { "\n# at their defaults\n" });
    for row in default {
        text.push_str(&format!("{:<width$} = {}\n", row.key, one_line(&value(row))));
    }
    text
}

fn value(row: &Row) -> String {
    match &row.value {
        Value::Null => "-".to_owned(),
        Value::Array(items) if items.len() > 6 && row.from.is_empty() => format!("[… {} items]", items.len()),
        value => value.to_string(),
    }
}

fn origin(by: &Setter) -> String {
    match by {
        Setter::Profile(name) => format!("profile `{name}`"),
        Setter::File(path, line, None) => format!("{}:{line}", path.display()),
        Setter::File(path, line, Some(patterns)) => format!("{}:{line} for {}", path.display(), patterns.join(", ")),
        Setter::Argument => "command line".to_owned(),
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
