//! Pods, and what is said of them, against what Flyte's backends make of the same tasks: `tests/flyte/cases.jsonl`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod case;
mod losses;
#[path = "../support/mod.rs"]
mod support;

use case::Case;

/// What is exact in all cases: the pods and the objects of plugins.
#[test]
fn pods_are_those_of_the_backend() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in Case::all() {
        if case.is_named {
            continue;
        }
        for (who, object) in case.objects() {
            compared += 1;
            wrong.extend(
                case.differences(who, object).into_iter().map(|difference| format!("{}: {difference}", case.id)),
            );
        }
    }
    assert!(compared > 200, "{compared} objects compared");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a template says and the pod does not have is said in a finding; and no finding says so of what is there.
#[test]
fn every_loss_has_a_finding_and_no_other_thing() {
    let mut wrong = Vec::new();
    for case in Case::all() {
        wrong.extend(losses::of(&case).into_iter().map(|wrong| format!("{}: {wrong}", case.id)));
    }
    assert!(wrong.is_empty(), "{} in all:\n{}", wrong.len(), wrong.join("\n"));
}

/// What the SDK or the backend refuses has a finding that says so.
#[test]
fn what_is_refused_has_a_finding() {
    let mut silent = Vec::new();
    for case in Case::all() {
        let refused = case.errors();
        // Which templates the cluster has is not told to podlint here.
        if refused.is_empty() || refused.iter().any(|error| error.contains("does not exist")) {
            continue;
        }
        let by_knative = refused.iter().all(|error| error.contains("v2-app"));
        let fits = |found: &podlint::diagnostic::Diagnostic| match by_knative {
            true => found.rule == "unsupported-by-knative",
            false => found.severity == podlint::diagnostic::Severity::Error,
        };
        if !case.report().diagnostics.iter().any(fits) {
            silent.push(format!("{}: {}", case.id, refused.join("; ")));
        }
    }
    assert!(silent.is_empty(), "{} without a finding:\n{}", silent.len(), silent.join("\n"));
}
