//! What an imported name is, whatever it is called in the module.

use std::rc::Rc;

use super::value::{Data, Sdk};
use crate::schema::python;

/// The value of a dotted path such as `kubernetes.client.V1Container`.
pub fn lookup(path: &str) -> Data {
    template_class(path).or_else(|| client_class(path)).unwrap_or_else(|| Data::Path(path.into()))
}

/// `PodTemplate` by the ways in which the SDKs export it.
fn template_class(path: &str) -> Option<Data> {
    let (module, name) = path.rsplit_once('.')?;
    if name == "Pod" && module.starts_with("flytekitplugins.pod") {
        return Some(Data::Template(Sdk::Pod));
    }
    (name == "PodTemplate").then_some(())?;
    let sdk = match module {
        "flyte" | "flyte._pod" => Sdk::V2,
        "flytekit" | "flytekit.core.pod_template" | "flytekit.core" | "union" => Sdk::V1,
        _ => Sdk::Unknown,
    };
    Some(Data::Template(sdk))
}

/// `kubernetes.client.V1X`, `kubernetes.client.models.V1X`, `kubernetes.client.models.v1_x.V1X`.
fn client_class(path: &str) -> Option<Data> {
    let rest = path.strip_prefix("kubernetes.client.")?;
    let rest = rest.strip_prefix("models.").unwrap_or(rest);
    let name = match rest.split_once('.') {
        Some((module, name)) => {
            python::class_of_module(module).filter(|class| class.name == name)?;
            name
        }
        None => rest,
    };
    python::class(name).map(Data::Client)
}

/// Whether a function surely leaves its arguments alone.
pub fn is_harmless(path: &str) -> bool {
    const MODULES: &[&str] = &[
        "flyte",
        "flyteplugins",
        "flytekit",
        "flytekitplugins",
        "union",
        "logging",
        "pytest",
        "unittest",
        "json",
        "pprint",
        "kubernetes",
        "os",
        "pathlib",
    ];
    const BUILTINS: &[&str] = &["print", "len", "repr", "str", "isinstance", "type", "id", "bool", "any", "all"];
    let root = path.split('.').next().unwrap_or_default();
    BUILTINS.contains(&path) || MODULES.contains(&root) || path.starts_with("yaml.dump")
}

/// Whether a module is surely there wherever a template is made.
pub fn is_installed(module: &str) -> bool {
    const MODULES: &[&str] = &[
        "__future__",
        "abc",
        "argparse",
        "asyncio",
        "base64",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "enum",
        "flyte",
        "flytekit",
        "functools",
        "hashlib",
        "importlib",
        "inspect",
        "io",
        "itertools",
        "json",
        "kubernetes",
        "logging",
        "math",
        "operator",
        "os",
        "pathlib",
        "platform",
        "random",
        "re",
        "shlex",
        "shutil",
        "string",
        "subprocess",
        "sys",
        "tempfile",
        "textwrap",
        "time",
        "types",
        "typing",
        "uuid",
        "warnings",
    ];
    MODULES.contains(&module.split('.').next().unwrap_or_default())
}

/// A dotted path one level further down.
pub fn below(path: &str, name: &str) -> Rc<str> {
    format!("{path}.{name}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_where_they_come_from() {
        let class = |name: &str| Data::Client(python::class(name).unwrap());
        for path in [
            "kubernetes.client.V1Container",
            "kubernetes.client.models.V1Container",
            "kubernetes.client.models.v1_container.V1Container",
        ] {
            assert_eq!(lookup(path), class("V1Container"), "{path}");
        }
        assert_eq!(lookup("flyte.PodTemplate"), Data::Template(Sdk::V2));
        assert_eq!(lookup("flytekit.core.pod_template.PodTemplate"), Data::Template(Sdk::V1));
        assert_eq!(lookup("templates.PodTemplate"), Data::Template(Sdk::Unknown));
        assert!(matches!(lookup("kubernetes.client.Nothing"), Data::Path(_)));
        assert!(matches!(lookup("mine.V1Container"), Data::Path(_)));
    }
}
