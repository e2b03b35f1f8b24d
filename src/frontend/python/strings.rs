//! Strings: their methods, and how they are put together from parts of which some may not be known.

use ruff_python_ast::{self as ast, ConversionFlag};
use ruff_text_size::Ranged;

use super::builtins::float_text;
use super::calls::{Arguments, Site};
use super::interpreter::Interpreter;
use super::value::{Data, Slot, Val, from_pieces};
use crate::tree::Piece;

/// Longer texts are not computed with.
const MAX_LENGTH: usize = 10_000;

impl<'a> Interpreter<'a> {
    pub(super) fn f_string(&mut self, node: &'a ast::ExprFString) -> Val {
        let mut pieces = Vec::new();
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(text) => pieces.push(Piece::Text(text.value.clone())),
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        self.f_string_element(element, &mut pieces);
                    }
                }
            }
        }
        let source = self.snippet(node);
        from_pieces(pieces, &source, self.at(node))
    }

    fn f_string_element(&mut self, element: &'a ast::InterpolatedStringElement, pieces: &mut Vec<Piece>) {
        let hole = match element {
            ast::InterpolatedStringElement::Literal(text) => return pieces.push(Piece::Text(text.value.clone())),
            ast::InterpolatedStringElement::Interpolation(hole) => hole,
        };
        let val = self.expression(&hole.expression);
        let shown = match (&hole.format_spec, hole.conversion) {
            _ if hole.debug_text.is_some() => None,
            (None, ConversionFlag::None | ConversionFlag::Str) => return pieces.extend(val.pieces()),
            (None, ConversionFlag::Repr) => {
                val.text().filter(|text| !text.contains(['\'', '\\'])).map(|text| format!("'{text}'"))
            }
            (Some(spec), ConversionFlag::None) => {
                let spec = spec.elements.iter().map(|element| match element {
                    ast::InterpolatedStringElement::Literal(text) => Some(&*text.value),
                    ast::InterpolatedStringElement::Interpolation(_) => None,
                });
                let spec: Option<String> = spec.collect();
                spec.and_then(|spec| formatted(&val, &spec))
            }
            _ => None,
        };
        pieces.push(shown.map_or(Piece::Hole, |text| Piece::Text(text.into())));
    }

    /// `"repo:%s" % tag`: only plain `%s` and `%d`.
    pub(super) fn percent(&mut self, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let Some(format) = left.text() else { return self.unknown(node) };
        let arguments = match self.items(right) {
            Some((items, false)) => items.into_iter().map(|slot| slot.val).collect(),
            Some(_) => return self.unknown(node),
            None => vec![right.clone()],
        };
        let mut pieces = Vec::new();
        let mut arguments = arguments.iter();
        let mut parts = format.split('%');
        pieces.push(Piece::Text(parts.next().unwrap_or_default().into()));
        for part in parts {
            let Some(rest) = part.strip_prefix(['s', 'd']) else { return self.unknown(node) };
            pieces.extend(arguments.next().map_or_else(|| vec![Piece::Hole], Val::pieces));
            pieces.push(Piece::Text(rest.into()));
        }
        let source = self.snippet(node);
        from_pieces(pieces, &source, self.at(node))
    }

    /// A method of a string.
    pub(super) fn string_method(&mut self, owner: &Val, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        if let Some(text) = owner.text().filter(|text| text.len() < MAX_LENGTH) {
            if let Some(plain) = plain_method(text, name, arguments) {
                return Val::new(Data::Text(plain.into()), at);
            }
            if let Some(truth) = test_method(text, name, arguments) {
                return Val::new(Data::Bool(truth), at);
            }
            if let Some(parts) = split_method(text, name, arguments) {
                let part = |text: String| Slot::new(Val::new(Data::Text(text.into()), at), at);
                let items = parts.into_iter().map(part).collect();
                return self.list_of(items, false, at);
            }
        }
        let pieces = match (name, owner.text()) {
            ("format", Some(format)) => format_pieces(format, arguments),
            ("join", Some(separator)) => self.join_pieces(separator, arguments),
            _ => None,
        };
        let source = self.snippet(site);
        pieces.map_or_else(|| self.unknown(site), |pieces| from_pieces(pieces, &source, at))
    }

    fn join_pieces(&self, separator: &str, arguments: &Arguments) -> Option<Vec<Piece>> {
        let (items, open) = self.items(&arguments.positional.first()?.val)?;
        if open || items.len() > 1000 {
            return None;
        }
        let mut pieces = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(separator.into()));
            }
            pieces.extend(item.val.pieces());
        }
        Some(pieces)
    }
}

fn text_argument(arguments: &Arguments, index: usize) -> Option<&str> {
    arguments.positional.get(index).and_then(|slot| slot.val.text())
}

fn number_argument(arguments: &Arguments, index: usize) -> Option<i64> {
    arguments.positional.get(index).and_then(|slot| super::builtins::whole(&slot.val))
}

/// Methods that give a string.
fn plain_method(text: &str, name: &str, arguments: &Arguments) -> Option<String> {
    let first = text_argument(arguments, 0);
    let bare = arguments.positional.is_empty() && arguments.keywords.is_empty();
    let trimmed = |characters: &str| characters.chars().collect::<Vec<char>>();
    Some(match (name, first) {
        ("lower" | "casefold", _) if bare => text.to_lowercase(),
        ("upper", _) if bare => text.to_uppercase(),
        ("title", _) if bare => titled(text),
        ("capitalize", _) if bare => {
            let mut characters = text.chars();
            let head = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
            head + &characters.as_str().to_lowercase()
        }
        ("strip", None) if bare => text.trim().to_owned(),
        ("rstrip", None) if bare => text.trim_end().to_owned(),
        ("lstrip", None) if bare => text.trim_start().to_owned(),
        ("strip", Some(set)) => text.trim_matches(trimmed(set).as_slice()).to_owned(),
        ("rstrip", Some(set)) => text.trim_end_matches(trimmed(set).as_slice()).to_owned(),
        ("lstrip", Some(set)) => text.trim_start_matches(trimmed(set).as_slice()).to_owned(),
        ("removeprefix", Some(prefix)) => text.strip_prefix(prefix).unwrap_or(text).to_owned(),
        ("removesuffix", Some(suffix)) => text.strip_suffix(suffix).unwrap_or(text).to_owned(),
        ("replace", Some(from)) if arguments.positional.len() == 2 && !from.is_empty() => {
            text.replace(from, text_argument(arguments, 1).filter(|to| to.len() < 1000)?)
        }
        ("zfill", _) => {
            let width = usize::try_from(number_argument(arguments, 0)?).ok().filter(|width| *width < 1000)?;
            format!("{}{text}", "0".repeat(width.saturating_sub(text.chars().count())))
        }
        _ => return None,
    })
}

fn titled(text: &str) -> String {
    let mut at_start = true;
    let mut result = String::new();
    for character in text.chars() {
        if at_start {
            result.extend(character.to_uppercase());
        } else {
            result.extend(character.to_lowercase());
        }
        at_start = !character.is_alphabetic();
    }
    result
}

/// Methods that give a truth value.
fn test_method(text: &str, name: &str, arguments: &Arguments) -> Option<bool> {
    let first = text_argument(arguments, 0);
    Some(match (name, first) {
        ("startswith", Some(prefix)) => text.starts_with(prefix),
        ("endswith", Some(suffix)) => text.ends_with(suffix),
        ("isdigit", None) if arguments.positional.is_empty() => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        ("islower", None) if arguments.positional.is_empty() => {
            text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
        }
        _ => return None,
    })
}

/// Methods that give parts.
fn split_method(text: &str, name: &str, arguments: &Arguments) -> Option<Vec<String>> {
    let separator = text_argument(arguments, 0).filter(|separator| !separator.is_empty());
    let most = arguments.get("maxsplit", 1).map(|slot| super::builtins::whole(&slot.val));
    let most = match most {
        None | Some(Some(-1)) => usize::MAX,
        Some(most) => usize::try_from(most?).ok()?.saturating_add(1),
    };
    let owned = |part: &str| part.to_owned();
    Some(match (name, separator) {
        ("split" | "rsplit", None) if arguments.positional.is_empty() => text.split_whitespace().map(owned).collect(),
        ("split", Some(separator)) => text.splitn(most, separator).map(owned).collect(),
        ("rsplit", Some(separator)) => {
            let mut parts: Vec<String> = text.rsplitn(most, separator).map(owned).collect();
            parts.reverse();
            parts
        }
        ("splitlines", None) if arguments.positional.is_empty() => text.lines().map(owned).collect(),
        ("partition", Some(separator)) => match text.split_once(separator) {
            Some((head, tail)) => vec![head.to_owned(), separator.to_owned(), tail.to_owned()],
            None => vec![text.to_owned(), String::new(), String::new()],
        },
        ("rpartition", Some(separator)) => match text.rsplit_once(separator) {
            Some((head, tail)) => vec![head.to_owned(), separator.to_owned(), tail.to_owned()],
            None => vec![String::new(), String::new(), text.to_owned()],
        },
        _ => return None,
    })
}

/// A value by a format such as `03d`, `.2f` or `>8`; only what is common.
fn formatted(val: &Val, spec: &str) -> Option<String> {
    match &val.data {
        Data::Number(text) => formatted_number(text, spec),
        Data::Text(text) if spec == "s" || spec.is_empty() => Some(text.to_string()),
        _ => None,
    }
}

fn formatted_number(text: &str, spec: &str) -> Option<String> {
    let value: f64 = text.parse().ok()?;
    let is_whole = !text.contains(['.', 'e']);
    if let Some(places) = spec.strip_prefix('.').and_then(|spec| spec.strip_suffix('f')) {
        let places: usize = places.parse().ok().filter(|places| *places < 20)?;
        return Some(format!("{value:.places$}"));
    }
    match spec {
        "d" if is_whole => Some(text.to_owned()),
        "g" if value.abs() < 1e6 && value.fract() == 0.0 => Some(format!("{value:.0}")),
        "g" if value.abs() < 1000.0 && float_text(value).len() <= 7 => Some(float_text(value)),
        _ => {
            let width = spec.strip_prefix('0')?.trim_end_matches('d');
            let width: usize = width.parse().ok().filter(|width| *width < 100)?;
            (is_whole && !text.starts_with('-')).then(|| format!("{text:0>width$}"))
        }
    }
}

/// `"{}:{tag}".format(repo, tag=tag)`: only plain fields.
fn format_pieces(format: &str, arguments: &Arguments) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        pieces.push(Piece::Text(rest.get(..open)?.replace("}}", "}").into()));
        let tail = rest.get(open + 1..)?;
        if let Some(escaped) = tail.strip_prefix('{') {
            pieces.push(Piece::Text("{".into()));
            rest = escaped;
            continue;
        }
        let close = tail.find('}')?;
        let field = tail.get(..close)?;
        let slot = match field.parse::<usize>() {
            Ok(index) => arguments.positional.get(index),
            Err(_) if field.is_empty() => {
                next += 1;
                arguments.positional.get(next - 1)
            }
            Err(_) => arguments.named(field),
        };
        pieces.extend(slot.map_or_else(|| vec![Piece::Hole], |slot| slot.val.pieces()));
        rest = tail.get(close + 1..)?;
    }
    pieces.push(Piece::Text(rest.replace("}}", "}").into()));
    Some(pieces)
}
