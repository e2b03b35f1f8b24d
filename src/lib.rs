//! podlint checks Flyte pod templates, in Python and YAML.
//!
//! The crate is one pipeline, [`lint::lint`], from the text of a file to a [`report::Report`]:
//!
//! 1. [`source`] holds the text, [`frontend`] turns it into [`document`]s: neutral [`tree`]s with places in the [`text`].
//! 2. [`rules`] look at each document through the typed views of [`pod`] and say what is wrong ([`rule`], [`diagnostic`]).
//! 3. [`lint`] runs them, lowers their fixes to edits and puts everything in order in a [`report`].
//! 4. [`cli`], [`output`] and [`server`] deliver.

pub mod cli;
pub mod client;
pub mod cluster;
pub mod config;
pub mod diagnostic;
pub mod document;
pub mod fingerprint;
pub mod fix;
pub mod flyte;
pub mod frontend;
pub mod ignores;
pub mod kubernetes;
pub mod lint;
pub mod output;
#[cfg(feature = "pin")]
pub mod pin;
pub mod pod;
pub mod policy;
pub mod project;
pub mod report;
pub mod rule;
pub mod rules;
pub mod schema;
pub mod server;
pub mod source;
pub mod stop;
pub mod suppress;
pub mod text;
pub mod tree;
