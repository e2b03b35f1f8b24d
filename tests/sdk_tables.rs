//! Holds `src/schema/sdk_table.rs` to `schemas/sdk/`, from which it is generated (`UPDATE=1` writes it), and what the tables
//! say to facts that were looked up by hand.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod sdk_tables {
    pub mod facts;
    pub mod generator;
    pub mod rows;
    pub mod types;
}
