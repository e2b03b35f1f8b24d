//! `podlint render`.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::{RenderArguments, RenderFormat};
use super::{Exit, complain, settings};
use crate::cluster::{self, Cluster, Submission};
use crate::config::FlyteBackend;
use crate::document::{Document, UseKind};
use crate::flyte::{self, Effective};
use crate::output::{Rendered, write_json, write_yaml};
use crate::project::{BackendChoice, Linted, Project, lint_file, reason, select};
use crate::source::Language;

/// Shows the pods that the arguments ask for.
pub fn run(arguments: &RenderArguments) -> Exit {
    match render(arguments) {
        Ok(exit) => exit,
        Err(message) => {
            complain(&message);
            Exit::Failed
        }
    }
}

fn render(arguments: &RenderArguments) -> Result<Exit, String> {
    let (path, name) = target(&arguments.target);
    let project = settings::rendered(arguments, &path)?;
    let project = settings::with_cluster(project, &arguments.cluster)?;
    settings::check_environment(&project, &path, &arguments.cluster)?;
    let choice = BackendChoice { interruptible: arguments.interruptible, ..settings::backend(&arguments.backend)? };
    let of_environment = project.environment_of(&path).map(|one| one.backend_choice).unwrap_or_default();
    let backend = project.backend_of(&path, &choice.or(of_environment))?;
    let selection = select(std::slice::from_ref(&path));
    if let Some(problem) = selection.problems.first() {
        return Err(problem.clone());
    }
    let mut pods = Vec::new();
    for (file, language) in &selection.files {
        let linted = read(file, *language, &project)?;
        complain_of_syntax(file, &linted);
        let clusters = project.clusters_of(file);
        let cluster = clusters.first().map(|cluster| &**cluster);
        pods.extend(pods_of(&linted, backend.as_deref(), cluster));
    }
    if let Some(name) = &name {
        pods.retain(|rendered| {
            [&rendered.pod.name, &rendered.pod.template].into_iter().flatten().any(|known| known == name)
        });
    }
    // The roles of a task that is shown as its whole object are shown with it.
    if pods.iter().any(|rendered| rendered.pod.object.is_some()) {
        pods.retain(|rendered| rendered.pod.used_by != Some(UseKind::PluginRole));
    }
    if pods.is_empty() {
        let wanted = name.map(|name| format!(" named `{name}`")).unwrap_or_default();
        return Err(format!("there is no pod template{wanted} in `{}`", path.display()));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match arguments.format {
        RenderFormat::Yaml => write_yaml(&mut out, &pods),
        RenderFormat::Json => write_json(&mut out, &pods),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot write: {error}")),
        _ if settings::complain_of_configurations(&project.configuration_problems()) => Ok(Exit::Failed),
        _ => Ok(Exit::Clean),
    }
}

/// `FILE:NAME`; a file whose own name has a colon is meant as it is.
fn target(text: &Path) -> (PathBuf, Option<String>) {
    let whole = (text.to_owned(), None);
    if text.exists() {
        return whole;
    }
    match text.to_str().and_then(|text| text.rsplit_once(':')) {
        Some((file, name)) if !name.is_empty() => (PathBuf::from(file), Some(name.to_owned())),
        _ => whole,
    }
}

fn read(file: &Path, language: Language, project: &Project) -> Result<Linted, String> {
    lint_file(file, language, project).map_err(|error| format!("cannot read `{}`: {}", file.display(), reason(&error)))
}

/// What could not be read leaves the rest incomplete; that is said, and the rest is shown.
fn complain_of_syntax(file: &Path, (source, report): &Linted) {
    let unreadable = |rule: &str| matches!(rule, "syntax-error" | "limit-exceeded" | "unreadable-text");
    for diagnostic in report.diagnostics.iter().filter(|diagnostic| unreadable(diagnostic.rule)) {
        let source = report.source(source, diagnostic.location.file);
        let line = source.place(diagnostic.location.span.start).at.line;
        complain(&format!("{}:{line}: {}", file.display(), diagnostic.message));
    }
}

fn pods_of((source, report): &Linted, backend: Option<&FlyteBackend>, cluster: Option<&Cluster>) -> Vec<Rendered> {
    let rendered = |document: &Document, pod: Effective| {
        let source = report.source(source, pod.location.file);
        let line = source.place(pod.location.span.start).at.line;
        let (pod, runs_on) = match cluster {
            Some(cluster) => {
                let submission = Submission { document, pod: &pod, is_whole: backend.is_some() };
                cluster::in_cluster(&submission, cluster)
            }
            None => (pod, Vec::new()),
        };
        Rendered { file: source.path.display().to_string(), line, pod, runs_on }
    };
    let of_document = |document: &'_ Document| {
        let pods = match backend {
            Some(backend) => backend.backend.pods(document),
            None => flyte::pods(document),
        };
        pods.into_iter().map(|pod| rendered(document, pod)).collect::<Vec<_>>()
    };
    report.documents.iter().flat_map(of_document).collect()
}
