//! How two ways that a program may go meet again: what both agree on stays known.

use std::rc::Rc;

use super::interpreter::{Interpreter, Scope};
use super::value::{Body, Instance, Object, Slot, Val};

/// What a way that the program may go can change: the heap, and the names of the current scope.
#[derive(Clone)]
pub struct State<'a> {
    heap: Vec<Object>,
    names: Scope<'a>,
}

impl<'a> Interpreter<'a> {
    /// The state as it is.
    pub(super) fn state(&self) -> State<'a> {
        State { heap: self.heap.clone(), names: self.scopes.get(self.scope).cloned().unwrap_or_default() }
    }

    /// Goes back to a state. Objects that came to life since keep their places, so that others get further ones.
    pub(super) fn rewind(&mut self, state: State<'a>) {
        for (index, object) in state.heap.into_iter().enumerate() {
            self.heap[index] = object;
        }
        self.set_names(state.names);
    }

    /// Goes on from the state that another way left.
    pub(super) fn restore(&mut self, state: State<'a>) {
        let newer = self.heap.split_off(state.heap.len().min(self.heap.len()));
        self.heap = state.heap;
        self.heap.extend(newer);
        self.set_names(state.names);
    }

    fn set_names(&mut self, names: Scope<'a>) {
        if let Some(scope) = self.scopes.get_mut(self.scope) {
            *scope = names;
        }
    }

    /// Keeps of the current state what the other way agrees with.
    pub(super) fn join(&mut self, other: State<'a>, reason: &Rc<str>) {
        for (object, alternative) in self.heap.iter_mut().zip(&other.heap) {
            if object != alternative {
                *object = joined_object(object, alternative, reason);
            }
        }
        let Some(scope) = self.scopes.get_mut(self.scope) else { return };
        for (name, alternative) in other.names.names {
            let val = match scope.names.remove(name) {
                Some(val) => joined(val, alternative, reason),
                // Bound on one way only: the program would fail on the other.
                None => alternative,
            };
            scope.names.insert(name, val);
        }
    }
}

/// One value that stands for either of two.
pub fn joined(a: Val, b: Val, reason: &Rc<str>) -> Val {
    if a.data == b.data { a } else { Val::dynamic(reason.clone(), a.at) }
}

/// How many pairs of items are compared to find what two lists have in common.
const MAX_PAIRS: usize = 100_000;

/// One object that holds what both hold; the rest is open.
fn joined_object(a: &Object, b: &Object, reason: &Rc<str>) -> Object {
    let (body, open) = match (&a.body, &b.body) {
        (Body::List(a), Body::List(b)) => (Body::List(common(a, b)), true),
        (Body::Dict(a), Body::Dict(b)) => (Body::Dict(common(a, b)), true),
        (Body::Instance(a_instance), Body::Instance(b_instance)) => {
            (Body::Instance(joined_instance(a_instance, b_instance, reason)), a.open || b.open)
        }
        (other, _) => (other.clone(), true),
    };
    Object { body, open, at: a.at }
}

/// What both hold; of long ones, what they begin with alike.
fn common<T: PartialEq + Clone>(a: &[T], b: &[T]) -> Vec<T> {
    let alike = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (same, rest) = a.split_at(alike);
    let is_short = rest.len().saturating_mul(b.len()) <= MAX_PAIRS;
    let further = rest.iter().filter(|item| is_short && b.contains(item));
    same.iter().chain(further).cloned().collect()
}

/// An attribute that differs, or is set on one way only, is dynamic.
fn joined_instance(a: &Instance, b: &Instance, reason: &Rc<str>) -> Instance {
    let mut both = a.clone();
    for (name, _, slot) in &mut both.attributes {
        let same = b.attribute(name).is_some_and(|other| other.val.data == slot.val.data);
        if !same {
            slot.val = Val::dynamic(reason.clone(), slot.val.at);
        }
    }
    for (name, named_at, slot) in &b.attributes {
        if both.attribute(name).is_none() {
            let val = Val::dynamic(reason.clone(), slot.val.at);
            both.attributes.push((name.clone(), *named_at, Slot::new(val, slot.at)));
        }
    }
    both
}
