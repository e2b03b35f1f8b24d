//! What a shell and `man` want to know of the command line.

use clap::CommandFactory as _;

use super::arguments::{Cli, CompletionsArguments, ManArguments};
use super::{Exit, complain, print};
use crate::project::reason;

/// Prints a shell's completions.
pub fn completions(arguments: &CompletionsArguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "podlint", &mut script);
    print(&script)
}

/// Prints the manual page, or writes the page of each command.
pub fn man(arguments: &ManArguments) -> Exit {
    let Some(folder) = &arguments.output else {
        let mut page = Vec::new();
        return match clap_mangen::Man::new(Cli::command()).render(&mut page) {
            Ok(()) => print(&page),
            Err(error) => failed(&error.to_string()),
        };
    };
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => failed(&format!("cannot write to `{}`: {}", folder.display(), reason(&error))),
    }
}

fn failed(message: &str) -> Exit {
    complain(message);
    Exit::Failed
}
