//! Configuration: any text is read, what is wrong has a place in it, and a template can be checked under what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podlint::config::Settings;
use podlint::config::read::{Problem, read};
use podlint::lint::lint;
use podlint::project::{Given, Setter, apply};
use podlint::rules::RULES;
use podlint::source::{Language, SourceFile};
use podlint::text::Span;

const TEMPLATE: &str = include_str!("../../tests/examples/clean/cluster_template.yaml");

fuzz_target!(|text: &str| {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    for is_pyproject in [false, true] {
        let Some(found) = read(text, is_pyproject, &rules) else { continue };
        let inside = |span: Span| text.get(span.range()).is_some();
        for Problem { span, message, .. } in &found.problems {
            assert!(inside(*span), "out of the text: {message}");
        }
        let overridden = found.overrides.iter().flat_map(|(_, keys)| keys);
        let given = found.assignments.iter().chain(&found.exempt).chain(overridden).map(|one| {
            assert!(inside(one.span), "out of the text: {one:?}");
            Given { key: one.key.clone(), value: one.value.clone(), by: Setter::Argument }
        });
        let mut settings = Settings::default();
        apply(&mut settings, &given.collect::<Vec<_>>());
        let report = lint(&SourceFile::new("template.yaml", Language::Yaml, TEMPLATE), &settings);
        assert!(report.diagnostics.iter().all(|found| found.rule != "internal-error"), "{:?}", report.diagnostics);
    }
});
