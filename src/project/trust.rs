//! How far the configuration of a repository counts: everywhere, or only where it cannot be used against who runs the check.

use super::configuration::Given;
use crate::config::Limits;
use crate::diagnostic::Severity;
use crate::rules::RULES;

/// What a caller leaves to the configurations that a run finds.
#[derive(Clone, Copy, Debug)]
pub struct Trust {
    /// Of what is found beside the checked files only `exclude`, versions and stricter severities count.
    pub is_limited: bool,
    /// Limits cannot be raised above this.
    pub ceiling: Limits,
}

impl Default for Trust {
    fn default() -> Self {
        Self { is_limited: false, ceiling: Limits::ceiling(DEFAULT_FACTOR) }
    }
}

/// How many times the default limits a configuration may ask for, where nobody says otherwise.
pub const DEFAULT_FACTOR: u32 = 4;

/// Keys that change only what is judged, not how.
const VERSIONS: &[&str] = &["kubernetes-version", "kubernetes-client", "flyte-version"];

/// Whether a value counts that comes from somebody who may want findings to go away.
pub fn is_harmless(given: &Given) -> bool {
    let Some(name) = given.key.strip_prefix("rules.") else { return VERSIONS.contains(&given.key.as_str()) };
    let level = Severity::ALL.into_iter().find(|level| given.value.as_str() == Some(level.as_str()));
    let rule = RULES.iter().find(|rule| rule.name == name);
    level.zip(rule).is_some_and(|(level, rule)| !rule.enabled_by_default || level >= rule.severity)
}
