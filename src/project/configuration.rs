//! Which configuration holds for a file: found beside it or above it, read once, put together with what it extends.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::base::BackendChoice;
use super::border::Border;
use super::environments::NamedEnvironment;
use super::files::{reason, shown};
use super::inline::check_version;
use super::layer::{Layer, globs_of};
use super::open::read_text;
use super::policies::{self, Manifests, Wanted};
use super::trust::{Trust, is_harmless};
use crate::cluster::Cluster;
use crate::config::keys::{self, texts};
use crate::config::read::{Problem, Read, read};
use crate::config::{Exemption, FlyteBackend, Globs, Limits, Settings};
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::policy::Policies;
use crate::rules::RULES;
use crate::source::{Language, SourceFile};
use crate::text::Span;
use crate::tree::Location;

/// The names of configuration files; the first in a folder counts.
pub const NAMES: &[&str] = &["podlint.toml", ".podlint.toml", "pyproject.toml"];
/// How many files may extend each other.
const MAX_EXTENDS: usize = 32;
/// Larger files are not configuration.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// Where configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The nearest file beside or above what is checked.
    #[default]
    Nearest,
    /// This file, for everything.
    File(PathBuf),
    /// Nowhere.
    Isolated,
}

/// The configuration files of a run; each is read once.
#[derive(Debug, Default)]
pub struct Configurations {
    choice: Choice,
    /// Configurations that arguments give as text; they hold over those of files.
    pub(super) inline: Vec<String>,
    folders: Mutex<HashMap<PathBuf, Option<Arc<Configuration>>>>,
    wrong: Mutex<Vec<(Arc<SourceFile>, Problem)>>,
    /// Policies that hold wherever a configuration is found.
    pub(super) named: Vec<Manifests>,
    /// Whether a cluster was named that holds for every file; then none that a configuration names does.
    has_cluster: bool,
    /// Policies that configurations name, for what is to be said of their files.
    policies: Mutex<Vec<Arc<Policies>>>,
    /// Where the files of policies are.
    pub(super) policy_places: Mutex<Vec<PathBuf>>,
    pub(super) border: Arc<Border>,
    pub(super) trust: Trust,
}

/// A configuration file with all that it extends.
#[derive(Debug)]
pub struct Configuration {
    /// The files, what is extended first.
    pub(super) layers: Vec<Layer>,
    /// The policies that they name, beside those of the command line.
    pub policies: Arc<Policies>,
    /// The names of the cluster's templates, where they are told.
    pub templates: Option<Arc<BTreeSet<String>>>,
    /// Flyte's backend in the cluster, where something is said of it.
    pub backend: Option<Arc<FlyteBackend>>,
    /// The cluster that pods go to, where it is described.
    pub cluster: Option<Arc<Cluster>>,
    /// The environments, in the order in which they are named.
    pub environments: Vec<NamedEnvironment>,
    /// How many bytes a file may have to be read.
    pub file_size: u64,
    /// Only what is harmless counts.
    is_limited: bool,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setter {
    /// By this profile.
    Profile(String),
    /// In a file, at a line, for all files or for those that patterns fit.
    File(PathBuf, u32, Option<Vec<String>>),
    /// By an argument, or by the editor.
    Argument,
}

/// A value that holds for a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The key; `rules.NAME` for the severity of a rule.
    pub key: String,
    /// The value.
    pub value: Value,
    /// Who says so.
    pub by: Setter,
}

impl Configurations {
    /// The configurations that are found by `choice`.
    #[must_use]
    pub fn new(choice: Choice, named: Vec<Manifests>, border: Arc<Border>, trust: Trust) -> Self {
        // Who names a configuration trusts it.
        let is_limited = trust.is_limited && choice == Choice::Nearest;
        Self { choice, named, border, trust: Trust { is_limited, ..trust }, ..Self::default() }
    }

    /// The same with configurations that arguments give as text.
    #[must_use]
    pub fn with_inline(self, inline: Vec<String>) -> Self {
        Self { inline, ..self }
    }

    /// The configuration for a folder, or for a file.
    pub fn of_any(&self, path: &Path) -> Option<Arc<Configuration>> {
        if path.is_dir() { self.of(&path.join("podlint")) } else { self.of(path) }
    }

    /// The configuration for a file; nothing is looked up twice.
    pub fn of(&self, path: &Path) -> Option<Arc<Configuration>> {
        match &self.choice {
            Choice::Isolated => self.known(Path::new("--isolated"), || self.only_inline()),
            Choice::File(file) => self.known(file, || {
                let root = std::env::current_dir().unwrap_or_default();
                let loaded = self.load(file, Some(&root));
                if loaded.is_none() {
                    self.complain_of_absence(file);
                }
                loaded
            }),
            Choice::Nearest => {
                let folder = path.parent()?;
                // By the name that was given first: most files have neighbours, and to make a path absolute takes time.
                self.known(folder, || {
                    self.of_folders(&self.border.folders_of_settings(path)).or_else(|| self.only_inline())
                })
            }
        }
    }

    /// The configuration in the nearest of some folders.
    fn of_folders(&self, folders: &[PathBuf]) -> Option<Arc<Configuration>> {
        let (folder, above) = folders.split_first()?;
        self.known(folder, || {
            let files = NAMES.iter().map(|name| folder.join(name)).filter(|file| self.is_own(file));
            let here = files.into_iter().find_map(|file| self.load(&file, None));
            here.or_else(|| self.of_folders(above))
        })
    }

    /// Whether a configuration that was found is one of the project, and no link that leads out of it.
    fn is_own(&self, file: &Path) -> bool {
        let leads_out = file.exists() && !self.border.admits(file, file);
        if leads_out && !file.ends_with("pyproject.toml") {
            self.complain(
                file,
                "the configuration cannot be read: it is a link that leads out of the project".to_owned(),
            );
        }
        !leads_out
    }

    pub(super) fn known(
        &self,
        place: &Path,
        find: impl FnOnce() -> Option<Arc<Configuration>>,
    ) -> Option<Arc<Configuration>> {
        if let Ok(known) = self.folders.lock()
            && let Some(found) = known.get(place)
        {
            return found.clone();
        }
        let found = find();
        // Another thread may have been faster: then its answer is everybody's, and problems are noted once.
        match self.folders.lock() {
            Ok(mut known) => known.entry(place.to_owned()).or_insert(found).clone(),
            Err(_) => found,
        }
    }

    fn load(&self, file: &Path, root: Option<&Path>) -> Option<Arc<Configuration>> {
        let mut layers = Vec::new();
        if !self.layer(file, root, &mut layers, &mut Vec::new()) {
            return None;
        }
        Some(self.assemble(layers))
    }

    pub(super) fn assemble(&self, mut layers: Vec<Layer>) -> Arc<Configuration> {
        layers.extend(self.inline.iter().map(|text| self.inline_layer(text)));
        let read: Box<dyn Iterator<Item = &Read>> = match self.trust.is_limited {
            true => Box::new(std::iter::empty()),
            false => Box::new(layers.iter().map(|layer| &layer.read)),
        };
        let file_size = limits(read).within(self.trust.ceiling).file_size;
        let cluster = self.cluster(&layers, file_size);
        let of_cluster = self.policies_of(cluster.as_deref());
        let own = layers.iter().flat_map(|layer| &layer.policies);
        let policies = Arc::new(policies::together(own.chain(&self.named).chain(&of_cluster)));
        if !policies.problems.is_empty()
            && let Ok(mut known) = self.policies.lock()
        {
            known.push(Arc::clone(&policies));
        }
        let templates = policies::template_names(layers.iter().flat_map(|layer| &layer.templates));
        let is_limited = self.trust.is_limited;
        let mut configuration = Configuration {
            layers,
            policies,
            templates,
            backend: None,
            cluster,
            environments: Vec::new(),
            file_size,
            is_limited,
        };
        configuration.backend = self.backend(&configuration);
        configuration.environments = self.environments(&configuration);
        Arc::new(configuration)
    }

    /// Takes a cluster that holds for every file: its policies do, too.
    pub(super) fn name_cluster(&mut self, cluster: &Cluster) {
        self.named.extend(policies::of_cluster(cluster));
        self.has_cluster = true;
    }

    /// The policies of a cluster that a configuration names.
    pub(super) fn policies_of(&self, cluster: Option<&Cluster>) -> Vec<Manifests> {
        cluster.filter(|_| !self.has_cluster).map(policies::of_cluster).unwrap_or_default()
    }

    /// Flyte's backend as a configuration names it; what cannot be read is a problem at the key that names it.
    fn backend(&self, configuration: &Configuration) -> Option<Arc<FlyteBackend>> {
        let choice = BackendChoice::of_run(|key| configuration.of_run(key));
        let message = match configuration.backend_outside(&self.border) {
            Some(message) => message,
            None => match choice.load(&Limits::default()) {
                Ok(backend) => return backend,
                Err(message) => message,
            },
        };
        let named = |layer: &Layer| {
            let mut found = layer.read.assignments.iter().rev();
            let one = found.find(|one| matches!(&*one.key, "render.base" | "flyte-config"))?;
            Some((Arc::clone(&layer.source), one.span))
        };
        if let Some((source, span)) = configuration.layers.iter().rev().find_map(named) {
            self.note(&source, &[Problem::new(span, message, None)]);
        }
        None
    }

    /// The manifests that a configuration names by some of its keys; what is wrong with them is a problem of its own.
    pub(super) fn manifests(&self, keys: &[(&str, Wanted)], read: &mut Read, folder: &Path) -> Vec<Manifests> {
        let mut loaded = Vec::new();
        if self.trust.is_limited {
            return loaded;
        }
        let limits = limits(std::iter::once(&*read)).within(self.trust.ceiling);
        let wanted = |key: &str| keys.iter().find(|(known, _)| *known == key).map(|(_, wanted)| *wanted);
        for (one, wanted) in read.assignments.iter().filter_map(|one| Some((one, wanted(&one.key)?))) {
            for name in texts(&one.value) {
                let path = shown(&folder.join(&name));
                if let Ok(mut places) = self.policy_places.lock() {
                    places.push(policies::place_of(&path));
                }
                let source = folder.join("podlint.toml");
                let (found, faults) = policies::of_name(&path, wanted, &limits, Some((&self.border, &source)));
                loaded.extend(found);
                for fault in faults {
                    match fault.place {
                        Some((source, span)) => {
                            let help = match wanted {
                                Wanted::Template => "names of templates that cannot be read are not known",
                                _ => "policies that cannot be read are not enforced",
                            };
                            let help = Some(help.to_owned());
                            self.note(&source, &[Problem::new(span, fault.message, help)]);
                        }
                        None => read.problems.push(Problem::new(one.span, fault.message, None)),
                    }
                }
            }
        }
        loaded
    }

    /// Whether a file is one of policies, or would be if it were there.
    #[must_use]
    pub fn concerns_policies(&self, path: &Path) -> bool {
        self.policy_places.lock().is_ok_and(|places| places.iter().any(|place| path.starts_with(place)))
    }

    /// Policies with something that podlint cannot evaluate.
    #[must_use]
    pub fn partial_policies(&self) -> Vec<Arc<Policies>> {
        self.policies.lock().map(|known| known.clone()).unwrap_or_default()
    }

    /// Adds a file behind those that it extends; whether there is such a file with a word for podlint. `open` are the files
    /// that led to it.
    fn layer(&self, file: &Path, root: Option<&Path>, layers: &mut Vec<Layer>, open: &mut Vec<PathBuf>) -> bool {
        let is_pyproject = file.file_name().is_some_and(|name| name == "pyproject.toml");
        let text = match text_of(file) {
            Some(Ok(text)) => text,
            // To go on to the next file would be to check by other rules than those that were meant.
            Some(Err(why)) if !is_pyproject => {
                self.complain(file, format!("the configuration cannot be read: {why}"));
                String::new()
            }
            _ => return false,
        };
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        let Some(mut read) = read(&text, is_pyproject, &names) else { return false };
        let source = Arc::new(SourceFile::new(shown(file), Language::Yaml, text));
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        open.push(source.path.clone());
        for extend in read.assignments.iter().filter(|one| one.key == "extend") {
            for name in texts(&extend.value) {
                if let Err(message) = self.extended(&shown(&folder.join(&name)), &name, root, layers, open) {
                    read.problems.push(Problem::new(extend.span, message, None));
                }
            }
        }
        open.pop();
        let policies =
            self.manifests(&[("policies", Wanted::Policy), ("policy-params", Wanted::Anything)], &mut read, folder);
        let templates = self.manifests(&[("templates", Wanted::Template)], &mut read, folder);
        let environment_policies = self.policies_of_environments(&mut read, folder);
        check_version(&mut read);
        self.note(&source, &read.problems);
        let (exclude, overrides) = globs_of(&read);
        let root =
            root.map_or_else(|| std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()), Path::to_owned);
        layers.push(Layer {
            source,
            root,
            is_inline: false,
            read,
            exclude,
            overrides,
            policies,
            templates,
            environment_policies,
        });
        true
    }

    /// Adds a file that another one extends.
    fn extended(
        &self,
        file: &Path,
        name: &str,
        root: Option<&Path>,
        layers: &mut Vec<Layer>,
        open: &mut Vec<PathBuf>,
    ) -> Result<(), String> {
        if open.iter().any(|one| one == file) {
            return Err(format!("`{name}` extends itself"));
        }
        if open.last().is_some_and(|source| !self.border.admits(source, file)) {
            return Err(format!("`{name}` lies outside the project, and is not read"));
        }
        // Several files may extend the same one; its place is behind none of them.
        let known = layers.iter().any(|layer| layer.source.path == file);
        match known || (open.len() <= MAX_EXTENDS && self.layer(file, root, layers, open)) {
            true => Ok(()),
            false if open.len() > MAX_EXTENDS => Err(format!("more than {MAX_EXTENDS} files extend each other")),
            false if file.exists() => Err(format!("`{name}` cannot be read, or has no `[tool.podlint]`")),
            false => Err(format!("there is no configuration `{name}`")),
        }
    }

    pub(super) fn note(&self, source: &Arc<SourceFile>, problems: &[Problem]) {
        if let Ok(mut wrong) = self.wrong.lock() {
            for problem in problems {
                let known = wrong.iter().any(|(file, one)| file.path == source.path && one == problem);
                if !known {
                    wrong.push((Arc::clone(source), problem.clone()));
                }
            }
        }
    }

    fn complain_of_absence(&self, file: &Path) {
        let message = match text_of(file) {
            None => "the configuration cannot be read: there is no such file".to_owned(),
            Some(Err(why)) => format!("the configuration cannot be read: {why}"),
            Some(Ok(_)) => "there is no `[tool.podlint]` here".to_owned(),
        };
        self.complain(file, message);
    }

    fn complain(&self, file: &Path, message: String) {
        let source = Arc::new(SourceFile::new(shown(file), Language::Yaml, ""));
        self.note(&source, &[Problem::new(Span::at(0), message, None)]);
    }

    /// What is wrong with the configurations that were looked at, by file.
    #[must_use]
    pub fn problems(&self) -> Vec<(SourceFile, Vec<Diagnostic>)> {
        let mut files: Vec<(SourceFile, Vec<Diagnostic>)> = Vec::new();
        let wrong = self.wrong.lock().map(|wrong| wrong.clone()).unwrap_or_default();
        for (source, problem) in wrong {
            let found = finding(problem);
            match files.iter_mut().find(|(file, _)| file.path == source.path) {
                Some((_, list)) => list.push(found),
                None => files.push(((*source).clone(), vec![found])),
            }
        }
        files.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        files.iter_mut().for_each(|(_, list)| list.sort_by_key(|found| found.location.span.start));
        files
    }
}

/// The text of a configuration file; `None` where there is no such file.
fn text_of(file: &Path) -> Option<Result<String, String>> {
    std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    Some(read_text(file, MAX_SIZE).map_err(|error| reason(&error)))
}

/// The limits that files give; the last one that gives a limit wins.
fn limits<'r>(read: impl Iterator<Item = &'r Read>) -> Limits {
    let mut settings = Settings::default();
    let own = read.flat_map(|one| &one.assignments).filter(|one| one.key.starts_with("limits."));
    own.for_each(|one| keys::apply(&mut settings, &one.key, &one.value));
    settings.limits
}

fn finding(problem: Problem) -> Diagnostic {
    let mut found = Diagnostic {
        help: problem.help,
        ..Diagnostic::new(
            "invalid-configuration",
            problem.severity,
            Authority::Practice,
            problem.message,
            Location::main(problem.span),
        )
    };
    found.make_safe();
    found
}

impl Configuration {
    /// Whether a file or folder is not to be checked.
    #[must_use]
    pub fn excludes(&self, path: &Path) -> bool {
        self.layers.iter().any(|layer| layer.below(path).is_some_and(|inner| layer.exclude.matches(&inner)))
    }

    /// The pattern that excludes a file or folder, and where it stands.
    #[must_use]
    pub fn excluded_by(&self, path: &Path) -> Option<String> {
        self.layers.iter().find_map(|layer| {
            let inner = layer.below(path)?;
            let fits = |pattern: &&String| {
                Globs::of_paths(std::slice::from_ref(*pattern)).is_ok_and(|globs| globs.matches(&inner))
            };
            let pattern = layer.exclude.patterns().iter().find(fits)?;
            let place =
                if layer.is_inline { "the command line".to_owned() } else { layer.source.path.display().to_string() };
            Some(format!("excluded by `{pattern}` of {place}"))
        })
    }

    /// Its files, what is extended first.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.layers.iter().filter(|layer| !layer.is_inline).map(|layer| layer.source.path.as_path())
    }

    /// The values that it gives for a file; later ones win.
    #[must_use]
    pub fn given(&self, path: &Path) -> Vec<Given> {
        let mut given = Vec::new();
        for layer in &self.layers {
            given.extend(layer.read.assignments.iter().map(|one| layer.given(one, None)));
        }
        for layer in &self.layers {
            given.extend(
                layer.read.exempt.iter().filter(|one| layer.concerns(one, path)).map(|one| layer.given(one, None)),
            );
            let Some(inner) = layer.below(path) else { continue };
            let fitting = layer.overrides.iter().zip(&layer.read.overrides).filter(|(globs, _)| globs.matches(&inner));
            for (_, (patterns, inner)) in fitting {
                given.extend(inner.iter().map(|one| layer.given(one, Some(patterns))));
            }
        }
        let mut given = with_profile(given);
        // What an argument says is not said by strangers.
        given.retain(|one| !self.is_limited || one.by == Setter::Argument || is_harmless(one));
        given
    }

    /// Why a file of Flyte's backend that it names is not read: it lies outside the project.
    #[must_use]
    pub fn backend_outside(&self, border: &Border) -> Option<String> {
        ["render.base", "flyte-config"].into_iter().find_map(|key| {
            let (value, folder) = self.of_run(key)?;
            let file = folder.join(value.as_str()?);
            let is_outside = !border.admits(&folder.join("podlint.toml"), &file);
            is_outside.then(|| format!("`{}` lies outside the project, and is not read", file.display()))
        })
    }

    /// A value that is about the whole run, with the folder that it counts from.
    #[must_use]
    pub fn of_run(&self, key: &str) -> Option<(Value, PathBuf)> {
        self.layers.iter().rev().filter(|layer| layer.is_inline || !self.is_limited).find_map(|layer| {
            let found = layer.read.assignments.iter().rev().find(|one| one.key == key)?;
            Some((found.value.clone(), layer.folder().to_owned()))
        })
    }
}

/// A profile is what everything else is said on top of.
fn with_profile(given: Vec<Given>) -> Vec<Given> {
    let name = given.iter().rev().find(|one| one.key == "profile").and_then(|one| one.value.as_str());
    let Some(name) = name.map(str::to_owned) else { return given };
    let off: Vec<(&'static str, Severity)> =
        RULES.iter().filter(|rule| !rule.enabled_by_default).map(|rule| (rule.name, rule.severity)).collect();
    let rules = keys::profile(&name, &off).into_iter().map(|(rule, severity)| Given {
        key: format!("rules.{rule}"),
        value: Value::from(severity.as_str()),
        by: Setter::Profile(name.clone()),
    });
    rules.chain(given.iter().cloned()).collect()
}

/// Puts values into settings; locked rules stay on whatever is said.
pub fn apply(settings: &mut Settings, given: &[Given]) {
    for one in given {
        if one.key == "exempt" {
            settings.exemptions.push(exemption(&one.value));
        } else {
            keys::apply(settings, &one.key, &one.value);
        }
    }
    for rule in settings.locked.clone() {
        settings.ignore.remove(&rule);
        if !settings.select.is_empty() {
            settings.select.insert(rule);
        } else if let Some(found) = RULES.iter().find(|found| found.name == rule && !found.enabled_by_default) {
            settings.severities.entry(rule).or_insert(found.severity);
        }
    }
}

fn exemption(value: &Value) -> Exemption {
    let globs = |key: &str| value.get(key).and_then(|patterns| Globs::of_names(&texts(patterns)).ok());
    let rules = value.get("rules").map(texts).unwrap_or_default().into_iter().collect();
    let labels = value.get("labels").and_then(Value::as_object).into_iter().flatten();
    let label = |(key, value): (&String, &Value)| Some((key.clone(), Globs::of_names(&texts(value)).ok()?));
    Exemption {
        rules,
        containers: globs("containers"),
        templates: globs("templates"),
        namespaces: globs("namespaces"),
        labels: labels.filter_map(label).collect(),
    }
}
