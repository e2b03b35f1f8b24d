//! Files that describe a cluster: lists as `kubectl get -o json` prints them, and snapshots.

mod objects;
mod parameters;
mod pick;
mod snapshot;

use serde::de::DeserializeSeed as _;

use super::group;
use super::inventory::{Inventory, ObjectKind};
use parameters::Parameters;
use pick::ObjectSeed;

/// More classes of nodes than any cluster has.
const MAX_CLASSES: usize = 5000;
/// More nodes than Kubernetes is made for.
const MAX_NODES: usize = 50_000;

/// Whether a text says which objects are parameters of policies: such files are read first.
#[must_use]
pub fn has_bindings(text: &str) -> bool {
    text.contains("ValidatingAdmissionPolicyBinding")
}

/// Objects of clusters, as they are read from several files.
#[derive(Debug, Default)]
pub struct Reader {
    inventory: Inventory,
    nodes: Vec<group::RawNode>,
    parameters: Parameters,
}

impl Reader {
    /// Adds what a file says.
    ///
    /// # Errors
    /// Why the text can be used as neither list nor snapshot.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        match text.trim_start().bytes().next() {
            Some(b'{') => self.add_json(text),
            Some(b'[') if text.trim_start().starts_with("[{") => {
                Err("a list without a `kind` is not supported".to_owned())
            }
            Some(_) => snapshot::add(&mut self.inventory, text),
            None => Err("the file is empty".to_owned()),
        }?;
        if self.inventory.nodes.len() > MAX_CLASSES || self.nodes.len() > MAX_NODES {
            return Err(format!("there are more than {MAX_CLASSES} classes of nodes, or {MAX_NODES} nodes"));
        }
        Ok(())
    }

    /// Several documents may follow each other, as when the output of several commands is put together.
    fn add_json(&mut self, text: &str) -> Result<(), String> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let mut objects = Vec::new();
        loop {
            // What serde says of an error may quote the text, which may hold a secret.
            let wrong = |error: serde_json::Error| {
                let what = if error.is_data() { "not an object of Kubernetes" } else { "not JSON" };
                format!("{what} (line {}, column {})", error.line(), error.column())
            };
            let object = ObjectSeed.deserialize(&mut deserializer).map_err(wrong)?;
            if object.kind.is_empty() && object.items.is_empty() {
                return Err("not an object of Kubernetes: there is no `kind`".to_owned());
            }
            self.parameters.learn(&object);
            objects.push(object);
            if deserializer.end().is_ok() {
                break;
            }
        }
        self.inventory.policies.extend(self.parameters.among(&objects, text));
        objects.into_iter().for_each(|object| objects::add(&mut self.inventory, &mut self.nodes, object));
        Ok(())
    }

    /// All that the files say together.
    #[must_use]
    pub fn finish(mut self) -> Inventory {
        let classes = group::group(self.nodes);
        self.inventory.nodes.extend(classes);
        // What would take too long to look at is as good as unknown.
        if self.inventory.nodes.len() > MAX_CLASSES {
            self.inventory.nodes.clear();
            self.inventory.pools.clear();
            self.inventory.known.remove(&ObjectKind::Node);
        }
        self.inventory
    }
}
