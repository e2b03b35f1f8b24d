//! Projected volumes: files from several sources in one folder.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/projected-volumes/>.

use std::collections::HashSet;

use super::{certificates, key_items, mode, require_all, sources::downward_items, user};
use crate::kubernetes::read::{given, integer, items, string};
use crate::kubernetes::{Violations, formats};
use crate::tree::{Field, Node};

const RULE: &str = "invalid-volume-source";
const KINDS: &[&str] =
    &["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];

/// Checks a projected volume.
pub fn check(node: &Node, out: &mut Violations<'_>) {
    mode(node, "defaultMode", out);
    user(node, "defaultUser", out);
    let mut paths = HashSet::new();
    for source in items(node, "sources") {
        let kinds: Vec<_> = given(source, KINDS).into_iter().filter(|(_, node)| !node.is_dynamic()).collect();
        if kinds.len() > 1 {
            let place = kinds.get(1).map_or_else(|| source.head(), |(_, node)| node.head());
            out.at(source, RULE, "a projected source has one kind").shown_at(place);
        }
        for (kind, inner) in kinds {
            match kind {
                "secret" | "configMap" => {
                    require_all(inner, &["name"], out);
                    key_items(inner, out);
                }
                "downwardAPI" => downward_items(inner, out),
                "clusterTrustBundle" => certificates::trust_bundle(inner, out),
                "podCertificate" => certificates::pod_certificate(inner, out),
                _ => token(node, inner, out),
            }
            collect_paths(node, kind, inner, &mut paths, out);
        }
    }
}

fn token(volume: &Node, node: &Node, out: &mut Violations<'_>) {
    if let Field::Known(seconds) = integer(node, "expirationSeconds")
        && !(600..=4_294_967_296).contains(&seconds)
    {
        let field = out.field("expirationSeconds").into_owned();
        out.at_field(
            node,
            "expirationSeconds",
            RULE,
            format!("`{field}` must be between 600 and 4294967296, not {seconds}"),
        );
    }
    user(node, "user", out);
    let Some(path) = string(node, "path") else { return };
    let place = node.get("path").known().unwrap_or(node).head();
    if path.is_empty() {
        out.at(volume, "missing-field", "a service account token needs a `path`").below(".path").shown_at(place);
    }
    for fault in formats::volume_file_path(path) {
        let message = format!("`{path}` is no valid path of a file: it must have {fault}");
        out.at(volume, RULE, message).below(".path").shown_at(place);
    }
}

/// Two sources cannot write the same file. (The server does not look at tokens here.)
fn collect_paths<'a>(
    volume: &Node,
    kind: &str,
    source: &'a Node,
    paths: &mut HashSet<&'a str>,
    out: &mut Violations<'_>,
) {
    let files: Vec<(&Node, &str)> = match kind {
        "clusterTrustBundle" => vec![(source, "path")],
        "podCertificate" => {
            ["credentialBundlePath", "keyPath", "certificateChainPath"].map(|wire| (source, wire)).into()
        }
        _ => items(source, "items").iter().map(|item| (item, "path")).collect(),
    };
    for (item, wire) in files {
        let Some(path) = string(item, wire).filter(|path| !path.is_empty()) else { continue };
        if !paths.insert(path) {
            let place = item.get(wire).known().unwrap_or(item).head();
            out.at(volume, RULE, format!("the file `{path}` comes from two sources")).shown_at(place);
        }
    }
}
