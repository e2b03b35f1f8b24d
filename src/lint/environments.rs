//! One report of several: what holds in which of the user's environments.

use crate::diagnostic::{Authority, Diagnostic};
use crate::report::Report;
use crate::source::SourceFile;
use crate::tree::{FileId, Location};
use std::sync::Arc;

/// Puts the reports of one file in several environments together: one finding for each place, with the worst severity.
pub fn merge(reports: Vec<(&str, Report)>) -> Report {
    let total = reports.len();
    let mut merged = Report::default();
    let (mut diagnostics, mut silenced) = (Vec::new(), Vec::new());
    let mut is_first = true;
    for (name, mut report) in reports {
        let files = numbers(&mut merged.modules, &report.modules, is_first);
        for found in report.diagnostics.iter_mut().chain(&mut report.silenced) {
            renumber(found, &files);
        }
        report.diagnostics.into_iter().for_each(|found| add(&mut diagnostics, found, name));
        report.silenced.into_iter().for_each(|found| add(&mut silenced, found, name));
        let used = report.used_suppressions.into_iter().map(|(file, span)| (number(&files, file), span));
        merged.used_suppressions.extend(used);
        if is_first {
            merged.documents = report.documents;
            merged.view = report.view;
            merged.secrets = report.secrets;
        }
        is_first = false;
    }
    merged.diagnostics = diagnostics.into_iter().map(|one| one.told(total)).collect();
    merged.silenced = silenced.into_iter().map(|one| one.told(total)).collect();
    // A comment that silences something in one of them is of use.
    merged
        .diagnostics
        .retain(|found| found.rule != "unused-suppression" || found.origin.cluster.environments.len() == total);
    merged.normalise();
    merged
}

/// The number that each file of a report has among all.
fn numbers(all: &mut Vec<Arc<SourceFile>>, own: &[Arc<SourceFile>], is_first: bool) -> Vec<FileId> {
    let mut found = vec![FileId::MAIN];
    for file in own {
        let known = all.iter().position(|known| !is_first && known.path == file.path);
        let at = known.unwrap_or_else(|| {
            all.push(Arc::clone(file));
            all.len() - 1
        });
        found.push(FileId(u32::try_from(at + 1).unwrap_or(u32::MAX)));
    }
    found
}

fn number(files: &[FileId], file: FileId) -> FileId {
    files.get(file.0 as usize).copied().unwrap_or(file)
}

fn renumber(found: &mut Diagnostic, files: &[FileId]) {
    let change = |place: &mut Location| place.file = number(files, place.file);
    change(&mut found.location);
    found.labels.iter_mut().for_each(|label| change(&mut label.location));
    found.origin.within.iter_mut().for_each(change);
}

/// A finding, and the environments in which it is put in other words.
struct Merged {
    found: Diagnostic,
    otherwise: Vec<String>,
}

/// Adds a finding, or the environment to one that is known already.
fn add(all: &mut Vec<Merged>, mut found: Diagnostic, name: &str) {
    let same = |one: &&mut Merged| {
        let known = &one.found;
        let place = (known.location, known.rule, &known.path) == (found.location, found.rule, &found.path);
        // What a cluster says is put in its own words in each of them.
        place && (known.message == found.message || found.authority == Authority::Cluster)
    };
    let Some(one) = all.iter_mut().find(same) else {
        found.origin.cluster.environments.push(name.to_owned());
        return all.push(Merged { found, otherwise: Vec::new() });
    };
    let known = &mut one.found;
    let differs = known.message != found.message;
    if known.origin.cluster.environments.iter().any(|one| one == name) {
        // One environment says two things of a place.
        if differs {
            found.origin.cluster.environments.push(name.to_owned());
            all.push(Merged { found, otherwise: Vec::new() });
        }
        return;
    }
    let mut environments = std::mem::take(&mut known.origin.cluster.environments);
    if found.severity > known.severity {
        *known = found;
        if differs {
            one.otherwise.clone_from(&environments);
        }
    } else if differs {
        one.otherwise.push(name.to_owned());
    }
    environments.push(name.to_owned());
    known.origin.cluster.environments = environments;
}

impl Merged {
    /// The finding, saying where it holds, unless that is everywhere.
    fn told(self, total: usize) -> Diagnostic {
        let Self { mut found, otherwise } = self;
        let environments = &mut found.origin.cluster.environments;
        let said: Vec<&str> = environments.iter().filter(|one| !otherwise.contains(one)).map(String::as_str).collect();
        if environments.len() < total {
            found.message = format!("{} (in {})", found.message, environments.join(", "));
        } else if !otherwise.is_empty() {
            found.message =
                format!("{} (in {}; similarly in {})", found.message, said.join(", "), otherwise.join(", "));
        } else if found.authority != Authority::Cluster {
            environments.clear();
        }
        found
    }
}
