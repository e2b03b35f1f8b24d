//! The keys of the configuration: the one table behind reading, the JSON Schema, the documentation and `podlint config show`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::selection::PREVIEW;
use super::{ClientGeneration, Exemption, FlyteVersion, Globs, KubernetesVersion, Settings, Version};
use crate::diagnostic::{Authority, Severity};

/// A key and what it does to the settings.
#[derive(Clone, Copy)]
pub struct Key {
    /// Its name, with the tables before it: `sidecars.limits-for`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it says.
    pub about: &'static str,
    /// Puts a valid value into the settings.
    pub set: fn(&mut Settings, &Value),
    /// The value in settings; null where it is not a setting of files.
    pub get: fn(&Settings) -> Value,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number from 1 up to this.
    Count(u64),
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A text or a list of texts.
    TextOrTexts,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of such words.
    Words(&'static [&'static str]),
    /// A list of rules.
    Rules,
    /// A table: rules with their severities.
    Severities,
    /// A table: kinds of manifests with paths in them.
    Paths,
    /// A Kubernetes version.
    Kubernetes,
    /// A table: feature gates of Kubernetes, on or off.
    Gates,
    /// A version of the `kubernetes` package.
    Client,
    /// A version of Flyte's SDK.
    Flyte,
    /// A version of Python.
    Python,
    /// Tables of their own keys.
    Tables(&'static [(&'static str, Self, &'static str)]),
    /// Tables with patterns of paths and any other key.
    Overrides,
    /// A table of names with texts.
    Variables,
    /// Tables by name, with keys of their own and any other key.
    Environments,
}

/// The severities, and `off`.
pub const LEVELS: &[&str] = &["off", "info", "warning", "error"];
const SEVERITIES: &[&str] = &["info", "warning", "error"];
/// What `fail-on` takes.
pub const FAIL_ON: &[&str] = &["error", "warning", "info", "never"];
const AUTHORITIES: &[&str] = &["kubernetes", "kubelet", "flyte", "client", "python", "cluster", "practice"];
/// The profiles.
pub const PROFILES: &[&str] = &["default", "strict", "pss-baseline", "pss-restricted"];
/// The rules about sidecars, which `sidecars.exempt` silences.
pub const SIDECAR_RULES: &[&str] = &[
    "sidecar-image-unpinned",
    "sidecar-missing-image",
    "sidecar-missing-limits",
    "sidecar-missing-requests",
    "sidecar-never-finishes",
    "sidecar-outlives-nothing",
];

const EXEMPT: &[(&str, Kind, &str)] = &[
    ("rules", Kind::Rules, "the rules; without them all are meant"),
    ("containers", Kind::TextOrTexts, "patterns for names of containers"),
    ("templates", Kind::TextOrTexts, "patterns for names of templates"),
    ("namespaces", Kind::TextOrTexts, "patterns for namespaces of manifests"),
    ("labels", Kind::Variables, "labels that the pod or its manifest has, with patterns for their values"),
    ("paths", Kind::TextOrTexts, "patterns for paths, as in `exclude`"),
    ("reason", Kind::Text, "why"),
];

/// The keys of an environment, beside those that `overrides` takes.
pub const ENVIRONMENT: &[(&str, Kind, &str)] = &[
    ("cluster", Kind::TextOrTexts, "snapshots or lists of `kubectl get -o json` that describe its cluster"),
    ("cluster-complete", Kind::Bool, "whether these leave out no node and no object of the kinds that they hold"),
    ("namespace", Kind::Text, "the namespace of its pods, or a pattern such as `{project}-{domain}`"),
    ("base", Kind::Text, "the `PodTemplate` manifest that Flyte's backend lays under pods"),
    ("flyte-config", Kind::Text, "the file with Flyte's configuration, or the values of its Helm chart"),
    ("flyte-backend", Kind::Text, "the version of Flyte's backend"),
    ("policies", Kind::Texts, "policies that hold beside those of all environments"),
    ("policy-params", Kind::Texts, "parameters for them"),
    ("env", Kind::Variables, "environment variables that are set where the templates are made"),
];

const fn own(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, about, set: |_, _| {}, get: |_| Value::Null }
}

macro_rules! list {
    ($name:literal, $about:literal, $($field:ident).+) => {
        Key { name: $name, kind: Kind::Texts, about: $about,
            set: |settings, value| settings.$($field).+ = texts(value), get: |settings| json!(settings.$($field).+) }
    };
}

macro_rules! rules {
    ($name:literal, $about:literal, $field:ident) => {
        Key {
            name: $name,
            kind: Kind::Rules,
            about: $about,
            set: |settings, value| settings.$field.extend(texts(value)),
            get: |settings| json!(settings.$field),
        }
    };
}

/// More levels of nesting than a thread's stack has room for may not be allowed.
pub const MAX_DEPTH: u64 = 5000;

macro_rules! count {
    ($name:literal, $about:literal, $field:ident, $most:expr) => {
        Key {
            name: $name,
            kind: Kind::Count($most),
            about: $about,
            set: |settings, value| {
                let number = value.as_u64().unwrap_or_default();
                settings.limits.$field = number.try_into().unwrap_or(settings.limits.$field);
            },
            get: |settings| json!(settings.limits.$field),
        }
    };
}

/// All keys, in the order of the documentation.
pub static KEYS: &[Key] = &[
    own(
        "extend",
        Kind::TextOrTexts,
        "further files, from this file's folder, whose keys hold where this file has none",
    ),
    own("required-version", Kind::Text, "the versions of podlint that may use this file, such as `>=0.1, <0.3`"),
    own("profile", Kind::Word(PROFILES), "a set of rules to begin with"),
    Key {
        name: "select",
        kind: Kind::Rules,
        about: "only these rules run: names, groups such as `sidecars`, patterns such as `invalid-*`, or `all`",
        set: |settings, value| settings.select = texts(value).into_iter().collect(),
        get: |settings| json!(settings.select),
    },
    Key {
        name: "extend-select",
        kind: Kind::Rules,
        about: "these rules run as well; lists of several files and overrides add up",
        set: |settings, value| {
            for rule in texts(value) {
                settings.ignore.remove(&rule);
                settings.extend_select.insert(rule);
            }
        },
        get: |settings| json!(settings.extend_select),
    },
    Key {
        name: "preview",
        kind: Kind::Bool,
        about: "whether rules run that may still change or go",
        set: |settings, value| settings.preview = value.as_bool().unwrap_or_default(),
        get: |settings| json!(settings.preview),
    },
    rules!("ignore", "these rules do not run; lists of several files and overrides add up", ignore),
    Key {
        name: "rules",
        kind: Kind::Severities,
        about: "the severity of a rule; `off` turns it off, any other turns it on",
        set: |settings, value| {
            for (rule, level) in value.as_object().into_iter().flatten() {
                set_level(settings, rule, level.as_str().unwrap_or_default());
            }
        },
        get: |_| Value::Null,
    },
    rules!(
        "locked",
        "rules that no comment, annotation, `exempt`, `ignore`, `rules` or baseline silences; lists add up",
        locked
    ),
    Key {
        name: "minimum-severity",
        kind: Kind::Word(SEVERITIES),
        about: "milder findings are not reported",
        set: |settings, value| {
            settings.minimum_severity = severity(value.as_str().unwrap_or_default()).unwrap_or(Severity::Info);
        },
        get: |settings| json!(settings.minimum_severity.as_str()),
    },
    own("fail-on", Kind::Word(FAIL_ON), "the mildest finding that makes the exit code 1"),
    Key {
        name: "authorities",
        kind: Kind::Words(AUTHORITIES),
        about: "only what these would object to is reported",
        set: |settings, value| {
            let wanted = texts(value);
            let all = Authority::ALL.into_iter();
            settings.authorities = all.filter(|one| wanted.iter().any(|name| name == one.as_str())).collect();
        },
        get: |settings| json!(settings.authorities.iter().map(|one| one.as_str()).collect::<Vec<_>>()),
    },
    own("exclude", Kind::Texts, "patterns for files and folders that are not checked, as in `.gitignore`"),
    own("baseline", Kind::Text, "the file with known findings, from this file's folder"),
    Key {
        name: "ignores",
        kind: Kind::Bool,
        about: "whether comments and annotations silence findings",
        set: |settings, value| settings.ignores = value.as_bool().unwrap_or(true),
        get: |settings| json!(settings.ignores),
    },
    Key {
        name: "kubernetes-version",
        kind: Kind::Kubernetes,
        about: "the version of the cluster; the newest known where not set",
        set: |settings, value| settings.kubernetes_version = kubernetes(value.as_str().unwrap_or_default()),
        get: |settings| json!(settings.kubernetes_version.map(|minor| format!("1.{minor}"))),
    },
    Key {
        name: "feature-gates",
        kind: Kind::Gates,
        about: "feature gates that the cluster's API server has switched on or off, unlike its version's default",
        set: |settings, value| {
            let flipped = value.as_object().into_iter().flatten();
            settings.feature_gates.extend(flipped.map(|(name, on)| (name.clone(), on.as_bool().unwrap_or_default())));
        },
        get: |settings| json!(settings.feature_gates),
    },
    Key {
        name: "kubernetes-client",
        kind: Kind::Client,
        about: "the version of the `kubernetes` package; from lock files and requirements where not set",
        set: |settings, value| {
            let version = value.as_str().unwrap_or_default();
            settings.client = client(version).unwrap_or_default();
            settings.client_major = client_major(version);
        },
        get: |settings| match settings.client {
            ClientGeneration::UpTo36 => json!("36"),
            ClientGeneration::From37 => json!("37"),
            ClientGeneration::Unknown => Value::Null,
        },
    },
    Key {
        name: "flyte-version",
        kind: Kind::Flyte,
        about: "the version of `flyte` (2.x) or `flytekit` (1.x); from lock files and requirements where not set",
        set: |settings, value| {
            let Some(version) = Version::parse(value.as_str().unwrap_or_default()) else { return };
            let place = if version.major() < 2 { &mut settings.flytekit } else { &mut settings.flyte };
            *place = Some(FlyteVersion::exactly(version));
        },
        get: |_| Value::Null,
    },
    Key {
        name: "python-version",
        kind: Kind::Python,
        about: "the version of Python that the project runs on; from `requires-python` where that allows only one",
        set: |settings, value| settings.python = python(value.as_str().unwrap_or_default()),
        get: |settings| json!(settings.python.map(|minor| format!("3.{minor}"))),
    },
    list!(
        "selectors",
        "where further YAML holds pod templates: keys with dots between them, `*` for any key",
        selectors
    ),
    own(
        "render.base",
        Kind::Text,
        "the `PodTemplate` manifest, from this file's folder, that `podlint render` lays under pods",
    ),
    own(
        "render.spark-pod-templates",
        Kind::Bool,
        "whether the definition of `SparkApplication` in the cluster has pod templates, as newer operators bring it",
    ),
    own(
        "flyte-config",
        Kind::Text,
        "Flyte's own configuration or Helm values, from this file's folder: the settings of the cluster (`plugins.k8s`, \
         `task_resources`) by which its backend makes pods",
    ),
    own(
        "flyte-backend",
        Kind::Flyte,
        "the version of Flyte's backend, as 1.16.8 or 2.0.43: pods are made as the nearest known version makes them",
    ),
    list!(
        "knative-features",
        "features of Knative that are enabled in the cluster, without `kubernetes.podspec-`, for the templates of apps",
        knative_features
    ),
    own(
        "kinds",
        Kind::Paths,
        "further kinds of manifests that hold pod templates, as custom resources do: keys to these with dots between them, `*` for \
         any key or item",
    ),
    own(
        "policies",
        Kind::Texts,
        "files, folders or patterns, from this file's folder, with `ValidatingAdmissionPolicy` manifests to enforce; lists add up",
    ),
    own(
        "policy-params",
        Kind::Texts,
        "the same with parameters for policies, or the `Namespace` that the pods go to; lists add up",
    ),
    own(
        "templates",
        Kind::Texts,
        "files, folders or patterns, from this file's folder, with the cluster's `PodTemplate` manifests, whose names tasks may \
         give; lists add up",
    ),
    own(
        "cluster",
        Kind::TextOrTexts,
        "files, from this file's folder, that describe the cluster: snapshots, or lists of `kubectl get -o json`",
    ),
    own(
        "cluster-complete",
        Kind::Bool,
        "whether these leave out no node and no object of the kinds that they hold; then what fits nowhere is an error",
    ),
    own(
        "cluster-max-age",
        Kind::Count(36_500),
        "days after which the summary calls a snapshot of a cluster old; 30 where not set",
    ),
    own(
        "namespace",
        Kind::Text,
        "the namespace that pods go to, or a pattern such as `{project}-{domain}`; any where not set",
    ),
    own(
        "environments",
        Kind::Environments,
        "tables by name, `[environments.prod]`: other keys for each of several clusters, and `env` with variables that are set there",
    ),
    list!("sidecars.limits-for", "resources for which sidecars want a limit", sidecars.limits_for),
    list!("sidecars.moving-tags", "tags that move", sidecars.moving_tags),
    Key {
        name: "sidecars.require-digest",
        kind: Kind::Bool,
        about: "whether a tag alone is not enough for the image of a sidecar",
        set: |settings, value| settings.sidecars.require_digest = value.as_bool().unwrap_or_default(),
        get: |settings| json!(settings.sidecars.require_digest),
    },
    Key {
        name: "sidecars.exempt",
        kind: Kind::Texts,
        about: "patterns for names of sidecars to which the rules about sidecars do not apply",
        set: |settings, value| {
            let patterns = texts(value);
            settings.exemptions.push(Exemption {
                rules: SIDECAR_RULES.iter().map(|rule| (*rule).to_owned()).collect(),
                containers: Globs::of_names(&patterns).ok(),
                ..Exemption::default()
            });
            settings.sidecars.exempt = patterns;
        },
        get: |settings| json!(settings.sidecars.exempt),
    },
    list!(
        "images.allowed-registries",
        "registries, or prefixes of repositories, that images may come from; empty means all",
        images.allowed_registries
    ),
    list!("images.private-registries", "registries that want a pull secret", images.private_registries),
    list!("security.allowed-host-paths", "paths of the node that may be mounted", security.allowed_host_paths),
    list!("security.allowed-capabilities", "capabilities that may be added", security.allowed_capabilities),
    list!("secrets.public-variables", "variables that look like secrets and are none", secrets.public_variables),
    list!(
        "mounts.reserved-paths",
        "paths in containers at or below which nothing may be mounted, beside those of the system and of Flyte",
        mounts.reserved_paths
    ),
    count!("limits.file-size", "bytes in one file", file_size, u64::MAX),
    count!("limits.depth", "levels of nesting, at most 5000", depth, MAX_DEPTH),
    count!(
        "limits.alias-nodes",
        "values that aliases may expand to in one document, and objects that are used several times in one Python file",
        alias_nodes,
        u64::MAX
    ),
    count!("limits.steps", "steps that evaluating one Python file may take", steps, u64::MAX),
    own(
        "exempt",
        Kind::Tables(EXEMPT),
        "findings that are not wanted, by containers, templates, namespaces and labels",
    ),
    own("overrides", Kind::Overrides, "other keys for the files that `paths` fits"),
];

/// Keys that a whole run goes by, or that are about files; they have no place in `overrides`.
pub const NOT_IN_OVERRIDES: &[&str] = &[
    "extend",
    "required-version",
    "fail-on",
    "exclude",
    "baseline",
    "policies",
    "policy-params",
    "templates",
    "render.base",
    "render.spark-pod-templates",
    "flyte-config",
    "flyte-backend",
    "cluster",
    "cluster-complete",
    "cluster-max-age",
    "namespace",
    "environments",
    "overrides",
    "exempt",
    "limits.file-size",
];

fn set_level(settings: &mut Settings, rule: &str, level: &str) {
    match severity(level) {
        Some(severity) => {
            settings.severities.insert(rule.to_owned(), severity);
            settings.ignore.remove(rule);
        }
        None => {
            settings.severities.remove(rule);
            settings.extend_select.remove(rule);
            settings.ignore.insert(rule.to_owned());
        }
    }
}

fn severity(word: &str) -> Option<Severity> {
    Severity::ALL.into_iter().find(|severity| severity.as_str() == word)
}

/// The texts of a list, or the one text.
#[must_use]
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Reads `1.34` as 34, and newer versions than the known ones as the newest.
#[must_use]
pub fn kubernetes(text: &str) -> Option<u8> {
    KubernetesVersion::parse(text).map(|version| version.minor)
}

/// Reads `3.11` or `3.11.4` as 11.
#[must_use]
pub fn python(text: &str) -> Option<u8> {
    text.trim().trim_start_matches('v').strip_prefix("3.")?.split('.').next()?.parse().ok()
}

/// The generation of a version such as `36`, `36.0.3` or `v37`.
#[must_use]
pub fn client(text: &str) -> Option<ClientGeneration> {
    client_major(text).map(ClientGeneration::of_major)
}

/// The major version in `36`, `36.0.3` or `v37`.
#[must_use]
pub fn client_major(text: &str) -> Option<u32> {
    text.trim().trim_start_matches('v').split('.').next()?.trim().parse().ok()
}

/// Puts a valid value into settings; `rules.NAME` is the severity of a rule, `kinds.NAME` the paths of a kind.
pub fn apply(settings: &mut Settings, key: &str, value: &Value) {
    if let Some(rule) = key.strip_prefix("rules.") {
        set_level(settings, rule, value.as_str().unwrap_or_default());
    } else if let Some(kind) = key.strip_prefix("kinds.") {
        settings.kinds.insert(kind.to_owned(), texts(value));
    } else if let Some(gate) = key.strip_prefix("feature-gates.") {
        settings.feature_gates.insert(gate.to_owned(), value.as_bool().unwrap_or_default());
    } else if let Some(key) = KEYS.iter().find(|known| known.name == key) {
        (key.set)(settings, value);
    }
}

/// The rules that a profile turns on beside those that are on by default.
#[must_use]
pub fn profile(name: &str, off_by_default: &[(&'static str, Severity)]) -> Vec<(&'static str, Severity)> {
    let security: &[&str] = match name {
        "strict" => {
            return off_by_default.iter().filter(|(rule, _)| !PREVIEW.contains(rule)).copied().collect();
        }
        "pss-baseline" => &["pod-security-baseline"],
        "pss-restricted" => &["pod-security-baseline", "pod-security-restricted"],
        _ => &[],
    };
    let set: BTreeSet<&str> = security.iter().copied().collect();
    off_by_default.iter().filter(|(rule, _)| set.contains(rule)).copied().collect()
}
