//! Turns the types and values of `schemas/sdk/` into the Rust that stands for them.

/// `str | list[flyte.Secret] | None` as an expression of `Type`.
pub fn kind(text: &str) -> String {
    let parts = split(text, " | ");
    if let [single] = parts.as_slice() {
        return single_kind(single);
    }
    let parts: Vec<String> = parts.iter().map(|part| single_kind(part)).collect();
    format!("T::Union(&[{}])", parts.join(", "))
}

fn single_kind(text: &str) -> String {
    let plain = match text {
        "any" | "" => "Any",
        "None" => "None",
        "bool" => "Bool",
        "int" => "Int",
        "float" => "Float",
        "str" => "Str",
        "bytes" => "Bytes",
        "callable" => "Callable",
        "type" => "Class",
        "list" => "List(&T::Any)",
        "set" | "frozenset" => "Set(&T::Any)",
        "tuple" => "Tuple(&T::Any)",
        "dict" => "Dict(&T::Any, &T::Any)",
        _ => return generic(text),
    };
    format!("T::{plain}")
}

fn generic(text: &str) -> String {
    let Some((name, inner)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) else {
        return format!("T::Instance({text:?})");
    };
    let items = split(inner, ", ");
    match (name, items.as_slice()) {
        ("Literal", items) => {
            format!("T::Literal(&[{}])", items.iter().map(|item| literal(item)).collect::<Vec<_>>().join(", "))
        }
        ("list", [item]) => format!("T::List(&{})", kind(item)),
        ("set" | "frozenset", [item]) => format!("T::Set(&{})", kind(item)),
        ("dict", [key, value]) => format!("T::Dict(&{}, &{})", kind(key), kind(value)),
        ("tuple", [item, dots]) if dots == "..." => format!("T::Tuple(&{})", kind(item)),
        ("tuple", items) => {
            format!("T::TupleOf(&[{}])", items.iter().map(|item| kind(item)).collect::<Vec<_>>().join(", "))
        }
        ("type", _) => "T::Class".to_owned(),
        _ => panic!("a type that the tables do not model: {text}"),
    }
}

fn literal(text: &str) -> String {
    value(text).unwrap_or_else(|| panic!("a literal that the tables do not model: {text}"))
}

/// A literal of Python as one of Rust's `Literal`; `None` for anything else.
fn value(text: &str) -> Option<String> {
    let plain = match text {
        "None" => "None",
        "True" => "Bool(true)",
        "False" => "Bool(false)",
        "[]" => "EmptyList",
        "()" => "EmptyTuple",
        "{}" => "EmptyDict",
        _ if text.starts_with(['\'', '"']) => return Some(format!("X::Text({:?})", unquoted(text)?)),
        _ if text.parse::<i64>().is_ok() => return Some(format!("X::Int({text})")),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            return text.parse::<f64>().ok().map(|number| format!("X::Float({number:?})"));
        }
        _ => return None,
    };
    Some(format!("X::{plain}"))
}

/// The text of a literal that `repr` wrote.
fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next()?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut found = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character == quote {
            return None;
        }
        found.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                same @ ('\\' | '\'' | '"') => same,
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(found)
}

/// A default or value; an absent one is `Required`.
pub fn default(text: Option<&str>) -> String {
    match text {
        None => "D::Required".to_owned(),
        Some(text) => value(text).map_or_else(|| format!("D::Source({text:?})"), |value| format!("D::Value({value})")),
    }
}

/// Splits outside of brackets and quotes.
fn split(text: &str, separator: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quote, mut start) = (Vec::new(), 0_usize, None, 0);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '[') => depth += 1,
            (None, ']') => depth -= 1,
            (None, _) if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                parts.push(text[start..at].to_owned());
                start = at + separator.len();
            }
            _ => {}
        }
    }
    parts.push(text[start..].to_owned());
    parts
}
