//! Holds every report format to its consumer's rules: schema, escaping, places, paths, fingerprints, exit codes.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use support::run;
use tempfile::TempDir;

const FORMATS: &[&str] =
    &["full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "azure", "rdjson"];

const YAML: &str = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate:\n  spec:\n    containers:\n      - name: primary\n        image: a:1\n        volumeMounts: [{name: dta, mountPath: /漢}]\n      - {name: 😀, image: b, volumeMounts: [{name: dta, mountPath: /d}]}\n    volumes: [{name: data, emptyDir: {}}]\n";
/// What a file from anybody could hold: line breaks, workflow commands, escapes of terminals, markup.
const HOSTILE: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"a\\n::error::b\\u001b[31m 100% ]](https://x) <&>'\\\" , ; ]\"\nspec:\n  containers: [{name: a, image: 'a:1', volumeMounts: [{name: \"d\\r\\n##vso[x]\", mountPath: /d}]}]\n";
const PYTHON: &str = "import flyte\nfrom kubernetes.client import V1Container, V1PodSpec\n\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name='é'), V1Container(name='m', image='x')]))\n";
const NOTEBOOK: &str = "{\n \"cells\": [\n  {\"cell_type\": \"markdown\", \"source\": [\"# Title\"]},\n  {\n   \"cell_type\": \"code\",\n   \"source\": [\n    \"import flyte\\n\",\n    \"from kubernetes.client import V1Container, V1PodSpec\\n\",\n    \"t = flyte.PodTemplate(\\n\",\n    \"    pod_spec=V1PodSpec(containers=[V1Container(name='primry')]),\\n\",\n    \")\"\n   ]\n  },\n  {\"cell_type\": \"code\", \"source\": \"u = flyte.PodTemplate(\\n pod_spec=V1PodSpec(containers=[V1Container(name='x')]))\"}\n ]\n}\n";
/// Snapshots must not change when a rule is added.
const RULES: &str = "--select=invalid-name,missing-primary-container,sidecar-image-unpinned,undefined-volume";
const ODD: &str = "o dd/ü%41#,;=]?.yaml";

fn files() -> TempDir {
    let files = [(ODD, YAML), ("hostile.yaml", HOSTILE), ("src/t.py", PYTHON), ("n.ipynb", NOTEBOOK), ("clean.py", "")];
    let folder = run::project(&files);
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    folder
}

fn podlint(folder: &Path, arguments: &[&str]) -> Output {
    run::podlint(folder, &[&["check"], arguments].concat())
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn report(folder: &Path, format: &str) -> String {
    text(&podlint(folder, &["--format", format, RULES]))
}

fn json(folder: &Path, format: &str) -> Value {
    serde_json::from_str(&report(folder, format)).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The findings as the plain JSON has them, each place once, the worst first.
fn expected(folder: &Path) -> Vec<Value> {
    let report = json(folder, "json");
    let mut seen = BTreeSet::new();
    let place = |found: &Value| format!("{} {} {} {}", found["file"], found["start"], found["rule"], found["message"]);
    list(&report["findings"]).iter().filter(|found| seen.insert(place(found))).cloned().collect()
}

/// What the official schema objects to.
fn objections(sarif: &Value) -> Vec<String> {
    // One pattern of the schema is no regular expression outside JavaScript; podlint does not write that field.
    let schema = include_str!("formats/sarif-2.1.0-rtm.5.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    validator.iter_errors(sarif).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

fn assert_valid(sarif: &Value) {
    assert_eq!(objections(sarif), Vec::<String>::new());
}

#[test]
fn line_formats_look_like_this() {
    let folder = files();
    for format in ["concise", "github", "azure"] {
        insta::assert_snapshot!(format, report(folder.path(), format));
    }
}

#[test]
fn document_formats_look_like_this() {
    let folder = files();
    for format in ["gitlab", "junit", "rdjson", "json-lines"] {
        insta::assert_snapshot!(format, report(folder.path(), format));
    }
    let mut sarif = json(folder.path(), "sarif");
    // One rule shows how they look; the pages have their own tests.
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules");
    rules.retain(|rule| rule["id"] == "undefined-volume");
    for result in sarif["runs"][0]["results"].as_array_mut().expect("results") {
        result["ruleIndex"] = "checked elsewhere".into();
    }
    sarif["runs"][0]["tool"]["driver"]["version"] = "0.0.0".into();
    sarif["runs"][0]["tool"]["driver"]["semanticVersion"] = "0.0.0".into();
    insta::assert_snapshot!("sarif", format!("{sarif:#}"));
}

#[test]
fn sarif_is_valid_whatever_is_found() {
    let folder = files();
    let sarif = json(folder.path(), "sarif");
    assert_valid(&sarif);
    let run = &sarif["runs"][0];
    let rules = list(&run["tool"]["driver"]["rules"]);
    for result in list(&run["results"]) {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("an index");
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    for rule in rules {
        assert!(rule["help"]["markdown"].as_str().is_some_and(|page| page.contains("## What it does")), "{rule}");
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|text| text.ends_with('.')), "{rule}");
    }
    // An empty run is a report too: code scanning closes alerts by it.
    let none = TempDir::new().expect("a folder");
    let none = json(none.path(), "sarif");
    assert_valid(&none);
    assert_eq!(none["runs"][0]["results"], Value::Array(Vec::new()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for corpus in ["examples", "conformance"].map(|name| root.join(name)).iter().filter(|corpus| corpus.is_dir()) {
        let everything = podlint(corpus, &["--format", "sarif"]);
        assert_valid(&serde_json::from_slice(&everything.stdout).expect("JSON"));
    }
}

#[test]
fn the_schema_can_refuse() {
    let folder = files();
    let mut sarif = json(folder.path(), "sarif");
    sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    let refused = objections(&sarif);
    assert!(refused.len() == 1 && refused[0].contains("startLine"), "{refused:?}");
}

/// The text that a region names, counted in Unicode scalar values.
fn slice(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().expect("a number")).expect("a number");
    let offset = |line: usize, column: usize| {
        let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        before + text[before..].chars().take(column - 1).map(char::len_utf8).sum::<usize>()
    };
    let start = offset(number("startLine"), number("startColumn"));
    text[start..offset(number("endLine"), number("endColumn"))].to_owned()
}

#[test]
fn sarif_places_and_fixes_are_exact() {
    let folder = files();
    let sarif = json(folder.path(), "sarif");
    let results: Vec<&Value> =
        list(&sarif["runs"][0]["results"]).iter().filter(|result| result["ruleId"] == "undefined-volume").collect();
    let odd: Vec<&Value> = results
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"])
        .filter(|place| place["artifactLocation"]["uri"] == "o%20dd/%C3%BC%2541%23%2C%3B%3D%5D%3F.yaml")
        .collect();
    assert_eq!(odd.len(), 2);
    assert!(odd.iter().all(|place| slice(YAML, &place["region"]) == "dta"), "{odd:?}");
    let change = &results[1]["fixes"][0]["artifactChanges"][0];
    let replacement = &change["replacements"][0];
    assert_eq!(slice(YAML, &replacement["deletedRegion"]), "dta");
    assert_eq!(replacement["insertedContent"]["text"], "data");
    assert_eq!(results[1]["relatedLocations"][0]["message"]["text"], "`data` is defined here");
}

#[test]
fn notebooks_say_the_cell_and_point_into_the_file() {
    let folder = files();
    let sarif = json(folder.path(), "sarif");
    let in_notebook = |result: &&Value| {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "n.ipynb"
            && result["ruleId"] == "missing-primary-container"
    };
    let results: Vec<&Value> = list(&sarif["runs"][0]["results"]).iter().filter(in_notebook).collect();
    let line = |result: &Value| {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region.get("startColumn").is_none() && result.get("fixes").is_none(), "{result}");
        let line = usize::try_from(region["startLine"].as_u64().expect("a line")).expect("a line");
        NOTEBOOK.lines().nth(line - 1).expect("the line").to_owned()
    };
    assert!(results[0]["message"]["text"].as_str().is_some_and(|text| text.starts_with("cell 2, line 4: ")));
    assert!(line(results[0]).contains("primry"), "{}", line(results[0]));
    // A cell's source may be one string: then its line must do.
    assert!(results[1]["message"]["text"].as_str().is_some_and(|text| text.starts_with("cell 3, line 2: ")));
    assert!(line(results[1]).contains("V1Container(name='x')"), "{}", line(results[1]));
    let github = report(folder.path(), "github");
    assert!(github.contains("file=n.ipynb,line=10,endLine=10::cell 2, line 4: "), "{github}");
}

#[test]
fn commands_in_logs_cannot_be_smuggled_in() {
    let folder = files();
    for format in ["full", "concise", "github", "azure"] {
        let report = report(folder.path(), format);
        assert!(!report.contains(['\u{1b}', '\r']), "{format}: {report}");
        let smuggled = |line: &&str| line.starts_with("::error::b") || line.starts_with("##vso[x]");
        assert_eq!(report.lines().find(smuggled), None, "{format}");
    }
    let count = expected(folder.path()).len();
    let github = report(folder.path(), "github");
    assert_eq!(github.lines().filter(|line| line.starts_with("::")).count(), count);
    assert_eq!(github.lines().count(), count);
    assert!(github.contains("100%25 ]]"), "{github}");
    assert!(github.contains("file=o dd/ü%2541#%2C;=]?.yaml,"), "{github}");
    let azure = report(folder.path(), "azure");
    assert_eq!(azure.lines().filter(|line| line.starts_with("##vso[task.logissue type=")).count(), count);
    assert!(azure.contains("sourcepath=o dd/ü%AZP2541#,%3B=%5D?.yaml;"), "{azure}");
}

#[test]
fn errors_come_first_where_only_the_first_are_shown() {
    let folder = files();
    for (format, error) in [("github", "::error "), ("azure", "##vso[task.logissue type=error;")] {
        let report = report(folder.path(), format);
        let errors: Vec<bool> = report.lines().map(|line| line.starts_with(error)).collect();
        assert!(errors.contains(&true) && errors.contains(&false), "{report}");
        assert!(errors.is_sorted_by(|a, b| a >= b), "{report}");
    }
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    let folder = files();
    let xml = report(folder.path(), "junit");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count().to_string();
    let root = document.root_element();
    assert_eq!(root.attribute("tests"), Some(count("testcase").as_str()));
    assert_eq!(root.attribute("failures"), Some(count("failure").as_str()));
    assert_eq!(count("failure"), expected(folder.path()).len().to_string());
    let suites: Vec<&str> = root.children().filter_map(|node| node.attribute("name")).collect();
    assert!(suites.contains(&ODD), "{suites:?}");
    assert!(xml.contains("100% ]](https://x) &lt;&amp;&gt;"), "{xml}");
    // What does not fail the run fails no test.
    let mild = text(&podlint(folder.path(), &["--format", "junit", "--fail-on", "error", RULES]));
    let errors = expected(folder.path()).iter().filter(|found| found["severity"] == "error").count();
    assert_eq!(mild.matches("<failure ").count(), errors);
}

#[test]
fn code_quality_and_reviewdog_have_what_they_need() {
    let folder = files();
    let expected = expected(folder.path());
    let gitlab = json(folder.path(), "gitlab");
    assert_eq!(list(&gitlab).len(), expected.len());
    let prints: BTreeSet<&str> = list(&gitlab).iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(prints.len(), expected.len(), "fingerprints are unique");
    for issue in list(&gitlab) {
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["lines"]["begin"].as_u64() >= Some(1) && issue["description"].is_string());
    }
    let rdjson = json(folder.path(), "rdjson");
    let found = list(&rdjson["diagnostics"]).iter().find(|found| found["location"]["path"] == ODD).expect("findings");
    assert_eq!(rdjson["source"]["name"], "podlint");
    assert_eq!(found["severity"], "ERROR");
    // Columns are bytes: the second mount stands behind an emoji.
    let second = list(&rdjson["diagnostics"]).iter().filter(|found| found["code"]["value"] == "undefined-volume");
    let range = &second.clone().nth(2).expect("a finding")["location"]["range"];
    let line = YAML.lines().nth(9).expect("the line");
    assert_eq!(range["start"]["column"].as_u64(), line.find("dta").map(|at| at as u64 + 1), "{range}");
    let suggestion = &second.clone().nth(2).expect("a finding")["suggestions"][0];
    assert_eq!((&suggestion["text"], &suggestion["range"]), (&Value::from("data"), range));
}

#[test]
fn json_lines_hold_the_same_as_json() {
    let folder = files();
    let whole = json(folder.path(), "json");
    let lines = report(folder.path(), "json-lines");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let (summary, findings) = lines.split_last().expect("a summary");
    assert_eq!(findings.len(), list(&whole["findings"]).len());
    for (line, finding) in findings.iter().zip(list(&whole["findings"])) {
        let mut line = line.clone();
        assert_eq!(line.as_object_mut().and_then(|line| line.remove("type")), Some(Value::from("finding")));
        assert_eq!(&line, finding);
    }
    assert_eq!((&summary["type"], &summary["version"]), (&Value::from("summary"), &whole["version"]));
    assert_eq!(summary["errors"], whole["summary"]["errors"]);
}

#[test]
fn no_report_for_programs_names_an_absolute_path() {
    let folder = files();
    let here = folder.path().canonicalize().expect("a path");
    let absolute = here.to_str().expect("a path");
    for format in FORMATS.iter().filter(|format| !["full", "concise", "json", "json-lines"].contains(format)) {
        for (place, argument) in [(here.clone(), absolute), (here.join("src"), absolute), (here.join("src"), "..")] {
            let report = text(&podlint(&place, &["--format", format, argument]));
            assert!(!report.contains(absolute), "{format}: {report}");
            // Places are counted from the root of the repository, wherever the run started.
            let own = if *format == "rdjson" && place != here { "\"t.py\"" } else { "src/t.py" };
            assert!(report.contains(own), "{format}: {report}");
        }
    }
}

#[test]
fn the_exit_code_never_depends_on_the_format() {
    let folder = files();
    for format in FORMATS {
        let code =
            |arguments: &[&str]| podlint(folder.path(), &[&["--format", format], arguments].concat()).status.code();
        assert_eq!(code(&[]), Some(1), "{format}");
        assert_eq!(code(&["--fail-on", "never"]), Some(0), "{format}");
        assert_eq!(code(&["clean.py"]), Some(0), "{format}");
        assert_eq!(code(&["clean.py", "gone.py"]), Some(2), "{format}");
    }
    let output = podlint(folder.path(), &["--format", "sarif", "clean.py", "gone.py"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).expect("only the report on standard output");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn one_run_writes_many_reports() {
    let folder = files();
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    let outputs: Vec<String> = FORMATS.iter().map(|format| format!("--output={format}=out/{format}.txt")).collect();
    let mut arguments: Vec<&str> = outputs.iter().map(String::as_str).collect();
    arguments.extend(["--format", "concise", "--color", "always", RULES]);
    let output = podlint(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    for format in FORMATS {
        let written = std::fs::read_to_string(folder.path().join(format!("out/{format}.txt"))).expect("the report");
        assert_eq!(written, report(folder.path(), format), "{format}");
    }
    assert_eq!(text(&output), report(folder.path(), "concise"));
    let code = |output: &str| podlint(folder.path(), &["--output", output]).status.code();
    assert_eq!(code("sarif=clean.py/x.sarif"), Some(2), "a report that cannot be written is a failure");
    assert_eq!(code("yaml=x"), Some(2));
    assert_eq!(code("sarif"), Some(2));
    assert_eq!(code("sarif=-"), Some(2));
}

#[test]
fn fingerprints_survive_moved_lines_and_new_neighbours() {
    let prints = |yaml: &str| -> Vec<(String, String)> {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("t.yaml"), yaml).expect("a file");
        let report = json(folder.path(), "json");
        let pair = |found: &Value| (found["rule"].to_string(), found["fingerprint"].as_str().unwrap().to_owned());
        list(&report["findings"]).iter().map(pair).collect()
    };
    let before = prints(YAML);
    let moved = YAML.replace("spec:", "# moved\n\n  spec:").replace(
        "      - name: primary",
        "      - {name: other, image: 'c:1', resources: {limits: {cpu: 1, memory: 1Gi}}}\n      - name: primary",
    );
    assert_eq!(before, prints(&moved), "lines and positions in lists do not count");
    let all: BTreeSet<&(String, String)> = before.iter().collect();
    assert_eq!(all.len(), before.len(), "two alike are told apart by their order");
    let more = prints(&format!("{YAML}---\n{YAML}"));
    assert_eq!(before, more[..before.len()], "those that were there first stay what they were");
    assert_eq!(more.iter().collect::<BTreeSet<_>>().len(), more.len());
    let other = prints(&YAML.replace("dta", "scratch"));
    let volume = |prints: &[(String, String)]| prints.iter().find(|(rule, _)| rule.contains("volume")).cloned();
    assert_ne!(volume(&before), volume(&other), "another name is another finding");
}

/// Of a file only the lines that its report shows are kept; of standard input, all. Both must read alike.
#[test]
fn reports_do_not_depend_on_how_much_of_a_text_is_kept() {
    let long: String = (0..60).map(|number| format!("# {number}\n{}---\n", YAML.replace('\n', "\r\n"))).collect();
    let far = format!("{}\n\n{HOSTILE}---\n{}", "# far\n".repeat(300), YAML.trim_end());
    for (name, code) in [("a.yaml", YAML), ("b.yaml", &long), ("c.yaml", &far), ("d.py", PYTHON), ("e.ipynb", NOTEBOOK)]
    {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join(name), code).expect("a file");
        for format in FORMATS {
            let by_file = text(&podlint(folder.path(), &["--format", format, name]));
            let input = std::fs::File::open(folder.path().join(name)).expect("a file");
            let from_input = ["check", "--format", format, "--stdin-filename", name, "-"];
            let by_input = run::command(folder.path(), &from_input).stdin(input).output().expect("podlint runs");
            assert!(by_file == text(&by_input), "{name} as {format}:\n{by_file}\n{}", text(&by_input));
            assert!(by_file.contains("dta") || !name.ends_with("yaml"), "{by_file}");
        }
    }
}
