//! The Python frontend: an abstract interpreter that finds the pod templates a module makes, and edits for them.

mod documents;
mod edits;
#[allow(dead_code, reason = "what the tables of the library and the SDKs may ask for")]
mod evaluate;
mod library;
mod sdk;
pub mod source;
#[allow(dead_code, reason = "what the tables of the library and the SDKs may ask for")]
mod state;
#[allow(dead_code, reason = "what the tables of the library and the SDKs may ask for")]
mod value;

pub use edits::Editor;

use std::path::Path;
use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::Parsed;
use super::comments::{Comment, attach};
use crate::config::{ClientGeneration, Settings};
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::document::{Condition, Document};
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::Location;
use documents::Collector;
use evaluate::{Assumptions, Call, Evaluator, Hooks, NativeFunction, Outcome};
use source::concerns_templates;
pub use source::may_hold_template;
use source::{Analysis, Program, Syntax, TooDeep, comment_ranges, notebook, span};

/// How many tests that only running decides are tried both ways.
const MAX_ALTERNATIVES: usize = 6;
/// How often modules are loaded that only the evaluation knows the names of.
const MAX_LOADS: usize = 4;

/// Whether there is nothing to find in a module or notebook. What a notebook imports is not looked at.
#[must_use]
pub fn is_irrelevant(language: Language, path: &Path, text: &str, modules: &dyn Modules) -> bool {
    match language {
        Language::Notebook => !may_hold_template(text),
        _ => !concerns_templates(path, text, modules),
    }
}

/// Reads a module or notebook; files that cannot make a template are not even parsed.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Parsed {
    if is_irrelevant(source.language, &source.path, &source.text, modules) {
        return Parsed::default();
    }
    if source.language != Language::Notebook {
        return parse_module(&source.path, &source.text, settings, modules);
    }
    match notebook::open(source, settings) {
        Ok(view) => {
            let mut parsed = parse_module(&source.path, &view.text, settings, modules);
            // Whoever runs a notebook may set its parameters, or leave cells out.
            parsed.diagnostics.retain(|found| found.rule != "always-raises");
            Parsed { view: Some(Arc::new(view.clone())), ..parsed }
        }
        // JSON is no matter of the API server here.
        Err(problem) => {
            let problem = Diagnostic { authority: Authority::Practice, ..*problem };
            Parsed { diagnostics: vec![problem], ..Parsed::default() }
        }
    }
}

/// The tables that the evaluator is handed.
static HOOKS: Hooks = Hooks {
    function,
    method: library::method,
    constant: |ev, path, at| sdk::constant(ev, path, at).or_else(|| library::constant(ev, path, at)),
    resolve: sdk::resolve,
    attribute: attribute_of_tables,
    construct: |evaluator, call| library::construct(evaluator, call).or_else(|| sdk::construct(evaluator, call)),
    observe_call: sdk::observe_call,
    decorate: sdk::decorate,
    assign: |ev, id, name, name_at, slot| {
        Ok(sdk::assign(ev, id, name, name_at, slot)? || library::assign(ev, id, name, name_at, slot))
    },
    next: library::next,
    is_harmless: |path| sdk::is_harmless(path) || library::is_harmless(path),
    is_kept: sdk::takes_template,
    names_of: sdk::names_of,
    define_class: library::define_class,
    instantiate: |ev, id, call| sdk::instantiate(ev, id, call).or_else(|| library::instantiate(ev, id, call)),
};

/// A function of a library; copies are a matter of the SDKs as well.
fn function(path: &str) -> Option<NativeFunction> {
    match path {
        "copy.copy" | "copy.deepcopy" | "copy.replace" | "dataclasses.replace" => Some(copy),
        _ => library::function(path),
    }
}

fn copy(ev: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if let Some(outcome) = sdk::copy_function(ev, call) {
        return outcome;
    }
    match library::function(call.name()) {
        Some(native) => native(ev, call),
        None => Err(ev.opaque(call)),
    }
}

/// An attribute that an SDK or the library defines.
fn attribute_of_tables(
    evaluator: &mut Evaluator<'_>,
    value: &value::Value,
    name: &str,
    at: Location,
) -> Option<evaluate::Outcome> {
    library::own_attribute(evaluator, value, name, at)
        .map(Ok)
        .or_else(|| sdk::attribute(evaluator, value, name, at))
        .or_else(|| library::attribute(evaluator, value, name, at))
}

/// What one evaluation of a module found.
struct Evaluation {
    documents: Vec<Document>,
    diagnostics: Vec<Diagnostic>,
    conditions: Vec<evaluate::Condition>,
    wanted_modules: Vec<(crate::tree::FileId, String)>,
    wanted_files: Vec<(crate::tree::FileId, String)>,
    wanted_folders: Vec<(crate::tree::FileId, String)>,
    depends_on_client: bool,
    is_exhausted: bool,
    is_overgrown: bool,
}

fn parse_module(path: &Path, text: &str, settings: &Settings, modules: &dyn Modules) -> Parsed {
    let mut parsed = Parsed::default();
    let syntax = match source::parse(text, settings.limits.depth) {
        Ok(syntax) => syntax,
        Err(TooDeep { span, message }) => {
            parsed.diagnostics.push(diagnostic("limit-exceeded", Severity::Warning, message, span));
            return parsed;
        }
    };
    if let Some(error) = syntax.errors().first() {
        let message = sentence(&error.error.to_string());
        parsed.diagnostics.push(diagnostic("syntax-error", Severity::Error, message, visible(text, error.location)));
    }
    parsed.comments = comments(text, &syntax);
    let is_broken = !syntax.errors().is_empty();
    let analysis = Arc::new(Analysis::new(syntax));
    let (program, mut base) = load(path, text, analysis, settings, modules);
    if base.is_exhausted && concerns_some_template(&program, &base) {
        parsed.diagnostics.push(cut_short_note(text, settings.limits.steps));
    }
    if is_broken {
        // What the parser made up or left out must not look like a mistake of its own.
        let arguments = ["conflicting-arguments", "missing-argument", "positional-argument"];
        base.diagnostics.retain(|found| found.authority != Authority::Python && !arguments.contains(&found.rule));
    }
    parsed.diagnostics.append(&mut base.diagnostics);
    parsed.documents = std::mem::take(&mut base.documents);
    if base.is_overgrown {
        parsed.diagnostics.push(overgrown_note(text, settings.limits.alias_nodes));
    }
    add_alternatives(&mut parsed, &program, settings, &base);
    parsed.modules = program.imported().map(|module| Arc::clone(&module.source)).collect();
    parsed.modules.extend(program.files().iter().map(Arc::clone));
    parsed.module_comments = program.imported().map(|module| comments(&module.source.text, module.syntax())).collect();
    if is_broken {
        // What the parser made up or left out must not look like an absence.
        let documents = parsed.documents.iter_mut().chain(&mut parsed.alternatives);
        documents.for_each(|document| super::open_everything(&mut document.root));
    }
    parsed.syntax = program.into_main_syntax();
    parsed
}

/// Loads the modules of a program and evaluates it, again for those of which only the evaluation knows the names.
fn load(
    path: &Path,
    text: &str,
    analysis: Arc<Analysis>,
    settings: &Settings,
    modules: &dyn Modules,
) -> (Program, Evaluation) {
    let mut further = Vec::new();
    let mut program = Program::load(path, text, &analysis, modules, &settings.limits, &further);
    let mut base = evaluate(&program, settings, &[]);
    for _ in 0..MAX_LOADS {
        let count = further.len();
        let has_data =
            program.load_data(modules, &base.wanted_files) | program.load_folders(modules, &base.wanted_folders);
        further
            .extend(base.wanted_modules.iter().filter(|wanted| !further.contains(wanted)).cloned().collect::<Vec<_>>());
        if further.len() == count && !has_data {
            break;
        }
        if further.len() > count {
            program = Program::load(path, text, &analysis, modules, &settings.limits, &further);
            program.load_data(modules, &base.wanted_files);
            program.load_folders(modules, &base.wanted_folders);
        }
        base = evaluate(&program, settings, &[]);
    }
    (program, base)
}

/// Whether a file has to do with templates: it makes or takes them by its own words, or by those of what it calls.
fn concerns_some_template(program: &Program, found: &Evaluation) -> bool {
    let makes_templates = |main: &source::Module| {
        may_hold_template(&main.source.text) && source::body_concerns_templates(main.syntax().suite())
    };
    !found.documents.is_empty() || program.module(crate::tree::FileId::MAIN).is_some_and(makes_templates)
}

/// Evaluates the program as its project's Kubernetes client would have it; with both generations where it is not known which,
/// and that makes a difference.
fn evaluate(program: &Program, settings: &Settings, tests: &[(value::Symbol, bool)]) -> Evaluation {
    let mut evaluation = evaluate_once(program, settings, tests, settings.client != ClientGeneration::UpTo36);
    if settings.client == ClientGeneration::Unknown && evaluation.depends_on_client && !evaluation.is_exhausted {
        let other = evaluate_once(program, settings, tests, false);
        evaluation.documents = documents::join_documents(evaluation.documents, &other.documents);
        evaluation.diagnostics = in_both(evaluation.diagnostics, other.diagnostics);
    }
    evaluation
}

/// What both generations of the client are told; what only one is told is a warning.
fn in_both(one: Vec<Diagnostic>, other: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_in = |all: &[Diagnostic], found: &Diagnostic| {
        all.iter().any(|known| (known.rule, known.location) == (found.rule, found.location))
    };
    let doubted = |found: Diagnostic, all: &[Diagnostic]| {
        let severity = if is_in(all, &found) { found.severity } else { found.severity.min(Severity::Warning) };
        Diagnostic { severity, ..found }
    };
    let further: Vec<Diagnostic> = other.iter().filter(|found| !is_in(&one, found)).cloned().collect();
    let mut all: Vec<Diagnostic> = one.into_iter().map(|found| doubted(found, &other)).collect();
    all.extend(further.into_iter().map(|found| doubted(found, &[])));
    all
}

/// Evaluates the program once.
fn evaluate_once(
    program: &Program,
    settings: &Settings,
    tests: &[(value::Symbol, bool)],
    client_copies: bool,
) -> Evaluation {
    let assumptions = Assumptions {
        tests: tests.to_vec(),
        client_copies,
        client_major: settings.client_major,
        client_is_known: settings.client != ClientGeneration::Unknown,
        client: settings.client,
        flyte: settings.flyte,
        flytekit: settings.flytekit,
        python: settings.python,
        cluster_templates: settings.templates.clone(),
        environment: settings.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    };
    let mut evaluator = Evaluator::new(program, &HOOKS, assumptions, settings.limits.steps);
    let mut collector = Collector::new(&settings.limits);
    evaluator.run(&mut |evaluator| collector.collect(evaluator));
    sdk::report_lost_changes(&mut evaluator);
    // What was found before the budget was used up counts.
    collector.collect(&mut evaluator);
    Evaluation {
        diagnostics: std::mem::take(&mut collector.diagnostics),
        is_overgrown: collector.is_overgrown(),
        documents: collector.documents(),
        conditions: std::mem::take(&mut evaluator.conditions),
        wanted_modules: std::mem::take(&mut evaluator.wanted_modules),
        wanted_files: std::mem::take(&mut evaluator.wanted_files),
        wanted_folders: std::mem::take(&mut evaluator.wanted_folders),
        depends_on_client: evaluator.depends_on_client,
        is_exhausted: evaluator.budget.is_exhausted() || evaluator.exhausted_parts > 0,
    }
}

/// Adds what is otherwise where a test is taken for granted that only running decides.
fn add_alternatives(parsed: &mut Parsed, program: &Program, settings: &Settings, base: &Evaluation) {
    let is_partial = base.is_exhausted || base.is_overgrown || parsed.documents.is_empty();
    let count = if is_partial { 0 } else { MAX_ALTERNATIVES };
    for condition in base.conditions.iter().take(count) {
        for holds in [true, false] {
            let other = evaluate(program, settings, &[(condition.symbol, holds)]);
            let given = Condition { test: condition.text.to_string(), holds, location: condition.at };
            add_alternative(parsed, other, &given);
        }
    }
}

/// Keeps what is otherwise where a condition is taken for granted.
fn add_alternative(parsed: &mut Parsed, other: Evaluation, given: &Condition) {
    if other.is_exhausted || other.is_overgrown {
        return;
    }
    let known = |found: &Diagnostic| {
        parsed.diagnostics.iter().any(|known| (known.rule, known.location) == (found.rule, found.location))
    };
    let found: Vec<Diagnostic> = other
        .diagnostics
        .into_iter()
        .filter(|found| !known(found) && found.rule != "always-raises")
        .map(|found| documents::only_where(found, given))
        .collect();
    let differs = |document: &Document| {
        parsed.documents.iter().all(|base| base.head != document.head || base.root != document.root)
    };
    let documents: Vec<Document> = other
        .documents
        .into_iter()
        .filter(differs)
        .map(|document| Document { given: Some(given.clone()), ..document })
        .collect();
    parsed.diagnostics.extend(found);
    parsed.alternatives.extend(documents);
}

/// The comments of a module that speak to podlint.
fn comments(text: &str, module: &Syntax) -> Vec<Comment> {
    if memchr::memmem::find(text.as_bytes(), b"podlint").is_none() {
        return Vec::new();
    }
    let tokens = module.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let places: Vec<Span> = tokens.map(|token| span(token.range())).collect();
    attach(text, &places, &comment_ranges::units(module.suite()))
}

/// Says that a part of a module was not evaluated.
fn cut_short_note(text: &str, steps: usize) -> Diagnostic {
    partly_checked(text, format!("to evaluate this module takes more than `limits.steps` ({steps})"))
}

/// Says that documents hold too much.
fn overgrown_note(text: &str, nodes: usize) -> Diagnostic {
    let why = "objects that are used in several places make more values than `limits.alias-nodes`";
    partly_checked(text, format!("{why} ({nodes})"))
}

/// A remark on the first place that speaks of templates.
fn partly_checked(text: &str, why: String) -> Diagnostic {
    let place = text.find("PodTemplate").or_else(|| text.find("pod_template")).unwrap_or_default();
    let span = Span::from_range(place..place + 11);
    diagnostic("limit-exceeded", Severity::Warning, format!("only partly checked: {why}"), span)
}

/// A place to show: a parser's empty range becomes the character there, or the last one before it.
fn visible(text: &str, range: ruff_text_size::TextRange) -> Span {
    let found = span(range);
    if !found.is_empty() && !found.slice(text).trim().is_empty() {
        return found;
    }
    let head = text.get(..found.start as usize).unwrap_or_default().trim_end();
    let last = head.chars().next_back().map_or(0, char::len_utf8);
    Span::from_range(head.len() - last..head.len())
}

/// The parser's message in the form of podlint's.
fn sentence(message: &str) -> String {
    let mut characters = message.trim_end_matches('.').chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

fn diagnostic(rule: &'static str, severity: Severity, message: String, span: Span) -> Diagnostic {
    Diagnostic::new(rule, severity, Authority::Practice, message, Location::main(span))
}
