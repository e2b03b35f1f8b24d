//! Whether a file can have to do with templates: by its own words, or by those of the modules that it imports.

use std::path::Path;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::source::Modules;

/// How many imports away a template may be.
const MAX_DISTANCE: usize = 4;
/// How many modules are looked at for one file.
const MAX_LOOKS: usize = 24;
/// Packages that lead to no template of the project.
const OUTSIDE: &[&str] = &[
    "__future__",
    "abc",
    "argparse",
    "asyncio",
    "base64",
    "collections",
    "concurrent",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "enum",
    "flyte",
    "flytekit",
    "functools",
    "glob",
    "hashlib",
    "io",
    "itertools",
    "json",
    "kubernetes",
    "logging",
    "math",
    "matplotlib",
    "numpy",
    "operator",
    "os",
    "pandas",
    "pathlib",
    "pickle",
    "pydantic",
    "pytest",
    "random",
    "re",
    "requests",
    "shutil",
    "sklearn",
    "string",
    "subprocess",
    "sys",
    "tempfile",
    "tensorflow",
    "textwrap",
    "threading",
    "time",
    "torch",
    "tqdm",
    "transformers",
    "typing",
    "typing_extensions",
    "unittest",
    "uuid",
    "warnings",
    "yaml",
];

/// The plugins that make Kubernetes objects by the configurations of tasks, by how their modules' names begin.
const PLUGINS: &[&str] = &["dask", "kf", "pod", "pytorch", "ray", "spark"];

/// Whether a text may hold what is checked: templates, or tasks of plugins, tasks with accelerators, and apps, which are worth a
/// look without a template, too.
#[must_use]
pub fn may_hold_template(text: &str) -> bool {
    static PLUGIN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("plugins."));
    static OTHERS: LazyLock<[Finder<'_>; 2]> =
        LazyLock::new(|| ["AppEnvironment", "extras.accelerators"].map(Finder::new));
    let bytes = text.as_bytes();
    let is_of_flyte = |at: usize| {
        let head = bytes.get(..at).unwrap_or_default();
        let rest = bytes.get(at + "plugins.".len()..).unwrap_or_default();
        (head.ends_with(b"flytekit") || head.ends_with(b"flyte"))
            && PLUGINS.iter().any(|name| rest.starts_with(name.as_bytes()))
    };
    names_templates(bytes)
        || PLUGIN.find_iter(bytes).any(is_of_flyte)
        || OTHERS.iter().any(|word| word.find(bytes).is_some())
}

/// Whether a text names templates, or an argument that takes one.
fn names_templates(bytes: &[u8]) -> bool {
    // `PodTemplate` and `pod_template` end alike, so most texts are looked through only once.
    static ENDING: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("emplate"));
    static POD_PLUGIN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("flytekitplugins.pod"));
    let begins = |at: usize| bytes.get(..at).is_some_and(|head| head.ends_with(b"PodT") || head.ends_with(b"pod_t"));
    ENDING.find_iter(bytes).any(begins) || POD_PLUGIN.find(bytes).is_some()
}

/// Whether a file has to do with templates: it speaks of them, or imports a module of the project that does.
#[must_use]
pub fn concerns_templates(path: &Path, text: &str, modules: &dyn Modules) -> bool {
    let mut looks = MAX_LOOKS;
    may_hold_template(text) || concerns(path, text, modules, 0, &mut looks)
}

fn concerns(path: &Path, text: &str, modules: &dyn Modules, distance: usize, looks: &mut usize) -> bool {
    if names_templates(text.as_bytes()) {
        return true;
    }
    if distance >= MAX_DISTANCE {
        return false;
    }
    for name in imported(text) {
        if *looks == 0 {
            return false;
        }
        *looks -= 1;
        if let Some(module) = modules.find(path, &name)
            && concerns(&module.path, &module.text, modules, distance + 1, looks)
        {
            return true;
        }
    }
    false
}

/// The modules that the lines of a text import at its top level, as far as lines tell.
fn imported(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("from ") {
            let Some((module, bound)) = rest.split_once(" import ") else { continue };
            let module = module.trim();
            names.push(module.to_owned());
            let gap = if module.ends_with('.') { "" } else { "." };
            let first = bound.split([',', ' ', '(', '#']).find(|name| !name.is_empty());
            names.extend(first.filter(|_| module.starts_with('.')).map(|name| format!("{module}{gap}{name}")));
        } else if let Some(rest) = line.strip_prefix("import ") {
            names.extend(rest.split(',').filter_map(|part| part.split_whitespace().next()).map(str::to_owned));
        }
    }
    names.retain(|name| !OUTSIDE.contains(&name.split('.').next().unwrap_or_default()));
    names.dedup();
    names
}
