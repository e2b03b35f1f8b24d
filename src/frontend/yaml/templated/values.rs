//! The default values of a chart: what plain lookups such as `.Values.image.tag` come to where nobody gives others.

use std::collections::HashMap;

use super::actions::{Does, Test, actions};
use crate::config::Limits;
use crate::frontend::yaml::{compose, manifests};
use crate::source::{Modules, SourceFile};
use crate::text::Span;
use crate::tree::{Node, Value};

/// How many folders above a template the chart may begin.
const MAX_UP: usize = 4;
/// What may follow a lookup: it changes nothing but the form.
const FORMS: &[&str] = &["quote", "squote", "toString", "trim"];

/// How deep named templates are followed.
const MAX_INCLUDES: usize = 4;
/// The ending of files with named templates.
const HELPERS: &str = ".tpl";

/// The values that a chart comes with, and its named templates.
pub struct Defaults {
    root: Node,
    helpers: HashMap<String, String>,
}

impl Defaults {
    /// Those of the chart around a template.
    pub fn of(source: &SourceFile, modules: &dyn Modules) -> Option<Self> {
        if !source.text.contains(".Values.") && !source.text.contains("include ") {
            return None;
        }
        let up = (1..=MAX_UP).map(|count| "../".repeat(count));
        let folder = up.into_iter().find(|up| modules.read(&source.path, &format!("{up}Chart.yaml")).is_some())?;
        let values = modules.read(&source.path, &format!("{folder}values.yaml"))?;
        let root = manifests(&values, &Limits::default()).ok()?.into_iter().next()?;
        let templates = format!("{folder}templates");
        let listed = modules.list(&source.path, &templates).unwrap_or_default();
        let names = listed.into_iter().filter(|entry| !entry.is_folder && entry.name.ends_with(HELPERS));
        let texts = names.filter_map(|entry| modules.read(&source.path, &format!("{templates}/{}", entry.name)));
        Some(Self { root, helpers: texts.flat_map(|source| defined(&source.text)).collect() })
    }

    /// Whether a test holds, where it is a plain lookup.
    pub fn decide(&self, test: &Test) -> Option<bool> {
        let value = self.look_up(test.base.strip_prefix(".Values.")?)?;
        let is_true = value.is_some_and(|value| match &value.value {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::List(list) => !list.items.is_empty(),
            Value::Map(map) => !map.entries.is_empty(),
            Value::Dynamic(_) => true,
        });
        Some(is_true != test.negated)
    }

    /// The value at some keys, if it is there; nothing where that is no plain path.
    fn look_up(&self, path: &str) -> Option<Option<&Node>> {
        if path.is_empty() || !path.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_')) {
            return None;
        }
        let mut node = Some(&self.root);
        for key in path.split('.') {
            node = node.and_then(|node| node.as_map()?.entry(key)).map(|entry| &entry.value);
        }
        Some(node)
    }

    /// Fills the scalars of a tree that are made of lookups alone; the first of them that was filled.
    pub fn fill(&self, node: &mut Node, actions: &[Span], text: &str, base: u32) -> Option<Span> {
        match &mut node.value {
            Value::Map(map) => {
                let filled: Vec<Option<Span>> =
                    map.entries.iter_mut().map(|entry| self.fill(&mut entry.value, actions, text, base)).collect();
                filled.into_iter().flatten().next()
            }
            Value::List(list) => {
                let filled: Vec<Option<Span>> =
                    list.items.iter_mut().map(|item| self.fill(item, actions, text, base)).collect();
                filled.into_iter().flatten().next()
            }
            Value::Dynamic(_) => {
                let span = node.location.span;
                let inside = super::touching(actions, span);
                node.value = self.rendered(span, inside, text, base)?;
                Some(span)
            }
            _ => None,
        }
    }

    /// What is written at a span, with lookups in the place of actions, as YAML reads it.
    fn rendered(&self, span: Span, inside: &[Span], text: &str, base: u32) -> Option<Value> {
        let written = text.get((span.start - base) as usize..(span.end - base) as usize)?;
        let rendered = self.text_of(written, 0).filter(|rendered| !inside.is_empty() && !rendered.contains('\n'))?;
        let composed = compose::compose(&rendered, 0, &Limits::default());
        let value = composed.roots.into_iter().next().filter(|_| composed.error.is_none())?.value;
        matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)).then_some(value)
    }

    /// A text with what its actions write, where all of them are lookups.
    fn text_of(&self, text: &str, depth: usize) -> Option<String> {
        let mut rendered = String::new();
        let mut position = 0;
        for action in actions(text) {
            let span = action.span.range();
            rendered.push_str(text.get(position..span.start)?);
            position = span.end;
            match action.does {
                Does::Writes => rendered.push_str(&self.value_of(text.get(span)?, depth)?),
                Does::Nothing => {}
                _ => return None,
            }
        }
        rendered.push_str(text.get(position..)?);
        Some(rendered)
    }

    /// What an action writes, where it is a lookup.
    fn value_of(&self, action: &str, depth: usize) -> Option<String> {
        let inside = action.trim_start_matches(['{', '-', ' ']).trim_end_matches(['}', '-', ' ']);
        let mut parts = inside.split('|').map(str::trim);
        let text = self.looked_up(parts.next()?, depth)?;
        let mut is_quoted = false;
        for form in parts {
            // A default is for values that are not there, or are false.
            let is_default = form.starts_with("default ") && text != "false" && text != "0";
            if !is_default && !FORMS.contains(&form) {
                return None;
            }
            is_quoted |= form.ends_with("quote");
        }
        Some(if is_quoted { serde_json::Value::from(text).to_string() } else { text })
    }

    /// The text of a value, or of a named template that is made of such.
    fn looked_up(&self, lookup: &str, depth: usize) -> Option<String> {
        if let Some(rest) = lookup.strip_prefix("include ").or_else(|| lookup.strip_prefix("template ")) {
            let (name, arguments) = rest.trim().strip_prefix('"')?.split_once('"')?;
            // With anything but the chart's own context other values would be meant.
            let is_own = matches!(arguments.trim(), "." | "$");
            let body = self.helpers.get(name).filter(|_| is_own && depth < MAX_INCLUDES)?;
            return self.text_of(body.trim(), depth + 1).filter(|text| !text.is_empty());
        }
        let value = self.look_up(lookup.strip_prefix(".Values.")?)??;
        match &value.value {
            Value::String(text) if !text.is_empty() => Some(text.to_string()),
            Value::Number(number) => Some(number.text.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
}

/// The named templates of a text.
fn defined(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // How many blocks are open, and the definition among them: its name and where its body begins.
    let (mut depth, mut open) = (0_usize, None);
    for action in actions(text) {
        match action.does {
            Does::Defines => {
                let name = action.span.slice(text).split('"').nth(1).map(str::to_owned);
                open = name.map(|name| (name, action.span.end, depth));
                depth += 1;
            }
            Does::Opens(_) => depth += 1,
            Does::Ends => {
                depth = depth.saturating_sub(1);
                if let Some((name, start, _)) = open.take_if(|(_, _, outside)| *outside == depth) {
                    found.push((name, Span::new(start, action.span.start).slice(text).to_owned()));
                }
            }
            _ => {}
        }
    }
    found
}
