//! What holds for all input: twins in YAML and Python are judged alike, fixes keep files whole, nothing panics.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use podlint::config::Settings;
use podlint::diagnostic::{Authority, Diagnostic};
use podlint::lint::lint;
use podlint::source::SourceFile;
use podlint::text::apply;
use podlint::tree::FileId;
use proptest::prelude::*;
use support::{cases, repository, source};

/// A container of a generated pod.
#[derive(Clone, Debug)]
struct Container {
    name: &'static str,
    image: Option<&'static str>,
    limits: Vec<(&'static str, &'static str)>,
    mounts: Vec<(&'static str, &'static str)>,
}

/// A generated pod.
#[derive(Clone, Debug)]
struct Pod {
    containers: Vec<Container>,
    volumes: Vec<&'static str>,
}

fn pod() -> impl Strategy<Value = Pod> {
    let image =
        prop::option::of(prop::sample::select(vec!["nginx", "prom/x:latest", "a:1", "localhost:5000/b", "Bad"]));
    let limit = prop::sample::select(vec![("cpu", "1"), ("memory", "1Gi"), ("memory", "1GB"), ("gpu/x", "1.5")]);
    let mount = (
        prop::sample::select(vec!["data", "dta", "cache", "Models"]),
        prop::sample::select(vec!["/a", "/a/b", "/etc", "/a/"]),
    );
    let name = prop::sample::select(vec!["primary", "metrics", "pirmary", "a_b"]);
    let limits = prop::collection::btree_set(limit, 0..3).prop_map(|set| {
        let mut limits: Vec<(&str, &str)> = set.into_iter().collect();
        limits.dedup_by_key(|limit| limit.0);
        limits
    });
    let container = (name, image, limits, prop::collection::vec(mount, 0..4))
        .prop_map(|(name, image, limits, mounts)| Container { name, image, limits, mounts });
    let volumes = prop::collection::vec(prop::sample::select(vec!["data", "cache", "Models", "other"]), 0..4);
    (prop::collection::vec(container, 1..4), volumes).prop_map(|(containers, volumes)| Pod { containers, volumes })
}

fn yaml(pod: &Pod) -> String {
    let mut text =
        "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: x}\ntemplate:\n  spec:\n    containers:\n".to_owned();
    for container in &pod.containers {
        text.push_str(&format!("      - name: {}\n", container.name));
        if let Some(image) = container.image {
            text.push_str(&format!("        image: {image}\n"));
        }
        if !container.limits.is_empty() {
            text.push_str("        resources:\n          limits:\n");
            container
                .limits
                .iter()
                .for_each(|(name, amount)| text.push_str(&format!("            {name}: \"{amount}\"\n")));
        }
        if !container.mounts.is_empty() {
            text.push_str("        volumeMounts:\n");
            container
                .mounts
                .iter()
                .for_each(|(name, path)| text.push_str(&format!("          - {{name: {name}, mountPath: {path}}}\n")));
        }
    }
    if !pod.volumes.is_empty() {
        text.push_str("    volumes:\n");
        pod.volumes
            .iter()
            .for_each(|name| text.push_str(&format!("      - name: {name}\n        hostPath: {{path: /x}}\n")));
    }
    text
}

fn python(pod: &Pod) -> String {
    let container = |container: &Container| {
        let image = container.image.map(|image| format!(", image={image:?}")).unwrap_or_default();
        let limits: Vec<String> =
            container.limits.iter().map(|(name, amount)| format!("{name:?}: {amount:?}")).collect();
        let resources = format!("V1ResourceRequirements(limits={{{}}})", limits.join(", "));
        let resources = if limits.is_empty() { String::new() } else { format!(", resources={resources}") };
        let mounts: Vec<String> = container
            .mounts
            .iter()
            .map(|(name, path)| format!("V1VolumeMount(name={name:?}, mount_path={path:?})"))
            .collect();
        format!("V1Container(name={:?}{image}{resources}, volume_mounts=[{}])", container.name, mounts.join(", "))
    };
    let containers: Vec<String> = pod.containers.iter().map(container).collect();
    let volumes: Vec<String> =
        pod.volumes.iter().map(|name| format!("V1Volume(name={name:?}, host_path={{\"path\": \"/x\"}})")).collect();
    format!(
        "import flyte\nfrom kubernetes.client import *\n\nt = flyte.PodTemplate(\n    pod_spec=V1PodSpec(\n        containers=[\n            {},\n        ],\n        volumes=[{}],\n    ),\n)\n",
        containers.join(",\n            "),
        volumes.join(", ")
    )
}

/// Findings of rules that judge a cluster's template and a task's alike. Of the sidecars of a cluster's template, which
/// Flyte drops, only what the API server refuses is told.
fn common_findings(file: &SourceFile) -> BTreeSet<(String, String)> {
    const BY_FLAVOUR: &[&str] =
        &["missing-primary-container", "template-container-dropped", "template-placeholder-image"];
    let found = lint(file, &Settings::default()).diagnostics.into_iter();
    let path = |path: &str| path.strip_prefix("template.").unwrap_or(path).to_owned();
    let is_of_sidecar =
        |found: &Diagnostic| found.path.contains("containers[") && !found.path.contains("containers[0]");
    found
        .filter(|found| found.authority == Authority::Kubernetes || !is_of_sidecar(found))
        .filter(|found| !BY_FLAVOUR.contains(&found.rule))
        .map(|found| (found.rule.to_owned(), path(&found.path)))
        .collect()
}

/// A pod in which the primary container is plain to see: otherwise the two flavours differ on purpose.
fn with_primary(mut pod: Pod) -> Pod {
    pod.containers[0].name = "primary";
    pod
}

/// Places lie in the text and on characters; every fix can be applied, and leaves a file that reads.
fn check_soundness(file: &SourceFile) {
    let settings = Settings::default();
    let report = lint(file, &settings);
    let text = &report.source(file, FileId::MAIN).text;
    let broken = report.diagnostics.iter().any(|found| found.rule == "syntax-error");
    for found in &report.diagnostics {
        assert!(text.get(found.location.span.range()).is_some(), "{found:?}");
        for fix in &found.fixes {
            let fixed = apply(text, &fix.edits).unwrap_or_else(|error| panic!("{error:?}: {fix:?}"));
            let again = lint(&SourceFile::new("fixed", file.language, fixed.clone()), &settings);
            let breaks = again.diagnostics.iter().any(|found| found.rule == "syntax-error");
            assert!(broken || !breaks, "{fix:?} breaks the file:\n{fixed}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twins_are_judged_alike(pod in pod().prop_map(with_primary)) {
        let (yaml, python) = (source("yaml", &yaml(&pod)), source("python", &python(&pod)));
        prop_assert_eq!(common_findings(&yaml), common_findings(&python), "{}\n{}", &yaml.text, &python.text);
    }

    #[test]
    fn fixes_keep_generated_files_whole(pod in pod()) {
        check_soundness(&source("yaml", &yaml(&pod)));
        check_soundness(&source("python", &python(&pod)));
    }
}

/// All code blocks of the fixtures.
fn corpus() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["tests/rules", "tests/frontends"] {
        for entry in std::fs::read_dir(repository(folder)).expect("fixtures") {
            let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a fixture");
            found.extend(cases(&text).into_iter().map(|case| (case.language, case.code)));
        }
    }
    found.sort();
    found
}

#[test]
fn fixes_keep_the_fixtures_whole() {
    corpus()
        .iter()
        .filter(|(language, _)| language != "ipynb")
        .for_each(|(language, code)| check_soundness(&source(language, code)));
}

#[test]
fn reports_are_the_same_every_time() {
    for (language, code) in corpus() {
        let file = source(&language, &code);
        let report = || lint(&file, &Settings::default()).diagnostics;
        assert_eq!(report(), report());
    }
}

#[test]
fn reports_do_not_depend_on_what_was_checked_before_or_beside() {
    let files: Vec<SourceFile> = corpus().iter().map(|(language, code)| source(language, code)).collect();
    let check = |file: &SourceFile| lint(file, &Settings::default()).diagnostics;
    let forward: Vec<_> = files.iter().map(check).collect();
    let mut backward: Vec<_> = files.iter().rev().map(check).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    let halves: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = files
            .chunks(files.len().div_ceil(4))
            .map(|part| {
                std::thread::Builder::new()
                    .stack_size(1 << 26)
                    .spawn_scoped(scope, move || part.iter().map(check).collect::<Vec<_>>())
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.expect("a thread").join().expect("no panic")).collect()
    });
    assert_eq!(forward, halves);
}

#[test]
fn labels_paths_and_edits_lie_in_the_text() {
    for (language, code) in corpus() {
        let file = source(&language, &code);
        let report = lint(&file, &Settings::default());
        let inside = |location: podlint::tree::Location| {
            report.source(&file, location.file).text.get(location.span.range()).is_some()
        };
        for found in &report.diagnostics {
            assert!(inside(found.location) && found.labels.iter().all(|label| inside(label.location)), "{found:?}");
            let text = &report.source(&file, FileId::MAIN).text;
            let mut edits = found.fixes.iter().flat_map(|fix| &fix.edits);
            assert!(edits.all(|edit| text.get(edit.span.range()).is_some()), "{found:?}");
            assert!(!found.message.contains('\n'), "{found:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Half-typed, cut and spliced text: findings or none, but no panic, and places in bounds.
    #[test]
    fn damaged_text_does_no_harm(pick in any::<prop::sample::Index>(), cut in 0.0..1.0f64, length in 0usize..40, insert in "[\\[\\](){}:,'\"#=\\n\\t é漢&*|>@-]{0,6}") {
        let corpus = corpus();
        let (language, code) = pick.get(&corpus);
        let at = (code.len() as f64 * cut) as usize;
        let start = (0..=at).rev().find(|at| code.is_char_boundary(*at)).unwrap_or_default();
        let end = (start + length).min(code.len());
        let end = (end..=code.len()).find(|at| code.is_char_boundary(*at)).unwrap_or(code.len());
        let damaged = format!("{}{insert}{}", &code[..start], &code[end..]);
        let file = source(language, &damaged);
        let report = lint(&file, &Settings::default());
        let text = &report.source(&file, FileId::MAIN).text;
        for found in &report.diagnostics {
            prop_assert!(text.get(found.location.span.range()).is_some(), "{found:?}\n{damaged}");
            prop_assert!(found.rule != "internal-error", "{found:?}\n{damaged}");
        }
    }
}
