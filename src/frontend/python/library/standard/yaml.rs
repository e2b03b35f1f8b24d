//! `yaml`, with PyYAML's rules: those of YAML 1.1, as its safe loader has them.

use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome};
use super::super::super::value::{Gap, Key, Mapping, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::misfit;
use super::super::builtins::iteration::over;
use super::yaml_scalars::scalar;
use crate::text::Span;
use crate::tree::{FileId, Location};

/// How deeply values nest.
const MAX_DEPTH: usize = 60;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "safe_load" | "load" | "full_load" | "unsafe_load" => load,
        "safe_load_all" | "load_all" | "full_load_all" => load_all,
        "dump" | "safe_dump" | "dump_all" | "safe_dump_all" => dump,
        _ => return None,
    })
}

fn dump(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::Text))
}

/// Where the characters of a loaded text stand.
#[derive(Clone, Copy)]
enum Origin {
    /// In a file, from an offset on.
    At(FileId, u32),
    /// In a literal whose characters are not those of its value.
    Inside(Location),
}

impl Origin {
    fn of(evaluator: &Evaluator<'_>, text: &str, at: Location) -> Self {
        if evaluator.program.module(at.file).is_none() {
            return Self::At(at.file, at.span.start);
        }
        let written = at.span.slice(evaluator.text_of(at.file));
        let quotes = written.trim_start_matches(|character: char| character.is_ascii_alphabetic());
        let quotes = quotes.chars().take_while(|character| matches!(character, '"' | '\'')).count();
        let prefix = written.find(['"', '\'']).unwrap_or_default() + if quotes >= 3 { 3 } else { 1 };
        match written.get(prefix..).filter(|rest| rest.starts_with(text) && !text.contains('\\')) {
            Some(_) => Self::At(at.file, at.span.start + u32::try_from(prefix).unwrap_or_default()),
            None => Self::Inside(at),
        }
    }

    fn place(self, start: usize, end: usize) -> Location {
        match self {
            Self::At(file, base) => {
                let offset = |at: usize| base.saturating_add(u32::try_from(at).unwrap_or_default());
                Location { file, span: Span::new(offset(start), offset(end)) }
            }
            Self::Inside(at) => at,
        }
    }
}

/// The documents of a text or open file.
fn documents(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<Value>, Failure> {
    let Some(slot) = call.arguments.get("stream", 0).cloned() else { return Err(misfit(evaluator, call)) };
    let content = match &slot.value.kind {
        ValueKind::Object(_) => super::files::text_of_file(evaluator, &slot.value, call)?,
        _ => slot.value.clone(),
    };
    let Some(text) = content.as_text().map(str::to_owned) else { return Err(evaluator.not_modelled(call)) };
    if !evaluator.budget.charge_text(text.len() * 16) {
        return Err(Failure::Stop);
    }
    let mut options = Options::default();
    options.block_scalar_eof_without_line_feed = true;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let origin = Origin::of(evaluator, &text, content.at);
    let parser = Parser::new_from_str_with_options(&text, options);
    let mut loader = Loader { events: Vec::new(), origin, anchors: Vec::new() };
    for event in parser {
        let Ok((event, span)) = event else { return Err(evaluator.not_modelled(call)) };
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or_default().max(start);
        if !matches!(event, Event::Comment(..)) {
            loader.events.push((event, start, end));
        }
    }
    loader.events.reverse();
    match loader.stream(evaluator) {
        Some(documents) => Ok(documents),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn load(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let mut documents = documents(evaluator, call)?;
    match documents.len() {
        0 => Ok(Value::none(call.at)),
        1 => Ok(documents.remove(0)),
        _ => Err(evaluator.not_modelled(call)),
    }
}

fn load_all(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match documents(evaluator, call) {
        Ok(documents) => {
            let slots = documents.into_iter().map(Slot::here).collect();
            Ok(over(evaluator, Sequence::known(slots), call.at))
        }
        Err(Failure::Unknown(_)) => {
            let gap = Gap::new(evaluator.snippet(call.at));
            Ok(over(evaluator, Sequence::unknown(gap), call.at))
        }
        Err(failure) => Err(failure),
    }
}

struct Loader<'t> {
    /// The events, the next one last.
    events: Vec<(Event<'t>, usize, usize)>,
    origin: Origin,
    anchors: Vec<(usize, Value)>,
}

impl Loader<'_> {
    /// The documents; `None` where something is not modelled.
    fn stream(&mut self, evaluator: &mut Evaluator<'_>) -> Option<Vec<Value>> {
        let mut documents = Vec::new();
        while let Some((event, start, end)) = self.events.pop() {
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::DocumentEnd => self.anchors.clear(),
                Event::StreamEnd => break,
                event => documents.push(self.node(evaluator, event, start, end, 0)?),
            }
        }
        Some(documents)
    }

    fn node(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        event: Event<'_>,
        start: usize,
        end: usize,
        depth: usize,
    ) -> Option<Value> {
        if depth > MAX_DEPTH || !evaluator.charge(1) {
            return None;
        }
        let place = self.origin.place(start, end);
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style == ScalarStyle::Plain, tag.as_deref(), place)?, anchor)
            }
            Event::SequenceStart(_, anchor, tag) if is_usual(tag.as_deref(), "seq") => {
                let list = evaluator.list(Vec::new(), place);
                self.note(anchor, &list);
                (self.sequence(evaluator, list, depth)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) if is_usual(tag.as_deref(), "map") => {
                let dict = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), place);
                self.note(anchor, &dict);
                (self.mapping(evaluator, dict, depth)?, anchor)
            }
            Event::Alias(id) => {
                return self.anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, value)| value.clone());
            }
            _ => return None,
        };
        self.note(anchor, &value);
        Some(value)
    }

    fn note(&mut self, anchor: usize, value: &Value) {
        if anchor != 0 {
            self.anchors.push((anchor, value.clone()));
        }
    }

    fn sequence(&mut self, evaluator: &mut Evaluator<'_>, list: Value, depth: usize) -> Option<Value> {
        let mut items = Sequence::default();
        loop {
            let (event, start, end) = self.events.pop()?;
            if let Event::SequenceEnd = event {
                break;
            }
            let value = self.node(evaluator, event, start, end, depth + 1)?;
            items.push(Slot::new(value, self.origin.place(start, end)));
        }
        evaluator.change_object(list.as_object()?, ObjectKind::List(items));
        Some(list)
    }

    fn mapping(&mut self, evaluator: &mut Evaluator<'_>, dict: Value, depth: usize) -> Option<Value> {
        let (mut own, mut merged): (Vec<(Key, Slot, Slot)>, Vec<Mapping>) = (Vec::new(), Vec::new());
        loop {
            let (event, start, end) = self.events.pop()?;
            if let Event::MappingEnd = event {
                break;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let name = self.node(evaluator, event, start, end, depth + 1)?;
            let name = Slot::new(name, self.origin.place(start, end));
            let (event, start, end) = self.events.pop()?;
            let value = self.node(evaluator, event, start, end, depth + 1)?;
            if is_merge {
                merged.extend(merge_sources(evaluator, &value)?);
                continue;
            }
            let slot = Slot::new(value, self.origin.place(start, end));
            own.push((evaluator.key_of(&name.value)?, name, slot));
        }
        let mut entries = Mapping::default();
        // Merged entries stand before the mapping's own; of several the first counts.
        for mapping in merged.into_iter().rev() {
            for (key, entry) in mapping.entries {
                entries.set(key, entry.key, entry.value);
            }
        }
        for (key, name, slot) in own {
            entries.set(key, name, slot);
        }
        evaluator.change_object(dict.as_object()?, ObjectKind::Dict(entries, None));
        Some(dict)
    }
}

/// The mappings that `<<` names.
fn merge_sources(evaluator: &Evaluator<'_>, value: &Value) -> Option<Vec<Mapping>> {
    match &evaluator.state.object(value.as_object()?)?.kind {
        ObjectKind::Dict(entries, _) => Some(vec![entries.clone()]),
        ObjectKind::List(items) => {
            let slots = items.slots()?;
            let each: Option<Vec<Vec<Mapping>>> =
                slots.iter().map(|slot| merge_sources(evaluator, &slot.value)).collect();
            Some(each?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn is_usual(tag: Option<&Tag>, kind: &str) -> bool {
    tag.is_none_or(|tag| tag.suffix_in_namespace("tag:yaml.org,2002:").is_some_and(|suffix| suffix == kind))
}
