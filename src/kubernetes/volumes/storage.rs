//! Volumes of storage systems: network file systems and the disks of clouds.

use super::require_all;
use crate::kubernetes::read::{entries, flag, integer, is_empty, is_given, items, string};
use crate::kubernetes::{Violations, formats, pod_spec};
use crate::tree::{Field, Node};

const RULE: &str = "invalid-volume-source";

/// Checks a source of one of these kinds; `false` when it is another kind.
pub fn check(kind: &str, node: &Node, out: &mut Violations<'_>) -> bool {
    let required: &[&str] = match kind {
        "azureFile" => &["secretName", "shareName"],
        "rbd" => &["image"],
        "glusterfs" => &["endpoints", "path"],
        "cinder" => &["volumeID"],
        "vsphereVolume" => &["volumePath"],
        "photonPersistentDisk" => &["pdID"],
        "portworxVolume" => &["volumeID"],
        "scaleIO" => &["gateway", "system", "volumeName"],
        "storageos" => &["volumeName"],
        "flexVolume" => &["driver"],
        "awsElasticBlockStore" => &["volumeID"],
        "gcePersistentDisk" => &["pdName"],
        "azureDisk" => &["diskName", "diskURI"],
        "nfs" => &["server", "path"],
        "cephfs" | "iscsi" | "fc" | "flocker" | "quobyte" => &[],
        _ => return false,
    };
    require_all(node, required, out);
    match kind {
        "rbd" | "cephfs" => {
            if is_empty(node, "monitors") {
                out.required(node, "monitors");
            }
        }
        "nfs" => absolute(node, out),
        "iscsi" => iscsi(node, out),
        "fc" => fibre_channel(node, out),
        "flocker" => flocker(node, out),
        "quobyte" => quobyte(node, out),
        "azureDisk" => azure_disk(node, out),
        "awsElasticBlockStore" | "gcePersistentDisk" => out.in_range(node, "partition", RULE, 0..=255),
        "flexVolume" => flex_options(node, out),
        "cinder" => named_secret(node, out),
        "storageos" => {
            named_secret(node, out);
            for wire in ["volumeName", "volumeNamespace"] {
                pod_spec::named(node, wire, formats::dns_label, out);
            }
        }
        _ => {}
    }
    true
}

fn named_secret(node: &Node, out: &mut Violations<'_>) {
    if let Some(secret) = node.get("secretRef").known() {
        require_all(secret, &["name"], out);
    }
}

fn absolute(node: &Node, out: &mut Violations<'_>) {
    if string(node, "path").is_some_and(|path| !path.is_empty() && !path.starts_with('/')) {
        out.at_field(node, "path", RULE, "the path must start with `/`");
    }
}

fn iscsi(node: &Node, out: &mut Violations<'_>) {
    require_all(node, &["targetPortal"], out);
    if out.require_text(node, "iqn") {
        qualified(node, "iqn", out);
    }
    out.in_range(node, "lun", RULE, 0..=255);
    let chap = flag(node, "chapAuthDiscovery") == Some(true) || flag(node, "chapAuthSession") == Some(true);
    if chap && node.get("secretRef").is_missing() {
        out.required(node, "secretRef");
    }
    if is_given(node, "initiatorName") && string(node, "initiatorName").is_some() {
        qualified(node, "initiatorName", out);
    }
}

/// The volume's name becomes a part of the initiator's.
pub fn iscsi_name_length(volume: &Node, node: &Node, out: &mut Violations<'_>) {
    let (Some(name), Some(portal)) = (string(volume, "name"), string(node, "targetPortal")) else { return };
    if is_given(node, "initiatorName") && name.len() + 1 + portal.len() > 64 {
        let message = "the volume's name and the target portal together must have at most 63 characters";
        out.at_field(volume, "name", RULE, message);
    }
}

/// An iSCSI name: `iqn.2016-04.com.example:disk`, `eui.` or `naa.` and a number.
fn qualified(node: &Node, wire: &str, out: &mut Violations<'_>) {
    let name = string(node, wire).unwrap_or_default();
    let number = |rest: &str, lengths: &[usize]| {
        lengths.contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let fits = if let Some(rest) = name.strip_prefix("eui.") {
        number(rest, &[16])
    } else if let Some(rest) = name.strip_prefix("naa.") {
        number(rest, &[32])
    } else {
        name.strip_prefix("iqn.").is_some_and(is_iqn)
    };
    if !fits {
        let shown = name.to_owned();
        out.at_field(node, wire, RULE, format!("`{shown}` is no iSCSI name such as `iqn.2016-04.com.example:disk`"));
    }
}

/// Behind `iqn.`: a year and month, a domain, a colon and a name.
fn is_iqn(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    if !(digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..7) && bytes.get(7) == Some(&b'.')) {
        return false;
    }
    let Some((domain, name)) = rest.get(8..).unwrap_or_default().split_once(':') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let allowed = |character: char| !",;*&$| \t\n\r\u{b}\u{c}".contains(character);
    !domain.is_empty() && domain.bytes().all(plain) && !name.is_empty() && name.chars().all(allowed)
}

fn fibre_channel(node: &Node, out: &mut Violations<'_>) {
    let given = |wire: &str| !items(node, wire).is_empty();
    let (no_targets, no_ids) = (is_empty(node, "targetWWNs"), is_empty(node, "wwids"));
    if no_targets && no_ids {
        out.at_field(node, "targetWWNs", RULE, "one of `targetWWNs` and `wwids` is needed");
    }
    if given("targetWWNs") && given("wwids") {
        out.at_field(node, "targetWWNs", RULE, "`targetWWNs` and `wwids` exclude each other");
    }
    if given("targetWWNs") && no_ids {
        match integer(node, "lun") {
            Field::Missing => {
                out.required(node, "lun");
            }
            _ => out.in_range(node, "lun", RULE, 0..=255),
        }
    }
}

fn flocker(node: &Node, out: &mut Violations<'_>) {
    let (name, id) = (string(node, "datasetName"), string(node, "datasetUUID"));
    match (name, id) {
        (Some(""), Some("")) => {
            out.at(node, RULE, "one of `datasetName` and `datasetUUID` is needed");
        }
        (Some(name), Some(id)) if !name.is_empty() && !id.is_empty() => {
            out.at(node, RULE, "`datasetName` and `datasetUUID` exclude each other");
        }
        _ => {}
    }
    if name.is_some_and(|name| name.contains('/')) {
        out.at_field(node, "datasetName", RULE, "the name must have no `/`");
    }
}

fn quobyte(node: &Node, out: &mut Violations<'_>) {
    if out.require_text(node, "registry")
        && let Some(registry) = string(node, "registry")
    {
        let pair = |part: &str| {
            part.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && !port.is_empty() || host.is_empty())
        };
        if !registry.split(',').all(|part| part.contains(':') && pair(part)) {
            out.at_field(node, "registry", RULE, "the registry must be a list of `host:port`, with commas");
        }
    }
    if string(node, "tenant").is_some_and(|tenant| tenant.len() >= 65) {
        out.at_field(node, "tenant", RULE, "the tenant must have fewer than 65 characters");
    }
    require_all(node, &["volume"], out);
}

fn azure_disk(node: &Node, out: &mut Violations<'_>) {
    // Only what is given is held against the lists; the server has defaults for the rest.
    if is_given(node, "cachingMode") {
        out.one_of(node, "cachingMode", &["None", "ReadOnly", "ReadWrite"]);
    }
    if is_given(node, "kind") {
        out.one_of(node, "kind", &["Dedicated", "Managed", "Shared"]);
    }
    let Some(uri) = string(node, "diskURI").filter(|uri| !uri.is_empty()) else { return };
    let managed = string(node, "kind") == Some("Managed");
    let prefix = if managed { "/subscriptions/" } else { "https://" };
    if string(node, "kind").is_some() && !uri.starts_with(prefix) {
        out.at_field(node, "diskURI", RULE, format!("the URI of such a disk must start with `{prefix}`"));
    }
}

fn flex_options(node: &Node, out: &mut Violations<'_>) {
    for entry in entries(node, "options") {
        let domain = entry.key.wire.split('/').next().unwrap_or_default();
        let reserved =
            ["kubernetes.io", "k8s.io"].iter().any(|own| domain == *own || domain.ends_with(&format!(".{own}")));
        if reserved {
            let message = format!("`{}` belongs to Kubernetes", entry.key.wire);
            out.at(&entry.value, RULE, message).shown_at(entry.key.location);
        }
    }
}
