//! What the workloads around a pod template ask of it.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/>.

use super::read::string;
use super::{PodTemplate, Violations};

/// Jobs must end, and the others must not.
pub fn check(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let Some((_, kind)) = &pod.document.api else { return };
    let Some(spec) = pod.spec.known() else { return };
    let policy = string(spec, "restartPolicy");
    let message = match (kind.as_str(), policy) {
        ("Job" | "CronJob", Some("" | "Always")) => {
            format!("the pods of a `{kind}` need the restart policy `OnFailure` or `Never`")
        }
        ("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet", Some("OnFailure" | "Never")) => {
            format!("the pods of a `{kind}` need the restart policy `Always`")
        }
        _ => return,
    };
    out.at_field(spec, "restartPolicy", "invalid-value", message);
}
