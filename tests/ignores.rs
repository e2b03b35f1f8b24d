//! Holds the comments that podlint writes to their places, and to silencing all that can be silenced.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use podlint::config::Settings;
use podlint::ignores::{Checks, add};
use podlint::lint::lint;
use podlint::source::{NoModules, SourceFile};
use support::run::podlint;
use support::{bless, cases, is_update, repository, source};

fn silenced(file: &SourceFile, reason: Option<&str>, settings: &Settings) -> Option<SourceFile> {
    add(file, &|_| false, reason, Checks { settings, modules: &NoModules }).map(|added| added.source)
}

fn left(file: &SourceFile, settings: &Settings) -> Vec<String> {
    lint(file, settings).diagnostics.iter().map(|found| format!("{}: {}", found.rule, found.message)).collect()
}

#[test]
fn fixtures_hold() {
    let path = repository("tests/suppressions/added.md");
    let text = std::fs::read_to_string(&path).expect("the cases");
    let mut settings = Settings::default();
    settings.locked.insert("undefined-volume".to_owned());
    let mut blessed = "# added\n".to_owned();
    for case in cases(&text) {
        let file = source(&case.language, &case.code);
        let reason = case.name.contains("reason").then_some("as agreed");
        let added = silenced(&file, reason, &settings);
        let (now, left) = added.as_ref().map_or((&file, left(&file, &settings)), |now| (now, left(now, &settings)));
        assert_eq!(silenced(now, reason, &settings).map(|again| again.text), None, "{}", case.name);
        blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
        let left = (!left.is_empty()).then(|| format!("{}\n", left.join("\n")));
        for (kind, text) in [("added", added.map(|now| now.text)), ("left", left)] {
            let expected = case.expected.iter().find(|(known, _)| known == kind).map(|(_, text)| text.clone());
            assert!(is_update() || text == expected, "{}: {kind}\n{}", case.name, text.unwrap_or_default());
            blessed.extend(text.map(|text| format!("```{kind}\n{text}```\n")));
        }
    }
    bless(&path, &blessed);
}

/// All that the fixtures of all rules find can be silenced, but what is said of texts and comments.
#[test]
fn every_finding_can_be_silenced() {
    let mut settings = Settings::default();
    for rule in podlint::rules::RULES.iter().filter(|rule| !rule.enabled_by_default) {
        settings.severities.insert(rule.name.to_owned(), rule.severity);
    }
    settings.images.private_registries = vec!["registry.acme.dev".to_owned()];
    let stays = ["syntax-error", "limit-exceeded", "unreadable-text", "unused-suppression", "unknown-suppression"];
    let mut count = 0;
    for entry in std::fs::read_dir(repository("tests/rules")).expect("the fixtures") {
        let path = entry.expect("a fixture").path();
        let text = std::fs::read_to_string(&path).expect("a fixture");
        for case in cases(&text).into_iter().filter(|case| case.language != "json") {
            let file = source(&case.language, &case.code);
            let Some(now) = silenced(&file, None, &settings) else { continue };
            let left: Vec<String> = left(&now, &settings)
                .into_iter()
                .filter(|line| !stays.iter().any(|rule| line.starts_with(rule)))
                .collect();
            assert!(left.is_empty(), "{} {}: {left:#?}\n{}", path.display(), case.name, now.text);
            count += 1;
        }
    }
    assert!(count > 300, "only {count} cases were silenced");
}

const MANIFEST: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: training}
spec:
  containers:
    - name: main
      image: 'a:1'
      volumeMounts:
        - {name: gone, mountPath: /data}
";

#[test]
fn the_command_line_silences_what_several_files_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    write("t.yaml", MANIFEST);
    write(
        "j.json",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"x\"}, \"spec\": {\"containers\": []}}\n",
    );
    write(
        "parts.py",
        "from kubernetes.client import V1Container, V1VolumeMount\n\nMOUNT = V1VolumeMount(name=\"gone\", mount_path=\"/d\")\n\n\n\
         def primary():\n    return V1Container(name=\"primary\", volume_mounts=[MOUNT])\n",
    );
    let user = "import flyte\nfrom kubernetes.client import V1PodSpec\n\nfrom parts import primary\n\n\
                template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[primary()]))\n";
    write("a.py", user);
    write("b.py", user);
    let shown = podlint(folder.path(), &["check", "--add-ignores", "--diff"]);
    let diff = String::from_utf8(shown.stdout).expect("UTF-8");
    assert_eq!(shown.status.code(), Some(1));
    assert!(diff.contains("+        - {name: gone, mountPath: /data}  # podlint: ignore[undefined-volume]"), "{diff}");
    assert_eq!(read("t.yaml"), MANIFEST, "--diff changes nothing");
    let run = podlint(folder.path(), &["check", "--add-ignores", "--reason", "until June", "--format", "concise"]);
    let (said, told) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("Silenced 3 findings by comments"), "{said}");
    assert!(told.contains("JSON has no comments"), "{told}");
    assert_eq!(run.status.code(), Some(1), "the JSON is as it was: {said}");
    assert!(read("t.yaml").ends_with("/data}  # podlint: ignore[undefined-volume] until June\n"));
    std::fs::remove_file(folder.path().join("j.json")).expect("no file");
    let again = podlint(folder.path(), &["check"]);
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stdout));
    let (a, b) = (read("a.py"), read("b.py"));
    podlint(folder.path(), &["check", "--add-ignores"]);
    assert_eq!((a, b), (read("a.py"), read("b.py")), "there was nothing more to do");
}

#[test]
fn what_the_baseline_knows_needs_no_comment() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.yaml");
    std::fs::write(&path, MANIFEST).expect("a file");
    podlint(folder.path(), &["check", "--write-baseline", "known.json"]);
    let more = MANIFEST.replace("/data}\n", "/data}\n        - {name: none, mountPath: /none}\n");
    std::fs::write(&path, more).expect("a file");
    let run = podlint(folder.path(), &["check", "--baseline", "known.json", "--add-ignores"]);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
    assert_eq!(text.matches("podlint").count(), 1, "{text}");
    for wrong in [&["--reason", "x"][..], &["--add-ignores", "--reason", "a # b"], &["--add-ignores", "--no-ignores"]] {
        let refused = podlint(folder.path(), &[&["check"][..], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
    }
}
