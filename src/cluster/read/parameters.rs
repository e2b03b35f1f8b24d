//! The parameters of admission policies: the objects that their bindings name, in a second look at a list.
//!
//! Of a `ConfigMap` `kubectl` prints the data before the kind, so that only who knows the order of the objects can keep the data of
//! the few that are parameters, and never see that of secrets.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::pick::{Object, text};
use crate::cluster::requirement::Requirement;

/// More parameters than any cluster's policies have.
const MAX_PARAMETERS: usize = 256;
/// How many bytes one may have.
const MAX_SIZE: usize = 64 * 1024;

/// What policies and bindings say of their parameters.
#[derive(Debug, Default)]
pub struct Parameters {
    /// The version and kind of each policy's parameters.
    kinds: BTreeMap<String, (String, String)>,
    references: Vec<Reference>,
}

/// What a binding names.
#[derive(Debug)]
struct Reference {
    policy: String,
    name: Option<String>,
    namespace: Option<String>,
    selector: Vec<Requirement>,
}

impl Parameters {
    /// Takes in what an object, or the objects of a list, say of parameters.
    pub fn learn(&mut self, object: &Object) {
        object.items.iter().for_each(|item| self.learn(item));
        let part = |path: &str| object.spec.pointer(path).map(text);
        match object.kind.as_str() {
            "ValidatingAdmissionPolicy" => {
                let name = object.metadata.get("name").map(text).unwrap_or_default();
                if let (Some(version), Some(kind)) = (part("/paramKind/apiVersion"), part("/paramKind/kind")) {
                    self.kinds.insert(name, (version, kind));
                }
            }
            "ValidatingAdmissionPolicyBinding" if object.spec.get("paramRef").is_some() => {
                let selector = super::objects::label_selector(object.spec.pointer("/paramRef/selector"));
                self.references.push(Reference {
                    policy: part("/policyName").unwrap_or_default(),
                    name: part("/paramRef/name"),
                    namespace: part("/paramRef/namespace"),
                    selector,
                });
            }
            _ => {}
        }
    }

    /// The parameters among the objects that were read from a text, as JSON.
    pub fn among(&self, objects: &[Object], text: &str) -> Vec<String> {
        if self.references.is_empty() {
            return Vec::new();
        }
        let (mut wanted, mut number) = (BTreeSet::new(), 0);
        objects.iter().for_each(|object| self.number(object, &mut number, &mut wanted));
        if wanted.is_empty() {
            return Vec::new();
        }
        let pass = Pass { wanted: &wanted, number: Cell::default(), found: RefCell::default() };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        while pass.number.get() < number && (&pass).deserialize(&mut deserializer).is_ok() {}
        let found = pass.found.into_inner().into_iter();
        let texts = found.filter_map(|object| serde_json::to_string(&reduced(object)).ok());
        texts.filter(|text| text.len() <= MAX_SIZE).take(MAX_PARAMETERS).collect()
    }

    /// Numbers the objects in the order in which they begin.
    fn number(&self, object: &Object, number: &mut usize, wanted: &mut BTreeSet<usize>) {
        if self.is_parameter(object) {
            wanted.insert(*number);
        }
        *number += 1;
        object.items.iter().for_each(|item| self.number(item, number, wanted));
    }

    fn is_parameter(&self, object: &Object) -> bool {
        let own = |field: &str| object.metadata.get(field).map(text);
        let version = object.rest.get("apiVersion").map(text).unwrap_or_default();
        let labels = object.metadata.get("labels").and_then(Value::as_object).cloned().unwrap_or_default();
        let labels: BTreeMap<String, String> = labels.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        let named = |one: &Reference| match &one.name {
            Some(name) => own("name").as_ref() == Some(name),
            None => one.selector.iter().all(|requirement| requirement.met_by(&labels)),
        };
        object.kind != "Secret"
            && self.references.iter().any(|one| {
                let of_kind =
                    self.kinds.get(&one.policy).is_some_and(|(api, kind)| *api == version && *kind == object.kind);
                let within = one.namespace.is_none() || one.namespace == own("namespace");
                of_kind && within && named(one)
            })
    }
}

/// An object without what only the server says of it.
fn reduced(mut object: Map<String, Value>) -> Value {
    object.remove("status");
    let metadata = object.remove("metadata").unwrap_or_default();
    let kept = ["name", "namespace", "labels"].into_iter();
    let kept = kept.filter_map(|field| Some((field.to_owned(), metadata.get(field)?.clone())));
    object.insert("metadata".to_owned(), Value::Object(kept.collect()));
    json!(object)
}

/// A second look at a text: only the objects with these numbers are kept.
struct Pass<'w> {
    wanted: &'w BTreeSet<usize>,
    number: Cell<usize>,
    found: RefCell<Vec<Map<String, Value>>>,
}

impl<'de> DeserializeSeed<'de> for &Pass<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Pass<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a Kubernetes object or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let number = self.number.replace(self.number.get() + 1);
        let mut kept = self.wanted.contains(&number).then(Map::new);
        while let Some(key) = map.next_key::<String>()? {
            match &mut kept {
                Some(kept) => drop(kept.insert(key, map.next_value()?)),
                None if key == "items" => map.next_value_seed(self)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        self.found.borrow_mut().extend(kept);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }
}
