//! The default values of a chart: what plain lookups such as `.Values.image.tag` come to where nobody gives others.

use super::actions::Test;
use crate::config::Limits;
use crate::frontend::yaml::{compose, manifests};
use crate::source::{Modules, SourceFile};
use crate::text::Span;
use crate::tree::{Node, Value};

/// How many folders above a template the chart may begin.
const MAX_UP: usize = 4;
/// What may follow a lookup: it changes nothing but the form.
const FORMS: &[&str] = &["quote", "squote", "toString", "trim"];

/// The values that a chart comes with.
pub struct Defaults {
    root: Node,
}

impl Defaults {
    /// Those of the chart around a template.
    pub fn of(source: &SourceFile, modules: &dyn Modules) -> Option<Self> {
        if !source.text.contains(".Values.") {
            return None;
        }
        let up = (1..=MAX_UP).map(|count| "../".repeat(count));
        let folder = up.into_iter().find(|up| modules.read(&source.path, &format!("{up}Chart.yaml")).is_some())?;
        let values = modules.read(&source.path, &format!("{folder}values.yaml"))?;
        let root = manifests(&values, &Limits::default()).ok()?.into_iter().next()?;
        Some(Self { root })
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
    fn rendered(&self, span: Span, actions: &[Span], text: &str, base: u32) -> Option<Value> {
        let part = |start: u32, end: u32| text.get((start - base) as usize..(end - base) as usize);
        let mut rendered = String::new();
        let mut position = span.start;
        for action in actions {
            rendered.push_str(part(position, action.start.max(position))?);
            rendered.push_str(&self.value_of(part(action.start, action.end)?)?);
            position = action.end;
        }
        rendered.push_str(part(position, span.end.max(position))?);
        if actions.is_empty() || rendered.contains('\n') {
            return None;
        }
        let composed = compose::compose(&rendered, 0, &Limits::default());
        let value = composed.roots.into_iter().next().filter(|_| composed.error.is_none())?.value;
        matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)).then_some(value)
    }

    /// What an action writes, where it is a lookup.
    fn value_of(&self, action: &str) -> Option<String> {
        let inside = action.trim_start_matches(['{', '-', ' ']).trim_end_matches(['}', '-', ' ']);
        let mut parts = inside.split('|').map(str::trim);
        let value = self.look_up(parts.next()?.strip_prefix(".Values.")?)??;
        let text = match &value.value {
            Value::String(text) if !text.is_empty() => text.to_string(),
            Value::Number(number) => number.text.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        let mut is_quoted = false;
        for form in parts {
            // A default is for values that are not there, or are false.
            if !FORMS.contains(&form) && !(form.starts_with("default ") && text != "false" && text != "0") {
                return None;
            }
            is_quoted |= form.ends_with("quote");
        }
        Some(if is_quoted { serde_json::Value::from(text).to_string() } else { text })
    }
}
