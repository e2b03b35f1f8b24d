//! All rules, one file each. This file is generated: `UPDATE=1 cargo test` rewrites it.

use crate::rule::Rule;

pub mod duplicate_key;
pub mod duplicate_mount_path;
pub mod duplicate_volume;
pub mod gcsfuse_annotation;
pub mod internal_error;
pub mod limit_exceeded;
pub mod missing_primary_container;
pub mod nested_mount_path;
pub mod sidecar_image_unpinned;
pub mod sidecar_missing_image;
pub mod sidecar_missing_limits;
pub mod syntax_error;
pub mod template_placeholder_image;
pub mod templated_file;
pub mod undefined_volume;
pub mod unreadable_text;
pub mod unused_volume;

/// Every rule, by name.
pub static RULES: &[&Rule] = &[
    &duplicate_key::RULE,
    &duplicate_mount_path::RULE,
    &duplicate_volume::RULE,
    &gcsfuse_annotation::RULE,
    &internal_error::RULE,
    &limit_exceeded::RULE,
    &missing_primary_container::RULE,
    &nested_mount_path::RULE,
    &sidecar_image_unpinned::RULE,
    &sidecar_missing_image::RULE,
    &sidecar_missing_limits::RULE,
    &syntax_error::RULE,
    &template_placeholder_image::RULE,
    &templated_file::RULE,
    &undefined_volume::RULE,
    &unreadable_text::RULE,
    &unused_volume::RULE,
];
