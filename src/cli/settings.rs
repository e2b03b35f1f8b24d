//! The settings of a run, from its arguments.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::arguments::{
    BackendArguments, CheckArguments, ClusterArguments, ConfigurationArguments, RenderArguments, VersionArguments,
};
use super::{complain, explain};
use crate::config::{Limits, Version, keys};
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::project::{
    BackendChoice, Choice, ClusterOptions, DEFAULT_FACTOR, Given, Project, Setter, Trust, load_cluster, load_policies,
};
use crate::source::SourceFile;
use crate::text::nearest;

/// The project that the arguments speak of.
///
/// # Errors
/// A sentence when an argument names no rule, level, version or policy.
pub fn project(arguments: &CheckArguments) -> Result<Project, String> {
    let over = over(arguments)?;
    let policies = load_policies(&arguments.policy, &arguments.policy_param, &Limits::default())?;
    let inline = inline(arguments);
    let factor = if arguments.untrusted { 1 } else { DEFAULT_FACTOR };
    let ceiling = Limits::ceiling(arguments.limit_ceiling.unwrap_or(factor));
    let trust = Trust { is_limited: arguments.untrusted, ceiling };
    let mut project =
        Project::configured(over, choice(&arguments.source)?, policies, &asked(arguments), trust).with_inline(inline);
    project.name_backend(&backend(&arguments.backend)?)?;
    with_cluster(project, &arguments.cluster)
}

/// Flyte's backend, as the arguments name it.
///
/// # Errors
/// A sentence when there is no such version.
pub fn backend(arguments: &BackendArguments) -> Result<BackendChoice, String> {
    if let Some(text) = &arguments.flyte_backend {
        Version::parse(text).ok_or_else(|| format!("`{text}` is not a version of Flyte's backend"))?;
    }
    Ok(BackendChoice {
        base: arguments.base.clone(),
        flyte_config: arguments.flyte_config.clone(),
        version: arguments.flyte_backend.clone(),
        interruptible: false,
        spark_pod_templates: arguments.spark_pod_templates,
    })
}

/// The project whose pods are shown.
///
/// # Errors
/// A sentence when an argument is no version.
pub fn rendered(arguments: &RenderArguments, path: &Path) -> Result<Project, String> {
    let over = given(versions(&arguments.versions)?);
    let asked = [path.to_owned()];
    let inline = inline_keys(&arguments.source);
    let project = Project::configured(over, choice(&arguments.source)?, Vec::new(), &asked, Trust::default());
    Ok(project.with_inline(inline))
}

/// The same project with the cluster that the arguments describe.
///
/// # Errors
/// A sentence when a file cannot be read, or describes no cluster.
pub fn with_cluster(project: Project, arguments: &ClusterArguments) -> Result<Project, String> {
    if arguments.cluster.is_empty() {
        return Ok(project.with_environment(arguments.environment.clone()));
    }
    let options = ClusterOptions { complete: arguments.cluster_complete, ..ClusterOptions::default() };
    let cluster = load_cluster(&arguments.cluster, &options, Limits::default().file_size)?;
    Ok(project.with_cluster(Arc::new(cluster)))
}

/// Whether the environment that the arguments name is one of those of a run.
///
/// # Errors
/// A sentence with a suggestion when there is none of that name.
pub fn check_environment(project: &Project, path: &Path, arguments: &ClusterArguments) -> Result<(), String> {
    let Some(name) = &arguments.environment else { return Ok(()) };
    let configuration = project.configuration_of_run(path);
    let environments = configuration.iter().flat_map(|found| &found.environments);
    let names: Vec<&str> = environments.map(|one| one.name.as_str()).collect();
    if names.contains(&name.as_str()) {
        return Ok(());
    }
    let hint = match (nearest(name, names.iter().copied()).and_then(|at| names.get(at)), names.is_empty()) {
        (Some(meant), _) => format!("; did you mean `{meant}`?"),
        (None, true) => "; the configuration names none".to_owned(),
        (None, false) => format!("; there are {}", names.join(", ")),
    };
    Err(format!("there is no environment `{name}`{hint}"))
}

/// What a check is about: the files and folders that are named, and the name under which standard input is checked.
fn asked(arguments: &CheckArguments) -> Vec<PathBuf> {
    let named = arguments.paths.iter().filter(|path| *path != Path::new("-"));
    named.chain(&arguments.stdin_filename).cloned().collect()
}

/// Where configuration comes from.
///
/// # Errors
/// A sentence when the arguments contradict each other.
pub fn choice(arguments: &ConfigurationArguments) -> Result<Choice, String> {
    let from_environment = || std::env::var_os("PODLINT_CONFIG").filter(|name| !name.is_empty()).map(PathBuf::from);
    let files: Vec<&String> = arguments.config.iter().filter(|text| !is_inline(text)).collect();
    match files.as_slice() {
        [_, _, ..] => Err("`--config` names two files; the second can be `extend = \"…\"` in the first".to_owned()),
        [file] if arguments.isolated => {
            Err(format!("`--isolated` uses no configuration file, `--config {file}` names one"))
        }
        _ if arguments.isolated => Ok(Choice::Isolated),
        [file] => Ok(Choice::File(PathBuf::from(file))),
        [] => Ok(from_environment().map_or(Choice::Nearest, Choice::File)),
    }
}

/// Whether an argument of `--config` sets a key: files have no `=` in their names, or are there.
fn is_inline(text: &str) -> bool {
    text.contains('=') && !Path::new(text).exists()
}

/// The keys that `--config` sets.
pub fn inline_keys(arguments: &ConfigurationArguments) -> Vec<String> {
    arguments.config.iter().filter(|text| is_inline(text)).cloned().collect()
}

/// The keys that arguments set over the configuration: those of `--config`, then those of options of their own.
fn inline(arguments: &CheckArguments) -> Vec<String> {
    let mut texts = inline_keys(&arguments.source);
    let mut lines = Vec::new();
    if !arguments.exclude.is_empty() {
        lines.push(format!("exclude = {}", json!(arguments.exclude)));
    }
    if let Some(profile) = &arguments.profile {
        lines.push(format!("profile = {}", json!(profile)));
    }
    if arguments.preview {
        lines.push("preview = true".to_owned());
    }
    texts.extend((!lines.is_empty()).then(|| lines.join("\n")));
    texts
}

/// Says what is wrong with configurations, for commands whose report has no place for it; whether anything is.
pub fn complain_of_configurations(problems: &[(SourceFile, Vec<Diagnostic>)]) -> bool {
    for (source, found) in problems.iter().flat_map(|(source, list)| list.iter().map(move |found| (source, found))) {
        let line = source.place(found.location.span.start).at;
        let help = found.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        complain(&format!("{}:{}:{}: {}{help}", source.path.display(), line.line, line.column, found.message));
    }
    !problems.is_empty()
}

/// What the arguments say over the configuration.
fn over(arguments: &CheckArguments) -> Result<Vec<Given>, String> {
    let mut over: Vec<(String, Value)> = Vec::new();
    let lists =
        [("select", &arguments.select), ("ignore", &arguments.ignore), ("extend-select", &arguments.extend_select)];
    for (key, names) in lists {
        let names = names.iter().map(|name| explain::select(name)).collect::<Result<Vec<_>, _>>()?.concat();
        if !names.is_empty() {
            over.push((key.to_owned(), json!(names)));
        }
    }
    for text in &arguments.severity {
        match text.split_once('=') {
            Some((rules, level)) => {
                let word = if level == "off" { level } else { level_of(level)?.as_str() };
                let rules = explain::select(rules)?.into_iter();
                over.extend(rules.map(|rule| (format!("rules.{rule}"), json!(word))));
            }
            None => over.push(("minimum-severity".to_owned(), json!(level_of(text)?.as_str()))),
        }
    }
    if !arguments.selector.is_empty() {
        over.push(("selectors".to_owned(), json!(arguments.selector)));
    }
    over.extend(versions(&arguments.versions)?);
    if !arguments.authority.is_empty() {
        let names: Vec<&str> = arguments.authority.iter().map(|name| Authority::from(*name).as_str()).collect();
        over.push(("authorities".to_owned(), json!(names)));
    }
    if arguments.no_ignores {
        over.push(("ignores".to_owned(), json!(false)));
    }
    Ok(given(over))
}

fn given(over: Vec<(String, Value)>) -> Vec<Given> {
    over.into_iter().map(|(key, value)| Given { key, value, by: Setter::Argument }).collect()
}

/// What the arguments say of versions over the configuration.
fn versions(arguments: &VersionArguments) -> Result<Vec<(String, Value)>, String> {
    let mut over: Vec<(String, Value)> = Vec::new();
    if let Some(version) = arguments.kubernetes_version {
        version.note().iter().for_each(|note| complain(note));
        over.push(("kubernetes-version".to_owned(), json!(format!("1.{}", version.minor))));
    }
    if let Some(version) = &arguments.kubernetes_client {
        keys::client(version).ok_or_else(|| format!("`{version}` is no version of the `kubernetes` package"))?;
        over.push(("kubernetes-client".to_owned(), json!(version)));
    }
    if let Some(text) = &arguments.flyte_version {
        Version::parse(text).ok_or_else(|| format!("`{text}` is no version of Flyte's SDK"))?;
        over.push(("flyte-version".to_owned(), json!(text)));
    }
    if let Some(text) = &arguments.python_version {
        keys::python(text).ok_or_else(|| format!("`{text}` is no version of Python"))?;
        over.push(("python-version".to_owned(), json!(text)));
    }
    Ok(over)
}

fn level_of(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    found
        .ok_or_else(|| format!("`{text}` is not a severity (expected `error`, `warning`, `info`, or for a rule `off`)"))
}
