//! What holds for a run as a whole: the mildest finding that fails it, and the baseline of known findings.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::arguments::{CheckArguments, FailOn};
use super::replace::replace;
use crate::diagnostic::Diagnostic;
use crate::fingerprint::Fingerprints;
use crate::output::{Checked, Paths, Stale};
use crate::project::{Project, read_text, reason};
use crate::tree::FileId;

/// Larger files are not baselines.
const MAX_SIZE: u64 = 64 * 1024 * 1024;
/// The version of the file's form.
const VERSION: u32 = 1;

/// A baseline file: known findings, by their fingerprints.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Baseline {
    version: u32,
    findings: BTreeMap<String, Entry>,
}

/// What a fingerprint stands for, for people who read the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    rule: String,
    file: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    path: String,
}

/// What holds for the whole run.
#[derive(Debug)]
pub struct RunWide {
    /// The mildest finding that fails.
    pub fail_on: FailOn,
    baseline: Option<PathBuf>,
}

impl RunWide {
    /// From the arguments, else from the configuration of the first path.
    pub fn new(arguments: &CheckArguments, project: &Project, problems: &mut Vec<String>) -> Self {
        let first = arguments.paths.first().filter(|path| *path != Path::new("-")).map_or(Path::new("."), |path| path);
        let first = arguments.stdin_filename.as_deref().unwrap_or(first);
        let configuration = project.configuration_of_run(first);
        let configured = |key: &str| configuration.as_ref().and_then(|found| found.of_run(key));
        let fail_on = configured("fail-on").and_then(|(value, _)| FailOn::of(value.as_str().unwrap_or_default()));
        let baseline = configured("baseline").map(|(value, folder)| folder.join(value.as_str().unwrap_or_default()));
        let baseline = baseline.filter(|_| arguments.write_baseline.is_none());
        let is_outside = |file: &PathBuf| !project.admits(first, file);
        if let Some(file) = baseline.as_ref().filter(|file| arguments.baseline.is_none() && is_outside(file)) {
            problems.push(format!("the baseline `{}` lies outside the project, and is not read", file.display()));
        }
        let baseline = baseline.filter(|file| !is_outside(file));
        if let Some(file) = &arguments.baseline
            && !file.exists()
        {
            problems.push(format!("there is no baseline `{}`; `--write-baseline` writes one", file.display()));
        }
        Self {
            fail_on: if arguments.exit_zero {
                FailOn::Never
            } else {
                arguments.fail_on.or(fail_on).unwrap_or(FailOn::Warning)
            },
            baseline: arguments.baseline.clone().or(baseline),
        }
    }

    /// Marks what the baseline knows, or writes it; which of its entries are found no more.
    pub fn mark_known(
        &self,
        arguments: &CheckArguments,
        files: &mut [Checked],
        paths: &Paths,
        project: &Project,
        problems: &mut Vec<String>,
    ) -> Vec<Stale> {
        if let Some(file) = &arguments.write_baseline {
            let mut baseline = collect(files, paths, project);
            keep_unseen(&mut baseline, file, files, paths);
            if let Err(error) = write(file, &baseline) {
                problems.push(format!("cannot write `{}`: {}", file.display(), reason(&error)));
                return Vec::new();
            }
            mark(files, paths, project, &baseline);
            return Vec::new();
        }
        let Some(file) = self.baseline.as_ref().filter(|file| file.exists()) else { return Vec::new() };
        match read(file) {
            Ok(baseline) => stale(&baseline, &mark(files, paths, project, &baseline), files, paths),
            Err(message) => {
                problems.push(format!("cannot use the baseline `{}`: {message}", file.display()));
                Vec::new()
            }
        }
    }
}

/// Walks over all findings with their fingerprints.
fn each(files: &mut [Checked], paths: &Paths, mut visit: impl FnMut(&mut Diagnostic, (&Path, &str), String)) {
    let mut fingerprints = Fingerprints::default();
    for file in files {
        let report = &mut file.report;
        let names: Vec<String> = report
            .diagnostics
            .iter()
            .map(|found| {
                let number = found.location.file.0.checked_sub(1);
                let module = number.and_then(|index| report.modules.get(index as usize));
                paths.from_repository(module.map_or(&file.source.path, |module| &module.path))
            })
            .collect();
        for (found, name) in report.diagnostics.iter_mut().zip(names) {
            let fingerprint = fingerprints.next(&name, found);
            visit(found, (&file.source.path, &name), fingerprint);
        }
    }
}

/// Rules that no baseline covers: they are about podlint's own run.
fn may_be_known(rule: &str, file: &Path, project: &Project) -> bool {
    !matches!(rule, "internal-error" | "invalid-configuration") && !project.locks(rule, file)
}

fn collect(files: &mut [Checked], paths: &Paths, project: &Project) -> Baseline {
    let mut findings = BTreeMap::new();
    each(files, paths, |found, (path, file), fingerprint| {
        if may_be_known(found.rule, path, project) {
            let entry = Entry { rule: found.rule.to_owned(), file: file.to_owned(), path: found.path.clone() };
            findings.insert(fingerprint, entry);
        }
    });
    Baseline { version: VERSION, findings }
}

/// Keeps what an older baseline holds of files that this run did not look at.
fn keep_unseen(baseline: &mut Baseline, file: &Path, files: &[Checked], paths: &Paths) {
    let Ok(old) = read(file) else { return };
    let unseen = unseen(files, paths);
    baseline.findings.extend(old.findings.into_iter().filter(|(_, entry)| unseen(&entry.file)));
}

/// Whether a file is there and was not looked at.
fn unseen<'r>(files: &[Checked], paths: &'r Paths) -> impl Fn(&str) -> bool + 'r {
    let checked: HashSet<String> = files.iter().map(|file| paths.from_repository(&file.source.path)).collect();
    move |file| !checked.contains(file) && paths.repository.join(file).exists()
}

/// Marks what is known; the fingerprints that were found.
fn mark(files: &mut [Checked], paths: &Paths, project: &Project, baseline: &Baseline) -> HashSet<String> {
    let mut met = HashSet::new();
    each(files, paths, |found, (path, _), fingerprint| {
        if may_be_known(found.rule, path, project) && baseline.findings.contains_key(&fingerprint) {
            found.origin.known = true;
            met.insert(fingerprint);
        }
    });
    mark_moved(files, paths, project, baseline, &mut met);
    met
}

/// Marks what was known of files that are gone, where another file has it now: it was renamed or moved.
fn mark_moved(files: &mut [Checked], paths: &Paths, project: &Project, baseline: &Baseline, met: &mut HashSet<String>) {
    let unmet = baseline.findings.iter().filter(|(fingerprint, _)| !met.contains(*fingerprint));
    let old: BTreeSet<&str> = unmet.map(|(_, entry)| entry.file.as_str()).collect();
    let gone: Vec<&str> = old.into_iter().filter(|file| !paths.repository.join(file).exists()).collect();
    for file in files {
        let path = file.source.path.clone();
        for old in &gone {
            let mut fingerprints = Fingerprints::default();
            for found in file.report.diagnostics.iter_mut().filter(|found| found.location.file == FileId::MAIN) {
                let fingerprint = fingerprints.next(old, found);
                let knows = baseline.findings.contains_key(&fingerprint) && !met.contains(&fingerprint);
                if !found.origin.known && knows && may_be_known(found.rule, &path, project) {
                    found.origin.known = true;
                    met.insert(fingerprint);
                }
            }
        }
    }
}

/// Entries of files that were checked, or are gone, that were not found.
fn stale(baseline: &Baseline, met: &HashSet<String>, files: &[Checked], paths: &Paths) -> Vec<Stale> {
    let unseen = unseen(files, paths);
    let gone = |(fingerprint, entry): &(&String, &Entry)| !met.contains(*fingerprint) && !unseen(&entry.file);
    let told = |(fingerprint, entry): (&String, &Entry)| Stale {
        rule: entry.rule.clone(),
        file: entry.file.clone(),
        path: entry.path.clone(),
        fingerprint: fingerprint.clone(),
    };
    let mut stale: Vec<Stale> = baseline.findings.iter().filter(gone).map(told).collect();
    stale.sort();
    stale
}

fn read(file: &Path) -> Result<Baseline, String> {
    let text = read_text(file, MAX_SIZE).map_err(|error| reason(&error))?;
    let baseline: Baseline = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    match baseline.version {
        VERSION => Ok(baseline),
        other => Err(format!("version {other} of its form is not known")),
    }
}

fn write(file: &Path, baseline: &Baseline) -> std::io::Result<()> {
    let text = format!("{}\n", serde_json::to_string_pretty(baseline)?);
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    match read_text(file, MAX_SIZE) {
        Ok(old) => replace(file, &old, &text),
        Err(_) => std::fs::write(file, text),
    }
}
