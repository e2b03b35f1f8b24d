//! The distribution API: which digest a tag has now.
//!
//! Source: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::challenge::Challenge;
use super::credentials::{Credentials, Login, basic};
use super::http::{Answer, Http};
use super::image::Image;

/// The kinds of manifests that a tag may name: what runs on many machines first.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, \
                      application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// How to talk to registries.
#[derive(Clone, Debug)]
pub struct Options {
    /// Registries that may be reached without TLS, beside those on this machine.
    pub insecure: Vec<String>,
    /// For one request.
    pub timeout: Duration,
    /// The longest wait that a registry may ask for.
    pub patience: Duration,
    /// The first wait before a failed request is made again.
    pub pause: Duration,
    /// Certificates, in PEM, of the authorities to trust instead of the usual ones.
    pub authorities: Option<Vec<u8>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            insecure: Vec::new(),
            timeout: Duration::from_secs(30),
            patience: Duration::from_secs(60),
            pause: Duration::from_millis(500),
            authorities: None,
        }
    }
}

/// Why a tag could not be looked up, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    pub(super) const fn new(message: String) -> Self {
        Self(message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Registries, with what they want to know of the user.
#[derive(Debug)]
pub struct Registry {
    http: Http,
    credentials: Credentials,
    /// The `Authorization` header that worked, by host and repository.
    granted: Mutex<HashMap<(String, String), String>>,
}

impl Registry {
    /// Registries for a user.
    ///
    /// # Errors
    /// A sentence when the certificates cannot be read.
    pub fn new(options: &Options, credentials: Credentials) -> Result<Self, String> {
        Ok(Self { http: Http::new(options)?, credentials, granted: Mutex::default() })
    }

    /// The digest that an image's tag has now.
    ///
    /// # Errors
    /// Why that is not known.
    pub fn digest(&self, image: &Image) -> Result<String, Problem> {
        let path = format!("/v2/{}/manifests/{}", image.repository, image.tag);
        let url = self.http.address(image.host(), &path);
        let key = (image.registry.clone(), image.repository.clone());
        let known = self.granted.lock().ok().and_then(|granted| granted.get(&key).cloned());
        let mut answer = self.ask(&url, known.as_deref())?;
        if answer.status == 401 {
            let authorization = self.authorize(image, &answer)?;
            answer = self.ask(&url, Some(&authorization))?;
            if answer.status != 401
                && let Ok(mut granted) = self.granted.lock()
            {
                granted.insert(key, authorization);
            }
        }
        match answer.status {
            200 => verified(&answer),
            401 | 403 => Err(self.refused(image, &answer)),
            404 => Err(Problem(format!("there is no tag `{}` of `{}`{}", image.tag, image.name, said(&answer)))),
            status => Err(Problem(format!("`{}` answers {status}{}", image.host(), said(&answer)))),
        }
    }

    fn ask(&self, url: &str, authorization: Option<&str>) -> Result<Answer, Problem> {
        let mut headers = vec![("Accept", ACCEPT)];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        self.http.get(url, &headers)
    }

    /// What to answer to a challenge: the `Authorization` header.
    fn authorize(&self, image: &Image, answer: &Answer) -> Result<String, Problem> {
        let challenges: Vec<Challenge> = answer.headers("www-authenticate").filter_map(Challenge::parse).collect();
        let login = self.credentials.of(&image.registry);
        if let Some(Login::Token(token)) = &login {
            return Ok(format!("Bearer {token}"));
        }
        let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
        match (bearer, login) {
            (Some(Challenge::Bearer { realm, service, scope }), login) => {
                let pull = format!("repository:{}:pull", image.repository);
                let scope = scope.as_deref().unwrap_or(&pull);
                self.token(realm, service.as_deref(), scope, login)
            }
            (_, Some(Login::Password(user, password))) if !challenges.is_empty() => Ok(basic(&user, &password)),
            _ => Err(self.refused(image, answer)),
        }
    }

    /// A token from a token server, with a login or without.
    fn token(&self, realm: &str, service: Option<&str>, scope: &str, login: Option<Login>) -> Result<String, Problem> {
        let service = service.unwrap_or_default();
        let answer = match login {
            Some(Login::Identity(token)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", token.as_str()),
                    ("client_id", "podlint"),
                    ("service", service),
                    ("scope", scope),
                ];
                self.http.post(realm, &form)?
            }
            login => {
                let separator = if realm.contains('?') { '&' } else { '?' };
                let url = format!("{realm}{separator}service={}&scope={}", escaped(service), escaped(scope));
                let header = match login {
                    Some(Login::Password(user, password)) => Some(basic(&user, &password)),
                    _ => None,
                };
                let headers: Vec<(&str, &str)> = header.iter().map(|value| ("Authorization", value.as_str())).collect();
                self.http.get(&url, &headers)?
            }
        };
        let value: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let token = ["token", "access_token"].iter().find_map(|name| value.get(name)?.as_str());
        match (answer.status, token) {
            (200, Some(token)) => Ok(format!("Bearer {token}")),
            (status, _) => Err(Problem(format!("the token server answers {status}{}", said(&answer)))),
        }
    }

    fn refused(&self, image: &Image, answer: &Answer) -> Problem {
        let registry = &image.registry;
        let hint = match self.credentials.of(registry) {
            Some(Login::Helper(helper)) => {
                format!(
                    "its login is kept by `{helper}`, and podlint runs no helpers; put an `auth` into a `config.json` and point DOCKER_CONFIG to its folder"
                )
            }
            Some(_) => "the login in Docker's configuration is not enough".to_owned(),
            None => format!("there is no login for it; try `docker login {registry}`"),
        };
        Problem(format!("`{registry}` answers {} for `{}`{}: {hint}", answer.status, image.repository, said(answer)))
    }
}

/// The digest of the bytes that came; what the registry claims must be the same.
fn verified(answer: &Answer) -> Result<String, Problem> {
    let hash = Sha256::digest(&answer.body);
    let digest = hash.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"));
    let manifest: Result<serde_json::Value, _> = serde_json::from_slice(&answer.body);
    let is_manifest =
        manifest.is_ok_and(|value| value.get("schemaVersion").and_then(serde_json::Value::as_u64) == Some(2));
    if !is_manifest {
        return Err(Problem("what the registry sent is no manifest of an image".to_owned()));
    }
    match answer.header("docker-content-digest") {
        Some(claimed) if claimed.starts_with("sha256:") && claimed != digest => Err(Problem(format!(
            "the registry claims {claimed}, and what it sent is {digest}: something on the way changed it"
        ))),
        _ => Ok(digest),
    }
}

/// The first error that a registry gives in words.
fn said(answer: &Answer) -> String {
    let value: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = value.get("errors").and_then(|errors| errors.get(0));
    let message = error.and_then(|error| error.get("message")?.as_str()).or_else(|| value.get("details")?.as_str());
    let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    message.map_or_else(String::new, |message| format!(" ({})", plain(message)))
}

/// Text as a part of a query.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
