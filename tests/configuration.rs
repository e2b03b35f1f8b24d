//! Holds the configuration to its schema, its documentation, and to what it does on the command line.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::path::Path;

use podlint::config::keys::{KEYS, Kind, SIDECAR_RULES};
use podlint::config::read::read;
use podlint::config::schema::schema;
use podlint::rules::RULES;
use serde_json::Value;
use support::run::{podlint, project};
use support::{bless, repository};

fn names() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).collect()
}

fn problems(text: &str) -> Vec<String> {
    let read = read(text, false, &names()).expect("a configuration");
    let line = |start: u32| text.get(..start as usize).unwrap_or_default().matches('\n').count() + 1;
    let show = |found: &podlint::config::read::Problem| {
        format!("{}: {} ({})", line(found.span.start), found.message, found.help.clone().unwrap_or_default())
    };
    let mut found: Vec<String> = read.problems.iter().map(show).collect();
    found.sort();
    found
}

const FULL: &str = r#"
required-version = ">=0.1"
profile = "strict"
extend-select = ["unused-volume"]
preview = false
select = ["unused-volume"]
ignore = ["invalid-name"]
locked = ["undefined-volume"]
minimum-severity = "warning"
fail-on = "error"
authorities = ["kubernetes", "flyte"]
exclude = ["generated", "vendor/**"]
baseline = "podlint-baseline.json"
ignores = false
flyte-config = "flyte.yaml"
flyte-backend = "2.0.43"
knative-features = ["tolerations"]
kubernetes-version = "1.34"
kubernetes-client = "36.0.3"
flyte-version = "2.5.0"
python-version = "3.12"
selectors = ["defaults.*.podTemplate"]
policies = ["policies", "shared/*.yaml"]
policy-params = ["params.yaml"]
cluster = "clusters/dev.toml"
cluster-complete = true
cluster-max-age = 14
namespace = "{project}-{domain}"

[environments.prod]
cluster = ["clusters/prod.toml", "clusters/pools.toml"]
cluster-complete = false
namespace = "{project}-production"
kubernetes-version = "1.33"
policies = ["policies/prod"]
base = "base.yaml"
env = { STAGE = "prod" }

[feature-gates]
ImageVolume = true

[rules]
unused-volume = "error"
invalid-name = "off"

[sidecars]
limits-for = ["memory"]
moving-tags = ["latest"]
require-digest = true
exempt = ["istio-*"]

[images]
allowed-registries = ["ghcr.io/acme"]
private-registries = ["registry.acme.com"]

[security]
allowed-host-paths = ["/dev/shm"]
allowed-capabilities = ["NET_ADMIN"]

[kinds]
RayCluster = ["spec.headGroupSpec.template", "spec.workerGroupSpecs.*.template"]
SparkApplication = "spec.driver.template"

[render]
base = "base.yaml"
spark-pod-templates = true

[mounts]
reserved-paths = ["/opt/acme"]

[secrets]
public-variables = ["TOKEN_URL"]

[limits]
file-size = 1_000_000
depth = 100
alias-nodes = 1000
steps = 0x1000

[[exempt]]
rules = ["sidecar-missing-limits"]
containers = "istio-*"
templates = ["a*", "b"]
paths = "legacy/**"
reason = "their business"

[[overrides]]
paths = ["legacy/**"]
ignore = ["unused-volume"]
kubernetes-version = "1.33"
[overrides.sidecars]
require-digest = false
"#;

/// TOML as JSON, for the schema's sake.
fn as_json(text: &str) -> Value {
    let table: toml::Table = toml::from_str(text).expect("TOML");
    serde_json::to_value(table).expect("JSON")
}

#[test]
fn the_schema_is_committed_and_agrees_with_the_reader() {
    let schema = schema(&names());
    bless(&repository("schemas/podlint.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong = [
        "ignroe = []",
        "ignore = [\"no-such-rule\"]",
        "ignore = \"invalid-name\"",
        "profile = \"lax\"",
        "kubernetes-version = \"2.99\"",
        "kubernetes-version = 1.34",
        "[limits]\ndepth = 0",
        "[limits]\ndepth = 5001",
        "[limits]\ndeepness = 3",
        "[rules]\nunused-volume = \"of\"",
        "[rules]\nunused-volum = \"off\"",
        "[[overrides]]\nignore = []",
        "[[overrides]]\npaths = \"a\"\nexclude = []",
        "[[overrides]]\npaths = \"a\"\nlimits = { file-size = 1 }",
        "[[overrides]]\npaths = \"a\"\n[overrides.render]\nbase = \"b.yaml\"",
        "[[exempt]]\nrules = [\"invalid-name\"]",
        "[[exempt]]\ncontainer = \"a\"",
        "sidecars = 3",
        "environments = []",
        "[environments.prod]\nclster = \"a\"",
        "[environments.prod]\nenv = { A = 1 }",
        "[environments.prod]\nfail-on = \"error\"",
        "cluster-max-age = 0",
    ];
    assert_eq!(problems(FULL), [""; 0]);
    assert!(validator.is_valid(&as_json(FULL)), "{:?}", validator.iter_errors(&as_json(FULL)).next());
    for text in wrong {
        assert!(!problems(text).is_empty(), "the reader takes {text}");
        assert!(!validator.is_valid(&as_json(text)), "the schema takes {text}");
    }
}

#[test]
fn every_key_is_in_the_example_and_documented() {
    let page = std::fs::read_to_string(repository("docs/configuration.md")).expect("the page");
    let (before, rest) = page.split_once("<!-- keys -->\n").expect("the start of the table");
    let (_, after) = rest.split_once("<!-- /keys -->").expect("the end of the table");
    let mut table = "| key | takes | what it says | default |\n|---|---|---|---|\n".to_owned();
    let settings = podlint::config::Settings::default();
    for key in KEYS {
        let default = match (key.get)(&settings) {
            Value::Null => String::new(),
            Value::Array(items) if items.len() > 6 => format!("{} of them, see `podlint config show`", items.len()),
            value => format!("`{value}`"),
        };
        table.push_str(&format!("| `{}` | {} | {} | {default} |\n", key.name, takes(key.kind), key.about));
        let last = key.name.rsplit('.').next().unwrap_or(key.name);
        assert!(key.name == "extend" || FULL.contains(last), "the example lacks {}", key.name);
    }
    bless(&repository("docs/configuration.md"), &format!("{before}<!-- keys -->\n{table}<!-- /keys -->{after}"));
}

fn takes(kind: Kind) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Bool => "`true`, `false`".to_owned(),
        Kind::Count(_) => "a number".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Texts => "a list".to_owned(),
        Kind::TextOrTexts => "text or a list".to_owned(),
        Kind::Word(list) => words(list),
        Kind::Words(list) => format!("a list of {}", words(list)),
        Kind::Rules => "a list of rules".to_owned(),
        Kind::Paths => "a table: kinds with text or a list".to_owned(),
        Kind::Gates => "a table: gates with `true` or `false`".to_owned(),
        Kind::Severities => "a table: rules with `off`, `info`, `warning`, `error`".to_owned(),
        Kind::Kubernetes => "a version, `\"1.34\"`".to_owned(),
        Kind::Client => "a version, `\"36.0.3\"`".to_owned(),
        Kind::Flyte => "a version, `\"2.5.0\"`".to_owned(),
        Kind::Python => "a version, `\"3.12\"`".to_owned(),
        Kind::Tables(keys) => {
            let keys: Vec<String> = keys.iter().map(|(name, ..)| format!("`{name}`")).collect();
            format!("tables with {}", keys.join(", "))
        }
        Kind::Overrides => "tables with `paths` and other keys".to_owned(),
        Kind::Variables => "a table of texts".to_owned(),
        Kind::Environments => "tables by name".to_owned(),
    }
}

#[test]
fn mistakes_are_told_with_what_was_meant() {
    let text = "ignroe = []\nmoving-tags = []\nunused-volume = \"off\"\nprofile = \"stirct\"\nkubernetes-version = 1.34\n\
        ignore = [\"unused-volum\"]\nexclude = [\"a[\"]\n";
    assert_eq!(
        problems(text),
        [
            "1: there is no key `ignroe` (did you mean `ignore`?)",
            "2: there is no key `moving-tags` (did you mean `sidecars.moving-tags`?)",
            "3: there is no key `unused-volume` (severities of rules stand under `rules`: `rules.unused-volume = …`)",
            "4: `stirct` is not known here (did you mean `strict`?)",
            "5: text is wanted here, not float ()",
            "6: there is no rule `unused-volum` (did you mean `unused-volume`?)",
            "7: `a[` is no pattern: unclosed character class; missing ']' ()",
        ]
    );
    assert_eq!(
        problems("selectors = [\"spec.workers[*].template\"]\n[kinds]\nA = \"a..b\"\nJob = \"spec\"\n"),
        [
            "1: `spec.workers[*].template` is no path (write keys with dots between them, and `*` for any key or item: \
             `spec.workers.*.template`)",
            "3: `a..b` is no path (write keys with dots between them, and `*` for any key or item: \
             `spec.workers.*.template`)",
            "4: where a `Job` holds its pod is known (leave it out)",
        ]
    );
    assert_eq!(problems("a = [").len(), 1);
    assert!(read("[tool.other]\nx = 1\n", true, &names()).is_none());
    assert!(read("[tool.podlint]\nx = 1\n", true, &names()).is_some_and(|read| read.problems.len() == 1));
}

const TEMPLATE: &str = "\
apiVersion: v1
kind: PodTemplate
metadata: {name: training}
template:
  spec:
    containers:
      - {name: primary, image: 'a:1'}
      - {name: proxy, image: nginx}
";

#[test]
fn a_hopeless_file_is_told_briefly() {
    let text: String = (0..20_000).map(|number| format!("unused-volum{number} = 1\n")).collect();
    let found = problems(&format!("{text}[rules]\n{text}"));
    assert_eq!(found.len(), 201);
    assert!(found.last().is_some_and(|last| last.contains("only the first 200 mistakes")), "{:?}", found.last());
}

/// Findings as `file rule`, and the exit code.
fn check(folder: &Path, arguments: &[&str]) -> (Vec<String>, i32) {
    let all: Vec<&str> =
        ["check", "--format", "json", "--ignore", "sidecar-never-finishes"].iter().chain(arguments).copied().collect();
    let output = podlint(folder, &all);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let found = report["findings"].as_array().unwrap().iter();
    let list = found.filter(|found| found["known"] != true);
    let lines = list.map(|found| format!("{} {}", text(found, "file"), text(found, "rule"))).collect();
    (lines, output.status.code().unwrap_or(-1))
}

#[test]
fn the_nearest_file_holds_and_extends_others() {
    let folder = project(&[
        (".git/HEAD", ""),
        ("podlint.toml", "ignore = [\"sidecar-missing-limits\"]\n"),
        ("a.yaml", TEMPLATE),
        ("sub/.podlint.toml", "extend = \"../base.toml\"\n"),
        ("base.toml", "ignore = [\"sidecar-image-unpinned\"]\n[sidecars]\nlimits-for = [\"memory\"]\n"),
        ("sub/b.yaml", TEMPLATE),
        (
            "tool/pyproject.toml",
            "[tool.podlint]\nrules = { sidecar-missing-limits = \"off\" }\n[project]\nname = \"x\"\n",
        ),
        ("tool/c.yaml", TEMPLATE),
        ("other/pyproject.toml", "[project]\nname = \"x\"\n"),
        ("other/d.yaml", TEMPLATE),
    ]);
    let (found, code) = check(folder.path(), &["."]);
    let expected = [
        "a.yaml sidecar-image-unpinned",
        "other/d.yaml sidecar-image-unpinned",
        "sub/b.yaml sidecar-missing-limits",
        "tool/c.yaml sidecar-image-unpinned",
    ];
    assert_eq!((found, code), (expected.map(str::to_owned).to_vec(), 1));
    let both = ["sub/b.yaml sidecar-missing-limits", "sub/b.yaml sidecar-image-unpinned"].map(str::to_owned);
    assert_eq!(check(folder.path(), &["sub", "--isolated"]).0, both);
    assert_eq!(check(folder.path(), &["sub", "--config", "podlint.toml"]).0, both[1..]);
    assert_eq!(check(folder.path(), &["sub", "--severity", "sidecar-missing-limits=info"]).1, 0);
}

#[test]
fn overrides_exemptions_profiles_and_locks() {
    let folder = project(&[
        (
            "podlint.toml",
            "profile = \"pss-baseline\"\nlocked = [\"sidecar-image-unpinned\"]\nignore = [\"sidecar-image-unpinned\"]\n\
             [[overrides]]\npaths = [\"legacy/**\"]\nrules = { sidecar-missing-limits = \"off\" }\n\
             [[exempt]]\ncontainers = [\"pro*\"]\npaths = [\"exempt\"]\n",
        ),
        ("a.yaml", TEMPLATE),
        ("legacy/b.yaml", TEMPLATE),
        ("exempt/c.yaml", TEMPLATE),
    ]);
    let expected = [
        "a.yaml sidecar-missing-limits",
        "a.yaml sidecar-image-unpinned",
        "exempt/c.yaml sidecar-image-unpinned",
        "legacy/b.yaml sidecar-image-unpinned",
    ];
    assert_eq!(check(folder.path(), &["."]).0, expected);
    let shown = podlint(folder.path(), &["config", "show", "legacy/b.yaml", "--format", "json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    let value = |key: &str| (shown["values"][key]["value"].clone(), shown["values"][key]["from"].clone());
    assert_eq!(value("rules.sidecar-missing-limits"), ("off".into(), "podlint.toml:6 for legacy/**".into()));
    assert_eq!(
        value("rules.pod-security-baseline"),
        ("warning".into(), "profile `pss-baseline` (podlint.toml:1)".into())
    );
    assert_eq!(value("rules.undefined-volume"), ("error".into(), "default".into()));
    let exempt = shown["values"].as_object().unwrap().keys().any(|key| key.starts_with("exempt"));
    assert!(!exempt, "{shown}");
}

#[test]
fn excluded_files_are_checked_only_when_named() {
    let folder = project(&[
        ("podlint.toml", "exclude = [\"generated\", \"*.gen.yaml\"]\n"),
        ("generated/a.yaml", TEMPLATE),
        ("b.gen.yaml", TEMPLATE),
    ]);
    assert_eq!(check(folder.path(), &["."]), (Vec::new(), 0));
    assert_eq!(check(folder.path(), &["b.gen.yaml"]).0.len(), 2);
    assert_eq!(check(folder.path(), &["b.gen.yaml", "generated/a.yaml", "--force-exclude"]), (Vec::new(), 0));
}

#[test]
fn a_configuration_that_cannot_be_used_fails_the_run() {
    let folder = project(&[("podlint.toml", "\nignroe = []\n"), ("a.yaml", "a: 1\n")]);
    let output = podlint(folder.path(), &["check", "--format", "concise", "."]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("podlint.toml:2:1: error[invalid-configuration] there is no key `ignroe`"), "{text}");
    // What cannot be read is not skipped for a file further up.
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("sub/.podlint.toml"), b"# \xff\n").unwrap();
    let unreadable = podlint(&folder.path().join("sub"), &["check", "--format", "concise", "."]);
    assert_eq!(unreadable.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unreadable.stdout).contains("the configuration cannot be read"));
    let missing = podlint(folder.path(), &["check", "--config", "no.toml", "."]);
    assert_eq!(missing.status.code(), Some(2));
    let cycle = project(&[("podlint.toml", "extend = \"podlint.toml\"\n"), ("a.yaml", "a: 1\n")]);
    assert_eq!(podlint(cycle.path(), &["check", "."]).status.code(), Some(2));
}

#[test]
fn render_goes_by_the_configuration() {
    let defaults = "jobs:\n  pod:\n    spec:\n      containers:\n        - {name: default}\n";
    let folder =
        project(&[("podlint.toml", "selectors = [\"jobs.pod\"]\n"), ("d.yaml", defaults), ("a.yaml", TEMPLATE)]);
    let shown = podlint(folder.path(), &["render", "d.yaml"]);
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    assert_eq!(podlint(folder.path(), &["render", "d.yaml", "--isolated"]).status.code(), Some(2));
    std::fs::write(folder.path().join("podlint.toml"), "[limits]\nfile-size = 10\n").unwrap();
    let refused = podlint(folder.path(), &["render", "a.yaml"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("limits.file-size"), "{refused:?}");
    std::fs::write(folder.path().join("podlint.toml"), "ignroe = []\n").unwrap();
    let wrong = podlint(folder.path(), &["render", "a.yaml"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("podlint.toml:1:1: there is no key `ignroe`"), "{wrong:?}");
}

#[test]
fn config_show_says_what_holds_and_why() {
    let folder = project(&[
        (".git/HEAD", ""),
        ("org/base.toml", "ignore = [\"unused-volume\"]\n[sidecars]\nlimits-for = [\"memory\"]\n"),
        (
            "app/podlint.toml",
            "extend = \"../org/base.toml\"\nignore = [\"invalid-name\"]\nlocked = [\"host-path\"]\nexclude = [\"gen\"]\n",
        ),
        ("app/requirements.txt", "flyte==2.4.1\n"),
        ("app/gen/t.py", "import flyte\n"),
    ]);
    let shown = podlint(&folder.path().join("app"), &["config", "show", "gen/t.py"]);
    let text = String::from_utf8(shown.stdout).expect("UTF-8");
    let set = text.split("\n\n").next().unwrap_or_default();
    let plain: Vec<String> = set.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        plain,
        [
            "# for gen/t.py",
            "# by podlint.toml, which extends ../org/base.toml",
            "# excluded: checked only when named",
            "extend = [\"../org/base.toml\"] # podlint.toml:1",
            "ignore = [\"invalid-name\",\"unused-volume\"] # podlint.toml:2, ../org/base.toml:1",
            "locked = [\"host-path\"] # podlint.toml:3",
            "exclude = [\"gen\"] # podlint.toml:4",
            "flyte-version = \"==2.4.1\" # `flyte` in requirements.txt",
            "sidecars.limits-for = [\"memory\"] # ../org/base.toml:3",
            "rules.host-path = \"warning\" # locked: podlint.toml:3",
            "rules.invalid-name = \"off\" # podlint.toml:2",
            "rules.unused-volume = \"off\" # ../org/base.toml:1",
        ]
    );
    let nowhere = podlint(folder.path(), &["config", "show", "--isolated"]);
    assert!(String::from_utf8_lossy(&nowhere.stdout).contains("# no configuration file\n# all at their defaults\n"));
}

#[test]
fn files_may_extend_the_same_file_but_not_themselves() {
    let folder = project(&[
        ("podlint.toml", "extend = [\"a.toml\", \"b.toml\"]\n"),
        ("a.toml", "extend = \"base.toml\"\n"),
        ("b.toml", "extend = \"base.toml\"\n"),
        ("base.toml", "ignore = [\"sidecar-missing-limits\"]\n"),
        ("t.yaml", TEMPLATE),
    ]);
    assert_eq!(check(folder.path(), &["t.yaml"]), (vec!["t.yaml sidecar-image-unpinned".to_owned()], 1));
    std::fs::write(folder.path().join("base.toml"), "\nextend = \"./a.toml\"\n").unwrap();
    let output = podlint(folder.path(), &["check", "--format", "concise", "t.yaml"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("base.toml:2:10: error[invalid-configuration] `./a.toml` extends itself"), "{text}");
    assert_eq!(text.matches("extends itself").count(), 1, "{text}");
}

#[test]
fn nothing_silences_a_locked_rule() {
    let commented = TEMPLATE.replace("nginx}", "nginx}  # podlint: ignore[sidecar-image-unpinned]");
    let annotated = TEMPLATE.replace("{name: training}", "{name: training, annotations: {podlint.io/ignore: all}}");
    let ways = [
        "ignore = [\"sidecar-image-unpinned\"]",
        "select = [\"unused-volume\"]",
        "rules = { sidecar-image-unpinned = \"off\" }",
        "rules = { sidecar-image-unpinned = \"info\" }",
        "minimum-severity = \"error\"",
        "authorities = [\"kubernetes\"]",
        "sidecars = { exempt = [\"*\"] }",
        "exempt = [{ containers = \"*\" }, { templates = \"*\" }]",
        "overrides = [{ paths = \"*\", ignore = [\"sidecar-image-unpinned\"] }]",
        "",
    ];
    let arguments: &[&[&str]] = &[
        &[],
        &["--severity", "sidecar-image-unpinned=info"],
        &["--severity", "error"],
        &["--authority", "kubernetes"],
        &["--select", "unused-volume"],
        &["--ignore", "sidecar-image-unpinned"],
        &["--add-ignores"],
    ];
    let base = ("base.toml", "locked = [\"sidecar-image-unpinned\"]\n");
    for (number, way) in ways.iter().enumerate() {
        let nearest = format!("extend = \"base.toml\"\n{way}\n");
        let files = [base, ("podlint.toml", &*nearest), ("a.yaml", &*commented), ("b.yaml", &*annotated)];
        let folder = project(&files);
        for more in if number == 0 { arguments } else { &arguments[..1] } {
            let (found, code) = check(folder.path(), &[&["."][..], more].concat());
            for file in ["a.yaml", "b.yaml"] {
                let wanted = format!("{file} sidecar-image-unpinned");
                assert!(found.contains(&wanted) && code == 1, "{way} {more:?}: {found:?} {code}");
            }
        }
    }
}

#[test]
fn nothing_is_written_by_a_configuration_that_cannot_be_used() {
    let broken = TEMPLATE.replace(
        "nginx}",
        "'nginx:1.2.3', volumeMounts: [{name: dta, mountPath: /d}]}\n    volumes: [{name: data, emptyDir: {}}]",
    );
    let folder = project(&[("podlint.toml", "ignor = [\"undefined-volume\"]\n"), ("a.yaml", &*broken)]);
    for way in ["--fix", "--unsafe-fixes", "--add-ignores"] {
        let run = podlint(folder.path(), &["check", way, "a.yaml"]);
        assert_eq!(run.status.code(), Some(2), "{way}");
        assert!(String::from_utf8_lossy(&run.stderr).contains("nothing was changed"), "{way}: {run:?}");
        assert_eq!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), broken, "{way}");
    }
    std::fs::write(folder.path().join("podlint.toml"), "").unwrap();
    podlint(folder.path(), &["check", "--fix", "a.yaml"]);
    assert_ne!(std::fs::read_to_string(folder.path().join("a.yaml")).unwrap(), broken);
}

#[test]
fn options_are_on_the_pages_of_their_rules() {
    let options = |source: &str| -> Vec<String> {
        let section = source.split("//! ## Options\n").nth(1).unwrap_or_default();
        let lines = section.lines().map_while(|line| line.strip_prefix("//! - `"));
        lines.filter_map(|line| Some(line.split_once('`')?.0.to_owned())).collect()
    };
    let told: Vec<String> = RULES.iter().flat_map(|rule| options(rule.source)).collect();
    for option in &told {
        assert!(KEYS.iter().any(|key| key.name == option), "there is no key `{option}`");
    }
    let tables = ["sidecars.", "images.", "security.", "secrets.", "mounts.", "policies", "policy-"];
    for key in KEYS.iter().filter(|key| tables.iter().any(|table| key.name.starts_with(table))) {
        assert!(told.iter().any(|option| option == key.name), "no rule has `{}` on its page", key.name);
    }
    let sidecars: Vec<&str> = names().into_iter().filter(|name| name.starts_with("sidecar-")).collect();
    assert_eq!(SIDECAR_RULES, sidecars, "the rules that `sidecars.exempt` silences");
}

#[test]
fn what_a_configuration_holds_cannot_act_on_a_terminal() {
    let text = "[[exempt]]\nrules = [\"a\\u001b[31m\\nb\"]\nreason = \"x\"\n";
    let folder = project(&[("podlint.toml", text), ("a.yaml", "a: 1\n")]);
    let output = podlint(folder.path(), &["check", "--format", "concise"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("invalid-configuration") && !said.contains('\u{1b}'), "{said:?}");
    assert!(said.contains("\\nb`"), "{said:?}");
}

#[test]
fn names_of_templates_are_known_from_manifests() {
    let manifest = |name: &str| {
        format!(
            "apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: {name}}}\ntemplate:\n  spec:\n    containers: [{{name: default, image: 'a:1'}}]\n"
        )
    };
    let train = "import flyte\n\nenv = flyte.TaskEnvironment(name=\"train\", pod_template=\"gpu-nod\")\n";
    let select = "select = [\"unknown-template-name\", \"invalid-configuration\"]\n";
    let found = |templates: &str, name: &str| {
        let configuration = format!("{select}{templates}");
        let files = [("podlint.toml", &*configuration), ("cluster/gpu.yaml", &*manifest(name)), ("train.py", train)];
        let folder = project(&files);
        check(folder.path(), &["train.py"])
    };
    let (said, code) = found("templates = [\"cluster\"]", "gpu-node");
    assert_eq!((said.len(), code), (1, 1), "{said:?}");
    assert!(said[0].contains("unknown-template-name"), "{said:?}");
    let silent = [
        ("", "gpu-node"),
        ("templates = [\"cluster/*.yaml\"]", "gpu-nod"),
        // A chart's names are what its values make of them.
        ("templates = [\"cluster\"]", "'{{ .Values.name }}'"),
    ];
    for (templates, name) in silent {
        assert_eq!(found(templates, name), (Vec::new(), 0), "{templates} {name}");
    }
    for wrong in ["templates = [\"gone.yaml\"]", "templates = [\"train.py\"]"] {
        let (said, code) = found(wrong, "gpu-nod");
        assert_eq!(code, 2, "{said:?}");
        assert!(said.iter().any(|line| line.contains("invalid-configuration")), "{said:?}");
    }
}
