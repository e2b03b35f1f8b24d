//! Python modules, whole and damaged: no panic, places in the text, an end.
#![no_main]

mod common;

use common::check;
use libfuzzer_sys::fuzz_target;
use podlint::source::Language;

fuzz_target!(|text: &str| {
    check(Language::Python, &format!("import flyte\n{text}"));
});
