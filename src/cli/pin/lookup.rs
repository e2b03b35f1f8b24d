//! Asking registries: which tags, as whom, and how many at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rayon::prelude::*;

use super::Found;
use crate::cli::arguments::PinArguments;
use crate::pin::{Credentials, Image, Lock, Options, Registry};
use crate::project::{read_bytes, read_text, reason};

/// Larger files hold neither certificates nor logins.
const MAX_SIZE: u64 = 16 * 1024 * 1024;
/// Registries are asked for this many tags at a time.
pub const AT_A_TIME: usize = 4;

/// Digests by reference without digest; a sentence where one could not be looked up.
pub type Digests = BTreeMap<String, Result<String, String>>;

/// Looks up what the run needs to know, each tag once.
///
/// # Errors
/// A sentence when the user's configuration cannot be read.
pub fn look_up(arguments: &PinArguments, found: &[Found], lock: Option<&Lock>) -> Result<Digests, String> {
    let is_needed = |image: &&Image| {
        let is_pinned = match lock {
            Some(lock) => lock.images.contains_key(&image.tagged()),
            None => image.digest.is_some(),
        };
        // What is not pinned need not be looked up to say so.
        if arguments.check { is_pinned } else { arguments.update || !is_pinned }
    };
    let images: BTreeSet<Image> =
        found.iter().map(|found| &found.image).filter(is_needed).map(without_digest).collect();
    if images.is_empty() {
        return Ok(Digests::new());
    }
    let registry = Registry::new(&options(arguments)?, credentials()?)?;
    let look = |image: &Image| (image.tagged(), registry.digest(image).map_err(|problem| problem.to_string()));
    Ok(images.par_iter().map(look).collect::<Vec<_>>().into_iter().collect())
}

fn without_digest(image: &Image) -> Image {
    Image { digest: None, ..image.clone() }
}

fn options(arguments: &PinArguments) -> Result<Options, String> {
    let read = |path: &PathBuf| {
        read_bytes(path, MAX_SIZE).map_err(|error| format!("cannot read `{}`: {}", path.display(), reason(&error)))
    };
    Ok(Options {
        insecure: arguments.insecure_registry.clone(),
        timeout: Duration::from_secs(arguments.timeout),
        authorities: arguments.ca_file.as_ref().map(read).transpose()?,
        ..Options::default()
    })
}

/// What `docker login` left: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`; nothing where there is no file.
fn credentials() -> Result<Credentials, String> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".docker"));
    let Some(folder) = set("DOCKER_CONFIG").or_else(home) else { return Ok(Credentials::default()) };
    let path = folder.join("config.json");
    match read_text(&path, MAX_SIZE) {
        Ok(text) => Credentials::parse(&text).map_err(|why| format!("cannot read `{}`: {why}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Credentials::default()),
        Err(error) => Err(format!("cannot read `{}`: {}", path.display(), reason(&error))),
    }
}
