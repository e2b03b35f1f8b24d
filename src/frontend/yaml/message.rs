//! The parser's errors in podlint's words: what is there, and what to do about it.

use granit_parser::ErrorKind as Kind;

/// What an error means to the one who wrote the text, and what helps.
pub fn of(kind: &Kind, text: &str, offset: usize) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => return colon(text, offset),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            ("a line that is neither `key: value` nor `- item`", Some("is a `:` or the blank behind it missing?"))
        }
        Kind::ExpectedBlockMappingKey | Kind::ExpectedBlockSequenceEntry | Kind::InvalidIndentation => (
            "this does not line up with what stands above",
            Some("indent it like its siblings: keys of one object and items of one list begin in one column"),
        ),
        Kind::BlockSequenceEntryNotAllowed | Kind::InvalidBlockEntryWhitespace | Kind::BlockEntryInFlowCollection => {
            ("a list item may not begin here", Some("put `- ` on a line of its own, below the key"))
        }
        Kind::TabNotAllowed | Kind::TabInBlockIndentation | Kind::TabInIndentation | Kind::TabAtBlockScalarStart => {
            ("a tab in the indentation", Some("YAML is indented with blanks"))
        }
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            ("a quote that is never closed", Some("close it on the same line"))
        }
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            "something stands behind the closing quote",
            Some("quote the whole value, and write a quote within it as `\\\"` or `''`"),
        ),
        Kind::ExpectedFlowMappingSeparator => ("expected `,` or `}`", Some("is the `{` before it closed?")),
        Kind::ExpectedFlowSequenceSeparator => ("expected `,` or `]`", Some("is the `[` before it closed?")),
        Kind::UnknownQuotedScalarEscape => {
            ("no such escape in a double-quoted string", Some("write `\\\\` for a backslash, or use single quotes"))
        }
        Kind::MisplacedFlowCollectionEnd => ("a closing bracket without its opening one", None),
        Kind::InvalidBlockScalarHeader => {
            ("something stands behind `|` or `>`", Some("begin the text on the next line, or quote it"))
        }
        Kind::UndeclaredTagHandle => ("a tag that is not declared", Some("quote a value that begins with `!`")),
        Kind::MissingAnchorOrAliasName => {
            ("an anchor or alias without a name", Some("quote a value that begins with `*` or `&`"))
        }
        Kind::UnexpectedCharacter { character } => return unexpected(*character),
        other => return (plain_words(&other.to_string()), None),
    };
    (message.to_owned(), help)
}

/// A colon where no key can be: mostly a second one in a line, or a line too deep below a value.
fn colon(text: &str, offset: usize) -> (String, Option<&'static str>) {
    let line_start = text.get(..offset).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let before = text.get(line_start..offset).unwrap_or_default();
    let second = before.contains(": ");
    let (message, help) = if second {
        ("a second `: ` in one line", "quote the value if the colon belongs to it")
    } else {
        ("a key may not stand here", "is it indented like its siblings, and is the line above complete?")
    };
    (message.to_owned(), Some(help))
}

fn unexpected(character: char) -> (String, Option<&'static str>) {
    let shown = character.escape_debug();
    let help = match character {
        '@' | '`' | '%' => "quote a value that begins with it",
        _ => "take it out, or write it as an escape in double quotes",
    };
    (format!("no value begins with `{shown}`"), Some(help))
}

/// The parser's own sentence in the form of podlint's messages.
fn plain_words(info: &str) -> String {
    info.replace("`:'", "`:`").replace(" indicator", "").replace('\'', "`").replace("``", "`")
}
