//! Keys of dicts and sets, equal where Python's are equal: `1 == 1.0 == True`.

use std::rc::Rc;

use super::{ObjectId, Value, ValueKind};

/// A hashable value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// `int`, `bool`, and floats that are whole.
    Int(i64),
    /// Any other float, by its bits.
    Float(u64),
    /// `str`.
    Text(Rc<str>),
    /// `bytes`.
    Bytes(Rc<[u8]>),
    /// A tuple, or an instance that is equal by its fields: the class and the keys of the fields.
    Tuple(Option<ObjectId>, Vec<Key>),
    /// A frozenset, with its keys in order of their text.
    Set(Vec<Key>),
    /// An object that is equal only to itself.
    Object(ObjectId),
    /// A class or function outside the project.
    Library(Rc<str>),
}

impl Key {
    /// The key of plain data; `None` for what needs the heap to be known, or is not known.
    #[must_use]
    pub fn of_plain(value: &Value) -> Option<Self> {
        Some(match &value.kind {
            ValueKind::None => Self::None,
            ValueKind::Ellipsis => Self::Ellipsis,
            ValueKind::Bool(value) => Self::Int(i64::from(*value)),
            ValueKind::Int(number) => Self::Int(*number),
            ValueKind::Float(number) => Self::of_float(*number),
            ValueKind::Text(text) => Self::Text(Rc::clone(text)),
            ValueKind::Bytes(bytes) => Self::Bytes(Rc::clone(bytes)),
            ValueKind::ClientClass(class) => Self::Library(class.name.into()),
            ValueKind::Library(path) => Self::Library(Rc::clone(path)),
            _ => return None,
        })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared with what it came from")]
    fn of_float(number: f64) -> Self {
        let whole = number as i64;
        if whole as f64 == number && number.abs() < 9e15 { Self::Int(whole) } else { Self::Float(number.to_bits()) }
    }
}
