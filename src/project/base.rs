//! Flyte's backend in a cluster: its settings and the template under all pods, as configuration and arguments name them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::open::read_text;
use super::{Project, reason, shown};
use crate::config::{FlyteBackend, Limits};
use crate::flyte::{Backend, Platform};
use crate::frontend;
use crate::source::{Language, SourceFile};
use crate::tree::{FileId, Node};

/// What is named of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendChoice {
    /// The manifest of the template under all pods.
    pub base: Option<PathBuf>,
    /// Flyte's configuration, or Helm values.
    pub flyte_config: Option<PathBuf>,
    /// The version of the backend.
    pub version: Option<String>,
    /// Whether runs may be interrupted.
    pub interruptible: bool,
    /// Whether the Spark operator's definition has pod templates.
    pub spark_pod_templates: bool,
}

impl BackendChoice {
    /// The same with what another choice names and this one does not.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            base: self.base.or(other.base),
            flyte_config: self.flyte_config.or(other.flyte_config),
            version: self.version.or(other.version),
            interruptible: self.interruptible || other.interruptible,
            spark_pod_templates: self.spark_pod_templates || other.spark_pod_templates,
        }
    }

    /// What a configuration names, by its values of the whole run.
    pub fn of_run(value: impl Fn(&str) -> Option<(Value, PathBuf)>) -> Self {
        let path = |key: &str| value(key).and_then(|(value, folder)| Some(folder.join(value.as_str()?)));
        let version = value("flyte-backend").and_then(|(value, _)| value.as_str().map(str::to_owned));
        let spark = value("render.spark-pod-templates").and_then(|(value, _)| value.as_bool());
        Self {
            base: path("render.base"),
            flyte_config: path("flyte-config"),
            version,
            interruptible: false,
            spark_pod_templates: spark.unwrap_or_default(),
        }
    }

    /// Whether nothing is named: then pods are shown as the SDK submits them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads what is named.
    ///
    /// # Errors
    /// A sentence when a file cannot be read, or does not hold what it should.
    pub fn load(&self, limits: &Limits) -> Result<Option<Arc<FlyteBackend>>, String> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut files = Vec::new();
        let mut read = |path: &Path| {
            let (source, roots) = read(path, limits)?;
            let file = FlyteBackend::FIRST_FILE.0 + u32::try_from(files.len()).unwrap_or_default();
            files.push(source);
            Ok::<_, String>((FileId(file), roots))
        };
        let base = self.base.as_deref().map(|path| template(path, &mut read)).transpose()?;
        let platform = self.flyte_config.as_deref().map(|path| platform(path, &mut read)).transpose()?;
        let backend = Backend {
            platform: platform.unwrap_or_default(),
            base,
            interruptible: self.interruptible,
            version: self.version.clone(),
            spark_templates: self.spark_pod_templates,
        };
        Ok(Some(Arc::new(FlyteBackend { backend, files })))
    }
}

impl Project {
    /// The backend that gets the tasks of a file: by the arguments, else by its configuration.
    ///
    /// # Errors
    /// A sentence when what is named cannot be read.
    pub fn backend_of(&self, path: &Path, choice: &BackendChoice) -> Result<Option<Arc<FlyteBackend>>, String> {
        let configured = self.configuration_of_run(path);
        if let Some(message) = configured.as_ref().and_then(|found| found.backend_outside(&self.border)) {
            return Err(message);
        }
        let of_run = |key: &str| configured.as_ref()?.of_run(key);
        choice.clone().or(BackendChoice::of_run(of_run)).load(&self.base.limits)
    }

    /// The files that the backend of a file is read from.
    #[must_use]
    pub fn backend_files(&self, path: &Path) -> Vec<PathBuf> {
        let configured = self.configuration_of_run(path);
        let choice = BackendChoice::of_run(|key| configured.as_ref()?.of_run(key));
        choice.base.into_iter().chain(choice.flyte_config).collect()
    }
}

/// The pod template of a manifest: the first `kind: PodTemplate` in the file.
fn template(path: &Path, read: &mut impl FnMut(&Path) -> Result<(FileId, Vec<Node>), String>) -> Result<Node, String> {
    let (file, roots) = read(path)?;
    let is_template = |root: &&Node| root.text("kind").known() == Some("PodTemplate");
    let template = roots.iter().find(is_template).and_then(|root| root.get("template").known().cloned());
    let mut template = template.ok_or_else(|| format!("there is no `kind: PodTemplate` in `{}`", path.display()))?;
    crate::flyte::stamp_base(&mut template);
    template.move_to(file);
    Ok(template)
}

fn platform(
    path: &Path,
    read: &mut impl FnMut(&Path) -> Result<(FileId, Vec<Node>), String>,
) -> Result<Platform, String> {
    let (file, mut roots) = read(path)?;
    roots.iter_mut().for_each(|root| root.move_to(file));
    let found = roots.iter().find(|root| Platform::is_in(root));
    Ok(found.map_or_else(Platform::flytes_own, Platform::read))
}

fn read(path: &Path, limits: &Limits) -> Result<(Arc<SourceFile>, Vec<Node>), String> {
    let cannot = |why: String| format!("cannot read `{}`: {why}", path.display());
    let language = Language::of_path(path).filter(|language| language.is_data());
    let language = language.ok_or_else(|| format!("`{}` is not a YAML or JSON file", path.display()))?;
    let text = read_text(path, limits.file_size).map_err(|error| cannot(reason(&error)))?;
    let source = Arc::new(SourceFile::new(shown(path), language, text));
    match frontend::manifests(&source, limits) {
        Ok(roots) => Ok((source, roots)),
        Err((span, message)) => {
            let line = source.place(span.start).at.line;
            Err(cannot(format!("line {line}: {message}")))
        }
    }
}
