//! Credentials that are written down where everybody can read them.
//!
//! A value is judged by its own shape first, then by the name of the variable that holds it. What only refers to a secret, or
//! stands for one, is none: paths, names of objects, `$(VARIABLE)`, placeholders.

use super::{Container, items};
use crate::tree::{Field, Node};

/// A credential in plain text.
#[derive(Clone, Copy, Debug)]
pub struct PlainSecret<'a> {
    /// The value.
    pub node: &'a Node,
    /// The environment variable that holds it; an argument otherwise.
    pub variable: Option<&'a str>,
    /// What its shape gives away: `a token of GitHub`; nothing where only the variable's name does.
    pub shape: Option<&'static str>,
}

impl<'a> Container<'a> {
    /// The credentials in its environment and its arguments.
    #[must_use]
    pub fn plain_secrets(&self) -> Vec<PlainSecret<'a>> {
        let mut found = Vec::new();
        for variable in items(Field::Known(self.node), "env").known {
            let Field::Known(node) = variable.get("value") else { continue };
            let (Some(value), Field::Known(name)) = (node.as_str(), variable.text("name")) else { continue };
            let shape = shape(value);
            if shape.is_some() || (names_secret(name) && may_be_secret(name, value)) {
                found.push(PlainSecret { node, variable: Some(name), shape });
            }
        }
        for wire in ["command", "args"] {
            for node in items(Field::Known(self.node), wire).known {
                let shape = node.as_str().and_then(shape);
                found.extend(shape.map(|shape| PlainSecret { node, variable: None, shape: Some(shape) }));
            }
        }
        found
    }
}

/// Credentials that begin in a way of their own, and how many characters follow at least.
const PREFIXES: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "an access key of AWS"),
    ("AIza", 35, "an API key of Google"),
    ("dapi", 32, "a token of Databricks"),
    ("dckr_pat_", 20, "a token of Docker"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("ghu_", 36, "a token of GitHub"),
    ("github_pat_", 40, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("hf_", 30, "a token of Hugging Face"),
    ("hvs.", 24, "a token of Vault"),
    ("npm_", 36, "a token of npm"),
    ("nvapi-", 40, "an API key of NVIDIA"),
    ("pypi-", 40, "a token of PyPI"),
    ("sk-ant-", 30, "an API key of Anthropic"),
    ("sk-proj-", 30, "an API key of OpenAI"),
    ("sk_live_", 20, "an API key of Stripe"),
    ("rk_live_", 20, "an API key of Stripe"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("xapp-", 20, "a token of Slack"),
];

/// What the shape of a text gives away.
fn shape(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    if has_url_password(text) {
        return Some("a password in a URL");
    }
    text.split(|character: char| !is_token_character(character)).find_map(|word| {
        let known = PREFIXES.iter().find(|(prefix, length, _)| {
            word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *length && is_random(rest))
        });
        known.map(|(_, _, what)| *what).or_else(|| is_web_token(word).then_some("a JSON web token"))
    })
}

const fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// Not an example from somebody's documentation: several different characters, no `EXAMPLE`.
fn is_random(text: &str) -> bool {
    let mut seen: Vec<u8> = text.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() > 6 && !is_placeholder(text)
}

/// `eyJ….eyJ….…`.
fn is_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    let long = |part: Option<&str>, start: &str| part.is_some_and(|part| part.starts_with(start) && part.len() > 16);
    long(parts.next(), "eyJ") && long(parts.next(), "eyJ") && parts.next().is_some_and(|part| part.len() > 16)
}

/// `scheme://user:password@host`.
fn has_url_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, word)| word);
        password.is_some_and(|password| !password.is_empty() && !is_reference(password) && !is_placeholder(password))
    })
}

/// Words at the end of a name that say: a secret.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "PASS",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "ACCESSKEY",
    "SECRETKEY",
    "PRIVATEKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "PAT",
];

/// What a `KEY` at the end of a name is the key to.
const KEY_WORDS: &[&str] =
    &["API", "ACCESS", "SECRET", "PRIVATE", "ENCRYPTION", "SIGNING", "AUTH", "MASTER", "ACCOUNT", "STORAGE", "LICENSE"];

/// Tokens of text, which language models read.
const TEXT_TOKENS: &[&str] = &[
    "PAD", "EOS", "BOS", "UNK", "MASK", "SEP", "CLS", "STOP", "SPECIAL", "MAX", "NUM", "IMAGE", "END", "START", "PER",
];

/// Whether a variable of this name holds a secret: its last words say so.
fn names_secret(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else { return false };
    let previous = before.last().map(String::as_str).unwrap_or_default();
    match last.as_str() {
        "KEY" => KEY_WORDS.contains(&previous),
        "TOKEN" => !TEXT_TOKENS.contains(&previous),
        // The working folder, and words that a short form may stand for.
        "PWD" | "PASS" | "PAT" => !before.is_empty() && previous != "OLD",
        word => SECRET_WORDS.contains(&word),
    }
}

/// The words of a name in capitals: `db_password`, `DB-PASSWORD`, `dbPassword` → `DB`, `PASSWORD`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut after_small = false;
    for character in name.chars() {
        let starts = character.is_ascii_uppercase() && after_small;
        if !character.is_ascii_alphabetic() || starts {
            words.push(String::new());
        }
        if character.is_ascii_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.push(character.to_ascii_uppercase());
        }
        after_small = character.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value may be the secret that its variable's name promises.
fn may_be_secret(name: &str, value: &str) -> bool {
    let is_password = name.to_ascii_uppercase().contains("PASS") || name.to_ascii_uppercase().contains("PWD");
    let number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null", "auto", "enabled", "disabled"];
    !(value.trim().len() < 3
        || (number && !is_password)
        || switch.iter().any(|word| value.eq_ignore_ascii_case(word))
        || is_reference(value)
        || is_placeholder(value)
        || is_stand_in(name, value)
        || (!is_password && is_object_name(value)))
}

/// A place or an expression that leads to the secret: a path, a URL, `$(OTHER)`, `{{ .Values.token }}`.
fn is_reference(value: &str) -> bool {
    const FILES: &[&str] = &[".json", ".pem", ".key", ".txt", ".yaml", ".yml", ".crt", ".env", ".toml", ".ini", ".p12"];
    let braces = value.contains("$(") || value.contains("${") || value.contains("{{") || value.starts_with('$');
    let path = value.starts_with(['/', '.', '~', '@']) || FILES.iter().any(|end| value.ends_with(end));
    let scheme = ["arn:", "vault:", "secret:", "file:", "env:", "ssm:", "awssm:", "sm:", "projects/", "secret/"];
    braces || path || value.contains("://") || scheme.iter().any(|start| value.starts_with(start))
}

/// What stands for a secret until somebody puts one there.
fn is_placeholder(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "changeme",
        "change-me",
        "change_me",
        "placeholder",
        "example",
        "dummy",
        "redacted",
        "replace",
        "todo",
        "your",
        "insert",
        "xxxx",
        "fake",
        "not-a-",
        "notreal",
        "unused",
        "sample",
        "fill-in",
        "set-me",
        "<",
    ];
    let lower = value.to_ascii_lowercase();
    let first = lower.chars().next();
    let one_character = lower.chars().all(|character| Some(character) == first);
    one_character || WORDS.iter().any(|word| lower.contains(word))
}

/// The variable's own name, words in capitals, or the beginning of a known key and no more.
fn is_stand_in(name: &str, value: &str) -> bool {
    let capitals = value.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-' | b' '));
    let cut_off = PREFIXES.iter().any(|(prefix, _, _)| value.starts_with(prefix)) && shape(value).is_none();
    capitals || cut_off || value.eq_ignore_ascii_case(name)
}

/// The name of a Secret or of an entry in it: small words joined by dashes, one of which says what it is.
fn is_object_name(value: &str) -> bool {
    const KINDS: &[&str] = &["secret", "secrets", "token", "credential", "credentials", "creds", "key", "keys", "auth"];
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'/');
    value.bytes().all(plain) && value.split(['-', '_', '/']).any(|word| KINDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_secret(name: &str, value: &str) -> bool {
        shape(value).is_some() || (names_secret(name) && may_be_secret(name, value))
    }

    #[test]
    fn names_and_values_agree() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("dbPassword", "s3cr3t!"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCY"),
            ("WANDB_API_KEY", "0123456789abcdef0123456789abcdef01234567"),
            ("MYSQL_PWD", "1234"),
            ("GITHUB_TOKEN", "some-opaque-value"),
            ("SLACK_TOKEN_1", "abcdefgh"),
        ] {
            assert!(is_secret(name, value), "{name}");
        }
    }

    #[test]
    fn what_only_refers_to_a_secret_is_none() {
        for (name, value) in [
            ("SECRET_NAME", "database"),
            ("TOKEN_PATH", "/var/run/secrets/token"),
            ("PASSWORD_FILE", "/etc/password"),
            ("DB_PASSWORD", "$(OTHER_PASSWORD)"),
            ("DB_PASSWORD", "{{ .Values.password }}"),
            ("DB_PASSWORD", "changeme"),
            ("DB_PASSWORD", "<your password>"),
            ("DB_PASSWORD", ""),
            ("API_TOKEN", "xxxxxxxx"),
            ("API_TOKEN", "https://vault.example.com/v1/token"),
            ("AUTH_SECRET", "my-app-secret"),
            ("GOOGLE_APPLICATION_CREDENTIALS", "/var/secrets/key.json"),
            ("GOOGLE_APPLICATION_CREDENTIALS", "key.json"),
            ("ALLOW_EMPTY_PASSWORD", "yes"),
            ("MAX_TOKEN", "4096"),
            ("PAD_TOKEN", "[PAD]"),
            ("TOKENIZERS_PARALLELISM", "false"),
            ("MAX_TOKENS", "512"),
            ("PWD", "/home/user"),
            ("PARTITION_KEY", "user_id"),
            ("SORT_KEY", "created"),
            ("HF_TOKEN", "true"),
            ("HF_TOKEN", "HF_TOKEN"),
            ("NGC_API_KEY", "nvapi-NVKEY"),
            ("API_KEY", "MY_KEY"),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("DATABASE_URL", "postgres://user@db:5432/app"),
            ("DATABASE_URL", "postgres://user:$(DB_PASSWORD)@db/app"),
        ] {
            assert!(!is_secret(name, value), "{name}={value}");
        }
    }

    #[test]
    fn some_values_give_themselves_away() {
        let random = "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5oQ7s";
        assert_eq!(shape(&format!("ghp_{random}")), Some("a token of GitHub"));
        assert_eq!(shape(&format!("--key=nvapi-{random}")), Some("an API key of NVIDIA"));
        assert_eq!(shape("AKIA2E0A8F3B244C9986"), Some("an access key of AWS"));
        assert_eq!(shape("postgres://app:hunter2@db/app"), Some("a password in a URL"));
        assert_eq!(shape("-----BEGIN RSA PRIVATE KEY-----\nMII"), Some("a private key"));
        assert_eq!(shape("hf_short"), None);
        assert_eq!(shape("ghcr.io/acme/train:1.0"), None);
        assert_eq!(shape("http://host:8080/a@b"), None);
    }
}
