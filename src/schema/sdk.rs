//! What the Flyte SDKs and their plugins offer to authors of templates, release by release.
//!
//! The tables are read off the published packages (`schemas/sdk/`), from flyte 2.0 and flytekit 1.13 on. Everything
//! starts at [`find`], which takes any path by which Python reaches a thing:
//!
//! ```
//! use podlint::schema::sdk::{self, Version};
//!
//! let template = sdk::find("flyte.PodTemplate").expect("a class of the SDK");
//! let constructor = template.constructor(None).expect("it can be called");
//! let primary = constructor.parameter("primary_container_name", None).expect("a parameter");
//! assert_eq!(primary.default.to_string(), "\"primary\"");
//! // The same class by the module that defines it, and a method with its first release.
//! assert!(std::ptr::eq(sdk::find("flyte._pod.PodTemplate").expect("an alias"), template));
//! let fuse = template.method("allow_fuse", None).expect("a method");
//! assert!(!fuse.versions().include(Version(2, 0, 0)));
//! ```
//!
//! Rows that differ between releases stand side by side, each with its [`Versions`]. Functions that take a `version`
//! answer for that release (one that [`Distribution::known`] lets through); with `None`, while it is not known, they answer with the newest row that exists, so that
//! "not found" then means: in no release. Three limits to keep in mind:
//!
//! - What the tables do not have is *unknown*, not absent, unless a [`Module`] or [`Definition`] says that it is closed
//!   ([`Module::lists`], [`Definition::is_closed`]). Private names (with a leading underscore) are never listed.
//! - A declared [`Type`] is not checked by Python. What constructors do check stands in [`Class::checks`].
//! - `Head::opaque` marks functions whose decorator may change the signature: their parameters say nothing certain.

pub use super::sdk_rows::{
    Attribute, AttributeKind, Base, Body, Callable, Check, Class, ClassFacts, ClassKind, Definition, Distribution,
    Head, Method, MethodKind, Module, ModuleFacts, Name, NameKind, Parameter, ParameterKind, Passes, Requirement,
};
use super::sdk_table::{DEFINITIONS, DISTRIBUTIONS, PATHS};
pub use super::sdk_types::{Default, Literal, Type, Version, Versions};

/// Looks up what a dotted path stands for: `flyte.PodTemplate`, `flyte._pod.PodTemplate`,
/// `flytekit.core.pod_template.PodTemplate`, `flyteplugins.ray`, `flytekit.Secret.MountType`.
///
/// `None` when the tables do not have it, which says nothing about whether it exists. In which releases something can be
/// reached by a public path is what [`Module::name`] tells.
#[must_use]
pub fn find(path: &str) -> Option<&'static Definition> {
    if let Ok(index) = PATHS.binary_search_by(|(known, _)| (*known).cmp(path)) {
        return DEFINITIONS.get(usize::from(PATHS.get(index)?.1));
    }
    // A module may hand on what another one defines: `union.PodTemplate`.
    let (module, name) = path.rsplit_once('.')?;
    let target = find(module)?.module()?.name(name, None)?.target;
    if target == path { None } else { find(target) }
}

/// All definitions, by path.
#[must_use]
pub fn definitions() -> &'static [Definition] {
    DEFINITIONS
}

/// The distributions that were read.
#[must_use]
pub fn distributions() -> &'static [Distribution] {
    DISTRIBUTIONS
}

/// A distribution by its name on the package index, in normal form.
#[must_use]
pub fn distribution(name: &str) -> Option<&'static Distribution> {
    DISTRIBUTIONS.iter().find(|known| known.name == name)
}

/// Of rows in versions the one for a release; without a release the one that holds last.
fn row_for<T>(rows: &'static [T], versions: impl Fn(&T) -> Versions, version: Option<Version>) -> Option<&'static T> {
    let holding = rows.iter().filter(|row| versions(row).may_include(version));
    holding.max_by_key(|row| versions(row).1)
}

impl Distribution {
    /// The release, if the tables can answer for it: one that was read, or one that is newer than all that were.
    ///
    /// Of a plugin's releases between two that were read it is not known which of the two they resemble. Ask for them
    /// with `None`.
    #[must_use]
    pub fn known(&self, version: Version) -> Option<Version> {
        let newer = self.versions.last().is_some_and(|newest| *newest < version);
        (newer || self.versions.contains(&version)).then_some(version)
    }

    /// Whether it always brings along a distribution, in a release or in any.
    #[must_use]
    pub fn requires(&self, name: &str, version: Option<Version>) -> bool {
        self.requires.iter().any(|one| one.name == name && one.versions.may_include(version))
    }
}

impl Definition {
    /// The package that it comes from.
    #[must_use]
    pub fn distribution(&self) -> Option<&'static Distribution> {
        DISTRIBUTIONS.get(usize::from(self.distribution))
    }

    /// What it is as a class.
    #[must_use]
    pub fn class(&self) -> Option<&Class> {
        if let Body::Class(class) = &self.body { Some(class) } else { None }
    }

    /// What it is as a module.
    #[must_use]
    pub fn module(&self) -> Option<&Module> {
        if let Body::Module(module) = &self.body { Some(module) } else { None }
    }

    /// What is called when the name is: of functions they themselves, of classes their constructor or that of a base.
    ///
    /// `None` when it is not known, and for enums, which look members up.
    #[must_use]
    pub fn constructor(&'static self, version: Option<Version>) -> Option<&'static Callable> {
        match &self.body {
            Body::Function(callable) => Some(callable),
            Body::Class(_) => self.lineage(version).find_map(|one| one.class()?.constructor.as_ref()),
            Body::Module(_) => None,
        }
    }

    /// This class and those that it inherits from, as far as the tables have them, nearest first.
    pub fn lineage(&'static self, version: Option<Version>) -> impl Iterator<Item = &'static Self> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(one) = found.get(next).copied() {
            next += 1;
            for base in one.known_bases(version) {
                if !found.iter().any(|known| std::ptr::eq(*known, base)) {
                    found.push(base);
                }
            }
        }
        found.into_iter()
    }

    fn known_bases(&self, version: Option<Version>) -> impl Iterator<Item = &'static Self> {
        self.bases(version).filter_map(|base| find(base.path))
    }

    fn bases(&self, version: Option<Version>) -> impl Iterator<Item = &'static Base> {
        let bases = self.class().map_or(&[][..], |class| class.bases);
        bases.iter().filter(move |base| base.versions.may_include(version))
    }

    /// Whether instances are instances of another class, by any of its paths: `flyte.Environment`, `str`, `enum.Enum`.
    #[must_use]
    pub fn is_a(&'static self, path: &str, version: Option<Version>) -> bool {
        let path = find(path).map_or(path, |known| known.path);
        self.lineage(version).any(|one| one.path == path || one.bases(version).any(|base| base.path == path))
    }

    /// The method of this name, its own or inherited.
    #[must_use]
    pub fn method(&'static self, name: &str, version: Option<Version>) -> Option<&'static Method> {
        self.lineage(version).find_map(|one| {
            let methods = one.class()?.methods.iter();
            let holding = methods.filter(|row| row.name == name && row.versions().may_include(version));
            holding.max_by_key(|row| row.versions().1)
        })
    }

    /// The attribute of this name, its own or inherited.
    #[must_use]
    pub fn attribute(&'static self, name: &str, version: Option<Version>) -> Option<&'static Attribute> {
        self.lineage(version).find_map(|one| {
            let holding = one.class()?.attributes.iter().filter(|row| row.name == name);
            holding.filter(|row| row.versions.may_include(version)).max_by_key(|row| row.versions.1)
        })
    }

    /// What a class is like.
    #[must_use]
    pub fn facts(&self, version: Option<Version>) -> Option<&'static ClassFacts> {
        row_for(self.class()?.facts, |row| row.versions, version)
    }

    /// Whether attributes that are not listed do not exist: no base is unknown, and none answers for other names.
    #[must_use]
    pub fn is_closed(&'static self, version: Option<Version>) -> bool {
        self.class().is_some()
            && self.lineage(version).all(|one| {
                let facts = one.facts(version);
                facts.is_some_and(|facts| !facts.open && !facts.opaque)
                    && one.bases(version).all(|base| find(base.path).is_some() || PLAIN_BASES.contains(&base.path))
            })
    }
}

/// Bases from outside that add no public attributes.
const PLAIN_BASES: &[&str] = &["abc.ABC", "object", "typing.Generic", "typing.Protocol"];

impl Callable {
    /// The parameter of this name; not those of which `*args` and `**kwargs` are the names.
    #[must_use]
    pub fn parameter(&self, name: &str, version: Option<Version>) -> Option<&'static Parameter> {
        let named = self.parameters.iter().filter(|row| row.name == name && row.kind.is_single());
        named.filter(|row| row.versions.may_include(version)).max_by_key(|row| row.versions.1)
    }

    /// The parameters in the order of the signature; without a release those of the newest.
    pub fn parameters(&self, version: Option<Version>) -> impl Iterator<Item = &'static Parameter> {
        let version = version.unwrap_or(Version(u8::MAX, u8::MAX, u8::MAX));
        self.parameters.iter().filter(move |row| row.versions.include(version))
    }

    /// What it is like beside its parameters.
    #[must_use]
    pub fn head(&self, version: Option<Version>) -> Option<&'static Head> {
        row_for(self.heads, |row| row.versions, version)
    }

    /// Whether names beyond the parameters are taken; [`ParameterKind::Forwarded`] is for the caller to follow.
    #[must_use]
    pub fn takes_any_keyword(&self, version: Option<Version>) -> bool {
        let mut rows = self.parameters.iter().filter(|row| row.versions.may_include(version));
        rows.any(|row| matches!(row.kind, ParameterKind::Keywords | ParameterKind::Forwarded))
    }
}

impl ParameterKind {
    /// Whether it stands for one argument.
    #[must_use]
    pub const fn is_single(self) -> bool {
        matches!(self, Self::PositionalOnly | Self::Either | Self::KeywordOnly)
    }
}

impl Method {
    /// From the first to the last release that has it.
    #[must_use]
    pub fn versions(&self) -> Versions {
        let heads = || self.callable.heads.iter().map(|head| head.versions);
        let first = heads().map(|versions| versions.0).min();
        let last = heads().map(|versions| versions.1).max();
        first.zip(last).map_or(Versions::ALL, |(first, last)| Versions(first, last))
    }
}

impl Module {
    /// The name in the module.
    #[must_use]
    pub fn name(&self, name: &str, version: Option<Version>) -> Option<&'static Name> {
        let named = self.names.iter().filter(|row| row.name == name && row.versions.may_include(version));
        named.max_by_key(|row| row.versions.1)
    }

    /// Whether public names that are not listed do not exist.
    #[must_use]
    pub fn lists(&self, version: Option<Version>) -> bool {
        row_for(self.facts, |row| row.versions, version).is_some_and(|facts| !facts.open)
    }
}

impl std::fmt::Display for Default {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Required => Ok(()),
            Self::Value(literal) => literal.fmt(f),
            Self::Source(text) => f.write_str(text),
        }
    }
}

impl std::fmt::Display for Parameter {
    /// As in a signature: `name: type = default`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stars = match self.kind {
            ParameterKind::Positionals => "*",
            ParameterKind::Keywords | ParameterKind::Forwarded => "**",
            _ => "",
        };
        write!(f, "{stars}{}", self.name)?;
        if self.kind_of_value != Type::Any {
            write!(f, ": {}", self.kind_of_value)?;
        }
        if self.default == Default::Required { Ok(()) } else { write!(f, " = {}", self.default) }
    }
}
