//! What the tables of the library and the SDKs may ask of the evaluator, beside calls, attributes, items and iteration.

use std::rc::Rc;

use super::super::value::{
    Cause, ClassRef, Gap, ObjectId, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value, ValueKind, float_text,
};
use super::{Call, Evaluator, Failure};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// A list with elements that are all known to be there.
    pub fn list(&mut self, slots: Vec<Slot>, at: Location) -> Value {
        self.allocate(ObjectKind::List(Sequence::known(slots)), at)
    }

    /// A tuple of values.
    pub fn tuple(&mut self, values: Vec<Value>, at: Location) -> Value {
        let slots = values.into_iter().map(|value| Slot::new(value, at)).collect();
        self.allocate(ObjectKind::Tuple(Sequence::known(slots)), at)
    }

    /// An `int`.
    pub const fn int(&self, number: i64, at: Location) -> Value {
        Value::new(ValueKind::Int(number), at)
    }

    /// A `bool`.
    pub const fn bool(&self, value: bool, at: Location) -> Value {
        Value::new(ValueKind::Bool(value), at)
    }

    /// A computed text: known, unless it is too long.
    pub fn computed_text(&mut self, text: impl Into<Rc<str>>, at: Location) -> Value {
        let text = text.into();
        if !self.budget.charge_text(text.len()) || text.len() > super::super::state::MAX_TEXT {
            return self.unknown_text(at);
        }
        Value::text(text, at)
    }

    /// The failure of a call whose result is a value of a type, and not known.
    #[must_use]
    pub fn unknown_of(&self, call: &Call, bound: TypeBound) -> Failure {
        Failure::Unknown(Unknown::new(Cause::External, self.snippet(call.at)).of(bound))
    }

    /// The failure of a call that is not modelled, but leaves everything as it is.
    #[must_use]
    pub fn not_modelled(&self, call: &Call) -> Failure {
        Failure::Unknown(Unknown::new(Cause::Unsupported, self.snippet(call.at)))
    }

    /// The failure of a call that is not understood: it may change all that it is given.
    #[must_use]
    pub fn opaque(&self, call: &Call) -> Failure {
        Failure::Opaque(Unknown::new(Cause::Unsupported, self.snippet(call.at)))
    }

    /// The failure of a call that depends on the environment.
    #[must_use]
    pub fn environment(&self, call: &Call) -> Failure {
        Failure::Unknown(Unknown::new(Cause::Environment, self.snippet(call.at)))
    }

    /// The value that a name has from within a scope, without evaluating anything.
    pub fn name_from(&mut self, scope: super::super::value::ScopeId, name: &str) -> Option<Value> {
        let mut parts = name.split('.');
        let first = parts.next()?;
        let mut current = Some(scope);
        let mut found = None;
        while let Some(id) = current {
            found = self.variable(id, first);
            if found.is_some() {
                break;
            }
            current = self.scopes.get(id).and_then(|scope| scope.parent);
        }
        let mut value = found?;
        for part in parts {
            let at = value.at;
            value = self.attribute(&value, part, at).ok()?;
        }
        Some(value)
    }

    /// Whether a class, or one that it extends, defines an attribute in the project.
    pub fn class_defines(&self, class: ObjectId, name: &str) -> bool {
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        matches!(self.find_in(&order, name), super::class_attributes::Found::Value(..))
    }

    /// Whether a class is defined at the top of its module.
    pub fn is_at_top(&self, class: ObjectId) -> bool {
        let scope = self.class(class).map(|class| class.scope).and_then(|scope| self.scopes.get(scope));
        let parent = scope.and_then(|scope| scope.parent).and_then(|parent| self.scopes.get(parent));
        parent.is_none_or(|parent| matches!(parent.kind, super::ScopeKind::Module(_)))
    }

    /// How many parameters a function of the project has.
    pub fn parameter_count(&self, function: &Value) -> Option<usize> {
        let code = self.code(self.function(function)?.code)?;
        code.parameters().map(|parameters| parameters.len())
    }

    /// The list object that a value is.
    pub fn as_list(&self, value: &Value) -> Option<(ObjectId, &Sequence)> {
        let id = value.as_object()?;
        match &self.state.object(id)?.kind {
            ObjectKind::List(items) => Some((id, items)),
            _ => None,
        }
    }

    /// The instance that a value is.
    pub fn instance(&self, value: &Value) -> Option<&super::super::value::Instance> {
        self.state.object(value.as_object()?)?.as_instance()
    }

    /// The class of an instance, and all that it extends.
    pub fn classes_of(&self, value: &Value) -> Vec<ClassRef> {
        match self.instance(value).map(|instance| &instance.class) {
            Some(ClassRef::User(id)) => self.class(*id).map(|class| class.order.clone()).unwrap_or_default(),
            Some(other) => vec![other.clone()],
            None => Vec::new(),
        }
    }

    /// What the project's classes among these define under a name, before any class of another does.
    pub fn defined_in(&self, order: &[ClassRef], name: &str) -> Option<Value> {
        match self.find_in(order, name) {
            super::class_attributes::Found::Value(value, _) => Some(value),
            _ => None,
        }
    }

    /// Where the checked file called into the module whose code runs now.
    pub fn entry_call(&self) -> Option<Location> {
        let call = self.frames.last().and_then(|frame| frame.entry_call);
        call.filter(|_| self.file != crate::tree::FileId::MAIN)
    }

    /// Whether an exception that is raised here may be caught.
    pub const fn is_guarded(&self) -> bool {
        self.handlers > 0
    }

    /// `repr(value)`, where it is known without calling the project's code.
    pub fn repr(&self, value: &Value) -> Option<String> {
        self.repr_at(value, 0)
    }

    fn repr_at(&self, value: &Value, depth: usize) -> Option<String> {
        if depth > 30 || !self.charge(1) {
            return None;
        }
        Some(match &value.kind {
            ValueKind::None => "None".to_owned(),
            ValueKind::Ellipsis => "Ellipsis".to_owned(),
            ValueKind::NotImplemented => "NotImplemented".to_owned(),
            ValueKind::Bool(true) => "True".to_owned(),
            ValueKind::Bool(false) => "False".to_owned(),
            ValueKind::Int(number) => number.to_string(),
            ValueKind::Float(number) => float_text(*number),
            ValueKind::Text(text) => {
                self.budget.charge_text(text.len() * 4);
                quoted(text)?
            }
            ValueKind::Bytes(bytes) => {
                self.budget.charge_text(bytes.len() * 4);
                quoted_bytes(bytes)
            }
            ValueKind::Object(id) => self.repr_of_object(*id, depth)?,
            _ => return None,
        })
    }

    fn repr_of_object(&self, id: ObjectId, depth: usize) -> Option<String> {
        let object = self.state.shared(id)?;
        let all = |items: &Sequence| -> Option<Vec<String>> {
            items.slots()?.iter().map(|slot| self.repr_at(&slot.value, depth + 1)).collect()
        };
        let limit = |text: String| (text.len() <= super::super::state::MAX_TEXT).then_some(text);
        match &object.kind {
            ObjectKind::List(items) => limit(format!("[{}]", all(items)?.join(", "))),
            ObjectKind::Tuple(items) => match &all(items)?[..] {
                [only] => limit(format!("({only},)")),
                items => limit(format!("({})", items.join(", "))),
            },
            ObjectKind::Dict(entries, None) if entries.rest.is_none() => {
                let entries: Option<Vec<String>> = entries
                    .entries
                    .values()
                    .map(|entry| {
                        Some(format!(
                            "{}: {}",
                            self.repr_at(&entry.key.value, depth + 1)?,
                            self.repr_at(&entry.value.value, depth + 1)?
                        ))
                    })
                    .collect();
                limit(format!("{{{}}}", entries?.join(", ")))
            }
            ObjectKind::Set(entries) if entries.rest.is_none() => match entries.entries.len() {
                0 => Some("set()".to_owned()),
                1 => {
                    let only = entries.entries.values().next()?;
                    Some(format!("{{{}}}", self.repr_at(&only.key.value, depth + 1)?))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Changes a list, dict or set in place.
    pub fn change_object(&mut self, id: ObjectId, kind: ObjectKind) {
        self.state.change(id, |object| object.kind = kind);
    }

    /// A gap for what something unknown may hold.
    pub fn gap_for(&self, value: &Value) -> Gap {
        let unknown = value.as_unknown();
        let candidates = unknown.map(|unknown| self.held_by(&unknown.candidates)).unwrap_or_default();
        Gap::with(unknown.map_or_else(|| self.snippet(value.at), |unknown| Rc::clone(&unknown.reason)), candidates)
    }
}

/// A string as `repr` writes it; `None` for characters whose printability is not known here.
pub fn quoted(text: &str) -> Option<String> {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::with_capacity(text.len() + 2);
    result.push(quote);
    for character in text.chars() {
        match character {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            _ if character == quote => {
                result.push('\\');
                result.push(character);
            }
            ' '..='~' => result.push(character),
            _ if character.is_ascii() => result.push_str(&format!("\\x{:02x}", character as u32)),
            _ if character.is_alphanumeric() => result.push(character),
            _ => return None,
        }
    }
    result.push(quote);
    Some(result)
}

fn quoted_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut result = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => result.push_str("\\\\"),
            b'\n' => result.push_str("\\n"),
            b'\r' => result.push_str("\\r"),
            b'\t' => result.push_str("\\t"),
            byte if char::from(*byte) == quote => {
                result.push('\\');
                result.push(quote);
            }
            b' '..=b'~' => result.push(char::from(*byte)),
            byte => result.push_str(&format!("\\x{byte:02x}")),
        }
    }
    result.push(quote);
    result
}
