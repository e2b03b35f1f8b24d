//! What the user's Docker configuration knows of registries.
//!
//! Helpers are named and never run: podlint starts no other programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What is known of one registry.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// Name and password.
    Password(String, String),
    /// A token that a token server exchanges for another.
    Identity(String),
    /// A token for the registry itself.
    Token(String),
    /// A helper program knows; its name.
    Helper(String),
}

/// Not even a log shows a password.
impl std::fmt::Debug for Login {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Password(..) => "Password(…)",
            Self::Identity(_) => "Identity(…)",
            Self::Token(_) => "Token(…)",
            Self::Helper(_) => "Helper(…)",
        })
    }
}

/// A Docker configuration.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    logins: Vec<(String, Login)>,
    store: Option<String>,
}

impl Credentials {
    /// Reads the text of a `config.json`.
    ///
    /// # Errors
    /// A sentence when it is no JSON object.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !config.is_object() {
            return Err("it is no JSON object".to_owned());
        }
        let entries = |key: &str| config.get(key).and_then(Value::as_object).into_iter().flatten();
        let helpers = entries("credHelpers").filter_map(|(registry, helper)| {
            Some((name(registry), Login::Helper(format!("docker-credential-{}", helper.as_str()?))))
        });
        let auths = entries("auths").filter_map(|(registry, auth)| Some((name(registry), login(auth)?)));
        let store = config.get("credsStore").and_then(Value::as_str).filter(|store| !store.is_empty());
        Ok(Self {
            logins: helpers.chain(auths).collect(),
            store: store.map(|store| format!("docker-credential-{store}")),
        })
    }

    /// What is known of a registry.
    #[must_use]
    pub fn of(&self, registry: &str) -> Option<Login> {
        let known = self.logins.iter().find(|(known, _)| *known == registry).map(|(_, login)| login.clone());
        known.or_else(|| self.store.clone().map(Login::Helper))
    }
}

/// The registry that a key of the configuration means: keys may be URLs, and Docker Hub's is an old one.
fn name(key: &str) -> String {
    let bare = key.trim_start_matches("https://").trim_start_matches("http://");
    let host = bare.split('/').next().unwrap_or_default();
    if matches!(host, "index.docker.io" | "registry-1.docker.io" | "docker.io") {
        "docker.io".into()
    } else {
        host.into()
    }
}

fn login(auth: &Value) -> Option<Login> {
    let text = |key: &str| auth.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(token) = text("identitytoken") {
        return Some(Login::Identity(token));
    }
    if let Some(token) = text("registrytoken") {
        return Some(Login::Token(token));
    }
    if let (Some(user), Some(password)) = (text("username"), text("password")) {
        return Some(Login::Password(user, password));
    }
    let decoded = STANDARD.decode(text("auth")?.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some(Login::Password(user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

/// The value of an `Authorization` header with name and password.
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Credentials, Login};

    #[test]
    fn docker_configurations_are_read() {
        let text = r#"{
            "auths": {
                "https://index.docker.io/v1/": {"auth": "dXNlcjpwYTpzcw=="},
                "ghcr.io": {"identitytoken": "t"},
                "plain.example.com": {"username": "u", "password": "p"},
                "empty.example.com": {}
            },
            "credHelpers": {"gcr.io": "gcloud"}
        }"#;
        let credentials = Credentials::parse(text).unwrap();
        assert_eq!(credentials.of("docker.io"), Some(Login::Password("user".into(), "pa:ss".into())));
        assert_eq!(credentials.of("ghcr.io"), Some(Login::Identity("t".into())));
        assert_eq!(credentials.of("plain.example.com"), Some(Login::Password("u".into(), "p".into())));
        assert_eq!(credentials.of("gcr.io"), Some(Login::Helper("docker-credential-gcloud".into())));
        assert_eq!(credentials.of("empty.example.com"), None);
        let store = Credentials::parse(r#"{"credsStore": "desktop", "auths": {"a.io": {}}}"#).unwrap();
        assert_eq!(store.of("a.io"), Some(Login::Helper("docker-credential-desktop".into())));
        assert!(Credentials::parse("[]").is_err());
        assert!(Credentials::parse("{").is_err());
        assert_eq!(format!("{credentials:?}").matches("pa:ss").count(), 0);
    }
}
