//! Which versions of the Kubernetes Python client and of Flyte's SDKs a project has, from the files that say so.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::border::Border;
use super::open::read_text;
use crate::config::{ClientGeneration, FlyteVersion, keys};

/// Files that pin versions, the most exact first.
const FILES: &[&str] =
    &["uv.lock", "poetry.lock", "pylock.toml", "requirements.txt", "requirements.in", "pyproject.toml"];
/// Larger files are not searched.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// What the files of a project say about versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Of the Kubernetes Python client.
    pub client: Option<ClientGeneration>,
    /// The major version of that client, where only one is allowed.
    pub client_major: Option<u32>,
    /// Of the package `flyte`.
    pub flyte: Option<FlyteVersion>,
    /// Of the package `flytekit`.
    pub flytekit: Option<FlyteVersion>,
    /// The minor version of Python 3, where only one is allowed.
    pub python: Option<u8>,
}

/// Looks each folder up once.
#[derive(Debug, Default)]
pub struct Detector {
    folders: Mutex<HashMap<PathBuf, Versions>>,
    border: Arc<Border>,
}

impl Detector {
    /// A detector that has looked nowhere yet.
    #[must_use]
    pub fn new(border: Arc<Border>) -> Self {
        Self { border, ..Self::default() }
    }

    /// The versions that hold for a file: by its own metadata, else by the nearest file that names them.
    pub fn versions(&self, path: &Path, text: &str) -> Versions {
        let own = script_metadata(text).map(|block| Versions::read(&block, specifier)).unwrap_or_default();
        if own.is_complete() {
            return own;
        }
        own.or(self.of_folder(path, path.parent().unwrap_or_else(|| Path::new("."))))
    }

    fn of_folder(&self, file: &Path, folder: &Path) -> Versions {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        if let Ok(known) = self.folders.lock()
            && let Some(versions) = known.get(&folder)
        {
            return *versions;
        }
        let mut found = Versions::default();
        for folder in self.border.folders_of_settings(file) {
            found = in_folder(&folder, &self.border, found);
            if found.is_complete() {
                break;
            }
        }
        if let Ok(mut known) = self.folders.lock() {
            known.insert(folder, found);
        }
        found
    }
}

/// What a file says of a package, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `kubernetes`, `flyte` or `flytekit`.
    pub package: &'static str,
    /// The version, or the requirement.
    pub version: String,
    /// Which file.
    pub file: PathBuf,
}

/// What the nearest files say of each package, as [`Detector::versions`] takes it.
#[must_use]
pub fn told(path: &Path) -> Vec<Told> {
    let border = Border::new(&[path.to_owned()]);
    let folders = border.folders_of_settings(&if path.is_dir() { path.join("x") } else { path.to_owned() });
    let own = (!path.is_dir()).then(|| read_text(path, MAX_SIZE).ok()).flatten();
    let mut found: Vec<Told> = Vec::new();
    let mut take = |text: &str, file: &Path, read: fn(&str, &str) -> Option<String>| {
        for package in ["kubernetes", "flyte", "flytekit"] {
            let version = read(text, package).filter(|version| !version.is_empty());
            if let Some(version) = version.filter(|_| found.iter().all(|one| one.package != package)) {
                found.push(Told { package, version, file: file.to_owned() });
            }
        }
    };
    if let Some(block) = own.as_deref().and_then(script_metadata) {
        take(&block, path, specifier);
    }
    for (file, name) in folders.iter().flat_map(|folder| FILES.iter().map(move |name| (folder.join(name), *name))) {
        if let Some(text) = read_small(&border, &file) {
            take(&text, &file, if is_lock(name) { locked } else { specifier });
        }
    }
    found
}

fn is_lock(name: &str) -> bool {
    name.ends_with(".lock") || name == "pylock.toml"
}

fn read_small(border: &Border, path: &Path) -> Option<String> {
    std::fs::metadata(path).ok().filter(|_| border.admits(path, path)).and_then(|_| read_text(path, MAX_SIZE).ok())
}

impl Versions {
    fn read(text: &str, specifier: fn(&str, &str) -> Option<String>) -> Self {
        let client = specifier(text, "kubernetes");
        Self {
            client: client.as_deref().and_then(of_specifier),
            client_major: client.as_deref().and_then(major_of_specifier),
            flyte: specifier(text, "flyte").and_then(|found| FlyteVersion::of_specifier(&found)),
            flytekit: specifier(text, "flytekit").and_then(|found| FlyteVersion::of_specifier(&found)),
            python: required_python(text),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            client: self.client.or(other.client),
            client_major: if self.client.is_some() { self.client_major } else { other.client_major },
            flyte: self.flyte.or(other.flyte),
            flytekit: self.flytekit.or(other.flytekit),
            python: self.python.or(other.python),
        }
    }

    /// Nobody has both SDKs in one file.
    const fn is_complete(&self) -> bool {
        self.client.is_some() && (self.flyte.is_some() || self.flytekit.is_some())
    }
}

/// What the files of one folder say besides what is known.
fn in_folder(folder: &Path, border: &Border, known: Versions) -> Versions {
    FILES.iter().fold(known, |known, name| {
        let Some(text) = (!known.is_complete()).then(|| read_small(border, &folder.join(name))).flatten() else {
            return known;
        };
        known.or(Versions::read(&text, if is_lock(name) { locked } else { specifier }))
    })
}

/// The generation of a version such as `36`, `36.0.3` or `v37`.
#[must_use]
pub fn of_version(version: &str) -> Option<ClientGeneration> {
    keys::client(version)
}

/// What a lock file has of a package: `name = "kubernetes"`, and `version` in the lines behind it.
fn locked(text: &str, package: &str) -> Option<String> {
    let named = format!("name = \"{package}\"");
    let mut lines = text.lines().skip_while(|line| line.trim() != named);
    lines.next()?;
    let version = lines.take(4).find_map(|line| line.trim().strip_prefix("version = \""))?;
    Some(format!("=={}", version.trim_end_matches('"')))
}

/// What a list of requirements says of a package: `kubernetes==36.0.3`, `"flyte[tui]>=2.1,<3"`, `flyte = "^2.5"`.
fn specifier(text: &str, package: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let mut parts = line.split(['"', '\'']).map(str::trim);
        while let Some(part) = parts.next() {
            let Some(rest) = part.trim_start_matches('[').strip_prefix(package) else { continue };
            let rest = match rest.strip_prefix('[').and_then(|extras| extras.split_once(']')) {
                Some((_, behind)) => behind,
                None => rest,
            };
            let rest = rest.split(';').next().unwrap_or_default().trim();
            if rest == "=" {
                return parts.next().map(str::to_owned);
            }
            if rest.starts_with(['=', '<', '>', '~', '!', '(']) {
                return Some(rest.trim_matches(['(', ')']).to_owned());
            }
        }
        None
    })
}

/// `==36.0.3`, `>=29,<37`: the generation, where only one of them fits.
fn of_specifier(specifier: &str) -> Option<ClientGeneration> {
    let mut generation = None;
    for bound in specifier.split(',').map(str::trim) {
        let digits = bound.trim_start_matches(|c: char| !c.is_ascii_digit());
        let major: u32 = digits.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
        let operator = bound.get(..bound.len() - digits.len()).unwrap_or_default().trim();
        match operator {
            "" | "==" | "===" | "~=" | "^" => return of_version(digits),
            "<" if major <= 37 && major > 0 => generation = Some(ClientGeneration::UpTo36),
            "<=" if major <= 36 && major > 0 => generation = Some(ClientGeneration::UpTo36),
            ">=" if major >= 37 => generation = Some(ClientGeneration::From37),
            ">" if major >= 36 => generation = Some(ClientGeneration::From37),
            _ => {}
        }
    }
    generation
}

/// The only major version that a specifier such as `==36.0.3`, `~=36.0` or `^36` allows.
fn major_of_specifier(specifier: &str) -> Option<u32> {
    let digits = specifier.trim().trim_start_matches(|c: char| !c.is_ascii_digit());
    let operator = specifier.trim().strip_suffix(digits)?.trim();
    let is_exact = matches!(operator, "" | "==" | "===" | "^") || (operator == "~=" && digits.contains('.'));
    keys::client_major(digits).filter(|_| is_exact && !specifier.contains(','))
}

/// The only minor version of Python 3 that `requires-python` allows: `==3.11.*`, `>=3.11,<3.12`, `~=3.11.2`.
fn required_python(text: &str) -> Option<u8> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("requires-python"))?;
    let bounds = line.trim_start().strip_prefix('=')?.trim().trim_matches(['"', '\'']);
    let (mut lowest, mut end) = (None, None);
    for bound in bounds.split(',').map(str::trim) {
        let digits = bound.trim_start_matches(|c: char| !c.is_ascii_digit());
        let minor = digits.strip_prefix("3.").and_then(|rest| rest.split('.').next()?.parse::<u8>().ok());
        let has_patch = digits.split('.').count() > 2;
        match bound.get(..bound.len() - digits.len()).unwrap_or_default().trim() {
            "==" | "===" => return minor,
            "~=" if has_patch => return minor,
            ">=" | ">" => lowest = minor,
            "<" => end = minor,
            "<=" => end = minor.map(|minor| minor + 1),
            _ => {}
        }
    }
    lowest.filter(|lowest| end == Some(lowest + 1))
}

/// The `# /// script` block of a module.
fn script_metadata(text: &str) -> Option<String> {
    memchr::memmem::find(text.as_bytes(), b"# /// script")?;
    let mut lines = text.lines().skip_while(|line| line.trim() != "# /// script");
    lines.next()?;
    Some(
        lines
            .take_while(|line| line.trim() != "# ///")
            .map(|line| format!("{}\n", line.trim_start_matches('#')))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Version;

    #[test]
    fn python_is_known_where_only_one_is_allowed() {
        for (text, expected) in [
            ("requires-python = \">=3.11,<3.12\"", Some(11)),
            ("requires-python = \"==3.12.*\"", Some(12)),
            ("requires-python = \"~=3.10.2\"", Some(10)),
            ("requires-python = \">=3.10\"", None),
            ("requires-python = \">=3.10,<4\"", None),
            ("", None),
        ] {
            assert_eq!(required_python(text), expected, "{text}");
        }
    }

    #[test]
    fn specifiers_tell_the_generation_where_they_can() {
        use ClientGeneration::{From37, UpTo36};
        let cases = [
            ("kubernetes==36.0.3", Some(UpTo36)),
            ("kubernetes >= 29, < 37 ; python_version > '3.8'", Some(UpTo36)),
            ("dependencies = [\"flyte\", \"kubernetes>=37\"]", Some(From37)),
            ("kubernetes~=36.0", Some(UpTo36)),
            ("kubernetes = \"^36\"", Some(UpTo36)),
            ("kubernetes[adal]==37.0.1", Some(From37)),
            ("kubernetes", None),
            ("kubernetes>=29", None),
            ("kubernetes-asyncio==30", None),
            ("# kubernetes==36", None),
            ("kubernetes<=36", Some(UpTo36)),
        ];
        for (text, expected) in cases {
            assert_eq!(Versions::read(text, specifier).client, expected, "{text}");
        }
        let lock = "[[package]]\nname = \"kubernetes\"\nversion = \"37.0.2\"\n";
        assert_eq!(Versions::read(lock, locked).client, Some(From37));
        let script = "# /// script\n# dependencies = [\n#   \"kubernetes<37\",\n# ]\n# ///\nimport flyte\n";
        let found = script_metadata(script).map(|block| Versions::read(&block, specifier));
        assert_eq!(found.and_then(|versions| versions.client), Some(UpTo36));
    }

    #[test]
    fn the_sdks_are_told_apart() {
        let text = "flytekit==1.16.0\nflyte[tui]>=2.1\nflytekitplugins-ray==1.0\n";
        let found = Versions::read(text, specifier);
        assert_eq!(found.flytekit, Some(FlyteVersion::exactly(Version::new(1, 16, 0))));
        assert_eq!(found.flyte.and_then(|version| version.lowest), Some(Version::new(2, 1, 0)));
        assert_eq!(Versions::read("flyte\nflyteidl==1.2\n", specifier), Versions::default());
    }
}
