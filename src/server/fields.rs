//! Which field of the Kubernetes API a place in a document is.

use crate::document::Document;
use crate::schema::kubernetes::{Definition, Field, Kind, definition, definition_at, root};
use crate::tree::Step;

/// What the schema says of a place.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The object that the last field belongs to.
    pub definition: &'static Definition,
    /// The field.
    pub field: &'static Field,
    /// What stands at the place itself: the field's kind, or that of its items or values.
    pub kind: Kind,
}

/// The field that a path from the document's root ends at or in.
pub fn place(document: &Document, path: &[Step]) -> Option<Place> {
    let (mut kind, steps) = match (start(document, path)?, &document.api) {
        // The template itself is a field of the object around it.
        ((_, []), Some((_, kind))) if !path.is_empty() => (index_of(root(kind)?.0)?, path),
        (found, _) => found,
    };
    let mut found = None;
    for step in steps {
        kind = match (kind, step) {
            (Kind::Object(index), Step::Key(key)) => {
                let definition = definition_at(index)?;
                let field = definition.field(key)?;
                found = Some((definition, field));
                field.kind
            }
            (Kind::List(item), Step::Index(_)) => *item,
            (Kind::Map(value), Step::Key(_)) => *value,
            _ => return None,
        };
    }
    found.map(|(definition, field)| Place { definition, field, kind })
}

/// The object whose fields stand below a path.
pub fn object(document: &Document, path: &[Step]) -> Option<&'static Definition> {
    let kind = match place(document, path) {
        Some(place) => place.kind,
        None => start(document, path).filter(|(_, rest)| rest.is_empty())?.0,
    };
    match kind {
        Kind::Object(index) => definition_at(index),
        _ => None,
    }
}

/// Where in the schema a document begins, and the steps that are left from there.
fn start<'p>(document: &Document, path: &'p [Step]) -> Option<(Kind, &'p [Step])> {
    if let Some(rest) = path.strip_prefix(document.template.as_slice())
        && (document.api.is_none() || !document.template.is_empty())
    {
        return Some((index_of(definition("PodTemplateSpec")?)?, rest));
    }
    let (_, kind) = document.api.as_ref()?;
    Some((index_of(root(kind)?.0)?, path))
}

fn index_of(wanted: &'static Definition) -> Option<Kind> {
    (0..u16::MAX)
        .map_while(|index| Some((index, definition_at(index)?)))
        .find_map(|(index, definition)| (definition.name == wanted.name).then_some(Kind::Object(index)))
}

/// A kind in words.
pub fn words(kind: Kind) -> String {
    match kind {
        Kind::String => "string".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Int32 | Kind::Int64 => "integer".to_owned(),
        Kind::Quantity => "quantity".to_owned(),
        Kind::IntOrString => "integer or string".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Bytes => "base64".to_owned(),
        Kind::Any => "anything".to_owned(),
        Kind::Object(index) => definition_at(index).map_or("object", |definition| definition.name).to_owned(),
        Kind::List(item) => format!("list of {}", words(*item)),
        Kind::Map(value) => format!("map of {}", words(*value)),
    }
}
