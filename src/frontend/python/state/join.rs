//! What is known where two ways through the program meet: what they agree on.

use std::rc::Rc;

use indexmap::IndexMap;

use super::super::value::{
    Attributes, Cause, CellId, Element, Entry, Gap, Instance, IteratorState, Key, Mapping, Object, ObjectKind,
    Sequence, Slot, TypeBound, Unknown, Value, ValueKind,
};
use super::snapshot::State;

/// How many candidates a value may have before they are given up.
const MAX_CANDIDATES: usize = 16;

/// Joins two states.
struct Join<'a> {
    reason: &'a Rc<str>,
    /// Objects that are among too many candidates to be kept apart.
    lost: Vec<Value>,
}

impl State {
    /// What holds after either of two ways. `reason` says what decides between them. A variable that only one of them binds
    /// keeps its value, since whoever reads it elsewhere raises; `is_partial` is told of it. Also returns how many objects and
    /// variables differed.
    #[must_use]
    pub fn join(mut self, other: &Self, reason: &Rc<str>, is_partial: &mut dyn FnMut(CellId)) -> (Self, usize) {
        let mut join = Join { reason, lost: Vec::new() };
        let mut objects = Vec::new();
        self.objects.diff(&other.objects, Rc::ptr_eq, &mut |index, one, two| match (one, two) {
            (Some(one), Some(two)) => objects.push((index, Rc::new(join.objects(one, two)))),
            (None, Some(two)) => objects.push((index, Rc::clone(two))),
            _ => {}
        });
        let mut cells = Vec::new();
        self.cells.diff(&other.cells, Value::is_same, &mut |index, one, two| match (one, two) {
            (Some(one), Some(two)) => cells.push((index, join.values(one, two))),
            (Some(one), None) | (None, Some(one)) => {
                is_partial(CellId(index));
                cells.push((index, one.clone()));
            }
            (None, None) => {}
        });
        let differing = objects.len() + cells.len();
        objects.into_iter().for_each(|(index, object)| self.objects.set(index, object));
        cells.into_iter().for_each(|(index, value)| self.cells.set(index, value));
        self.facts = self.facts.common(&other.facts);
        self.version = self.version.max(other.version) + 1;
        join.lost.iter().for_each(|value| self.escape(value, reason));
        (self, differing)
    }

    /// One of two values.
    pub fn join_values(&mut self, one: &Value, two: &Value, reason: &Rc<str>) -> Value {
        let mut join = Join { reason, lost: Vec::new() };
        let joined = join.values(one, two);
        join.lost.iter().for_each(|value| self.escape(value, reason));
        joined
    }
}

impl Join<'_> {
    fn values(&mut self, one: &Value, two: &Value) -> Value {
        if one.is_same(two) {
            return one.clone();
        }
        let mut candidates = Vec::new();
        let first = add_candidates(&mut candidates, one);
        let second = add_candidates(&mut candidates, two);
        let mut unknown = Unknown::new(Cause::Condition, Rc::clone(self.reason)).of(common(bound(one), bound(two)));
        unknown.is_one_of = first && second;
        if candidates.len() > MAX_CANDIDATES {
            self.lost.append(&mut candidates);
            unknown.is_one_of = false;
        }
        unknown.candidates = candidates.into();
        Value::unknown(unknown, one.at)
    }

    /// A value that is there on one way only.
    fn perhaps(&mut self, value: &Value) -> Value {
        let mut candidates = Vec::new();
        add_candidates(&mut candidates, value);
        Value::unknown(Unknown::new(Cause::Condition, Rc::clone(self.reason)).with_candidates(candidates), value.at)
    }

    fn slots(&mut self, one: &Slot, two: &Slot) -> Slot {
        Slot::new(self.values(&one.value, &two.value), one.at)
    }

    fn objects(&mut self, one: &Object, two: &Object) -> Object {
        let escaped = one.escaped.clone().or_else(|| two.escaped.clone());
        let kind = self.kinds(&one.kind, &two.kind);
        let mut joined = Object { kind, at: one.at, escaped };
        if let Some(reason) = joined.escaped.clone() {
            self.lost.extend(joined.values());
            joined.forget(&reason);
        }
        joined
    }

    fn kinds(&mut self, one: &ObjectKind, two: &ObjectKind) -> ObjectKind {
        use ObjectKind as K;
        match (one, two) {
            (K::List(one), K::List(two)) => K::List(self.sequences(one, two)),
            (K::Tuple(one), K::Tuple(two)) => K::Tuple(self.sequences(one, two)),
            (K::Dict(one, factory), K::Dict(two, _)) => K::Dict(self.mappings(one, two), factory.clone()),
            (K::Set(one), K::Set(two)) => K::Set(self.mappings(one, two)),
            (K::FrozenSet(one), K::FrozenSet(two)) => K::FrozenSet(self.mappings(one, two)),
            (K::Instance(one), K::Instance(two)) => K::Instance(self.instances(one, two)),
            (K::Class(one), K::Class(two)) => {
                let mut class = one.clone();
                class.attributes = self.attributes(&one.attributes, &two.attributes);
                K::Class(class)
            }
            (K::Function(one), K::Function(two)) => {
                let mut function = one.clone();
                function.attributes = self.attributes(&one.attributes, &two.attributes);
                K::Function(function)
            }
            (K::Iterator(one), K::Iterator(two)) => K::Iterator(self.iterators(one, two)),
            _ => one.clone(),
        }
    }

    fn instances(&mut self, one: &Instance, two: &Instance) -> Instance {
        let payload = match (&one.payload, &two.payload) {
            (Some(one), Some(two)) => Some(self.values(one, two)),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        Instance { attributes: self.attributes(&one.attributes, &two.attributes), payload, ..one.clone() }
    }

    fn iterators(&mut self, one: &IteratorState, two: &IteratorState) -> IteratorState {
        match (one, two) {
            (IteratorState::Over(a, first), IteratorState::Over(b, second))
                if first == second && a.value.is_same(&b.value) =>
            {
                one.clone()
            }
            (IteratorState::Generator(a), IteratorState::Generator(b)) if a.state == b.state => one.clone(),
            (IteratorState::Rest(one), IteratorState::Rest(two)) => IteratorState::Rest(self.sequences(one, two)),
            _ => IteratorState::Rest(Sequence::unknown(Gap::new(Rc::clone(self.reason)))),
        }
    }

    fn sequences(&mut self, one: &Sequence, two: &Sequence) -> Sequence {
        if one.elements.len() == two.elements.len() {
            let pairs = one.elements.iter().zip(&two.elements);
            let fits = pairs
                .clone()
                .all(|pair| matches!(pair, (Element::One(_), Element::One(_)) | (Element::Gap(_), Element::Gap(_))));
            if fits {
                let joined = pairs.map(|pair| match pair {
                    (Element::Gap(one), Element::Gap(two)) => Element::Gap(one.merged(two)),
                    (Element::One(one), Element::One(two)) => Element::One(self.slots(one, two)),
                    (one, _) => one.clone(),
                });
                return Sequence { elements: joined.collect() };
            }
        }
        let same = |(one, two): &(&Element, &Element)| matches!((one, two), (Element::One(a), Element::One(b)) if a.value.is_same(&b.value));
        let head = one.elements.iter().zip(&two.elements).take_while(same).count();
        let room = one.elements.len().min(two.elements.len()) - head;
        let tail = one.elements.iter().rev().zip(two.elements.iter().rev()).take(room).take_while(same).count();
        let between = |all: &Sequence| all.elements.get(head..all.elements.len() - tail).unwrap_or_default().to_vec();
        let middle = |all: &Sequence| Sequence { elements: between(all) }.values().cloned().collect::<Vec<Value>>();
        let mut gap = Gap::with(Rc::clone(self.reason), middle(one));
        gap = gap.merged(&Gap::with(Rc::clone(self.reason), middle(two)));
        if let Some(known) = one.gap().or_else(|| two.gap()) {
            gap.reason = Rc::clone(&known.reason);
        }
        let mut joined = Sequence { elements: one.elements.get(..head).unwrap_or_default().to_vec() };
        joined.push_gap(self.bounded(gap));
        joined.elements.extend(one.elements.get(one.elements.len() - tail..).unwrap_or_default().iter().cloned());
        joined
    }

    fn mappings(&mut self, one: &Mapping, two: &Mapping) -> Mapping {
        let mut entries: IndexMap<Key, Entry> = IndexMap::new();
        let mut loose = Vec::new();
        for (key, entry) in &one.entries {
            match two.entries.get(key) {
                Some(other) => {
                    let value = self.slots(&entry.value, &other.value);
                    entries.insert(key.clone(), Entry { key: entry.key.clone(), value });
                }
                None => loose.extend([entry.key.value.clone(), entry.value.value.clone()]),
            }
        }
        let others = two.entries.iter().filter(|(key, _)| !one.entries.contains_key(*key));
        loose.extend(others.flat_map(|(_, entry)| [entry.key.value.clone(), entry.value.value.clone()]));
        let order = two.entries.keys().filter(|key| entries.contains_key(*key));
        let is_ordered = order.eq(entries.keys());
        let mut rest = match (&one.rest, &two.rest) {
            (Some(one), Some(two)) => Some(one.merged(two)),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        if !loose.is_empty() || !is_ordered {
            let gap = Gap::with(Rc::clone(self.reason), loose);
            rest = Some(rest.map_or_else(|| gap.clone(), |rest| rest.merged(&gap)));
        }
        let rest = rest.map(|gap| self.bounded(gap));
        Mapping { entries, rest }
    }

    fn attributes(&mut self, one: &Attributes, two: &Attributes) -> Attributes {
        let mut joined = Attributes::default();
        for attribute in one.iter() {
            let slot = match two.get(&attribute.name) {
                Some(other) => self.slots(&attribute.slot, &other.slot),
                None => Slot::new(self.perhaps(&attribute.slot.value), attribute.slot.at),
            };
            joined.set(&attribute.name, attribute.name_at, slot);
        }
        for attribute in two.iter().filter(|attribute| one.get(&attribute.name).is_none()) {
            let slot = Slot::new(self.perhaps(&attribute.slot.value), attribute.slot.at);
            joined.set(&attribute.name, attribute.name_at, slot);
        }
        joined.rest = match (&one.rest, &two.rest) {
            (Some(one), Some(two)) => Some(one.merged(two)),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        joined.rest = joined.rest.map(|gap| self.bounded(gap));
        joined
    }

    /// A gap that keeps no more candidates than are worth it; the others are lost.
    fn bounded(&mut self, gap: Gap) -> Gap {
        if gap.candidates.len() <= 4 * MAX_CANDIDATES {
            return gap;
        }
        self.lost.extend(gap.candidates.iter().cloned());
        Gap::new(gap.reason)
    }
}

/// Adds what a value may be; whether it surely is one of these.
fn add_candidates(candidates: &mut Vec<Value>, value: &Value) -> bool {
    let mut add = |value: &Value| {
        if !candidates.iter().any(|known| known.is_same(value)) {
            candidates.push(value.clone());
        }
    };
    match &value.kind {
        ValueKind::Unknown(unknown) => {
            unknown.candidates.iter().for_each(&mut add);
            unknown.is_one_of
        }
        _ => {
            add(value);
            true
        }
    }
}

/// The type that a value surely has.
pub fn bound(value: &Value) -> TypeBound {
    match &value.kind {
        ValueKind::Bool(_) => TypeBound::Bool,
        ValueKind::Int(_) => TypeBound::Int,
        ValueKind::Float(_) => TypeBound::Float,
        ValueKind::Text(_) | ValueKind::Partial(_) => TypeBound::Text,
        ValueKind::Bytes(_) => TypeBound::Bytes,
        ValueKind::Unknown(unknown) => unknown.bound,
        _ => TypeBound::Any,
    }
}

fn common(one: TypeBound, two: TypeBound) -> TypeBound {
    match (one, two) {
        (TypeBound::Bool, TypeBound::Int) | (TypeBound::Int, TypeBound::Bool) => TypeBound::Int,
        _ if one == two => one,
        _ => TypeBound::Any,
    }
}
