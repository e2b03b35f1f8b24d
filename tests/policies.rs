//! Policies of platforms on templates: what they refuse, where, and what is not known enough to be refused.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use podlint::config::{Limits, Settings};
use podlint::frontend::manifests;
use podlint::lint::lint;
use podlint::policy::Policies;
use podlint::report::Report;
use podlint::source::{Language, SourceFile};
use support::run::{podlint, project};
use support::{bless, cases, describe, is_update, repository, source};

fn policies(name: &str, text: &str) -> Policies {
    let file = Arc::new(SourceFile::new(name, Language::Yaml, text));
    let mut policies = Policies::default();
    let found = manifests(&file, &Limits::default()).unwrap_or_else(|(_, problem)| panic!("{name}: {problem}"));
    policies.add(file, found);
    policies
}

/// What policies, and nothing else, say of a source.
fn check(policies: Arc<Policies>, file: &SourceFile) -> Report {
    let mut settings = Settings { policies, ..Settings::default() };
    for rule in [
        "policy-violation",
        "policy-audit",
        "unsupported-policy-expression",
        "invalid-policy",
        "limit-exceeded",
        "internal-error",
        "syntax-error",
    ] {
        settings.select.insert(rule.to_owned());
    }
    lint(file, &settings)
}

#[test]
fn fixtures_hold() {
    for name in ["documented", "deployments", "parameters", "image-registry"] {
        let text = std::fs::read_to_string(repository(&format!("tests/policies/{name}.yaml"))).expect("policies");
        let policies = Arc::new(policies("policies.yaml", &text));
        let path = repository(&format!("tests/policies/{name}.md"));
        let fixture = std::fs::read_to_string(&path).expect("a fixture");
        let mut blessed = format!("# {name}\n");
        let (mut spoke, mut silent) = (false, false);
        for case in cases(&fixture) {
            let file = source(&case.language, &case.code);
            let report = check(Arc::clone(&policies), &file);
            let findings: String = report.diagnostics.iter().map(|found| describe(&file, &report, found)).collect();
            let expected = case.expected.first().map(|(_, text)| text.clone()).unwrap_or_default();
            assert!(is_update() || findings == expected, "{name}: {}\n{findings}", case.name);
            spoke |= !findings.is_empty();
            silent |= findings.is_empty();
            blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
            if !findings.is_empty() {
                blessed.push_str(&format!("```findings\n{findings}```\n"));
            }
        }
        assert!(spoke && silent, "{name} must speak once, and be silent once");
        bless(&path, &blessed);
    }
}

const POD: &str = r#"
apiVersion: v1
kind: Pod
metadata:
  name: train
  labels: {app: train, tier: ml}
spec:
  hostNetwork: false
  containers:
    - name: a
      image: registry.example.com:5000/team/a:1.2.3
      ports: [{containerPort: 8080}]
      env: [{name: EMPTY, value: ""}]
      resources:
        limits: {cpu: 1500m, memory: 2Gi, nvidia.com/gpu: 2}
    - name: b
      image: busybox
      securityContext: {runAsUser: 1000}
"#;

/// What an expression comes to: a policy that asks for it, and one that asks for its contrary, tell it together.
fn outcome(expression: &str, file: &SourceFile) -> String {
    let ask = |expression: &str| {
        let quoted = expression.replace('\'', "''");
        let text = format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {{name: p}}\nspec:\n  \
             matchConstraints:\n    resourceRules:\n    - {{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: \
             [pods]}}\n  validations:\n  - {{message: no, expression: '{quoted}'}}\n"
        );
        let policy = SourceFile::new("policy.yaml", Language::Yaml, &text);
        let policies = policies("policy.yaml", &text);
        if let Some(problem) = policies.problems_of(&policy, 34).into_iter().next() {
            return Some(problem.message.clone());
        }
        let report = check(Arc::new(policies), file);
        report.diagnostics.first().map(|found| found.message.clone())
    };
    match (ask(expression), ask(&format!("!({expression})"))) {
        (None, None) => "unknown".to_owned(),
        (None, Some(_)) => "true".to_owned(),
        (Some(_), None) => "false".to_owned(),
        (Some(message), Some(_)) => message,
    }
}

#[test]
fn expressions_come_to_what_the_server_makes_of_them() {
    let file = SourceFile::new("pod.yaml", Language::Yaml, POD);
    let path = repository("tests/policies/expressions.md");
    let table = std::fs::read_to_string(&path).expect("the table");
    let mut blessed = String::new();
    let mut count = 0;
    for line in table.lines() {
        match line.strip_prefix("- `").and_then(|rest| rest.rsplit_once("` → ")) {
            Some((expression, wanted)) => {
                let found = outcome(expression, &file);
                assert!(is_update() || found == wanted, "`{expression}` → {found}, not {wanted}");
                blessed.push_str(&format!("- `{expression}` → {found}\n"));
                count += 1;
            }
            None => blessed.push_str(&format!("{line}\n")),
        }
    }
    assert!(count > 80, "only {count} expressions were read");
    bless(&path, &blessed);
}

#[test]
fn hostile_expressions_are_bounded() {
    let file = SourceFile::new("pod.yaml", Language::Yaml, POD);
    let deep = |open: &str, close: &str, count: usize| format!("{}1{} == 1", open.repeat(count), close.repeat(count));
    let doubling = {
        let steps: Vec<String> = (0..40).map(|i| format!("cel.bind(x{}, x{i} + x{i}, ", i + 1)).collect();
        format!("cel.bind(x0, 'aaaaaaaaaaaaaaaa', {}size(x40) > 0{})", steps.concat(), ")".repeat(41))
    };
    let numbers = format!("[{}]", (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    let cubed = format!("{numbers}.all(a, {numbers}.all(b, {numbers}.all(c, a + b + c >= 0)))");
    let hostile = [
        deep("(", ")", 5000),
        deep("[", "]", 3000),
        deep("-", "", 4000),
        deep("!", "", 4000),
        "1 + ".repeat(3000) + "1 == 3001",
        "a.".repeat(5000) + "b",
        "true ? ".repeat(2000) + "true" + &" : false".repeat(2000),
        deep("!(", ")", 79),
        deep("true || [", "]", 79),
        "[1].all(x, ".repeat(70) + "true" + &")".repeat(70),
        "(((((".to_owned(),
        "'\\u00".to_owned(),
        "'%.999999999f'.format([1.0]) == ''".to_owned(),
        "lists.range(1000000000).size() > 0".to_owned(),
        "'aaaa'.replace('', 'bbbb'.replace('', 'cccc'.replace('', 'dddd'.replace('', 'eeee')))) == ''".to_owned(),
        doubling,
        cubed,
    ];
    for expression in hostile {
        let started = std::time::Instant::now();
        let found = outcome(&expression, &file);
        let took = started.elapsed();
        assert!(took.as_secs() < 10, "{took:?}: {:.80} → {found:.200}", expression);
        assert!(
            !found.contains("internal-error") && !found.contains("defect of podlint"),
            "{expression:.80} → {found:.200}"
        );
    }
}

#[test]
fn what_podlint_cannot_evaluate_is_named_at_its_place() {
    let text = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: p}\nspec:\n  \
                validations:\n  - expression: object.spec.frobnicate() && flavour == 1\n  - expression: 'object.spec. =='\n";
    let policies = policies("policy.yaml", text);
    let file = Arc::clone(&policies.files[0]);
    let report = check(Arc::new(policies), &file);
    let found: Vec<String> = report.diagnostics.iter().map(|found| describe(&file, &report, found)).collect();
    insta::assert_snapshot!(found.concat());
}

#[test]
fn the_command_line_loads_policies_and_shows_both_places() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let copy = |from: &str, to: &str| {
        let text = std::fs::read_to_string(repository(from)).expect("a fixture");
        std::fs::write(folder.path().join(to), text).expect("a file");
    };
    std::fs::create_dir(folder.path().join("policies")).expect("a folder");
    copy("tests/policies/image-registry.yaml", "policies/images.yaml");
    copy("tests/policies/documented.yaml", "policies/documented.yaml");
    std::fs::write(folder.path().join("policies/other.yaml"), "{{ no yaml").expect("a file");
    let fixture = std::fs::read_to_string(repository("tests/policies/documented.md")).expect("a fixture");
    std::fs::write(folder.path().join("train.py"), &cases(&fixture)[0].code).expect("a file");
    let run = |arguments: &[&str]| podlint(folder.path(), arguments);
    let select = "policy-violation,unsupported-policy-expression";
    let found = run(&["check", "train.py", "--policy", "policies", "--select", select]);
    assert_eq!(found.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(found.stdout).expect("UTF-8").replace('\\', "/"));
    for wrong in [&["--policy", "gone.yaml"][..], &["--policy", "policies/other.yaml"], &["--policy", "train.py"]] {
        let refused = run(&[&["check", "train.py"][..], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
        assert!(!refused.stderr.is_empty());
    }
}

const PRIMARY: &str = "\
from flyte import PodTemplate
from kubernetes.client import V1Container, V1PodSpec

IMAGE = \"docker.io/library/train:1\"

template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\", image=IMAGE)]))
";
const HEAD: &str = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NAME}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: [pods]}]
  validations:
";

fn policy(name: &str, expression: &str) -> String {
    format!("{}  - expression: {expression}\n", HEAD.replace("NAME", name))
}

/// A project with these files, checked by what its configurations say: `file:line rule: message`, and the exit code.
fn configured(files: &[(&str, &str)], arguments: &[&str]) -> (Vec<String>, Option<i32>) {
    let select = "policy-violation,policy-audit,unsupported-policy-expression,invalid-policy,invalid-configuration,restart-policy,invalid-value";
    let check = ["check", "--format", "json", "--select", select];
    let run = podlint(&project(files).path().join("app"), &[&check, arguments].concat());
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).expect("a report");
    let line = |found: &serde_json::Value| {
        let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        format!("{}:{} {}: {}", text("file"), found["start"]["line"], text("rule"), text("message"))
    };
    (report["findings"].as_array().expect("findings").iter().map(line).collect(), run.status.code())
}

#[test]
fn configurations_name_policies_and_their_parameters() {
    let registry = policy("registry", "object.spec.containers.all(c, c.image.startsWith(params.data.registry))")
        .replace("spec:\n  match", "spec:\n  paramKind: {apiVersion: v1, kind: ConfigMap}\n  match");
    let params = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\ndata: {registry: ghcr.io/acme/}\n";
    let binding = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: b}\n\
                   spec: {policyName: registry, validationActions: [Deny], paramRef: {name: p, parameterNotFoundAction: Deny}}\n";
    let shared =
        policy("accounts", "has(object.spec.serviceAccountName) && object.spec.serviceAccountName != 'default'")
            + "  - expression: authorizer.path('/').check('get').allowed()\n";
    let files = [
        (
            "app/podlint.toml",
            "extend = \"../org/base.toml\"\npolicies = [\"policies\"]\npolicy-params = [\"params/*.yaml\"]\n",
        ),
        (".git/HEAD", ""),
        ("app/policies/registry.yaml", &*registry),
        ("app/policies/binding.yaml", binding),
        ("app/policies/unrelated.yaml", "{{ no yaml"),
        ("app/params/p.yaml", params),
        ("app/train.py", PRIMARY),
        ("org/base.toml", "policies = [\"*/accounts.y*ml\"]\n"),
        ("org/policies/accounts.yaml", &*shared),
    ];
    let expected = [
        "../org/policies/accounts.yaml:9 unsupported-policy-expression: an expression of policy `accounts` uses \
         `authorizer`, which podlint does not evaluate",
        "train.py:4 policy-violation: policy `registry`: failed expression: object.spec.containers.all(c, \
         c.image.startsWith(params.data.registry))",
        "train.py:6 policy-violation: policy `accounts`: failed expression: has(object.spec.serviceAccountName) && \
         object.spec.serviceAccountName != 'default'",
    ];
    let sorted = |(mut found, code): (Vec<String>, Option<i32>)| {
        found.sort();
        (found, code)
    };
    let (found, code) = sorted(configured(&files, &["."]));
    assert_eq!((found, code), (expected.map(str::to_owned).to_vec(), Some(1)));
    assert_eq!(sorted(configured(&files, &["train.py"])).0, expected);
    assert_eq!(sorted(configured(&files, &["train.py", "--isolated"])), (Vec::new(), Some(0)));
    // An argument adds to what the configuration names, and what is named twice holds once.
    let own = ["train.py", "--policy", "policies/registry.yaml"];
    assert_eq!(sorted(configured(&files, &own)).0, expected);
}

#[test]
fn policies_that_cannot_be_read_are_found_in_their_place() {
    let broken = HEAD.replace("NAME", "p") + "  - expression: 'x\n";
    let files = [
        (
            "app/podlint.toml",
            "\npolicies = [\n  \"gone.yaml\", \"none/*.yaml\", \"train.py\", \"other.yaml\", \"broken.yaml\"]\n",
        ),
        ("app/broken.yaml", &*broken),
        ("app/other.yaml", "a: 1\n"),
        ("app/train.py", PRIMARY),
    ];
    let (found, code) = configured(&files, &["train.py"]);
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(found.join("\n"));
}

const BINDING: &str = "\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: p, validationActions: [Deny]}
";

/// What a policy says of a pod, given further manifests.
fn with_manifests(policy: &str, manifests: &str, pod: &str) -> Vec<String> {
    let all = format!("{policy}---\n{manifests}");
    configured(
        &[("app/podlint.toml", "policies = [\"p.yaml\"]\n"), ("app/p.yaml", &all), ("app/pod.yaml", pod)],
        &["."],
    )
    .0
}

#[test]
fn what_mutating_policies_may_set_is_not_known() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostNetwork: true\n  restartPolicy: Sometimes\n  \
               containers: [{name: a, image: 'a:1'}]\n";
    let hosts = policy("p", "'!object.spec.hostNetwork'");
    let mutation = |expression: &str| {
        format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingAdmissionPolicy\nmetadata: {{name: m}}\nspec:\n  \
             matchConstraints:\n    resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: \
             [pods]}}]\n  mutations:\n  - patchType: ApplyConfiguration\n    applyConfiguration:\n      expression: '{expression}'\n"
        )
    };
    let rules = |manifests: &str| -> Vec<String> {
        let found = with_manifests(&hosts, manifests, pod);
        found.iter().map(|line| line.split([' ', ':']).nth(2).unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(rules(BINDING), ["policy-violation", "invalid-value"]);
    assert_eq!(rules(&mutation("Object{spec: Object.spec{hostNetwork: false}}")), ["invalid-value"]);
    assert_eq!(rules(&mutation("Object{spec: Object.spec{restartPolicy: \"Never\"}}")), ["policy-violation"]);
    assert!(rules(&mutation("variables.all")).is_empty());
}

#[test]
fn bindings_count_as_the_server_takes_them() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true, containers: [{name: a, image: 'a:1'}]}\n";
    let hosts = policy("p", "'!object.spec.hostNetwork'");
    let found = |manifests: &str| with_manifests(&hosts, manifests, pod);
    assert!(found(&BINDING.replace("Deny", "Audit"))[0].contains(" policy-audit: policy `p`"));
    // One that is refused binds nothing.
    let refused = found(&BINDING.replace("Deny", "Deny, Warn"));
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains(" invalid-policy: the server refuses the binding `b`"), "{refused:?}");
    let both = format!("{BINDING}---\n{}", BINDING.replace("Deny", "Audit").replace("name: b", "name: c"));
    assert_eq!(found(&both).len(), 1);
    let asks = hosts.replace("spec:\n  match", "spec:\n  paramKind: {apiVersion: v1, kind: ConfigMap}\n  match");
    let named = BINDING.replace("[Deny]", "[Deny], paramRef: {name: gone, parameterNotFoundAction: Allow}");
    let missing = with_manifests(&asks, &named, pod);
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].contains("refers to the `ConfigMap` `gone`, which is missing among the files"), "{missing:?}");
}

/// A manifest in a namespace, as text.
fn in_namespace(manifest: &str, namespace: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(manifest) {
        Ok(mut object) => {
            object["metadata"]["namespace"] = namespace.into();
            object.to_string()
        }
        Err(_) if manifest.split("spec:").next().unwrap_or_default().contains("\n  namespace:") => manifest.to_owned(),
        Err(_) => manifest.replacen("metadata:\n", &format!("metadata:\n  namespace: {namespace}\n"), 1),
    }
}

/// Policies of which podlint does not know what they say: they ask who sends the pod, or for what plugins may add, or for texts that the
/// server makes in its own way.
const UNDECIDED: &[&str] = &["q020", "q022", "q215", "q217", "q218", "q267", "q331", "q387", "q389", "q420", "q524"];

/// What a server of 1.34 said to policies, and to objects under them.
#[test]
fn policies_decide_as_the_server_does() {
    let text = std::fs::read_to_string(repository("tests/conformance/policies.jsonl")).expect("the set");
    let mut rows = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a row"));
    let mut before = String::new();
    let objects = rows.next().expect("the objects")["objects"].clone();
    let mut asked = 0;
    for row in rows {
        let namespace = format!("ns-{}", row["id"].as_str().unwrap());
        let mut labels = row["labels"].clone();
        labels["kubernetes.io/metadata.name"] = namespace.as_str().into();
        let manifest = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}});
        // Of each policy only the middle is written.
        let count = |index: usize| usize::try_from(row["as"][index].as_u64().expect("a count")).expect("a count");
        let (head, tail) = (&before[..count(0)], &before[before.len() - count(1)..]);
        let policy = format!("{head}{}{tail}", row["yaml"].as_str().unwrap());
        let written = policy.replace("namespace: NS", &format!("namespace: {namespace}"));
        before = policy;
        let text = format!("{written}\n---\n{manifest}\n");
        let loaded = Arc::new(policies("policies.yaml", &text));
        let refused = !loaded.problems_of(&loaded.files[0], 34).is_empty();
        let id = row["id"].as_str().unwrap();
        for object in row["objects"].as_array().unwrap().iter().filter(|_| !UNDECIDED.contains(&id)) {
            asked += 1;
            let verdict = object["verdict"].as_str().unwrap();
            if verdict.ends_with("-refused") {
                assert!(refused, "{} {verdict}", row["id"]);
                continue;
            }
            let index = usize::try_from(object["object"].as_u64().unwrap()).unwrap();
            let file = source("yaml", &in_namespace(objects[index].as_str().unwrap(), &namespace));
            let mut settings =
                Settings { policies: Arc::clone(&loaded), kubernetes_version: Some(34), ..Settings::default() };
            settings.select.insert("policy-violation".to_owned());
            let found = lint(&file, &settings).diagnostics;
            let errors = found.iter().any(|found| found.severity == podlint::diagnostic::Severity::Error);
            assert_eq!(errors, verdict == "denied", "{} {verdict}: {found:#?}", row["id"]);
            if !errors {
                assert_eq!(!found.is_empty(), object["warned"].as_bool().unwrap(), "{}: {found:#?}", row["id"]);
            }
        }
    }
    assert!(asked > 750, "{asked}");
}
