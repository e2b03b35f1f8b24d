//! Drives the real binary: options, exit codes, formats, fixes, odd input.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::run::{command, podlint, project};

const BAD_YAML: &str = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate:\n  spec:\n    containers:\n      - name: primary\n        image: a:1\n        volumeMounts: [{name: dta, mountPath: /d}]\n    volumes: [{name: data, emptyDir: {}}]\n";
const GOOD_PYTHON: &str = "import flyte\n\nt = flyte.PodTemplate(labels={\"a\": \"b\"})\n";

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn exit_codes_follow_the_threshold() {
    let files = project(&[("bad.yaml", BAD_YAML), ("good.py", GOOD_PYTHON)]);
    let code = |arguments: &[&str]| podlint(files.path(), arguments).status.code();
    assert_eq!(code(&["check"]), Some(1));
    assert_eq!(code(&["check", "good.py"]), Some(0));
    assert_eq!(code(&["check", "--fail-on", "never"]), Some(0));
    assert_eq!(code(&["check", "--fail-on", "error"]), Some(1));
    assert_eq!(code(&["check", "--ignore", "undefined-volume"]), Some(0));
    assert_eq!(code(&["check", "--severity", "undefined-volume=info"]), Some(0));
    assert_eq!(code(&["check", "--severity", "undefined-volume=info", "--fail-on", "info"]), Some(1));
    assert_eq!(code(&["check", "--authority", "flyte"]), Some(0));
    assert_eq!(code(&["check", "--no-such-option"]), Some(2));
    assert_eq!(code(&["--version"]), Some(0));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_checked() {
    let files = project(&[("bad.yaml", BAD_YAML), ("notes.txt", "hello")]);
    let output = podlint(files.path(), &["check", "--format", "concise", "nope", "bad.yaml", "gone.py", "notes.txt"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("`nope`") && said.contains("`gone.py`") && said.contains("`notes.txt`"), "{said}");
    assert!(stdout(&output).contains("bad.yaml:9:31: error[undefined-volume]"), "{}", stdout(&output));
}

#[test]
fn unknown_rules_and_levels_are_refused_with_a_suggestion() {
    let files = project(&[]);
    let output = podlint(files.path(), &["check", "--select", "undefined-volum"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `undefined-volume`?"), "{}", stderr(&output));
    assert_eq!(podlint(files.path(), &["check", "--severity", "loud"]).status.code(), Some(2));
    assert_eq!(podlint(files.path(), &["explain", "nothing-like-this"]).status.code(), Some(2));
}

#[test]
fn ignored_files_are_skipped_unless_named() {
    let files = project(&[
        (".gitignore", "build/\n"),
        ("build/bad.yaml", BAD_YAML),
        ("node_modules/x/bad.yaml", BAD_YAML),
        ("stub.pyi", "PodTemplate"),
    ]);
    let output = podlint(files.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("No findings in 0 files"), "{}", stdout(&output));
    assert_eq!(podlint(files.path(), &["check", "build/bad.yaml"]).status.code(), Some(1));
    assert_eq!(podlint(files.path(), &["check", "build"]).status.code(), Some(1));
}

#[test]
fn a_file_named_twice_is_checked_once() {
    let files = project(&[("a/bad.yaml", BAD_YAML)]);
    let output = podlint(files.path(), &["check", "--format", "json", ".", "a", "a/bad.yaml", "a/../a/bad.yaml"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn standard_input_is_checked_under_a_name() {
    let run = |arguments: &[&str], text: &str| {
        let mut child = command(Path::new("."), arguments).stdin(Stdio::piped()).spawn().expect("podlint runs");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    };
    let output = run(&["check", "--format", "concise", "-q", "-"], BAD_YAML);
    assert!(stdout(&output).starts_with("stdin.yaml:9:31"), "{}", stdout(&output));
    let named = ["check", "--format", "concise", "--stdin-filename", "deploy/t.py", "-"];
    assert_eq!(run(&named, GOOD_PYTHON).status.code(), Some(0));
    assert_eq!(run(&["check", "--stdin-filename", "t.txt", "-"], "").status.code(), Some(2));
}

#[test]
fn one_broken_file_among_many_does_not_hide_the_others() {
    let mut files: Vec<(String, &str)> = (0..500).map(|n| (format!("p/{n}.py"), GOOD_PYTHON)).collect();
    files.extend((0..499).map(|n| (format!("y/{n}.yaml"), BAD_YAML)));
    files.push(("y/broken.yaml".to_owned(), "apiVersion: v1\nkind: Pod\nmetadata: {name: x\n"));
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let files = project(&borrowed);
    let output = podlint(files.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["files"], 1000);
    let rules = |rule: &str| report["findings"].as_array().unwrap().iter().filter(|f| f["rule"] == rule).count();
    assert_eq!((rules("undefined-volume"), rules("syntax-error")), (499, 1));
    // The order does not depend on threads.
    assert_eq!(output.stdout, podlint(files.path(), &["check", "--format", "json", "--threads", "1"]).stdout);
}

#[test]
fn odd_bytes_get_a_finding_with_a_place() {
    let files = project(&[]);
    let write = |name: &str, bytes: &[u8]| std::fs::write(files.path().join(name), bytes).expect("a file");
    let utf16: Vec<u8> = "kind: PodTemplate\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("utf16.yaml", &utf16);
    write("bom.yaml", &[&[0xFF, 0xFE], utf16.as_slice()].concat());
    write("latin.yaml", b"# caf\xE9\nkind: Pod\n");
    write("binary.json", b"\x7FELF\0\0\x01PodTemplate");
    std::fs::create_dir(files.path().join("folder.yaml")).expect("a folder");
    let output = podlint(files.path(), &["check", "--format", "concise", "-q"]);
    let expected = "binary.json:1:1: error[unreadable-text] not checked: this is binary data, and only UTF-8 is read\n\
        bom.yaml:1:1: error[unreadable-text] not checked: this is UTF-16, and only UTF-8 is read\n\
        latin.yaml:1:6: error[unreadable-text] not checked: byte 5 is not UTF-8\n\
        utf16.yaml:1:1: error[unreadable-text] not checked: this is UTF-16 without a byte order mark, and only UTF-8 is \
        read\n";
    assert_eq!(stdout(&output), expected);
}

#[cfg(unix)]
#[test]
fn pipes_links_and_loops_do_not_hang() {
    let files = project(&[("a/bad.yaml", BAD_YAML)]);
    std::os::unix::fs::symlink("..", files.path().join("a/loop")).expect("a link");
    std::os::unix::fs::symlink("gone", files.path().join("a/dangling.yaml")).expect("a link");
    let fifo = files.path().join("pipe.yaml");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let output = podlint(files.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(podlint(files.path(), &["check", "pipe.yaml"]).status.code(), Some(2));
    assert_eq!(podlint(files.path(), &["check", "a/dangling.yaml"]).status.code(), Some(2));
}

#[test]
fn fixes_are_shown_then_made_and_then_settled() {
    let files = project(&[("bad.yaml", BAD_YAML), ("good.py", GOOD_PYTHON)]);
    let path = files.path().join("bad.yaml");
    let diff = podlint(files.path(), &["check", "--diff"]);
    assert_eq!(diff.status.code(), Some(1));
    assert!(stdout(&diff).contains("+        volumeMounts: [{name: data, mountPath: /d}]"), "{}", stdout(&diff));
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), BAD_YAML);
    let fixed = podlint(files.path(), &["check", "--fix"]);
    assert_eq!(fixed.status.code(), Some(0), "{}", stdout(&fixed));
    assert!(stdout(&fixed).contains("Fixed 1 finding; No findings"), "{}", stdout(&fixed));
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), BAD_YAML.replace("dta", "data"));
    assert_eq!(podlint(files.path(), &["check", "--diff"]).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(files.path()).expect("the folder").count(), 2, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_fix_keeps_permissions_and_links() {
    use std::os::unix::fs::PermissionsExt as _;
    let files = project(&[("real/bad.yaml", BAD_YAML)]);
    let real = files.path().join("real/bad.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    std::os::unix::fs::symlink("real/bad.yaml", files.path().join("link.yaml")).expect("a link");
    assert_eq!(podlint(files.path(), &["check", "--fix", "link.yaml"]).status.code(), Some(0));
    assert!(files.path().join("link.yaml").is_symlink());
    assert_eq!(std::fs::metadata(&real).expect("the file").permissions().mode() & 0o777, 0o640);
    assert!(std::fs::read_to_string(&real).expect("the file").contains("{name: data, mountPath"));
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let code = "import flyte\nfrom kubernetes.client import V1Container, V1PodSpec\n\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"main\")]))\n";
    let files = project(&[("t.py", code)]);
    assert_eq!(podlint(files.path(), &["check", "--fix"]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(files.path().join("t.py")).expect("the file"), code);
    assert_eq!(podlint(files.path(), &["check", "--unsafe-fixes"]).status.code(), Some(0));
    assert!(
        std::fs::read_to_string(files.path().join("t.py"))
            .expect("the file")
            .contains("primary_container_name=\"main\"")
    );
}

#[test]
fn what_imports_a_fixed_module_is_checked_again() {
    let parts = "from kubernetes.client import V1Volume, V1VolumeMount\n\n\ndef mounts():\n    \
                 return [V1VolumeMount(name=\"dta\", mount_path=\"/data\")]\n\n\n\
                 volumes = [V1Volume(name=\"data\", empty_dir={})]\n";
    let template = "import flyte\nfrom kubernetes.client import V1Container, V1PodSpec\n\n\
                    t = flyte.PodTemplate(pod_spec=V1PodSpec(volumes=volumes, containers=[V1Container(name=\"primary\", volume_mounts=mounts())]))\n";
    let imported = "from parts import mounts, volumes\n";
    let files = project(&[
        ("before.py", &format!("{imported}{template}")),
        ("parts.py", &format!("{parts}{template}")),
        ("then.py", &format!("{imported}{template}")),
    ]);
    let first = podlint(files.path(), &["check", "--format", "concise"]);
    assert_eq!(first.status.code(), Some(1), "{}", stdout(&first));
    let output = podlint(files.path(), &["check", "--fix", "--format", "concise"]);
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}{}", stderr(&output));
    assert!(shown.contains("parts.py:5:32: fixed[undefined-volume] `\"dta\"` → `\"data\"`"), "{shown}");
    assert!(shown.ends_with("No findings in 3 files with 3 pod templates\n"), "{shown}");
    assert_eq!(podlint(files.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn a_notebook_is_checked_and_fixed_by_cell() {
    let notebook = "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"source\": [\"# Title\"]},\n  {\n   \"cell_type\": \"code\",\n   \"outputs\": [],\n   \"source\": [\n    \"%pip install flyte\\n\",\n    \"import flyte\\n\",\n    \"from kubernetes.client import V1Container, V1PodSpec\\n\"\n   ]\n  },\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"t = flyte.PodTemplate(\\n\",\n    \"    pod_spec=V1PodSpec(containers=[V1Container(name='primry')]),\\n\",\n    \")\"\n   ]\n  }\n ]\n}\n";
    let files = project(&[("n.ipynb", notebook)]);
    let output = podlint(files.path(), &["check", "--format", "concise", "-q"]);
    assert!(
        stdout(&output).starts_with("n.ipynb:cell 3:2:53: error[missing-primary-container]"),
        "{}",
        stdout(&output)
    );
    assert_eq!(podlint(files.path(), &["check", "--fix"]).status.code(), Some(0));
    let fixed = std::fs::read_to_string(files.path().join("n.ipynb")).expect("the file");
    assert_eq!(fixed, notebook.replace("primry", "primary"));
}

#[test]
fn the_full_format_shows_the_place() {
    let text = "# é漢字\nkind: Pod\napiVersion: v1\nmetadata: {name: x}\nspec:\n  containers:\n  - name: a\n    image: \"a:1\"\n    volumeMounts: [{mountPath: /漢字/e\u{301}, name: dta}]\n  volumes: [{name: data, emptyDir: {}}]\n";
    let long = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"x\", \"labels\": {{\"a\": \"{}\"}}}}, \"spec\": {{\"containers\": [{{\"name\": \"a\", \"image\": \"a:1\", \"volumeMounts\": [{{\"name\": \"dta\"}}]}}]}}}}",
        "x".repeat(100_000)
    );
    let tabs = "def f():\n\treturn flyte.PodTemplate(pod_spec=V1PodSpec(containers=[\n\t\tV1Container(name=\"main\"),\n\t]))\nimport flyte\nfrom kubernetes.client import *\n";
    let files = project(&[("wide.yaml", text), ("long.json", &long), ("tabs.py", tabs)]);
    let output =
        podlint(files.path(), &["check", "--color", "never", "--select", "undefined-volume,missing-primary-container"]);
    let shown = stdout(&output);
    assert!(shown.len() < 4000, "long lines are clipped: {} bytes", shown.len());
    insta::assert_snapshot!(shown);
    let colored = podlint(files.path(), &["check", "--color", "always", "tabs.py"]);
    assert!(stdout(&colored).contains("\u{1b}["));
}

#[test]
fn the_json_contract() {
    let files = project(&[("bad.yaml", BAD_YAML)]);
    let output = podlint(files.path(), &["check", "--format", "json"]);
    insta::assert_snapshot!(stdout(&output));
}

#[test]
fn selectors_find_templates_under_other_keys() {
    let values = "jobs:\n  train:\n    podTemplate:\n      spec:\n        containers: [{name: primary, volumeMounts: [{name: dta, mountPath: /d}]}]\n        volumes: [{name: data, emptyDir: {}}]\n";
    let files = project(&[("values.yaml", values)]);
    assert_eq!(podlint(files.path(), &["check"]).status.code(), Some(0));
    let found = podlint(files.path(), &["check", "--selector", "jobs.*.podTemplate", "--format", "concise"]);
    assert!(stdout(&found).contains("values.yaml:5:60: error[undefined-volume]"), "{}", stdout(&found));
}

#[test]
fn the_client_generation_comes_from_the_project() {
    let code = "import flyte\nfrom kubernetes.client import *\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name='primary', env=[V1EnvVar('A', 'b')])]))\n";
    let severity = |requirements: &str| {
        let files = project(&[("src/t.py", code), ("requirements.txt", requirements)]);
        let output = podlint(files.path(), &["check", "--format", "json", "--select", "positional-argument"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["findings"][0]["severity"].as_str().map(str::to_owned)
    };
    assert_eq!(severity("kubernetes==37.0.2\n").as_deref(), Some("error"));
    assert_eq!(severity("kubernetes<37\n"), None);
    assert_eq!(severity("flyte\n").as_deref(), Some("warning"));
}

#[test]
fn the_version_of_flyte_is_a_setting() {
    let files = project(&[("t.py", "import flyte\n")]);
    let code = |version: &str| podlint(files.path(), &["check", "--flyte-version", version]).status.code();
    assert_eq!((code("2.11.2"), code("1.16"), code("2.0.0b52")), (Some(0), Some(0), Some(0)));
    assert_eq!(code("newest"), Some(2));
}

#[test]
fn helpers_in_other_modules_are_followed_to_their_literals() {
    let base = "import flyte\nfrom kubernetes.client import *\nfrom . import images\n\ndef make(volume):\n    return flyte.PodTemplate(pod_spec=V1PodSpec(\n        containers=[V1Container(name='primary', volume_mounts=[V1VolumeMount(name='dta', mount_path='/d')]),\n                    V1Container(name='m', image=images.GATEWAY, resources={'limits': {'cpu': '1', 'memory': '1Gi'}})],\n        volumes=[V1Volume(name=volume, empty_dir={})]))\n";
    let tasks = "import flyte\nfrom app.templates import make\nimport app.templates.images as img\n\nT: flyte.PodTemplate = make('data')\n";
    let files = project(&[
        ("pyproject.toml", ""),
        ("app/__init__.py", ""),
        ("app/templates/__init__.py", "from .base import make\nfrom . import cycle\n"),
        ("app/templates/cycle.py", "from app.templates import make\nfrom app import tasks\n"),
        ("app/templates/images.py", "GATEWAY = 'prom/pushgateway'\n"),
        ("app/templates/base.py", base),
        ("app/tasks.py", tasks),
    ]);
    let output = podlint(files.path(), &["check", "--color", "never", "app/tasks.py"]);
    insta::assert_snapshot!(stdout(&output));
    // The literal is reported once, however many files lead to it, and is not changed from afar.
    let all = podlint(files.path(), &["check", "-q", "--format", "concise"]);
    assert_eq!(stdout(&all).matches("images.py").count(), 1, "{}", stdout(&all));
    assert_eq!(podlint(files.path(), &["check", "--diff", "app/tasks.py"]).status.code(), Some(0));
}

#[test]
fn a_flood_of_findings_is_cut_off_and_says_so() {
    let labels: String = (0..3000).map(|n| format!("    \"bad key {n}\": x\n")).collect();
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels:\n{labels}spec:\n  containers: [{{name: a, image: 'a:1'}}]\n"
    );
    let files = project(&[("flood.yaml", &text)]);
    let output = podlint(files.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["summary"]["errors"], 2001);
    assert_eq!(report["findings"][2000]["rule"], "limit-exceeded");
}

#[test]
fn the_kubernetes_version_is_a_setting() {
    let files = project(&[("bad.yaml", BAD_YAML)]);
    assert_eq!(podlint(files.path(), &["check", "--kubernetes-version", "1.34"]).status.code(), Some(1));
    assert_eq!(podlint(files.path(), &["check", "--kubernetes-version", "1.12"]).status.code(), Some(2));
}

#[test]
fn shells_and_man_are_told() {
    let files = project(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&podlint(files.path(), &["completions", shell]));
        assert!(script.contains("fail-on") && script.contains("podlint"), "{shell}: {script}");
    }
    assert_eq!(podlint(files.path(), &["completions", "sh"]).status.code(), Some(2));
    let page = stdout(&podlint(files.path(), &["man"]));
    assert!(page.starts_with(".ie") && page.contains("podlint\\-check(1)"), "{page}");
    assert_eq!(podlint(files.path(), &["man", "--output", "man1"]).status.code(), Some(0));
    let page = std::fs::read_to_string(files.path().join("man1/podlint-check.1")).expect("the page");
    assert!(page.contains("EXIT STATUS") && page.contains("fail\\-on"), "{page}");
    assert_eq!(podlint(files.path(), &["man", "--output", "man1/podlint-check.1"]).status.code(), Some(2));
}

#[test]
fn statistics_quiet_and_lists() {
    let files = project(&[("bad.yaml", BAD_YAML)]);
    let output = podlint(files.path(), &["check", "-q", "--statistics", "--format", "concise"]);
    assert!(stdout(&output).ends_with("     1  undefined-volume\n"), "{}", stdout(&output));
    let explained = stdout(&podlint(files.path(), &["explain", "undefined-volume"]));
    assert!(explained.starts_with("# undefined-volume\n") && explained.contains("## Use instead"));
    let rules: serde_json::Value =
        serde_json::from_slice(&podlint(files.path(), &["rules", "--format", "json"]).stdout).expect("JSON");
    assert!(rules["rules"].as_array().unwrap().iter().any(|rule| rule["name"] == "undefined-volume"));
    assert!(stdout(&podlint(files.path(), &["rules"])).lines().count() > 10);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let files = project(&[("bad.yaml", &format!("{BAD_YAML}---\n").repeat(2000))]);
    let mut child = command(files.path(), &["check", "--format", "concise"]).spawn().expect("podlint runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_examples_are_as_they_are_called() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let clean = podlint(root, &["check", "--fail-on", "info", "tests/examples/clean"]);
    assert_eq!(clean.status.code(), Some(0), "{}", stdout(&clean));
    let broken = podlint(root, &["check", "--color", "never", "tests/examples/broken"]);
    assert_eq!(broken.status.code(), Some(1));
    insta::assert_snapshot!(stdout(&broken));
}

#[test]
fn source_lines_are_shown_without_secrets() {
    let yaml = "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec:\n  containers:\n    - {name: a, image: a:1, env: [{name: DB_PASSWORD, value: hünter2}], wrong: 1}\n";
    let python = "import flyte\nfrom kubernetes.client import V1Container, V1EnvVar, V1PodSpec\n\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\", env=[V1EnvVar(name=\"API_TOKEN\", value=\"hünter2\")])]))\n";
    let folder = project(&[("a.yaml", yaml), ("a.py", python)]);
    for arguments in [&["check", "."][..], &["check", "--format", "json", "."], &["check", "--format", "concise", "."]]
    {
        let text = stdout(&podlint(folder.path(), arguments));
        assert!(text.contains("plain-secret") && text.contains("unknown-field"), "{text}");
        assert!(!text.contains("nter2"), "{text}");
    }
}
