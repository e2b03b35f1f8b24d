//! The text that `json.dumps` makes of a value.

use super::budget::MAX_TEXT;
use super::interpreter::Interpreter;
use super::value::{Body, Data, Val};

const MAX_DEPTH: usize = 40;

/// How `json.dumps` is asked to write.
#[derive(Debug)]
pub struct Style {
    /// Objects by their keys.
    pub sort_keys: bool,
    /// Only ASCII, with escapes.
    pub ensure_ascii: bool,
    /// Spaces for each level.
    pub indent: Option<usize>,
    /// Between items, and behind keys.
    pub separators: Option<(String, String)>,
}

impl Default for Style {
    fn default() -> Self {
        Self { sort_keys: false, ensure_ascii: true, indent: None, separators: None }
    }
}

impl Interpreter<'_> {
    /// The JSON text of a value that is fully known.
    pub(super) fn json_text(&self, val: &Val, style: &Style) -> Option<String> {
        let mut text = String::new();
        self.write_json(val, style, 0, &mut text)?;
        Some(text)
    }

    fn write_json(&self, val: &Val, style: &Style, depth: usize, out: &mut String) -> Option<()> {
        if out.len() > MAX_TEXT || depth > MAX_DEPTH || !self.step(1) {
            return None;
        }
        match &val.data {
            Data::None => out.push_str("null"),
            Data::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Data::Number(text) => out.push_str(text),
            Data::Text(text) if text.len() <= MAX_TEXT && self.read_text(text.len()) => write_string(text, style, out),
            Data::Object(_) => {
                let object = self.object(val).filter(|object| !object.open)?;
                match &object.body {
                    Body::List(items) => {
                        let items: Vec<(Option<&str>, &Val)> = items.iter().map(|slot| (None, &slot.val)).collect();
                        self.write_items(('[', ']'), &items, style, depth, out)?;
                    }
                    Body::Dict(entries) => {
                        let mut items: Vec<(Option<&str>, &Val)> = Vec::new();
                        for (key, value) in entries {
                            items.push((Some(key.val.text()?), &value.val));
                        }
                        if style.sort_keys {
                            items.sort_by_key(|(key, _)| *key);
                        }
                        self.write_items(('{', '}'), &items, style, depth, out)?;
                    }
                    Body::Instance(_) => return None,
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn write_items(
        &self,
        (open, close): (char, char),
        items: &[(Option<&str>, &Val)],
        style: &Style,
        depth: usize,
        out: &mut String,
    ) -> Option<()> {
        let usual = if style.indent.is_some() { "," } else { ", " };
        let (between, behind_key) =
            style.separators.as_ref().map_or((usual, ": "), |(item, key)| (item.as_str(), key.as_str()));
        let new_line = |depth: usize| style.indent.map(|width| format!("\n{}", " ".repeat(width * depth)));
        out.push(open);
        for (index, (key, val)) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(between);
            }
            out.push_str(&new_line(depth + 1).unwrap_or_default());
            if let Some(key) = key {
                write_string(key, style, out);
                out.push_str(behind_key);
            }
            self.write_json(val, style, depth + 1, out)?;
        }
        if !items.is_empty() {
            out.push_str(&new_line(depth).unwrap_or_default());
        }
        out.push(close);
        Some(())
    }
}

fn write_string(text: &str, style: &Style, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if u32::from(control) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain if plain.is_ascii() || !style.ensure_ascii => out.push(plain),
            other => {
                let mut units = [0; 2];
                other.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    out.push('"');
}
