//! The settings of a run, and what holds for each of its files.

use std::borrow::Cow;
use std::path::Path;

use super::arguments::{CheckArguments, RenderArguments};
use super::detect::{self, Detector};
use super::explain;
use super::modules::ProjectFiles;
use crate::config::{ClientGeneration, Settings};
use crate::diagnostic::Severity;
use crate::source::Language;

/// What the arguments say, and what the project's files add to it.
#[derive(Debug)]
pub struct RunSettings {
    /// What holds for every file.
    pub base: Settings,
    detector: Detector,
    /// The modules of the project.
    pub modules: ProjectFiles,
}

impl RunSettings {
    /// The settings that the arguments ask for.
    ///
    /// # Errors
    /// A sentence when an argument names no rule, level or version.
    pub fn new(arguments: &CheckArguments) -> Result<Self, String> {
        Ok(Self { base: settings(arguments)?, detector: Detector::default(), modules: ProjectFiles::default() })
    }

    /// The settings for `render`, which judges nothing.
    ///
    /// # Errors
    /// None so far.
    pub fn of_render(_: &RenderArguments) -> Result<Self, String> {
        Ok(Self { base: Settings::default(), detector: Detector::default(), modules: ProjectFiles::default() })
    }

    /// The settings for one file.
    pub fn of(&self, path: &Path, language: Language, text: &str) -> Cow<'_, Settings> {
        let python = matches!(language, Language::Python | Language::Notebook);
        let open = self.base.client == ClientGeneration::Unknown;
        // Most Python files make no template; nothing is looked up for them.
        if !open || !python || !crate::frontend::python::may_hold_template(text) {
            return Cow::Borrowed(&self.base);
        }
        match self.detector.generation(path, text) {
            ClientGeneration::Unknown => Cow::Borrowed(&self.base),
            client => Cow::Owned(Settings { client, ..self.base.clone() }),
        }
    }
}

fn settings(arguments: &CheckArguments) -> Result<Settings, String> {
    let mut settings = Settings::default();
    for name in &arguments.select {
        settings.select.insert(explain::find(name)?.name.to_owned());
    }
    for name in &arguments.ignore {
        settings.ignore.insert(explain::find(name)?.name.to_owned());
    }
    for text in &arguments.severity {
        match text.split_once('=') {
            Some((rule, level)) => {
                settings.severities.insert(explain::find(rule)?.name.to_owned(), level_of(level)?);
            }
            None => settings.minimum_severity = level_of(text)?,
        }
    }
    settings.selectors.clone_from(&arguments.selector);
    settings.kubernetes_version = arguments.kubernetes_version;
    if let Some(version) = &arguments.kubernetes_client {
        let generation = detect::of_version(version);
        settings.client = generation.ok_or_else(|| format!("`{version}` is no version of the `kubernetes` package"))?;
    }
    settings.authorities = arguments.authority.iter().map(|name| (*name).into()).collect();
    Ok(settings)
}

fn level_of(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    found.ok_or_else(|| format!("`{text}` is no severity; use error, warning or info"))
}
