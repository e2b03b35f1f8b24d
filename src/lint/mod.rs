//! The pipeline: from one file's text to its report. There is no other assembly of these steps.

mod base;
mod dropped;
mod environments;
mod notebook;
mod sharing;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::client;
use crate::cluster;
use crate::config::{FlyteBackend, Settings};
use crate::diagnostic::{Applicability, Authority, Diagnostic, Label, MAX_FINDINGS, Origin, Severity};
use crate::document::{CHART_DEFAULTS, Document, Kind};
use crate::frontend::{self, Parsed};
use crate::kubernetes;
use crate::pod::{Container, Pod};
use crate::policy;
use crate::report::Report;
use crate::rule::{Context, Findings, Rule};
use crate::rules::RULES;
use crate::source::{Language, Modules, NoModules, SourceFile};
use crate::stop;
use crate::suppress::{self, Outcome};
use crate::tree::{Field, FileId, Location};

/// How many are held at a time.
const MAX_HELD: usize = 4 * MAX_FINDINGS;

/// Rules about what stands beside a template, which tasks without one may get wrong, too.
const OF_TASKS: &[&str] = &["accelerator-without-gpu", "lost-by-plugin", "plugin-container-name"];

/// Checks one file by itself. Pure: no input or output, no failure; what is wrong with the text is in the report.
#[must_use]
pub fn lint(source: &SourceFile, settings: &Settings) -> Report {
    lint_in(source, settings, &NoModules)
}

/// Checks one file of a project, whose other modules `modules` finds. A defect in podlint costs one finding, not the run.
#[must_use]
pub fn lint_in(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Report {
    let outcome = catch_unwind(AssertUnwindSafe(|| check_environments(source, settings, modules)));
    outcome.unwrap_or_else(|_| Report { diagnostics: vec![failed_check()], ..Report::default() })
}

/// What is said of a file whose check failed.
#[must_use]
pub fn failed_check() -> Diagnostic {
    let message = "the check of this file failed; this is a defect of podlint".to_owned();
    let help = Some("please report it with the file".to_owned());
    Diagnostic { help, ..defect(message, Location::default()) }
}

/// Checks one file in all environments that its settings name.
fn check_environments(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Report {
    if settings.environments.is_empty() {
        return lint_once(source, settings, modules);
    }
    let each = settings.environments.iter();
    environments::merge(each.map(|one| (one.name.as_str(), lint_once(source, &one.settings, modules))).collect())
}

/// Checks one file by one group of settings.
fn lint_once(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Report {
    let mut parsed = frontend::parse(source, settings, modules);
    let view = parsed.view.clone();
    let text = view.as_deref().unwrap_or(source);
    let first_policy = FileId(u32::try_from(parsed.modules.len() + 1).unwrap_or(u32::MAX));
    let mut diagnostics = std::mem::take(&mut parsed.diagnostics);
    forget_misnamed_primaries(&mut parsed, &diagnostics);
    let all = parsed.documents.iter_mut().chain(&mut parsed.alternatives);
    all.for_each(|document| policy::loosen_document(document, &settings.policies));
    diagnostics.extend(settings.policies.problems_of(source, settings.release().minor));
    let mut found = check_documents(text, &parsed, settings, first_policy);
    // What is sound as a whole is sound as a part, so nobody looks around for its sake.
    if !found.is_empty() && source.language.is_data() && modules.is_patch(&source.path) {
        frontend::take_for_parts(&mut parsed);
        found = check_documents(text, &parsed, settings, first_policy);
    }
    // What the evaluation found of a model is told in more detail, and with fixes, where it is part of a document.
    diagnostics.retain(|early| !found.iter().any(|late| is_told_by(early, late)));
    diagnostics.extend(found);
    let secrets = parsed.documents.iter().chain(&parsed.alternatives).flat_map(secrets_of).collect();
    let tells = |found: &Diagnostic| {
        matches!(found.rule, "policy-violation" | "policy-audit" | "limit-exceeded")
            || found.authority == Authority::Cluster
    };
    if diagnostics.iter().any(tells) {
        let of_cluster = settings.cluster.iter().flat_map(|cluster| &cluster.files);
        parsed.modules.extend(settings.policies.files.iter().chain(of_cluster).cloned());
    }
    number_backend_files(&mut parsed, &mut diagnostics, settings);
    let complete = diagnostics.len() <= MAX_FINDINGS;
    let Outcome { silenced, used } = suppress::apply(text, &parsed, &mut diagnostics, settings, complete);
    let mut report = Report {
        diagnostics,
        silenced,
        used_suppressions: used,
        documents: parsed.documents,
        view: parsed.view,
        modules: parsed.modules,
        is_partial: parsed.is_partial,
        secrets,
    };
    apply_settings(&mut report.diagnostics, settings);
    if source.language == Language::Notebook {
        report.diagnostics.iter_mut().for_each(notebook::reword);
    }
    report.normalise();
    if report.diagnostics.len() > MAX_FINDINGS {
        keep_worst(&mut report.diagnostics, MAX_FINDINGS);
        report.normalise();
        report.diagnostics.extend(cut_off_note(&report.diagnostics));
    }
    report
}

/// Whether two findings are about the same value: the place where it is written, or where it is used.
fn is_told_by(early: &Diagnostic, late: &Diagnostic) -> bool {
    let places = |found: &Diagnostic| {
        let labels = found.labels.iter().map(|label| label.location);
        labels.chain([found.location]).collect::<Vec<_>>()
    };
    early.rule == late.rule
        && early.authority == Authority::Client
        && (early.location == late.location
            || places(early).contains(&late.location)
            || places(late).contains(&early.location))
}

/// An unknown argument of a template may be meant to name the primary container.
fn forget_misnamed_primaries(parsed: &mut Parsed, diagnostics: &[Diagnostic]) {
    let unknown: Vec<Location> =
        diagnostics.iter().filter(|found| found.rule == "unknown-argument").map(|found| found.location).collect();
    if unknown.is_empty() {
        return;
    }
    for document in parsed.documents.iter_mut().chain(&mut parsed.alternatives) {
        let root = document.root.location;
        let is_own = |place: &Location| place.file == root.file && root.span.contains(place.span);
        if document.primary.location.is_none() && unknown.iter().any(is_own) {
            document.primary.name = Field::Dynamic;
        }
    }
}

/// What is found in all documents of a file.
fn check_documents(text: &SourceFile, parsed: &Parsed, settings: &Settings, first_policy: FileId) -> Vec<Diagnostic> {
    let check =
        |index: usize, document: &Document| check_document(text, parsed, (index, document), settings, first_policy);
    let mut found: Vec<Diagnostic> = Vec::new();
    for (index, document) in parsed.documents.iter().enumerate().take_while(|_| !stop::is_superseded()) {
        found.append(&mut check(index, document));
        if found.len() > MAX_HELD {
            thin_out(&mut found);
        }
    }
    found.sort_by_key(|one| one.origin.document);
    sharing::doubt_shared_fixes(&mut found, &parsed.documents);
    for (index, document) in parsed.alternatives.iter().enumerate() {
        if found.len() > MAX_FINDINGS || stop::is_superseded() {
            break;
        }
        add_alternative(&mut found, document, check(parsed.documents.len() + index, document));
    }
    found
}

/// Files with many templates are not to fill the memory with what is never reported.
fn thin_out(found: &mut Vec<Diagnostic>) {
    found.sort_by(|a, b| a.identity().cmp(&b.identity()));
    found.dedup_by(|a, b| a.identity() == b.identity());
    if found.len() > MAX_HELD / 2 {
        found.sort_by_key(|one| one.origin.document);
        keep_worst(found, MAX_FINDINGS + 1);
    }
}

/// Where a document has secrets in plain text.
fn secrets_of(document: &Document) -> Vec<Location> {
    let containers = Pod::new(document).containers.known;
    containers.iter().flat_map(Container::plain_secrets).map(|secret| secret.node.location).collect()
}

/// Adds what is found only where a test comes out one way. It holds there whatever other tests say, as nothing else was taken for
/// granted.
fn add_alternative(found: &mut Vec<Diagnostic>, document: &Document, more: Vec<Diagnostic>) {
    let Some(condition) = &document.given else { return };
    // What is absent is said once, though more or less of the way to it may be there.
    let same = |a: &Diagnostic, b: &Diagnostic| {
        let near = a.location == b.location || a.path.starts_with(&b.path) || b.path.starts_with(&a.path);
        near && (a.rule, &a.message) == (b.rule, &b.message)
    };
    for mut diagnostic in more {
        if found.iter().any(|known| same(known, &diagnostic)) {
            continue;
        }
        if condition.test == CHART_DEFAULTS {
            found.push(with_defaults(diagnostic));
            continue;
        }
        let outcome = if condition.holds { "holds" } else { "does not hold" };
        let message = format!("where `{}` {outcome}", condition.test);
        diagnostic.labels.push(Label { location: condition.location, message });
        for fix in &mut diagnostic.fixes {
            fix.applicability = fix.applicability.max(Applicability::Unsafe);
        }
        found.push(diagnostic);
    }
}

/// A finding that holds with a chart's default values: whoever installs it may give others.
fn with_defaults(found: Diagnostic) -> Diagnostic {
    let message = format!("{}, with {CHART_DEFAULTS}", found.message);
    Diagnostic { severity: found.severity.min(Severity::Warning), message, fixes: Vec::new(), ..found }
}

/// Keeps as many findings as allowed, errors before warnings.
fn keep_worst(diagnostics: &mut Vec<Diagnostic>, allowed: usize) {
    if diagnostics.len() > allowed {
        diagnostics.sort_by_key(|diagnostic| Reverse(diagnostic.severity));
        diagnostics.truncate(allowed);
    }
}

/// Says that not all findings of a file are reported.
fn cut_off_note(diagnostics: &[Diagnostic]) -> Option<Diagnostic> {
    let last = diagnostics.last()?;
    Some(Diagnostic::new(
        "limit-exceeded",
        Severity::Error,
        Authority::Practice,
        format!("only {MAX_FINDINGS} findings of this file are reported, the worst of them"),
        last.location,
    ))
}

fn check_document(
    source: &SourceFile,
    parsed: &Parsed,
    numbered: (usize, &Document),
    settings: &Settings,
    first_policy: FileId,
) -> Vec<Diagnostic> {
    let (index, document) = numbered;
    let context = Context::new(document, settings);
    let enabled = RULES.iter().filter(|rule| settings.is_enabled(rule.name, rule.enabled_by_default));
    if document.kind == Kind::PythonTask {
        return enabled
            .filter(|rule| OF_TASKS.contains(&rule.name))
            .flat_map(|rule| run_rule(rule, &context))
            .collect();
    }
    let mut diagnostics: Vec<Diagnostic> = enabled.flat_map(|rule| run_rule(rule, &context)).collect();
    if kubernetes::admits_unread(document, settings.release()) {
        let by_server = |found: &&mut Diagnostic| found.authority == Authority::Kubernetes;
        for found in diagnostics.iter_mut().filter(by_server) {
            found.severity = found.severity.min(Severity::Warning);
        }
    }
    diagnostics.extend(run_outside_checks(document, settings));
    diagnostics.extend(run_base(document, settings));
    diagnostics.extend(run_policies(document, settings, first_policy));
    diagnostics.extend(run_cluster(document, settings, first_policy));
    dropped::spare(&mut diagnostics);
    if source.language.is_data() {
        // A key of another way of a template is judged in that way.
        let is_action = |found: &Diagnostic| {
            let rest = source.text.get(found.location.span.start as usize..).unwrap_or_default();
            found.location.file == FileId::MAIN && (rest.starts_with("{{") || rest.starts_with("{%"))
        };
        diagnostics.retain(|found| found.rule != "unknown-field" || !is_action(found));
    }
    keep_worst(&mut diagnostics, MAX_FINDINGS + 1);
    let editor = frontend::Editor::new(source, document, parsed);
    for diagnostic in &mut diagnostics {
        point_home(document, diagnostic);
        lower_fixes(&editor, diagnostic);
        let cluster = std::mem::take(&mut diagnostic.origin.cluster);
        diagnostic.origin = Origin { cluster, ..suppress::origin(index, document, &diagnostic.path) };
    }
    diagnostics
}

/// Runs one rule; a defect in it costs one finding, not the run.
fn run_rule(rule: &Rule, context: &Context<'_>) -> Vec<Diagnostic> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut findings = Findings::default();
        (rule.check)(context, &mut findings);
        findings.into_diagnostics(rule).collect()
    }));
    outcome.unwrap_or_else(|_| vec![internal_error(rule.name, context.document)])
}

/// What the Python client and the API server would answer; a defect there costs one finding too.
fn run_outside_checks(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let client = client::check(document, settings);
        let mut server = kubernetes::check(document, settings);
        // What Python refuses never reaches the server.
        let mut earlier: HashMap<&str, Vec<&Diagnostic>> = HashMap::new();
        client.iter().for_each(|found| earlier.entry(&found.path).or_default().push(found));
        server.retain(|found| {
            let there = earlier.get(found.path.as_str());
            there.is_none_or(|earlier| earlier.iter().all(|client| !same_matter(client, found)))
        });
        drop(earlier);
        client.into_iter().chain(server).collect::<Vec<_>>()
    }));
    match outcome {
        Ok(found) => found,
        Err(_) => vec![internal_error("kubernetes", document)],
    }
}

/// What only the template of the cluster and this one break together; a defect there costs one finding too.
fn run_base(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let outcome = catch_unwind(AssertUnwindSafe(|| base::check(document, settings)));
    outcome.unwrap_or_else(|_| vec![internal_error("base-conflict", document)])
}

/// Numbers the files of the backend behind all others, where a finding is about them.
fn number_backend_files(parsed: &mut Parsed, diagnostics: &mut [Diagnostic], settings: &Settings) {
    let Some(backend) = settings.backend.as_deref() else { return };
    let mut moved = false;
    let first = u32::try_from(parsed.modules.len() + 1).unwrap_or(u32::MAX);
    for found in diagnostics.iter_mut() {
        for label in &mut found.labels {
            if label.location.file >= FlyteBackend::FIRST_FILE {
                label.location.file = FileId(first + (label.location.file.0 - FlyteBackend::FIRST_FILE.0));
                moved = true;
            }
        }
    }
    if moved {
        parsed.modules.extend(backend.files.iter().cloned());
    }
}

/// What the platform's own policies say; a defect there costs one finding too.
fn run_policies(document: &Document, settings: &Settings, first: FileId) -> Vec<Diagnostic> {
    if settings.policies.is_empty() {
        return Vec::new();
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // Policies see the object without what the server drops.
        let stored = kubernetes::stored(document, settings.release());
        policy::check(stored.as_ref().unwrap_or(document), &settings.policies, first, settings.release().minor)
    }));
    outcome.unwrap_or_else(|_| vec![internal_error("policy", document)])
}

/// What the cluster says: where its files stand among those of the check, behind those of the policies.
fn run_cluster(document: &Document, settings: &Settings, first_policy: FileId) -> Vec<Diagnostic> {
    let Some(cluster) = &settings.cluster else { return Vec::new() };
    let first = FileId(first_policy.0 + u32::try_from(settings.policies.files.len()).unwrap_or_default());
    let backend = settings.backend.as_ref().map(|backend| &backend.backend);
    let outcome = catch_unwind(AssertUnwindSafe(|| cluster::check(document, cluster, backend, first)));
    outcome.unwrap_or_else(|_| vec![internal_error("cluster", document)])
}

/// Whether the client and the server object to the same thing at one place.
fn same_matter(client: &Diagnostic, server: &Diagnostic) -> bool {
    match client.rule {
        "missing-argument" => server.rule == "missing-field" || server.rule.starts_with("invalid-"),
        "wrong-argument-type" | "non-string-label" => server.rule == "wrong-type",
        "unknown-argument" => server.rule == "unknown-field",
        _ => false,
    }
}

fn internal_error(name: &str, document: &Document) -> Diagnostic {
    defect(format!("the check `{name}` failed on this template; this is a defect of podlint"), document.head)
}

fn defect(message: String, location: Location) -> Diagnostic {
    Diagnostic {
        help: Some("please report it with the template".to_owned()),
        ..Diagnostic::new("internal-error", Severity::Warning, Authority::Practice, message, location)
    }
}

/// A finding in another module names the place in this one that leads there.
fn point_home(document: &Document, diagnostic: &mut Diagnostic) {
    let made_at = document.made_at.unwrap_or(document.head);
    let elsewhere = diagnostic.location.file != FileId::MAIN;
    if elsewhere && diagnostic.labels.iter().all(|label| label.location.file != FileId::MAIN) {
        diagnostic.labels.push(Label { location: made_at, message: "used here".to_owned() });
    }
}

/// Turns the fixes' changes into edits; a fix that the text does not allow is dropped.
fn lower_fixes(editor: &frontend::Editor<'_>, diagnostic: &mut Diagnostic) {
    diagnostic.fixes.retain_mut(|fix| match editor.lower(&fix.changes) {
        Some(lowered) => {
            (fix.edits, fix.targets) = (lowered.edits, lowered.targets);
            if lowered.is_doubtful {
                fix.applicability = fix.applicability.max(Applicability::Unsafe);
            }
            true
        }
        None => false,
    });
}

fn apply_settings(diagnostics: &mut Vec<Diagnostic>, settings: &Settings) {
    diagnostics.retain_mut(|diagnostic| {
        // What is locked may be made worse: a milder finding could pass a gate.
        let locked = settings.locked.contains(diagnostic.rule);
        if let Some(severity) = settings.severities.get(diagnostic.rule) {
            diagnostic.severity = if locked { diagnostic.severity.max(*severity) } else { *severity };
        }
        let asked_for = diagnostic.severity >= settings.minimum_severity
            && (settings.authorities.is_empty() || settings.authorities.contains(&diagnostic.authority));
        is_enabled(diagnostic.rule, settings) && (locked || asked_for)
    });
}

fn is_enabled(name: &str, settings: &Settings) -> bool {
    let rule = RULES.iter().find(|rule| rule.name == name);
    settings.is_enabled(name, rule.is_none_or(|rule| rule.enabled_by_default))
}
