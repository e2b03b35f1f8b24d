//! Containers of which no pod has anything: what else is found in them is of no matter beside the finding that says so.

use crate::diagnostic::{Authority, Diagnostic};

/// The rule that says so.
const DROPPED: &str = "template-container-dropped";

/// Takes away what is found of such containers, but for what the API server rejects: it reads the manifest as it is.
pub fn spare(found: &mut Vec<Diagnostic>) {
    let said = found.iter().filter(|one| one.rule == DROPPED);
    let containers: Vec<String> = said.filter_map(|one| container(&one.path).map(str::to_owned)).collect();
    if containers.is_empty() {
        return;
    }
    let is_within = |path: &str| container(path).is_some_and(|own| containers.iter().any(|known| known == own));
    let stays = |one: &Diagnostic| {
        let of_server = matches!(one.authority, Authority::Kubernetes | Authority::Cluster);
        of_server || one.rule == DROPPED || !is_within(&one.path)
    };
    found.retain(stays);
}

/// The path of the container that a path leads into.
fn container(path: &str) -> Option<&str> {
    let at = path.find("ontainers[")?;
    let end = path.get(at..)?.find(']')?;
    path.get(..=at + end)
}
