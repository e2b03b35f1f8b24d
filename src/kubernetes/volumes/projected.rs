//! Projected volumes: files from several sources in one folder.
//!
//! Source: <https://kubernetes.io/docs/concepts/storage/projected-volumes/>.

use std::collections::HashSet;

use super::{key_items, mode, require_all, sources::downward_items};
use crate::kubernetes::read::{given, integer, items, string, text};
use crate::kubernetes::{PodTemplate, Violations, formats};
use crate::tree::{Field, Node};

const RULE: &str = "invalid-volume-source";

/// Checks a projected volume.
pub fn check(pod: &PodTemplate<'_>, node: &Node, out: &mut Violations<'_>) {
    mode(node, "defaultMode", out);
    let mut paths = HashSet::new();
    for source in items(node, "sources") {
        // Two more kinds are behind feature gates that are off.
        let kinds = given(source, &["secret", "configMap", "downwardAPI", "serviceAccountToken"]);
        if kinds.len() > 1 {
            let place = kinds.get(1).map_or_else(|| source.head(), |(_, node)| node.head());
            out.at(source, RULE, "a projected source has one kind").shown_at(place);
        }
        let Some((kind, inner)) = kinds.first() else { continue };
        match *kind {
            "secret" | "configMap" => {
                require_all(inner, &["name"], out);
                key_items(inner, out);
            }
            "downwardAPI" => downward_items(inner, out),
            _ => token(pod, node, inner, out),
        }
        collect_paths(node, inner, &mut paths, out);
    }
}

fn token(pod: &PodTemplate<'_>, volume: &Node, node: &Node, out: &mut Violations<'_>) {
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
    let accounts = ["serviceAccountName", "serviceAccount"].map(|wire| text(pod.of_spec(wire)));
    if pod.is_pod() && accounts == [Some(""), Some("")] {
        let message = "a service account token needs the pod's `serviceAccountName`";
        out.at(node, "forbidden-combination", message).help("most servers fill in `default`; say so to be sure");
    }
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
fn collect_paths<'a>(volume: &Node, source: &'a Node, paths: &mut HashSet<&'a str>, out: &mut Violations<'_>) {
    for item in items(source, "items") {
        let Some(path) = string(item, "path").filter(|path| !path.is_empty()) else { continue };
        if !paths.insert(path) {
            let place = item.get("path").known().unwrap_or(item).head();
            out.at(volume, RULE, format!("the file `{path}` comes from two sources")).shown_at(place);
        }
    }
}
