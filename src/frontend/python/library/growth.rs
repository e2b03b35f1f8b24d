//! What operations cost, in steps: something that is twice as large costs no more than two and a half times as much, and what is large
//! is not for free.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::super::HOOKS;
use super::super::evaluate::{Assumptions, Evaluator};
use super::super::source::{self, Analysis, Program};
use crate::config::Limits;
use crate::source::NoModules;

/// So often an operation is repeated, lest what is around it count for much.
const TIMES: usize = 8;

/// Operations on texts, lists and mappings, which a program makes of `N`.
const OPERATIONS: &[&str] = &[
    "('x' * N).strip('x')",
    "('x' * N).lstrip()",
    "repr('x' * N)",
    "repr(['x'] * (N // 4))",
    "'y' in 'x' * N",
    "'xy' in 'x' * N",
    "('x' * N).find('xxy')",
    "('x' * N).count('xy')",
    "('x' * N).replace('y', 'z')",
    "('x' * N).split('y')",
    "'y' in ['x'] * (N // 4)",
    "(['x'] * (N // 4)).count('y')",
    "sorted(['x'] * (N // 4))",
    "sorted(range(N // 4, 0, -1))",
    "max(range(N // 4))",
    "int('7' * N)",
    "float('7' * N)",
    "format('x', '>' + str(N))",
    "f'{str():>{N}}'",
    "'%s' % ('x' * N)",
    "'{}'.format('x' * N)",
    "json.dumps(['x'] * (N // 8))",
    "json.dumps({str(i): i for i in range(N // 8)})",
    "json.loads('[' + '1, ' * (N // 8) + '1]')",
    "yaml.safe_load('- a\\n' * (N // 8))",
    "yaml.safe_load('a' * N)",
    "copy.deepcopy([['x']] * (N // 8))",
    "dict(zip(range(N // 8), range(N // 8)))",
    "set(range(N // 8)) | {1}",
    "('x' * N) == ('x' * N)",
    "('x' * N) < ('x' * N)",
    "hash('x' * N)",
    "('x' * N)[1:]",
    "('x' * N)[::-1]",
    "(['x'] * (N // 4))[1:]",
    "' '.join(['x'] * (N // 4))",
    "re.sub('y', 'z', 'x' * N)",
    "textwrap.dedent('x' * N)",
];

/// Statements on a mapping of `N` entries.
const STATEMENTS: &[&str] = &[
    "match many:\n        case {'k1': found, **rest}: pass",
    "match texts:\n        case [first, *rest]: pass",
    "value = {**many}",
    "value = [*texts]",
    "value = many == dict(many)",
    "value = texts == list(texts)",
    "texts.index('y') if 'y' in texts else 0",
    "texts.sort()",
];

fn steps(text: &str) -> usize {
    let limits = Limits::default();
    let syntax = source::parse(text, limits.depth).unwrap();
    assert!(syntax.errors().is_empty(), "{text}");
    let analysis = Arc::new(Analysis::new(syntax));
    let program = Program::load(Path::new("main.py"), text, &analysis, &NoModules, &limits, &[]);
    let mut evaluator = Evaluator::new(&program, &HOOKS, Assumptions::default(), 50_000_000);
    evaluator.run(&mut |_| {});
    assert!(!evaluator.budget.is_exhausted() && evaluator.exhausted_parts == 0, "{text}");
    evaluator.budget.spent()
}

/// A program that does something `TIMES` times with what has the size `size`.
fn program(statement: &str, size: usize) -> String {
    format!(
        "import copy, json, re, textwrap, yaml\nimport flyte\nN = {size}\n\
         many = {{f'k{{i}}': i for i in range(N // 8)}}\ntexts = ['x'] * (N // 4)\nvalue = ''\n\
         for number in range({TIMES}):\n    {statement}\n\
         pod = flyte.PodTemplate(annotations={{'r': str(value), 'n': str(len(many) + len(texts))}})\n"
    )
}

fn check(name: &str, of_size: impl Fn(usize) -> String) -> Option<String> {
    let [base, small, large] = [64, 6_000, 12_000].map(|size| steps(&of_size(size)));
    let is_paid = small >= base + TIMES;
    let is_linear = large.saturating_sub(base) * 2 <= small.saturating_sub(base) * 5;
    (!is_paid || !is_linear).then(|| format!("{name}: {base} steps for almost nothing, {small}, then {large}"))
}

#[test]
fn what_is_twice_as_large_costs_twice_as_much() {
    let operations = OPERATIONS.iter().map(|operation| format!("value = {operation}"));
    let statements = STATEMENTS.iter().map(|statement| (*statement).to_owned());
    let bad: Vec<String> = operations
        .chain(statements)
        .filter_map(|statement| check(&statement, |size| program(&statement, size)))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn scopes_and_branches_cost_what_they_change() {
    let globals = |size: usize| {
        let names: Vec<String> = (0..size / 8).map(|number| format!("g{number}")).collect();
        let mut text = format!("import flyte\ng0 = 1\n{} = 2\n", names.join(" = "));
        for number in 0..TIMES {
            let _ = writeln!(text, "def f{number}():\n    global {}\n    g0 = {number}\nf{number}()", names.join(", "));
        }
        text + "pod = flyte.PodTemplate(annotations={'r': str(g0)})\n"
    };
    let branches = |size: usize| {
        let mut text = "import os\nimport flyte\n".to_owned();
        for number in 0..size / 32 {
            let _ = writeln!(text, "if os.environ.get('A{number}'):\n    v{number} = 1\nelse:\n    v{number} = 2");
        }
        text + "pod = flyte.PodTemplate(annotations={'r': str(v0)})\n"
    };
    let functions = |size: usize| {
        let mut text = "import flyte\n".to_owned();
        for number in 0..size / 32 {
            let _ = writeln!(text, "def f{number}(a):\n    return flyte.PodTemplate(labels={{'a': a}})");
        }
        text
    };
    let bad: Vec<String> = [check("globals", globals), check("branches", branches), check("functions", functions)]
        .into_iter()
        .flatten()
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
