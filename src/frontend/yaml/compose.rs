//! From parser events to trees: anchors, merge keys, duplicate keys, bounds.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle, Tag};

use super::scalar::{Resolved, number, resolve};
use crate::config::Limits;
use crate::frontend::Comment;
use crate::text::Span;
use crate::tree::{Entry, Form, Key, List, Location, Map, Node, Number, Value};

/// A remark about the text itself.
#[derive(Debug)]
pub struct Remark {
    /// The rule that reports it.
    pub rule: &'static str,
    /// What is.
    pub message: String,
    /// Where.
    pub span: Span,
    /// The field, as far as known.
    pub path: String,
    /// A further place, with what is there.
    pub label: Option<(Span, &'static str)>,
}

/// One part of a stream, composed.
#[derive(Debug, Default)]
pub struct Composed {
    /// The trees of its documents.
    pub roots: Vec<Node>,
    /// What was noticed on the way.
    pub remarks: Vec<Remark>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// Where and why it could not be read to the end.
    pub error: Option<(Span, String)>,
    /// A bound was hit; nothing of this part is known.
    pub over_limit: Option<(Span, String)>,
}

/// Composes `text`, which begins at byte `base` of its file. `json` keeps numbers as they are written.
pub fn compose(text: &str, base: u32, json: bool, limits: &Limits) -> Composed {
    let mut composer = Composer::new(text, base, json, limits);
    if let Err(stop) = composer.stream() {
        composer.stopped(stop);
    }
    composer.done
}

enum Stop {
    Broken(Span, String),
    Limit(Span, String),
}

type Step<T> = Result<T, Stop>;

struct Composer<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    base: u32,
    json: bool,
    /// Anchored nodes, with the number of nodes in each.
    anchors: HashMap<usize, (Node, usize)>,
    budget: usize,
    alias_limit: usize,
    path: Vec<String>,
    /// The end of the last token, relative to `text`.
    last_end: usize,
    done: Composed,
}

impl<'t> Composer<'t> {
    fn new(text: &'t str, base: u32, json: bool, limits: &Limits) -> Self {
        let mut options = granit_parser::Options::default();
        options.emit_unresolved_aliases = true;
        options.max_buffered_comment_events = 1_000_000;
        options.simple_key_max_lookahead = 1 << 20;
        options.flow_nesting_limit = limits.depth;
        options.block_nesting_limit = limits.depth;
        Self {
            parser: Parser::new_from_str_with_options(text, options),
            text,
            base,
            json,
            anchors: HashMap::new(),
            budget: limits.alias_nodes,
            alias_limit: limits.alias_nodes,
            path: Vec::new(),
            last_end: 0,
            done: Composed::default(),
        }
    }

    fn stream(&mut self) -> Step<()> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) => self.anchors.clear(),
                Event::StreamEnd => break,
                event => {
                    let root = self.node(event, span)?;
                    self.done.roots.push(root);
                }
            }
        }
        Ok(())
    }

    fn stopped(&mut self, stop: Stop) {
        match stop {
            Stop::Broken(span, message) => self.done.error = Some((span, message)),
            Stop::Limit(span, message) => self.done.over_limit = Some((span, message)),
        }
    }

    /// The next event that is not a comment.
    fn next(&mut self) -> Step<Option<(Event<'t>, granit_parser::Span)>> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.scan_error(&error)),
                Some(Ok((Event::Comment(..), span))) => {
                    let span = self.span(span);
                    self.done.comments.push(Comment { span });
                }
                Some(Ok(event)) => return Ok(Some(event)),
            }
        }
    }

    fn scan_error(&self, error: &ScanError) -> Stop {
        let offset = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let span = self.visible(offset);
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return Stop::Limit(span, "nested too deeply".to_owned());
        }
        Stop::Broken(span, plain_words(&error.info()))
    }

    /// The token at an offset, or the last one before it where nothing is left to show.
    fn visible(&self, offset: usize) -> Span {
        let offset = (0..=offset).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or_default();
        let rest = &self.text[offset..];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (start, end) = if length > 0 {
            (offset, offset + length)
        } else {
            let head = self.text[..offset].trim_end();
            (head.rfind(char::is_whitespace).map_or(0, |at| at + 1), head.len())
        };
        self.at(start, end)
    }

    fn at(&self, start: usize, end: usize) -> Span {
        let offset = |value: usize| self.base + u32::try_from(value).unwrap_or(u32::MAX - self.base);
        Span::new(offset(start), offset(end))
    }

    fn span(&mut self, span: granit_parser::Span) -> Span {
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or_default().max(start);
        self.last_end = end;
        self.at(start, end)
    }

    fn expect_node(&mut self) -> Step<(Event<'t>, granit_parser::Span)> {
        match self.next()? {
            Some(event) => Ok(event),
            None => Err(Stop::Broken(self.visible(self.text.len()), "the text ends too early".to_owned())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: granit_parser::Span) -> Step<Node> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), span);
                self.anchor(anchor, &node);
                Ok(node)
            }
            Event::SequenceStart(style, anchor, _) => {
                let node = self.sequence(style, span)?;
                self.anchor(anchor, &node);
                Ok(node)
            }
            Event::MappingStart(style, anchor, _) => {
                let node = self.mapping(style, span)?;
                self.anchor(anchor, &node);
                Ok(node)
            }
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let span = self.span(span);
                self.remark("syntax-error", format!("no anchor `&{name}` stands before this alias"), span);
                Ok(Node::dynamic(format!("*{name}"), span))
            }
            _ => Err(Stop::Broken(self.span(span), "a value is missing here".to_owned())),
        }
    }

    fn anchor(&mut self, id: usize, node: &Node) {
        if id != 0 {
            self.anchors.insert(id, (node.clone(), count(node)));
        }
    }

    fn alias(&mut self, id: usize, span: granit_parser::Span) -> Step<Node> {
        let span = self.span(span);
        let Some((node, size)) = self.anchors.get(&id) else {
            return Ok(Node::dynamic("an alias of the value that contains it", span));
        };
        let Some(rest) = self.budget.checked_sub(*size) else {
            let message = format!("aliases expand to more than {} values", self.alias_limit);
            return Err(Stop::Limit(span, message));
        };
        self.budget = rest;
        let mut node = node.clone();
        node.used_at = Some(Box::new(Location::main(span)));
        Ok(node)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: granit_parser::Span) -> Node {
        let before = self.last_end;
        let mut place = self.span(span);
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            place = self.block_scalar_span(before, place);
        } else if place.is_empty() {
            // An implicit null: just behind the colon or dash, not at the next token.
            place = self.at(before, before);
            self.last_end = before;
        }
        if style == ScalarStyle::Plain && tag.is_none() && text == "~" && place.is_empty() {
            return Node::new(Value::Null, place);
        }
        let value = match tag.filter(|tag| tag.handle() == "tag:yaml.org,2002:").map(Tag::suffix) {
            Some(kind) => tagged(kind, text),
            None if style != ScalarStyle::Plain => Resolved::Value(Value::String(text.into())),
            None if self.json => json_scalar(text),
            None => resolve(text),
        };
        match value {
            Resolved::Value(value) => Node::new(value, place),
            Resolved::NotANumber => {
                self.remark("syntax-error", format!("`{text}` has no form in JSON, so no server can read it"), place);
                Node::dynamic(text, place)
            }
        }
    }

    /// The span of a block scalar from its `|` or `>` to the end of its last line.
    fn block_scalar_span(&mut self, before: usize, place: Span) -> Span {
        let start = (place.start - self.base) as usize;
        let header = self.text.get(before..start).and_then(|gap| gap.find(['|', '>']));
        let end = (place.end - self.base) as usize;
        let body = self.text.get(start..end).unwrap_or_default();
        let end = start + body.trim_end().len();
        self.at(header.map_or(start, |offset| before + offset), end)
    }

    fn sequence(&mut self, style: StructureStyle, span: granit_parser::Span) -> Step<Node> {
        let start = self.span(span);
        let mut list = List { form: form(style), ..List::default() };
        let mut whole = start;
        loop {
            let (event, span) = self.expect_node()?;
            if event == Event::SequenceEnd {
                whole = self.closed(whole, style, span);
                return Ok(Node::new(Value::List(list), whole));
            }
            self.path.push(format!("[{}]", list.items.len()));
            let item = self.node(event, span)?;
            self.path.pop();
            whole = whole.cover(written_span(&item));
            list.items.push(item);
        }
    }

    fn mapping(&mut self, style: StructureStyle, span: granit_parser::Span) -> Step<Node> {
        let start = self.span(span);
        let mut map = Map { form: form(style), head: start, ..Map::default() };
        let mut merged: Vec<Node> = Vec::new();
        let mut seen = Keys::default();
        let mut whole = start;
        loop {
            let (event, span) = self.expect_node()?;
            if event == Event::MappingEnd {
                whole = self.closed(whole, style, span);
                break;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = self.node(event, span)?;
            if map.entries.is_empty() && merged.is_empty() && map.form == Form::Block {
                map.head = key.location.span;
            }
            let name = self.key_name(&key);
            self.path.push(name.clone());
            let (event, span) = self.expect_node()?;
            let value = self.node(event, span)?;
            self.path.pop();
            whole = whole.cover(key.location.span).cover(written_span(&value));
            if is_merge {
                merged.push(value);
            } else {
                let key = Key { wire: name.into(), written: None, location: key.location };
                self.add_entry(&mut map, &mut seen, Entry { key, value });
            }
        }
        for value in merged {
            self.merge(&mut map, &seen, value);
        }
        Ok(Node::new(Value::Map(map), whole))
    }

    fn add_entry(&mut self, map: &mut Map, seen: &mut Keys, entry: Entry) {
        let Some(first) = seen.add(&entry.key.wire, &map.entries) else {
            map.entries.push(entry);
            return;
        };
        let Some(earlier) = map.entries.get_mut(first) else { return };
        let mut path = render(&self.path);
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&entry.key.wire);
        self.done.remarks.push(Remark {
            rule: "duplicate-key",
            message: format!("the key `{}` is given twice; only the last one would count", entry.key.wire),
            span: entry.key.location.span,
            path,
            label: Some((earlier.key.location.span, "first given here")),
        });
        *earlier = entry;
    }

    /// Adds what a merge key brings; keys of the map itself win.
    fn merge(&mut self, map: &mut Map, own: &Keys, value: Node) {
        let used_at = value.used_at.clone();
        match value.value {
            Value::Map(other) => {
                map.open |= other.open;
                for mut entry in other.entries {
                    if !own.has(&entry.key.wire, &map.entries) && map.entry(&entry.key.wire).is_none() {
                        entry.value.used_at = used_at.clone().or(entry.value.used_at);
                        map.entries.push(entry);
                    }
                }
            }
            Value::List(list) => list.items.into_iter().for_each(|item| self.merge(map, own, item)),
            Value::Dynamic(_) => map.open = true,
            _ => self.remark(
                "syntax-error",
                "`<<` merges a mapping or a list of mappings".to_owned(),
                value.location.span,
            ),
        }
    }

    fn key_name(&mut self, key: &Node) -> String {
        match &key.value {
            Value::String(text) => text.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.text.to_string(),
            Value::Null => {
                self.remark("syntax-error", "a key must not be null".to_owned(), key.location.span);
                String::new()
            }
            Value::Dynamic(dynamic) => dynamic.reason.to_string(),
            Value::List(_) | Value::Map(_) => {
                self.remark("syntax-error", "a key must be a string".to_owned(), key.location.span);
                String::new()
            }
        }
    }

    /// Flow collections end at their bracket; block collections at the end of their last value.
    fn closed(&mut self, whole: Span, style: StructureStyle, end: granit_parser::Span) -> Span {
        if style == StructureStyle::Flow { whole.cover(self.span(end)) } else { whole }
    }

    fn remark(&mut self, rule: &'static str, message: String, span: Span) {
        self.done.remarks.push(Remark { rule, message, span, path: render(&self.path), label: None });
    }
}

/// Keys of one map: a plain scan for the usual few, a set for many.
#[derive(Default)]
struct Keys {
    many: Option<HashSet<Box<str>>>,
}

const FEW: usize = 16;

impl Keys {
    /// Notes a key; the index of the entry that has it already.
    fn add(&mut self, key: &str, entries: &[Entry]) -> Option<usize> {
        if self.many.is_none() && entries.len() == FEW {
            self.many = Some(entries.iter().map(|entry| entry.key.wire.clone()).collect());
        }
        let known = match &mut self.many {
            Some(set) => !set.insert(key.into()),
            None => return entries.iter().position(|entry| &*entry.key.wire == key),
        };
        known.then(|| entries.iter().position(|entry| &*entry.key.wire == key)).flatten()
    }

    fn has(&self, key: &str, entries: &[Entry]) -> bool {
        match &self.many {
            Some(set) => set.contains(key),
            None => entries.iter().any(|entry| &*entry.key.wire == key),
        }
    }
}

/// The part of the file that a node takes up where it stands: an alias, not the text that it refers to.
fn written_span(node: &Node) -> Span {
    node.used_at.as_deref().map_or(node.location.span, |place| place.span)
}

const fn form(style: StructureStyle) -> Form {
    match style {
        StructureStyle::Block => Form::Block,
        StructureStyle::Flow => Form::Flow,
    }
}

fn count(node: &Node) -> usize {
    match &node.value {
        Value::List(list) => 1 + list.items.iter().map(count).sum::<usize>(),
        Value::Map(map) => 1 + map.entries.iter().map(|entry| count(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

/// JSON's numbers keep their text: `80.0` is not an integer there.
fn json_scalar(text: &str) -> Resolved {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || first == '-') && number(text).is_some();
    if is_number { Resolved::Value(Value::Number(Number::new(text))) } else { resolve(text) }
}

/// A scalar with one of YAML's own tags.
fn tagged(kind: &str, text: &str) -> Resolved {
    match kind {
        "binary" => Resolved::Value(Value::String(decoded(text).unwrap_or_else(|| text.to_owned()).into())),
        "str" | "timestamp" => Resolved::Value(Value::String(text.into())),
        "null" => Resolved::Value(Value::Null),
        _ => resolve(text),
    }
}

/// The text of a base64 scalar.
fn decoded(text: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

fn render(path: &[String]) -> String {
    let mut text = String::new();
    for step in path {
        if !text.is_empty() && !step.starts_with('[') {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// The parser's sentence in the form of podlint's messages.
fn plain_words(info: &str) -> String {
    info.replace("`:'", "`:`").replace(" indicator", "").replace('\'', "`").replace("``", "`")
}
