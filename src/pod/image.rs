//! Image references by the grammar of the OCI distribution: `domain:port/path:tag@digest`.
//!
//! Source: <https://pkg.go.dev/github.com/distribution/reference> and
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>.

use std::fmt;

use crate::tree::Piece;

/// A parsed image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageReference<'a> {
    /// The registry, with its port: `localhost:5000`.
    pub domain: Option<&'a str>,
    /// The repository in it: `library/nginx`.
    pub path: &'a str,
    /// What follows the colon.
    pub tag: Option<&'a str>,
    /// What follows the `@`.
    pub digest: Option<&'a str>,
}

/// Why a text is not an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// Nothing there.
    Empty,
    /// White space in it.
    WhiteSpace,
    /// More than 255 characters of name.
    TooLong,
    /// A path with capitals.
    UpperCase,
    /// A domain, or a port, out of shape.
    Domain,
    /// A path out of shape.
    Path,
    /// A tag out of shape, or longer than 128 characters.
    Tag,
    /// A digest out of shape, or of the wrong length.
    Digest,
}

impl fmt::Display for ImageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Empty => "it is empty",
            Self::WhiteSpace => "it contains white space",
            Self::TooLong => "its name is longer than 255 characters",
            Self::UpperCase => "the name of a repository must be lower case",
            Self::Domain => "the registry's name or port is malformed",
            Self::Path => "the repository's path is malformed",
            Self::Tag => "the tag is malformed",
            Self::Digest => "a digest is `sha256:` and 64 hexadecimal digits",
        })
    }
}

impl<'a> ImageReference<'a> {
    /// Parses a reference.
    ///
    /// # Errors
    /// What the first part is that does not fit the grammar.
    pub fn parse(text: &'a str) -> Result<Self, ImageError> {
        if text.is_empty() {
            return Err(ImageError::Empty);
        }
        if text.contains(char::is_whitespace) {
            return Err(ImageError::WhiteSpace);
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err(ImageError::Digest);
        }
        // A colon behind the last slash opens a tag; one before it belongs to a port.
        let (name, tag) = match rest.rfind(':').filter(|colon| rest.rfind('/').is_none_or(|slash| slash < *colon)) {
            Some(colon) => (rest.get(..colon).unwrap_or_default(), rest.get(colon + 1..)),
            None => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(ImageError::Tag);
        }
        let (domain, path) = split_domain(name);
        check_name(name, domain, path)?;
        Ok(Self { domain, path, tag, digest })
    }
}

impl ImageReference<'_> {
    /// Whether the image lies in a registry, or below a prefix of repositories in one: `ghcr.io`, `ghcr.io/acme`,
    /// `*.example.com`. Names without a registry are those of `docker.io`, plain ones in its `library`.
    #[must_use]
    pub fn is_in(&self, registry: &str) -> bool {
        let (host, prefix) =
            registry.trim_end_matches('/').split_once('/').unwrap_or((registry.trim_end_matches('/'), ""));
        let domain = self.domain.unwrap_or(DOCKER_HUB);
        let plain = is_host(DOCKER_HUB, domain) && !self.path.contains('/');
        let path = if plain { format!("library/{}", self.path) } else { self.path.to_owned() };
        let below = path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        is_host(host, domain) && (prefix.is_empty() || below)
    }
}

/// The registry of names without one.
const DOCKER_HUB: &str = "docker.io";

/// Whether a registry is the one that is meant; `*.example.com` means all below a domain.
#[must_use]
pub fn is_host(wanted: &str, domain: &str) -> bool {
    let plain = |host: &str| match host {
        "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB.to_owned(),
        other => other.to_ascii_lowercase(),
    };
    let (wanted, domain) = (plain(wanted), plain(domain));
    match wanted.strip_prefix('*') {
        Some(suffix) => domain.len() > suffix.len() && domain.ends_with(suffix),
        None => wanted == domain,
    }
}

fn check_name(name: &str, domain: Option<&str>, path: &str) -> Result<(), ImageError> {
    if name.len() > 255 {
        return Err(ImageError::TooLong);
    }
    if domain.is_some_and(|domain| !is_domain(domain)) {
        return Err(ImageError::Domain);
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(ImageError::UpperCase);
    }
    if path.split('/').all(is_path_component) { Ok(()) } else { Err(ImageError::Path) }
}

/// The first component is a domain when it looks like one: a dot, a port, or `localhost`.
fn split_domain(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':', '[']) || first == "localhost" || first.to_ascii_lowercase() != first =>
        {
            (Some(first), rest)
        }
        _ => (None, name),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            let plain = !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
            return plain && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
        }
        None => domain.split_once(':').map_or((domain, None), |(host, port)| (host, Some(port))),
    };
    port.is_none_or(is_port) && host.split('.').all(is_host_label)
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_host_label(label: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    ends(label.bytes().next())
        && ends(label.bytes().next_back())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Lower-case letters and digits, in groups joined by `.`, `_`, `__` or dashes.
fn is_path_component(component: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends = bytes.first().copied().is_some_and(plain) && bytes.last().copied().is_some_and(plain);
    let mut separators = component.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && separators.all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let length = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => hex.len() >= 32 && !algorithm.is_empty(),
    };
    is_hex && length
}

/// How firmly a reference names one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinning<'a> {
    /// By its content.
    Digest,
    /// By a tag that usually stays.
    Tag,
    /// By a tag that moves.
    Moving(&'a str),
    /// Not at all: `latest` is meant.
    Untagged,
}

impl<'a> Pinning<'a> {
    /// How firmly `reference` names an image; `moving` lists tags, in lower case, that move.
    #[must_use]
    pub fn of(reference: &ImageReference<'a>, moving: &[String]) -> Self {
        match (reference.digest, reference.tag) {
            (Some(_), _) => Self::Digest,
            (None, None) => Self::Untagged,
            (None, Some(tag)) if moving.contains(&tag.to_ascii_lowercase()) => Self::Moving(tag),
            (None, Some(_)) => Self::Tag,
        }
    }
}

/// Whether a partly known reference surely has no tag and no digest: `f"{registry}/app"` has none,
/// `f"{repository}:{tag}"` and `f"app{suffix}"` may.
#[must_use]
pub fn is_surely_untagged(pieces: &[Piece]) -> bool {
    let Some(Piece::Text(end)) = pieces.last() else { return false };
    let has_digest = pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('@')));
    // Behind a slash in the known end no hole can hold a tag.
    !has_digest && end.rsplit_once('/').is_some_and(|(_, name)| !name.is_empty() && !name.contains([':', '@']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<&str>, &str, Option<&str>, bool) {
        let reference = ImageReference::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (reference.domain, reference.path, reference.tag, reference.digest.is_some())
    }

    #[test]
    fn references_fall_into_their_parts() {
        let digest = format!("nginx@sha256:{}", "a1".repeat(32));
        assert_eq!(parts("nginx"), (None, "nginx", None, false));
        assert_eq!(parts("localhost:5000/app"), (Some("localhost:5000"), "app", None, false));
        assert_eq!(parts("localhost/app:1"), (Some("localhost"), "app", Some("1"), false));
        assert_eq!(parts("ghcr.io/acme/a__b.c-d:v1.0"), (Some("ghcr.io"), "acme/a__b.c-d", Some("v1.0"), false));
        assert_eq!(parts("prom/pushgateway:latest"), (None, "prom/pushgateway", Some("latest"), false));
        assert_eq!(parts("[::1]:5000/x"), (Some("[::1]:5000"), "x", None, false));
        assert_eq!(parts(&digest), (None, "nginx", None, true));
        assert_eq!(parts(&digest.replace("nginx@", "nginx:1.2@")), (None, "nginx", Some("1.2"), true));
    }

    #[test]
    fn images_lie_in_registries() {
        let is_in = |image: &str, registry: &str| ImageReference::parse(image).is_ok_and(|image| image.is_in(registry));
        assert!(is_in("ghcr.io/acme/train:1", "ghcr.io/acme"));
        assert!(is_in("ghcr.io/acme/train:1", "ghcr.io"));
        assert!(!is_in("ghcr.io/acme-evil/train:1", "ghcr.io/acme"));
        assert!(!is_in("ghcr.io.evil.com/acme/train:1", "ghcr.io"));
        assert!(is_in("nginx:1", "docker.io/library") && is_in("nginx:1", "docker.io"));
        assert!(is_in("prom/pushgateway:1", "index.docker.io/prom/"));
        assert!(is_in("1.dkr.ecr.eu-west-1.amazonaws.com/a:1", "*.amazonaws.com"));
        assert!(!is_in("amazonaws.com/a:1", "*.amazonaws.com"));
        assert!(is_in("localhost:5000/a", "localhost:5000"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("", ImageError::Empty),
            ("a b", ImageError::WhiteSpace),
            (" nginx", ImageError::WhiteSpace),
            ("Nginx", ImageError::UpperCase),
            ("ghcr.io/Acme/app", ImageError::UpperCase),
            ("nginx@sha256:abc", ImageError::Digest),
            ("nginx@", ImageError::Digest),
            ("nginx:", ImageError::Tag),
            ("nginx:-x", ImageError::Tag),
            ("nginx:a:b", ImageError::Path),
            ("a//b", ImageError::Path),
            ("a___b", ImageError::Path),
            ("-a", ImageError::Path),
            ("a.b-/x", ImageError::Domain),
            ("host.x:port/x", ImageError::Domain),
        ];
        for (text, error) in cases {
            assert_eq!(ImageReference::parse(text), Err(error), "{text}");
        }
        assert_eq!(ImageReference::parse(&"a/".repeat(130)), Err(ImageError::TooLong));
        assert_eq!(ImageReference::parse(&format!("a:{}", "x".repeat(129))), Err(ImageError::Tag));
    }

    #[test]
    fn a_partly_known_image_is_untagged_only_when_its_end_shows_it() {
        let text = |text: &str| Piece::Text(text.into());
        assert!(is_surely_untagged(&[Piece::Hole, text("/app")]));
        assert!(!is_surely_untagged(&[text("repo:"), Piece::Hole]));
        assert!(!is_surely_untagged(&[Piece::Hole, text("/app:1")]));
        assert!(!is_surely_untagged(&[Piece::Hole, text("-app")]));
        assert!(!is_surely_untagged(&[Piece::Hole, text("app/")]));
    }
}
