//! The neutral tree that every frontend builds and every rule reads: values with places, and no Kubernetes.

mod field;
mod location;
mod node;
mod path;
mod setter;

pub use field::Field;
pub use location::{FileId, Location};
pub use node::{Dynamic, Entry, Form, Key, List, Map, Node, Number, Piece, Value};
pub use path::{Path, PathIndex, Step};
pub use setter::Setter;
