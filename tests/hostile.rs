//! Programs and files that make much of little: whatever they compute, checking them ends soon and in little memory.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use support::run::project;

/// So much address space is enough for all of them; what doubles with each line asks for more at once.
const KILOBYTES: u32 = 3_000_000;
/// Generous: what is out of bounds takes minutes or hours.
const PATIENCE: Duration = Duration::from_secs(60);
/// Smaller than usual, as tests are built without optimisation.
const LIMITS: &str = "[limits]\nsteps = 200_000\nalias-nodes = 50_000\n";

/// What a program begins with.
const HEAD: &str = "\
import collections, copy, functools, itertools, json, os, shlex, string, yaml
import flyte
from dataclasses import asdict, dataclass
from pathlib import Path
from kubernetes import client
from kubernetes.client import *

many = ['x'] * 20000
long = 'x' * 60000
wide = {i: i for i in range(2000)}
def f(*x): return x
value = 'a'
";

/// Lines that are repeated, with how often; the last `value` goes into a template.
const DOUBLINGS: &[(&str, &str, usize)] = &[
    ("value = long", "value = value + value", 40),
    ("value = long", "value = f'{value}{value}'", 40),
    ("value = long", "value = f'{value!r}{value:>2}'", 40),
    ("value = '\\\\'", "value = f'{value!r}'", 60),
    ("value = long", "value = '{0}{0}'.format(value)", 40),
    ("value = long", "value = '%s%s' % (value, value)", 40),
    ("value = long", "value = value.join([value, value])", 40),
    ("value = long", "value = ''.join([value] * 1000)", 4),
    ("value = long", "value = value.replace('x', 'y' * 999)", 4),
    ("value = long", "value = shlex.join([value, value])", 40),
    ("value = '\\''", "value = shlex.quote(value)", 60),
    ("value = long", "value = string.Template('$a$a').substitute(a=value)", 40),
    ("value = long", "value = json.dumps([value, value], sort_keys=True)", 40),
    ("value = long", "value = os.path.join(value, value)", 40),
    ("value = os.environ['X'] + '-'", "value = f'{value}{value}'", 40),
    ("value = Path('a')", "value = value / 'abcdefgh'", 3000),
    ("value = V1Volume(name='v')", "value = [value, value]", 40),
    ("value = {'a': 'b'}", "value = {'a': value, 'b': value}", 40),
    ("value = [{long: 1}] * 20000", "", 1),
    ("value = [os.environ['X'] + long] * 20000", "", 1),
    ("value = ['x']", "value = copy.deepcopy([value, value])", 40),
    ("value = V1PodSpec(containers=[])", "value = V1PodSpec(containers=[value, value])", 40),
    ("value = V1PodSpec(containers=[])", "value.containers.append(value)", 3),
    ("value = []", "value.append(value); value.append(value)", 3),
    ("value = functools.partial(f, 1)", "value = functools.partial(f, value, value)", 40),
    ("@dataclass\nclass A:\n  a: object\n  b: object\nvalue = 1", "value = A(value, value)", 40),
    ("class A: pass\nclass B: pass", "class C(A, B): pass\nclass D(A, B): pass\nA, B = C, D", 40),
    ("", "from kubernetes.client import *\nif os.environ['x']: value = 'b'", 60),
];

/// Expressions that a loop evaluates again and again.
const REPEATED: &[&str] = &[
    "len(many)",
    "'y' in many",
    "many[1:2]",
    "many.insert(0, 'x')",
    "many.pop(0)",
    "many.index('y')",
    "wide.get('x')",
    "wide.update({i: i})",
    "long.upper()",
    "long[3]",
    "[letter for letter in long]",
    "[*many, *many, *many, *many]",
    "f(*many, *many)",
    "{**wide, **wide}",
    "dict(**wide)",
    "V1Container(**{str(i): i for i in range(100)})",
    "list(zip(*[many] * 100))",
    "sum([many] * 100, [])",
    "list(itertools.chain(*[many] * 100))",
    "list(itertools.product(*[[1]] * 1000))",
    "collections.ChainMap(*[wide] * 100)",
    "functools.reduce(lambda a, b: a + b, [many] * 100)",
    "sorted([[many]] * 1000)",
    "shlex.join([long] * 1000)",
    "('%s' * 1000) % tuple([long] * 1000)",
    "('{0}' * 1000).format(long)",
    "json.dumps(many)",
    "json.loads('[' + '1,' * 1000 + '1]')",
    "yaml.safe_load('a: &a [1, 2, 3]\\nb: &b [*a, *a, *a]\\nc: &c [*b, *b, *b]\\n')",
    "unknown([many])",
    "setattr(flyte.PodTemplate(), f'x{i}', 1)",
    "lambda x: flyte.PodTemplate()",
    "V1PodSpec(containers=many).to_dict()",
    "flyte.PodTemplate(pod_spec=V1PodSpec(containers=many)).allow_fuse()",
    "flyte.TaskEnvironment(name=f'e{i}', pod_template=flyte.PodTemplate())",
    "client.V1Contaner",
];

fn programs() -> Vec<String> {
    let tail = "\nflyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=value, args=[value, value])]))\n";
    let doubling = DOUBLINGS.iter().map(|(first, line, times)| {
        let lines = format!("{line}\n").repeat(*times);
        format!(
            "{HEAD}{first}\n{lines}{tail}value = asdict(value)\nvalue = json.dumps(value)\nos.environ['x'] == value\n"
        )
    });
    let repeated = REPEATED.iter().map(|expression| {
        format!("{HEAD}for i in range(2000):\n  for j in range(400):\n    value = {expression}\n{tail}")
    });
    let chains = (0..50_000).fold(format!("{HEAD}if value == 1: pass\n"), |mut text, number| {
        let _ = writeln!(text, "elif unknown == {number}: value = {number}");
        text
    });
    let forks = (0..5000).fold(HEAD.to_owned(), |mut text, number| {
        let _ = writeln!(text, "if unknown{number}: value{number} = 1");
        text
    });
    doubling.chain(repeated).chain([chains + tail, forks + tail]).collect()
}

/// YAML of which each part is much, or means much.
fn texts() -> Vec<String> {
    let pod =
        "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t, namespace: n}\ntemplate:\n  spec:\n    containers:\n";
    let container = "    - {name: main, image: a:1}\n";
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let secret = |number: usize| format!("        - {{name: PASSWORD{number}, value: hunter2secret}}\n");
    vec![
        // Findings name the container.
        format!(
            "{pod}    - name: \"{}\"\n      image: a\n      env:\n{}",
            "x".repeat(1_000_000),
            lines(4_000, &secret)
        ),
        format!("a: &a \"{}\"\nkind: PodTemplate\nb: [{}]\n", "x".repeat(1_000_000), "*a, ".repeat(40_000)),
        format!("a: &a {{{}: 1}}\nkind: PodTemplate\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(40_000)),
        lines(8_000, &|number| format!("---\n{}", pod.replace("name: t", &format!("name: t{number}"))) + container),
        lines(8_000, &|_| format!("---\n{pod}    - {{name: main, image: a:1, imagePullPolicy: always}}\n")),
        pod.to_owned()
            + &lines(20_000, &|number| format!("    # podlint: ignore[unused-volume]\n    - {{name: c{number}}}\n")),
        format!("{pod}{container}{}", "    # podlint: ignore[unused-volume]\n".repeat(50_000)),
        format!("{pod}{container}    # podlint: ignore[{}]\n", "unused-volum,".repeat(20_000)),
        pod.to_owned()
            + &lines(20_000, &|n| {
                format!("    {{{{- if a{n} }}}}\n    - {{name: c{n}, image: {{{{ a }}}}}}\n    {{{{- end }}}}\n")
            }),
        format!("{pod}    - {{name: main, image: \"{}\"}}\n", "{{a}}".repeat(200_000)),
        format!("{pod}{container}{}", "# {{\n".repeat(200_000)),
        format!("{pod}    - {{name: \"{}\", image: \"{}\"}}\n", "é".repeat(500_000), "x/:@".repeat(500_000)),
    ]
}

/// Runs podlint on a file within bounds; `None` where it took too long.
fn checked(folder: &Path, name: &str) -> Option<ExitStatus> {
    let script = format!("ulimit -v {KILOBYTES}; exec \"$0\" check --format concise \"$1\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_podlint"), name]).current_dir(folder);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell");
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("a state") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    None
}

fn check_all(extension: &str, texts: &[String]) {
    let folder = project(&[("podlint.toml", LIMITS)]);
    let numbers = Mutex::new(0..texts.len());
    let work = || {
        while let Some(number) = { numbers.lock().expect("the numbers").next() } {
            let name = format!("case{number}.{extension}");
            std::fs::write(folder.path().join(&name), &texts[number]).expect("a file");
            let status = checked(folder.path(), &name);
            let is_done = status.is_some_and(|status| matches!(status.code(), Some(0 | 1)));
            let code: String =
                texts[number].chars().skip(HEAD.len() * usize::from(extension == "py")).take(300).collect();
            assert!(is_done, "{name} ended with {status:?}: {code}");
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(4);
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
}

#[test]
fn programs_that_grow_are_bounded() {
    check_all("py", &programs());
}

#[test]
fn files_that_grow_are_bounded() {
    check_all("yaml", &texts());
}
