//! Versions of Flyte's SDKs and of Kubernetes, as projects and clusters write them.

use crate::schema::kubernetes::VERSIONS;

/// One version: `2.11.2`, `2.0.0b52`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
    /// Not `a`, `b` or `rc`; these come before it.
    is_release: bool,
}

/// Which versions of an SDK a project may have; both ends are included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlyteVersion {
    /// The oldest, where something says so.
    pub lowest: Option<Version>,
    /// The newest, where something says so.
    pub highest: Option<Version>,
}

/// A version of Kubernetes that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KubernetesVersion {
    /// The minor version that stands for it, 1.x: the newest known for one that is newer.
    pub minor: u8,
    /// The minor version as written.
    pub asked: u32,
}

impl KubernetesVersion {
    /// Reads `1.34`, and what clusters answer: `v1.34.1`, `1.34+`, `1.34.1-eks-113cf36`, `v1.34.1+k3s1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix(['v', 'V']).unwrap_or(text).strip_prefix("1.")?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at(end);
        let asked: u32 = digits.parse().ok()?;
        let marked = rest.is_empty() || rest.starts_with(['+', '-']);
        let patched = rest.strip_prefix('.').is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()));
        let minor = u8::try_from(asked).unwrap_or(u8::MAX).min(*VERSIONS.end());
        ((marked || patched) && VERSIONS.contains(&minor)).then_some(Self { minor, asked })
    }

    /// The sentence that a newer version than the known ones is asked for.
    #[must_use]
    pub fn note(self) -> Option<String> {
        let newest = *VERSIONS.end();
        (self.asked > u32::from(newest))
            .then(|| format!("Kubernetes 1.{} is not known yet: files are checked for 1.{newest}", self.asked))
    }
}

impl Version {
    /// A release.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch, is_release: true }
    }

    /// Reads `2`, `2.5`, `v2.11.2`, `2.0.0b52`, `2.4.0.dev1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('v');
        let mut parts = text.split('.');
        let mut number = |required: bool| match parts.next() {
            None => (!required).then_some((0, true)),
            Some("*") if !required => Some((0, true)),
            Some(part) => {
                let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let rest = part.get(digits..)?;
                Some((part.get(..digits)?.parse().ok()?, rest.is_empty() || rest.starts_with(['+', '-', 'p'])))
            }
        };
        let (major, _) = number(true)?;
        let (minor, _) = number(false)?;
        let (patch, is_plain) = number(false)?;
        Some(Self { major, minor, patch, is_release: is_plain && !text.contains("dev") })
    }

    /// The major number: 1 is flytekit, from 2 on it is flyte.
    #[must_use]
    pub const fn major(self) -> u32 {
        self.major
    }
}

impl FlyteVersion {
    /// One version and no other.
    #[must_use]
    pub const fn exactly(version: Version) -> Self {
        Self { lowest: Some(version), highest: Some(version) }
    }

    /// Reads a requirement: `==2.5.0`, `>=2.0.0b52,<3`, `~=2.5`, `^2.5`.
    #[must_use]
    pub fn of_specifier(specifier: &str) -> Option<Self> {
        let mut found = Self { lowest: None, highest: None };
        for bound in specifier.split(',').map(str::trim).filter(|bound| !bound.is_empty()) {
            let digits = bound.trim_start_matches(|c: char| !c.is_ascii_digit());
            let operator = bound.get(..bound.len() - digits.len()).unwrap_or_default().trim();
            let Some(version) = Version::parse(digits) else { continue };
            match operator {
                "" | "==" | "===" if digits.ends_with('*') => found.lowest = Some(version),
                "" | "==" | "===" => return Some(Self::exactly(version)),
                ">=" | ">" | "~=" | "^" | "~" => found.lowest = Some(version),
                "<=" | "<" => found.highest = Some(version),
                _ => {}
            }
        }
        (found.lowest.is_some() || found.highest.is_some()).then_some(found)
    }

    /// Every version that it may be is older.
    #[must_use]
    pub fn is_before(&self, version: Version) -> bool {
        self.highest.is_some_and(|highest| highest < version)
    }

    /// The project allows an older version.
    #[must_use]
    pub fn may_be_before(&self, version: Version) -> bool {
        self.is_before(version) || self.lowest.is_some_and(|lowest| lowest < version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        let version = |text: &str| Version::parse(text).expect("a version");
        assert!(version("2.0.0b52") < version("2.0.0"));
        assert!(version("2.5.9") < version("2.5.10"));
        assert_eq!(version("2"), Version::new(2, 0, 0));
        assert_eq!(version("v2.11.2"), Version::new(2, 11, 2));
        assert_eq!(version("1.16.31").major(), 1);
        assert!(version("2.4.0.dev1") < version("2.4.0"));
        assert!(["", "x", "2.x", "-1"].iter().all(|text| Version::parse(text).is_none()));
    }

    #[test]
    fn kubernetes_is_read_as_clusters_say_it() {
        let minor = |text: &str| KubernetesVersion::parse(text).map(|version| version.minor);
        for text in ["1.34", "v1.34.1", "1.34+", "1.34.1-eks-113cf36", "v1.34.1+k3s1", "1.34.0-gke.1200", " 1.34 "] {
            assert_eq!(minor(text), Some(34), "{text}");
        }
        for text in ["1.26", "2.34", "1.", "1.34x", "1.34.", "1.34.x", "34", ""] {
            assert_eq!(minor(text), None, "{text}");
        }
        let newer = KubernetesVersion::parse("1.99.1").expect("a version");
        assert!(newer.minor == *VERSIONS.end() && newer.note().is_some_and(|note| note.contains("1.99")));
        assert_eq!(KubernetesVersion::parse("1.30").and_then(KubernetesVersion::note), None);
    }

    #[test]
    fn requirements_say_which_versions_may_be_there() {
        let since = Version::new(2, 11, 2);
        let cases = [
            ("==2.5.0", true, true),
            ("2.11.1", true, true),
            (">=2.0.0b52", false, true),
            (">=2.0.0b52,<2.5", true, true),
            ("~=2.12", false, false),
            ("^2.4", false, true),
            ("==2.11.2", false, false),
            ("<3", false, false),
            ("==2.*", false, true),
        ];
        for (text, before, may_be) in cases {
            let found = FlyteVersion::of_specifier(text).expect("a range");
            assert_eq!((found.is_before(since), found.may_be_before(since)), (before, may_be), "{text}");
        }
        assert_eq!(FlyteVersion::of_specifier(" "), None);
    }
}
