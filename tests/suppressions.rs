//! Holds comments and annotations to what they silence, and what is said of those that are wrong or of no use.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use podlint::config::{Exemption, Globs, Settings};
use podlint::diagnostic::{Applicability, Severity};
use podlint::fix::fix;
use podlint::lint::{lint, lint_in};
use podlint::report::Report;
use podlint::rules::RULES;
use podlint::source::{Language, Modules, NoModules, SourceFile};
use support::{bless, cases, describe, is_update, repository, source};

/// The rules that the cases here are made of; others would only come and go.
const USED: &[&str] = &[
    "invalid-name",
    "invalid-quantity",
    "sidecar-image-unpinned",
    "sidecar-missing-limits",
    "syntax-error",
    "undefined-volume",
    "unknown-suppression",
    "unused-suppression",
    "unused-volume",
];

fn settings() -> Settings {
    let others = RULES.iter().map(|rule| rule.name.to_owned()).filter(|name| !USED.contains(&name.as_str()));
    Settings { ignore: others.collect(), ..Settings::default() }
}

/// Every fixture: the findings that are left, and the file after its safe fixes.
#[test]
fn fixtures_hold() {
    for name in ["yaml", "json", "python", "mistakes", "unused"] {
        let path = repository(&format!("tests/suppressions/{name}.md"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut blessed = format!("# {name}\n");
        for case in cases(&text) {
            let file = source(&case.language, &case.code);
            let settings = settings();
            let report = lint(&file, &settings);
            let findings: String = report.diagnostics.iter().map(|found| describe(&file, &report, found)).collect();
            let silenced: String =
                report.silenced.iter().map(|found| format!("{} {}\n", found.rule, found.message)).collect();
            let fixed = fix(&file, &report, &settings, &NoModules, Applicability::Safe).map(|fixed| fixed.source.text);
            if !is_update() {
                let expected =
                    |kind: &str| case.expected.iter().find(|(known, _)| known == kind).map(|(_, text)| text.clone());
                assert_eq!(findings, expected("findings").unwrap_or_default(), "{name}: {}", case.name);
                assert_eq!(silenced, expected("silenced").unwrap_or_default(), "{name}: {}", case.name);
                assert_eq!(fixed, expected("fixed"), "{name}: {}", case.name);
            }
            blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
            for (kind, text) in [("findings", Some(findings)), ("silenced", Some(silenced)), ("fixed", fixed)] {
                let text = text.filter(|text| !text.is_empty());
                blessed.push_str(&text.map(|text| format!("```{kind}\n{text}```\n")).unwrap_or_default());
            }
        }
        bless(&path, &blessed);
    }
}

const TEMPLATE: &str = "\
apiVersion: v1
kind: PodTemplate
metadata: {name: training}
template:
  spec:
    containers:
      - name: primary
        image: a:1
      - name: istio-proxy  # podlint: ignore[sidecar-missing-limits]
        image: nginx:latest
";

fn rules(report: &Report) -> Vec<&'static str> {
    report.diagnostics.iter().map(|found| found.rule).collect()
}

#[test]
fn locked_rules_and_no_ignores_speak_all_the_same() {
    let file = source("yaml", TEMPLATE);
    assert_eq!(rules(&lint(&file, &settings())), ["sidecar-image-unpinned"]);
    let none = Settings { ignores: false, ..settings() };
    assert_eq!(rules(&lint(&file, &none)), ["sidecar-missing-limits", "sidecar-image-unpinned"]);
    let locked = Settings { locked: BTreeSet::from(["sidecar-missing-limits".to_owned()]), ..settings() };
    let report = lint(&file, &locked);
    assert_eq!(rules(&report), ["sidecar-missing-limits", "unused-suppression", "sidecar-image-unpinned"]);
    let said = &report.diagnostics.iter().find(|found| found.rule == "unused-suppression").unwrap().message;
    assert!(said.contains("locked"), "{said}");
}

#[test]
fn nothing_is_said_of_rules_that_did_not_run() {
    let text = TEMPLATE.replace("missing-limits]", "missing-limits, invalid-name]");
    let file = source("yaml", &text);
    assert!(rules(&lint(&file, &settings())).contains(&"unused-suppression"));
    let ignored =
        Settings { ignore: settings().ignore.into_iter().chain(["invalid-name".to_owned()]).collect(), ..settings() };
    assert_eq!(rules(&lint(&file, &ignored)), ["sidecar-image-unpinned"]);
    let mild = Settings { minimum_severity: Severity::Error, ..settings() };
    assert!(rules(&lint(&file, &mild)).is_empty());
}

#[test]
fn exemptions_go_by_names() {
    let globs = |pattern: &str| Some(Globs::of_names(&[pattern.to_owned()]).unwrap());
    let rules_of = |exemption: Exemption| {
        let settings = Settings { exemptions: vec![exemption], ignores: false, ..settings() };
        rules(&lint(&source("yaml", TEMPLATE), &settings))
    };
    let both = ["sidecar-missing-limits", "sidecar-image-unpinned"];
    assert_eq!(rules_of(Exemption { containers: globs("istio-*"), ..Exemption::default() }), [""; 0]);
    assert_eq!(rules_of(Exemption { containers: globs("linkerd-*"), ..Exemption::default() }), both);
    assert_eq!(rules_of(Exemption { templates: globs("train*"), ..Exemption::default() }), [""; 0]);
    assert_eq!(rules_of(Exemption { templates: globs("x*"), containers: globs("*"), ..Exemption::default() }), both);
    let one = BTreeSet::from(["sidecar-image-unpinned".to_owned()]);
    assert_eq!(rules_of(Exemption { rules: one, containers: globs("*"), ..Exemption::default() }), both[..1]);
}

/// One module beside the file under check.
struct Beside(Arc<SourceFile>);

impl Modules for Beside {
    fn find(&self, _: &Path, module: &str) -> Option<Arc<SourceFile>> {
        (module == "parts").then(|| Arc::clone(&self.0))
    }
}

#[test]
fn a_comment_counts_in_the_module_where_the_finding_points() {
    let parts = "from kubernetes.client import V1Container\n\n\
        SIDE = V1Container(name=\"side\", image=\"nginx\")  # podlint: ignore[sidecar-image-unpinned]\n";
    let main = "import flyte\nfrom kubernetes.client import V1Container, V1PodSpec\nfrom parts import SIDE\n\n\
        template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\"), SIDE]))\n";
    let module = Arc::new(SourceFile::new("parts.py", Language::Python, parts));
    let file = source("python", main);
    let report = lint_in(&file, &settings(), &Beside(Arc::clone(&module)));
    assert_eq!(rules(&report), ["sidecar-missing-limits"]);
    assert_eq!(report.used_suppressions.len(), 1);
    let without = Beside(Arc::new(SourceFile::new("parts.py", Language::Python, parts.replace("# podlint", "# "))));
    assert_eq!(rules(&lint_in(&file, &settings(), &without)).len(), 2);
    // The module by itself makes no template, so nothing is known of the comment's use.
    assert!(lint(&module, &settings()).diagnostics.is_empty());
}

#[test]
fn notebooks_have_comments_too() {
    let code = "import flyte\\nfrom kubernetes.client import *\\n# podlint: ignore[sidecar-missing-limits]\\n\
        t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name='primary'), \
        V1Container(name='b', image='b:1')]))";
    let notebook = format!(
        r#"{{"cells": [{{"cell_type": "code", "source": "{code}", "metadata": {{}}, "outputs": []}}], "metadata": {{}}}}"#
    );
    let settings = settings();
    let report = lint(&SourceFile::new("a.ipynb", Language::Notebook, notebook.as_str()), &settings);
    assert_eq!(rules(&report), [""; 0]);
    let plain = notebook.replace("podlint:", "");
    let report = lint(&SourceFile::new("a.ipynb", Language::Notebook, plain), &settings);
    assert_eq!(rules(&report), ["sidecar-missing-limits"]);
}
