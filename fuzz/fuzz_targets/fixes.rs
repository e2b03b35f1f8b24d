//! Fixes: each can be made, and all together are made and the result checked again: it can still be read, the report is that of the new
//! text, and a second run changes nothing. The first byte says the language and how much is fixed.
#![no_main]

mod common;

use common::{check, settings};
use libfuzzer_sys::fuzz_target;
use podlint::diagnostic::Applicability;
use podlint::fix::{apply_edits, fix};
use podlint::lint::lint;
use podlint::report::Report;
use podlint::source::{Language, NoModules};

fn is_broken(report: &Report) -> bool {
    report.diagnostics.iter().any(|found| found.rule == "syntax-error")
}

fuzz_target!(|text: &str| {
    let first = text.as_bytes().first().copied().unwrap_or_default();
    let language = if first % 2 == 0 { Language::Yaml } else { Language::Python };
    let applicability = if first % 4 < 2 { Applicability::Safe } else { Applicability::Unsafe };
    let (file, report) = check(language, text);
    let settings = settings();
    for one in report.diagnostics.iter().flat_map(|found| &found.fixes).take(8) {
        assert!(apply_edits(&file, &report, &one.edits, &settings).is_some(), "cannot be made: {one:?}");
    }
    let Some(fixed) = fix(&file, &report, &settings, &NoModules, applicability) else { return };
    assert!(is_broken(&report) || !is_broken(&fixed.report), "the fixes break the file:\n{}", fixed.source.text);
    assert!(report.documents.len() <= fixed.report.documents.len(), "a template is lost:\n{}", fixed.source.text);
    assert_eq!(fixed.source.text == file.text, fixed.done.is_empty(), "what was done is said: {:?}", fixed.done);
    assert_eq!(lint(&fixed.source, &settings).diagnostics, fixed.report.diagnostics, "the report is of the new text");
    let again = fix(&fixed.source, &fixed.report, &settings, &NoModules, applicability);
    assert!(again.is_none(), "a second run changes {:?} in\n{}", again.map(|again| again.done), fixed.source.text);
});
