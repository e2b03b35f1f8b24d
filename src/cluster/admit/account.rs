//! The service account: which one it is, and the pull secrets that come with it.
//!
//! Source: `plugin/pkg/admission/serviceaccount/admission.go`. That the account exists is checked with all other references.

use super::Refusal;
use crate::cluster::edit::{append, list, map, set, spec};
use crate::cluster::exist::{Reference, references};
use crate::cluster::inventory::{Inventory, ObjectKind, ServiceAccount};
use crate::flyte::Effective;
use crate::tree::{Field, Node, Path, Step};

const BY: &str = "the service account";

/// Names the account, and gives the pod its pull secrets.
pub fn fill(pod: &mut Effective, inventory: &Inventory, namespace: &str) -> Vec<Refusal> {
    let path = spec();
    let at = pod.root.at(&path).map(|node| node.location).unwrap_or_default();
    let Some(node) = pod.root.at(&path) else { return Vec::new() };
    let name = match node.text("serviceAccountName") {
        Field::Known("") | Field::Missing => match node.text("serviceAccount") {
            Field::Known(old) if !old.is_empty() => old.to_owned(),
            Field::Dynamic => return Vec::new(),
            _ => "default".to_owned(),
        },
        Field::Known(name) => name.to_owned(),
        Field::Dynamic => return Vec::new(),
    };
    if node.text("serviceAccountName").known() != Some(&name) {
        set(pod, &path, "serviceAccountName", Node::string(&name, at), BY);
    }
    let account = inventory.namespaces.get(namespace).and_then(|within| within.service_accounts.get(&name));
    let secrets = pod.root.at(&path).map(|node| node.get("imagePullSecrets"));
    let has_none = match secrets {
        Some(Field::Missing) => true,
        Some(Field::Known(secrets)) => secrets.as_list().is_some_and(|list| list.items.is_empty() && !list.open),
        _ => false,
    };
    if let Some(account) = account.filter(|account| has_none && !account.pull_secrets.is_empty()) {
        set(pod, &path, "imagePullSecrets", list(Vec::new(), at), BY);
        for name in &account.pull_secrets {
            append(pod, &path, "imagePullSecrets", map(vec![("name", Node::string(name, at))], at), BY);
        }
    }
    account.map(|account| not_mountable(pod, account, &name)).unwrap_or_default()
}

/// Secrets that an account does not list, where it says that only those may be used.
fn not_mountable(pod: &Effective, account: &ServiceAccount, name: &str) -> Vec<Refusal> {
    let Some(mountable) = &account.mountable else { return Vec::new() };
    let secrets = references(&pod.root).into_iter().filter(|one| one.kind == ObjectKind::Secret);
    let is_pull = |path: &Path| path.get(1).and_then(Step::key) == Some("imagePullSecrets");
    let refused = secrets.filter(|one| match is_pull(&one.path) {
        true => !account.pull_secrets.contains(&one.name),
        false => !mountable.contains(&one.name),
    });
    let refusal = |one: Reference| {
        let message =
            format!("the service account `{name}` does not list the secret `{}`, and may use no other", one.name);
        Refusal::new("admission-conflict", one.path, message).by(ObjectKind::ServiceAccount, name)
    };
    refused.map(refusal).collect()
}
