//! Volumes from the cluster itself: empty folders, host paths, ConfigMaps, Secrets, the pod's own fields, CSI drivers.

use super::{file_path, key_items, mode, require_all, user};
use crate::kubernetes::env::{Use, field_ref, resource_field_ref};
use crate::kubernetes::read::{items, string};
use crate::kubernetes::resources::quantity_of;
use crate::kubernetes::{Violations, formats};
use crate::tree::Node;

const RULE: &str = "invalid-volume-source";

/// Checks a source of one of these kinds.
pub fn check(kind: &str, node: &Node, out: &mut Violations<'_>) {
    match kind {
        "emptyDir" => empty_dir(node, out),
        "hostPath" => host_path(node, out),
        "secret" => {
            require_all(node, &["secretName"], out);
            mode(node, "defaultMode", out);
            user(node, "defaultUser", out);
            key_items(node, out);
        }
        "configMap" => {
            require_all(node, &["name"], out);
            mode(node, "defaultMode", out);
            user(node, "defaultUser", out);
            key_items(node, out);
        }
        "downwardAPI" => {
            mode(node, "defaultMode", out);
            user(node, "defaultUser", out);
            downward_items(node, out);
        }
        "csi" => csi(node, out),
        "gitRepo" => git_repo(node, out),
        _ => {}
    }
}

fn empty_dir(node: &Node, out: &mut Violations<'_>) {
    if let Some(limit) = node.get("sizeLimit").known()
        && quantity_of(limit).is_some_and(|quantity| quantity.is_negative())
    {
        out.at(limit, RULE, format!("`{}` must not be negative", out.field("sizeLimit")));
    }
    // 01777 in octal.
    out.in_range(node, "mode", RULE, 0..=1023);
}

fn host_path(node: &Node, out: &mut Violations<'_>) {
    if out.require_text(node, "path") {
        for fault in formats::no_parent_steps(string(node, "path").unwrap_or_default()) {
            out.at_field(node, "path", RULE, format!("the path must have {fault}"));
        }
    }
    out.one_of(
        node,
        "type",
        &["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
    );
}

/// Files with the pod's own fields; shared with projected volumes.
pub fn downward_items(node: &Node, out: &mut Violations<'_>) {
    for item in items(node, "items") {
        if out.require_text(item, "path") {
            file_path(item, out);
        }
        let (field, resource) = (item.get("fieldRef"), item.get("resourceFieldRef"));
        if field.is_missing() && resource.is_missing() {
            out.at_missing(item, &["fieldRef"], RULE, "a file needs one of `fieldRef` and `resourceFieldRef`")
                .parent_path();
        }
        if field.known().is_some() && !resource.is_missing() {
            out.at(item, "forbidden-combination", "`fieldRef` and `resourceFieldRef` exclude each other");
        }
        if let Some(field) = field.known() {
            field_ref(field, Use::File, out);
        } else if let Some(resource) = resource.known() {
            resource_field_ref(resource, Use::File, out);
        }
        mode(item, "mode", out);
        user(item, "user", out);
    }
}

fn csi(node: &Node, out: &mut Violations<'_>) {
    if out.require_text(node, "driver")
        && let Some(driver) = string(node, "driver")
    {
        if driver.len() > 63 {
            out.at_field(node, "driver", RULE, "the name of a driver must have at most 63 characters");
        }
        for fault in formats::dns_subdomain(&driver.to_lowercase()) {
            out.at_field(
                node,
                "driver",
                RULE,
                format!("`{driver}` is no valid name of a driver: it must have {fault}"),
            );
        }
    }
    let Some(secret) = node.get("nodePublishSecretRef").known() else { return };
    match string(secret, "name") {
        Some("") => {
            out.required(secret, "name");
        }
        Some(name) => {
            for fault in formats::dns_subdomain(name) {
                out.at_field(
                    secret,
                    "name",
                    RULE,
                    format!("`{name}` is no valid name of a secret: it must have {fault}"),
                );
            }
        }
        None => {}
    }
}

fn git_repo(node: &Node, out: &mut Violations<'_>) {
    require_all(node, &["repository"], out);
    for fault in string(node, "directory").map(formats::descending_path).unwrap_or_default() {
        out.at_field(node, "directory", RULE, format!("the folder must have {fault}"));
    }
}
