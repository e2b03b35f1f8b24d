//! `podlint render`.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::{RenderArguments, RenderFormat};
use super::{Exit, complain, settings};
use crate::flyte;
use crate::output::{Rendered, write_json, write_yaml};
use crate::project::{Linted, Project, lint_file, read_base, reason, select};
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
    let project = settings::rendered(arguments)?;
    let (path, name) = target(&arguments.target);
    let base = arguments.base.clone().or_else(|| project.base_of(&path));
    let base = base.map(|path| read_base(&path, &project)).transpose()?;
    let selection = select(std::slice::from_ref(&path));
    if let Some(problem) = selection.problems.first() {
        return Err(problem.clone());
    }
    let mut pods = Vec::new();
    for (file, language) in &selection.files {
        let linted = read(file, *language, &project)?;
        complain_of_syntax(file, &linted);
        pods.extend(pods_of(&linted));
    }
    if let Some(name) = &name {
        pods.retain(|rendered| {
            [&rendered.pod.name, &rendered.pod.template].into_iter().flatten().any(|known| known == name)
        });
    }
    if pods.is_empty() {
        let wanted = name.map(|name| format!(" named `{name}`")).unwrap_or_default();
        return Err(format!("there is no pod template{wanted} in `{}`", path.display()));
    }
    if let Some(base) = &base {
        pods.iter_mut().for_each(|rendered| flyte::merge_base(&mut rendered.pod, base));
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

fn pods_of((source, report): &Linted) -> Vec<Rendered> {
    let pods = report.documents.iter().flat_map(flyte::pods);
    pods.map(|pod| {
        let source = report.source(source, pod.location.file);
        let line = source.place(pod.location.span.start).at.line;
        Rendered { file: source.path.display().to_string(), line, pod }
    })
    .collect()
}
