//! Annotations of pydantic's fields: the types that values are turned into.

/// A type as it is annotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotation {
    /// `None`.
    None,
    /// `Any`.
    Any,
    /// A name: `str`, `int`, a class.
    Name(String),
    /// `list[…]`, `dict[…, …]`, `Annotated[…]`.
    Generic(String, Vec<Self>),
    /// `A | B`, `Optional[A]`.
    Union(Vec<Self>),
    /// `Literal[…]`: the texts of its values.
    Literal(Vec<String>),
    /// Anything else.
    Unknown,
}

/// Reads the text of an annotation.
#[must_use]
pub fn read(text: &str) -> Annotation {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    let alternatives = split(text, '|');
    if alternatives.len() > 1 {
        return Annotation::Union(alternatives.iter().map(|part| read(part)).collect());
    }
    let Some((name, rest)) = text.split_once('[') else { return named(text) };
    let Some(inner) = rest.strip_suffix(']') else { return Annotation::Unknown };
    let parts = split(inner, ',');
    let last = name.trim().rsplit('.').next().unwrap_or(name);
    match last {
        "Optional" => Annotation::Union(vec![read(inner), Annotation::None]),
        "Union" => Annotation::Union(parts.iter().map(|part| read(part)).collect()),
        "Literal" => Annotation::Literal(parts.iter().map(|part| part.trim().to_owned()).collect()),
        "Annotated" => {
            Annotation::Generic("Annotated".to_owned(), parts.first().map(|part| read(part)).into_iter().collect())
        }
        "List" => Annotation::Generic("list".to_owned(), parts.iter().map(|part| read(part)).collect()),
        "Dict" | "Mapping" => Annotation::Generic("dict".to_owned(), parts.iter().map(|part| read(part)).collect()),
        "Tuple" => Annotation::Generic("tuple".to_owned(), parts.iter().map(|part| read(part)).collect()),
        "Set" => Annotation::Generic("set".to_owned(), parts.iter().map(|part| read(part)).collect()),
        other => Annotation::Generic(other.to_owned(), parts.iter().map(|part| read(part)).collect()),
    }
}

fn named(text: &str) -> Annotation {
    match text.rsplit('.').next().unwrap_or(text) {
        "None" => Annotation::None,
        "Any" | "object" => Annotation::Any,
        "List" => Annotation::Name("list".to_owned()),
        "Dict" => Annotation::Name("dict".to_owned()),
        _ if text.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '.'))
            && !text.is_empty() =>
        {
            Annotation::Name(text.to_owned())
        }
        _ => Annotation::Unknown,
    }
}

/// Splits at a separator outside of brackets and quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    let mut parts = Vec::new();
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth -= 1,
            (None, _) if character == separator && depth == 0 => {
                parts.push(text.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_read() {
        let name = |name: &str| Annotation::Name(name.to_owned());
        assert_eq!(read("typing.Optional[str]"), Annotation::Union(vec![name("str"), Annotation::None]));
        assert_eq!(
            read("dict[str, int | None]"),
            Annotation::Generic(
                "dict".to_owned(),
                vec![name("str"), Annotation::Union(vec![name("int"), Annotation::None])]
            )
        );
        assert_eq!(read("Literal['a', \"b\"]"), Annotation::Literal(vec!["'a'".to_owned(), "\"b\"".to_owned()]));
    }
}
