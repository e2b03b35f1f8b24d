//! Prints the table of `docs/performance.md`: what podlint costs beside its floors, measured in the same run.
//!
//! `cargo bench --bench table`; `-- --quick` leaves the 10,000 files out, `-- --peers` adds other linters (`benches/peers.sh`
//! installs them), `-- --write FOLDER` only writes the projects, for a profiler. Every figure is the least of several runs of a process, ratios are of processor time.
#![allow(clippy::expect_used, clippy::print_stdout, missing_docs)]

mod floors;
mod generate;
mod measure;
mod scenarios;

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, kind, threads, root] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
        && mode == floors::MODE
    {
        floors::run(kind, threads, Path::new(root));
        return;
    }
    if let Some(at) = arguments.iter().position(|argument| argument == "--write") {
        let root = Path::new(arguments.get(at + 1).expect("--write FOLDER"));
        scenarios::projects(10_000).for_each(|(content, count)| {
            println!("{}", generate::project(root, content, count).display());
        });
        return;
    }
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    scenarios::print_table(has("--quick"), has("--peers"));
}
