//! The Kubernetes schema as static tables: what fields there are, of which types, since when; and the same by the
//! names of the Python client. The tables are generated from `schemas/` by `UPDATE=1 cargo test --test schema_tables`.

pub mod descriptions;
pub mod gates;
mod gates_table;
pub mod kubernetes;
mod kubernetes_table;
pub mod python;
mod python_table;
pub mod sdk;
mod sdk_rows;
mod sdk_table;
mod sdk_types;

pub use gates_table::Gate;
