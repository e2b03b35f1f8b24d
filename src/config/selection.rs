//! Rules as users name them: by name, by group, by a pattern, or `all`.

use super::Globs;
use super::groups::GROUPS;
use crate::text::nearest;

/// The word for all rules.
const ALL: &str = "all";
/// Rules that may still change or go: `preview` turns them on, or their own name; no group, pattern or profile does.
pub const PREVIEW: &[&str] = &["quota-used-up"];

/// The rules that a text stands for, among those of these names; empty where it stands for none.
#[must_use]
pub fn resolve<'r>(text: &str, rules: &[&'r str]) -> Vec<&'r str> {
    if let Some(rule) = rules.iter().find(|rule| **rule == text) {
        return vec![rule];
    }
    let named = |wanted: &dyn Fn(&str) -> bool| {
        rules.iter().copied().filter(|rule| wanted(rule) && !PREVIEW.contains(rule)).collect::<Vec<_>>()
    };
    if text.eq_ignore_ascii_case(ALL) {
        return named(&|_| true);
    }
    if let Some((_, members)) = GROUPS.iter().find(|(group, _)| *group == text) {
        return named(&|rule| members.contains(&rule));
    }
    if !text.contains(['*', '?', '[', '{']) {
        return Vec::new();
    }
    match Globs::of_names(&[text.to_owned()]) {
        Ok(globs) => named(&|rule| globs.matches(rule)),
        Err(_) => Vec::new(),
    }
}

/// What to say of a text that stands for no rule.
#[must_use]
pub fn unknown(text: &str, rules: &[&str]) -> (String, String) {
    if text.contains(['*', '?', '[', '{']) {
        return (format!("no rule matches `{text}`"), "`podlint rules` lists them".to_owned());
    }
    let names: Vec<&str> = rules.iter().copied().chain(GROUPS.iter().map(|(group, _)| *group)).collect();
    let meant = nearest(text, names.iter().copied()).and_then(|at| names.get(at));
    let help = meant.map_or_else(|| "`podlint rules` lists them".to_owned(), |rule| format!("did you mean `{rule}`?"));
    (format!("there is no rule `{text}`"), help)
}
