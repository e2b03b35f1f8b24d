//! Elements and slices of sequences and texts: `value[1]`, `value[1:]`.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::super::value::{Cause, Element, Gap, ObjectKind, Sequence, TypeBound, Unknown, Value, ValueKind};
use super::{Evaluator, Stop};
use crate::tree::Location;

/// What an index means.
pub(super) enum Index {
    At(i64),
    Slice(Option<i64>, Option<i64>, i64),
    Unknown,
}

impl<'a> Evaluator<'a> {
    pub(super) fn slice(&mut self, node: &'a ast::ExprSlice) -> Result<Index, Stop> {
        let mut bound = |part: Option<&'a Expr>| -> Result<Option<Option<i64>>, Stop> {
            let Some(part) = part else { return Ok(Some(None)) };
            let value = self.expression(part)?;
            Ok(if value.is_none() { Some(None) } else { value.as_int().map(Some) })
        };
        let (lower, upper) = (bound(node.lower.as_deref())?, bound(node.upper.as_deref())?);
        let step = bound(node.step.as_deref())?;
        Ok(match (lower, upper, step) {
            (Some(lower), Some(upper), Some(step)) if step != Some(0) => Index::Slice(lower, upper, step.unwrap_or(1)),
            _ => Index::Unknown,
        })
    }

    /// An element or slice of a sequence.
    pub(super) fn sliced(&mut self, value: &Value, index: &Index, at: Location) -> Result<Value, Stop> {
        match &value.kind {
            ValueKind::Text(text) => self.sliced_text(&Rc::clone(text), index, at),
            ValueKind::Partial(_) => {
                self.may_raise_builtin("IndexError", at);
                let symbol = self.symbols.opaque();
                Ok(Value::unknown(
                    Unknown::new(Cause::External, self.snippet(at)).of(TypeBound::Text).with_symbol(symbol),
                    at,
                ))
            }
            ValueKind::Object(id) => match self.state.shared(*id).as_deref().map(|object| &object.kind) {
                Some(ObjectKind::List(items)) => self.sliced_items(items, index, false, at),
                Some(ObjectKind::Tuple(items)) => self.sliced_items(items, index, true, at),
                Some(ObjectKind::Instance(instance)) => {
                    let inner = instance.payload.clone();
                    match inner {
                        Some(payload) => self.sliced(&payload, index, at),
                        None => match self.named_tuple_slots(value) {
                            Some(slots) => self.sliced_items(&Sequence::known(slots), index, true, at),
                            None => {
                                self.may_raise_any(at);
                                Ok(self.unsupported(at))
                            }
                        },
                    }
                }
                _ => Ok(self.unsupported(at)),
            },
            ValueKind::Unknown(unknown) => {
                let unknown = Rc::clone(unknown);
                if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                    return self
                        .each_candidate(&unknown, at, |evaluator, candidate| evaluator.sliced(candidate, index, at));
                }
                self.item_of_unknown(&unknown, &Value::none(at), at)
            }
            _ => Ok(self.unsupported(at)),
        }
    }

    fn sliced_text(&mut self, text: &str, index: &Index, at: Location) -> Result<Value, Stop> {
        if !self.budget.charge_text(text.len() * 4) {
            return Err(Stop);
        }
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        match index {
            Index::At(index) => {
                let position = if *index < 0 { index + length } else { *index };
                match usize::try_from(position).ok().and_then(|position| text.chars().nth(position)) {
                    Some(character) => Ok(Value::text(character.to_string(), at)),
                    None => self.refuse("IndexError", "string index out of range", at),
                }
            }
            Index::Slice(lower, upper, step) => {
                let characters: Vec<char> = text.chars().collect();
                let picked: String = slice_positions(*lower, *upper, *step, characters.len())
                    .into_iter()
                    .filter_map(|at| characters.get(at))
                    .collect();
                Ok(Value::text(picked, at))
            }
            Index::Unknown => {
                self.may_raise_builtin("IndexError", at);
                let symbol = self.symbols.opaque();
                let unknown = Unknown::new(Cause::External, self.snippet(at)).of(TypeBound::Text).with_symbol(symbol);
                Ok(Value::unknown(unknown, at))
            }
        }
    }

    fn sliced_items(&mut self, items: &Sequence, index: &Index, is_tuple: bool, at: Location) -> Result<Value, Stop> {
        self.charge(1);
        match index {
            Index::At(index) => match items.position(*index) {
                Ok(position) => match items.elements.get(position) {
                    Some(Element::One(slot)) => Ok(slot.value.clone()),
                    _ => Ok(self.unsupported(at)),
                },
                Err(true) => self.refuse("IndexError", "list index out of range", at),
                Err(false) => {
                    self.may_raise_builtin("IndexError", at);
                    let values = items.values().cloned().collect();
                    Ok(self.one_of(values, false, at))
                }
            },
            Index::Slice(lower, upper, step) => {
                let picked = self.slice_of(items, *lower, *upper, *step, at);
                let kind = if is_tuple { ObjectKind::Tuple(picked) } else { ObjectKind::List(picked) };
                Ok(self.allocate(kind, at))
            }
            Index::Unknown if is_tuple || !items.elements.is_empty() => {
                self.may_raise_builtin("IndexError", at);
                let values: Vec<Value> = items.values().cloned().collect();
                Ok(self.one_of(values, items.is_known(), at))
            }
            Index::Unknown => Ok(self.unsupported(at)),
        }
    }

    fn slice_of(
        &mut self,
        items: &Sequence,
        lower: Option<i64>,
        upper: Option<i64>,
        step: i64,
        at: Location,
    ) -> Sequence {
        if let Some(slots) = items.slots() {
            self.charge(slots.len() / 4);
            let picked =
                slice_positions(lower, upper, step, slots.len()).into_iter().filter_map(|at| slots.get(at).cloned());
            return Sequence::known(picked.collect());
        }
        // From the start to a known place, or from a known place to the end.
        let positions = |index: i64| items.position(index).ok();
        let elements = match (lower, upper, step) {
            (None, None, 1) => Some(items.elements.clone()),
            (Some(lower), None, 1) => {
                positions(lower).map(|from| items.elements.get(from..).unwrap_or_default().to_vec())
            }
            (None, Some(upper), 1) => positions(upper).map(|to| items.elements.get(..to).unwrap_or_default().to_vec()),
            _ => None,
        };
        elements.map_or_else(
            || {
                let values: Vec<Value> = items.values().cloned().collect();
                Sequence::unknown(Gap::with(self.snippet(at), values))
            },
            |elements| Sequence { elements },
        )
    }
}

pub(super) fn clamp(index: i64, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index.clamp(0, length)).unwrap_or_default()
}

/// The positions that a slice picks, in order, as `slice.indices` has them.
pub fn slice_positions(lower: Option<i64>, upper: Option<i64>, step: i64, length: usize) -> Vec<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
    let bound = |bound: Option<i64>, default: i64| {
        bound.map_or(default, |bound| (if bound < 0 { bound + length } else { bound }).clamp(least, most))
    };
    let start = bound(lower, if step < 0 { most } else { least });
    let end = bound(upper, if step < 0 { least } else { most });
    let mut positions = Vec::new();
    let mut at = start;
    while (step > 0 && at < end) || (step < 0 && at > end) {
        positions.extend(usize::try_from(at).ok());
        at = at.saturating_add(step);
    }
    positions
}
