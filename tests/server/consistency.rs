//! Whatever has happened to documents and files: what is shown is what a session shows that begins with them as they are.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::MANIFEST;
use crate::client::{Session, abilities, folder};

const NAMES: [&str; 6] = ["a.py", "b.py", "parts.py", "names.py", "t.yaml", "u.yaml"];

/// Numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let index = self.below(of.len() as u64);
        of[usize::try_from(index).expect("small")]
    }

    /// A text for a file: two templates are made of a module, which is made of another.
    fn text(&mut self, name: &str) -> String {
        let gap = self.one(&["", "#\n", "#\n#\n"]);
        let body = match name {
            "a.py" | "b.py" => "import flyte\nfrom kubernetes.client import *\nfrom parts import mount, NAME\n\nt = flyte.PodTemplate(primary_container_name=NAME, pod_spec=V1PodSpec(containers=[V1Container(name=\"p\", volume_mounts=[mount])], volumes=[V1Volume(name=\"data\")]))\nenv = flyte.TaskEnvironment(name=\"e\", pod_template=t)\n".to_owned(),
            "parts.py" => format!("from kubernetes.client import *\nfrom names import *\n\nmount = V1VolumeMount(name={}, mount_path=\"/d\")\n", self.one(&["\"data\"", "\"dta\"", "VOLUME"])),
            "names.py" => format!("VOLUME = \"{}\"\nNAME = \"{}\"\n", self.one(&["data", "dta"]), self.one(&["p", "q"])),
            _ => self.one(&[MANIFEST, "a: 1\n", "kind: [\n"]).to_owned(),
        };
        format!("{gap}{body}")
    }
}

/// What is shown where, in an order of its own; `folder` is left out of it.
fn shown(session: &mut Session, open: &BTreeMap<&str, String>) -> BTreeMap<String, Vec<String>> {
    for name in open.keys() {
        let document = json!({"uri": session.uri(name)});
        session.request("textDocument/documentSymbol", json!({"textDocument": document}));
    }
    // Answered when no closed file waits for its check.
    session.request("workspace/diagnostic", json!({"previousResultIds": []}));
    session.idle(Duration::from_millis(100));
    let here = session.uri("");
    let mut last = BTreeMap::new();
    for params in session.notified("textDocument/publishDiagnostics") {
        let uri = params["uri"].as_str().unwrap_or_default().replace(&here, "");
        let found = params["diagnostics"].as_array().into_iter().flatten();
        let mut found: Vec<String> = found.map(|found: &Value| found.to_string().replace(&here, "")).collect();
        found.sort();
        last.insert(uri, found);
    }
    last.retain(|_, found| !found.is_empty());
    last
}

fn watched(session: &mut Session, name: &str, kind: u8) {
    let change = json!({"uri": session.uri(name), "type": kind});
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [change]}));
}

/// Something happens to one file.
fn happen(session: &mut Session, chance: &mut Chance, open: &mut BTreeMap<&str, String>, version: i32) {
    let name = chance.one(&NAMES);
    let (what, text) = (chance.below(10), chance.text(name));
    let path = session.path(name);
    match (open.contains_key(name), what) {
        (true, 0..7) => {
            session.change(name, version, json!([{"text": text}]));
            open.insert(name, text);
        }
        (true, 7) => {
            std::fs::write(path, &open[name]).expect("a file");
            session.notify("textDocument/didSave", json!({"textDocument": {"uri": session.uri(name)}}));
            watched(session, name, 2);
        }
        (true, _) => {
            open.remove(name);
            session.notify("textDocument/didClose", json!({"textDocument": {"uri": session.uri(name)}}));
        }
        (false, 0..4) => {
            session.open_text(name, &text);
            open.insert(name, text);
        }
        (false, 4..9) => {
            let kind = if path.exists() { 2 } else { 1 };
            std::fs::write(path, text).expect("a file");
            watched(session, name, kind);
        }
        (false, _) => {
            let _ = std::fs::remove_file(path);
            watched(session, name, 3);
        }
    }
}

#[test]
fn what_is_shown_does_not_depend_on_how_it_came_about() {
    for seed in 1..=4 {
        let mut chance = Chance(seed);
        let files: Vec<(&str, String)> = NAMES.iter().map(|name| (*name, chance.text(name))).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let mut session = Session::start(&files);
        let mut open: BTreeMap<&str, String> = BTreeMap::new();
        for version in 2..100 {
            happen(&mut session, &mut chance, &mut open, version);
            session.idle(Duration::from_millis(chance.below(4)));
        }
        let found = shown(&mut session, &open);
        let saved: Vec<(&str, String)> =
            NAMES.iter().filter_map(|name| Some((*name, std::fs::read_to_string(session.path(name)).ok()?))).collect();
        let saved: Vec<(&str, &str)> = saved.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let mut fresh = Session::raw(folder(&saved));
        fresh.initialize(&abilities());
        for (name, text) in &open {
            fresh.open_text(name, text);
        }
        assert_eq!(found, shown(&mut fresh, &open), "seed {seed}");
    }
}
