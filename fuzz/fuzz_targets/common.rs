//! What every report must hold: places in the text and on characters, no failed rule, the same result again.

use podlint::config::Settings;
use podlint::lint::lint;
use podlint::report::Report;
use podlint::source::{Language, SourceFile};
use podlint::tree::Location;

/// Settings under which slow inputs are not findings: a fraction of the limit keeps the fuzzer quick.
pub fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.limits.steps = 20_000;
    settings
}

/// Checks a text and its report; the report.
pub fn check(language: Language, text: &str) -> (SourceFile, Report) {
    let name = match language {
        Language::Yaml => "fuzz.yaml",
        Language::Json => "fuzz.json",
        Language::Python => "fuzz.py",
        Language::Notebook => "fuzz.ipynb",
    };
    let file = SourceFile::new(name, language, text);
    let report = lint(&file, &settings());
    for found in &report.diagnostics {
        let inside = |location: Location| report.source(&file, location.file).text.get(location.span.range()).is_some();
        assert!(inside(found.location), "out of the text: {found:?}");
        assert!(found.labels.iter().all(|label| inside(label.location)), "a label out of the text: {found:?}");
        assert!(found.rule != "internal-error", "{found:?}");
        assert!(!found.message.contains('\n'), "{found:?}");
    }
    (file, report)
}
