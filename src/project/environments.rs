//! The user's clusters and environments, as configuration files name them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::base::BackendChoice;
use super::border::Border;
use super::clusters::{ClusterOptions, load_cluster};
use super::configuration::{Configuration, Configurations, Given};
use super::layer::Layer;
use super::policies::{self, Manifests, Wanted};
use crate::cluster::Cluster;
use crate::config::keys::{ENVIRONMENT, texts};
use crate::config::read::{Assignment, Problem, Read};
use crate::config::{FlyteBackend, Limits};
use crate::policy::Policies;
use crate::text::Span;

/// One of the environments that a configuration names.
#[derive(Clone, Debug)]
pub struct NamedEnvironment {
    /// Its name.
    pub name: String,
    /// Its cluster, where it describes one.
    pub cluster: Option<Arc<Cluster>>,
    /// The policies that hold in it.
    pub policies: Arc<Policies>,
    /// What it names of Flyte's backend.
    pub backend_choice: BackendChoice,
    /// Flyte's backend in it.
    pub backend: Option<Arc<FlyteBackend>>,
    /// Its other keys.
    pub given: Vec<Given>,
    /// Environment variables that are set where its templates are made.
    pub variables: BTreeMap<String, String>,
}

impl NamedEnvironment {
    /// An environment of which nothing is said yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            cluster: None,
            policies: Arc::default(),
            backend_choice: BackendChoice::default(),
            backend: None,
            given: Vec::new(),
            variables: BTreeMap::new(),
        }
    }

    /// Takes in what one file says of it.
    pub fn add<'a>(&mut self, assignments: impl Iterator<Item = (&'a Assignment, Given)>, folder: &Path) {
        for (one, given) in assignments {
            match one.key.as_str() {
                "base" => self.backend_choice.base = one.value.as_str().map(|name| folder.join(name)),
                "flyte-config" => self.backend_choice.flyte_config = one.value.as_str().map(|name| folder.join(name)),
                "flyte-backend" => self.backend_choice.version = one.value.as_str().map(str::to_owned),
                "env" => {
                    let texts = one.value.as_object().into_iter().flatten();
                    let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
                    self.variables.extend(texts);
                }
                key if ENVIRONMENT.iter().any(|(known, ..)| *known == key) => {}
                _ => self.given.push(given),
            }
        }
    }
}

/// What keys say of a cluster, with the folder that each counts from; later ones win.
#[derive(Default)]
pub struct ClusterKeys<'a> {
    files: Option<(&'a Assignment, PathBuf)>,
    complete: bool,
    namespace: Option<String>,
}

impl<'a> ClusterKeys<'a> {
    /// Takes in an assignment of a file in a folder.
    pub fn add(&mut self, one: &'a Assignment, folder: &Path) {
        match one.key.as_str() {
            "cluster" => self.files = Some((one, folder.to_owned())),
            "cluster-complete" => self.complete = one.value.as_bool().unwrap_or_default(),
            "namespace" => self.namespace = one.value.as_str().map(str::to_owned),
            _ => {}
        }
    }

    /// What holds where an environment says nothing of its own.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.files = self.files.or_else(|| other.files.clone());
        self.complete |= other.complete;
        self.namespace = self.namespace.or_else(|| other.namespace.clone());
        self
    }

    /// The files that are named.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let named = self
            .files
            .iter()
            .flat_map(|(one, folder)| texts(&one.value).into_iter().map(|name| super::shown(&folder.join(name))));
        named.collect()
    }

    /// Reads the cluster; a problem is one of the assignment that names its files, in a file of that folder.
    pub fn load(
        &self,
        name: Option<&str>,
        limit: u64,
        border: &Border,
    ) -> Result<Option<Arc<Cluster>>, (PathBuf, Problem)> {
        let Some((one, folder)) = &self.files else { return Ok(None) };
        if let Some(file) = self.files().iter().find(|file| !border.admits(&folder.join("podlint.toml"), file)) {
            let message = format!("`{}` lies outside the project, and is not read", file.display());
            return Err((folder.clone(), Problem::new(one.span, message, None)));
        }
        let options = ClusterOptions {
            name: name.map(str::to_owned),
            complete: self.complete,
            namespace: self.namespace.clone(),
        };
        match load_cluster(&self.files(), &options, limit) {
            Ok(cluster) => Ok(Some(Arc::new(cluster))),
            Err(message) => Err((folder.clone(), Problem::new(one.span, message, None))),
        }
    }
}

impl Configurations {
    /// The cluster of all files.
    pub(super) fn cluster(&self, layers: &[Layer], file_size: u64) -> Option<Arc<Cluster>> {
        self.loaded(&general_keys(layers), None, layers, file_size)
    }

    /// The environments, each put together from all layers.
    pub(super) fn environments(&self, configuration: &Configuration) -> Vec<NamedEnvironment> {
        let (layers, file_size) = (&configuration.layers, configuration.file_size);
        // Environments bring policies and clusters, which limited configurations may not.
        if self.trust.is_limited {
            return Vec::new();
        }
        let general = general_keys(layers);
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in layers.iter().flat_map(|layer| &layer.read.environments) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let mut environments = Vec::new();
        for name in names {
            let mut keys = ClusterKeys::default();
            let mut policies: Vec<&Manifests> = layers.iter().flat_map(|layer| &layer.policies).collect();
            let mut found = NamedEnvironment::new(name);
            for layer in layers {
                let own = layer.read.environments.iter().zip(&layer.environment_policies);
                for ((_, assignments), own_policies) in own.filter(|((known, _), _)| known == name) {
                    policies.extend(own_policies);
                    assignments.iter().for_each(|one| keys.add(one, layer.folder()));
                    found.add(assignments.iter().map(|one| (one, layer.given(one, None))), layer.folder());
                }
            }
            found.cluster = self.loaded(&keys.or(&general), Some(name), layers, file_size);
            let of_cluster = self.policies_of(found.cluster.as_deref());
            found.policies = Arc::new(policies::together(policies.into_iter().chain(&self.named).chain(&of_cluster)));
            let choice = found.backend_choice.clone().or(BackendChoice::of_run(|key| configuration.of_run(key)));
            let outside = |file: &&PathBuf| {
                layers.last().is_some_and(|layer| !self.border.admits(&layer.folder().join("podlint.toml"), file))
            };
            let loaded = match choice.base.iter().chain(&choice.flyte_config).find(outside) {
                Some(file) => Err(format!("`{}` lies outside the project, and is not read", file.display())),
                None => choice.load(&Limits::default()),
            };
            found.backend = loaded.unwrap_or_else(|message| {
                if let Some(layer) = layers.last() {
                    self.note(&layer.source, &[Problem::new(Span::at(0), message, None)]);
                }
                None
            });
            environments.push(found);
        }
        environments
    }

    /// A cluster; what is wrong with its files is a problem of the file that names them.
    fn loaded(
        &self,
        keys: &ClusterKeys<'_>,
        name: Option<&str>,
        layers: &[Layer],
        file_size: u64,
    ) -> Option<Arc<Cluster>> {
        if self.trust.is_limited {
            return None;
        }
        if let Ok(mut places) = self.policy_places.lock() {
            places.extend(keys.files().iter().map(|file| policies::place_of(file)));
        }
        match keys.load(name, file_size, &self.border) {
            Ok(cluster) => cluster,
            Err((folder, problem)) => {
                let source = layers.iter().rev().find(|layer| layer.folder() == folder).map(|layer| &layer.source);
                if let Some(source) = source.or(layers.last().map(|layer| &layer.source)) {
                    self.note(source, &[problem]);
                }
                None
            }
        }
    }

    /// The policies that each environment of a file names.
    pub(super) fn policies_of_environments(&self, read: &mut Read, folder: &Path) -> Vec<Vec<Manifests>> {
        let mut found = Vec::new();
        for (_, assignments) in read.environments.clone() {
            let mut part = Read { assignments, ..Read::default() };
            let keys = [("policies", Wanted::Policy), ("policy-params", Wanted::Anything)];
            found.push(self.manifests(&keys, &mut part, folder));
            read.problems.append(&mut part.problems);
        }
        found
    }
}

/// What all files say of the cluster, for files of no environment.
fn general_keys(layers: &[Layer]) -> ClusterKeys<'_> {
    let mut keys = ClusterKeys::default();
    for layer in layers {
        layer.read.assignments.iter().for_each(|one| keys.add(one, layer.folder()));
    }
    keys
}
