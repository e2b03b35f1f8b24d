//! The folders of the workspace, each with the user's settings for it and the project that those make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::preferences::{Overrides, Preferences};
use crate::project::{Choice, Given, Project, Setter, Trust, detect};
use crate::rules::RULES;

/// What holds in one folder.
#[derive(Debug, Default)]
pub struct Root {
    /// The folder; empty for what is outside of all folders.
    pub folder: PathBuf,
    /// What the user set for it.
    pub preferences: Preferences,
    /// The files in it; folders with the same settings share them.
    pub project: Arc<Project>,
}

/// All folders, and what is outside of them.
#[derive(Debug, Default)]
pub struct Roots {
    outside: Root,
    folders: Vec<Root>,
}

impl Roots {
    /// Projects of which nothing has been read yet.
    pub fn new(outside: Preferences, folders: Vec<(PathBuf, Preferences)>) -> Self {
        // A relative path in the settings of no folder is meant from the first one.
        let first = folders.first().map(|(folder, _)| folder.clone()).unwrap_or_default();
        let asked: Vec<PathBuf> = folders.iter().map(|(folder, _)| folder.clone()).collect();
        let project = project_of(&outside.overrides, &first, &asked);
        let outside = Root { folder: PathBuf::new(), preferences: outside, project };
        let mut roots = Self { outside, folders: Vec::new() };
        for (folder, preferences) in folders {
            let own = &preferences.overrides;
            let same = |root: &&Root| root.preferences.overrides == *own && own.configuration.is_none();
            let known = roots.all().find(same).map(|root| Arc::clone(&root.project));
            let project = known.unwrap_or_else(|| project_of(own, &folder, &asked));
            roots.folders.push(Root { folder, preferences, project });
        }
        roots
    }

    /// The same settings, with everything read anew.
    pub fn renewed(&self) -> Self {
        Self::new(self.outside.preferences.clone(), self.settings())
    }

    /// The folders with their settings.
    pub fn settings(&self) -> Vec<(PathBuf, Preferences)> {
        self.folders.iter().map(|root| (root.folder.clone(), root.preferences.clone())).collect()
    }

    /// The settings of what is outside.
    pub const fn outside(&self) -> &Preferences {
        &self.outside.preferences
    }

    /// What holds for a file: the nearest folder around it.
    pub fn of(&self, path: &Path) -> &Root {
        let around = self.folders.iter().filter(|root| path.starts_with(&root.folder));
        around.max_by_key(|root| root.folder.as_os_str().len()).unwrap_or(&self.outside)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Root> {
        std::iter::once(&self.outside).chain(&self.folders)
    }

    /// All projects, each once.
    pub fn projects(&self) -> Vec<&Arc<Project>> {
        let mut found: Vec<&Arc<Project>> = Vec::new();
        for root in self.all() {
            if !found.iter().any(|known| Arc::ptr_eq(known, &root.project)) {
                found.push(&root.project);
            }
        }
        found
    }
}

/// A project with the editor's settings over its own.
fn project_of(overrides: &Overrides, folder: &Path, asked: &[PathBuf]) -> Arc<Project> {
    let known = |name: &&String| RULES.iter().any(|rule| rule.name == **name);
    let mut over: Vec<(&str, Value)> = Vec::new();
    for (key, names) in [("select", &overrides.select), ("ignore", &overrides.ignore)] {
        let names: Vec<&String> = names.iter().filter(known).collect();
        over.extend((!names.is_empty()).then(|| (key, json!(names))));
    }
    over.extend(overrides.kubernetes_version.map(|minor| ("kubernetes-version", json!(format!("1.{minor}")))));
    let client = overrides.kubernetes_client.as_ref().filter(|version| detect::of_version(version).is_some());
    over.extend(client.map(|version| ("kubernetes-client", json!(version))));
    let given = |(key, value): (&str, Value)| Given { key: key.to_owned(), value, by: Setter::Argument };
    let over = over.into_iter().map(given).collect();
    let choice = overrides.configuration.as_ref().map(|file| Choice::File(folder.join(file))).unwrap_or_default();
    Arc::new(Project::configured(over, choice, Vec::new(), asked, Trust::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_holds() {
        let quiet = Preferences { enable: false, ..Preferences::default() };
        let folders = vec![(PathBuf::from("/a"), Preferences::default()), (PathBuf::from("/a/b"), quiet)];
        let roots = Roots::new(Preferences::default(), folders);
        let enabled = |path: &str| roots.of(Path::new(path)).preferences.enable;
        assert_eq!(
            [enabled("/a/x.py"), enabled("/a/b/x.py"), enabled("/a/bc/x.py"), enabled("/x.py")],
            [true, false, true, true]
        );
        assert_eq!(roots.projects().len(), 1);
    }
}
