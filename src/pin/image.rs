//! Images as a registry knows them: host, repository, tag, digest.

use crate::pod::ImageReference;

/// The host that answers for `docker.io`.
const HUB_HOST: &str = "registry-1.docker.io";

/// An image in a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Image {
    /// The reference as written, without tag and digest.
    pub name: String,
    /// The registry's name, as in Docker's configuration: `docker.io`, `ghcr.io`, `localhost:5000`.
    pub registry: String,
    /// The repository: `library/busybox`.
    pub repository: String,
    /// The tag; `latest` where none is written.
    pub tag: String,
    /// The digest, where one is written.
    pub digest: Option<String>,
}

impl Image {
    /// Reads a reference; `None` where it is none, or has a digest and no tag: such an image never moves.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let reference = ImageReference::parse(text).ok()?;
        if reference.tag.is_none() && reference.digest.is_some() {
            return None;
        }
        let is_hub = matches!(reference.domain, None | Some("docker.io" | "index.docker.io"));
        let registry = if is_hub { "docker.io" } else { reference.domain.unwrap_or_default() };
        let plain = is_hub && !reference.path.contains('/');
        let repository = if plain { format!("library/{}", reference.path) } else { reference.path.to_owned() };
        let name = match reference.domain {
            Some(domain) => format!("{domain}/{}", reference.path),
            None => reference.path.to_owned(),
        };
        Some(Self {
            name,
            registry: registry.to_owned(),
            repository,
            tag: reference.tag.unwrap_or("latest").to_owned(),
            digest: reference.digest.map(str::to_owned),
        })
    }

    /// The host to talk to.
    #[must_use]
    pub fn host(&self) -> &str {
        if self.registry == "docker.io" { HUB_HOST } else { &self.registry }
    }

    /// The reference without a digest: `busybox:1.36`.
    #[must_use]
    pub fn tagged(&self) -> String {
        format!("{}:{}", self.name, self.tag)
    }

    /// The reference with a digest, its tag kept for the reader.
    #[must_use]
    pub fn pinned(&self, digest: &str) -> String {
        format!("{}@{digest}", self.tagged())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Image;

    #[test]
    fn names_lead_to_their_registries() {
        let place =
            |text: &str| Image::parse(text).map(|image| format!("{} {} {}", image.host(), image.repository, image.tag));
        assert_eq!(place("busybox").as_deref(), Some("registry-1.docker.io library/busybox latest"));
        assert_eq!(place("docker.io/grafana/loki:3").as_deref(), Some("registry-1.docker.io grafana/loki 3"));
        assert_eq!(place("localhost:5000/a:1").as_deref(), Some("localhost:5000 a 1"));
        assert_eq!(place("ghcr.io/acme/app:1.2").as_deref(), Some("ghcr.io acme/app 1.2"));
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(place(&format!("busybox@{digest}")), None);
        assert_eq!(place("Not An Image"), None);
        let image = Image::parse(&format!("ghcr.io/acme/app:1.2@{digest}")).unwrap();
        assert_eq!(image.digest.as_deref(), Some(digest.as_str()));
        assert_eq!(image.pinned("sha256:b"), "ghcr.io/acme/app:1.2@sha256:b");
    }
}
