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
        self.add_by(value.to_string(), value);
    }

    /// Adds a value unless one with the same key is there.
    pub fn add_by(&mut self, key: String, value: Value) {
        if self.known.insert(key) {
            self.found.push(value);
        }
    }

    /// The values.
    pub fn into_values(self) -> Vec<Value> {
        self.found
    }
}
