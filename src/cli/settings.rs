//! The settings of a run, from its arguments.

use std::sync::Arc;

use super::arguments::CheckArguments;
use super::explain;
use crate::config::{FlyteVersion, Settings, Version};
use crate::diagnostic::Severity;
use crate::project::{detect, load_policies};

/// The settings that the arguments ask for.
///
/// # Errors
/// A sentence when an argument names no rule, level or version.
pub fn settings(arguments: &CheckArguments) -> Result<Settings, String> {
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
    if let Some(text) = &arguments.flyte_version {
        let version = Version::parse(text).ok_or_else(|| format!("`{text}` is no version of Flyte's SDK"))?;
        let place = if version.major() < 2 { &mut settings.flytekit } else { &mut settings.flyte };
        *place = Some(FlyteVersion::exactly(version));
    }
    settings.policies = load_policies(&arguments.policy, &arguments.policy_param, &settings.limits).map(Arc::new)?;
    settings.authorities = arguments.authority.iter().map(|name| (*name).into()).collect();
    Ok(settings)
}

fn level_of(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    found.ok_or_else(|| format!("`{text}` is no severity; use error, warning or info"))
}
