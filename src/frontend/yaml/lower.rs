//! From semantic changes to edits of YAML and JSON text, in the style of the neighbourhood.

use crate::diagnostic::{Change, Literal};
use crate::document::Document;
use crate::source::{Language, SourceFile};
use crate::text::{Edit, Span};
use crate::tree::{Entry, Form, Key, List, Map, Node, Step, Value};

/// Makes edits of one document's text.
#[derive(Debug)]
pub struct Editor<'a> {
    text: &'a str,
    root: &'a Node,
    json: bool,
}

impl<'a> Editor<'a> {
    /// For a document that was read from `source`.
    pub fn new(source: &'a SourceFile, document: &'a Document) -> Self {
        Self { text: &source.text, root: &document.root, json: source.language == Language::Json }
    }

    /// The edits that make `changes`; `None` where the text does not allow one of them
    /// (the place is reached through an alias or a merge key, or is written by a template).
    pub fn lower(&self, changes: &[Change]) -> Option<Vec<Edit>> {
        changes.iter().map(|change| self.edit(change)).collect()
    }

    fn edit(&self, change: &Change) -> Option<Edit> {
        match change {
            Change::Replace { at, with } => {
                let (value, place) = self.value(at)?;
                Some(Edit::replace(place, self.restyled(value.slice(self.text), with)))
            }
            Change::Quote { at } => {
                let (value, place) = self.value(at)?;
                Some(Edit::replace(place, quoted(value.slice(self.text))))
            }
            Change::RenameKey { at, to } => {
                let (parent, key) = self.entry(at)?;
                let map = parent.as_map()?;
                let entry = map.entry(key)?;
                // What is there already would be there twice; and a key of a merged map is that map's.
                (map.entry(to).is_none() && parent.location.span.contains(entry.key.location.span)).then_some(())?;
                let written = entry.key.location.span;
                Some(Edit::replace(written, self.restyled(written.slice(self.text), &Literal::from(to.as_str()))))
            }
            Change::Remove { at } => self.remove(at),
            Change::Insert { at, key, value } => self.insert(at, key, value.clone()),
            Change::Append { at, value } => self.append(at, value),
            // Only templates of programs have these.
            Change::SetPrimary { .. } | Change::AppendCopy { .. } => None,
        }
    }

    /// The node at a path all of which is written right here, not behind an alias or merge key.
    fn own_node(&self, path: &[Step]) -> Option<&'a Node> {
        (0..=path.len()).try_fold(self.root, |_, length| {
            let node = self.root.at(&path[..length])?;
            node.used_at.is_none().then_some(node)
        })
    }

    /// Where a value is written, and where it stands: an alias gives way, and the anchor that others use as well stays.
    fn value(&self, path: &[Step]) -> Option<(Span, Span)> {
        let (last, parent) = path.split_last()?;
        let parent = self.own_node(parent)?;
        let node = parent.at(std::slice::from_ref(last))?;
        let value = node.location.span;
        let Some(place) = node.used_at.as_deref().map(|place| place.span) else { return Some((value, value)) };
        let key = last.key().and_then(|key| Some(parent.as_map()?.entry(key)?.key.location.span));
        let is_own =
            key.is_none_or(|key| parent.location.span.contains(key)) && place.slice(self.text).starts_with('*');
        is_own.then_some((value, place))
    }

    fn entry<'p>(&self, path: &'p [Step]) -> Option<(&'a Node, &'p str)> {
        let (Step::Key(key), parent) = path.split_last()? else { return None };
        Some((self.own_node(parent)?, key))
    }

    fn remove(&self, at: &[Step]) -> Option<Edit> {
        let (last, parent_path) = at.split_last()?;
        let parent = self.own_node(parent_path)?;
        self.own_node(at)?;
        match (&parent.value, last) {
            (Value::Map(map), Step::Key(key)) => {
                if map.entries.len() == 1 && !parent_path.is_empty() {
                    return self.remove(parent_path);
                }
                let index = map.entries.iter().position(|entry| entry.key.wire == *key)?;
                let spans: Vec<Span> = map.entries.iter().map(entry_span).collect();
                self.remove_span(map.form, &spans, index, false)
            }
            (Value::List(list), Step::Index(index)) => {
                if list.items.len() == 1 && !parent_path.is_empty() {
                    return self.remove(parent_path);
                }
                let spans: Vec<Span> = list.items.iter().map(written_span).collect();
                self.remove_span(list.form, &spans, *index, true)
            }
            _ => None,
        }
    }

    /// Takes the `index`th of several entries or items away.
    fn remove_span(&self, form: Form, spans: &[Span], index: usize, item: bool) -> Option<Edit> {
        let span = *spans.get(index)?;
        let next = spans.get(index + 1).map(|next| next.start);
        let previous = index.checked_sub(1).and_then(|at| spans.get(at)).map(|previous| previous.end);
        match form {
            // Without what stands before it a comment would be none, or one of another value.
            Form::Flow
                if Span::new(previous.unwrap_or(span.start), next.unwrap_or(span.end))
                    .slice(self.text)
                    .contains('#') =>
            {
                None
            }
            Form::Flow => match (next, previous) {
                (Some(next), _) => Some(Edit::delete(Span::new(span.start, next))),
                (None, Some(previous)) => Some(Edit::delete(Span::new(previous, span.end))),
                (None, None) => Some(Edit::delete(span)),
            },
            Form::Block => {
                let start = if item { self.dash_before(span.start)? } else { span.start };
                let line = self.line_start(start);
                if Span::new(line, start).slice(self.text).trim().is_empty() {
                    return Some(Edit::delete(Span::new(line, self.next_line(span.end))));
                }
                // The first key behind a dash: what follows moves up to it.
                next.filter(|_| !item).map(|next| Edit::delete(Span::new(start, next)))
            }
            Form::Call | Form::Synthetic => None,
        }
    }

    fn insert(&self, at: &[Step], key: &str, value: Literal) -> Option<Edit> {
        let depth = (0..=at.len()).rev().find(|length| self.is_present(&at[..*length]))?;
        let node = self.own_node(&at[..depth])?;
        // Objects on the way that do not exist yet.
        let mut missing: Vec<&str> = Vec::new();
        for step in &at[depth..] {
            let Step::Key(name) = step else { return None };
            missing.push(name);
        }
        missing.push(key);
        let first = missing.remove(0);
        let mut value = value;
        let mut inner = missing.into_iter().rev();
        if let Some(last) = inner.next() {
            value = Literal::Map(vec![(last.to_owned(), value)]);
            for name in inner {
                value = Literal::Map(vec![(name.to_owned(), value)]);
            }
        }
        self.insert_entry(node.as_map()?, node, first, &value)
    }

    fn is_present(&self, path: &[Step]) -> bool {
        self.root.at(path).is_some_and(|node| node.value != Value::Null)
    }

    fn insert_entry(&self, map: &Map, node: &Node, key: &str, value: &Literal) -> Option<Edit> {
        if let Some(entry) = map.entry(key) {
            return self.fill_null(map, entry, value);
        }
        let own: Vec<&Entry> =
            map.entries.iter().filter(|entry| node.location.span.contains(entry.key.location.span)).collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else {
            let open = self.text.get(node.location.span.range())?.starts_with('{');
            return open.then(|| Edit::insert(node.location.span.start + 1, self.flow_entry(key, value)));
        };
        if map.form == Form::Flow {
            return Some(self.insert_flow(last, &self.flow_entry(key, value)));
        }
        let indent = self.column(first.key.location.span.start);
        let entry = self.block_entry(key, value, indent);
        if key == "metadata" {
            // Where readers look for it: at the top.
            let text = format!("{entry}{}{}", self.line_break(), " ".repeat(indent));
            return Some(Edit::insert(first.key.location.span.start, text));
        }
        let text = format!("{}{}{entry}", self.line_break(), " ".repeat(indent));
        Some(Edit::insert(self.line_end(entry_span(last).end), text))
    }

    /// Gives a key that is there without a value its value.
    fn fill_null(&self, map: &Map, entry: &Entry, value: &Literal) -> Option<Edit> {
        (entry.value.value == Value::Null).then_some(())?;
        let place = entry.value.location.span;
        let text = match (value, map.form) {
            (Literal::Map(entries), Form::Block) if place.is_empty() => {
                let indent = self.column(entry.key.location.span.start) + 2;
                let lines = entries.iter().map(|(key, value)| {
                    format!("{}{}{}", self.line_break(), " ".repeat(indent), self.block_entry(key, value, indent))
                });
                lines.collect()
            }
            _ if place.is_empty() => format!(" {}", self.flow(value)),
            _ => self.flow(value),
        };
        Some(Edit::replace(place, text))
    }

    fn insert_flow(&self, last: &Entry, entry: &str) -> Edit {
        self.insert_behind(entry_span(last), entry)
    }

    /// Puts an entry behind a sibling of a flow collection, on a line of its own if the sibling has one.
    fn insert_behind(&self, sibling: Span, entry: &str) -> Edit {
        let line = Span::new(self.line_start(sibling.start), sibling.start).slice(self.text);
        let own_line = line.trim().is_empty() && self.line_start(sibling.start) > 0;
        let gap = if own_line { format!("{}{line}", self.line_break()) } else { " ".to_owned() };
        Edit::insert(sibling.end, format!(",{gap}{entry}"))
    }

    fn append(&self, at: &[Step], value: &Literal) -> Option<Edit> {
        if !self.is_present(at) {
            let (Step::Key(key), parent) = at.split_last()? else { return None };
            return self.insert(parent, key, Literal::List(vec![value.clone()]));
        }
        let node = self.own_node(at)?;
        let list: &List = node.as_list()?;
        let Some(last) = list.items.last() else {
            return Some(Edit::insert(node.location.span.start + 1, self.flow(value)));
        };
        if list.form == Form::Flow {
            return Some(self.insert_behind(written_span(last), &self.flow(value)));
        }
        let indent = self.column(self.dash_before(written_span(last).start)?);
        let item = self.block_item(value, indent);
        let text = format!("{}{}{item}", self.line_break(), " ".repeat(indent));
        Some(Edit::insert(self.line_end(written_span(last).end), text))
    }

    fn block_item(&self, value: &Literal, indent: usize) -> String {
        match value {
            Literal::Map(entries) => {
                let gap = format!("{}{}", self.line_break(), " ".repeat(indent + 2));
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| self.block_entry(key, value, indent + 2)).collect();
                format!("- {}", entries.join(&gap))
            }
            other => format!("- {}", self.flow(other)),
        }
    }

    fn block_entry(&self, key: &str, value: &Literal, indent: usize) -> String {
        let key = self.scalar(key);
        let gap = format!("{}{}", self.line_break(), " ".repeat(indent + 2));
        match value {
            Literal::Map(entries) if !entries.is_empty() => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| self.block_entry(key, value, indent + 2)).collect();
                format!("{key}:{gap}{}", entries.join(&gap))
            }
            Literal::List(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| self.block_item(item, indent + 2)).collect();
                format!("{key}:{gap}{}", items.join(&gap))
            }
            other => format!("{key}: {}", self.flow(other)),
        }
    }

    fn flow_entry(&self, key: &str, value: &Literal) -> String {
        format!("{}: {}", self.scalar(key), self.flow(value))
    }

    fn flow(&self, value: &Literal) -> String {
        match value {
            Literal::String(text) => self.scalar(text),
            Literal::Bool(value) => value.to_string(),
            Literal::Integer(value) => value.to_string(),
            Literal::List(items) => {
                format!("[{}]", items.iter().map(|item| self.flow(item)).collect::<Vec<_>>().join(", "))
            }
            Literal::Map(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, value)| self.flow_entry(key, value)).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    fn scalar(&self, text: &str) -> String {
        if self.json || needs_quotes(text) { quoted(text) } else { text.to_owned() }
    }

    /// A value in the quotes of the one that it replaces.
    fn restyled(&self, old: &str, value: &Literal) -> String {
        match value {
            Literal::String(text) if old.starts_with('\'') => format!("'{}'", text.replace('\'', "''")),
            Literal::String(text) if old.starts_with('"') => quoted(text),
            other => self.flow(other),
        }
    }

    fn line_break(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_start(&self, offset: u32) -> u32 {
        let head = self.text.get(..offset as usize).unwrap_or_default();
        let start = head.rfind('\n').map_or(0, |at| at + 1);
        u32::try_from(if start == 0 && head.starts_with('\u{feff}') { 3 } else { start }).unwrap_or(offset)
    }

    /// The end of the line's text, its break not included.
    fn line_end(&self, offset: u32) -> u32 {
        let tail = self.text.get(offset as usize..).unwrap_or_default();
        let length = tail.find('\n').unwrap_or(tail.len());
        let length = tail.get(..length).unwrap_or_default().trim_end_matches('\r').len();
        offset + u32::try_from(length).unwrap_or_default()
    }

    fn next_line(&self, offset: u32) -> u32 {
        let tail = self.text.get(offset as usize..).unwrap_or_default();
        offset + u32::try_from(tail.find('\n').map_or(tail.len(), |at| at + 1)).unwrap_or_default()
    }

    /// How far a place is indented; a dash before it counts as space.
    fn column(&self, offset: u32) -> usize {
        Span::new(self.line_start(offset), offset).slice(self.text).chars().count()
    }

    /// The dash that opens a block item.
    fn dash_before(&self, offset: u32) -> Option<u32> {
        let head = self.text.get(..offset as usize)?.trim_end();
        head.ends_with('-').then(|| u32::try_from(head.len() - 1).ok()).flatten()
    }
}

fn entry_span(entry: &Entry) -> Span {
    key_span(&entry.key).cover(written_span(&entry.value))
}

const fn key_span(key: &Key) -> Span {
    key.location.span
}

fn written_span(node: &Node) -> Span {
    node.used_at.as_deref().map_or(node.location.span, |place| place.span)
}

/// A double-quoted scalar; JSON's escapes are YAML's too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a text must be quoted to remain a string in YAML block style.
fn needs_quotes(text: &str) -> bool {
    let odd_start = text.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ', '=', '<',
    ]);
    super::scalar::is_typed(text)
        || odd_start
        || text.ends_with([' ', ':'])
        || text.contains(": ")
        || text.contains(" #")
        || text.contains("{{")
        || text.chars().any(|character| character.is_control() || matches!(character, ',' | '[' | ']' | '{' | '}'))
}
