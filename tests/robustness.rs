//! Hostile surroundings, through the real binary: limits, odd files, full disks, signals, any number of threads.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use podlint::config::Settings;
use podlint::lint::lint;
use support::run::{command, podlint};
use support::{cases, repository, source};
use tempfile::TempDir;

const BAD: &str = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate:\n  spec:\n    containers:\n      - name: primary\n        image: a:1\n        volumeMounts: [{name: dta, mountPath: /d}]\n    volumes: [{name: data, emptyDir: {}}]\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with every code block of the fixtures as a file.
fn fixtures() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let mut number = 0;
    for entry in std::fs::read_dir(repository("tests/rules")).expect("fixtures") {
        let fixture = std::fs::read_to_string(entry.expect("an entry").path()).expect("a fixture");
        for case in cases(&fixture) {
            let name = source(&case.language, "").path;
            let extension = name.extension().and_then(OsStr::to_str).expect("an extension").to_owned();
            std::fs::write(folder.path().join(format!("case{number:04}.{extension}")), case.code).expect("a file");
            number += 1;
        }
    }
    folder
}

#[test]
fn reports_do_not_depend_on_threads_or_on_the_order_of_arguments() {
    let folder = fixtures();
    let run = |threads: &str| podlint(folder.path(), &["check", "--format", "json", "--threads", threads]).stdout;
    let one = run("1");
    assert!(one.len() > 10_000, "too little was checked to mean anything");
    assert!(one == run("2") && one == run("7"), "the number of threads changes the report");
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .take(200)
        .collect();
    names.sort();
    let listed = |names: &[String]| {
        let names = names.iter().map(String::as_str);
        podlint(folder.path(), &["check", "--format", "json"].into_iter().chain(names).collect::<Vec<_>>()).stdout
    };
    let forward = listed(&names);
    names.reverse();
    assert!(forward == listed(&names), "the order of arguments changes the report");
}

#[test]
fn every_limit_says_which_it_is_and_what_sets_it() {
    let mut settings = Settings::default();
    settings.limits.steps = 1000;
    let nested = |levels: usize| format!("kind: PodTemplate\ntemplate: {}{}\n", "[".repeat(levels), "]".repeat(levels));
    let aliases: String = (1..9).fold("kind: PodTemplate\na0: &a0 [x, x]\n".to_owned(), |text, level| {
        let below = format!("*a{}, ", level - 1).repeat(9);
        format!("{text}a{level}: &a{level} [{below}]\n")
    });
    let blocks =
        (0..300).fold("kind: PodTemplate\n".to_owned(), |text, level| format!("{text}{}a:\n", " ".repeat(level)));
    let expected = [
        ("yaml", nested(300), "limits.depth"),
        ("yaml", blocks, "limits.depth"),
        (
            "json",
            format!("{{\"kind\": \"PodTemplate\", \"a\": {}{}}}", "[".repeat(300), "]".repeat(300)),
            "limits.depth",
        ),
        ("yaml", format!("kind: PodTemplate\ntemplate: {}", "{a: ".repeat(300)), "limits.depth"),
        ("yaml", format!("kind: PodTemplate\ntemplate:\n{}", "- ".repeat(300)), "limits.depth"),
        (
            "ipynb",
            format!("{{\"cells\": [], \"PodTemplate\": {}{}}}", "[".repeat(300), "]".repeat(300)),
            "limits.depth",
        ),
        ("python", format!("import flyte\nx = {}flyte.PodTemplate()\n", "1 + ".repeat(2000)), "limits.depth"),
        ("python", format!("import flyte\nx = f'{{{}1}}'\nflyte.PodTemplate()\n", "-".repeat(2000)), "limits.depth"),
        ("yaml", aliases, "limits.alias-nodes"),
        ("python", format!("import flyte\nflyte.PodTemplate({})\n", "[".repeat(300)), "limits.depth"),
        (
            "python",
            "import flyte\nx = 0\nfor i in range(1000):\n    for j in range(1000):\n        x = x + j\nt = flyte.PodTemplate(labels={'x': str(x)})\n".to_owned(),
            "limits.steps",
        ),
    ];
    for (language, code, setting) in expected {
        let found = lint(&source(language, &code), &settings).diagnostics;
        let said = found.iter().any(|found| found.rule == "limit-exceeded" && found.message.contains(setting));
        assert!(said, "{setting} in {language}: {found:?}");
    }
}

/// At the deepest nesting that may be allowed, and beyond it, the stack holds.
#[test]
fn no_nesting_exhausts_the_stack_whatever_the_limit() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("podlint.toml"), "[limits]\ndepth = 5000\nsteps = 100000000\n").expect("a file");
    for levels in [4900, 200_000] {
        let lists = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let signs = "-".repeat(levels);
        let maps = format!("{}a{}", "{a: ".repeat(levels), "}".repeat(levels));
        for (name, code) in [
            ("a.yaml", format!("kind: PodTemplate\ntemplate: {lists}\n")),
            ("b.yaml", format!("kind: PodTemplate\ntemplate: {maps}\n")),
            ("c.yaml", format!("kind: PodTemplate\ntemplate:\n  {}a\n", "- ".repeat(levels))),
            ("d.json", format!("{{\"kind\":\"PodTemplate\",\"template\":{lists}}}")),
            ("e.ipynb", format!("{{\"cells\":{lists},\"x\":\"PodTemplate\"}}")),
            ("f.py", format!("import flyte\nt = flyte.PodTemplate({lists})\n")),
            ("g.py", format!("import flyte\nt = flyte.PodTemplate()\nx = {signs}1\n")),
            ("h.py", format!("import flyte\nt = flyte.PodTemplate()\nx = f'{{{signs}1}}'\n")),
            ("i.py", format!("import flyte\nt = flyte.PodTemplate()\nx = a{}\n", "().b\\\n".repeat(levels))),
            ("j.py", format!("import flyte\nt = flyte.PodTemplate()\nx = {}1\n", "lambda a, b: ".repeat(levels))),
        ] {
            std::fs::write(folder.path().join(name), code).expect("a file");
            for arguments in [&["check", name][..], &["check", "--diff", "--unsafe-fixes", name], &["render", name]] {
                let output = podlint(folder.path(), arguments);
                assert!(output.status.code().is_some(), "{arguments:?}, {levels}: {}", text(&output.stderr));
            }
        }
    }
}

/// Found by fuzzing: each round of the loop compared the name with all classes of the client.
#[test]
fn a_misspelled_class_in_a_loop_takes_no_longer_than_the_loop() {
    let code = "import flyte\nwhile True:\n    from kubernetes.client import V1CSIVolumjson\n    flyte.PodTemplate()\n";
    let started = Instant::now();
    drop(lint(&source("python", code), &Settings::default()));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

/// Found by fuzzing: the place of an error was cut within a character.
#[test]
fn places_of_errors_end_on_characters() {
    for lead in ["", "x", "xx", "xxx"] {
        let code = format!("kind: PodTemplate\na: @{lead}{}\n", "é😀".repeat(60));
        let found = lint(&source("yaml", &code), &Settings::default()).diagnostics;
        assert!(!found.is_empty());
        assert!(found.iter().all(|found| code.get(found.location.span.range()).is_some()), "{lead}: {found:?}");
    }
}

#[test]
fn names_that_are_no_text_are_checked_like_others() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(OsStr::from_bytes(b"od\xffd.yaml")), BAD).expect("a file");
    for format in ["full", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        let output = podlint(folder.path(), &["check", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains("dta"), "{format}: {}", text(&output.stdout));
    }
    let fixed = podlint(folder.path(), &["check", "--fix"]);
    assert_eq!(fixed.status.code(), Some(0), "{}", text(&fixed.stderr));
}

#[test]
fn files_that_vanish_or_turn_into_something_else_are_named() {
    let folder = TempDir::new().expect("a folder");
    (0..40).for_each(|number| std::fs::write(folder.path().join(format!("f{number}.yaml")), BAD).expect("a file"));
    let victim = folder.path().join("f7.yaml");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // What podlint meets is a file, nothing, half a file, a folder, in turns.
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = std::fs::remove_file(&victim);
                let _ = std::fs::create_dir(&victim);
                let _ = std::fs::remove_dir(&victim);
                let _ = std::fs::write(&victim, &BAD[..BAD.len() / 2]);
                let _ = std::fs::write(&victim, BAD);
            }
        });
        for _ in 0..20 {
            let output = podlint(folder.path(), &["check", "--format", "json"]);
            let report: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
            let files = report.as_ref().ok().and_then(|report| report["summary"]["files"].as_u64()).unwrap_or_default();
            if !(39..=40).contains(&files) || !matches!(output.status.code(), Some(1 | 2)) {
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
                panic!("{:?} {}", output.status, text(&output.stderr));
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_full_disk_is_said_for_reports() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("bad.yaml"), BAD).expect("a file");
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let output = command(folder.path(), &["check"]).stdout(full).output().expect("podlint runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("cannot write the report: no space left on device\n"),
        "{}",
        text(&output.stderr)
    );
}

/// A limit on the size of files that a process may write stands in for a full disk: writing fails half-way.
#[test]
fn a_fix_that_cannot_be_written_leaves_the_file_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let large = format!("{BAD}# {}\n", "x".repeat(100_000));
    std::fs::write(folder.path().join("bad.yaml"), &large).expect("a file");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {} check --fix", env!("CARGO_BIN_EXE_podlint"));
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().expect("bash runs");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("cannot fix `./bad.yaml`: file too large"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(folder.path().join("bad.yaml")).expect("the file"), large);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "no temporary file is left");
}

/// Interrupted at any moment, each file is the old one or the new one.
#[test]
fn an_interrupted_fix_leaves_no_half_written_file() {
    let fixed = BAD.replace("dta", "data");
    for pause in [0, 2, 5, 10, 20, 40] {
        let folder = TempDir::new().expect("a folder");
        let name = |number: usize| folder.path().join(format!("f{number}.yaml"));
        (0..60).for_each(|number| std::fs::write(name(number), BAD).expect("a file"));
        let mut child = command(folder.path(), &["check", "--fix", "--quiet"]).spawn().expect("podlint runs");
        std::thread::sleep(Duration::from_millis(pause));
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
        let _ = child.wait();
        for number in 0..60 {
            let now = std::fs::read_to_string(name(number)).expect("the file");
            assert!(now == BAD || now == fixed, "half a file after {pause} ms:\n{now}");
        }
    }
}

/// A pod with 25,000 of everything: what looks at all of them for each of them takes minutes.
#[test]
fn huge_pods_take_no_longer_than_their_size() {
    let each = |item: fn(usize) -> String| (0..25_000).map(item).collect::<Vec<_>>().join("\n");
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: t}\nspec:\n  containers:\n  - name: main\n    image: a:1\n";
    let mounts = each(|at| format!("    - {{name: v{at}, readOnly: false, mountPath: /m/{at}}}"));
    let volumes = each(|at| format!("  - {{name: {}v{at}, emptyDir: {{}}}}", if at % 2 == 0 { "" } else { "w" }));
    let variables = each(|at| format!("    - {{name: E{at}, value: $(E{})}}", at + 1));
    let unknown = each(|at| format!("    imagePulPolicy{at}: a"));
    let files = each(|at| format!("      - {{key: k, path: d/f{at}}}"));
    let inputs = [
        (format!("{head}    volumeMounts:\n{mounts}\n  volumes:\n{volumes}\n"), "undefined-volume"),
        (format!("{head}    env:\n{variables}\n"), "early-env-reference"),
        (format!("{head}{unknown}\n"), "unknown-field"),
        (
            format!("{head}  volumes:\n  - name: v\n    configMap:\n      name: c\n      items:\n{files}\n"),
            "unused-volume",
        ),
    ];
    for (code, rule) in inputs {
        let found = lint(&source("yaml", &code), &Settings::default()).diagnostics;
        assert!(found.iter().any(|found| found.rule == rule), "{rule}");
    }
}

#[test]
fn hostile_input_takes_little_time() {
    let bomb = |one: &str| one.repeat(200_000);
    let inputs = [
        ("yaml", format!("kind: PodTemplate\na: {}", bomb("["))),
        ("yaml", format!("kind: PodTemplate\n{}", bomb("- "))),
        ("yaml", format!("kind: PodTemplate\na: {}", bomb("&a "))),
        ("yaml", format!("kind: PodTemplate\n{}", bomb("? "))),
        ("yaml", format!("kind: PodTemplate\n{}", bomb("---\n"))),
        ("yaml", format!("kind: PodTemplate\n{}", bomb("{{ "))),
        ("yaml", format!("kind: PodTemplate\na: \"{}", bomb("\\"))),
        ("yaml", (0..100_000).fold("kind: PodTemplate\n".to_owned(), |text, key| text + &format!("k{key}: 1\n"))),
        ("json", format!("{{\"kind\": \"PodTemplate\", \"a\": {}", bomb("{\"a\":"))),
        ("python", format!("import flyte\nflyte.PodTemplate{}", bomb("("))),
        ("python", format!("import flyte\nflyte.PodTemplate(){}", bomb(".a"))),
        ("python", format!("import flyte\nflyte.PodTemplate()\nx = {}1", bomb("-"))),
        ("python", format!("import flyte\nx = flyte.PodTemplate()\nwhile True:\n    x = [x, x]\n{}", bomb("\n"))),
        (
            "python",
            "import flyte\nx = 'a'\nfor i in range(100):\n    x = x * 100\nflyte.PodTemplate(labels={x: x})\n"
                .to_owned(),
        ),
        ("python", "import flyte\ndef f(): return f()\nflyte.PodTemplate(labels=f())\n".to_owned()),
    ];
    let started = Instant::now();
    for (language, code) in inputs {
        let before = Instant::now();
        let file = source(language, &code);
        let check = || lint(&file, &Settings::default());
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(1 << 26).spawn_scoped(scope, check);
            thread.expect("a thread").join().expect("no panic");
        });
        let head = code.get(..60.min(code.len())).unwrap_or_default();
        // Generous, as tests are built without optimisation; what is quadratic takes minutes.
        assert!(before.elapsed() < Duration::from_secs(20), "{head:?} took {:?}", before.elapsed());
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
