//! Manifests that arguments and configurations name: custom policies, and the templates of the cluster.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::border::Border;
use super::files::{plain, reason, select, shown};
use super::open::read_text;
use crate::cluster::Cluster;
use crate::config::{Globs, Limits};
use crate::frontend;
use crate::policy::Policies;
use crate::source::{Language, SourceFile};
use crate::text::Span;
use crate::tree::Node;

/// A file with policies, bindings or parameters.
#[derive(Clone, Debug)]
pub struct Manifests {
    source: Arc<SourceFile>,
    roots: Vec<Node>,
    /// Whether they come from a cluster: nobody asks what podlint cannot evaluate of them.
    is_of_cluster: bool,
}

/// Why what was named cannot be used.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The file and the place, where it is in what a file holds.
    pub place: Option<(Arc<SourceFile>, Span)>,
    /// What is wrong.
    pub message: String,
}

/// Reads the policies, and parameters for them, that the command line names.
///
/// # Errors
/// A sentence when a file cannot be read, or there is no policy in what is named as one.
pub fn load_policies(policies: &[PathBuf], parameters: &[PathBuf], limits: &Limits) -> Result<Vec<Manifests>, String> {
    let mut loaded = Vec::new();
    let policies = policies.iter().map(|path| (path, Wanted::Policy));
    for (path, wanted) in policies.chain(parameters.iter().map(|path| (path, Wanted::Anything))) {
        let (found, faults) = of_name(path, wanted, limits, None);
        if let Some(fault) = faults.first() {
            return Err(match &fault.place {
                Some((source, span)) => {
                    let line = source.place(span.start).at.line;
                    format!("cannot read `{}`: line {line}: {}", source.path.display(), fault.message)
                }
                None => fault.message.clone(),
            });
        }
        loaded.extend(found);
    }
    Ok(loaded)
}

/// What should be among the manifests of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A policy.
    Policy,
    /// A pod template of the cluster.
    Template,
    /// Parameters of policies are of any kind.
    Anything,
}

impl Wanted {
    fn kind(self) -> Option<&'static str> {
        match self {
            Self::Policy => Some("ValidatingAdmissionPolicy"),
            Self::Template => Some("PodTemplate"),
            Self::Anything => None,
        }
    }
}

/// The border of a project, and the file in it that names others.
pub type Within<'b> = Option<(&'b Border, &'b Path)>;

/// What one name stands for: a file, a folder, or a pattern for files. What a configuration names must lie in its project.
pub fn of_name(name: &Path, wanted: Wanted, limits: &Limits, within: Within<'_>) -> (Vec<Manifests>, Vec<Fault>) {
    let fault = |message: String| Fault { place: None, message };
    let is_outside = |path: &Path| within.is_some_and(|(border, source)| !border.admits(source, path));
    if is_outside(&split_pattern(name).0) {
        let message = format!("`{}` lies outside the project, and is not read", name.display());
        return (Vec::new(), vec![fault(message)]);
    }
    let (files, several) = match files(name) {
        Ok(files) => files,
        Err(message) => return (Vec::new(), vec![fault(message)]),
    };
    let (mut loaded, mut faults) = (Vec::new(), Vec::new());
    let word = wanted.kind().filter(|_| several);
    for (file, language) in files.into_iter().filter(|(file, _)| !is_outside(file)) {
        match read(&file, language, word, limits) {
            Ok(found) => loaded.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    let is_wanted = |one: &Manifests| match wanted {
        Wanted::Policy => holds_policy(one),
        Wanted::Template => templates(one).next().is_some(),
        Wanted::Anything => true,
    };
    if faults.is_empty()
        && let Some(kind) = wanted.kind()
        && !loaded.iter().any(is_wanted)
    {
        faults.push(fault(format!("there is no `{kind}` in `{}`", name.display())));
    }
    (loaded, faults)
}

/// All of them together.
#[must_use]
pub fn together<'m>(manifests: impl Iterator<Item = &'m Manifests>) -> Policies {
    let mut policies = Policies::default();
    let mut known: Vec<&Path> = Vec::new();
    for one in manifests {
        // Two names may stand for one file; its policies hold once.
        let is_known = !one.is_of_cluster && known.contains(&one.source.path.as_path());
        if !is_known {
            known.push(&one.source.path);
            policies.add(Arc::clone(&one.source), one.roots.clone());
        }
        if one.is_of_cluster {
            let last = policies.files.len() - 1;
            policies.problems.retain(|problem| problem.file != last);
        }
    }
    policies
}

/// The policies that hold in a cluster: those that are bound, with their bindings and parameters.
#[must_use]
pub fn of_cluster(cluster: &Cluster) -> Vec<Manifests> {
    let limits = Limits::default();
    let read = |text: &String| {
        let source = Arc::new(placed(cluster, text));
        let roots = frontend::manifests(&source, &limits).ok()?;
        Some(Manifests { source, roots, is_of_cluster: true })
    };
    let all: Vec<Manifests> = cluster.inventory.policies.iter().filter_map(read).collect();
    let field = |one: &Manifests, group: &str, field: &str| {
        let root = one.roots.first()?;
        root.get(group).known()?.text(field).known().map(str::to_owned)
    };
    let bound: BTreeSet<String> = all.iter().filter_map(|one| field(one, "spec", "policyName")).collect();
    let is_policy = |one: &Manifests| {
        one.roots.first().is_some_and(|root| root.text("kind").known() == Some("ValidatingAdmissionPolicy"))
    };
    let is_bound = |one: &Manifests| field(one, "metadata", "name").is_some_and(|name| bound.contains(&name));
    all.into_iter().filter(|one| !is_policy(one) || is_bound(one)).collect()
}

/// A manifest of a cluster as a file: at the line and column at which the cluster's file has it, where that has it as it is.
fn placed(cluster: &Cluster, text: &str) -> SourceFile {
    let found = cluster.files.iter().find_map(|file| Some((file, file.text.find(text)?)));
    let path = found.map(|(file, _)| file).or_else(|| cluster.files.first()).map(|file| file.path.clone());
    let before = found.and_then(|(file, at)| file.text.get(..at)).unwrap_or_default();
    let lines = before.matches('\n').count();
    let column = before.chars().rev().take_while(|one| *one != '\n').count();
    let whole = format!("{}{}{text}", "\n".repeat(lines), " ".repeat(column));
    SourceFile::new(path.unwrap_or_default(), Language::Yaml, whole)
}

/// The names of all templates among manifests; `None` where there are no manifests, or a name in them is not known.
pub fn template_names<'m>(manifests: impl Iterator<Item = &'m Manifests>) -> Option<Arc<BTreeSet<String>>> {
    let mut manifests = manifests.peekable();
    manifests.peek()?;
    let names: Option<BTreeSet<String>> = manifests.flat_map(templates).map(|name| name.map(str::to_owned)).collect();
    names.map(Arc::new)
}

/// The name of each template, where it is known.
fn templates(manifests: &Manifests) -> impl Iterator<Item = Option<&str>> {
    let is_template = |root: &&Node| root.get("kind").known().and_then(Node::as_str) == Some("PodTemplate");
    manifests.roots.iter().filter(is_template).map(name_of_template)
}

fn name_of_template(root: &Node) -> Option<&str> {
    let name = root.get("metadata").known()?.get("name").known()?.as_str()?;
    // In a chart it is what the values make of it.
    (!name.contains("{{")).then_some(name)
}

fn holds_policy(manifests: &Manifests) -> bool {
    let one = std::iter::once(manifests);
    let policies = together(one);
    !policies.policies.is_empty() || !policies.bindings.is_empty() || !policies.mutations.is_empty()
}

/// The files, and whether they are found in a folder rather than named.
fn files(name: &Path) -> Result<(Vec<(PathBuf, Language)>, bool), String> {
    let is_data = |language: &Language| language.is_data();
    let (fixed, pattern) = split_pattern(name);
    let Some(pattern) = pattern.filter(|_| !name.exists()) else {
        let selection = select(std::slice::from_ref(&name.to_owned()));
        let files = selection.files.into_iter().filter(|(_, language)| is_data(language)).collect();
        return match selection.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok((files, name.is_dir())),
        };
    };
    let globs = Globs::of_names(&[pattern])?;
    let fits = |path: &Path| {
        let inner = path.strip_prefix(&fixed).unwrap_or(path);
        globs.matches(&inner.to_string_lossy().replace('\\', "/"))
    };
    let found = select(std::slice::from_ref(&fixed)).files.into_iter();
    let files: Vec<_> = found.filter(|(path, language)| is_data(language) && fits(path)).collect();
    match files.is_empty() {
        true => Err(format!("no YAML or JSON file fits `{}`", name.display())),
        false => Ok((files, false)),
    }
}

/// The folder that a pattern begins with, and the rest; without a pattern all is the folder.
fn split_pattern(name: &Path) -> (PathBuf, Option<String>) {
    let is_pattern = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let parts: Vec<Component<'_>> = name.components().collect();
    let fixed = parts.iter().take_while(|part| !is_pattern(part)).count();
    let rest: Vec<String> =
        parts.iter().skip(fixed).map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    (parts.iter().take(fixed).collect(), (!rest.is_empty()).then(|| rest.join("/")))
}

/// Where files may come and go that a name stands for.
#[must_use]
pub fn place_of(name: &Path) -> PathBuf {
    plain(&split_pattern(name).0)
}

fn read(file: &Path, language: Language, word: Option<&str>, limits: &Limits) -> Result<Option<Manifests>, Fault> {
    let cannot = |why: String| Fault { place: None, message: format!("cannot read `{}`: {why}", file.display()) };
    let text = read_text(file, limits.file_size).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => cannot(format!("it is larger than `limits.file-size` ({})", limits.file_size)),
        _ => cannot(reason(&error)),
    })?;
    // A folder of manifests may hold much else, also what is no YAML.
    let lacks = word.is_some_and(|word| !text.contains(word));
    // Parameters of policies are of any kind.
    if lacks && word != Wanted::Policy.kind() {
        return Ok(None);
    }
    let source = Arc::new(SourceFile::new(shown(file), language, text));
    match frontend::manifests(&source, limits) {
        Ok(roots) => Ok(Some(Manifests { source, roots, is_of_cluster: false })),
        Err(_) if lacks => Ok(None),
        Err((span, message)) => Err(Fault { place: Some((source, span)), message }),
    }
}
