//! What a check costs, beside the bare work of the same parser crates: `cargo bench --bench pipeline`.

use std::process::{Command, Stdio};

use divan::Bencher;
use podlint::config::Settings;
use podlint::lint::lint;
use podlint::source::{Language, SourceFile};

fn main() {
    divan::main();
}

const PYTHON: &str = include_str!("../tests/examples/broken/sidecar.py");
const YAML: &str = include_str!("../tests/examples/broken/cluster_template.yaml");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/examples/clean/cluster_template.yaml");

fn source(language: Language, text: &str) -> SourceFile {
    SourceFile::new("bench", language, text)
}

/// A Python module of a project that makes no template, as most do not.
fn plain_module() -> String {
    (0..500).map(|n| format!("def function_{n}(a, b):\n    return a + b * {n}\n\n")).collect()
}

#[divan::bench]
fn python_file(bencher: Bencher<'_, '_>) {
    let file = source(Language::Python, PYTHON);
    let settings = Settings::default();
    bencher.bench(|| lint(divan::black_box(&file), &settings));
}

#[divan::bench]
fn python_file_bare_parse(bencher: Bencher<'_, '_>) {
    bencher.bench(|| ruff_python_parser::parse_module(divan::black_box(PYTHON)));
}

#[divan::bench]
fn python_file_without_templates(bencher: Bencher<'_, '_>) {
    let file = source(Language::Python, &plain_module());
    let settings = Settings::default();
    bencher.bench(|| lint(divan::black_box(&file), &settings));
}

#[divan::bench]
fn python_file_without_templates_bare_parse(bencher: Bencher<'_, '_>) {
    let text = plain_module();
    bencher.bench(|| ruff_python_parser::parse_module(divan::black_box(&text)));
}

#[divan::bench]
fn yaml_file(bencher: Bencher<'_, '_>) {
    let file = source(Language::Yaml, YAML);
    let settings = Settings::default();
    bencher.bench(|| lint(divan::black_box(&file), &settings));
}

#[divan::bench]
fn yaml_file_bare_parse(bencher: Bencher<'_, '_>) {
    bencher.bench(|| granit_parser::Parser::new_from_str(divan::black_box(YAML)).count());
}

#[divan::bench]
fn yaml_thousand_documents(bencher: Bencher<'_, '_>) {
    let file = source(
        Language::Yaml,
        &format!("---\n{}", include_str!("../tests/examples/clean/cluster_template.yaml")).repeat(1000),
    );
    let settings = Settings::default();
    bencher.bench(|| lint(divan::black_box(&file), &settings));
}

#[divan::bench]
fn yaml_thousand_documents_bare_parse(bencher: Bencher<'_, '_>) {
    let text = format!("---\n{}", include_str!("../tests/examples/clean/cluster_template.yaml")).repeat(1000);
    bencher.bench(|| granit_parser::Parser::new_from_str(divan::black_box(&text)).count());
}

fn run(program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    let _ = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn start_and_check_one_file() {
    run(env!("CARGO_BIN_EXE_podlint"), &["check", EXAMPLE]);
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn start_an_empty_program() {
    run("true", &[]);
}
