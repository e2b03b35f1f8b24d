//! # rejected-data
//!
//! ## What it does
//! Checks for data that a pydantic model rejects.
//!
//! ## Why
//! pydantic raises `ValidationError` when the module is imported: for missing and surplus fields, values of another type, and
//! values that break a rule such as `Field(ge=1)`.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//! from pydantic import BaseModel, Field
//!
//!
//! class Job(BaseModel):
//!     gpus: int = Field(ge=1)
//!
//!
//! job = Job(gpus=0)
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": str(job.gpus)}
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//! from pydantic import BaseModel, Field
//!
//!
//! class Job(BaseModel):
//!     gpus: int = Field(ge=1)
//!
//!
//! job = Job(gpus=1)
//! template = flyte.PodTemplate(pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="primary")]))
//! template.labels = {"gpus": str(job.gpus)}
//! ```
//!
//! ## References
//! - [pydantic: Errors](https://docs.pydantic.dev/latest/errors/errors/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "rejected-data",
    severity: Severity::Error,
    authority: Authority::Python,
    enabled_by_default: true,
    group: Group::Python,
    source: include_str!("rejected_data.rs"),
    check,
};

/// Found while the module is evaluated.
const fn check(_: &Context<'_>, _: &mut Findings) {}
