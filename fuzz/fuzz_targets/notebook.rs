//! Notebooks: JSON around Python, with places in the cells.
#![no_main]

mod common;

use common::check;
use libfuzzer_sys::fuzz_target;
use podlint::source::Language;

fuzz_target!(|text: &str| {
    check(Language::Notebook, text);
});
