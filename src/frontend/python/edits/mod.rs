//! From semantic changes to edits of Python source, in the layout of the neighbourhood.

mod brackets;
mod places;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use super::source::Syntax;
use crate::diagnostic::{Change, Literal};
use crate::document::Document;
use crate::source::SourceFile;
use crate::text::{Edit, Span};
use crate::tree::{Entry, FileId, Form, Location, Map, Node, Step, Value};
use brackets::Brackets;
use places::{Place, quotable};

/// Makes edits of one document's source.
#[derive(Debug)]
pub struct Editor<'a> {
    text: &'a str,
    document: &'a Document,
    /// Expressions that were parsed before: findings about one container have fixes at the same place.
    known: RefCell<HashMap<Span, Option<Brackets>>>,
    quote: OnceCell<char>,
    /// The text as it was parsed, where it is at hand and without fault.
    syntax: Option<&'a Syntax>,
}

impl<'a> Editor<'a> {
    /// For a document that was read from `source`, and its syntax tree.
    pub fn new(source: &'a SourceFile, document: &'a Document, syntax: Option<&'a Syntax>) -> Self {
        let syntax = syntax.filter(|syntax| syntax.errors().is_empty());
        Self { text: &source.text, document, known: RefCell::default(), quote: OnceCell::new(), syntax }
    }

    /// The edits that make `changes`; `None` where the source does not allow one of them
    /// (the value is computed, shared, or written in another file).
    pub fn lower(&self, changes: &[Change]) -> Option<Vec<Edit>> {
        // What is only moved keeps the comment that stands behind it where it is.
        let is_move = changes.iter().any(|change| matches!(change, Change::AppendCopy { .. }));
        let edit = |change: &Change| match change {
            Change::Remove { at } => self.remove(at, is_move),
            change => self.edit(change),
        };
        changes.iter().map(edit).collect()
    }

    fn edit(&self, change: &Change) -> Option<Edit> {
        match change {
            Change::Replace { at, with } => self.replace(at, with),
            Change::Quote { at } => {
                let (node, written) = self.expression(at)?;
                Some(Edit::replace(written, self.quote(node, written.slice(self.text))))
            }
            Change::RenameKey { at, to } => self.rename(at, to),
            Change::Remove { at } => self.remove(at, false),
            Change::Insert { at, key, value } => self.insert(at, key, value),
            Change::Append { at, value } => self.append(at, value),
            Change::AppendCopy { of, at, with } => self.append_copy(of, at, with),
            Change::SetPrimary { name } => self.set_primary(name),
        }
    }

    /// Whether a change writes code for what only running it tells.
    pub fn is_doubtful(&self, change: &Change) -> bool {
        let Change::Quote { at } = change else { return false };
        self.expression(at).is_some_and(|(_, written)| quotable(written.slice(self.text)).is_none())
    }

    /// The node at a path, when its text stands right where it is used.
    fn written_here(&self, path: &[Step]) -> Option<&'a Node> {
        let node = self.document.root.at(path)?;
        (node.used_at.is_none() && node.location.file == FileId::MAIN).then_some(node)
    }

    /// The node at a path, and the expression that stands for it in the template: the name of a constant, not the constant,
    /// which others may use as well.
    fn expression(&self, path: &[Step]) -> Option<(&'a Node, Span)> {
        let node = self.document.root.at(path)?;
        let place = node.used_at.as_deref().copied().unwrap_or(node.location);
        (place.file == FileId::MAIN && self.place_of(place.span)?.is_expression).then_some((node, place.span))
    }

    fn replace(&self, at: &[Step], with: &Literal) -> Option<Edit> {
        let (node, written) = self.expression(at)?;
        let text = written.slice(self.text);
        if let Some(new) = self.restyled(text, with) {
            return Some(Edit::replace(written, new));
        }
        // A name that stands there once and is evaluated once may give way to a value of its own.
        let is_name = !text.is_empty() && text.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '.'));
        let is_once = node.used_at.is_some() && is_name && self.place_of(written)?.is_evaluated_once;
        is_once.then(|| Some(Edit::replace(written, self.literal(with)?)))?
    }

    /// The text of a value as a string. Of code only running it tells the value; Kubernetes writes truth values in lower case.
    fn quote(&self, node: &Node, text: &str) -> String {
        match (quotable(text), &node.value) {
            (Some(text), _) => self.string(&text),
            (None, Value::Bool(_)) => format!("str({text}).lower()"),
            _ => format!("str({text})"),
        }
    }

    /// What the syntax says of the expression at a span.
    fn place_of(&self, wanted: Span) -> Option<Place> {
        match self.syntax {
            Some(syntax) => places::place(syntax, wanted),
            // Where the tree is not at hand, the expression alone has to do: nothing is known of what is around it.
            None => places::place_in_text(self.text, wanted),
        }
    }

    /// The keywords of calls that are there a second time, for which CPython refuses the whole module.
    pub fn repeated_keywords(syntax: &Syntax) -> Vec<(Span, String)> {
        places::repeated_keywords(syntax)
    }

    fn rename(&self, at: &[Step], to: &str) -> Option<Edit> {
        let (Step::Key(key), parent) = at.split_last()? else { return None };
        let parent = self.document.root.at(parent)?;
        let map = parent.as_map()?;
        let entry = map.entry(key)?;
        (entry.key.location.file == FileId::MAIN).then_some(())?;
        // What is there already would be there twice.
        let is_taken = |one: &Entry| &*one.key.wire == to && one.key.location != entry.key.location;
        (!map.entries.iter().any(is_taken)).then_some(())?;
        let place = entry.key.location.span;
        let written = place.slice(self.text);
        let is_keyword = !written.is_empty() && written.chars().all(|one| one.is_alphanumeric() || one == '_');
        let text = match map.form {
            Form::Call if is_keyword => self.document.dialect.field(to).into_owned(),
            Form::Call => self.restyled(written, &Literal::from(&*self.document.dialect.field(to)))?,
            // A key may be any expression: only one that is written out is known to be used here alone.
            _ => self.place_of(place)?.is_expression.then(|| self.restyled(written, &Literal::from(to)))??,
        };
        Some(Edit::replace(place, text))
    }

    /// Where the collection at a path is written; for the template's own fields, its call.
    fn collection(&self, path: &[Step]) -> Option<Brackets> {
        let node = self.document.root.at(path)?;
        (node.location.file == FileId::MAIN).then_some(())?;
        self.brackets(node.location)
    }

    fn remove(&self, at: &[Step], keeps_comment: bool) -> Option<Edit> {
        let (_, parent_path) = at.split_last()?;
        let node = self.document.root.at(at)?;
        let written = node.used_at.as_deref().copied().unwrap_or(node.location);
        (written.file == FileId::MAIN).then_some(())?;
        let parent = self.collection(parent_path)?;
        let index = parent.elements.iter().position(|element| element.contains(written.span))?;
        if parent.elements.len() == 1 && self.is_argument(parent_path) {
            return self.remove(parent_path, keeps_comment);
        }
        self.remove_element(&parent, index, keeps_comment)
    }

    /// Whether the collection at a path is written as an argument of a call that can go with it.
    fn is_argument(&self, path: &[Step]) -> bool {
        let Some((Step::Key(_), parent)) = path.split_last() else { return false };
        let is_call = self.document.root.at(parent).and_then(Node::as_map).is_some_and(|map| map.form == Form::Call);
        is_call && self.document.root.at(path).is_some_and(|node| node.used_at.is_none())
    }

    fn remove_element(&self, brackets: &Brackets, index: usize, keeps_comment: bool) -> Option<Edit> {
        let element = *brackets.elements.get(index)?;
        let behind = self.text.get(element.end as usize..brackets.end as usize)?;
        let gap = behind.len() - behind.trim_start().len();
        let has_comma = behind.trim_start().starts_with(',');
        if !has_comma && !behind.trim().is_empty() {
            return None;
        }
        let end = if has_comma { element.end + u32::try_from(gap).ok()? + 1 } else { element.end };
        let line = self.line_start(element.start);
        let alone_before = Span::new(line, element.start).slice(self.text).trim().is_empty();
        let rest = self.rest_of_line(end);
        let is_comment = rest.trim_start().starts_with('#');
        if alone_before && is_comment && keeps_comment {
            let blanks = u32::try_from(rest.len() - rest.trim_start().len()).ok()?;
            return Some(Edit::delete(Span::new(element.start, end + blanks)));
        }
        if alone_before && (rest.trim().is_empty() || is_comment) && line >= brackets.start {
            return Some(Edit::delete(Span::new(line, self.next_line(end))));
        }
        let next = brackets.elements.get(index + 1).map_or(brackets.end, |next| next.start);
        let previous =
            index.checked_sub(1).and_then(|at| brackets.elements.get(at)).map_or(brackets.start, |one| one.end);
        let around = [Span::new(previous, element.start), Span::new(end, next)];
        if around.iter().any(|gap| gap.slice(self.text).contains('#')) {
            // Comments between elements are about others.
            return Some(Edit::delete(Span::new(element.start, end)));
        }
        match (brackets.elements.get(index + 1), index.checked_sub(1).and_then(|at| brackets.elements.get(at))) {
            (Some(next), _) => Some(Edit::delete(Span::new(element.start, next.start))),
            (None, Some(previous)) => Some(Edit::delete(Span::new(previous.end, element.end))),
            (None, None) => Some(Edit::delete(Span::new(element.start, end))),
        }
    }

    fn insert(&self, at: &[Step], key: &str, value: &Literal) -> Option<Edit> {
        if let Some(node) = self.document.root.at(at).filter(|node| node.as_map().is_some()) {
            let is_root_metadata = node.as_map().is_some_and(|map| map.form == Form::Synthetic);
            if !is_root_metadata {
                return self.insert_entry(node, key, value);
            }
        }
        // `labels` and `annotations` are arguments of the template itself; deeper objects would need a class.
        match at {
            [Step::Key(metadata), Step::Key(field)]
                if &**metadata == "metadata" && matches!(&**field, "labels" | "annotations") =>
            {
                (!self.is_given(at) && self.document.root.location.file == FileId::MAIN).then_some(())?;
                let call = self.brackets(self.document.root.location)?;
                let argument = format!("{field}={{{}: {}}}", self.string(key), self.literal(value)?);
                Some(self.add(&call, &argument))
            }
            _ => None,
        }
    }

    fn is_given(&self, path: &[Step]) -> bool {
        self.document.root.at(path).is_some_and(|node| node.value != Value::Null || !node.location.span.is_empty())
    }

    fn insert_entry(&self, node: &Node, key: &str, value: &Literal) -> Option<Edit> {
        let map: &Map = node.as_map()?;
        (node.location.file == FileId::MAIN && map.entry(key).is_none()).then_some(())?;
        let place = self.brackets(node.location)?;
        let value = self.literal(value)?;
        let entry = match map.form {
            Form::Call => format!("{}={value}", self.document.dialect.field(key)),
            _ => format!("{}: {value}", self.string(key)),
        };
        Some(self.add(&place, &entry))
    }

    fn append(&self, at: &[Step], value: &Literal) -> Option<Edit> {
        let node = self.written_here(at).filter(|node| node.as_list().is_some())?;
        let place = self.brackets(node.location)?;
        Some(self.add(&place, &self.literal(value)?))
    }

    /// Copies the text of an item into another list of the same call.
    fn append_copy(&self, of: &[Step], at: &[Step], with: &(String, Literal)) -> Option<Edit> {
        let node = self.written_here(of)?;
        let written = node.location.span;
        let inner = self.insert_entry(node, &with.0, &with.1)?;
        let from_start = inner.span.start.checked_sub(written.start)?;
        let inner = Edit { span: Span::new(from_start, inner.span.end.checked_sub(written.start)?), ..inner };
        let copy = crate::text::apply(written.slice(self.text), &[inner]).ok()?;
        if let Some(list) = self.written_here(at).filter(|node| node.as_list().is_some()) {
            return Some(self.add(&self.brackets(list.location)?, &copy));
        }
        let (Step::Key(field), parent) = at.split_last()? else { return None };
        let parent = self.written_here(parent)?;
        let map = parent.as_map().filter(|map| map.form == Form::Call && map.entry(field).is_none())?;
        (!map.open).then_some(())?;
        let field = self.document.dialect.field(field);
        let indent = Span::new(self.line_start(written.start), written.start).slice(self.text);
        let argument = match indent.trim().is_empty() {
            true => {
                let outer = indent.get(indent.len().min(4)..).unwrap_or_default();
                format!("{field}=[\n{indent}{copy},\n{outer}]")
            }
            false => format!("{field}=[{copy}]"),
        };
        Some(self.add(&self.brackets(parent.location)?, &argument))
    }

    /// Changes the argument that names the primary container where it is written as text, or adds it.
    fn set_primary(&self, name: &str) -> Option<Edit> {
        let root = self.document.root.location;
        let Some(written) = self.document.primary.location else {
            (root.file == FileId::MAIN).then_some(())?;
            let call = self.brackets(root)?;
            return Some(self.add(&call, &format!("primary_container_name={}", self.string(name))));
        };
        let is_here = written.file == FileId::MAIN && root.file == FileId::MAIN && root.span.contains(written.span);
        let text = written.span.slice(self.text);
        is_here.then(|| Some(Edit::replace(written.span, self.restyled(text, &Literal::from(name))?)))?
    }

    /// Puts an element behind the last one, on a line of its own if that has one.
    fn add(&self, place: &Brackets, element: &str) -> Edit {
        let Some(last) = place.elements.last() else { return Edit::insert(place.start, element) };
        let line = self.line_start(last.start);
        let indent = Span::new(line, last.start).slice(self.text);
        let own_line = indent.trim().is_empty() && line >= place.start;
        let behind = self.text.get(last.end as usize..place.end as usize).unwrap_or_default();
        let comma = behind.trim_start().starts_with(',');
        match (own_line, comma) {
            (true, true) => {
                let comma_at =
                    last.end + u32::try_from(behind.len() - behind.trim_start().len()).unwrap_or_default() + 1;
                let rest = u32::try_from(self.rest_of_line(comma_at).len()).unwrap_or_default();
                Edit::insert(comma_at + rest, format!("{}{indent}{element},", self.line_break()))
            }
            (true, false) => Edit::insert(last.end, format!(",{}{indent}{element}", self.line_break())),
            (false, _) => Edit::insert(last.end, format!(", {element}")),
        }
    }

    fn literal(&self, value: &Literal) -> Option<String> {
        Some(match value {
            Literal::String(text) => self.string(text),
            Literal::Bool(true) => "True".to_owned(),
            Literal::Bool(false) => "False".to_owned(),
            Literal::Integer(value) => value.to_string(),
            Literal::List(items) => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.literal(item)).collect();
                format!("[{}]", items?.join(", "))
            }
            Literal::Map(entries) => {
                let entry =
                    |(key, value): &(String, Literal)| Some(format!("{}: {}", self.string(key), self.literal(value)?));
                let entries: Option<Vec<String>> = entries.iter().map(entry).collect();
                format!("{{{}}}", entries?.join(", "))
            }
        })
    }

    /// A value in the quotes of the one that it replaces; `None` where that is no plain literal.
    fn restyled(&self, old: &str, value: &Literal) -> Option<String> {
        let is_plain = quotable(old).is_some();
        let Literal::String(text) = value else { return self.literal(value).filter(|_| is_plain || old == "None") };
        let body = old.trim_start_matches(['r', 'R', 'u', 'U']);
        match body.chars().next()? {
            quote @ ('\'' | '"') if old.len() - body.len() <= 1 => Some(quoted(text, quote)),
            _ => is_plain.then(|| self.string(text)),
        }
    }

    /// A string in the quotes that the file prefers.
    fn string(&self, text: &str) -> String {
        let count = |quote: u8| memchr::memchr_iter(quote, self.text.as_bytes()).count();
        let preferred = || if count(b'\'') > count(b'"') { '\'' } else { '"' };
        quoted(text, *self.quote.get_or_init(preferred))
    }

    /// The brackets of the call or display that is written at a place.
    fn brackets(&self, at: Location) -> Option<Brackets> {
        self.known
            .borrow_mut()
            .entry(at.span)
            .or_insert_with(|| Brackets::find(self.text, self.syntax, at.span))
            .clone()
    }

    fn line_break(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_start(&self, offset: u32) -> u32 {
        let head = self.text.get(..offset as usize).unwrap_or_default();
        u32::try_from(head.rfind('\n').map_or(0, |at| at + 1)).unwrap_or(offset)
    }

    fn rest_of_line(&self, offset: u32) -> &'a str {
        let tail = self.text.get(offset as usize..).unwrap_or_default();
        tail.split(['\n', '\r']).next().unwrap_or_default()
    }

    fn next_line(&self, offset: u32) -> u32 {
        let tail = self.text.get(offset as usize..).unwrap_or_default();
        offset + u32::try_from(tail.find('\n').map_or(tail.len(), |at| at + 1)).unwrap_or_default()
    }
}

/// A string literal; JSON's escapes are Python's too.
fn quoted(text: &str, quote: char) -> String {
    let json = serde_json::Value::from(text).to_string();
    match quote {
        '\'' => {
            let inner = json.get(1..json.len() - 1).unwrap_or_default();
            format!("'{}'", inner.replace("\\\"", "\"").replace('\'', "\\'"))
        }
        _ => json,
    }
}
