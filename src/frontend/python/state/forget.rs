//! Forgetting: what code that is not understood may reach is not known any more, and never will be again.

use std::rc::Rc;

use super::super::value::{ObjectKind, Unknown, Value, ValueKind};
use super::snapshot::State;

impl State {
    /// Forgets everything that can be reached from a value: code that podlint cannot follow got hold of it.
    pub fn escape(&mut self, value: &Value, reason: &Rc<str>) {
        let mut waiting = vec![value.clone()];
        let mut seen = std::collections::HashSet::new();
        while let Some(value) = waiting.pop() {
            match &value.kind {
                ValueKind::Object(id) => {
                    let fresh = seen.insert(*id);
                    let Some(object) = self.object(*id).filter(|object| fresh && object.escaped.is_none()) else {
                        continue;
                    };
                    waiting.extend(object.values());
                    let is_mutable = !matches!(object.kind, ObjectKind::Tuple(_) | ObjectKind::FrozenSet(_));
                    if let Some(object) = self.object_mut(*id).filter(|_| is_mutable) {
                        object.escaped = Some(Rc::clone(reason));
                        object.forget(reason);
                    }
                }
                ValueKind::Unknown(unknown) => waiting.extend(unknown.candidates.iter().cloned()),
                ValueKind::Bound(bound) => waiting.extend([bound.receiver.clone(), bound.function.clone()]),
                ValueKind::Method(method) => waiting.push(method.receiver.clone()),
                ValueKind::Super(of) => waiting.push(of.receiver.clone()),
                ValueKind::PartialCall(partial) => {
                    waiting.push(partial.callee.clone());
                    waiting.extend(partial.arguments.slots().map(|slot| slot.value.clone()));
                }
                _ => {}
            }
        }
    }

    /// Forgets one object, but not for good: what is written to it afterwards counts.
    pub fn forget(&mut self, id: super::super::value::ObjectId, reason: &Rc<str>) {
        if let Some(object) = self.object_mut(id) {
            object.forget(reason);
        }
    }

    /// Forgets the value of a variable, but not which objects it may be.
    pub fn forget_cell(&mut self, id: super::super::value::CellId, why: &Unknown) {
        let Some(old) = self.cell(id).cloned() else { return };
        let candidates: Vec<Value> = match &old.kind {
            ValueKind::Unknown(unknown) => unknown.candidates.to_vec(),
            _ => vec![old.clone()],
        };
        self.set_cell(id, Value::unknown(why.clone().with_candidates(candidates), old.at));
    }
}
