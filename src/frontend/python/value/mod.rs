//! What the evaluator computes with: plain data that knows where it was written, and nothing of how it came about.

mod arguments;
mod attributes;
mod ids;
mod key;
mod mapping;
mod number;
mod object;
mod partial_text;
mod sequence;
mod unknown;
mod values;

/// A module of the project is the file that it is in; the first is the checked one.
pub use crate::tree::FileId as ModuleId;
pub use attributes::{Attribute, Attributes};
pub use ids::{CellId, CodeId, NameId, ObjectId, ScopeId, Symbol};
pub use key::Key;
pub use mapping::{Entry, Mapping};
pub use number::{float_text, parse_float, parse_int};
pub use object::{
    Class, ClassKind, ClassRef, Descriptor, Field, FieldDefault, Function, Generator, GeneratorState, Instance,
    IteratorState, Object, ObjectKind, Property,
};
pub use partial_text::PartialText;
pub use sequence::{Element, Sequence};
pub use values::{
    Arguments, Bound, Cause, Gap, Keyword, Method, Partial, Sdk, Slot, SuperOf, TypeBound, Unknown, Value, ValueKind,
};
