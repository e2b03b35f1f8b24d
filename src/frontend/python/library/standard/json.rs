//! `json`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome, Test};
use super::super::super::state::MAX_TEXT;
use super::super::super::value::{
    ClassKind, ClassRef, Element, Mapping, ObjectKind, PartialText, Sequence, TypeBound, Unknown, Value, ValueKind,
    float_text,
};
use super::super::arguments::{instance, kind_of, misfit};
use super::json_reading;
use crate::tree::Piece;

/// How deeply values are written and read.
const MAX_DEPTH: usize = 60;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "dumps" => dumps,
        _ => return json_reading::function(name),
    })
}

/// How `dumps` is asked to write.
struct Style {
    sort_keys: bool,
    ensure_ascii: bool,
    indent: Option<String>,
    separators: (String, String),
    default: Option<Value>,
}

impl Style {
    fn of(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Self, Failure> {
        let named = |name: &str| call.arguments.named(name).map(|slot| slot.value.clone());
        let mut flag = |name: &str, default: bool| -> Result<bool, Failure> {
            let Some(value) = named(name) else { return Ok(default) };
            let truth = evaluator.truth(&value, call.at)?;
            evaluator.outcome(&Test::Value(truth)).ok_or_else(|| evaluator.unknown_of(call, TypeBound::Text))
        };
        let (sort_keys, ensure_ascii) = (flag("sort_keys", false)?, flag("ensure_ascii", true)?);
        let unknown = |evaluator: &Evaluator<'_>| evaluator.unknown_of(call, TypeBound::Text);
        let indent = match named("indent").map(|value| value.kind) {
            None | Some(ValueKind::None) => None,
            Some(ValueKind::Int(width)) => Some(" ".repeat(usize::try_from(width).unwrap_or_default().min(64))),
            Some(ValueKind::Text(text)) => Some(text.to_string()),
            Some(_) => return Err(unknown(evaluator)),
        };
        let separators = match named("separators").filter(|value| !value.is_none()) {
            None => (if indent.is_some() { "," } else { ", " }.to_owned(), ": ".to_owned()),
            Some(value) => {
                let slots = evaluator.elements(&value, call.at)?.slots().unwrap_or_default();
                match &slots[..] {
                    [item, key] => match (item.value.as_text(), key.value.as_text()) {
                        (Some(item), Some(key)) => (item.to_owned(), key.to_owned()),
                        _ => return Err(unknown(evaluator)),
                    },
                    _ => return Err(unknown(evaluator)),
                }
            }
        };
        let known = ["sort_keys", "ensure_ascii", "indent", "separators", "default"];
        if call.arguments.keywords.iter().any(|keyword| !known.contains(&&*keyword.name)) {
            return Err(evaluator.unknown_of(call, TypeBound::Text));
        }
        let default = named("default").filter(|value| !value.is_none());
        Ok(Self { sort_keys, ensure_ascii, indent, separators, default })
    }
}

/// `json.dumps(value, …)`.
fn dumps(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() || call.arguments.positional.len() > 1 {
        return Err(evaluator.opaque(call));
    }
    let Some(value) = call.arguments.get("obj", 0).map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let style = Style::of(evaluator, call)?;
    let mut writer = Writer { style, pieces: Vec::new(), size: 0, reason: None, call };
    writer.write(evaluator, &value, 0)?;
    let (pieces, reason) = (writer.pieces, writer.reason);
    Ok(evaluator.text_of_pieces(merged(pieces), reason, call.at))
}

/// Neighbours of a kind as one.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let has_hole = pieces.iter().any(|piece| matches!(piece, Piece::Hole));
    if has_hole { PartialText::new(pieces, "").pieces } else { pieces }
}

struct Writer<'c> {
    style: Style,
    pieces: Vec<Piece>,
    size: usize,
    reason: Option<Rc<str>>,
    call: &'c Call,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) {
        self.size += text.len();
        self.pieces.push(Piece::Text(text.into()));
    }

    fn hole(&mut self, reason: &Rc<str>) {
        self.reason.get_or_insert_with(|| Rc::clone(reason));
        self.pieces.push(Piece::Hole);
    }

    fn string(&mut self, text: &str) {
        let mut out = String::from("\"");
        escape(text, self.style.ensure_ascii, &mut out);
        out.push('"');
        self.push(&out);
    }

    fn write(&mut self, evaluator: &mut Evaluator<'_>, value: &Value, depth: usize) -> Result<(), Failure> {
        if depth > MAX_DEPTH || self.size > MAX_TEXT || !evaluator.charge(1) {
            return Err(evaluator.unknown_of(self.call, TypeBound::Text));
        }
        match &value.kind {
            ValueKind::None => self.push("null"),
            ValueKind::Bool(flag) => self.push(if *flag { "true" } else { "false" }),
            ValueKind::Int(number) => self.push(&number.to_string()),
            ValueKind::Float(number) => self.push(&json_float(*number)),
            ValueKind::Text(text) => {
                evaluator.budget.charge_text(text.len());
                self.string(text);
            }
            ValueKind::Partial(partial) => {
                self.push("\"");
                for piece in &partial.pieces {
                    match piece {
                        Piece::Text(text) => {
                            let mut out = String::new();
                            escape(text, self.style.ensure_ascii, &mut out);
                            self.push(&out);
                        }
                        Piece::Hole => self.hole(&partial.reason),
                    }
                }
                self.push("\"");
            }
            ValueKind::Unknown(unknown) => self.unknown(unknown),
            ValueKind::Object(_) => return self.object(evaluator, value, depth),
            _ => return self.other(evaluator, value, depth),
        }
        Ok(())
    }

    fn unknown(&mut self, unknown: &Unknown) {
        let quotes = unknown.bound == TypeBound::Text;
        if quotes {
            self.push("\"");
        }
        self.hole(&unknown.reason);
        if quotes {
            self.push("\"");
        }
    }

    fn object(&mut self, evaluator: &mut Evaluator<'_>, value: &Value, depth: usize) -> Result<(), Failure> {
        let Some(object) = kind_of(evaluator, value) else {
            return Err(evaluator.unknown_of(self.call, TypeBound::Text));
        };
        match &object.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => self.list(evaluator, items, depth),
            ObjectKind::Dict(entries, _) => self.dict(evaluator, entries, depth),
            ObjectKind::Instance(found) => {
                let is_named_tuple = match found.class {
                    ClassRef::User(class) => evaluator.class(class).is_some_and(|class| {
                        matches!(class.kind, ClassKind::Fields { library: "typing.NamedTuple", .. })
                    }),
                    _ => false,
                };
                let is_other = matches!(&found.class, ClassRef::Library(path)
                    if matches!(&**path, "builtins.range" | "collections.deque" | "builtins.dict_keys"));
                if is_named_tuple {
                    let items = evaluator.elements(value, self.call.at)?;
                    return self.list(evaluator, &items, depth);
                }
                match &found.payload {
                    Some(payload) if !is_other => self.write(evaluator, &payload.clone(), depth),
                    _ => self.other(evaluator, value, depth),
                }
            }
            _ => self.other(evaluator, value, depth),
        }
    }

    /// What JSON has no form for: what `default` makes of it.
    fn other(&mut self, evaluator: &mut Evaluator<'_>, value: &Value, depth: usize) -> Result<(), Failure> {
        if let Some(default) = self.style.default.clone() {
            let made = evaluator.call_with(&default, vec![value.clone()], self.call.at)?;
            return self.write(evaluator, &made, depth + 1);
        }
        if instance(evaluator, value).is_some_and(|instance| matches!(instance.class, ClassRef::Unknown(_))) {
            return Err(evaluator.unknown_of(self.call, TypeBound::Text));
        }
        let message = format!("Object of type {} is not JSON serializable", evaluator.type_name(value));
        Err(evaluator.raise("TypeError", message, self.call.at))
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.style.indent.clone() {
            self.push(&format!("\n{}", indent.repeat(depth)));
        }
    }

    fn list(&mut self, evaluator: &mut Evaluator<'_>, items: &Sequence, depth: usize) -> Result<(), Failure> {
        if items.elements.is_empty() {
            self.push("[]");
            return Ok(());
        }
        self.push("[");
        for (index, element) in items.elements.iter().enumerate() {
            match element {
                Element::One(slot) => {
                    if index > 0 {
                        let separator = self.style.separators.0.clone();
                        self.push(&separator);
                    }
                    self.line(depth + 1);
                    self.write(evaluator, &slot.value, depth + 1)?;
                }
                Element::Gap(gap) => self.hole(&gap.reason),
            }
        }
        self.line(depth);
        self.push("]");
        if !items.is_known() {
            self.soften(&items.gap().map(|gap| gap.reason.clone()).unwrap_or_default());
        }
        Ok(())
    }

    /// What was just closed may be empty, and written without lines then.
    fn soften(&mut self, reason: &Rc<str>) {
        self.hole(reason);
    }

    fn dict(&mut self, evaluator: &mut Evaluator<'_>, entries: &Mapping, depth: usize) -> Result<(), Failure> {
        if let Some(rest) = &entries.rest {
            // Other entries may stand anywhere between.
            self.push("{");
            self.hole(&rest.reason);
            self.push("}");
            return Ok(());
        }
        if entries.entries.is_empty() {
            self.push("{}");
            return Ok(());
        }
        let mut named = Vec::new();
        for entry in entries.entries.values() {
            named.push((self.key(evaluator, &entry.key.value)?, entry.key.value.clone(), entry.value.value.clone()));
        }
        if self.style.sort_keys {
            let is_text = named.iter().all(|(_, key, _)| key.as_text().is_some());
            let is_number = named.iter().all(|(_, key, _)| matches!(key.kind, ValueKind::Int(_)));
            match (is_text, is_number) {
                (true, _) => named.sort_by(|one, two| one.0.cmp(&two.0)),
                (_, true) => named.sort_by_key(|(_, key, _)| key.as_int()),
                _ => return Err(evaluator.unknown_of(self.call, TypeBound::Text)),
            }
        }
        self.push("{");
        for (index, (key, _, value)) in named.iter().enumerate() {
            let (item, colon) = self.style.separators.clone();
            if index > 0 {
                self.push(&item);
            }
            self.line(depth + 1);
            self.string(key);
            self.push(&colon);
            self.write(evaluator, value, depth + 1)?;
        }
        self.line(depth);
        self.push("}");
        Ok(())
    }

    fn key(&mut self, evaluator: &mut Evaluator<'_>, key: &Value) -> Result<String, Failure> {
        let key = super::super::arguments::unwrapped(evaluator, key);
        Ok(match &key.kind {
            ValueKind::Text(text) => text.to_string(),
            ValueKind::Int(number) => number.to_string(),
            ValueKind::Float(number) => json_float(*number),
            ValueKind::Bool(flag) => if *flag { "true" } else { "false" }.to_owned(),
            ValueKind::None => "null".to_owned(),
            ValueKind::Unknown(_) | ValueKind::Partial(_) => {
                return Err(evaluator.unknown_of(self.call, TypeBound::Text));
            }
            _ => {
                let message = format!("keys must be str, int, float, bool or None, not {}", evaluator.type_name(&key));
                return Err(evaluator.raise("TypeError", message, self.call.at));
            }
        })
    }
}

fn json_float(number: f64) -> String {
    match float_text(number).as_str() {
        "nan" => "NaN".to_owned(),
        "inf" => "Infinity".to_owned(),
        "-inf" => "-Infinity".to_owned(),
        text => text.to_owned(),
    }
}

/// The characters of a JSON string.
fn escape(text: &str, ensure_ascii: bool, out: &mut String) {
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
            '\u{7f}' if ensure_ascii => out.push('\u{7f}'),
            plain if plain.is_ascii() || !ensure_ascii => out.push(plain),
            other => {
                let mut units = [0; 2];
                other.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
}
