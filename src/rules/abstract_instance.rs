//! # abstract-instance
//!
//! ## What it does
//! Checks for instances of classes with abstract methods.
//!
//! ## Why
//! Python raises `TypeError` when the module is imported, until a subclass defines all of them.
//!
//! ## Example
//! ```python
//! from abc import ABC, abstractmethod
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! class Builder(ABC):
//!     @abstractmethod
//!     def team(self): ...
//!
//!     def labels(self):
//!         return {"team": "ml"}
//!
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = Builder().labels()
//! ```
//!
//! ## Use instead
//! ```python
//! from abc import ABC, abstractmethod
//!
//! import flyte
//! from kubernetes import client as k8s
//!
//!
//! class Builder(ABC):
//!     @abstractmethod
//!     def team(self): ...
//!
//!     def labels(self):
//!         return {"team": self.team()}
//!
//!
//! class Ml(Builder):
//!     def team(self):
//!         return "ml"
//!
//!
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = Ml().labels()
//! ```
//!
//! ## References
//! - [Python: abc](https://docs.python.org/3/library/abc.html)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "abstract-instance",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("abstract_instance.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
