//! From parser events to trees: values, anchors, duplicate keys, bounds.

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::events::{Events, Problem, Step, Stop};
use super::keys::{self, Keys};
use super::merge::{self, Merge};
use super::scalar::{self, Resolved};
use crate::config::Limits;
use crate::diagnostic::MAX_FINDINGS;
use crate::stop;
use crate::text::Span;
use crate::tree::{Entry, Form, Key, List, Location, Map, Node, Value};

/// Documents with more values are not read: each takes some hundred bytes, and no pod has as many.
const MAX_VALUES: usize = 250_000;

/// A remark about the text itself.
#[derive(Debug)]
pub struct Remark {
    /// The rule that reports it.
    pub rule: &'static str,
    /// What is: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<&'static str>,
    /// Where.
    pub span: Span,
    /// A further place, with what is there.
    pub label: Option<(Span, &'static str)>,
    /// The key that it is about, as the last step of the remark's path.
    pub key: Option<Box<str>>,
}

impl Remark {
    /// Something that is no valid YAML (or JSON) although it can be read.
    pub fn syntax(message: String, span: Span, help: Option<&'static str>) -> Self {
        Self { rule: "syntax-error", message, help, span, label: None, key: None }
    }

    /// A key that a merge key brings, and that is there already.
    pub fn overridden(key: &Key, first: Span) -> Self {
        Self {
            rule: "overridden-merge-key",
            message: format!("the key `{}` is there twice, once by a merge key", key.wire),
            help: Some("`kubectl` settles that before it sends the manifest; sent as YAML it is refused"),
            span: key.location.span,
            label: Some((first, "also given here")),
            key: Some(key.wire.clone()),
        }
    }

    /// A key that was there before.
    pub fn duplicate_key(key: &Key, first: Span) -> Self {
        Self {
            rule: "duplicate-key",
            message: format!("the key `{}` is given twice; only the last one would count", key.wire),
            help: None,
            span: key.location.span,
            label: Some((first, "first given here")),
            key: Some(key.wire.clone()),
        }
    }
}

/// One part of a stream, composed.
#[derive(Debug, Default)]
pub struct Composed {
    /// The trees of its documents.
    pub roots: Vec<Node>,
    /// What was noticed on the way.
    pub remarks: Vec<Remark>,
    /// Its comments, where some may speak to podlint.
    pub comments: Vec<Span>,
    /// Where and why it could not be read to the end.
    pub error: Option<Problem>,
    /// A bound was hit; nothing of this part is known.
    pub over_limit: Option<Problem>,
}

/// Composes `text`, which begins at byte `base` of its file.
pub fn compose(text: &str, base: u32, limits: &Limits) -> Composed {
    let mut composer = Composer::new(text, base, limits);
    let mut done = Composed::default();
    match composer.stream() {
        Ok(roots) => done.roots = roots,
        Err(Stop::Broken(problem)) => done.error = Some(problem),
        Err(Stop::Limit(problem)) => done.over_limit = Some(problem),
    }
    done.remarks = composer.remarks;
    done.comments = composer.events.comments;
    done.comments.sort();
    done
}

/// A value that an alias may refer to.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Composer<'t> {
    events: Events<'t>,
    text: &'t str,
    base: u32,
    remarks: Vec<Remark>,
    /// By the parser's number; `None` while the value is being read.
    anchors: Vec<Option<Anchored>>,
    has_aliases: bool,
    /// How many nodes may still be copied, for anchors and for aliases.
    budget: usize,
    depth: usize,
    /// How many values there are so far.
    values: usize,
    limits: Limits,
}

impl<'t> Composer<'t> {
    fn new(text: &'t str, base: u32, limits: &Limits) -> Self {
        Self {
            events: Events::new(text, base, limits),
            text,
            base,
            remarks: Vec::new(),
            anchors: Vec::new(),
            has_aliases: memchr::memchr(b'*', text.as_bytes()).is_some(),
            budget: limits.alias_nodes,
            depth: 0,
            values: 0,
            limits: *limits,
        }
    }

    fn stream(&mut self) -> Step<Vec<Node>> {
        let mut roots = Vec::new();
        while let Some((event, span)) = self.events.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                event => roots.push(self.node(event, span)?),
            }
        }
        Ok(roots)
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Step<Node> {
        self.values += 1;
        if self.values.is_multiple_of(1024) && stop::is_superseded() {
            return Err(self.over("nobody waits for this any more".to_owned(), span));
        }
        if self.values > MAX_VALUES {
            return Err(self.over(format!("more than {MAX_VALUES} values in one document"), span));
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_written = style != ScalarStyle::Plain || !span.is_empty();
                let text = if is_written || tag.is_some() { text } else { "".into() };
                (self.scalar(text, style, tag.as_deref(), span), anchor)
            }
            Event::SequenceStart(style, anchor, _) => (self.sequence(style, span)?, anchor),
            Event::MappingStart(style, anchor, _) => (self.mapping(style, span)?, anchor),
            Event::Alias(id) => return self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let help = "an alias refers to an anchor further up in the same document";
                self.syntax(format!("no anchor `&{name}` stands before this alias"), span, Some(help));
                return Ok(Node::dynamic(format!("*{name}"), span));
            }
            _ => return Err(self.broken("a value is missing here", span)),
        };
        if anchor != 0 && self.has_aliases {
            self.anchor(anchor, &node)?;
        }
        Ok(node)
    }

    fn broken(&self, message: &str, span: Span) -> Stop {
        let offset = (span.start - self.base) as usize;
        Stop::Broken(Problem { span, message: message.to_owned(), help: None, offset })
    }

    fn over(&self, message: String, span: Span) -> Stop {
        let offset = (span.start - self.base) as usize;
        Stop::Limit(Problem { span, message, help: None, offset })
    }

    fn syntax(&mut self, message: String, span: Span, help: Option<&'static str>) {
        self.remark(Remark::syntax(message, span, help));
    }

    /// Adds a remark, as long as anybody reads them.
    fn remark(&mut self, remark: Remark) {
        if self.remarks.len() <= MAX_FINDINGS {
            self.remarks.push(remark);
        }
    }

    fn spend(&mut self, nodes: usize, span: Span) -> Step<()> {
        match self.budget.checked_sub(nodes) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => Err(self.over(
                format!("aliases expand to more values than `limits.alias-nodes` ({})", self.limits.alias_nodes),
                span,
            )),
        }
    }

    fn anchor(&mut self, id: usize, node: &Node) -> Step<()> {
        let (size, height) = measure(node);
        self.spend(size, node.location.span)?;
        if self.anchors.len() <= id {
            self.anchors.resize_with(id + 1, || None);
        }
        if let Some(place) = self.anchors.get_mut(id) {
            *place = Some(Anchored { node: node.clone(), size, height });
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, span: Span) -> Step<Node> {
        let Some(Some(Anchored { node, size, height })) = self.anchors.get(id) else {
            self.syntax("an alias of the very value that contains it".to_owned(), span, None);
            return Ok(Node::dynamic("an alias of the value that contains it", span));
        };
        if self.depth + height > self.limits.depth {
            return Err(
                self.over(format!("aliases nest more deeply than `limits.depth` ({})", self.limits.depth), span)
            );
        }
        let mut node = node.clone();
        let size = *size;
        self.spend(size, span)?;
        node.used_at = Some(Box::new(Location::main(span)));
        Ok(node)
    }

    fn scalar(&mut self, text: std::borrow::Cow<'t, str>, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Node {
        match scalar::typed(text, style == ScalarStyle::Plain, tag) {
            Resolved::Value(value) => Node::new(value, span),
            Resolved::NotANumber => {
                let text = span_text(self.text, self.base, span);
                let message = format!("`{text}` has no form in JSON, so no server can read it");
                self.syntax(message, span, Some("quote it, if it is meant as text"));
                Node::dynamic(text, span)
            }
            Resolved::NotOfTag => {
                let text = span_text(self.text, self.base, span);
                let message = format!("`{text}` is no value for the tag before it");
                self.syntax(message, span, Some("take the tag away"));
                Node::dynamic(text, span)
            }
        }
    }

    fn sequence(&mut self, style: StructureStyle, start: Span) -> Step<Node> {
        let mut list = List { form: form(style), ..List::default() };
        let mut whole = start;
        self.depth += 1;
        loop {
            let (event, span) = self.events.expect()?;
            if event == Event::SequenceEnd {
                whole = closed(whole, style, span);
                break;
            }
            let item = self.node(event, span)?;
            whole = whole.cover(written_span(&item));
            list.items.push(item);
        }
        self.depth -= 1;
        Ok(Node::new(Value::List(list), whole))
    }

    fn mapping(&mut self, style: StructureStyle, start: Span) -> Step<Node> {
        let mut map = Map { form: form(style), head: start, ..Map::default() };
        let mut merges: Vec<Merge> = Vec::new();
        let mut seen = Keys::default();
        let mut whole = start;
        self.depth += 1;
        loop {
            let (event, span) = self.events.expect()?;
            if event == Event::MappingEnd {
                whole = closed(whole, style, span);
                break;
            }
            let (name, place) = self.key(event, span)?;
            if map.head.is_empty() {
                map.head = place;
            }
            let (event, mut span) = self.events.expect()?;
            if matches!(event, Event::SequenceStart(StructureStyle::Block, ..)) {
                span = self.events.dash_behind(place, span);
            }
            let value = self.node(event, span)?;
            whole = whole.cover(place).cover(written_span(&value));
            match name {
                Some(name) => self.add(&mut map, &mut seen, name, place, value),
                None => merges.push(Merge { key: place, value }),
            }
        }
        self.depth -= 1;
        if style == StructureStyle::Flow && start.is_empty() {
            // A single pair in a flow list, `[a: b]`, has no brackets of its own.
            map.form = Form::Synthetic;
        }
        if !merges.is_empty() {
            merge::apply(&mut map, &mut seen, merges, &mut self.remarks);
        }
        Ok(Node::new(Value::Map(map), whole))
    }

    /// The name and place of a key; no name for a merge key.
    fn key(&mut self, event: Event<'t>, span: Span) -> Step<(Option<Box<str>>, Span)> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) if !span.is_empty() => {
                if text == "<<" {
                    return Ok((None, span));
                }
                if !scalar::may_be_typed(&text) {
                    return Ok((Some(text.into()), span));
                }
                let node = self.scalar(text, ScalarStyle::Plain, None, span);
                Ok((Some(self.key_name(&node)), span))
            }
            event => {
                let node = self.node(event, span)?;
                let place = written_span(&node);
                Ok((Some(self.key_name(&node)), place))
            }
        }
    }

    fn key_name(&mut self, key: &Node) -> Box<str> {
        let (name, complaint) = keys::name(key);
        if let Some(complaint) = complaint {
            self.syntax(complaint.to_owned(), written_span(key), Some("quote it, if it is meant as text"));
        }
        name
    }

    /// Whether a key is written in quotes.
    fn is_quoted(&self, key: Span) -> bool {
        span_text(self.text, self.base, key).starts_with(['"', '\''])
    }

    fn add(&mut self, map: &mut Map, seen: &mut Keys, name: Box<str>, place: Span, value: Node) {
        let first = seen.add(&name, &map.entries);
        let entry = Entry { key: Key { wire: name, written: None, location: place.into() }, value };
        let Some(earlier) = first.and_then(|index| map.entries.get_mut(index)) else {
            map.entries.push(entry);
            return;
        };
        if self.is_quoted(place) != self.is_quoted(earlier.key.location.span) && scalar::may_be_typed(&entry.key.wire) {
            // To YAML a number and its text are two keys; which of them JSON keeps is a matter of chance.
            earlier.value = Node::dynamic("given twice, as text and not as text", earlier.value.location);
            map.form = Form::Synthetic;
            return;
        }
        let remark = Remark::duplicate_key(&entry.key, earlier.key.location.span);
        *earlier = entry;
        self.remark(remark);
        // The text holds more than the tree; edits that take entries away would bring the earlier one back.
        map.form = Form::Synthetic;
    }
}

/// The text under a span of the file, shortened for a message.
fn span_text(text: &str, base: u32, span: Span) -> &str {
    let text = Span::new(span.start - base, span.end - base).slice(text);
    text.char_indices().nth(40).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The part of the file that a node takes up where it stands: an alias, not the text that it refers to.
pub fn written_span(node: &Node) -> Span {
    node.used_at.as_deref().map_or(node.location.span, |place| place.span)
}

const fn form(style: StructureStyle) -> Form {
    match style {
        StructureStyle::Block => Form::Block,
        StructureStyle::Flow => Form::Flow,
    }
}

/// Flow collections end at their bracket; block collections at the end of their last value.
fn closed(whole: Span, style: StructureStyle, end: Span) -> Span {
    if style == StructureStyle::Flow { whole.cover(end) } else { whole }
}

/// How much a tree holds, and its height.
fn measure(node: &Node) -> (usize, usize) {
    let below = node.children().map(measure);
    below.fold((node.own_size(), 1), |(size, height), (more, below)| (size + more, height.max(below + 1)))
}
