//! What a comment says to podlint: `# podlint: ignore[rule] reason` and its kin, and what is wrong with it.

use crate::text::{Span, nearest};

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ignore`: here.
    Ignore,
    /// `ignore-file`: in the whole file.
    IgnoreFile,
    /// `disable`: from here on.
    Disable,
    /// `enable`: no longer.
    Enable,
}

const KINDS: &[(&str, Kind)] = &[
    ("ignore", Kind::Ignore),
    ("ignore-file", Kind::IgnoreFile),
    ("disable", Kind::Disable),
    ("enable", Kind::Enable),
];

/// A rule that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// One thing said in a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// What.
    pub kind: Kind,
    /// Of which rules; `None` means all.
    pub names: Option<Vec<Name>>,
    /// From its `#` to the end of its reason.
    pub span: Span,
    /// The word, and the brackets behind it.
    pub head: Span,
}

/// Something that was meant for podlint and says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub span: Span,
    /// What to write in the place of `span`, where that is plain.
    pub instead: Option<String>,
}

/// Reads the directives of one comment; `is_rule` knows the rules' names.
pub fn read(text: &str, comment: Span, is_rule: &dyn Fn(&str) -> bool) -> Vec<Result<Directive, Mistake>> {
    let mut found = Vec::new();
    let written = comment.slice(text);
    for (at, _) in written.match_indices('#') {
        let rest = written.get(at + 1..).unwrap_or_default();
        let Some(behind) = rest.trim_start().strip_prefix("podlint") else { continue };
        // A further directive may follow in the same comment.
        let end = behind.find('#').unwrap_or(behind.len());
        let head = written.len() - behind.len();
        let cursor = Cursor {
            start: comment.start + offset(at),
            at: comment.start + offset(head),
            rest: behind.get(..end).unwrap_or_default(),
        };
        found.extend(cursor.directive(is_rule));
    }
    found
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The text behind `# podlint`.
struct Cursor<'t> {
    /// Where its `#` is.
    start: u32,
    /// Where `rest` begins.
    at: u32,
    rest: &'t str,
}

impl Cursor<'_> {
    fn directive(&self, is_rule: &dyn Fn(&str) -> bool) -> Option<Result<Directive, Mistake>> {
        let behind = self.rest.trim_start();
        let Some(said) = behind.strip_prefix(':') else { return self.without_colon(behind).map(Err) };
        let said = said.trim_start();
        let word: String = said.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
        let word_at = self.offset_of(said);
        let word_span = Span::new(word_at, word_at + offset(word.len()));
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
            return Some(Err(unknown_word(&word, word_span)));
        };
        let behind = said.get(word.len()..).unwrap_or_default();
        let list = behind.trim_start();
        let span = Span::new(self.start, self.at + offset(self.rest.trim_end().len()));
        if let Some(list) = list.strip_prefix('[') {
            let Some(close) = list.find(']') else {
                let message = "the list of rules is not closed".to_owned();
                let help = "write `]` behind the last rule".to_owned();
                return Some(Err(Mistake { message, help, span, instead: None }));
            };
            let names = self.names(list.get(..close).unwrap_or_default());
            let head = Span::new(word_at, self.offset_of(list) + offset(close) + 1);
            if names.is_empty() {
                let message = "no rule is named in the brackets".to_owned();
                let help = "name rules, or leave the brackets out to mean all of them".to_owned();
                return Some(Err(Mistake { message, help, span: head, instead: None }));
            }
            return Some(Ok(Directive { kind: *kind, names: Some(names), span, head }));
        }
        let bare: Vec<&str> = list.split([',', ' ']).take_while(|name| is_rule(name)).collect();
        if let Some(last) = bare.last() {
            let end = self.offset_of(list) + offset(list.find(last).unwrap_or_default() + last.len());
            let message = "rules stand in brackets here".to_owned();
            let instead = format!("{word}[{}]", bare.join(", "));
            let help = format!("write `{instead}`");
            return Some(Err(Mistake { message, help, span: Span::new(word_at, end), instead: Some(instead) }));
        }
        Some(Ok(Directive { kind: *kind, names: None, span, head: word_span }))
    }

    /// `# podlint ignore[rule]`: prose may begin with the name as well, so only brackets tell.
    fn without_colon(&self, behind: &str) -> Option<Mistake> {
        let (word, _) = behind.split_once('[')?;
        KINDS.iter().find(|(name, _)| *name == word.trim())?;
        let message = "a colon is missing behind `podlint`".to_owned();
        let help = format!("write `# podlint: {}[…]`", word.trim());
        let span = Span::new(self.start, self.at);
        Some(Mistake { message, help, span, instead: Some("# podlint:".to_owned()) })
    }

    fn names(&self, list: &str) -> Vec<Name> {
        let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts
            .map(|part| {
                let start = self.offset_of(part);
                Name { text: part.to_owned(), span: Span::new(start, start + offset(part.len())) }
            })
            .collect()
    }

    /// The offset in the file of a part of `rest`.
    fn offset_of(&self, part: &str) -> u32 {
        self.at + offset(part.as_ptr().addr().saturating_sub(self.rest.as_ptr().addr()))
    }
}

fn unknown_word(word: &str, span: Span) -> Mistake {
    let meant = nearest(word, KINDS.iter().map(|(name, _)| *name)).and_then(|index| KINDS.get(index));
    let help = match meant {
        Some((name, _)) => format!("did you mean `{name}`?"),
        None => "write `ignore[rule]`, `ignore-file[rule]`, `disable[rule]` or `enable[rule]`".to_owned(),
    };
    let message = match word {
        "" => "this comment says nothing to podlint".to_owned(),
        word => format!("`{word}` is nothing that podlint can be told"),
    };
    Mistake { message, help, span, instead: meant.map(|(name, _)| (*name).to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::{Kind, read};
    use crate::text::Span;

    fn said(text: &str) -> Vec<String> {
        let whole = Span::from_range(0..text.len());
        let show = |found: Result<super::Directive, super::Mistake>| match found {
            Ok(directive) => {
                let names = directive.names.map(|names| {
                    names.iter().map(|name| name.span.slice(text).to_owned()).collect::<Vec<_>>().join("+")
                });
                let kind = match directive.kind {
                    Kind::Ignore => "ignore",
                    Kind::IgnoreFile => "ignore-file",
                    Kind::Disable => "disable",
                    Kind::Enable => "enable",
                };
                format!("{kind} {} <{}>", names.unwrap_or_else(|| "*".to_owned()), directive.span.slice(text))
            }
            Err(mistake) => format!("{} <{}> {:?}", mistake.message, mistake.span.slice(text), mistake.instead),
        };
        read(text, whole, &|name| name == "unused-volume").into_iter().map(show).collect()
    }

    #[test]
    fn directives_are_read() {
        assert_eq!(said("# podlint: ignore[a, b] why"), ["ignore a+b <# podlint: ignore[a, b] why>"]);
        assert_eq!(said("#podlint:ignore-file[a]"), ["ignore-file a <#podlint:ignore-file[a]>"]);
        assert_eq!(said("# noqa # podlint: disable[é]"), ["disable é <# podlint: disable[é]>"]);
        assert_eq!(
            said("# podlint: enable[a,] # podlint: ignore since then"),
            ["enable a <# podlint: enable[a,]>", "ignore * <# podlint: ignore since then>"]
        );
        assert_eq!(said("# see podlint: ignore[a]"), [""; 0]);
        assert_eq!(said("# podlint is a linter"), [""; 0]);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            said("# podlint: ignroe[a]"),
            ["`ignroe` is nothing that podlint can be told <ignroe> Some(\"ignore\")"]
        );
        assert_eq!(
            said("# podlint ignore[a]"),
            ["a colon is missing behind `podlint` <# podlint> Some(\"# podlint:\")"]
        );
        assert_eq!(
            said("# podlint: ignore unused-volume as it is"),
            ["rules stand in brackets here <ignore unused-volume> Some(\"ignore[unused-volume]\")"]
        );
        assert_eq!(said("# podlint: ignore[]"), ["no rule is named in the brackets <ignore[]> None"]);
        assert_eq!(said("# podlint: ignore[a"), ["the list of rules is not closed <# podlint: ignore[a> None"]);
    }
}
