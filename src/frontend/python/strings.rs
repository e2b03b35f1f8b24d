//! Strings: their methods, and how they are put together from parts of which some may not be known.

use ruff_python_ast::{self as ast, ConversionFlag};
use ruff_text_size::Ranged;

use super::budget::MAX_TEXT;
use super::calls::{Arguments, Site};
use super::formatting::{formatted, percent_conversion, repr, shown};
use super::interpreter::Interpreter;
use super::pieces::Pieces;
use super::value::{Data, Slot, Val};

/// Longer texts are not computed with.
const MAX_LENGTH: usize = 10_000;
/// No format spec is longer.
const MAX_SPEC: usize = 200;

impl<'a> Interpreter<'a> {
    pub(super) fn f_string(&mut self, node: &'a ast::ExprFString) -> Val {
        let mut pieces = Pieces::default();
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(text) => pieces.text(&text.value),
                ast::FStringPart::FString(string) => {
                    for element in &string.elements {
                        self.f_string_element(element, &mut pieces);
                    }
                }
            }
        }
        self.put_together(pieces, node)
    }

    /// The text that parts make.
    pub(super) fn put_together(&self, pieces: Pieces, node: impl Ranged + Copy) -> Val {
        let is_paid = self.step(pieces.size().min(MAX_TEXT) / 16);
        let data = if is_paid { pieces.finish(|| self.snippet(node)) } else { None };
        data.map_or_else(|| self.unknown(node), |data| Val::new(data, self.at(node)))
    }

    /// A text that was computed, unless it is too long.
    pub(super) fn computed_text(&self, text: String, node: impl Ranged + Copy) -> Val {
        let fits = text.len() <= MAX_TEXT && self.step(text.len() / 16);
        if fits { Val::new(Data::Text(text.into()), self.at(node)) } else { self.unknown(node) }
    }

    fn f_string_element(&mut self, element: &'a ast::InterpolatedStringElement, pieces: &mut Pieces) {
        let hole = match element {
            ast::InterpolatedStringElement::Literal(text) => return pieces.text(&text.value),
            ast::InterpolatedStringElement::Interpolation(hole) => hole,
        };
        let val = self.expression(&hole.expression);
        let spec = hole.format_spec.as_ref().map(|spec| self.format_spec(spec));
        let shown = match (&spec, hole.conversion) {
            _ if hole.debug_text.is_some() => None,
            (None, ConversionFlag::None | ConversionFlag::Str) => return pieces.val(&val),
            (None, ConversionFlag::Repr) => repr(&val),
            (Some(spec), ConversionFlag::None) => spec.as_ref().and_then(|spec| formatted(&val, spec)),
            _ => None,
        };
        pieces.known(shown);
    }

    /// `"repo:%s" % tag`.
    pub(super) fn percent(&mut self, left: &Val, right: &Val, node: impl Ranged + Copy) -> Val {
        let Some(format) = left.text() else { return self.unknown(node) };
        let arguments = match self.items(right) {
            Some((items, false)) => items.into_iter().map(|slot| slot.val).collect(),
            Some(_) => return self.unknown(node),
            None => vec![right.clone()],
        };
        match percent_pieces(format, &arguments) {
            Some(pieces) => self.put_together(pieces, node),
            None => self.unknown(node),
        }
    }

    /// The spec behind the colon of a replacement field, which may have fields itself.
    fn format_spec(&mut self, spec: &'a ast::InterpolatedStringFormatSpec) -> Option<String> {
        let mut text = String::new();
        for element in &spec.elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                ast::InterpolatedStringElement::Interpolation(hole) => {
                    text.push_str(&shown(&self.expression(&hole.expression))?);
                    (text.len() <= MAX_SPEC).then_some(())?;
                }
            }
        }
        Some(text)
    }

    /// A method of a string.
    pub(super) fn string_method(&mut self, owner: &Val, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        if let Some(text) = owner.text().filter(|text| text.len() < MAX_LENGTH) {
            self.read_text(text.len());
            if let Some(plain) = plain_method(text, name, arguments) {
                return self.computed_text(plain, site);
            }
            if let Some(truth) = test_method(text, name, arguments) {
                return Val::new(Data::Bool(truth), at);
            }
            if let Some(count) = count_method(text, name, arguments) {
                return Val::new(Data::Number(count.to_string().into()), at);
            }
            if let Some(truth) = self.affix_test(text, name, arguments) {
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
        match pieces {
            Some(pieces) => self.put_together(pieces, site),
            None => self.unknown(site),
        }
    }

    /// `startswith` and `endswith` of any of several.
    fn affix_test(&self, text: &str, name: &str, arguments: &Arguments) -> Option<bool> {
        let (affixes, open) = self.items(&arguments.positional.first()?.val)?;
        let affixes: Vec<&str> = affixes.iter().map(|slot| slot.val.text()).collect::<Option<_>>()?;
        match name {
            "startswith" if !open => Some(affixes.iter().any(|affix| text.starts_with(affix))),
            "endswith" if !open => Some(affixes.iter().any(|affix| text.ends_with(affix))),
            _ => None,
        }
    }

    fn join_pieces(&self, separator: &str, arguments: &Arguments) -> Option<Pieces> {
        let (items, open) = self.items(&arguments.positional.first()?.val)?;
        if open || items.len() > 1000 {
            return None;
        }
        let mut pieces = Pieces::default();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                pieces.text(separator);
            }
            pieces.val(&item.val);
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
            let to = text_argument(arguments, 1)?;
            (text.matches(from).count().saturating_mul(to.len()) <= MAX_TEXT).then(|| text.replace(from, to))?
        }
        ("zfill", _) => {
            let width = usize::try_from(number_argument(arguments, 0)?).ok().filter(|width| *width < 1000)?;
            format!("{}{text}", "0".repeat(width.saturating_sub(text.chars().count())))
        }
        ("center" | "ljust" | "rjust", _) => justified(text, name, arguments)?,
        ("swapcase", _) if bare => text.chars().map(swapped).collect(),
        _ => return None,
    })
}

/// `center`, `ljust` and `rjust`.
fn justified(text: &str, name: &str, arguments: &Arguments) -> Option<String> {
    let width = usize::try_from(number_argument(arguments, 0)?).ok().filter(|width| *width < 1000)?;
    // Python raises where it is not one character.
    let fill = arguments.positional.get(1).map_or(Some(" "), |slot| slot.val.text())?;
    (fill.chars().count() == 1).then_some(())?;
    let missing = width.saturating_sub(text.chars().count());
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        // Python puts the odd one to the left only where the width is odd too.
        _ => missing / 2 + (missing & width & 1),
    };
    Some(format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left)))
}

fn swapped(character: char) -> char {
    let other =
        if character.is_uppercase() { character.to_lowercase().next() } else { character.to_uppercase().next() };
    other.unwrap_or(character)
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
    let bare = arguments.positional.is_empty();
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    Some(match (name, text_argument(arguments, 0)) {
        ("startswith", Some(prefix)) => text.starts_with(prefix),
        ("endswith", Some(suffix)) => text.ends_with(suffix),
        ("isdigit" | "isnumeric" | "isdecimal", None) if bare && text.is_ascii() => all(|c| c.is_ascii_digit()),
        ("isalpha", None) if bare => all(char::is_alphabetic),
        ("isalnum", None) if bare => all(char::is_alphanumeric),
        ("isspace", None) if bare => all(char::is_whitespace),
        ("islower", None) if bare => text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase),
        ("isupper", None) if bare => text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase),
        _ => return None,
    })
}

/// Methods that give a number: where something is, and how often.
fn count_method(text: &str, name: &str, arguments: &Arguments) -> Option<i64> {
    let part = text_argument(arguments, 0).filter(|part| !part.is_empty() && arguments.positional.len() == 1)?;
    let place = |found: Option<usize>| {
        let before = found.and_then(|place| text.get(..place)).map(|before| before.chars().count());
        before.map_or(Some(-1), |count| i64::try_from(count).ok())
    };
    match name {
        "count" => i64::try_from(text.matches(part).count()).ok(),
        "find" => place(text.find(part)),
        "rfind" => place(text.rfind(part)),
        // Python raises where there is none.
        "index" => place(text.find(part)).filter(|place| *place >= 0),
        "rindex" => place(text.rfind(part)).filter(|place| *place >= 0),
        _ => None,
    }
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

/// `"%s-%03d" % (name, number)`, without names.
fn percent_pieces(format: &str, arguments: &[Val]) -> Option<Pieces> {
    let mut pieces = Pieces::default();
    let mut arguments = arguments.iter();
    let mut rest = format;
    while let Some(place) = rest.find('%') {
        if pieces.is_over() {
            break;
        }
        pieces.text(rest.get(..place)?);
        let tail = rest.get(place + 1..)?;
        if let Some(escaped) = tail.strip_prefix('%') {
            pieces.text("%");
            rest = escaped;
            continue;
        }
        let (spec, kind, length) = percent_conversion(tail)?;
        let val = arguments.next()?;
        let is_plain = spec.trim_start_matches('>').is_empty();
        match kind {
            's' if is_plain => pieces.val(val),
            's' | 'r' => {
                let text = if kind == 'r' { repr(val) } else { shown(val) }?;
                let text = Val::new(Data::Text(text.into()), val.at);
                pieces.text(&formatted(&text, &spec)?);
            }
            'd' | 'i' | 'f' | 'g' | 'e' | 'x' | 'X' | 'o' if matches!(val.data, Data::Number(_)) => {
                let kind = if kind == 'i' { 'd' } else { kind };
                pieces.text(&formatted(val, &format!("{spec}{kind}"))?);
            }
            'd' | 'i' | 'f' | 'g' => pieces.hole(),
            _ => return None,
        }
        rest = tail.get(length..)?;
    }
    pieces.text(rest);
    arguments.next().is_none().then_some(pieces)
}

/// `"{}:{tag}".format(repo, tag=tag)`: only plain fields.
fn format_pieces(format: &str, arguments: &Arguments) -> Option<Pieces> {
    let mut pieces = Pieces::default();
    let mut next = 0;
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        if pieces.is_over() {
            break;
        }
        pieces.text(&rest.get(..open)?.replace("}}", "}"));
        let tail = rest.get(open + 1..)?;
        if let Some(escaped) = tail.strip_prefix('{') {
            pieces.text("{");
            rest = escaped;
            continue;
        }
        let close = tail.find('}')?;
        let field = tail.get(..close)?;
        let (field, spec) = field.split_once(':').map_or((field, None), |(field, spec)| (field, Some(spec)));
        let (field, conversion) = field.split_once('!').map_or((field, None), |(field, letter)| (field, Some(letter)));
        let slot = match field.parse::<usize>() {
            Ok(index) => arguments.positional.get(index),
            Err(_) if field.is_empty() => {
                next += 1;
                arguments.positional.get(next - 1)
            }
            Err(_) => arguments.named(field),
        };
        match slot {
            Some(slot) => add_field(&mut pieces, &slot.val, conversion, spec),
            None => pieces.hole(),
        }
        rest = tail.get(close + 1..)?;
    }
    pieces.text(&rest.replace("}}", "}"));
    Some(pieces)
}

/// A replacement field with its conversion and spec.
fn add_field(pieces: &mut Pieces, val: &Val, conversion: Option<&str>, spec: Option<&str>) {
    let converted = match conversion {
        None => Some(val.clone()),
        Some("r") => repr(val).map(|text| Val::new(Data::Text(text.into()), val.at)),
        Some("s") => shown(val).map(|text| Val::new(Data::Text(text.into()), val.at)),
        Some(_) => None,
    };
    match (converted, spec) {
        (Some(val), None) => pieces.val(&val),
        (Some(val), Some(spec)) => pieces.known(formatted(&val, spec)),
        (None, _) => pieces.hole(),
    }
}
