//! What somebody likely meant who left out the command.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::source::Language;

/// The command that was likely meant, where the arguments begin with files or with an option of `check`.
pub fn of(error: &Error, arguments: &[OsString]) -> Option<String> {
    let first = arguments.get(1)?.to_str()?;
    let is_meant = match error.kind() {
        ErrorKind::InvalidSubcommand => is_path(first),
        ErrorKind::UnknownArgument => named(error).is_some_and(|option| option == first) && first != "-",
        _ => false,
    };
    let rest: Vec<String> = arguments.iter().skip(1).map(|one| quoted(&one.to_string_lossy())).collect();
    is_meant.then(|| format!("`{first}` is not a command; did you mean `podlint check {}`?", rest.join(" ")))
}

fn is_path(text: &str) -> bool {
    text == "-"
        || text.contains(['/', '\\'])
        || Path::new(text).exists()
        || Language::of_path(Path::new(text)).is_some()
}

/// The option that is not known.
fn named(error: &Error) -> Option<&str> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(option)) => Some(option),
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=,:@+%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
