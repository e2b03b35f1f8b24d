//! What is measured, and the table of it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::floors::MODE;
use crate::generate::{Content, project};
use crate::measure::{Cost, side_by_side};

const ROOT: &str = env!("CARGO_TARGET_TMPDIR");

/// Measures everything and prints Markdown.
pub fn print_table(quick: bool, peers: bool) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let size = std::fs::metadata(podlint()).map_or(0, |metadata| metadata.len());
    println!("{cores} cores; binary {:.1} MB; {} crates in it\n", size as f64 / 1e6, crates());
    start_up();
    println!("\n| input | time | CPU | memory | ÷ byte scan | ÷ bare parse | ÷ bare parse, all cores (wall) |");
    println!("|---|---|---|---|---|---|---|");
    let most = if quick { 1000 } else { 10_000 };
    for (content, count) in projects(most) {
        row(content, count);
    }
    if peers {
        beside_peers(1000);
    }
}

/// The projects that are measured, none with more than `most` files.
pub fn projects(most: usize) -> impl Iterator<Item = (Content, usize)> {
    let counts = move |content| {
        [1, 100, 1000, 10_000].map(|count| (content, count)).into_iter().filter(move |(_, count)| *count <= most)
    };
    let others = [
        (Content::PythonPlain, 1000),
        (Content::PythonTemplates, 1000),
        (Content::YamlTemplates, 1000),
        (Content::LongPython, 10),
        (Content::LongYaml, 10),
    ];
    [Content::Python, Content::Yaml].into_iter().flat_map(counts).chain(others)
}

fn start_up() {
    let empty = empty_program();
    let clean = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples/clean/cluster_template.yaml");
    let commands = [
        vec![empty.as_os_str()],
        vec![podlint(), OsStr::new("--version")],
        vec![podlint(), OsStr::new("check"), clean.as_os_str()],
    ];
    let costs = side_by_side(&commands, 200);
    println!("| start | time | CPU | ÷ empty program (CPU) | ÷ empty program (wall) |\n|---|---|---|---|---|");
    for (name, cost) in
        ["an empty Rust program", "`podlint --version`", "`podlint check`, one template"].iter().zip(&costs)
    {
        let (cpu, wall) = (cost.cpu_ratio(costs[0]), cost.wall_ratio(costs[0]));
        println!("| {name} | {} | {} | {cpu:.2} | {wall:.2} |", milliseconds(cost.wall), milliseconds(cost.cpu));
    }
}

fn row(content: Content, count: usize) {
    let folder = project(Path::new(ROOT), content, count);
    let this = std::env::current_exe().expect("this program");
    let floor = |kind: &'static str, threads: &'static str| {
        vec![this.as_os_str(), OsStr::new(MODE), OsStr::new(kind), OsStr::new(threads), folder.as_os_str()]
    };
    let check = vec![podlint(), OsStr::new("check"), folder.as_os_str()];
    let commands = [check, floor("scan", "1"), floor("parse", "1"), floor("parse", "all")];
    let times = if count >= 10_000 {
        3
    } else if count >= 1000 {
        7
    } else {
        20
    };
    let [own, scan, parse, all]: [Cost; 4] = side_by_side(&commands, times).try_into().expect("four costs");
    println!(
        "| {} | {} | {} | {:.0} MB | {:.2} | {:.2} | {:.2} |",
        name(content, count),
        milliseconds(own.wall),
        milliseconds(own.cpu),
        own.memory as f64 / 1e6,
        own.cpu_ratio(scan),
        own.cpu_ratio(parse),
        own.wall_ratio(all),
    );
    let _ = std::fs::remove_dir_all(folder);
}

fn name(content: Content, count: usize) -> String {
    let files = if count == 1 { "file" } else { "files" };
    match content {
        Content::Python => format!("{count} Python {files}, 1 in 20 with a template"),
        Content::PythonPlain => format!("{count} Python {files}, none with a template"),
        Content::PythonTemplates => format!("{count} Python {files}, all with a template"),
        Content::Yaml => format!("{count} YAML {files}, 1 in 5 with a pod"),
        Content::YamlTemplates => format!("{count} YAML {files}, all with a pod"),
        Content::LongPython => format!("one Python file of {count},000 lines"),
        Content::LongYaml => format!("one YAML file of {count},000 lines"),
    }
}

/// Other linters on the same files, where `benches/peers.sh` has installed them.
fn beside_peers(count: usize) {
    println!("\n| on {count} files | time | CPU | memory | podlint's CPU ÷ its |\n|---|---|---|---|---|");
    let tools = Path::new(ROOT).join("peers/bin");
    let peers: [(Content, &str, &[&str]); 5] = [
        (Content::Python, "ruff", &["check", "--no-cache", "--isolated", "--select", "F"]),
        (Content::PythonPlain, "ruff", &["check", "--no-cache", "--isolated", "--select", "F"]),
        (Content::PythonTemplates, "ruff", &["check", "--no-cache", "--isolated", "--select", "F"]),
        (Content::Yaml, "yamllint", &["-d", "relaxed"]),
        (Content::YamlTemplates, "checkov", &["--quiet", "--compact", "--framework", "kubernetes", "-d"]),
    ];
    for (content, tool, arguments) in peers {
        let program = tools.join(tool);
        if !program.exists() {
            println!("| {tool} | not installed: `bash benches/peers.sh` | | | |");
            continue;
        }
        let folder = project(Path::new(ROOT), content, count);
        let mut theirs = vec![program.as_os_str()];
        theirs.extend(arguments.iter().map(OsStr::new));
        theirs.push(folder.as_os_str());
        let own = vec![podlint(), OsStr::new("check"), folder.as_os_str()];
        let times = if tool == "ruff" { 7 } else { 1 };
        let costs = side_by_side(&[own, theirs], times);
        for (who, cost) in ["podlint", tool].iter().zip(&costs) {
            println!(
                "| {who}, {} | {} | {} | {:.0} MB | {:.2} |",
                name(content, count),
                milliseconds(cost.wall),
                milliseconds(cost.cpu),
                cost.memory as f64 / 1e6,
                costs[0].cpu_ratio(*cost),
            );
        }
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// podlint as an installation would leave it. A program that was just linked lies in the system's memory in small pieces, and
/// starts more slowly than a copy of it.
fn podlint() -> &'static OsStr {
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    COPY.get_or_init(|| copy_of(Path::new(env!("CARGO_BIN_EXE_podlint")), "podlint")).as_os_str()
}

fn copy_of(program: &Path, name: &str) -> PathBuf {
    let copy = Path::new(ROOT).join(name);
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(program, &copy).expect("space on the disk");
    copy
}

/// A Rust program that does nothing, built now by the same compiler.
fn empty_program() -> PathBuf {
    let (source, program) = (Path::new(ROOT).join("empty.rs"), Path::new(ROOT).join("empty"));
    std::fs::write(&source, "fn main() {}\n").expect("space on the disk");
    let built = Command::new("rustc").args(["-O", "-o"]).args([&program, &source]).status().expect("rustc");
    assert!(built.success(), "the empty program does not build");
    copy_of(&program, "empty-copy")
}

/// How many crates the program is made of, itself left out.
fn crates() -> usize {
    let listed = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let names: std::collections::BTreeSet<&str> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    names.len().saturating_sub(1)
}

fn milliseconds(duration: std::time::Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 100.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}
