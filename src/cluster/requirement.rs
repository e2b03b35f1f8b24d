//! Requirements on labels, and whether nodes and pools meet them.

use std::collections::{BTreeMap, BTreeSet};

/// Whether something is so, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tri {
    /// It is not.
    No,
    /// Nothing here tells.
    Unknown,
    /// It is.
    Yes,
}

impl Tri {
    /// The answer of a plain truth.
    #[must_use]
    pub const fn of(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}

/// A requirement on one label: `key operator values`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`.
    pub operator: String,
    /// The values.
    pub values: Vec<String>,
}

impl Requirement {
    /// `key = value`.
    #[must_use]
    pub fn equal(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), operator: "In".to_owned(), values: vec![value.to_owned()] }
    }

    /// Whether a label with this value, or without any, meets it.
    #[must_use]
    pub fn allows(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|one| one == value);
        let number = |text: &str| text.parse::<i64>().ok();
        let bound = || self.values.first().and_then(|one| number(one));
        match (self.operator.as_str(), value) {
            ("In", Some(value)) => listed(value),
            ("NotIn", Some(value)) => !listed(value),
            ("Exists", Some(_)) | ("NotIn" | "DoesNotExist", None) => true,
            ("Gt", Some(value)) => matches!((number(value), bound()), (Some(value), Some(bound)) if value > bound),
            ("Lt", Some(value)) => matches!((number(value), bound()), (Some(value), Some(bound)) if value < bound),
            _ => false,
        }
    }

    /// Whether labels meet it.
    #[must_use]
    pub fn met_by(&self, labels: &BTreeMap<String, String>) -> bool {
        self.allows(labels.get(&self.key).map(String::as_str))
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.operator.as_str(), self.values.as_slice()) {
            ("In", [only]) => write!(out, "{}={only}", self.key),
            (operator, []) => write!(out, "{} {operator}", self.key),
            (operator, values) => write!(out, "{} {operator} [{}]", self.key, values.join(" ")),
        }
    }
}

/// The values that one label may have, as Karpenter reckons with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// Whether all values but these are meant.
    complement: bool,
    values: BTreeSet<String>,
    above: Option<i64>,
    below: Option<i64>,
}

impl ValueSet {
    /// The values that a requirement allows.
    #[must_use]
    pub fn of(requirement: &Requirement) -> Self {
        let operator = requirement.operator.as_str();
        let bound = |wanted: &str| {
            let value = requirement.values.first().filter(|_| operator == wanted);
            value.map(|value| value.parse().unwrap_or_default())
        };
        let values = if matches!(operator, "In" | "NotIn") {
            requirement.values.iter().cloned().collect()
        } else {
            BTreeSet::new()
        };
        Self { complement: !matches!(operator, "In" | "DoesNotExist"), values, above: bound("Gt"), below: bound("Lt") }
    }

    /// The values that both allow.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (above, below) = self.bounds(other);
        if matches!((above, below), (Some(above), Some(below)) if above >= below) {
            return Self { complement: false, values: BTreeSet::new(), above: None, below: None };
        }
        let complement = self.complement && other.complement;
        let mut values: BTreeSet<String> = match (self.complement, other.complement) {
            (true, true) => self.values.union(&other.values).cloned().collect(),
            (true, false) => other.values.difference(&self.values).cloned().collect(),
            (false, true) => self.values.difference(&other.values).cloned().collect(),
            (false, false) => self.values.intersection(&other.values).cloned().collect(),
        };
        values.retain(|value| is_within(value, above, below));
        let (above, below) = if complement { (above, below) } else { (None, None) };
        Self { complement, values, above, below }
    }

    /// Whether there is a value that both allow.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let (above, below) = self.bounds(other);
        if matches!((above, below), (Some(above), Some(below)) if above >= below) {
            return false;
        }
        let within = |value: &&String| is_within(value, above, below);
        match (self.complement, other.complement) {
            (true, true) => true,
            (true, false) => other.values.difference(&self.values).any(|value| within(&value)),
            (false, true) => self.values.difference(&other.values).any(|value| within(&value)),
            (false, false) => self.values.intersection(&other.values).any(|value| within(&value)),
        }
    }

    /// Whether a label, or its absence, can be within both.
    #[must_use]
    pub fn can_meet(&self, other: &Self) -> bool {
        self.meets(other) || (self.allows_absence() && other.allows_absence())
    }

    /// Whether it is met by the absence of the label: `NotIn` and `DoesNotExist`.
    #[must_use]
    pub fn allows_absence(&self) -> bool {
        if self.complement { !self.values.is_empty() } else { self.values.is_empty() }
    }

    /// The values, where they are listed.
    #[must_use]
    pub fn listed(&self) -> Option<&BTreeSet<String>> {
        (!self.complement).then_some(&self.values)
    }

    fn bounds(&self, other: &Self) -> (Option<i64>, Option<i64>) {
        let below = match (self.below, other.below) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        (self.above.max(other.above), below)
    }
}

fn is_within(value: &str, above: Option<i64>, below: Option<i64>) -> bool {
    if above.is_none() && below.is_none() {
        return true;
    }
    let Ok(number) = value.parse::<i64>() else { return false };
    above.is_none_or(|above| number > above) && below.is_none_or(|below| number < below)
}
