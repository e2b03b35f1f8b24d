//! What a shell and `man` want to know of the command line.

use std::io;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::arguments::{Cli, CompletionsArguments, ManArguments};
use super::{Exit, complain, explain, print};
use crate::project::reason;

/// The options of `check` that take names of rules.
const OF_RULES: &[&str] = &["select", "extend_select", "ignore"];
/// What each exit code means.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "No findings at or above --fail-on (default: warning), or what was asked for was done."),
    ("1", "Findings at or above --fail-on; with --diff, something would change."),
    ("2", "Something could not be read, written or done, or an option is wrong; standard error says what."),
];

/// Prints a shell's completions; they know the names of rules.
pub fn completions(arguments: &CompletionsArguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut with_rules(), "podlint", &mut script);
    print(&script)
}

/// The command line with the rules as the values that they are.
fn with_rules() -> Command {
    let rules = || PossibleValuesParser::new(explain::selectable());
    Cli::command()
        .mut_subcommand("explain", |command| command.mut_arg("rule", |argument| argument.value_parser(rules())))
        .mut_subcommand("check", |command| {
            OF_RULES
                .iter()
                .fold(command, |command, option| command.mut_arg(*option, |argument| argument.value_parser(rules())))
        })
}

/// Prints the manual page, or writes the page of each command.
pub fn man(arguments: &ManArguments) -> Exit {
    // What `podlint help` says is said by the pages; it is no page of its own.
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &arguments.output else {
        let mut text = Vec::new();
        return match page(command, &mut text) {
            Ok(()) => print(&text),
            Err(error) => failed(&error.to_string()),
        };
    };
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        pages(&command).into_iter().try_for_each(|command| {
            let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
            let mut text = Vec::new();
            page(command, &mut text)?;
            std::fs::write(folder.join(format!("{name}.1")), text)
        })
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => failed(&format!("cannot write to `{}`: {}", folder.display(), reason(&error))),
    }
}

/// A command and all below it that have a page.
fn pages(command: &Command) -> Vec<Command> {
    let below = command.get_subcommands().filter(|one| one.get_name() != "help" && !one.is_hide_set());
    std::iter::once(command.clone()).chain(below.flat_map(pages)).collect()
}

/// One page. The parts are those of clap_mangen, and the exit status before what is said last.
fn page(command: Command, out: &mut dyn io::Write) -> io::Result<()> {
    let has_commands = command.get_subcommands().any(|one| one.get_name() != "help");
    let has_extra = command.get_after_help().is_some() || command.get_after_long_help().is_some();
    let has_version = command.get_version().is_some() || command.get_long_version().is_some();
    let man = Man::new(command);
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if has_commands {
        man.render_subcommands_section(out)?;
    }
    let mut status = Roff::new();
    status.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_STATUS {
        status.control("TP", []);
        status.text([bold(*code)]);
        status.text([roman(*meaning)]);
    }
    status.to_writer(&mut *out)?;
    if has_extra {
        man.render_extra_section(out)?;
    }
    if has_version { man.render_version_section(out) } else { Ok(()) }
}

fn failed(message: &str) -> Exit {
    complain(message);
    Exit::Failed
}
