//! Manifests, also as JSON and as templates of Helm: no panic, places in the text.
#![no_main]

mod common;

use common::check;
use libfuzzer_sys::fuzz_target;
use podlint::source::Language;

fuzz_target!(|text: &str| {
    check(Language::Yaml, text);
    check(Language::Json, text);
});
