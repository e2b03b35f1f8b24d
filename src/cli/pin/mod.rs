//! `podlint pin`: the digests of images, looked up and written down.

mod found;
mod lookup;
mod write;

use std::io::{self, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::arguments::PinArguments;
use super::{Exit, STACK, complain, fix, settings};
use crate::pin::Lock;
use crate::project::{Linted, Project, Trust, lint_file, read_text, reason, select};
use found::{Found, found};
use lookup::{Digests, look_up};

/// Larger files are not locks.
const MAX_LOCK: u64 = 16 * 1024 * 1024;

/// How a run went.
#[derive(Clone, Copy, Default)]
struct Outcome {
    /// Something moved, is not pinned, or was (or would be) changed.
    changed: bool,
    /// Something could not be done; it was said.
    failed: bool,
}

/// Pins what the arguments name.
pub fn run(arguments: &PinArguments) -> Exit {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(lookup::AT_A_TIME).stack_size(STACK).build();
    let outcome = match pool {
        Ok(pool) => pool.install(|| pin(arguments)),
        Err(error) => Err(format!("cannot start threads: {error}")),
    };
    match outcome {
        Err(message) => {
            complain(&message);
            Exit::Failed
        }
        Ok(Outcome { failed: true, .. }) => Exit::Failed,
        Ok(Outcome { changed: true, .. }) if arguments.check || arguments.diff => Exit::Findings,
        Ok(_) => Exit::Clean,
    }
}

fn pin(arguments: &PinArguments) -> Result<Outcome, String> {
    let project = Project::configured(
        Vec::new(),
        settings::choice(&arguments.source)?,
        Vec::new(),
        &arguments.paths,
        Trust::default(),
    )
    .with_inline(settings::inline_keys(&arguments.source));
    let (files, unread) = read_all(arguments, &project);
    if settings::complain_of_configurations(&project.configuration_problems()) {
        return Err("nothing was looked up or changed: the configuration may mean other files".to_owned());
    }
    let found = found(&files, arguments.all);
    let lock = arguments.lock.as_deref().map(read_lock).transpose()?;
    let digests = look_up(arguments, &found, lock.as_ref())?;
    let mut failed = unread;
    for (name, digest) in &digests {
        if let Err(problem) = digest {
            complain(&format!("{name}: {problem}"));
            failed = true;
        }
    }
    let mut out = io::stdout().lock();
    let outcome = match (arguments.lock.as_deref(), &lock) {
        (_, lock) if arguments.check => write::check(&mut out, &files, &found, &digests, lock.as_ref()),
        (Some(path), Some(lock)) => write_lock(&mut out, arguments, path, lock, &found, &digests),
        _ => write::templates(&mut out, arguments, &files, &found, &digests, &project),
    };
    match outcome.and_then(|outcome| out.flush().map(|()| outcome)) {
        Ok(outcome) => Ok(Outcome { failed: failed || outcome.failed, ..outcome }),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome { failed, changed: false }),
        Err(error) => Err(format!("cannot write: {error}")),
    }
}

/// The files that hold templates, and whether some could not be read.
fn read_all(arguments: &PinArguments, project: &Project) -> (Vec<Linted>, bool) {
    let mut selection = select(&arguments.paths);
    let is_named = |path: &std::path::PathBuf| arguments.paths.contains(path);
    selection.files.retain(|(path, _)| is_named(path) || !project.excludes(path));
    selection.problems.iter().for_each(|problem| complain(problem));
    let read = |(path, language): &(std::path::PathBuf, crate::source::Language)| {
        let linted = lint_file(path, *language, project);
        linted.map_err(|error| format!("cannot read `{}`: {}", path.display(), reason(&error)))
    };
    let (mut files, mut unread) = (Vec::new(), !selection.problems.is_empty());
    for linted in selection.files.par_iter().map(read).collect::<Vec<_>>() {
        match linted {
            Ok(linted) if linted.1.documents.is_empty() => {}
            Ok(linted) => files.push(linted),
            Err(problem) => {
                complain(&problem);
                unread = true;
            }
        }
    }
    (files, unread)
}

/// A lock file; one that does not exist yet is empty.
fn read_lock(path: &Path) -> Result<Lock, String> {
    match read_text(path, MAX_LOCK) {
        Ok(text) => Lock::parse(&text).map_err(|why| format!("cannot read `{}`: {why}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Lock::default()),
        Err(error) => Err(format!("cannot read `{}`: {}", path.display(), reason(&error))),
    }
}

/// Writes the digests of all images that are found; what could not be looked up keeps the digest it had.
fn write_lock(
    out: &mut dyn io::Write,
    arguments: &PinArguments,
    path: &Path,
    old: &Lock,
    found: &[Found],
    digests: &Digests,
) -> io::Result<Outcome> {
    let mut new = Lock::default();
    for image in found.iter().map(|found| &found.image) {
        let name = image.tagged();
        let digest = digests.get(&name).and_then(|digest| digest.as_ref().ok()).or_else(|| old.images.get(&name));
        if let Some(digest) = digest {
            new.images.insert(name, digest.clone());
        }
    }
    let (before, after) = (if path.exists() { old.render() } else { String::new() }, new.render());
    let changed = before != after;
    if changed && arguments.diff {
        fix::write_diff(out, path, &before, &after)?;
    } else if changed {
        save(path, &after)?;
        writeln!(out, "{}: {} images", crate::output::shown_path(path), new.images.len())?;
    }
    Ok(Outcome { changed, failed: false })
}

/// Writes a file in one step.
fn save(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
