//! Holds the command line to what users of ruff, zizmor and their like expect of it.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;
use support::repository;
use support::run::{command, podlint, project};

const BAD: &str = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate:\n  spec:\n    containers:\n      - name: primary\n        image: a:1\n        volumeMounts: [{name: dta, mountPath: /d}]\n      - {name: proxy, image: nginx}\n    volumes: [{name: data, emptyDir: {}}]\n";
const PYTHON: &str = "import flyte\n\nt = flyte.PodTemplate(labels={\"a\": \"b\"})\n";

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn with_input(arguments: &[&str], text: &str) -> Output {
    let folder = project(&[]);
    let mut child = command(folder.path(), arguments).stdin(Stdio::piped()).spawn().expect("podlint runs");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// The rules that a check reports, each once.
fn rules(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let all: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let output = podlint(folder, &all);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", err(&output)));
    let mut found: Vec<String> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|found| found["rule"].as_str().expect("a rule").to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn a_missing_command_is_hinted_at() {
    let files = project(&[("bad.yaml", BAD)]);
    for arguments in [&["."][..], &["bad.yaml"], &["bad.yaml", "--fix"], &["--fix"], &["gone/t.py"]] {
        let output = podlint(files.path(), arguments);
        assert_eq!(output.status.code(), Some(2));
        let wanted = format!("did you mean `podlint check {}`?", arguments.join(" "));
        assert!(err(&output).contains(&wanted), "{arguments:?}: {}", err(&output));
    }
    assert!(!err(&podlint(files.path(), &["chekc"])).contains("podlint check chekc"));
}

#[test]
fn rules_are_selected_by_name_group_and_pattern() {
    let files = project(&[("bad.yaml", BAD)]);
    let own = |arguments: &[&str]| rules(files.path(), arguments);
    assert_eq!(own(&["--select", "sidecar-image-*"]), ["sidecar-image-unpinned"]);
    assert_eq!(own(&["--select", "volumes"]), ["undefined-volume"]);
    assert!(
        own(&["--select", "all"]).contains(&"termination-message-policy".to_owned())
            || !own(&["--select", "all"]).is_empty()
    );
    assert!(!own(&["--ignore", "sidecars"]).iter().any(|rule| rule.starts_with("sidecar-")));
    let plain = own(&[]);
    let more = own(&["--extend-select", "runs-as-root"]);
    assert!(more.len() > plain.len() && more.contains(&"runs-as-root".to_owned()), "{more:?}");
    let both = own(&["--select", "undefined-volume", "--extend-select", "sidecar-image-unpinned"]);
    assert_eq!(both, ["sidecar-image-unpinned", "undefined-volume"]);
    assert!(!own(&["--severity", "undefined-volume=off"]).contains(&"undefined-volume".to_owned()));
    assert!(own(&["--profile", "pss-restricted"]).contains(&"pod-security-restricted".to_owned()));
    let output = podlint(files.path(), &["check", "--select", "undefined-*x"]);
    assert!(output.status.code() == Some(2) && err(&output).contains("no rule matches"), "{}", err(&output));
    let output = podlint(files.path(), &["check", "--select", "sidecar"]);
    assert!(err(&output).contains("did you mean `sidecars`?"), "{}", err(&output));
}

#[test]
fn configuration_can_be_said_on_the_command_line() {
    let files = project(&[
        ("podlint.toml", "ignore = [\"undefined-volume\"]\nexclude = [\"old\"]\nprofile = \"default\"\n"),
        ("bad.yaml", BAD),
        ("old/bad.yaml", BAD),
        ("gen/bad.yaml", BAD),
    ]);
    let own = |arguments: &[&str]| rules(files.path(), arguments);
    assert!(!own(&[]).contains(&"undefined-volume".to_owned()));
    assert!(own(&["--extend-select", "undefined-volume"]).contains(&"undefined-volume".to_owned()));
    assert_eq!(own(&["--config", "select = ['sidecar-image-unpinned']"]), ["sidecar-image-unpinned"]);
    assert!(own(&["--config", "profile = 'pss-restricted'"]).contains(&"pod-security-restricted".to_owned()));
    assert_eq!(own(&["--isolated", "--config", "select = ['undefined-volume']"]), ["undefined-volume"]);
    let listed = |arguments: &[&str]| out(&podlint(files.path(), &[&["check", "--show-files"], arguments].concat()));
    assert_eq!(listed(&[]), "bad.yaml\ngen/bad.yaml\n");
    assert_eq!(listed(&["--exclude", "gen"]), "bad.yaml\n");
    assert_eq!(listed(&["--config", "exclude = ['gen']"]), "bad.yaml\n");
    let output = podlint(files.path(), &["check", "--config", "slect = []"]);
    assert!(output.status.code() == Some(2) && out(&output).contains("did you mean `select`?"), "{}", out(&output));
    let output = podlint(files.path(), &["check", "--config", "required-version = '>=99'"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("is not one of the required versions `>=99`"), "{}", out(&output));
    assert_eq!(
        podlint(files.path(), &["check", "--config", "required-version = '>=0.1, <99'", "--exit-zero"]).status.code(),
        Some(0)
    );
    assert_eq!(podlint(files.path(), &["check"]).status.code(), Some(1));
    assert_eq!(podlint(files.path(), &["check", "--exit-zero", "gone.py"]).status.code(), Some(2));
}

#[test]
fn what_is_not_checked_is_said() {
    let files = project(&[
        (".gitignore", "build/\n"),
        ("build/bad.yaml", BAD),
        ("notes.txt", ""),
        ("gen/bad.yaml", BAD),
        ("t.py", PYTHON),
        ("empty.yaml", "a: 1\n"),
        (".hidden.yaml", BAD),
    ]);
    let output = podlint(files.path(), &["check", "-v", "--exclude", "gen"]);
    let said = err(&output);
    for line in [
        "`build`: not checked: ignored by `build/` in .gitignore",
        "`notes.txt`: not checked: not a .py",
        "`gen/bad.yaml`: not checked: excluded by `gen` of the command line",
        "`t.py`: checked: 1 pod template",
        "`empty.yaml`: checked: it holds no pod template",
        "`.hidden.yaml`: not checked: `.hidden.yaml` is hidden",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn nothing_to_check_is_a_warning_or_an_error() {
    let files = project(&[("docs/readme.md", ""), ("a.yaml", "a: 1\n")]);
    let output = podlint(files.path(), &["check", "docs"]);
    assert!(output.status.code() == Some(0) && err(&output).contains("nothing to check in `docs`"), "{}", err(&output));
    assert_eq!(podlint(files.path(), &["check", "docs", "--require-templates"]).status.code(), Some(2));
    let output = podlint(files.path(), &["check", "--require-templates"]);
    assert!(output.status.code() == Some(2) && err(&output).contains("no pod template"), "{}", err(&output));
    let output = with_input(&["check", "-"], " \n");
    assert!(output.status.code() == Some(0) && err(&output).contains("standard input is empty"), "{}", err(&output));
    assert_eq!(with_input(&["check", "--require-templates", "-"], "").status.code(), Some(2));
}

#[test]
fn standard_input_is_python_where_it_reads_like_python() {
    let name = |text: &str| {
        let output = with_input(&["check", "--format", "json", "--select", "all", "-"], text);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (report["summary"]["templates"].clone(), report["findings"][0]["file"].clone())
    };
    let broken = "import flyte\nfrom kubernetes.client import *\n\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(nme='a')]))\n";
    assert_eq!(name(broken).1, "stdin.py");
    assert_eq!(name(BAD).1, "stdin.yaml");
    assert_eq!(name("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \"spec\": {\"containers\": []}}").1, "stdin.yaml");
}

#[test]
fn reports_of_podlint_are_no_input() {
    let files = project(&[("bad.yaml", BAD)]);
    for name in ["json", "json-lines", "sarif", "gitlab", "rdjson"] {
        let file = format!("{name}={name}.json");
        assert_eq!(podlint(files.path(), &["check", "--output", &file]).status.code(), Some(1));
    }
    podlint(files.path(), &["check", "--write-baseline", "known.json"]);
    let pods = podlint(files.path(), &["render", "bad.yaml", "--format", "json"]);
    std::fs::write(files.path().join("pods.json"), &pods.stdout).unwrap();
    let output = podlint(files.path(), &["check", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["files"], 1);
    // A folder that is not there is rather a mistyped path.
    let output = podlint(files.path(), &["check", "--output", "json=repots/podlint.json"]);
    assert!(
        output.status.code() == Some(2) && err(&output).contains("there is no folder `repots`"),
        "{}",
        err(&output)
    );
    assert!(!files.path().join("repots").exists());
}

#[test]
fn people_see_info_links_and_what_to_do_next() {
    let info = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: {{ x }}: b: c\ncontainers: [\n";
    let files = project(&[("bad.yaml", BAD), ("t.yaml", info)]);
    let output = out(&podlint(files.path(), &["check", "--color", "never"]));
    assert!(output.contains("info[templated-file]") && !output.contains("note["), "{output}");
    assert!(output.contains("podlint explain "), "{output}");
    assert!(output.contains("templated file only partly checked"), "{output}");
    let linked = command(files.path(), &["check", "--color", "always"]).env("FORCE_HYPERLINK", "1").output().unwrap();
    assert!(out(&linked).contains("\u{1b}]8;;https://"), "{}", out(&linked));
    let plain = command(files.path(), &["check", "--color", "always"]).env("FORCE_HYPERLINK", "0").output().unwrap();
    assert!(!out(&plain).contains("\u{1b}]8;;"));
}

#[test]
fn long_lines_are_cut_with_a_sign() {
    let text = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"x\", \"labels\": {{\"a\": \"{}\"}}}}, \"spec\": {{\"containers\": [{{\"name\": \"a\", \"image\": \"a:1\", \"volumeMounts\": [{{\"name\": \"dta\", \"mountPath\": \"/d\"}}]}}], \"nodeName\": \"{}\"}}}}",
        "b".repeat(60),
        "c".repeat(400)
    );
    let files = project(&[("long.json", &text)]);
    let shown = out(&podlint(files.path(), &["check", "--color", "never", "--select", "undefined-volume"]));
    let line = shown.lines().find(|line| line.starts_with("1 │")).expect("the line");
    assert!(line.contains("│ …") && line.ends_with('…'), "{line}");
    let marks = shown.lines().find(|line| line.contains("^^^")).expect("the marks");
    let at = |line: &str, text: &str| line.split(text).next().unwrap().chars().count();
    assert_eq!(at(marks, "^"), at(line, "\"dta\""), "{shown}");
}

#[test]
fn explain_says_what_a_rule_is() {
    let files = project(&[]);
    let page = out(&podlint(files.path(), &["explain", "undefined-volume"]));
    for line in [
        "Severity: error",
        "Authority: kubernetes (the Kubernetes API server",
        "Languages: Python, YAML",
        "Fix: ",
        "# podlint: ignore[undefined-volume]",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let shown = out(&podlint(files.path(), &["explain", "undefined-volume", "--color", "always"]));
    assert!(shown.contains("\u{1b}[") && !shown.contains("```") && !shown.contains("\n## "), "{shown}");
    assert!(out(&podlint(files.path(), &["explain"])).lines().count() > 50);
}

#[test]
fn shells_know_the_rules_and_pages_the_exit_status() {
    let files = project(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let script = out(&podlint(files.path(), &["completions", shell]));
        assert!(script.contains("undefined-volume"), "{shell}");
    }
    let page = out(&podlint(files.path(), &["man"]));
    assert!(page.contains(".SH \"EXIT STATUS\"") && page.contains("Findings at or above"), "{page}");
    assert_eq!(podlint(files.path(), &["man", "--output", "man1"]).status.code(), Some(0));
    let names = ["podlint", "podlint-check", "podlint-config-show", "podlint-cluster-snapshot"];
    for name in names {
        let text = std::fs::read_to_string(files.path().join(format!("man1/{name}.1"))).expect(name);
        assert!(text.contains("EXIT STATUS"), "{name}");
    }
}

#[test]
fn the_short_help_has_ten_options() {
    let files = project(&[]);
    let short = out(&podlint(files.path(), &["check", "-h"]));
    let options = |text: &str| {
        text.lines()
            .filter(|line| {
                line.trim_start().starts_with("--")
                    || line.trim_start().starts_with("-q")
                    || line.trim_start().starts_with("-v")
            })
            .count()
    };
    assert_eq!(options(&short), 10, "{short}");
    let long = out(&podlint(files.path(), &["check", "--help"]));
    assert!(options(&long) > 30, "{long}");
}

#[test]
fn json_is_as_its_schemas_say() {
    let files = project(&[("bad.yaml", BAD), ("t.py", PYTHON)]);
    let cases: &[(&str, &[&str])] = &[
        ("check", &["check", "--format", "json"]),
        ("render", &["render", "--format", "json"]),
        ("rules", &["rules", "--format", "json"]),
    ];
    for (name, arguments) in cases {
        let text = std::fs::read_to_string(repository(&format!("schemas/json/{name}.schema.json"))).expect("a schema");
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let document: Value = serde_json::from_slice(&podlint(files.path(), arguments).stdout).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let wrong: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        assert_eq!(document["version"], 2);
    }
}

#[test]
fn findings_are_exempt_by_namespace_and_label() {
    let pod = |name: &str, namespace: &str, label: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{team: {label}}}}}\nspec:\n  containers:\n    - {{name: a, image: 'a:1', volumeMounts: [{{name: gone, mountPath: /a}}]}}\n"
        )
    };
    let files = project(&[
        ("a.yaml", &pod("a", "kube-system", "x")),
        ("b.yaml", &pod("b", "ml-prod", "legacy-1")),
        ("c.yaml", &pod("c", "ml-dev", "new")),
    ]);
    let found = |config: &str| {
        std::fs::write(files.path().join("podlint.toml"), config).unwrap();
        let output = podlint(files.path(), &["check", "--format", "concise", "-q", "--select", "undefined-volume"]);
        out(&output).lines().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(""), ["a.yaml", "b.yaml", "c.yaml"]);
    assert_eq!(found("[[exempt]]\nnamespaces = ['kube-*']\n"), ["b.yaml", "c.yaml"]);
    assert_eq!(found("[[exempt]]\nlabels = {team = 'legacy-*'}\n"), ["a.yaml", "c.yaml"]);
    assert_eq!(
        found("[[exempt]]\nnamespaces = ['ml-*']\nlabels = {team = 'new'}\nrules = ['undefined-*']\n"),
        ["a.yaml", "b.yaml"]
    );
}

#[test]
fn a_table_for_summaries() {
    let files = project(&[("bad.yaml", BAD)]);
    let text = out(&podlint(files.path(), &["check", "--format", "markdown"]));
    assert!(
        text.contains("| severity | rule | location | message |") && text.contains("| error | [undefined-volume]("),
        "{text}"
    );
}

#[test]
fn notebooks_have_cells() {
    let cell = "import flyte\\n\", \"t = flyte.PodTemplate(labels={\\\"a\\\": \\\"b\\\"})\\n";
    let text = format!(
        "{{\"cells\": [{{\"cell_type\": \"code\", \"metadata\": {{}}, \"outputs\": [], \"execution_count\": null, \"source\": [\"{cell}\"]}}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}"
    );
    let files = project(&[("n.ipynb", &text)]);
    let shown =
        out(&podlint(files.path(), &["check", "--format", "concise", "--extend-select", "unused-pod-template"]));
    assert!(shown.contains("nothing in this notebook uses the template `t`"), "{shown}");
}
