//! JSON objects of which only some parts are kept: what is not asked for, such as the values of secrets, never gets into memory.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Annotations that say what an object is; all others may hold anything.
const ANNOTATIONS: &[&str] = &[
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
    "kubernetes.io/enforce-mountable-secrets",
];
const METADATA: &[&str] = &["name", "namespace", "labels", "deletionTimestamp"];
const STATUS: &[&str] = &["allocatable", "capacity", "hard", "used", "phase"];

/// An object of the cluster.
#[derive(Debug, Default)]
pub struct Object {
    /// Its kind.
    pub kind: String,
    /// Name, namespace and labels.
    pub metadata: Map<String, Value>,
    /// The annotations that are kept.
    pub annotations: Map<String, Value>,
    /// The keys of `data`, `stringData` and `binaryData`, for their values are nobody's business.
    pub keys: BTreeSet<String>,
    /// What is wanted, where the kind is one that matters.
    pub spec: Value,
    /// What is.
    pub status: Map<String, Value>,
    /// Everything else.
    pub rest: Map<String, Value>,
    /// Of a list, its items.
    pub items: Vec<Self>,
}

/// Asks for an object.
pub struct ObjectSeed;

impl<'de> DeserializeSeed<'de> for ObjectSeed {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed {
    type Value = Object;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a Kubernetes object or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "kind" => object.kind = text(&map.next_value::<Value>()?),
                "metadata" => (object.metadata, object.annotations) = map.next_value_seed(MetadataSeed)?,
                "data" | "stringData" | "binaryData" => object.keys.extend(map.next_value_seed(KeysSeed)?),
                "status" => object.status = map.next_value_seed(PickSeed(STATUS))?,
                "items" => object.items = map.next_value_seed(ItemsSeed)?,
                "spec" if is_ignored(&object.kind) => {
                    map.next_value::<IgnoredAny>()?;
                }
                "spec" => object.spec = map.next_value()?,
                _ => {
                    object.rest.insert(key, map.next_value()?);
                }
            }
        }
        Ok(object)
    }
}

/// Kinds whose specification is large, and not asked for.
fn is_ignored(kind: &str) -> bool {
    matches!(kind, "Pod" | "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" | "Job" | "CronJob")
}

/// A text; anything else is empty.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

struct ItemsSeed;

impl<'de> DeserializeSeed<'de> for ItemsSeed {
    type Value = Vec<Object>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ItemsSeed {
    type Value = Vec<Object>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of Kubernetes objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(ObjectSeed)? {
            items.push(item);
        }
        Ok(items)
    }
}

struct MetadataSeed;

impl<'de> DeserializeSeed<'de> for MetadataSeed {
    type Value = (Map<String, Value>, Map<String, Value>);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MetadataSeed {
    type Value = (Map<String, Value>, Map<String, Value>);

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("metadata")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut metadata, mut annotations) = (Map::new(), Map::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == "annotations" {
                annotations = map.next_value_seed(PickSeed(ANNOTATIONS))?;
            } else if METADATA.contains(&key.as_str()) {
                metadata.insert(key, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok((metadata, annotations))
    }
}

/// Keeps the entries of a map that have one of these keys.
struct PickSeed(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for PickSeed {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PickSeed {
    type Value = Map<String, Value>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut kept = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.0.contains(&key.as_str()) {
                kept.insert(key, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(kept)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Map::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Map::new())
    }
}

/// Keeps the keys of a map.
struct KeysSeed;

impl<'de> DeserializeSeed<'de> for KeysSeed {
    type Value = BTreeSet<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeysSeed {
    type Value = BTreeSet<String>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value::<IgnoredAny>()?;
            keys.insert(key);
        }
        Ok(keys)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(BTreeSet::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeSet::new())
    }
}
