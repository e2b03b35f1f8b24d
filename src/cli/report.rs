//! Where reports go: standard output, and the files of `--output`.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::{CheckArguments, ColorChoice, FormatName};
use super::complain;
use crate::output::{self, Paths, Run, Style};
use crate::project::reason;

/// What paths in reports are relative to.
pub fn paths() -> Paths {
    let working = std::env::current_dir().unwrap_or_default();
    let repository = working.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&working).to_owned();
    Paths { working, repository }
}

/// Writes the report to standard output.
pub fn write(out: &mut dyn io::Write, arguments: &CheckArguments, run: &Run<'_>) -> io::Result<()> {
    let color = use_color(arguments.color);
    let style =
        Style { color, links: color && shows_links(), quiet: arguments.quiet, statistics: arguments.statistics };
    output::write(out, arguments.format.into(), run, style)?;
    // In a log of annotations the count would be taken for one more of them.
    let log = matches!(arguments.format, FormatName::Github | FormatName::Azure);
    if log && !arguments.quiet {
        out.flush()?;
        complain(&run.summary.to_string());
    }
    Ok(())
}

/// Writes what was fixed: where people read, before what is left; else on standard error.
pub fn write_done(out: &mut dyn io::Write, arguments: &CheckArguments, done: &[String]) -> io::Result<()> {
    match arguments.format {
        _ if arguments.quiet => Ok(()),
        FormatName::Full | FormatName::Concise => done.iter().try_for_each(|line| writeln!(out, "{line}")),
        _ => {
            done.iter().for_each(|line| complain(line));
            Ok(())
        }
    }
}

/// Writes the reports of `--output`; says which could not be written.
pub fn write_files(arguments: &CheckArguments, run: &Run<'_>) -> Vec<String> {
    let style = Style { statistics: arguments.statistics, quiet: arguments.quiet, color: false, links: false };
    let failed = |(format, path): &(FormatName, PathBuf)| {
        let error = write_file(path, *format, run, style).err()?;
        Some(format!("cannot write `{}`: {}", path.display(), reason(&error)))
    };
    arguments.output.iter().filter_map(failed).collect()
}

fn write_file(path: &Path, format: FormatName, run: &Run<'_>, style: Style) -> io::Result<()> {
    // A folder that is not there is rather a mistyped path than one to be made.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        return Err(io::Error::other(format!("there is no folder `{}`", folder.display())));
    }
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    output::write(&mut file, format.into(), run, style)?;
    file.flush()
}

/// Whether to use colours: as asked, else as the usual environment variables say, else on terminals.
pub fn use_color(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if is_set("NO_COLOR") => false,
        ColorChoice::Auto if is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => io::stdout().is_terminal(),
    }
}

/// Whether the terminal shows links that are text: most do, and print nothing odd where they do not. `FORCE_HYPERLINK` decides first, as
/// for other programs.
fn shows_links() -> bool {
    match std::env::var("FORCE_HYPERLINK") {
        Ok(value) if !value.is_empty() => value != "0",
        _ => {
            let term = std::env::var("TERM").unwrap_or_default();
            io::stdout().is_terminal() && !is_set("CI") && !matches!(&*term, "" | "dumb" | "linux")
        }
    }
}

/// Whether an environment variable says yes.
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
