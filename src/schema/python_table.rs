//! placeholder
use super::python::Class;
pub static CLASSES: &[Class] = &[];
