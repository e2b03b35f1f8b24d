//! Whether two values are equal, or one and the same, as far as that is known.

use std::rc::Rc;

use super::super::value::{
    ClassKind, ClassRef, Key, ObjectId, ObjectKind, Sequence, TypeBound, Unknown, Value, ValueKind,
};
use super::Evaluator;
use crate::tree::Location;

/// How deeply values are compared.
pub(super) const MAX_DEPTH: usize = 40;

impl Evaluator<'_> {
    /// Whether two values are equal, as far as that is known without calling the project's code.
    pub fn equals(&self, left: &Value, right: &Value, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH || !self.charge(1) {
            return None;
        }
        if let (ValueKind::Text(one), ValueKind::Text(two)) = (&left.kind, &right.kind) {
            self.budget.charge_text(one.len().min(two.len()));
            return Some(one == two);
        }
        match (&left.kind, &right.kind) {
            (ValueKind::Partial(partial), ValueKind::Text(text))
            | (ValueKind::Text(text), ValueKind::Partial(partial)) => {
                return if partial.may_equal(text) { None } else { Some(false) };
            }
            (ValueKind::Partial(_), ValueKind::Partial(_)) => return None,
            (ValueKind::Unknown(unknown), _) | (_, ValueKind::Unknown(unknown)) => {
                let other = if matches!(left.kind, ValueKind::Unknown(_)) { right } else { left };
                return self.equals_unknown(unknown, other, depth);
            }
            (ValueKind::Float(number), _) | (_, ValueKind::Float(number)) if number.is_nan() => return Some(false),
            _ => {}
        }
        match (Key::of_plain(left), Key::of_plain(right)) {
            (Some(one), Some(two)) => Some(one == two),
            _ => self.objects_equal(left, right, depth),
        }
    }

    fn equals_unknown(&self, unknown: &Unknown, other: &Value, depth: usize) -> Option<bool> {
        if let Some(excluded) = excluded_by_type(unknown.bound, other) {
            return excluded;
        }
        if !unknown.is_one_of || unknown.candidates.is_empty() || other.is_unknown() {
            return None;
        }
        let mut all = unknown.candidates.iter().map(|candidate| self.equals(candidate, other, depth + 1));
        let first = all.next()??;
        all.all(|equal| equal == Some(first)).then_some(first)
    }

    fn objects_equal(&self, left: &Value, right: &Value, depth: usize) -> Option<bool> {
        let object = |value: &Value| value.as_object().and_then(|id| self.state.shared(id).map(|object| (id, object)));
        let (one, two) = match (object(left), object(right)) {
            (Some(one), Some(two)) => (one, two),
            // A list is no text; but an object of a class may be equal to anything.
            (Some((_, object)), None) | (None, Some((_, object))) => {
                let other = if left.as_object().is_some() { right } else { left };
                return self.payload_equal(&object.kind, other, depth);
            }
            (None, None) => return Some(left.is_same(right)),
        };
        if one.0 == two.0 {
            return Some(true);
        }
        match (&one.1.kind, &two.1.kind) {
            (ObjectKind::List(a), ObjectKind::List(b)) | (ObjectKind::Tuple(a), ObjectKind::Tuple(b)) => {
                self.sequences_equal(a, b, depth)
            }
            (ObjectKind::Dict(a, _), ObjectKind::Dict(b, _)) => {
                if a.rest.is_some() || b.rest.is_some() {
                    return None;
                }
                if a.entries.len() != b.entries.len() {
                    return Some(false);
                }
                let mut result = Some(true);
                for (key, entry) in &a.entries {
                    let Some(other) = b.entries.get(key) else { return Some(false) };
                    match self.equals(&entry.value.value, &other.value.value, depth + 1) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => result = None,
                    }
                }
                result
            }
            (ObjectKind::Set(a) | ObjectKind::FrozenSet(a), ObjectKind::Set(b) | ObjectKind::FrozenSet(b)) => {
                if a.rest.is_some() || b.rest.is_some() {
                    return None;
                }
                Some(a.entries.len() == b.entries.len() && a.entries.keys().all(|key| b.entries.contains_key(key)))
            }
            (ObjectKind::Instance(_), _) | (_, ObjectKind::Instance(_)) => self.instances_equal(left, right, depth),
            (ObjectKind::Class(_) | ObjectKind::Function(_), _)
            | (_, ObjectKind::Class(_) | ObjectKind::Function(_)) => Some(false),
            (ObjectKind::Iterator(_), ObjectKind::Iterator(_)) => Some(false),
            (ObjectKind::Iterator(_), _) | (_, ObjectKind::Iterator(_)) => None,
            _ => Some(false),
        }
    }

    fn payload_equal(&self, object: &ObjectKind, other: &Value, depth: usize) -> Option<bool> {
        match object {
            ObjectKind::Instance(instance) => match (&instance.payload, &instance.class) {
                (Some(payload), ClassRef::User(class)) if self.compares_by_payload(*class) => {
                    self.equals(payload, other, depth + 1)
                }
                (_, ClassRef::User(class)) if !self.defines_equality(*class) => Some(false),
                (_, ClassRef::Client(_) | ClassRef::Template(_)) => Some(false),
                _ => None,
            },
            _ => Some(false),
        }
    }

    /// Whether an instance of a class with a payload is compared by it: not so members of a plain enumeration.
    fn compares_by_payload(&self, class: ObjectId) -> bool {
        !self.defines_equality(class)
    }

    fn defines_equality(&self, class: ObjectId) -> bool {
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        // Classes of other libraries may compare as they like.
        let is_plain = |path: &str| {
            ["builtins.", "enum.", "typing.", "abc.", "collections.", "pydantic"]
                .iter()
                .any(|root| path.starts_with(root))
        };
        match self.find_in(&order, "__eq__") {
            super::class_attributes::Found::Nothing => false,
            super::class_attributes::Found::Foreign(ClassRef::Library(path)) => !is_plain(&path),
            super::class_attributes::Found::Foreign(_) => false,
            _ => true,
        }
    }

    fn sequences_equal(&self, one: &Sequence, two: &Sequence, depth: usize) -> Option<bool> {
        let (Some(one), Some(two)) = (one.slots(), two.slots()) else { return None };
        if one.len() != two.len() {
            return Some(false);
        }
        let mut result = Some(true);
        for (one, two) in one.iter().zip(&two) {
            match self.equals(&one.value, &two.value, depth + 1) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => result = None,
            }
        }
        result
    }

    /// The items of a tuple, named ones included.
    fn tuple_items(&self, value: &Value) -> Option<Sequence> {
        if let Some(slots) = self.tuple_fields(value) {
            return Some(Sequence::known(slots));
        }
        match &self.state.object(value.as_object()?)?.kind {
            ObjectKind::Tuple(items) => Some(items.clone()),
            _ => None,
        }
    }

    fn instances_equal(&self, left: &Value, right: &Value, depth: usize) -> Option<bool> {
        if let (Some(one), Some(two)) = (self.tuple_items(left), self.tuple_items(right)) {
            return self.sequences_equal(&one, &two, depth);
        }
        let instance = |value: &Value| {
            let object = value.as_object().and_then(|id| self.state.shared(id))?;
            object.as_instance().cloned()
        };
        match (instance(left), instance(right)) {
            (Some(one), Some(two)) => {
                if one.payload.is_some() || two.payload.is_some() {
                    let own = |instance: &super::super::value::Instance, value: &Value| {
                        instance.payload.clone().unwrap_or_else(|| value.clone())
                    };
                    if let (ClassRef::User(a), ClassRef::User(b)) = (&one.class, &two.class)
                        && (self.defines_equality(*a) || self.defines_equality(*b))
                    {
                        return None;
                    }
                    let (one, two) = (own(&one, left), own(&two, right));
                    return if one.is_same(left) && two.is_same(right) {
                        Some(false)
                    } else {
                        self.equals(&one, &two, depth + 1)
                    };
                }
                if !one.class.is_same(&two.class) {
                    return match (&one.class, &two.class) {
                        (ClassRef::User(a), ClassRef::User(b))
                            if !self.defines_equality(*a) && !self.defines_equality(*b) =>
                        {
                            Some(false)
                        }
                        (ClassRef::Client(_), ClassRef::Client(_)) => Some(false),
                        _ => None,
                    };
                }
                self.same_class_equal(&one, &two, depth)
            }
            (Some(one), None) => self.payload_equal(&ObjectKind::Instance(one), right, depth),
            (None, Some(two)) => self.payload_equal(&ObjectKind::Instance(two), left, depth),
            (None, None) => None,
        }
    }

    fn same_class_equal(
        &self,
        one: &super::super::value::Instance,
        two: &super::super::value::Instance,
        depth: usize,
    ) -> Option<bool> {
        match &one.class {
            ClassRef::User(class) => match &self.class(*class)?.kind {
                ClassKind::Fields { fields, eq: true, .. } => {
                    let mut result = Some(true);
                    for field in fields.iter().filter(|field| field.compare) {
                        let (a, b) = (one.attributes.value(&field.name)?, two.attributes.value(&field.name)?);
                        match self.equals(a, b, depth + 1) {
                            Some(true) => {}
                            Some(false) => return Some(false),
                            None => result = None,
                        }
                    }
                    result
                }
                _ if self.defines_equality(*class) => None,
                _ => Some(false),
            },
            ClassRef::Client(_) => {
                if one.attributes.rest.is_some() || two.attributes.rest.is_some() {
                    return None;
                }
                let mut result = Some(true);
                let names =
                    one.attributes.iter().chain(two.attributes.iter()).map(|attribute| Rc::clone(&attribute.name));
                for name in names {
                    let none = Value::none(Location::default());
                    let (a, b) =
                        (one.attributes.value(&name).unwrap_or(&none), two.attributes.value(&name).unwrap_or(&none));
                    match self.equals(a, b, depth + 1) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => result = None,
                    }
                }
                result
            }
            _ => None,
        }
    }

    /// Whether two values are one and the same.
    pub fn identical(&self, left: &Value, right: &Value) -> Option<bool> {
        match (&left.kind, &right.kind) {
            (ValueKind::Unknown(one), ValueKind::Unknown(two)) => match (one.symbol, two.symbol) {
                (Some(one), Some(two)) if one == two => Some(true),
                _ => None,
            },
            (ValueKind::Unknown(unknown), _) | (_, ValueKind::Unknown(unknown)) => {
                let other = if matches!(left.kind, ValueKind::Unknown(_)) { right } else { left };
                if let Some(excluded) = excluded_by_type(unknown.bound, other).flatten() {
                    return Some(excluded);
                }
                if !unknown.is_one_of || unknown.candidates.is_empty() {
                    return None;
                }
                let mut all = unknown.candidates.iter().map(|candidate| self.identical(candidate, other));
                let first = all.next()??;
                all.all(|same| same == Some(first)).then_some(first)
            }
            (ValueKind::Text(_) | ValueKind::Float(_) | ValueKind::Bytes(_) | ValueKind::Partial(_), _)
                if left.is_same(right) =>
            {
                None
            }
            // Small numbers are one object; of larger ones each may be.
            (ValueKind::Int(one), ValueKind::Int(two)) if one == two && !(-5..=256).contains(one) => None,
            (ValueKind::Object(one), ValueKind::Object(two))
                if one != two && self.is_empty_tuple(*one) && self.is_empty_tuple(*two) =>
            {
                None
            }
            (ValueKind::Bound(_) | ValueKind::Method(_), _) => None,
            _ => Some(left.is_same(right)),
        }
    }

    fn is_empty_tuple(&self, id: ObjectId) -> bool {
        matches!(self.state.object(id).map(|object| &object.kind), Some(ObjectKind::Tuple(items)) if items.elements.is_empty())
    }

    /// The fields of a class that is made from fields.
    pub fn fields_of(&self, class: ObjectId) -> Option<Rc<[super::super::value::Field]>> {
        match &self.class(class)?.kind {
            ClassKind::Fields { fields, .. } => Some(Rc::clone(fields)),
            _ => None,
        }
    }
}

/// What the type of an unknown value says about equality with a known one: `Some(Some(false))` excludes it.
#[expect(clippy::option_option, reason = "whether the type decides, and how")]
fn excluded_by_type(bound: TypeBound, other: &Value) -> Option<Option<bool>> {
    let is_number = matches!(other.kind, ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_));
    let excluded = match (bound, &other.kind) {
        (TypeBound::Any | TypeBound::Sdk(_), _) | (_, ValueKind::Unknown(_) | ValueKind::Object(_)) => false,
        (TypeBound::Text, ValueKind::Text(_) | ValueKind::Partial(_)) | (TypeBound::Bytes, ValueKind::Bytes(_)) => {
            false
        }
        (TypeBound::Bool | TypeBound::Int | TypeBound::Float, _) if is_number => false,
        _ => true,
    };
    excluded.then_some(Some(false))
}
