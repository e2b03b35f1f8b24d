//! Configuration from outside the project's files: what arguments say, and which versions of podlint a file is for.

use std::path::Path;
use std::sync::Arc;

use super::configuration::{Configuration, Configurations};
use super::layer::{Layer, globs_of};
use super::policies::Wanted;
use crate::config::Version;
use crate::config::read::{Problem, Read, read};
use crate::rules::RULES;
use crate::source::{Language, SourceFile};

impl Configurations {
    /// What arguments give as text, where no file says anything.
    pub(super) fn only_inline(&self) -> Option<Arc<Configuration>> {
        if self.inline.is_empty() {
            return None;
        }
        self.known(Path::new("--config"), || Some(self.assemble(Vec::new())))
    }

    /// What arguments give as text; patterns count from the working folder.
    pub(super) fn inline_layer(&self, text: &str) -> Layer {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        let mut read = read(text, false, &names).unwrap_or_default();
        let source = Arc::new(SourceFile::new("--config", Language::Yaml, text));
        let folder = Path::new(".");
        check_version(&mut read);
        let policies =
            self.manifests(&[("policies", Wanted::Policy), ("policy-params", Wanted::Anything)], &mut read, folder);
        let templates = self.manifests(&[("templates", Wanted::Template)], &mut read, folder);
        self.note(&source, &read.problems);
        let root = std::env::current_dir().unwrap_or_default();
        let (exclude, overrides) = globs_of(&read);
        let environment_policies = read.environments.iter().map(|_| Vec::new()).collect();
        Layer { source, root, is_inline: true, read, exclude, overrides, policies, templates, environment_policies }
    }
}

/// Says so where a configuration is for other versions of podlint.
pub(super) fn check_version(read: &mut Read) {
    let wanted = read.assignments.iter().find(|one| one.key == "required-version");
    let Some((text, span)) = wanted.and_then(|one| Some((one.value.as_str()?, one.span))) else { return };
    let own = env!("CARGO_PKG_VERSION");
    let problem = match admits_version(text, own) {
        Some(true) => return,
        Some(false) => Problem::new(
            span,
            format!("podlint {own} is not one of the required versions `{text}`"),
            Some(format!("install one of them: `pip install 'podlint{}'`", as_pip_writes(text))),
        ),
        None => Problem::new(
            span,
            format!("`{text}` is not a requirement for versions"),
            Some("write it like `>=0.1, <0.3`".to_owned()),
        ),
    };
    read.problems.push(problem);
}

/// Whether a version is one of those that a requirement such as `>=0.1, <0.3` admits; `None` where it is no requirement.
fn admits_version(requirement: &str, version: &str) -> Option<bool> {
    let own = Version::parse(version)?;
    let mut admits = true;
    for part in requirement.split(',').map(str::trim) {
        let end = part.find(|c: char| c.is_ascii_digit())?;
        let (operator, text) = part.split_at(end);
        let wanted = Version::parse(text.trim_end_matches(".*"))?;
        admits &= match operator.trim() {
            "" | "==" | "=" => own == wanted || text.strip_suffix('*').is_some_and(|head| version.starts_with(head)),
            "!=" => own != wanted,
            ">=" => own >= wanted,
            ">" => own > wanted,
            "<=" => own <= wanted,
            "<" => own < wanted,
            "~=" => own >= wanted && version.split('.').next() == text.split('.').next(),
            _ => return None,
        };
    }
    Some(admits)
}

/// A requirement behind a package's name.
fn as_pip_writes(requirement: &str) -> String {
    let is_bare = requirement.starts_with(|c: char| c.is_ascii_digit());
    if is_bare { format!("=={requirement}") } else { requirement.to_owned() }
}
