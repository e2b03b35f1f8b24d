//! What an edit costs a user, measured at the real binary over its standard input and output: `cargo bench --bench server`.
//!
//! Prints the time from an edit to its diagnostics in a workspace of 1,000 files, looks whether an old version is ever shown
//! after 50 fast edits, and how much memory 10,000 edits leave behind. Fails where a promise of the README is not kept.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../tests/server/client.rs"]
#[allow(dead_code)]
mod client;

use std::time::{Duration, Instant};

use client::{Session, abilities};
use serde_json::{Value, json};

/// Files in the workspace.
const FILES: usize = 1000;
/// Edits that are timed.
const TIMED: i32 = 500;
/// Edits over which memory is watched.
const MANY: i32 = 10_000;
/// What is promised, and the room that a busy machine gets.
const MEDIAN: Duration = Duration::from_millis(5);
const P99: Duration = Duration::from_millis(20);

fn main() {
    let files: Vec<(String, String)> =
        (0..FILES).map(|number| (format!("module{number}.py"), module(number))).collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let text = template();
    files.push(("template.py", &text));
    let mut session = Session::with(&files, &abilities());
    session.wait("the scan", |session| {
        session.notified("$/progress").iter().any(|params| params["value"]["kind"] == "end").then_some(())
    });
    session.open("template.py");
    session.diagnostics("template.py", 1);
    let version = latency(&mut session, 1);
    let version = fast_edits(&mut session, version);
    memory(&mut session, version);
    assert!(session.end().success());
}

/// A module of a project, some with a template.
fn module(number: usize) -> String {
    let plain: String = (0..40).map(|n| format!("def function_{n}(a, b):\n    return a + b * {n}\n\n")).collect();
    if number.is_multiple_of(10) { format!("{plain}\n{}", template()) } else { plain }
}

/// A template in a file of 500 lines.
fn template() -> String {
    let containers: String = (0..12)
        .map(|n| {
            format!(
                "            V1Container(\n                name=\"sidecar-{n}\",\n                image=\"registry/image-{n}:1.0\",\n                volume_mounts=[\n                    V1VolumeMount(name=\"data\", mount_path=\"/data\"),\n                ],\n                resources=V1ResourceRequirements(\n                    requests={{\"cpu\": \"100m\", \"memory\": \"64Mi\"}},\n                    limits={{\"cpu\": \"100m\", \"memory\": \"64Mi\"}},\n                ),\n            ),\n"
            )
        })
        .collect();
    let functions: String = (0..115).map(|n| format!("def helper_{n}(x):\n    return x + {n}\n\n")).collect();
    format!(
        "import flyte\nfrom kubernetes.client import *\n\ntemplate = flyte.PodTemplate(\n    primary_container_name=\"primary\",\n    pod_spec=V1PodSpec(\n        containers=[\n            V1Container(name=\"primary\"),\n{containers}        ],\n        volumes=[V1Volume(name=\"data\", empty_dir=V1EmptyDirVolumeSource())],\n    ),\n)\nenv = flyte.TaskEnvironment(name=\"e\", pod_template=template)\n\n\n{functions}"
    )
}

/// Changes the name of the volume that the first sidecar mounts; the findings that come of it.
fn edit(session: &mut Session, version: i32) {
    let name = if version % 2 == 0 { "dato" } else { "data" };
    session.edit("template.py", version, (12, 40, 12, 44), name);
}

fn latency(session: &mut Session, mut version: i32) -> i32 {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..TIMED {
        version += 1;
        let start = Instant::now();
        edit(session, version);
        let found = session.diagnostics("template.py", version);
        times.push(start.elapsed());
        let undefined = found.iter().any(|finding| finding["code"] == "undefined-volume");
        assert_eq!(undefined, version % 2 == 0, "{found:#?}");
        session.heard.clear();
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!(
        "edit to diagnostics: median {:?}, p99 {:?} ({FILES} files, {} lines)",
        at(50),
        at(99),
        template().lines().count()
    );
    // What is not optimised promises nothing.
    assert!(cfg!(debug_assertions) || (at(50) < MEDIAN && at(99) < P99), "slower than promised");
    version
}

fn fast_edits(session: &mut Session, mut version: i32) -> i32 {
    for _ in 0..50 {
        version += 1;
        edit(session, version);
    }
    session.diagnostics("template.py", version);
    let shown: Vec<i64> = session
        .notified("textDocument/publishDiagnostics")
        .iter()
        .filter_map(|params: &&Value| params["version"].as_i64())
        .collect();
    assert!(shown.is_sorted() && shown.last() == Some(&i64::from(version)), "{shown:?}");
    println!("50 fast edits: {} checks shown, the last one of the last version", shown.len());
    version
}

fn memory(session: &mut Session, mut version: i32) {
    let mut sizes = Vec::new();
    for round in 0..MANY {
        version += 1;
        edit(session, version);
        if round % 100 == 99 {
            session.diagnostics("template.py", version);
            session.heard.clear();
        }
        if round % (MANY / 4) == MANY / 4 - 1 {
            session.request("workspace/executeCommand", json!({"command": "podlint.debugInformation"}));
            sizes.push(resident(session.process()));
        }
    }
    println!("resident memory over {MANY} edits: {sizes:?} kB");
    let (first, last) = (sizes[0], sizes[sizes.len() - 1]);
    assert!(last <= first + first / 10, "memory grows: {sizes:?} kB");
}

/// Resident kilobytes of a process, where the system shows them as a file.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
