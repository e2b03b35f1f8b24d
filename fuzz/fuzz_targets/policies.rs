//! Policies of the platform: whatever their text and expressions are, templates can still be checked.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use podlint::config::Settings;
use podlint::frontend::manifests;
use podlint::lint::lint;
use podlint::policy::Policies;
use podlint::source::{Language, SourceFile};

const TEMPLATE: &str = include_str!("../../tests/examples/clean/cluster_template.yaml");

fuzz_target!(|text: &str| {
    let mut settings = Settings::default();
    let source = Arc::new(SourceFile::new("policy.yaml", Language::Yaml, text));
    let Ok(roots) = manifests(&source, &settings.limits) else { return };
    let mut policies = Policies::default();
    policies.add(source, roots);
    settings.policies = Arc::new(policies);
    let report = lint(&SourceFile::new("template.yaml", Language::Yaml, TEMPLATE), &settings);
    assert!(report.diagnostics.iter().all(|found| found.rule != "internal-error"), "{:?}", report.diagnostics);
});
