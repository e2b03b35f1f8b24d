//! What decides which fixes go together, and what is harm.

mod expectations;

use super::choose::{Candidate, PHASES, candidates};
use super::outcome::Outcome;
use super::{ROUNDS, edits_of_changes, fix, is_sound, snippet, strict};
use crate::config::Settings;
use crate::diagnostic::{Applicability, Authority, Change, Diagnostic, Fix, Literal, Severity, Target};
use crate::lint::lint;
use crate::report::Report;
use crate::source::{Language, NoModules, SourceFile};
use crate::text::{Edit, Span};
use crate::tree::{FileId, Location, Step};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: main\n      image: a:1\n      \
                   volumeMounts:\n        - {name: data, mountPath: /data}\n  volumes:\n    - name: data\n      emptyDir: {}\n";

fn at(start: u32, end: u32) -> Location {
    Location::main(Span::new(start, end))
}

fn edited(start: u32, end: u32, text: &str) -> Fix {
    Fix { edits: vec![Edit::replace(Span::new(start, end), text)], ..Fix::safe("x", Vec::new()) }
}

fn renamed(key: (u32, u32), object: (u32, u32), to: &str) -> Fix {
    let change = Change::RenameKey { at: vec![Step::from("x")], to: to.to_owned() };
    let target = Target { at: at(key.0, key.1), within: at(object.0, object.1), depth: 1 };
    let edits = vec![Edit::replace(Span::new(key.0, key.1), to)];
    Fix { edits, targets: vec![target], ..Fix::safe("x", vec![change]) }
}

fn inserted(object: (u32, u32), place: u32, key: &str, below: &[&str]) -> Fix {
    let steps = below.iter().map(|step| Step::from(*step)).collect();
    let change = Change::Insert { at: steps, key: key.to_owned(), value: Literal::Integer(1) };
    let target = Target { at: at(object.0, object.1), within: at(object.0, object.1), depth: 0 };
    Fix { edits: vec![Edit::insert(place, key)], targets: vec![target], ..Fix::safe("x", vec![change]) }
}

fn found(rule: &'static str, place: Location, message: &str, fixes: Vec<Fix>) -> Diagnostic {
    Diagnostic { fixes, ..Diagnostic::new(rule, Severity::Error, Authority::Kubernetes, message.to_owned(), place) }
}

fn report(fixes: Vec<Fix>) -> Report {
    let numbered = fixes.into_iter().enumerate();
    let diagnostics =
        numbered.map(|(number, fix)| found("r", at(number as u32, number as u32), "m", vec![fix])).collect();
    Report { diagnostics, ..Report::default() }
}

/// How many fixes of a phase go together.
fn together(fixes: Vec<Fix>, phase: usize) -> usize {
    candidates(&report(fixes), PHASES[phase]).len()
}

#[test]
fn edits_at_different_places_go_together() {
    assert_eq!(together(vec![edited(2, 4, "a"), edited(6, 8, "b"), edited(4, 5, "c")], 1), 3);
    assert_eq!(together(vec![edited(2, 4, "a"), edited(3, 5, "b")], 1), 1);
    assert_eq!(together(vec![edited(6, 8, "a"), edited(2, 7, "b"), edited(1, 2, "c")], 1), 2);
    // Insertions at one place, within what is replaced, and at its end.
    assert_eq!(together(vec![edited(3, 3, "a"), edited(3, 3, "b")], 1), 1);
    assert_eq!(together(vec![edited(2, 5, "a"), edited(3, 3, "b"), edited(5, 5, "c"), edited(9, 9, "d")], 1), 2);
    // Between many others, in any order.
    let many = |more: Fix| vec![edited(14, 16, "a"), edited(2, 4, "b"), edited(10, 12, "c"), edited(6, 8, "d"), more];
    for (start, end, expected) in
        [(7, 9, 4), (11, 11, 4), (3, 3, 4), (1, 3, 4), (15, 20, 4), (8, 10, 5), (9, 9, 5), (5, 13, 4), (17, 18, 5)]
    {
        assert_eq!(together(many(edited(start, end, "x")), 1), expected, "{start} {end}");
    }
    // The same fix of two findings is made once, for both.
    assert_eq!(together(vec![edited(2, 4, "a"), edited(2, 4, "a"), edited(2, 4, "b")], 1), 2);
}

#[test]
fn fixes_that_want_one_key_exclude_each_other() {
    let one = || renamed((2, 4), (0, 50), "name");
    assert_eq!(together(vec![one(), renamed((20, 24), (0, 50), "image")], 0), 2);
    // Nobody can say which of the two is meant.
    assert_eq!(together(vec![one(), renamed((20, 24), (0, 50), "name"), renamed((30, 32), (0, 50), "image")], 0), 1);
    assert_eq!(together(vec![one(), renamed((20, 24), (10, 50), "name")], 0), 2);
    assert_eq!(together(vec![one(), one()], 0), 2);
    let insert = |place, key, below: &[&str]| inserted((0, 50), place, key, below);
    assert_eq!(together(vec![insert(9, "a", &[]), insert(8, "b", &[])], 1), 2);
    assert_eq!(together(vec![insert(9, "a", &[]), insert(8, "a", &[])], 1), 1);
    // Two entries of an object that neither of them finds.
    assert_eq!(together(vec![insert(9, "a", &["o"]), insert(8, "b", &["o"])], 1), 1);
}

#[test]
fn each_phase_takes_its_own_fixes() {
    let with = |applicability, fix: Fix| Fix { applicability, ..fix };
    let all = || {
        vec![
            with(Applicability::Unsafe, edited(1, 2, "a")),
            edited(3, 4, "b"),
            with(Applicability::Unsafe, renamed((5, 6), (0, 9), "n")),
            renamed((7, 8), (0, 9), "m"),
            with(Applicability::Manual, edited(9, 10, "a")),
            Fix::safe("without edits", Vec::new()),
        ]
    };
    for (phase, place) in [(0, 7), (1, 3), (2, 5), (3, 1)] {
        let report = report(all());
        let chosen = candidates(&report, PHASES[phase]);
        let places: Vec<u32> = chosen.iter().map(|candidate| candidate.fix.edits[0].span.start).collect();
        assert_eq!(places, [place], "phase {phase}");
    }
    let safe: Vec<bool> = PHASES.iter().map(|phase| phase.applicability() == Applicability::Safe).collect();
    assert_eq!(safe, [true, true, false, false]);
}

fn yaml(text: &str) -> SourceFile {
    SourceFile::new("a.yaml", Language::Yaml, text)
}

fn path(text: &str) -> Vec<Step> {
    let step = |part: &str| part.parse::<usize>().map_or_else(|_| Step::from(part), Step::from);
    text.split('.').map(step).collect()
}

/// Whether edits of one candidate are harmless, for reports that have these findings before and after.
fn is_harmless(chosen: Fix, before: Vec<Diagnostic>, after: Vec<Diagnostic>) -> bool {
    let mended = before.first().cloned().expect("a finding");
    let candidate = Candidate { found: &mended, fix: &chosen };
    let report = |diagnostics| Report { diagnostics, ..Report::default() };
    let (before, after) = (report(before), report(after));
    Outcome { before: &before, after: &after, chosen: &[&candidate], edits: &chosen.edits }.is_harmless()
}

#[test]
fn findings_before_and_after_are_told_apart() {
    let mended = || found("bad", at(10, 12), "this", Vec::new());
    let other = |start, message| found("other", at(start, start + 2), message, Vec::new());
    let longer = || edited(10, 12, "12345");
    assert!(is_harmless(longer(), vec![mended()], vec![]));
    assert!(!is_harmless(longer(), vec![mended()], vec![mended()]), "it is still there");
    let still = found("bad", at(10, 15), "this", Vec::new());
    assert!(!is_harmless(longer(), vec![mended()], vec![still]), "it is still there, in the new text");
    assert!(!is_harmless(longer(), vec![mended()], vec![other(30, "new")]));
    // What stood behind the edit has moved by three.
    assert!(is_harmless(longer(), vec![mended(), other(20, "x")], vec![other(23, "x")]));
    assert!(is_harmless(longer(), vec![mended(), other(20, "x")], vec![other(23, "changed")]));
    assert!(is_harmless(longer(), vec![mended(), other(20, "x")], vec![other(40, "x")]), "its item moved");
    assert!(!is_harmless(longer(), vec![mended(), other(20, "x")], vec![other(23, "x"), other(23, "y")]));
    assert!(!is_harmless(longer(), vec![mended(), other(20, "x")], vec![other(40, "y")]));
    assert!(is_harmless(longer(), vec![mended(), other(4, "x")], vec![other(4, "x")]), "what stands before stays");
}

#[test]
fn places_move_with_the_edits_before_them() {
    let mended = || found("bad", at(0, 1), "this", Vec::new());
    let moved = |edit: Fix, (start, end): (u32, u32), to: (u32, u32)| {
        let before = vec![mended(), found("other", at(start, end), "x", Vec::new())];
        // Only the place says that it is the same one.
        is_harmless(edit, before, vec![found("other", at(to.0, to.1), "y", Vec::new())])
    };
    let two = || {
        let edits = vec![Edit::replace(Span::new(4, 6), "abcd"), Edit::insert(20, "xy")];
        Fix { edits, ..Fix::safe("x", Vec::new()) }
    };
    let replaced = || {
        let edits = vec![Edit::replace(Span::new(4, 6), "abcd"), Edit::replace(Span::new(20, 24), "xyz")];
        Fix { edits, ..Fix::safe("x", Vec::new()) }
    };
    for (edit, from, to) in [
        (replaced(), (21, 30), (22, 31)),
        (replaced(), (10, 22), (12, 25)),
        (replaced(), (20, 24), (22, 25)),
        (replaced(), (24, 26), (25, 27)),
        (edited(10, 10, "abc"), (10, 14), (13, 17)),
        (edited(10, 10, "abc"), (6, 10), (6, 10)),
        (edited(10, 12, "abc"), (10, 12), (10, 13)),
        (edited(10, 14, "a"), (12, 20), (10, 17)),
        (edited(10, 14, "a"), (5, 12), (5, 11)),
        (edited(10, 14, ""), (14, 18), (10, 14)),
        (edited(10, 14, ""), (5, 8), (5, 8)),
        (edited(10, 14, "a"), (14, 18), (11, 15)),
        (edited(10, 14, "a"), (10, 14), (10, 11)),
        (edited(10, 14, "abcdef"), (11, 12), (10, 16)),
        (two(), (30, 34), (34, 38)),
        (two(), (10, 12), (12, 14)),
        (two(), (20, 24), (24, 28)),
        (two(), (16, 20), (18, 22)),
        (two(), (5, 30), (4, 34)),
    ] {
        assert!(moved(edit.clone(), from, to), "{edit:?} {from:?} {to:?}");
        assert!(!moved(edit.clone(), from, (to.0 + 1, to.1)), "{edit:?} {from:?}");
        assert!(!moved(edit, from, (to.0, to.1 + 1)));
    }
}

#[test]
fn what_a_renamed_key_reveals_is_no_harm() {
    let source = yaml(&POD.replace("volumeMounts:", "volumeMount:").replace("name: data, mount", "name: dat, mount"));
    let report = lint(&source, &Settings::default());
    let fixed = fix(&source, &report, &Settings::default(), &NoModules, Applicability::Unsafe).expect("fixes");
    assert_eq!(fixed.source.text, POD, "the revealed name is mended in the next round");
    assert_eq!(fixed.done.iter().map(|done| done.rule).collect::<Vec<_>>(), ["unknown-field", "undefined-volume"]);
    assert_eq!((fixed.done[1].before.as_str(), fixed.done[1].after.as_str()), ("dat", "data"));
    assert_eq!(fixed.done[1].place.at.line, 9);
    // A finding elsewhere is harm.
    let place = at(100, 105);
    let change = renamed((10, 12), (0, 50), "name");
    let before = || vec![found("bad", at(10, 12), "this", Vec::new())];
    assert!(!is_harmless(change, before(), vec![found("other", place, "x", Vec::new())]));
    // So is one that says that the text is broken, wherever it is.
    let never = found("syntax-error", at(11, 12), "x", Vec::new());
    assert!(!is_harmless(renamed((10, 12), (0, 50), "name"), before(), vec![never]));
}

#[test]
fn a_comment_that_is_put_right_may_be_of_no_use() {
    let before = || vec![found("unknown-suppression", at(10, 12), "this", Vec::new())];
    let unused = || vec![found("unused-suppression", at(30, 32), "x", Vec::new())];
    assert!(is_harmless(edited(10, 12, "x"), before(), unused()));
    assert!(!is_harmless(renamed((10, 12), (0, 50), "name"), before(), unused()));
    let elsewhere = Location { file: FileId(1), span: Span::new(30, 32) };
    assert!(!is_harmless(edited(10, 12, "x"), before(), vec![found("other", elsewhere, "x", Vec::new())]));
}

#[test]
fn a_file_without_fixes_stays() {
    let source = yaml(POD);
    let report = lint(&source, &Settings::default());
    assert!(fix(&source, &report, &Settings::default(), &NoModules, Applicability::Unsafe).is_none());
    let (least, most) = (3, 100);
    assert!((least..=most).contains(&ROUNDS));
}

#[test]
fn one_fix_can_be_asked_about() {
    let source = yaml(&POD.replace("name: data, mount", "name: dat, mount"));
    let report = lint(&source, &Settings::default());
    let found = report.diagnostics.iter().find(|found| found.rule == "undefined-volume").expect("found");
    let ask = |fix: &Fix| is_sound(&source, found, fix, &Settings::default(), &NoModules);
    assert!(ask(&found.fixes[0]));
    let mut wrong = found.fixes[0].clone();
    wrong.edits[0].replacement = "dat: [".to_owned();
    assert!(!ask(&wrong));
    wrong.edits[0].replacement = "other".to_owned();
    assert!(!ask(&wrong));
    // Nothing is found afterwards, and the image is another one.
    let mut more = found.fixes[0].clone();
    let image = u32::try_from(source.text.find("a:1").expect("the image")).expect("small");
    more.edits.insert(0, Edit::replace(Span::new(image, image + 3), "b:1"));
    assert!(!ask(&more));
}

#[test]
fn changes_become_edits() {
    let source = yaml(POD);
    let documents = lint(&source, &Settings::default()).documents;
    let change = |at: &str| [Change::Replace { at: path(at), with: "b:2".into() }];
    let edits = edits_of_changes(&source, &documents[0], &change("spec.containers.0.image")).expect("edits");
    assert_eq!(edits.iter().map(|edit| edit.replacement.as_str()).collect::<Vec<_>>(), ["b:2"]);
    assert_eq!(edits_of_changes(&source, &documents[0], &change("spec.nothing")), None);
    assert_eq!(edits_of_changes(&source, &documents[0], &[]), None);
}

#[test]
fn outcomes_are_judged_by_all_rules() {
    let own = Settings {
        select: ["a".to_owned()].into(),
        ignore: ["b".to_owned()].into(),
        severities: [("c".to_owned(), Severity::Info)].into(),
        minimum_severity: Severity::Error,
        authorities: [Authority::Practice].into(),
        ignores: false,
        ..Settings::default()
    };
    let strict = strict(&own);
    assert!(strict.select.is_empty() && strict.ignore.is_empty() && strict.severities.is_empty());
    assert!(strict.minimum_severity == Severity::Info && strict.authorities.is_empty() && !strict.ignores);
    // A fix that is harmless by the chosen rules alone is not made.
    let text = POD.replace("name: main", "name: Main").replace("kind: Pod\n", "kind: Pod\n# podlint\n");
    let only = Settings { select: ["undefined-volume".to_owned()].into(), ..Settings::default() };
    let source = yaml(&text.replace("name: data, mount", "name: dat, mount"));
    let fixed = fix(&source, &lint(&source, &only), &only, &NoModules, Applicability::Safe).expect("a fix");
    assert!(fixed.report.diagnostics.is_empty() && fixed.source.text == text);
}

#[test]
fn fixes_that_do_harm_together_are_tried_apart() {
    // Both mounts can be renamed, but not to the path of the other: the container would have two mounts of one path.
    let text = POD.replace(
        "        - {name: data, mountPath: /data}\n",
        "        - {name: dta, mountPath: /data}\n        - {name: dat, mountPath: /data/x}\n",
    );
    let source = yaml(&text);
    let report = lint(&source, &Settings::default());
    let fixed = fix(&source, &report, &Settings::default(), &NoModules, Applicability::Safe).expect("fixes");
    assert!(!fixed.source.text.contains("dta") && !fixed.source.text.contains("name: dat,"));
    assert_eq!(fixed.done.len(), 2);
}

#[test]
fn fixes_come_in_their_order_and_each_is_told() {
    // Safe renames of keys, then other safe fixes, then unsafe ones.
    let text = POD.replace("volumeMounts:", "volumeMount:").replace("image: a:1", "image: a:1\n      args: [1]");
    let source = yaml(&text);
    let report = lint(&source, &Settings::default());
    let done = |applicability| {
        let fixed = fix(&source, &report, &Settings::default(), &NoModules, applicability);
        fixed.map(|fixed| fixed.done.iter().map(|done| (done.rule, done.place.at.line)).collect::<Vec<_>>())
    };
    assert_eq!(done(Applicability::Safe), Some(vec![("wrong-type", 8)]));
    assert_eq!(done(Applicability::Unsafe), Some(vec![("wrong-type", 8), ("unknown-field", 9)]));
}

#[test]
fn secrets_are_not_told() {
    let source = yaml(POD);
    let strict = strict(&Settings::default());
    let (fix, mended) = (edited(10, 12, "xy"), found("r", at(10, 12), "m", Vec::new()));
    let told = |file: FileId, start: u32, end: u32| {
        let secrets = vec![Location { file, span: Span::new(start, end) }];
        let before = Report { secrets, ..Report::default() };
        let work = super::Work { source: &source, before: &before, settings: &strict, modules: &NoModules };
        let done = work.done(&Candidate { found: &mended, fix: &fix });
        (done.before, done.after)
    };
    let (hidden, shown) = (("…".to_owned(), "…".to_owned()), (POD[10..12].trim().to_owned(), "xy".to_owned()));
    assert_eq!(told(FileId::MAIN, 11, 14), hidden);
    assert_eq!(told(FileId::MAIN, 12, 14), shown, "what stands beside a secret");
    assert_eq!(told(FileId(1), 11, 14), shown, "a secret of another file");
}

#[test]
fn no_more_texts_are_tried_than_allowed() {
    let source = yaml(&POD.replace("name: data, mount", "name: dat, mount"));
    let report = lint(&source, &Settings::default());
    let strict = strict(&Settings::default());
    let before = lint(&source, &strict);
    let work = super::Work { source: &source, before: &before, settings: &strict, modules: &NoModules };
    let chosen = candidates(&report, PHASES[1]);
    for (allowed, left, is_made) in [(0, 0, false), (1, 0, true), (5, 4, true)] {
        let mut trials = allowed;
        assert_eq!((work.phase(&chosen, &mut trials).is_some(), trials), (is_made, left), "{allowed}");
    }
    let mut trials = 5;
    assert!(work.phase(&[], &mut trials).is_none() && trials == 5);
    // One that does harm costs the other one nothing: both, the first, and the second are tried.
    let mut wrong = chosen[0].fix.clone();
    wrong.edits[0] = Edit::insert(0, "[");
    let both = [Candidate { found: chosen[0].found, fix: &wrong }, chosen[0]];
    let (text, done) = work.phase(&both, &mut trials).expect("the second");
    assert_eq!((text.as_str(), done.len(), trials), (POD, 1, 2));
}

#[test]
fn what_is_told_fits_on_a_line() {
    assert_eq!(snippet("a\n  b\tc"), "a b c");
    assert_eq!(snippet(&"é".repeat(60)).chars().count(), 60);
    assert_eq!(snippet(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    assert_eq!(snippet("a\u{1b}"), "a\\u{1b}");
}

#[test]
fn cells_of_notebooks_are_fixed_in_their_place() {
    let cell = "\"import flyte\\n\", \"from kubernetes.client import *\\n\", \"t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name='primry')]))\"";
    let text = format!("{{\"cells\": [{{\"cell_type\": \"code\", \"source\": [{cell}]}}], \"nbformat\": 4}}");
    let source = SourceFile::new("a.ipynb", Language::Notebook, text.as_str());
    let report = lint(&source, &Settings::default());
    let fixed = fix(&source, &report, &Settings::default(), &NoModules, Applicability::Safe).expect("a fix");
    assert_eq!(fixed.source.text, text.replace("primry", "primary"));
    assert_eq!(fixed.done[0].place.cell, Some(1));
    assert_eq!(super::apply_edits(&source, &report, &[], &Settings::default()), None);
}
