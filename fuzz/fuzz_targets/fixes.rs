//! Fixes: each can be made, and a file that could be read can be read afterwards. The first byte says the language.
#![no_main]

mod common;

use common::check;
use libfuzzer_sys::fuzz_target;
use podlint::source::Language;
use podlint::text::apply;
use podlint::tree::FileId;

fuzz_target!(|text: &str| {
    let language = if text.as_bytes().first().is_some_and(|byte| byte % 2 == 0) { Language::Yaml } else { Language::Python };
    let (file, report) = check(language, text);
    let broken = report.diagnostics.iter().any(|found| found.rule == "syntax-error");
    let text = &report.source(&file, FileId::MAIN).text;
    for fix in report.diagnostics.iter().flat_map(|found| &found.fixes).take(8) {
        let fixed = apply(text, &fix.edits).unwrap_or_else(|error| panic!("{error:?}: {fix:?}"));
        let (_, again) = check(language, &fixed);
        let breaks = again.diagnostics.iter().any(|found| found.rule == "syntax-error");
        assert!(broken || !breaks, "{fix:?} breaks the file:\n{fixed}");
    }
});
