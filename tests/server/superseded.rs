//! Checks that nobody waits for any more: they end, so that the text as it is now is checked soon.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::json;

use crate::client::{Session, rules};

/// A program that takes all steps that its statements get.
fn slow() -> String {
    let mut text = "import flyte\nfrom kubernetes.client import *\n".to_owned();
    for number in 0..3 {
        let _ = writeln!(text, "for a in range(10_000):\n    for b in range(10_000): value{number} = [a, b, flyte]");
    }
    text + "pod = flyte.PodTemplate(labels={'a': str(value0)})\n"
}

/// One whose check ends at once, with a finding.
const QUICK: &str =
    "import flyte\nfrom kubernetes.client import *\npod = flyte.PodTemplate(pod_spec=V1PodSpec(nam='x'))\n";

#[test]
fn a_check_ends_when_its_text_changes() {
    let mut session = Session::start(&[("podlint.toml", "[limits]\nsteps = 4_000_000\n"), ("t.py", "")]);
    let started = Instant::now();
    session.open_text("t.py", &slow());
    let found = session.diagnostics("t.py", 1);
    let whole = started.elapsed();
    assert!(rules(&found).contains(&"limit-exceeded"), "{found:?}");
    session.change("t.py", 2, json!([{"text": format!("{}# again\n", slow())}]));
    // The check of the second version has begun by now.
    session.idle(whole / 8);
    let changed = Instant::now();
    session.change("t.py", 3, json!([{"text": QUICK}]));
    // A request that needs the check is answered, too.
    let asked = session.ask("textDocument/documentSymbol", json!({"textDocument": {"uri": session.uri("t.py")}}));
    let found = session.diagnostics("t.py", 3);
    let rest = changed.elapsed();
    assert!(rules(&found).contains(&"unknown-argument"), "{found:?}");
    session.answer(asked);
    assert!(rest < whole / 2, "the whole check takes {whole:?}, and what was not wanted any more took {rest:?}");
}
