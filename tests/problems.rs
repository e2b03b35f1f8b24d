//! Holds the page "problems podlint would have caught" to its word: each rule that it names speaks on a template like the one
//! that was reported.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use podlint::config::Settings;
use podlint::lint::lint;
use podlint::rules::RULES;
use support::{Case, cases, repository, source};

/// Thread and last cell of each row of the page's table.
fn rows(page: &str) -> Vec<(String, String)> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ["));
    rows.map(|line| {
        let thread = line.split(']').next().expect("a thread").to_owned();
        let cell = line.trim_end_matches('|').rsplit('|').next().expect("a cell").trim().to_owned();
        (thread, cell)
    })
    .collect()
}

#[test]
fn the_page_keeps_its_word() {
    let page = std::fs::read_to_string(repository("docs/problems.md")).expect("the page");
    let cases = cases(&std::fs::read_to_string(repository("tests/problems.md")).expect("the templates"));
    let rows = rows(&page);
    assert!(rows.len() > 30, "{rows:?}");
    let mut caught = 0;
    for (thread, cell) in &rows {
        let Some(rule) = cell.strip_prefix('[').and_then(|rest| rest.split(']').next()) else {
            assert!(cell.starts_with("out of reach: ") && cell.len() > 20, "{thread}: {cell}");
            continue;
        };
        assert!(RULES.iter().any(|known| known.name == rule && known.enabled_by_default), "{thread}: {rule}");
        let case: &Case = cases.iter().find(|case| case.name == *thread).unwrap_or_else(|| panic!("{thread}"));
        let found = lint(&source(&case.language, &case.code), &Settings::default()).diagnostics;
        let rules: Vec<&str> = found.iter().map(|found| found.rule).collect();
        assert!(rules.contains(&rule), "{thread}: {rule} is silent: {rules:?}");
        caught += 1;
    }
    assert_eq!(cases.len(), caught, "a template for each thread that is caught, and no more");
    assert!(page.contains(&format!("{caught} of {} threads are caught", rows.len())), "{caught} of {}", rows.len());
}
