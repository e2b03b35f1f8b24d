//! The command line: arguments, files, exit codes.

mod arguments;
mod baseline;
mod check;
mod cluster;
mod config;
mod explain;
mod fix;
mod hint;
mod ignores;
mod input;
mod page;
#[cfg(feature = "pin")]
mod pin;
mod progress;
mod render;
mod replace;
mod report;
mod settings;
mod shell;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::server;
use crate::text::one_line;
use arguments::{Cli, Command};

/// Bytes of stack for a thread that checks files: deep but allowed nesting must fit.
const STACK: usize = 64 * 1024 * 1024;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing at or above the threshold.
    Clean,
    /// Findings at or above the threshold.
    Findings,
    /// It could not do what was asked.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Failed => Self::from(2),
        }
    }
}

/// Runs `podlint` with these arguments, the program's name first.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    // All of it on one thread with a stack of its own size: what a second one needs to begin costs every start.
    let ended = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, || answer(arguments)).map(std::thread::ScopedJoinHandle::join)
    });
    match ended {
        Ok(Ok(code)) => code,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => {
            complain(&format!("cannot start a thread: {error}"));
            Exit::Failed.into()
        }
    }
}

fn answer(arguments: Vec<OsString>) -> ExitCode {
    let arguments_given = arguments.clone();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(hint) = hint::of(&error, &arguments_given) {
                complain(&hint);
                return Exit::Failed.into();
            }
            // Help and version are answers, not failures, as long as they can be given.
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            let is_refused = printed.is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe);
            return if error.use_stderr() || is_refused { Exit::Failed.into() } else { ExitCode::SUCCESS };
        }
    };
    let exit = match cli.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        #[cfg(feature = "pin")]
        Command::Pin(arguments) => pin::run(&arguments),
        Command::Cluster(command) => cluster::run(&command),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Rules(arguments) => explain::rules(&arguments),
        Command::Config(command) => config::run(&command),
        Command::Server(_) => serve(),
        Command::Completions(arguments) => shell::completions(&arguments),
        Command::Man(arguments) => shell::man(&arguments),
    };
    exit.into()
}

/// Serves an editor until it says goodbye.
fn serve() -> Exit {
    match server::run() {
        Ok(true) => Exit::Clean,
        Ok(false) => Exit::Findings,
        Err(error) => {
            complain(&format!("cannot start: {error}"));
            Exit::Failed
        }
    }
}

/// Prints an answer; a reader that went away is no failure.
fn print(text: &[u8]) -> Exit {
    match std::io::stdout().write_all(text) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write: {error}"));
            Exit::Failed
        }
        _ => Exit::Clean,
    }
}

/// Says on standard error why something could not be done.
fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "podlint: {}", one_line(message));
}
