//! What the user may decide: which rules run, how severe they are, and their options.

mod backend;
mod globs;
mod groups;
pub mod keys;
pub mod read;
pub mod schema;
pub mod selection;
mod version;

pub use backend::FlyteBackend;
pub use globs::Globs;
pub use groups::GROUPS;
pub use version::{FlyteVersion, KubernetesVersion, Version};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cluster::Cluster;
use crate::diagnostic::{Authority, Severity};
use crate::policy::Policies;
use crate::schema::gates::Release;

/// The Kubernetes versions (1.x) that can be chosen.
pub const KUBERNETES_VERSIONS: std::ops::RangeInclusive<u8> = crate::schema::kubernetes::VERSIONS;

/// The settings that hold for one file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Only these rules run; empty means all that are on by default.
    pub select: BTreeSet<String>,
    /// These rules run beside those.
    pub extend_select: BTreeSet<String>,
    /// Whether rules run that may still change.
    pub preview: bool,
    /// These rules do not run.
    pub ignore: BTreeSet<String>,
    /// Severities that replace the rules' own.
    pub severities: BTreeMap<String, Severity>,
    /// Milder findings are not reported.
    pub minimum_severity: Severity,
    /// Only findings of these authorities are reported; empty means all.
    pub authorities: BTreeSet<Authority>,
    /// The Kubernetes version (1.x) of the cluster; the newest one that is known where not set.
    pub kubernetes_version: Option<u8>,
    /// Feature gates of the cluster that are not at the version's default.
    pub feature_gates: BTreeMap<String, bool>,
    /// Which generation of the Kubernetes Python client the project has.
    pub client: ClientGeneration,
    /// The major version of that client, where it is known.
    pub client_major: Option<u32>,
    /// The minor version of Python 3 that the project runs on.
    pub python: Option<u8>,
    /// Which versions of the package `flyte` the project may have; the newest where nothing says so.
    pub flyte: Option<FlyteVersion>,
    /// The same of the package `flytekit`.
    pub flytekit: Option<FlyteVersion>,
    /// Options of the rules about sidecars.
    pub sidecars: SidecarOptions,
    /// Options of the rules about where images come from.
    pub images: ImageOptions,
    /// Options of the rules about what a pod may do to its node.
    pub security: SecurityOptions,
    /// Options of the rules about secrets.
    pub secrets: SecretOptions,
    /// Options of the rules about mounts.
    pub mounts: MountOptions,
    /// Dotted paths (`*` is any key) to pod templates in documents of no known kind.
    pub selectors: Vec<String>,
    /// Dotted paths to pod templates in further kinds of manifests, by kind.
    pub kinds: BTreeMap<String, Vec<String>>,
    /// The policies of the platform, loaded by the caller.
    pub policies: Arc<Policies>,
    /// The names of the cluster's templates, loaded by the caller; `None` where nobody told, or one of them is not known.
    pub templates: Option<Arc<BTreeSet<String>>>,
    /// Flyte's backend in the cluster, loaded by the caller; `None` where nothing was said of it.
    pub backend: Option<Arc<FlyteBackend>>,
    /// The cluster that pods go to, loaded by the caller.
    pub cluster: Option<Arc<Cluster>>,
    /// The same file in each of the user's environments, where there are several: each has its settings and no environments.
    pub environments: Vec<Environment>,
    /// Environment variables that are known where templates are made.
    pub variables: BTreeMap<String, String>,
    /// The features of Knative that are enabled in the cluster, without `kubernetes.podspec-`.
    pub knative_features: Vec<String>,
    /// What is too much.
    pub limits: Limits,
    /// Whether comments and annotations silence findings.
    pub ignores: bool,
    /// Rules that neither comments nor annotations nor exemptions silence.
    pub locked: BTreeSet<String>,
    /// Findings that the configuration silences by the names of containers and templates.
    pub exemptions: Vec<Exemption>,
}

/// One of the user's environments: `prod`, `staging`.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What holds in it.
    pub settings: Settings,
}

/// Findings that are not wanted of some containers or templates.
#[derive(Clone, Debug, Default)]
pub struct Exemption {
    /// The rules; empty means all.
    pub rules: BTreeSet<String>,
    /// Names of the containers; without them whole templates are meant.
    pub containers: Option<Globs>,
    /// Names of the templates; without them all are meant.
    pub templates: Option<Globs>,
    /// Namespaces of the manifests; without them all are meant.
    pub namespaces: Option<Globs>,
    /// Labels that the pods or their manifests have, with patterns for the values.
    pub labels: Vec<(String, Globs)>,
}

/// What a finding concerns, as exemptions name it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Concerned<'a> {
    /// The container.
    pub container: Option<&'a str>,
    /// The template.
    pub template: Option<&'a str>,
    /// The manifest's namespace.
    pub namespace: Option<&'a str>,
    /// The labels of the pod and of its manifest.
    pub labels: &'a [(&'a str, &'a str)],
}

impl Exemption {
    /// Whether it covers a finding of `rule` about these.
    #[must_use]
    pub fn covers(&self, rule: &str, concerned: &Concerned<'_>) -> bool {
        let fits = |globs: &Option<Globs>, name: Option<&str>| {
            globs.as_ref().is_none_or(|globs| name.is_some_and(|name| globs.matches(name)))
        };
        (self.rules.is_empty() || self.rules.contains(rule))
            && fits(&self.containers, concerned.container)
            && fits(&self.templates, concerned.template)
            && fits(&self.namespaces, concerned.namespace)
            && self.labels.iter().all(|(key, values)| {
                concerned.labels.iter().any(|(known, value)| known == key && values.matches(value))
            })
    }
}

/// The generations of the Kubernetes Python client, which judge the same source differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientGeneration {
    /// Up to version 36: plain classes.
    UpTo36,
    /// From version 37 on: pydantic models.
    From37,
    /// Not known: what fails in only one of them is a warning.
    #[default]
    Unknown,
}

impl ClientGeneration {
    /// The generation of a major version.
    #[must_use]
    pub const fn of_major(major: u32) -> Self {
        if major <= 36 { Self::UpTo36 } else { Self::From37 }
    }
}

/// Options of the rules about sidecars.
#[derive(Clone, Debug)]
pub struct SidecarOptions {
    /// Resources for which a limit is wanted.
    pub limits_for: Vec<String>,
    /// Tags that move, in lower case.
    pub moving_tags: Vec<String>,
    /// Whether a tag alone is not enough.
    pub require_digest: bool,
    /// Patterns for names of sidecars that these rules do not concern.
    pub exempt: Vec<String>,
}

/// Options of the rules about where images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageOptions {
    /// Registries, or prefixes of repositories in them (`ghcr.io/acme`), that images may come from; `*.example.com` is any
    /// registry below a domain. Empty means all.
    pub allowed_registries: Vec<String>,
    /// Registries, in the same form, that give images to those only who log in.
    pub private_registries: Vec<String>,
}

/// Options of the rules about what a pod may do to its node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityOptions {
    /// Paths of the node that may be mounted, with all below them.
    pub allowed_host_paths: Vec<String>,
    /// Capabilities that may be added, without `CAP_`.
    pub allowed_capabilities: Vec<String>,
}

/// Options of the rules about secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretOptions {
    /// Environment variables that look like secrets and are none.
    pub public_variables: Vec<String>,
}

/// Options of the rules about mounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MountOptions {
    /// Paths in containers at which, and below which, nothing may be mounted.
    pub reserved_paths: Vec<String>,
}

/// Bounds that keep hostile input from hurting.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in one file.
    pub file_size: u64,
    /// Levels of nesting.
    pub depth: usize,
    /// Nodes that aliases may expand to in one document, and objects that are used several times in one Python file.
    pub alias_nodes: usize,
    /// Steps that the Python evaluator may take in one file.
    pub steps: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            select: BTreeSet::new(),
            extend_select: BTreeSet::new(),
            preview: false,
            ignore: BTreeSet::new(),
            severities: BTreeMap::new(),
            minimum_severity: Severity::Info,
            authorities: BTreeSet::new(),
            kubernetes_version: None,
            feature_gates: BTreeMap::new(),
            client: ClientGeneration::Unknown,
            client_major: None,
            python: None,
            flyte: None,
            flytekit: None,
            sidecars: SidecarOptions::default(),
            images: ImageOptions::default(),
            security: SecurityOptions::default(),
            secrets: SecretOptions::default(),
            selectors: Vec::new(),
            kinds: BTreeMap::new(),
            mounts: MountOptions::default(),
            policies: Arc::default(),
            templates: None,
            backend: None,
            cluster: None,
            environments: Vec::new(),
            variables: BTreeMap::new(),
            knative_features: Vec::new(),
            limits: Limits::default(),
            ignores: true,
            locked: BTreeSet::new(),
            exemptions: Vec::new(),
        }
    }
}

impl Default for SidecarOptions {
    fn default() -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            limits_for: owned(&["cpu", "memory"]),
            moving_tags: owned(&[
                "latest",
                "stable",
                "main",
                "master",
                "nightly",
                "edge",
                "dev",
                "devel",
                "develop",
                "canary",
                "head",
                "current",
                "release",
                "snapshot",
                "unstable",
                "rolling",
                "mainline",
                "beta",
                "alpha",
                "rc",
                "test",
                "testing",
                "staging",
                "prod",
                "production",
                "lts",
            ]),
            require_digest: false,
            exempt: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_size: 32 * 1024 * 1024, depth: 200, alias_nodes: 200_000, steps: 1_000_000 }
    }
}

impl Limits {
    /// The most that a configuration may ask for, in a run that allows so many times the default. How deep values nest costs stack only,
    /// and has a bound of its own.
    #[must_use]
    pub fn ceiling(factor: u32) -> Self {
        let own = Self::default();
        let times = factor.max(1) as usize;
        Self {
            file_size: own.file_size.saturating_mul(u64::from(factor.max(1))),
            depth: usize::try_from(keys::MAX_DEPTH).unwrap_or(own.depth),
            alias_nodes: own.alias_nodes.saturating_mul(times),
            steps: own.steps.saturating_mul(times),
        }
    }

    /// The same, but no more than a ceiling.
    #[must_use]
    pub fn within(self, ceiling: Self) -> Self {
        Self {
            file_size: self.file_size.min(ceiling.file_size),
            depth: self.depth.min(ceiling.depth),
            alias_nodes: self.alias_nodes.min(ceiling.alias_nodes),
            steps: self.steps.min(ceiling.steps),
        }
    }
}

impl Settings {
    /// The Kubernetes release of the cluster, with its feature gates.
    #[must_use]
    pub fn release(&self) -> Release {
        let minor = self.kubernetes_version.unwrap_or(*KUBERNETES_VERSIONS.end());
        Release::new(minor, self.feature_gates.iter().map(|(name, on)| (name.as_str(), *on)))
    }

    /// Whether a rule runs at all. One that is off by default runs when it is selected or given a severity.
    #[must_use]
    pub fn is_enabled(&self, rule: &str, by_default: bool) -> bool {
        let wanted = match self.select.is_empty() {
            true => by_default || self.severities.contains_key(rule),
            false => self.select.contains(rule),
        };
        let further = self.extend_select.contains(rule) || (self.preview && selection::PREVIEW.contains(&rule));
        (wanted || further) && !self.ignore.contains(rule)
    }
}
