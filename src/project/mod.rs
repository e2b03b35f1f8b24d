//! A project on disk: which files it has, how they are read, and what its files say about settings.

mod base;
mod border;
mod clusters;
mod configuration;
pub mod detect;
mod encoding;
mod environments;
mod files;
mod inline;
mod layer;
mod modules;
mod open;
mod patches;
mod policies;
mod read;
mod trust;
mod walk;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use base::BackendChoice;
pub use border::Border;
pub use clusters::{ClusterOptions, load_cluster};
pub use configuration::{Choice, Configuration, Configurations, Given, NAMES, Setter, apply};
pub use environments::NamedEnvironment;
pub use files::{Selection, plain, reason, select, select_explained, shown};
pub use modules::ProjectFiles;
pub use open::{read_bytes, read_text};
pub use policies::{Manifests, load_policies};
pub use read::{Linted, lint_bytes, lint_file, over_limit};
pub use trust::{DEFAULT_FACTOR, Trust};

use crate::cluster::Cluster;
use crate::config::keys::{kubernetes, texts};
use crate::config::{ClientGeneration, Environment, Settings};
use crate::diagnostic::Diagnostic;
use crate::policy::Policies;
use crate::source::{Language, SourceFile};
use detect::{Detector, Versions};

/// What the user asked for, and what the project's files add to it.
#[derive(Debug, Default)]
pub struct Project {
    /// What holds for every file that no configuration is about.
    pub base: Settings,
    /// The configuration files, where they count.
    configurations: Option<Configurations>,
    /// What is said over them, on the command line or in the editor.
    over: Vec<Given>,
    /// The cluster that the command line describes, instead of those of configurations.
    cluster: Option<Arc<Cluster>>,
    /// The environment that the command line names; else all of them count.
    environment: Option<String>,
    detector: Detector,
    /// What arguments name of Flyte's backend.
    backend: BackendChoice,
    /// The modules of the project.
    pub modules: ProjectFiles,
    border: Arc<Border>,
    trust: Trust,
}

impl Project {
    /// A project of which nothing has been read yet.
    #[must_use]
    pub fn new(base: Settings) -> Self {
        Self { base, ..Self::default() }
    }

    /// A project whose files are governed by configurations, with `over` said over them and these policies beside theirs. `asked` are the
    /// files and folders that the run is about.
    #[must_use]
    pub fn configured(
        over: Vec<Given>,
        choice: Choice,
        named: Vec<Manifests>,
        asked: &[PathBuf],
        trust: Trust,
    ) -> Self {
        let border = Arc::new(Border::new(asked));
        let mut base = Settings { policies: Arc::new(policies::together(named.iter())), ..Settings::default() };
        apply(&mut base, &over);
        Self {
            base,
            over,
            configurations: Some(Configurations::new(choice, named, Arc::clone(&border), trust)),
            detector: Detector::new(Arc::clone(&border)),
            modules: ProjectFiles::new(Arc::clone(&border)),
            cluster: None,
            environment: None,
            backend: BackendChoice::default(),
            border,
            trust,
        }
    }

    /// The same project with configurations that arguments give as text, over those of files.
    #[must_use]
    pub fn with_inline(mut self, texts: Vec<String>) -> Self {
        if let Some(configurations) = &mut self.configurations {
            configurations.inline = texts;
        }
        self
    }

    /// Names what the arguments say of Flyte's backend, over the configurations.
    ///
    /// # Errors
    /// A sentence when a file cannot be read.
    pub fn name_backend(&mut self, choice: &BackendChoice) -> Result<(), String> {
        self.base.backend = choice.load(&self.base.limits)?;
        self.backend = choice.clone();
        Ok(())
    }

    /// The same project with a cluster that holds for every file.
    #[must_use]
    pub fn with_cluster(mut self, cluster: Arc<Cluster>) -> Self {
        go_to(&mut self.base, Some(Arc::clone(&cluster)));
        if let Some(configurations) = &mut self.configurations {
            configurations.name_cluster(&cluster);
            self.base.policies = Arc::new(policies::together(configurations.named.iter()));
        }
        self.cluster = Some(cluster);
        self
    }

    /// The same project with only one of the environments.
    #[must_use]
    pub fn with_environment(mut self, name: Option<String>) -> Self {
        self.environment = name;
        self
    }

    /// The clusters that the pods of a file go to.
    #[must_use]
    pub fn clusters_of(&self, path: &Path) -> Vec<Arc<Cluster>> {
        self.clusters(self.configuration(path))
    }

    /// The clusters of a run over a file or folder.
    #[must_use]
    pub fn clusters_of_run(&self, path: &Path) -> Vec<Arc<Cluster>> {
        self.clusters(self.configuration_of_run(path))
    }

    fn clusters(&self, configuration: Option<Arc<Configuration>>) -> Vec<Arc<Cluster>> {
        if let Some(cluster) = &self.cluster {
            return vec![Arc::clone(cluster)];
        }
        let Some(configuration) = configuration else { return Vec::new() };
        let environments = self.environments(&configuration);
        match environments.is_empty() {
            true => configuration.cluster.iter().cloned().collect(),
            false => environments.into_iter().filter_map(|one| one.cluster.clone()).collect(),
        }
    }

    /// The first of the environments of a file.
    #[must_use]
    pub fn environment_of(&self, path: &Path) -> Option<NamedEnvironment> {
        let configuration = self.configuration_of_run(path)?;
        self.environments(&configuration).first().map(|one| (*one).clone())
    }

    /// The environments that count.
    fn environments<'c>(&self, configuration: &'c Configuration) -> Vec<&'c NamedEnvironment> {
        if self.cluster.is_some() {
            return Vec::new();
        }
        let wanted = |one: &&NamedEnvironment| self.environment.as_ref().is_none_or(|name| *name == one.name);
        configuration.environments.iter().filter(wanted).collect()
    }

    /// The configuration that holds for a file.
    #[must_use]
    pub fn configuration(&self, path: &Path) -> Option<Arc<Configuration>> {
        self.configurations.as_ref()?.of(path)
    }

    /// The configuration that holds for a run over a file or folder.
    #[must_use]
    pub fn configuration_of_run(&self, path: &Path) -> Option<Arc<Configuration>> {
        self.configurations.as_ref()?.of_any(path)
    }

    /// Whether what a file names may be read: it lies in the same project.
    #[must_use]
    pub fn admits(&self, file: &Path, wanted: &Path) -> bool {
        self.border.admits(file, wanted)
    }

    /// What is wrong with the configurations that were looked at.
    #[must_use]
    pub fn configuration_problems(&self) -> Vec<(SourceFile, Vec<Diagnostic>)> {
        self.configurations.as_ref().map(Configurations::problems).unwrap_or_default()
    }

    /// Whether a configuration locks a rule for a file.
    #[must_use]
    pub fn locks(&self, rule: &str, path: &Path) -> bool {
        let locks = |one: &Given| one.key == "locked" && texts(&one.value).iter().any(|name| name == rule);
        self.configuration(path).is_some_and(|found| found.given(path).iter().any(locks))
    }

    /// Policies with something that podlint cannot evaluate: those of the configurations that were looked at, and all others.
    #[must_use]
    pub fn partial_policies(&self) -> Vec<Arc<Policies>> {
        let configured = self.configurations.as_ref().map(Configurations::partial_policies).unwrap_or_default();
        let named = (!self.base.policies.problems.is_empty()).then(|| Arc::clone(&self.base.policies));
        configured.into_iter().chain(named).collect()
    }

    /// Whether a file is one of policies that a configuration names, or would be if it were there.
    #[must_use]
    pub fn concerns_policies(&self, path: &Path) -> bool {
        self.configurations.as_ref().is_some_and(|found| found.concerns_policies(path))
    }

    /// Whether a configuration excludes a file or folder.
    #[must_use]
    pub fn excludes(&self, path: &Path) -> bool {
        self.configuration(path).is_some_and(|found| found.excludes(path))
    }

    /// The pattern that excludes a file or folder, and where it stands.
    #[must_use]
    pub fn excluded_by(&self, path: &Path) -> Option<String> {
        self.configuration(path).and_then(|found| found.excluded_by(path))
    }

    /// How many bytes a file may have to be read.
    #[must_use]
    pub fn file_size_limit(&self, path: &Path) -> u64 {
        self.configuration(path).map_or(self.base.limits.file_size, |found| found.file_size)
    }

    /// The settings for one file.
    pub fn settings(&self, path: &Path, language: Language, text: &str) -> Cow<'_, Settings> {
        let Some(configuration) = self.configuration(path) else {
            let policies = self.policies_about(path, language, text);
            let base = policies.map(|policies| Settings { policies, ..self.base.clone() });
            return self.detected(base.map_or(Cow::Borrowed(&self.base), Cow::Owned), path, language, text);
        };
        let (policies, templates) = (Arc::clone(&configuration.policies), configuration.templates.clone());
        let backend = match self.backend.is_empty() {
            true => configuration.backend.clone(),
            false if configuration.backend.is_none() => self.base.backend.clone(),
            false => self.backend_of(path, &self.backend).unwrap_or_default(),
        };
        let mut settings = Settings { policies, templates, backend, ..Settings::default() };
        let given = configuration.given(path).into_iter().chain(self.over.iter().cloned());
        apply(&mut settings, &given.collect::<Vec<_>>());
        if let Some(policies) = self.policies_about(path, language, text) {
            settings.policies = policies;
        }
        settings.limits = settings.limits.within(self.trust.ceiling);
        go_to(&mut settings, self.cluster.clone().or_else(|| configuration.cluster.clone()));
        let mut settings = self.detected(Cow::Owned(settings), path, language, text).into_owned();
        for one in self.environments(&configuration) {
            let mut own = Settings { environments: Vec::new(), ..settings.clone() };
            apply(&mut own, &one.given);
            apply(&mut own, &self.over);
            own.limits = own.limits.within(self.trust.ceiling);
            let cluster = one.cluster.clone().or(own.cluster.take());
            go_to(&mut own, cluster);
            own.policies = Arc::clone(&one.policies);
            own.backend = one.backend.clone().or(own.backend);
            own.variables.clone_from(&one.variables);
            settings.environments.push(Environment { name: one.name.clone(), settings: own });
        }
        Cow::Owned(settings)
    }

    /// Policies of which there is something to say in a file: it may lie where another configuration holds, or none.
    fn policies_about(&self, path: &Path, language: Language, text: &str) -> Option<Arc<Policies>> {
        let all = if language.is_data() { self.partial_policies() } else { Vec::new() };
        all.into_iter().find(|policies| policies.come_from(path, text))
    }

    /// The same with the versions that the project's other files tell, where nothing else does.
    fn detected<'s>(&self, given: Cow<'s, Settings>, path: &Path, language: Language, text: &str) -> Cow<'s, Settings> {
        let python = matches!(language, Language::Python | Language::Notebook);
        let base = &*given;
        let settled = base.client != ClientGeneration::Unknown && (base.flyte.is_some() || base.flytekit.is_some());
        // Most Python files make no template; nothing is looked up for them.
        if settled || !python || !crate::frontend::python::may_hold_template(text) {
            return given;
        }
        let found = self.detector.versions(path, text);
        if found == Versions::default() {
            return given;
        }
        let client = if base.client == ClientGeneration::Unknown { found.client } else { None };
        Cow::Owned(Settings {
            client: client.unwrap_or(base.client),
            client_major: base.client_major.or(found.client_major.filter(|_| client.is_some())),
            python: base.python.or(found.python),
            flyte: base.flyte.or(found.flyte),
            flytekit: base.flytekit.or(found.flytekit),
            ..base.clone()
        })
    }
}

/// Settings for pods that go to a cluster: what it tells of itself holds where nothing else is said.
fn go_to(settings: &mut Settings, cluster: Option<Arc<Cluster>>) {
    if let Some(cluster) = &cluster {
        let version = || kubernetes(cluster.inventory.kubernetes_version.as_deref()?);
        settings.kubernetes_version = settings.kubernetes_version.or_else(version);
        if settings.templates.is_none() {
            settings.templates = cluster.template_names().map(Arc::new);
        }
    }
    settings.cluster = cluster;
}
