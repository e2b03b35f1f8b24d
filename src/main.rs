//! The `podlint` command: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    podlint::cli::run(std::env::args_os())
}
