//! From the text of a configuration file to assignments, and to problems with places where it cannot be.

use std::cmp::Ordering;

use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{ENVIRONMENT, KEYS, Key, Kind, LEVELS, NOT_IN_OVERRIDES, client, kubernetes, python, texts};
use super::selection::{resolve, unknown};
use super::{Globs, KUBERNETES_VERSIONS, KubernetesVersion, Version};
use crate::diagnostic::Severity;
use crate::schema::gates::gate_names;
use crate::schema::kubernetes::root;
use crate::text::{Span, nearest};

/// A key that a file sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The key's name; for severities with the rule behind it, `rules.unused-volume`.
    pub key: String,
    /// A valid value for it.
    pub value: Value,
    /// Where it is written.
    pub span: Span,
}

/// How many mistakes of one file are told.
const MAX_PROBLEMS: usize = 200;

/// How many patterns one file may have, and how long one may be to count once.
const MAX_PATTERNS: usize = 1000;
const LONG_PATTERN: usize = 200;
/// How many overrides or exemptions one file may have.
const MAX_TABLES: usize = 500;
/// The keys whose values are patterns for paths or names.
const PATTERNS: &[&str] = &["exclude", "paths", "sidecars.exempt", "containers", "templates", "namespaces"];

/// Something that the file gets wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What is: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// How bad it is.
    pub severity: Severity,
}

impl Problem {
    /// A mistake.
    #[must_use]
    pub const fn new(span: Span, message: String, help: Option<String>) -> Self {
        Self { span, message, help, severity: Severity::Error }
    }
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// Its keys, severities of rules one by one.
    pub assignments: Vec<Assignment>,
    /// For some paths: their patterns, and the keys.
    pub overrides: Vec<(Vec<String>, Vec<Assignment>)>,
    /// The tables under `environments`: their names, and the keys.
    pub environments: Vec<(String, Vec<Assignment>)>,
    /// The tables under `exempt`.
    pub exempt: Vec<Assignment>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Reads a file; of a `pyproject.toml` only `[tool.podlint]`, and `None` where it has none.
pub fn read(text: &str, is_pyproject: bool, rules: &[&str]) -> Option<Read> {
    let mut reader = Reader { rules, patterns: 0, done: Read::default() };
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            // A broken `pyproject.toml` without a word for podlint is not podlint's business.
            if is_pyproject && !text.contains("tool.podlint") {
                return None;
            }
            let span = error.span().map(Span::from_range).unwrap_or_default();
            reader.problem(span, format!("not TOML: {}", error.message().replace('\n', ", ")), None);
            return Some(reader.done);
        }
    };
    let table = root.get_ref();
    if is_pyproject {
        let own = table.get("tool")?.get_ref().as_table()?.get("podlint")?;
        match own.get_ref().as_table() {
            Some(own) => reader.table(own, ""),
            None => reader.wrong(own, "a table"),
        }
    } else {
        reader.table(table, "");
    }
    Some(reader.done)
}

struct Reader<'r> {
    rules: &'r [&'r str],
    /// How many patterns there are so far.
    patterns: usize,
    done: Read,
}

fn span<T>(spanned: &Spanned<T>) -> Span {
    Span::from_range(spanned.span())
}

impl<'r> Reader<'r> {
    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        match self.done.problems.len().cmp(&MAX_PROBLEMS) {
            Ordering::Less => self.done.problems.push(Problem::new(span, message, help)),
            Ordering::Equal => {
                let message = format!("only the first {MAX_PROBLEMS} mistakes of this file are told");
                self.done.problems.push(Problem::new(span, message, None));
            }
            Ordering::Greater => {}
        }
    }

    /// Whether there are more mistakes than anybody reads: what was meant is not looked for any more.
    fn is_hopeless(&self) -> bool {
        self.done.problems.len() > MAX_PROBLEMS
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref().type_str() {
            "string" => "text",
            "array" => "a list",
            "table" => "a table",
            other => other,
        };
        self.problem(span(value), format!("{wanted} is wanted here, not {found}"), None);
    }

    /// The keys of the file, or of one of its tables: `prefix` ends with a dot.
    fn table(&mut self, table: &DeTable<'_>, prefix: &str) {
        for (name, value) in table {
            let full = format!("{prefix}{}", name.get_ref());
            let below = format!("{full}.");
            if let Some(key) = KEYS.iter().find(|key| key.name == full) {
                self.key(key, value);
            } else if KEYS.iter().any(|key| key.name.starts_with(&below)) {
                match value.get_ref().as_table() {
                    Some(inner) => self.table(inner, &below),
                    None => self.wrong(value, "a table"),
                }
            } else {
                self.unknown_key(name, prefix, |_| true);
            }
        }
    }

    fn unknown_key(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, prefix: &str, fits: impl Fn(&str) -> bool) {
        if self.is_hopeless() {
            return;
        }
        let inner = KEYS.iter().filter(|key| fits(key.name)).filter_map(|key| key.name.strip_prefix(prefix));
        let mut names: Vec<&str> = inner.map(|key| key.split('.').next().unwrap_or(key)).collect();
        names.dedup();
        // A key of another table is likely meant for it.
        let elsewhere = KEYS.iter().find(|key| key.name.rsplit('.').next() == Some(name.get_ref()));
        let help = match (nearest(name.get_ref(), names.iter().copied()), elsewhere) {
            (Some(index), _) => names.get(index).map(|meant| format!("did you mean `{meant}`?")),
            (None, Some(key)) => Some(format!("did you mean `{}`?", key.name)),
            (None, None) if self.rules.contains(&name.get_ref().as_ref()) => {
                Some(format!("severities of rules stand under `rules`: `rules.{} = …`", name.get_ref()))
            }
            (None, None) => Some(format!("the keys here are {}", list(&names))),
        };
        self.problem(span(name), format!("there is no key `{prefix}{}`", name.get_ref()), help);
    }

    fn key(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let place = span(value);
        match key.kind {
            Kind::Overrides => self.tables(value, Self::one_override),
            Kind::Environments => match value.get_ref().as_table() {
                Some(table) => table.iter().for_each(|(name, value)| self.environment(name.get_ref(), value)),
                None => self.wrong(value, "a table"),
            },
            Kind::Tables(_) => self.tables(value, Self::exemption),
            Kind::Severities => {
                let Some(table) = value.get_ref().as_table() else { return self.wrong(value, "a table") };
                for (rule, level) in table {
                    let known = self.rule(rule.get_ref(), span(rule));
                    if let Some(word) = self.value(Kind::Word(LEVELS), level).filter(|_| known) {
                        let key = format!("rules.{}", rule.get_ref());
                        self.done.assignments.push(Assignment { key, value: word, span: span(level) });
                    }
                }
            }
            Kind::Paths => {
                let Some(table) = value.get_ref().as_table() else { return self.wrong(value, "a table") };
                for (name, paths) in table {
                    if root(name.get_ref()).is_some() {
                        let message = format!("where a `{}` holds its pod is known", name.get_ref());
                        self.problem(span(name), message, Some("leave it out".to_owned()));
                    } else if let Some(found) = self.value(Kind::TextOrTexts, paths) {
                        self.check_selectors(&found, span(paths));
                        let key = format!("kinds.{}", name.get_ref());
                        self.done.assignments.push(Assignment { key, value: found, span: span(paths) });
                    }
                }
            }
            Kind::Gates => {
                let Some(table) = value.get_ref().as_table() else { return self.wrong(value, "a table") };
                for (name, is_on) in table {
                    let known = self.gate(name.get_ref(), span(name));
                    if let Some(flag) = self.value(Kind::Bool, is_on).filter(|_| known) {
                        let key = format!("feature-gates.{}", name.get_ref());
                        self.done.assignments.push(Assignment { key, value: flag, span: span(is_on) });
                    }
                }
            }
            kind => {
                if let Some(value) = self.value(kind, value).filter(|value| self.has_room(key.name, value, place)) {
                    self.check_patterns(key.name, &value, place);
                    if key.name == "selectors" {
                        self.check_selectors(&value, place);
                    }
                    self.done.assignments.push(Assignment { key: key.name.to_owned(), value, span: place });
                }
            }
        }
    }

    /// Whether a file with these further patterns has no more than anybody writes: each file that is checked is held against all.
    fn has_room(&mut self, key: &str, value: &Value, place: Span) -> bool {
        if !PATTERNS.contains(&key) {
            return true;
        }
        let before = self.patterns;
        self.patterns += texts(value).iter().map(|pattern| 1 + pattern.len() / LONG_PATTERN).sum::<usize>();
        if before <= MAX_PATTERNS && self.patterns > MAX_PATTERNS {
            self.problem(place, format!("more than {MAX_PATTERNS} patterns in one file"), None);
        }
        self.patterns <= MAX_PATTERNS
    }

    fn check_patterns(&mut self, key: &str, value: &Value, place: Span) {
        let outcome = match key {
            "exclude" | "paths" => Globs::of_paths(&texts(value)),
            "sidecars.exempt" | "containers" | "templates" | "namespaces" => Globs::of_names(&texts(value)),
            _ => return,
        };
        if let Err(message) = outcome {
            self.problem(place, message, None);
        }
    }

    fn check_selectors(&mut self, value: &Value, place: Span) {
        for path in texts(value) {
            if path.split('.').any(str::is_empty) || path.contains(['[', ']', '/', '$']) {
                let help = "write keys with dots between them, and `*` for any key or item: `spec.workers.*.template`";
                self.problem(place, format!("`{path}` is no path"), Some(help.to_owned()));
            }
        }
    }

    fn tables(&mut self, value: &Spanned<DeValue<'_>>, each: fn(&mut Self, &DeTable<'_>, Span)) {
        let Some(items) = value.get_ref().as_array() else { return self.wrong(value, "a list of tables") };
        if items.len() > MAX_TABLES {
            self.problem(span(value), format!("more than {MAX_TABLES} tables in one list"), None);
        }
        for item in items.iter().take(MAX_TABLES) {
            match item.get_ref().as_table() {
                Some(table) => each(self, table, span(item)),
                None => self.wrong(item, "a table"),
            }
        }
    }

    fn one_override(&mut self, table: &DeTable<'_>, place: Span) {
        let Some((_, paths)) = table.iter().find(|(name, _)| name.get_ref() == "paths") else {
            return self.problem(place, "`paths` is missing here".to_owned(), None);
        };
        let patterns = self.value(Kind::TextOrTexts, paths).map(|value| texts(&value)).unwrap_or_default();
        if !self.has_room("paths", &json!(patterns), span(paths)) {
            return;
        }
        self.check_patterns("paths", &json!(patterns), span(paths));
        let mut inner = Reader { rules: self.rules, patterns: 0, done: Read::default() };
        for (name, value) in table.iter().filter(|(name, _)| name.get_ref() != "paths") {
            if NOT_IN_OVERRIDES.contains(&name.get_ref().as_ref()) {
                self.misplaced(name.get_ref(), span(name));
                continue;
            }
            let mut one = DeTable::default();
            one.insert(name.clone(), value.clone());
            inner.table(&one, "");
        }
        self.done.problems.extend(inner.done.problems);
        inner.done.assignments.retain(|one| {
            let fits = !NOT_IN_OVERRIDES.contains(&one.key.as_str());
            if !fits {
                self.misplaced(&one.key, one.span);
            }
            fits
        });
        self.done.overrides.push((patterns, inner.done.assignments));
    }

    fn environment(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else { return self.wrong(value, "a table") };
        let mut inner = Reader { rules: self.rules, patterns: 0, done: Read::default() };
        for (key, value) in table {
            let known = ENVIRONMENT.iter().find(|(known, ..)| known == key.get_ref());
            if let Some((known, kind, _)) = known {
                if let Some(found) = inner.value(*kind, value) {
                    let key = (*known).to_owned();
                    inner.done.assignments.push(Assignment { key, value: found, span: span(value) });
                }
            } else if NOT_IN_OVERRIDES.contains(&key.get_ref().as_ref()) {
                self.problem(span(key), format!("`{}` has no place in `environments`", key.get_ref()), None);
            } else {
                let mut one = DeTable::default();
                one.insert(key.clone(), value.clone());
                inner.table(&one, "");
            }
        }
        self.done.problems.extend(inner.done.problems);
        self.done.environments.push((name.to_owned(), inner.done.assignments));
    }

    fn misplaced(&mut self, key: &str, place: Span) {
        self.problem(place, format!("`{key}` has no place in `overrides`"), Some("it holds for all files".to_owned()));
    }

    fn exemption(&mut self, table: &DeTable<'_>, place: Span) {
        let Some(Kind::Tables(keys)) = KEYS.iter().find(|key| key.name == "exempt").map(|key| key.kind) else { return };
        let mut entry = serde_json::Map::new();
        for (name, value) in table {
            let Some((key, kind, _)) = keys.iter().find(|(key, ..)| key == name.get_ref()) else {
                let meant = nearest(name.get_ref(), keys.iter().map(|(key, ..)| *key)).and_then(|at| keys.get(at));
                let help = match meant {
                    Some((key, ..)) => format!("did you mean `{key}`?"),
                    None => {
                        format!("the keys here are {}", list(&keys.iter().map(|(key, ..)| *key).collect::<Vec<_>>()))
                    }
                };
                self.problem(span(name), format!("there is no key `exempt.{}`", name.get_ref()), Some(help));
                continue;
            };
            if let Some(found) = self.value(*kind, value).filter(|found| self.has_room(key, found, span(value))) {
                self.check_patterns(key, &found, span(value));
                entry.insert((*key).to_owned(), found);
            }
        }
        if !["containers", "templates", "namespaces", "labels"].iter().any(|key| entry.contains_key(*key)) {
            let help = "to silence rules in files, use `overrides`".to_owned();
            let message = "`containers`, `templates`, `namespaces` or `labels` is missing here".to_owned();
            return self.problem(place, message, Some(help));
        }
        self.done.exempt.push(Assignment { key: "exempt".to_owned(), value: Value::from(entry), span: place });
    }

    /// A valid value of a kind; a problem otherwise.
    fn value(&mut self, kind: Kind, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        match (kind, value.get_ref()) {
            (Kind::Bool, DeValue::Boolean(flag)) => Some(json!(flag)),
            (Kind::Bool, _) => self.not(value, "`true` or `false`"),
            (Kind::Count(most), DeValue::Integer(number)) => {
                let digits = number.as_str().replace('_', "");
                match u64::from_str_radix(&digits, number.radix()).ok().filter(|number| (1..=most).contains(number)) {
                    Some(number) => Some(json!(number)),
                    None => self.not(value, &count_up_to(most)),
                }
            }
            (Kind::Count(most), _) => self.not(value, &count_up_to(most)),
            (Kind::Texts, DeValue::String(_)) => self.not(value, "a list of texts"),
            (Kind::Texts | Kind::TextOrTexts, DeValue::Array(items)) => self.items(items.iter(), Kind::Text),
            (Kind::TextOrTexts, DeValue::String(text)) => Some(json!([text])),
            (Kind::Words(words), DeValue::Array(items)) => self.items(items.iter(), Kind::Word(words)),
            (Kind::Rules, DeValue::Array(items)) => {
                let found = self.items(items.iter(), Kind::Text)?;
                let places: Vec<Span> = items.iter().map(span).collect();
                let named = texts(&found).into_iter().zip(places).map(|(name, place)| self.rules(&name, place));
                let named: Vec<Vec<&str>> = named.collect();
                named.iter().all(|rules| !rules.is_empty()).then(|| json!(named.concat()))
            }
            (Kind::Texts | Kind::TextOrTexts | Kind::Words(_) | Kind::Rules, _) => self.not(value, "a list of texts"),
            (Kind::Variables, DeValue::Table(table)) => {
                let each = table.iter().map(|(name, value)| {
                    let text = self.value(Kind::Text, value)?;
                    Some((name.get_ref().to_string(), text))
                });
                let each: Option<serde_json::Map<String, Value>> = each.collect();
                each.map(Value::from)
            }
            (Kind::Variables, _) => self.not(value, "a table of texts"),
            (_, DeValue::String(text)) => self.text(kind, text, span(value)),
            _ => self.not(value, "text"),
        }
    }

    fn not(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) -> Option<Value> {
        self.wrong(value, wanted);
        None
    }

    fn items<'v>(&mut self, items: impl Iterator<Item = &'v Spanned<DeValue<'v>>>, kind: Kind) -> Option<Value> {
        let found: Vec<Option<Value>> = items.map(|item| self.value(kind, item)).collect();
        found.into_iter().collect::<Option<Vec<Value>>>().map(Value::from)
    }

    fn text(&mut self, kind: Kind, text: &str, place: Span) -> Option<Value> {
        let (message, help) = match kind {
            Kind::Word(words) if !words.contains(&text) => {
                let meant = nearest(text, words.iter().copied()).and_then(|at| words.get(at));
                let help = meant
                    .map_or_else(|| format!("use one of {}", list(words)), |word| format!("did you mean `{word}`?"));
                (format!("`{text}` is not known here"), help)
            }
            Kind::Kubernetes if kubernetes(text).is_none() => {
                let (first, last) = (KUBERNETES_VERSIONS.start(), KUBERNETES_VERSIONS.end());
                (format!("`{text}` is no Kubernetes version"), format!("the versions 1.{first} to 1.{last} are known"))
            }
            Kind::Client if client(text).is_none() => {
                (format!("`{text}` is no version of the `kubernetes` package"), "write it like `36.0.3`".to_owned())
            }
            Kind::Flyte if Version::parse(text).is_none() => {
                (format!("`{text}` is no version of Flyte's SDK"), "write it like `2.5.0`".to_owned())
            }
            Kind::Python if python(text).is_none() => {
                (format!("`{text}` is no version of Python"), "write it like `3.12`".to_owned())
            }
            Kind::Kubernetes => {
                if let Some(note) = KubernetesVersion::parse(text).and_then(KubernetesVersion::note) {
                    let problem = Problem { severity: Severity::Info, ..Problem::new(place, note, None) };
                    self.done.problems.push(problem);
                }
                return Some(json!(text));
            }
            _ => return Some(json!(text)),
        };
        self.problem(place, message, Some(help));
        None
    }

    fn gate(&mut self, name: &str, place: Span) -> bool {
        let known = gate_names().any(|gate| gate == name);
        if !known && !self.is_hopeless() {
            let names: Vec<&str> = gate_names().collect();
            let meant = nearest(name, names.iter().copied()).and_then(|at| names.get(at));
            let help = meant.map_or_else(
                || "leave it out: no check depends on it".to_owned(),
                |gate| format!("did you mean `{gate}`?"),
            );
            self.problem(place, format!("podlint knows no feature gate `{name}`"), Some(help));
        }
        known
    }

    /// The rules that a name, a group or a pattern stands for; a problem where it stands for none.
    fn rules(&mut self, name: &str, place: Span) -> Vec<&'r str> {
        let named = resolve(name, self.rules);
        if named.is_empty() && !self.is_hopeless() {
            let (message, help) = unknown(name, self.rules);
            self.problem(place, message, Some(help));
        }
        named
    }

    fn rule(&mut self, name: &str, place: Span) -> bool {
        self.rules.contains(&name) || {
            if !self.is_hopeless() {
                let (message, help) = unknown(name, self.rules);
                self.problem(place, message, Some(help));
            }
            false
        }
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn count_up_to(most: u64) -> String {
    if most == u64::MAX { "a whole number from 1".to_owned() } else { format!("a whole number from 1 to {most}") }
}
