//! placeholder
use super::kubernetes::Definition;
pub static DEFINITIONS: &[Definition] = &[];
