//! The `podlint` command: everything is in the library.

use std::process::ExitCode;

// A third of the time of parsing Python goes into small allocations: docs/performance.md has what each allocator costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    podlint::cli::run(std::env::args_os().collect())
}
