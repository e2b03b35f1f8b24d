//! The formats of names, labels, ports, paths and addresses that Kubernetes checks.
//!
//! Each function answers with what is wrong, one sentence a broken sub-rule, empty when the text is fine: the API
//! server too reports each sub-rule by itself. Lengths are bytes.
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/> and
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set>.

/// What is wrong with a text.
pub type Faults = Vec<&'static str>;

const LABEL_RULE: &str = "only lower-case letters, digits and `-`, with a letter or digit at both ends";
const SUBDOMAIN_RULE: &str =
    "only lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
const QUALIFIED_RULE: &str = "only letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";

/// An RFC 1123 label: names of containers, volumes, namespaces.
#[must_use]
pub fn dns_label(text: &str) -> Faults {
    let mut faults = too_long(text, 63, "at most 63 characters");
    if !is_label(text, false) {
        faults.push(if is_subdomain(text, false) { "no dots" } else { LABEL_RULE });
    }
    faults
}

/// An RFC 1123 subdomain: names of most objects.
#[must_use]
pub fn dns_subdomain(text: &str) -> Faults {
    let mut faults = too_long(text, 253, "at most 253 characters");
    if !is_subdomain(text, false) {
        faults.push(SUBDOMAIN_RULE);
    }
    faults
}

/// A DNS search path element: a subdomain whose parts may hold and start with `_`.
#[must_use]
pub fn dns_search(text: &str) -> Faults {
    let mut faults = too_long(text, 253, "at most 253 characters");
    if !is_subdomain(text, true) {
        faults.push(
            "only lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends of each part",
        );
    }
    faults
}

/// A subdomain as a prefix of a generated name: a trailing `-` is tolerated.
#[must_use]
pub fn generated_subdomain(text: &str) -> Faults {
    dns_subdomain(&masked(text))
}

/// A prefix of a generated name as the server looks at it: with an `a` in the place of a trailing `-` and what is before that.
#[must_use]
pub fn masked(text: &str) -> std::borrow::Cow<'_, str> {
    match text.strip_suffix('-') {
        Some(head) if !head.is_empty() => {
            let kept = head.chars().count().saturating_sub(1);
            head.chars().take(kept).chain(['a']).collect::<String>().into()
        }
        _ => text.into(),
    }
}

/// A label or annotation key, a finalizer, an extended resource: an optional DNS prefix, `/` and a name.
#[must_use]
pub fn qualified_name(text: &str) -> Faults {
    let mut faults = Faults::new();
    let mut parts = text.split('/');
    let name = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, _) => name,
        (Some(""), Some(name), None) => {
            faults.push("a prefix before the `/`");
            name
        }
        (Some(prefix), Some(name), None) => {
            faults.extend(dns_subdomain(prefix));
            name
        }
        _ => return vec!["a name of letters, digits, `-`, `_` and `.`, with at most one DNS prefix and `/`"],
    };
    if name.is_empty() {
        faults.push("a name that is not empty");
    }
    faults.extend(too_long(name, 63, "a name of at most 63 characters"));
    if !is_qualified_part(name) {
        faults.push(QUALIFIED_RULE);
    }
    faults
}

/// The value of a label; may be empty.
#[must_use]
pub fn label_value(text: &str) -> Faults {
    let mut faults = too_long(text, 63, "at most 63 characters");
    if !text.is_empty() && !is_qualified_part(text) {
        faults.push(QUALIFIED_RULE);
    }
    faults
}

/// The key of an annotation: letter case does not matter.
#[must_use]
pub fn annotation_key(text: &str) -> Faults {
    qualified_name(&text.to_lowercase())
}

/// The name of a port (an IANA service name): five rules, each on its own.
#[must_use]
pub fn port_name(text: &str) -> Faults {
    let mut faults = too_long(text, 15, "at most 15 characters");
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || !text.bytes().all(plain) {
        faults.push("only lower-case letters, digits and `-`");
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        faults.push("at least one letter");
    }
    if text.contains("--") {
        faults.push("no `--`");
    }
    if text.starts_with('-') || text.ends_with('-') {
        faults.push("no `-` at either end");
    }
    faults
}

/// The name of an environment variable (relaxed since Kubernetes 1.32): printable ASCII without `=`.
#[must_use]
pub fn env_name(text: &str) -> Faults {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'=';
    if text.is_empty() || !text.bytes().all(printable) {
        return vec!["only printable ASCII characters other than `=`, and at least one"];
    }
    Faults::new()
}

/// The same before Kubernetes 1.32: a name of C with dots and dashes.
#[must_use]
pub fn strict_env_name(text: &str) -> Faults {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut faults = Faults::new();
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) || !text.bytes().all(plain) {
        faults.push("only letters, digits, `-`, `_` and `.`, and no digit at the start");
    }
    match text {
        "." => faults.push("not `.`"),
        ".." => faults.push("not `..`"),
        _ if text.starts_with("..") => faults.push("no `..` at the start"),
        _ => {}
    }
    faults
}

/// A key of a ConfigMap or Secret.
#[must_use]
pub fn config_key(text: &str) -> Faults {
    let mut faults = too_long(text, 253, "at most 253 characters");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if text.is_empty() || !text.bytes().all(plain) {
        faults.push("only letters, digits, `-`, `_` and `.`");
    }
    match text {
        "." => faults.push("not `.`"),
        ".." => faults.push("not `..`"),
        _ if text.starts_with("..") => faults.push("no `..` at the start"),
        _ => {}
    }
    faults
}

/// The name of an HTTP header.
#[must_use]
pub fn http_header_name(text: &str) -> Faults {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return vec!["only letters, digits and `-`"];
    }
    Faults::new()
}

/// An IP address; like the API server's older check, leading zeros pass.
#[must_use]
pub fn ip_address(text: &str) -> Faults {
    if parse_ip(text).is_some() { Faults::new() } else { vec!["an IP address, such as `10.9.8.7` or `2001:db8::ffff`"] }
}

/// An IP address without leading zeros, and IPv4 not as a part of IPv6: what newer servers take.
#[must_use]
pub fn strict_ip_address(text: &str) -> Faults {
    match parse_ip(text) {
        None => ip_address(text),
        Some(std::net::IpAddr::V6(six)) if six.to_ipv4_mapped().is_some() => vec!["an IPv4 address in its own form"],
        Some(_) if text.parse::<std::net::IpAddr>().is_err() => vec!["an IP address without leading zeros"],
        Some(_) => Faults::new(),
    }
}

/// The address that a text means, leading zeros in IPv4 parts ignored.
#[must_use]
pub fn parse_ip(text: &str) -> Option<std::net::IpAddr> {
    if text.len() > 64 {
        return None;
    }
    let (head, v4) = match text.rfind(':') {
        Some(colon) if text.contains('.') => text.split_at(colon + 1),
        Some(_) => (text, ""),
        None => ("", text),
    };
    let parts: Vec<&str> = if v4.is_empty() { Vec::new() } else { v4.split('.').collect() };
    let parts: Vec<String> = parts.into_iter().map(without_leading_zeros).collect();
    format!("{head}{}", parts.join(".")).parse().ok()
}

fn without_leading_zeros(part: &str) -> String {
    let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match part.trim_start_matches('0') {
        "" if digits => "0".to_owned(),
        rest if digits => rest.to_owned(),
        _ => part.to_owned(),
    }
}

/// A path below a directory: relative and without `..` elements.
#[must_use]
pub fn descending_path(text: &str) -> Faults {
    let mut faults = Faults::new();
    if text.starts_with('/') {
        faults.push("a relative path");
    }
    faults.extend(no_parent_steps(text));
    faults
}

/// A path of a file in a volume: descending, and no name at its start that begins with `..`.
#[must_use]
pub fn volume_file_path(text: &str) -> Faults {
    let mut faults = descending_path(text);
    if text.starts_with("..") && !text.starts_with("../") {
        faults.push("no `..` at the start");
    }
    faults
}

/// A path without `..` elements.
#[must_use]
pub fn no_parent_steps(text: &str) -> Faults {
    if text.split('/').any(|element| element == "..") { vec!["no `..`"] } else { Faults::new() }
}

/// The name of a kernel parameter, with dots or slashes.
#[must_use]
pub fn is_sysctl_name(text: &str) -> bool {
    text.len() <= 253 && text.split(['.', '/']).all(|part| is_label(part, true) && !part.starts_with('_'))
}

fn too_long(text: &str, limit: usize, fault: &'static str) -> Faults {
    if text.len() > limit { vec![fault] } else { Faults::new() }
}

/// A DNS label of any length; with `underscore`, `_` may stand at its start and inside.
fn is_label(text: &str, underscore: bool) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let text = if underscore { text.strip_prefix('_').unwrap_or(text) } else { text };
    let bytes = text.as_bytes();
    let ends = bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
    ends && bytes.iter().all(|byte| plain(*byte) || *byte == b'-' || (underscore && *byte == b'_'))
}

fn is_subdomain(text: &str, underscore: bool) -> bool {
    text.split('.').all(|part| is_label(part, underscore))
}

fn is_qualified_part(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    ends(bytes.first())
        && ends(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_subdomains() {
        assert!(dns_label("primary-1").is_empty());
        assert_eq!(dns_label("a.b"), ["no dots"]);
        assert_eq!(dns_label("A"), [LABEL_RULE]);
        assert_eq!(dns_label(&"A".repeat(64)).len(), 2);
        assert_eq!(dns_label("").len(), 1);
        assert!(dns_subdomain("a.b-c.d").is_empty());
        assert!(!dns_subdomain("a..b").is_empty());
        assert!(dns_search("_srv._tcp.local").is_empty());
        assert!(generated_subdomain("config-").is_empty());
        assert!(!generated_subdomain("Config-").is_empty());
    }

    #[test]
    fn qualified_names() {
        assert!(qualified_name("example.com/My_Name").is_empty());
        assert_eq!(qualified_name("/name").len(), 1);
        assert_eq!(qualified_name("example.com/").len(), 2);
        assert_eq!(qualified_name("a/b/c").len(), 1);
        assert!(annotation_key("Example.COM/x").is_empty());
        assert!(!qualified_name("Example.com/x").is_empty());
    }

    #[test]
    fn port_names_break_rules_one_by_one() {
        assert!(port_name("http").is_empty());
        assert_eq!(port_name("80").len(), 1);
        assert_eq!(port_name("").len(), 2);
        assert_eq!(port_name("-A--").len(), 4);
    }

    #[test]
    fn addresses() {
        for good in ["10.0.0.1", "010.1.2.3", "::ffff:1.2.3.4", "::1", "2001:db8::1"] {
            assert!(ip_address(good).is_empty(), "{good}");
        }
        for bad in ["", "1.2.3", "1.2.3.4/24", " 1.2.3.4", "fe80::1%eth0", "1..2.3", "a.b.c.d"] {
            assert!(!ip_address(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn paths_and_keys() {
        assert_eq!(descending_path("/a/../b").len(), 2);
        assert!(descending_path("..a").is_empty());
        assert_eq!(volume_file_path("..a").len(), 1);
        assert!(config_key("a.b_c-D").is_empty());
        assert_eq!(config_key("..").len(), 1);
        assert!(is_sysctl_name("net/ipv4.tcp_syncookies"));
        assert!(!is_sysctl_name("net..x"));
    }
}
