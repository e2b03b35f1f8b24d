//! Lists for the client in which nothing stands twice.

use std::collections::HashSet;

use serde_json::Value;

/// Values in the order in which they came, each once.
#[derive(Debug, Default)]
pub struct Distinct {
    known: HashSet<String>,
    found: Vec<Value>,
}

impl Distinct {
    /// Adds a value unless it is there.
    pub fn add(&mut self, value: Value) {
        if self.known.insert(value.to_string()) {
            self.found.push(value);
        }
    }

    /// Adds a value unless one with the same key is there.
    pub fn add_by(&mut self, key: &Value, value: Value) {
        if self.known.insert(key.to_string()) {
            self.found.push(value);
        }
    }

    /// The values.
    pub fn into_values(self) -> Vec<Value> {
        self.found
    }
}
