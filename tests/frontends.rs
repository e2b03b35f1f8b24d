//! Holds the frontends to what they make of source text: trees, remarks, and places that are the tokens they name.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use podlint::config::Settings;
use podlint::document::Document;
use podlint::lint::lint;
use podlint::source::SourceFile;
use podlint::tree::{FileId, Node, Value};
use support::{bless, cases, repository, show, source};

/// Every document of a source with its facts, then what was said of the text itself.
fn read(file: &SourceFile) -> String {
    let report = lint(file, &Settings::default());
    let mut text = String::new();
    for document in &report.documents {
        let name = document.name.as_deref().unwrap_or("-");
        let primary = document.primary.name.clone().known().unwrap_or_else(|| "?".to_owned());
        text.push_str(&format!("{:?} {:?} {name} primary={primary}\n", document.kind, document.flavour));
        text.push_str(&format!("{}\n", tree(document)));
    }
    let input = ["syntax-error", "duplicate-key", "templated-file", "limit-exceeded"];
    for found in report.diagnostics.iter().filter(|found| input.contains(&found.rule)) {
        let at = report.source(file, found.location.file).place(found.location.span.start).at;
        text.push_str(&format!("{}:{} {}: {}\n", at.line, at.column, found.rule, found.message));
    }
    text
}

fn tree(document: &Document) -> String {
    match document.pod_template().known() {
        Some(node) => show(node).to_string(),
        None => show(&document.root).to_string(),
    }
}

#[test]
fn sources_become_these_trees() {
    for name in ["yaml", "python", "notebook"] {
        let path = repository(&format!("tests/frontends/{name}.md"));
        let mut blessed = format!("# {name}\n");
        for case in cases(&std::fs::read_to_string(&path).expect("a fixture")) {
            let tree = read(&source(&case.language, &case.code));
            blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
            if !tree.is_empty() {
                blessed.push_str(&format!("```tree\n{tree}```\n"));
            }
        }
        bless(&path, &blessed);
    }
}

/// Checks that the place of every string is a token that holds its text, and that all places lie in the source.
fn check_places(file: &SourceFile, text: &str, node: &Node) {
    assert_eq!(node.location.file, FileId::MAIN);
    let span = node.location.span;
    let token = text.get(span.range()).unwrap_or_else(|| panic!("{:?} is not in {}", span, file.path.display()));
    if let Value::String(value) = &node.value {
        let plain = value.lines().next().is_none_or(|line| token.contains(line.trim()) || token.contains('\\'));
        let computed = token.contains(['(', '+', '%', '{', ' ']) || !token.starts_with(['"', '\'']);
        assert!(plain || computed, "{token:?} does not hold {value:?}");
        assert_eq!(token.trim(), token, "{token:?}");
    }
    node.children().for_each(|child| check_places(file, text, child));
}

#[test]
fn places_are_tokens() {
    for name in ["yaml", "python", "notebook"] {
        let text = std::fs::read_to_string(repository(&format!("tests/frontends/{name}.md"))).expect("a fixture");
        for case in cases(&text) {
            let file = source(&case.language, &case.code);
            let report = lint(&file, &Settings::default());
            let view = report.source(&file, FileId::MAIN);
            report.documents.iter().for_each(|document| check_places(view, &view.text, &document.root));
        }
    }
}

/// Runs with the stack that the command line gives its threads.
fn with_stack(body: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 << 20).spawn(body).expect("a thread").join().expect("no panic");
}

#[test]
fn hostile_input_ends_with_a_finding() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: ";
    let bomb: String = (1..30).map(|n| format!("b{n}: &b{n} [*b{0}, *b{0}, *b{0}, *b{0}]\n", n - 1)).collect();
    let yaml = [
        format!("{pod}{}", "[".repeat(100_000)),
        format!("{pod}{}", "{a: ".repeat(100_000)),
        format!("{pod}\n{}", (0..5000).map(|n| format!("{}-\n", " ".repeat(n + 2))).collect::<String>()),
        format!("kind: Pod\nb0: &b0 [x]\n{bomb}"),
    ];
    let import = "import flyte\nfrom flyte import PodTemplate\n";
    let python = [
        format!("{import}x = {}", "(".repeat(100_000)),
        format!("{import}x = {}1", "1 + ".repeat(100_000)),
        format!("{import}x = a{}", ".b()".repeat(50_000)),
        format!("{import}{}", (0..3000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect::<String>()),
    ];
    with_stack(move || {
        let settings = Settings::default();
        for (language, texts) in [("yaml", yaml.to_vec()), ("python", python.to_vec())] {
            for text in texts {
                let report = lint(&source(language, &text), &settings);
                let said =
                    report.diagnostics.iter().any(|found| matches!(found.rule, "limit-exceeded" | "syntax-error"));
                assert!(said, "nothing is said of {:?}...", text.chars().take(80).collect::<String>());
            }
        }
    });
}

#[test]
fn endless_programs_are_cut_short() {
    let programs = [
        "def f(n):\n    return f(n + 1) + f(n + 2)\nx = f(0)\nt = PodTemplate(labels={'a': x})\n",
        "x = 'a' * 10**9\nt = PodTemplate(labels={'a': x})\n",
        "l = []\nl.append(l)\nt = PodTemplate(labels=l, annotations={'a': l})\n",
        "x = [[[i for i in range(2000)] for j in range(2000)] for k in range(2000)]\nt = PodTemplate()\n",
        "d = {}\nfor i in range(10**9):\n    d[str(i)] = d\nt = PodTemplate(labels=d)\n",
        "l = [1]\nfor i in range(60):\n    l = l + l\nt = PodTemplate(labels={'a': str(len(l))})\n",
        "import functools\nl = functools.reduce(lambda a, b: a + b + a, [[1]] * 100)\nt = PodTemplate(labels=l)\n",
        "x = sorted(range(500), key=lambda v: sorted(range(500), key=lambda w: -w))\nt = PodTemplate(labels=x)\n",
        "from collections import defaultdict\ndef tree(): return defaultdict(tree)\nt = PodTemplate(labels=tree()['a']['b'])\n",
        "class A:\n    def __init__(self): self.a = A()\nt = PodTemplate(labels=A().a)\n",
    ];
    with_stack(move || {
        for program in programs {
            let text = format!("from flyte import PodTemplate\n{program}");
            let report = lint(&source("python", &text), &Settings::default());
            let cut = report.diagnostics.iter().any(|found| found.rule == "limit-exceeded");
            assert!(cut || report.documents.len() == 1, "{program}");
        }
    });
}
