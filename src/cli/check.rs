//! `podlint check`.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;

use super::arguments::{CheckArguments, FailOn};
use super::baseline::RunWide;
use super::fix::{Changes, fix_all};
use super::progress::Progress;
use super::{Exit, STACK, complain, ignores, input, report, settings};
use crate::diagnostic::Diagnostic;
use crate::output::{self, Checked, Run, Summary, is_own, shown_path};
use crate::policy::Policies;
use crate::project::{Project, Selection, lint_file, plain, reason, select_explained};
use crate::report::Report;
use crate::source::Language;
use crate::tree::FileId;

/// Fewer files than this are not worth another thread.
const FILES_PER_THREAD: usize = 4;
/// Days after which a snapshot is called old.
const DEFAULT_AGE: u64 = 30;

/// Checks what the arguments name and reports.
pub fn run(arguments: &CheckArguments) -> Exit {
    let first = arguments.paths.first().map_or(Path::new("."), |path| path);
    let made = settings::project(arguments).and_then(|project| {
        settings::check_environment(&project, first, &arguments.cluster)?;
        Ok(project)
    });
    let mut project = match made {
        Ok(project) => project,
        Err(message) => {
            complain(&message);
            return Exit::Failed;
        }
    };
    if arguments.show_files {
        return show_files(arguments, &project);
    }
    let input = arguments.paths.iter().any(|path| path == Path::new("-")).then(|| input::check(arguments, &project));
    let (mut files, mut problems) = check_all(arguments, &project, input);
    let mut summary = Summary::default();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    // By a configuration that cannot be used, other files or rules may have been meant.
    let usable = project.configuration_problems().is_empty();
    if !usable && (arguments.fix || arguments.unsafe_fixes || arguments.add_ignores) {
        problems.push("nothing was changed: the configuration cannot be used as it is".to_owned());
    }
    let (mut changed, mut done) = (false, Vec::new());
    if usable && ((arguments.diff && !arguments.add_ignores) || arguments.fix || arguments.unsafe_fixes) {
        let changes = changes(arguments, &mut out, &mut problems);
        match fix_all(&mut files, arguments, &project, changes, &mut summary, &mut done) {
            Ok(any) => changed = any,
            Err(error) => written = Err(error),
        }
    }
    if changed && !arguments.diff {
        files = check_again(arguments, &mut project, files, &mut problems);
    }
    (summary.snapshot_days, summary.snapshot_limit) = snapshot_age(arguments, &project);
    let paths = report::paths();
    let run_wide = RunWide::new(arguments, &project, &mut problems);
    summary.stale = run_wide.mark_known(arguments, &mut files, &paths, &project, &mut problems);
    if usable && arguments.add_ignores {
        let changes = changes(arguments, &mut out, &mut problems);
        match ignores::add_all(&mut files, arguments, &project, changes, &mut summary) {
            Ok(any) => changed = any,
            Err(error) => written = Err(error),
        }
        if changed && !arguments.diff {
            files = check_again(arguments, &mut project, files, &mut problems);
        }
        // What is wrong with the baseline has been said.
        run_wide.mark_known(arguments, &mut files, &paths, &project, &mut Vec::new());
    }
    if arguments.add_ignores {
        settle(&mut files);
        ignores::name_the_rest(&files, arguments);
    }
    files.extend(wrong_configurations(&project, &mut problems));
    files.iter().for_each(|file| summary.add(file));
    let run = Run {
        files: &files,
        summary: &summary,
        paths: &paths,
        fail_on: run_wide.fail_on.threshold(),
        complete: problems.is_empty(),
    };
    let failed = report::write_files(arguments, &run);
    if !arguments.diff && written.is_ok() {
        written = report::write_done(&mut out, arguments, &done);
        written = written.and_then(|()| report::write(&mut out, arguments, &run));
    }
    let written = written.and_then(|()| out.flush());
    problems.extend(failed);
    problems.iter().for_each(|problem| complain(problem));
    verdict(arguments, run_wide.fail_on, &summary, changed, !problems.is_empty(), &written)
}

/// How old the oldest snapshot of a cluster is, and the limit where it is older than that.
fn snapshot_age(arguments: &CheckArguments, project: &Project) -> (Option<u64>, Option<u64>) {
    let first = arguments.paths.first().filter(|path| *path != Path::new("-")).map_or(Path::new("."), |path| path);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let days = project.clusters_of_run(first).iter().filter_map(|cluster| cluster.age_in_days(now)).max();
    let configured = project.configuration_of_run(first).and_then(|found| found.of_run("cluster-max-age"));
    let limit = configured.and_then(|(value, _)| value.as_u64()).unwrap_or(DEFAULT_AGE);
    (days, Some(limit).filter(|limit| days.is_some_and(|days| days > *limit)))
}

fn changes<'a>(
    arguments: &'a CheckArguments,
    out: &'a mut dyn io::Write,
    problems: &'a mut Vec<String>,
) -> Changes<'a> {
    Changes { diff: arguments.diff, asked: &arguments.paths, out, problems }
}

/// Checks everything again, with everything read anew: modules may have changed, and what others import from them. Standard input
/// is what it was.
fn check_again(
    arguments: &CheckArguments,
    project: &mut Project,
    mut files: Vec<Checked>,
    problems: &mut Vec<String>,
) -> Vec<Checked> {
    let Ok(fresh) = settings::project(arguments) else { return files };
    *project = fresh;
    let is_read = arguments.paths.iter().any(|path| path == Path::new("-"));
    let is_input = |file: &Checked| input::is_input(&file.source.path, arguments);
    let input = is_read.then(|| files.iter().position(is_input)).flatten();
    let input = input.map(|index| Ok(files.swap_remove(index)));
    let (files, more) = check_all(arguments, project, input);
    problems.extend(more);
    problems.dedup();
    files
}

fn verdict(
    arguments: &CheckArguments,
    fail_on: FailOn,
    summary: &Summary,
    changed: bool,
    problems: bool,
    written: &io::Result<()>,
) -> Exit {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        complain(&format!("cannot write the report: {}", reason(error)));
        return Exit::Failed;
    }
    let failed =
        if arguments.diff { changed } else { fail_on.threshold().is_some_and(|severity| summary.has(severity)) };
    match (problems, failed) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    }
}

/// Threads for so many files; none where starting them would cost more than they save, or the system has none to give.
fn pool(files: usize, threads: Option<usize>) -> Option<rayon::ThreadPool> {
    // To count the cores takes a dozen system calls, which a few files do not need.
    let useful = files / FILES_PER_THREAD + 1;
    let cores = || if useful == 1 { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let wanted = threads.filter(|threads| *threads > 0).unwrap_or_else(cores).min(useful);
    let pool = (wanted > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(wanted).stack_size(STACK).build());
    pool.and_then(Result::ok)
}

/// Checks all files that the arguments name, after what came from standard input; those that cannot be read are named in the second
/// part.
fn check_all(
    arguments: &CheckArguments,
    project: &Project,
    input: Option<Result<Checked, String>>,
) -> (Vec<Checked>, Vec<String>) {
    let named = named(arguments);
    let mut selection = selected(arguments, project, &named);
    warn_of_nothing(arguments, &mut selection);
    project.partial_policies().iter().for_each(|policies| selection.add(with_problems(policies)));
    for path in &selection.left_out {
        complain(&format!("left out `{}`: it is a link that leads out of the project", path.display()));
    }
    let mut problems = selection.problems;
    let progress = Progress::new(selection.files.len());
    let check_one = |(path, language): &(PathBuf, Language)| {
        let checked = lint_file(path, *language, project);
        progress.advance();
        let checked = checked
            .map(|(source, report)| {
                let is_own = *language == Language::Json && is_own(&source.text) && !named.contains(path);
                let checked = Checked::new(source, report);
                Checked { is_own, ..checked }
            })
            .map(|checked| if arguments.changes_texts() { checked } else { checked.excerpt() });
        checked.map_err(|error| format!("cannot read `{}`: {}", path.display(), reason(&error)))
    };
    let checked: Vec<Result<Checked, String>> = match pool(selection.files.len(), arguments.threads) {
        Some(pool) => pool.install(|| selection.files.par_iter().map(check_one).collect()),
        None => selection.files.iter().map(check_one).collect(),
    };
    progress.finish();
    let mut note = |result: Result<Checked, String>| result.map_err(|problem| problems.push(problem)).ok();
    let input = input.and_then(&mut note);
    // As they are, in the memory where they are.
    let mut files: Vec<Checked> = checked.into_iter().filter_map(note).collect();
    if arguments.verbose {
        files.iter().for_each(|file| complain(&format!("`{}`: {}", shown_path(&file.source.path), outcome(file))));
    }
    files.retain(|file| !file.is_own);
    if arguments.require_templates && input.is_none() && files.iter().all(|file| file.templates == 0) {
        problems.push("there is no pod template in what was checked".to_owned());
    }
    files.splice(..0, input);
    // To silence what several files say of a module, each of them must say it.
    if !arguments.add_ignores {
        settle(&mut files);
    }
    (files, problems)
}

/// What the arguments name, beside standard input.
fn named(arguments: &CheckArguments) -> Vec<PathBuf> {
    arguments.paths.iter().filter(|path| *path != Path::new("-")).cloned().collect()
}

/// The files to check, without those that are excluded.
fn selected(arguments: &CheckArguments, project: &Project, named: &[PathBuf]) -> Selection {
    let mut selection = select_explained(named, arguments.verbose);
    let mut excluded = Vec::new();
    selection.files.retain(|(path, _)| {
        // Asked of each file, so that all configurations have been looked at when it comes to their policies.
        let is_excluded = project.excludes(path);
        let is_named = named.iter().any(|one| one == path);
        let is_kept = (is_named && !arguments.force_exclude) || !is_excluded;
        if !is_kept && arguments.verbose {
            excluded.push((path.clone(), project.excluded_by(path).unwrap_or_default()));
        }
        is_kept
    });
    selection.skipped.extend(excluded);
    // What this run writes is no input of it.
    let written = |path: &Path| arguments.output.iter().any(|(_, file)| plain(file) == plain(path));
    if !arguments.output.is_empty() {
        selection.files.retain(|(path, _)| named.contains(path) || !written(path));
    }
    selection.skipped.sort();
    for (path, why) in &selection.skipped {
        complain(&format!("`{}`: not checked: {why}", shown_path(path)));
    }
    selection
}

/// Folders in which there is nothing to check are likely not those that were meant.
fn warn_of_nothing(arguments: &CheckArguments, selection: &mut Selection) {
    let all_excluded = selection.files.is_empty() && selection.empty.is_empty() && selection.problems.is_empty();
    let mut messages: Vec<String> = selection
        .empty
        .iter()
        .map(|folder| format!("there is nothing to check in `{}`: no Python, YAML or JSON files", folder.display()))
        .collect();
    if all_excluded && !named(arguments).is_empty() {
        messages.push("there is nothing to check: all files are excluded".to_owned());
    }
    for message in messages {
        match arguments.require_templates {
            true => selection.problems.push(message),
            false => complain(&format!("warning: {message} (`-v` says what is left out)")),
        }
    }
}

/// Lists the files that would be checked.
fn show_files(arguments: &CheckArguments, project: &Project) -> Exit {
    let selection = selected(arguments, project, &named(arguments));
    selection.problems.iter().for_each(|problem| complain(problem));
    let text: String = selection.files.iter().map(|(path, _)| format!("{}\n", shown_path(path))).collect();
    let printed = super::print(text.as_bytes());
    if selection.problems.is_empty() { printed } else { Exit::Failed }
}

/// What `-v` says of a file that was read.
fn outcome(file: &Checked) -> String {
    match file.templates {
        _ if file.is_own => "not checked: podlint wrote it".to_owned(),
        0 if file.report.diagnostics.is_empty() => "checked: it holds no pod template".to_owned(),
        1 => "checked: 1 pod template".to_owned(),
        count => format!("checked: {count} pod templates"),
    }
}

/// Says once what several files say.
fn settle(files: &mut [Checked]) {
    drop_repeats(files);
    spare_used_comments(files);
}

/// The files of policies that podlint cannot evaluate as a whole: they are checked too, so that this is said.
fn with_problems(policies: &Policies) -> Vec<(PathBuf, Language)> {
    let file = |problem: &crate::policy::Problem| policies.files.get(problem.file);
    policies.problems.iter().filter_map(file).map(|file| (file.path.clone(), file.language)).collect()
}

/// Configurations that cannot be used as they are: findings of their own, and the run has failed.
fn wrong_configurations(project: &Project, problems: &mut Vec<String>) -> Vec<Checked> {
    let wrong = project.configuration_problems();
    problems.extend(wrong.iter().map(|(source, _)| {
        format!("the configuration `{}` cannot be used as it is", output::display_path(&source.path))
    }));
    let checked = |(source, diagnostics)| Checked::new(source, Report { diagnostics, ..Report::default() });
    wrong.into_iter().map(checked).collect()
}

/// A comment that silences something only where another file uses the code is of use.
fn spare_used_comments(files: &mut [Checked]) {
    let mut used: HashSet<(String, u32)> = HashSet::new();
    for file in files.iter() {
        for (module, span) in &file.report.used_suppressions {
            let source = file.report.source(&file.source, *module);
            used.insert((output::display_path(&source.path), source.in_whole(span.start)));
        }
    }
    if used.is_empty() {
        return;
    }
    for file in files {
        let name = output::display_path(&file.source.path);
        let source = &file.source;
        file.report.diagnostics.retain(|found| {
            // The finding is at the rule's name, behind the comment's sign.
            let head = source.text.get(..found.location.span.start as usize).unwrap_or_default();
            let sign = head.rfind('#').and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
            found.rule != "unused-suppression" || !used.contains(&(name.clone(), source.in_whole(sign)))
        });
    }
}

/// A place in a module that several files import from is reported once.
fn drop_repeats(files: &mut [Checked]) {
    let key = |file: &Checked, found: &Diagnostic| {
        let source = file.report.source(&file.source, found.location.file);
        let place = source.in_whole(found.location.span.start);
        (output::display_path(&source.path), place, found.rule, found.message.clone())
    };
    let is_own = |found: &Diagnostic| found.location.file == FileId::MAIN;
    let own = files.iter().flat_map(|file| file.report.diagnostics.iter().map(move |found| (file, found)));
    let mut seen: HashSet<_> = own.filter(|(_, found)| is_own(found)).map(|(file, found)| key(file, found)).collect();
    for file in files {
        let keep: Vec<bool> =
            file.report.diagnostics.iter().map(|found| is_own(found) || seen.insert(key(file, found))).collect();
        let mut keep = keep.into_iter();
        file.report.diagnostics.retain(|_| keep.next().unwrap_or(true));
    }
}
