//! All rules, one file each. This file is generated: `UPDATE=1 cargo test` rewrites it.

use crate::rule::Rule;

pub mod undefined_volume;

/// Every rule, by name.
pub static RULES: &[&Rule] = &[&undefined_volume::RULE];
