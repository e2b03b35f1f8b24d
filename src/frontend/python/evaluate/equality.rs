//! Equality, order, identity and membership.

use std::cmp::Ordering;
use std::rc::Rc;

use ruff_python_ast::{self as ast, CmpOp};

use super::super::state::{Operator, SymbolKind};
use super::super::value::{
    Cause, ClassKind, ClassRef, Key, ObjectId, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value, ValueKind,
};
use super::{Evaluator, Failure, Stop, Test, Truth};
use crate::tree::Location;

/// How deeply values are compared.
const MAX_DEPTH: usize = 40;

impl<'a> Evaluator<'a> {
    /// `a < b <= c`: all of them, each operand once.
    pub(super) fn comparison(&mut self, node: &'a ast::ExprCompare) -> Result<Value, Stop> {
        let at = self.at(node);
        let mut left = self.expression(&node.left)?;
        let mut result = Value::new(ValueKind::Bool(true), at);
        let count = node.ops.len();
        for (index, (operator, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            let right = self.expression(right)?;
            result = self.compare(*operator, &left, &right, at)?;
            if index + 1 == count {
                break;
            }
            let truth = self.truth(&result, at)?;
            match self.outcome(&Test::Value(truth)) {
                Some(false) => return Ok(result),
                Some(true) => {}
                // The rest is evaluated only perhaps; comparisons seldom change anything.
                None => {
                    for further in node.comparators.iter().skip(index + 1) {
                        self.expression(further)?;
                    }
                    return Ok(self.unknown_bool(at));
                }
            }
            left = right;
        }
        Ok(result)
    }

    /// One comparison.
    pub fn compare(&mut self, operator: CmpOp, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        match operator {
            CmpOp::Eq => self.equal(left, right, at),
            CmpOp::NotEq => {
                if let Some(result) = self.call_special(left, "__ne__", vec![right.clone()], at) {
                    return result;
                }
                let equal = self.equal(left, right, at)?;
                self.negated(&equal, at)
            }
            CmpOp::Is => self.identity(left, right, at),
            CmpOp::IsNot => {
                let same = self.identity(left, right, at)?;
                self.negated(&same, at)
            }
            CmpOp::In => self.contains(right, left, at),
            CmpOp::NotIn => {
                let contained = self.contains(right, left, at)?;
                self.negated(&contained, at)
            }
            CmpOp::Lt => self.ordered(Operator::Less, left, right, at),
            CmpOp::LtE => self.ordered(Operator::LessEqual, left, right, at),
            CmpOp::Gt => self.ordered(Operator::Greater, left, right, at),
            CmpOp::GtE => self.ordered(Operator::GreaterEqual, left, right, at),
        }
    }

    /// `not value`, where the value is that of a comparison.
    fn negated(&mut self, value: &Value, at: Location) -> Result<Value, Stop> {
        let truth = self.truth(value, at)?;
        Ok(match self.outcome(&Test::Value(truth)) {
            Some(outcome) => Value::new(ValueKind::Bool(!outcome), at),
            None => match truth {
                Truth::Unknown(symbol) => {
                    let reason = self.snippet(at);
                    self.symbol_value(SymbolKind::Applied("not".into(), vec![symbol], Vec::new()), reason, at)
                }
                Truth::Known(_) => self.unknown_bool(at),
            },
        })
    }

    /// `a == b`.
    pub fn equal(&mut self, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        for (one, other) in [(left, right), (right, left)] {
            if let Some(result) = self.call_special(one, "__eq__", vec![other.clone()], at) {
                let result = result?;
                if !matches!(result.kind, ValueKind::NotImplemented) {
                    return Ok(result);
                }
            }
        }
        if let Some(equal) = self.equals(left, right, 0) {
            return Ok(Value::new(ValueKind::Bool(equal), at));
        }
        Ok(self.relation(Operator::Equal, left, right, at))
    }

    /// A comparison with something unknown, which is the same wherever the same things are compared.
    fn relation(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Value {
        let symbol = |value: &Value| value.as_unknown().and_then(|unknown| unknown.symbol);
        let reason = self.snippet(at);
        match (symbol(left), symbol(right)) {
            (Some(one), Some(two)) if operator == Operator::Equal && one == two => {
                Value::new(ValueKind::Bool(true), at)
            }
            (Some(one), Some(two)) => {
                let (one, two) = if operator == Operator::Equal && two < one { (two, one) } else { (one, two) };
                self.symbol_value(SymbolKind::Relation(one, operator, two), reason, at)
            }
            (Some(one), None) => match self.key_of(right) {
                Some(key) => self.symbol_value(SymbolKind::Comparison(one, operator, key), reason, at),
                None => self.unknown_bool(at),
            },
            (None, Some(two)) => match self.key_of(left) {
                Some(key) => self.symbol_value(SymbolKind::Comparison(two, turned(operator), key), reason, at),
                None => self.unknown_bool(at),
            },
            (None, None) => self.unknown_bool(at),
        }
    }

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
        !matches!(
            self.find_in(&order, "__eq__"),
            super::attributes::Found::Nothing | super::attributes::Found::Foreign(_)
        )
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

    fn instances_equal(&self, left: &Value, right: &Value, depth: usize) -> Option<bool> {
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

    fn identity(&mut self, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        match self.identical(left, right) {
            Some(same) => Ok(Value::new(ValueKind::Bool(same), at)),
            None => Ok(self.relation(Operator::Is, left, right, at)),
        }
    }

    /// `a in b`.
    pub fn contains(&mut self, container: &Value, value: &Value, at: Location) -> Result<Value, Stop> {
        let known = |result: bool| Ok(Value::new(ValueKind::Bool(result), at));
        if let Some(result) = self.call_special(container, "__contains__", vec![value.clone()], at) {
            let result = result?;
            let truth = self.truth(&result, at)?;
            return Ok(match self.outcome(&Test::Value(truth)) {
                Some(outcome) => Value::new(ValueKind::Bool(outcome), at),
                None => self.unknown_bool(at),
            });
        }
        match (&container.kind, &value.kind) {
            (ValueKind::Text(text), ValueKind::Text(part)) => {
                self.budget.charge_text(text.len() + part.len());
                return known(text.contains(&**part));
            }
            (ValueKind::Partial(text), ValueKind::Text(part)) if text.surely_contains(part) => return known(true),
            (ValueKind::Text(_), ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_) | ValueKind::Float(_)) => {
                let message = format!("'in <string>' requires string as left operand, not {}", self.type_name(value));
                let failure = self.raise("TypeError", message, at);
                return self.settle(failure, at);
            }
            (ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_), _) => {
                let message = format!("argument of type '{}' is not iterable", self.type_name(container));
                let failure = self.raise("TypeError", message, at);
                return self.settle(failure, at);
            }
            (ValueKind::Library(path), _) => {
                let path = Rc::clone(path);
                if let Some(native) = (self.hooks().method)(&path, "__contains__") {
                    let call = self.method_call(container, "__contains__", vec![value.clone()], at);
                    return native(self, &call).or_else(|failure| self.settle(failure, at));
                }
                return Ok(self.unknown_bool(at));
            }
            _ => {}
        }
        let object = container.as_object().and_then(|id| self.state.shared(id));
        match object.as_deref().map(|object| &object.kind) {
            Some(ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries)) => {
                match self.lookup(entries, value) {
                    super::items::Lookup::Found(_) => known(true),
                    super::items::Lookup::Missing => known(false),
                    super::items::Lookup::OneOf(..) => Ok(self.relation_in(
                        value,
                        &entries.entries.keys().cloned().collect::<Vec<_>>(),
                        entries.rest.is_none(),
                        at,
                    )),
                }
            }
            Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => self.contained(items, value, at),
            Some(ObjectKind::Instance(instance)) => match instance.payload.clone() {
                Some(payload) => self.contains(&payload, value, at),
                None => self.contained_by_iteration(container, value, at),
            },
            Some(ObjectKind::Iterator(_) | ObjectKind::Class(_)) => self.contained_by_iteration(container, value, at),
            _ => {
                if let Some(unknown) = container.as_unknown() {
                    let unknown = unknown.clone();
                    if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                        return self.each_candidate(&unknown, at, |evaluator, candidate| {
                            evaluator.contains(candidate, value, at)
                        });
                    }
                }
                self.may_raise_any(at);
                Ok(self.unknown_text_relation(container, value, at))
            }
        }
    }

    /// Whether something unknown holds a text: the same wherever it is asked again.
    fn unknown_text_relation(&mut self, container: &Value, value: &Value, at: Location) -> Value {
        let symbol = container
            .as_unknown()
            .filter(|unknown| unknown.bound == TypeBound::Text)
            .and_then(|unknown| unknown.symbol);
        match (symbol, self.key_of(value)) {
            (Some(symbol), Some(key)) => self.compare_symbol(symbol, Operator::Contains, key, at),
            _ => self.unknown_bool(at),
        }
    }

    /// Whether an unknown value is one of several keys: the same wherever it is asked again.
    fn relation_in(&mut self, value: &Value, keys: &[Key], is_closed: bool, at: Location) -> Value {
        let symbol = value.as_unknown().and_then(|unknown| unknown.symbol);
        match symbol {
            Some(symbol) if is_closed && keys.len() <= 64 => {
                let mut keys: Vec<Key> = keys.to_vec();
                keys.sort_by_cached_key(|key| format!("{key:?}"));
                self.compare_symbol(symbol, Operator::In, Key::Set(keys), at)
            }
            _ => self.unknown_bool(at),
        }
    }

    /// Whether a sequence holds a value: identical or equal.
    fn contained(&mut self, items: &Sequence, value: &Value, at: Location) -> Result<Value, Stop> {
        let mut is_open = !items.is_known();
        let mut keys = Vec::new();
        let slots: Vec<Slot> = items.sure().cloned().collect();
        for slot in &slots {
            if !self.charge(1) {
                return Err(Stop);
            }
            if self.identical(&slot.value, value) == Some(true) {
                return Ok(Value::new(ValueKind::Bool(true), at));
            }
            let equal = self.equal(&slot.value, value, at)?;
            let truth = self.truth(&equal, at)?;
            match self.outcome(&Test::Value(truth)) {
                Some(true) => return Ok(Value::new(ValueKind::Bool(true), at)),
                Some(false) => {}
                None => is_open = true,
            }
            keys.extend(self.key_of(&slot.value));
        }
        if !is_open {
            return Ok(Value::new(ValueKind::Bool(false), at));
        }
        let is_closed = items.is_known() && keys.len() == slots.len();
        Ok(self.relation_in(value, &keys, is_closed, at))
    }

    fn contained_by_iteration(&mut self, container: &Value, value: &Value, at: Location) -> Result<Value, Stop> {
        let items = self.elements(container, at)?;
        self.contained(&items, value, at)
    }

    /// `a < b` and its like.
    pub fn ordered(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        let names = special_names(operator);
        if let Some(result) = self.call_special(left, names.0, vec![right.clone()], at) {
            let result = result?;
            if !matches!(result.kind, ValueKind::NotImplemented) {
                return Ok(result);
            }
        }
        if let Some(result) = self.call_special(right, names.1, vec![left.clone()], at) {
            let result = result?;
            if !matches!(result.kind, ValueKind::NotImplemented) {
                return Ok(result);
            }
        }
        if let Some(result) = self.sets_ordered(operator, left, right) {
            return Ok(Value::new(ValueKind::Bool(result), at));
        }
        match self.order(left, right, 0) {
            Ok(Some(order)) => Ok(Value::new(ValueKind::Bool(holds(operator, order)), at)),
            Ok(None) => {
                self.may_raise_builtin("TypeError", at);
                Ok(self.relation(operator, left, right, at))
            }
            Err(()) => {
                let (one, two) = (self.type_name(left), self.type_name(right));
                let message = format!("'{}' not supported between instances of '{one}' and '{two}'", sign(operator));
                let failure = self.raise("TypeError", message, at);
                self.settle(failure, at)
            }
        }
    }

    fn sets_ordered(&self, operator: Operator, left: &Value, right: &Value) -> Option<bool> {
        let set = |value: &Value| match &self.state.object(value.as_object()?)?.kind {
            ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) if entries.rest.is_none() => {
                Some(entries.clone())
            }
            _ => None,
        };
        let (one, two) = (set(left)?, set(right)?);
        let within = |a: &super::super::value::Mapping, b: &super::super::value::Mapping| {
            a.entries.keys().all(|key| b.entries.contains_key(key))
        };
        let (count_one, count_two) = (one.entries.len(), two.entries.len());
        Some(match operator {
            Operator::Less => within(&one, &two) && count_one < count_two,
            Operator::LessEqual => within(&one, &two),
            Operator::Greater => within(&two, &one) && count_two < count_one,
            _ => within(&two, &one),
        })
    }

    /// The order of two values; `Err` where Python refuses to compare them.
    pub fn order(&self, left: &Value, right: &Value, depth: usize) -> Result<Option<Ordering>, ()> {
        if depth > MAX_DEPTH || !self.charge(1) {
            return Ok(None);
        }
        match (&left.kind, &right.kind) {
            (ValueKind::Text(one), ValueKind::Text(two)) => {
                self.budget.charge_text(one.len().min(two.len()));
                return Ok(Some(one.cmp(two)));
            }
            (ValueKind::Bytes(one), ValueKind::Bytes(two)) => return Ok(Some(one.cmp(two))),
            _ => {}
        }
        if let (Some(one), Some(two)) = (number_of(left), number_of(right)) {
            return Ok(match (left.as_int(), right.as_int()) {
                (Some(one), Some(two)) => Some(one.cmp(&two)),
                _ => one.partial_cmp(&two),
            });
        }
        if left.is_unknown() || right.is_unknown() {
            return Ok(None);
        }
        let object = |value: &Value| value.as_object().and_then(|id| self.state.shared(id));
        match (object(left), object(right)) {
            (Some(one), Some(two)) => match (&one.kind, &two.kind) {
                (ObjectKind::List(a), ObjectKind::List(b)) | (ObjectKind::Tuple(a), ObjectKind::Tuple(b)) => {
                    self.sequences_ordered(a, b, depth)
                }
                (ObjectKind::Instance(_), _) | (_, ObjectKind::Instance(_)) => {
                    self.instances_ordered(left, right, depth)
                }
                _ => Err(()),
            },
            (Some(one), None) if matches!(one.kind, ObjectKind::Instance(_)) => {
                self.instances_ordered(left, right, depth)
            }
            (None, Some(two)) if matches!(two.kind, ObjectKind::Instance(_)) => {
                self.instances_ordered(left, right, depth)
            }
            (None, None) if !is_plain(left) || !is_plain(right) => Ok(None),
            _ => Err(()),
        }
    }

    fn sequences_ordered(&self, one: &Sequence, two: &Sequence, depth: usize) -> Result<Option<Ordering>, ()> {
        let (Some(one), Some(two)) = (one.slots(), two.slots()) else { return Ok(None) };
        for (one, two) in one.iter().zip(&two) {
            match self.equals(&one.value, &two.value, depth + 1) {
                Some(true) => {}
                Some(false) => return self.order(&one.value, &two.value, depth + 1),
                None => return Ok(None),
            }
        }
        Ok(Some(one.len().cmp(&two.len())))
    }

    fn instances_ordered(&self, left: &Value, right: &Value, depth: usize) -> Result<Option<Ordering>, ()> {
        let instance = |value: &Value| {
            let object = value.as_object().and_then(|id| self.state.shared(id))?;
            object.as_instance().cloned()
        };
        let payload =
            |value: &Value| instance(value).and_then(|instance| instance.payload).unwrap_or_else(|| value.clone());
        let (one, two) = (payload(left), payload(right));
        if !one.is_same(left) || !two.is_same(right) {
            return self.order(&one, &two, depth + 1);
        }
        if let (Some(one), Some(two)) = (instance(left), instance(right))
            && let (ClassRef::User(a), ClassRef::User(b)) = (&one.class, &two.class)
            && a == b
            && let Some(ClassKind::Fields { fields, order, library, .. }) =
                self.class(*a).map(|class| class.kind.clone())
            && (order || library == "typing.NamedTuple")
        {
            for field in fields.iter().filter(|field| field.compare) {
                let (Some(a), Some(b)) = (one.attributes.value(&field.name), two.attributes.value(&field.name)) else {
                    return Ok(None);
                };
                match self.equals(a, b, depth + 1) {
                    Some(true) => {}
                    Some(false) => return self.order(a, b, depth + 1),
                    None => return Ok(None),
                }
            }
            return Ok(Some(Ordering::Equal));
        }
        Ok(None)
    }

    /// `isinstance(value, class)`.
    pub fn is_instance(&self, value: &Value, class: &Value) -> Option<bool> {
        let object = class.as_object().and_then(|id| self.state.shared(id));
        if let Some(ObjectKind::Tuple(items)) = object.as_deref().map(|object| &object.kind) {
            let all: Vec<Option<bool>> = items.values().map(|class| self.is_instance(value, class)).collect();
            return if all.contains(&Some(true)) {
                Some(true)
            } else if items.is_known() && all.iter().all(|one| *one == Some(false)) {
                Some(false)
            } else {
                None
            };
        }
        if let Some(unknown) = value.as_unknown() {
            return self.unknown_is_instance(unknown, class);
        }
        let order = self.order_of(value)?;
        self.extends(&order, class)
    }

    fn unknown_is_instance(&self, unknown: &Unknown, class: &Value) -> Option<bool> {
        let kind = super::attributes::bound_name(unknown.bound);
        if !kind.is_empty() && unknown.bound != TypeBound::Int && unknown.bound != TypeBound::Set {
            return self.extends(&builtin_order(kind), class);
        }
        if !unknown.is_one_of || unknown.candidates.is_empty() {
            return None;
        }
        let mut all = unknown.candidates.iter().map(|candidate| self.is_instance(candidate, class));
        let first = all.next()??;
        all.all(|one| one == Some(first)).then_some(first)
    }

    /// The classes that a value is an instance of.
    fn order_of(&self, value: &Value) -> Option<Vec<ClassRef>> {
        match self.class_ref_of(value) {
            ClassRef::User(class) => Some(self.class(class)?.order.clone()),
            ClassRef::Unknown(_) => None,
            ClassRef::Library(path) if path.starts_with("builtins.") => {
                Some(builtin_order(path.strip_prefix("builtins.").unwrap_or_default()))
            }
            other => Some(vec![other]),
        }
    }

    /// `issubclass`, by the order in which attributes are looked for.
    pub fn extends(&self, order: &[ClassRef], class: &Value) -> Option<bool> {
        let wanted = match &class.kind {
            ValueKind::Object(id) if self.class(*id).is_some() => ClassRef::User(*id),
            ValueKind::ClientClass(class) => ClassRef::Client(class),
            ValueKind::TemplateClass(sdk) => ClassRef::Template(*sdk),
            ValueKind::Library(path) => ClassRef::Library(Rc::clone(path)),
            _ => return None,
        };
        let mut is_open = false;
        for base in order {
            if base.is_same(&wanted) {
                return Some(true);
            }
            match (base, &wanted) {
                (ClassRef::Unknown(_), _) => is_open = true,
                (ClassRef::Library(path), ClassRef::Library(wanted)) => match library_extends(path, wanted) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => is_open = true,
                },
                (ClassRef::Library(path), _)
                    if !path.starts_with("builtins.")
                        && !path.starts_with("enum.")
                        && !path.starts_with("typing.")
                        && &**path != "abc.ABC" =>
                {
                    is_open = true
                }
                _ => {}
            }
        }
        if let ClassRef::Library(wanted) = &wanted {
            if &**wanted == "builtins.object" {
                return Some(true);
            }
            // Abstract classes of the library recognise others by their methods.
            if let Some(answer) = structural(order, wanted) {
                return Some(answer);
            }
            if !wanted.starts_with("builtins.") {
                is_open |= order.iter().any(|base| matches!(base, ClassRef::User(_)));
            }
        }
        if is_open { None } else { Some(false) }
    }

    /// `hasattr`.
    pub fn has_attribute(&mut self, value: &Value, name: &str) -> Option<bool> {
        let at = value.at;
        if value.is_unknown() && !matches!(value.kind, ValueKind::Partial(_)) {
            let unknown = value.as_unknown()?;
            if !unknown.is_one_of || unknown.candidates.is_empty() {
                return None;
            }
            let candidates = Rc::clone(&unknown.candidates);
            let mut all =
                candidates.iter().map(|candidate| self.has_attribute(candidate, name)).collect::<Vec<_>>().into_iter();
            let first = all.next()??;
            return all.all(|one| one == Some(first)).then_some(first);
        }
        if matches!(value.kind, ValueKind::Library(_)) {
            return None;
        }
        let before = self.state.clone();
        let base = self.pending.len();
        self.handlers += 1;
        self.quiet += 1;
        let result = self.attribute(value, name, at);
        self.quiet -= 1;
        self.handlers -= 1;
        let raised: Vec<super::Pending> = self.pending.drain(base..).collect();
        self.state = before;
        let is_missing = |pending: &super::Pending| matches!(&pending.exit, super::Exit::Raise(raised) if raised.class == super::ExceptionClass::Builtin("AttributeError".into()));
        match result {
            Ok(value) if raised.is_empty() => match &value.kind {
                ValueKind::Unknown(unknown) if unknown.cause == Cause::Unsupported => None,
                ValueKind::Method(method) if !self.is_known_method(method) => None,
                _ => Some(true),
            },
            Err(Stop) if !raised.is_empty() && raised.iter().all(is_missing) => Some(false),
            _ => None,
        }
    }

    fn is_known_method(&self, method: &super::super::value::Method) -> bool {
        let kind = self.type_name(&method.receiver);
        (self.hooks().method)(&kind, &method.name).is_some()
    }

    /// The fields of a class that is made from fields.
    pub fn fields_of(&self, class: ObjectId) -> Option<Rc<[super::super::value::Field]>> {
        match &self.class(class)?.kind {
            ClassKind::Fields { fields, .. } => Some(Rc::clone(fields)),
            _ => None,
        }
    }

    /// A failure, as a value of a comparison that cannot be made.
    pub fn refused(&mut self, failure: Failure, at: Location) -> Result<Value, Stop> {
        self.settle(failure, at)
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

const fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessEqual => Operator::GreaterEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterEqual => Operator::LessEqual,
        other => other,
    }
}

const fn special_names(operator: Operator) -> (&'static str, &'static str) {
    match operator {
        Operator::Less => ("__lt__", "__gt__"),
        Operator::LessEqual => ("__le__", "__ge__"),
        Operator::Greater => ("__gt__", "__lt__"),
        _ => ("__ge__", "__le__"),
    }
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Less => "<",
        Operator::LessEqual => "<=",
        Operator::Greater => ">",
        _ => ">=",
    }
}

fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "compared as Python compares a float")]
fn number_of(value: &Value) -> Option<f64> {
    match value.kind {
        ValueKind::Float(number) => Some(number),
        _ => value.as_int().map(|number| number as f64),
    }
}

const fn is_plain(value: &Value) -> bool {
    matches!(
        value.kind,
        ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_)
    )
}

/// A builtin type and what it extends.
fn builtin_order(name: &str) -> Vec<ClassRef> {
    let class = |name: &str| ClassRef::Library(format!("builtins.{name}").into());
    let mut order = vec![class(name)];
    match name {
        "bool" => order.push(class("int")),
        "defaultdict" | "OrderedDict" | "Counter" => order.push(class("dict")),
        _ if super::exceptions::is_builtin_exception(name) => {}
        _ => {}
    }
    order.push(class("object"));
    order
}

/// Whether a class of a library extends another, where that is known.
fn library_extends(path: &str, wanted: &str) -> Option<bool> {
    if path == wanted {
        return Some(true);
    }
    match (path.strip_prefix("builtins."), wanted.strip_prefix("builtins.")) {
        (Some(name), Some(wanted)) => {
            Some(super::exceptions::is_builtin_exception(name) && super::exceptions::is_builtin_subclass(name, wanted))
        }
        (Some(_), None) => Some(false),
        (None, Some("str")) if path == "enum.StrEnum" => Some(true),
        (None, Some("int")) if matches!(path, "enum.IntEnum" | "enum.IntFlag") => Some(true),
        (None, Some(_)) if path.starts_with("enum.") || path.starts_with("typing.") || path == "abc.ABC" => Some(false),
        (None, None) if path.starts_with("enum.") && wanted == "enum.Enum" => Some(true),
        _ => None,
    }
}

/// Abstract classes of `collections.abc` and the like, by builtin types.
fn structural(order: &[ClassRef], wanted: &str) -> Option<bool> {
    let name = wanted.strip_prefix("collections.abc.").or_else(|| wanted.strip_prefix("typing."))?;
    let builtin = order.iter().find_map(|class| match class {
        ClassRef::Library(path) => path.strip_prefix("builtins.").filter(|name| *name != "object"),
        _ => None,
    })?;
    let fits: &[&str] = match name {
        "Mapping" | "MutableMapping" | "Dict" => &["dict", "defaultdict"],
        "Sequence" => &["list", "tuple", "str", "bytes", "range"],
        "MutableSequence" | "List" => &["list"],
        "Set" => &["set", "frozenset"],
        "MutableSet" => &["set"],
        "Iterable" | "Collection" | "Container" | "Sized" => {
            &["list", "tuple", "dict", "defaultdict", "set", "frozenset", "str", "bytes"]
        }
        "Callable" => &["function", "method", "type", "builtin_function_or_method"],
        "Hashable" => &["str", "int", "float", "bool", "NoneType", "bytes", "tuple", "frozenset", "type", "function"],
        _ => return None,
    };
    Some(fits.contains(&builtin))
}
