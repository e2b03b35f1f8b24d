//! Certificates in projected volumes: bundles that the cluster trusts, and those of the pod itself.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/>.

use super::{require_all, user};
use crate::kubernetes::read::{entries, integer, is_given, string};
use crate::kubernetes::{Violations, formats, selectors};
use crate::tree::{Field, Node};

const RULE: &str = "invalid-volume-source";

/// Checks a bundle of trusted certificates: one by name, or all of a signer.
pub fn trust_bundle(node: &Node, out: &mut Violations<'_>) {
    match (is_given(node, "name"), is_given(node, "signerName")) {
        (true, true) => {
            out.at(node, "forbidden-combination", "`name` and `signerName` exclude each other");
        }
        (true, false) => bundle_name(node, out),
        (false, true) => {
            signer(node, out);
            if let Some(selector) = node.get("labelSelector").known() {
                selectors::check(selector, RULE, out);
            }
        }
        (false, false) if super::read::is_closed(node) => {
            out.at(node, "missing-field", "one of `name` and `signerName` is needed");
        }
        (false, false) => {}
    }
    require_all(node, &["path"], out);
    local_path(node, "path", out);
    user(node, "user", out);
}

fn bundle_name(node: &Node, out: &mut Violations<'_>) {
    if out.require_text(node, "name")
        && let Some(name) = node.get("name").known()
    {
        // In front of a colon is the signer.
        let own = name.as_str().map(|text| text.rsplit_once(':').map_or(text, |(_, own)| own));
        out.format(name, "invalid-name", "name", &own.map(formats::dns_subdomain).unwrap_or_default());
    }
    if is_given(node, "labelSelector") {
        out.at_field(node, "labelSelector", "forbidden-combination", "`labelSelector` goes with `signerName` only");
    }
}

/// A signer: `example.com/name`, the domain with a dot.
fn signer(node: &Node, out: &mut Violations<'_>) {
    if !out.require_text(node, "signerName") {
        return;
    }
    let Some(name) = string(node, "signerName") else { return };
    let fault = match name.split('/').collect::<Vec<_>>().as_slice() {
        [domain, _] if !domain.contains('.') => Some("a domain of at least two parts"),
        [domain, path] => {
            let domain = domain.len() <= 253 && domain.split('.').all(|part| formats::dns_label(part).is_empty());
            let path = path.split('.').all(|part| formats::dns_subdomain(part).is_empty());
            (!domain || !path || name.len() > 571)
                .then_some("a domain and a path of lower-case letters, digits and `-`")
        }
        _ => Some("a domain and a path, such as `example.com/name`"),
    };
    if let Some(fault) = fault {
        out.at_field(node, "signerName", RULE, format!("`{name}` is not a valid signer: it must have {fault}"));
    }
}

/// Checks a certificate that is made for the pod.
pub fn pod_certificate(node: &Node, out: &mut Violations<'_>) {
    const PATHS: [&str; 3] = ["credentialBundlePath", "keyPath", "certificateChainPath"];
    signer(node, out);
    annotations(node, out);
    user(node, "user", out);
    let kinds = &["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    if out.require_text(node, "keyType") {
        out.one_of(node, "keyType", kinds);
    }
    if let Field::Known(seconds) = integer(node, "maxExpirationSeconds") {
        let own = string(node, "signerName").and_then(|name| name.split('/').next());
        let kubernetes = own.is_some_and(|domain| domain == "kubernetes.io" || domain.ends_with(".kubernetes.io"));
        let most = if kubernetes { 86_400 } else { 7_862_400 };
        if !(3600..=most).contains(&seconds) {
            let message =
                format!("`{}` must be between 3600 and {most}, not {seconds}", out.field("maxExpirationSeconds"));
            out.at_field(node, "maxExpirationSeconds", RULE, message);
        }
    }
    PATHS.iter().for_each(|wire| local_path(node, wire, out));
    if PATHS.iter().all(|wire| string(node, wire) == Some("")) {
        let list = PATHS.map(|wire| format!("`{}`", out.field(wire)));
        out.at(node, "missing-field", format!("one of {} is needed", list.join(", ")));
    }
}

fn annotations(node: &Node, out: &mut Violations<'_>) {
    let Some(map) = node.get("userAnnotations").known() else { return };
    for entry in entries(node, "userAnnotations") {
        let key = &*entry.key.wire;
        let mut faults = formats::annotation_key(key);
        if faults.is_empty() && !key.contains('/') {
            faults.push("a domain: `example.com/name`");
        }
        for fault in faults {
            let message = format!("`{key}` is not a valid annotation key: it must have {fault}");
            out.at(map, "invalid-label", message).shown_at(entry.key.location);
        }
    }
}

fn local_path(node: &Node, wire: &str, out: &mut Violations<'_>) {
    let Some(path) = string(node, wire).filter(|path| !path.is_empty()) else { return };
    for fault in formats::volume_file_path(path) {
        let message = format!("`{path}` is not a valid path of a file: it must have {fault}");
        out.at_field(node, wire, RULE, message);
    }
}
