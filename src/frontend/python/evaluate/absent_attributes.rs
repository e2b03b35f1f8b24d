//! Attributes that instances and classes surely do not have, though a library defines a class that they extend.

use super::super::value::{ClassRef, ObjectId, ValueKind};
use super::Evaluator;

/// What pydantic's models have beside fields and what begins with `model_`.
const MODEL: &[&str] = &[
    "construct",
    "copy",
    "dict",
    "from_orm",
    "json",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "schema",
    "schema_json",
    "update_forward_refs",
    "validate",
];

impl Evaluator<'_> {
    /// Whether a class of the project whose bases are known has no attribute of a name, nor have its instances.
    pub(super) fn surely_lacks(&self, order: &[ClassRef], name: &str) -> bool {
        !name.starts_with('_') && order.iter().all(|class| self.class_lacks(class, name))
    }

    fn class_lacks(&self, class: &ClassRef, name: &str) -> bool {
        match class {
            ClassRef::User(id) => self.own_class_lacks(*id, name),
            ClassRef::Library(path) => match &**path {
                "builtins.object" | "abc.ABC" | "typing.Generic" => true,
                "enum.Enum" => !matches!(name, "name" | "value" | "mro"),
                // Members are written in capitals, methods of text and numbers are not.
                "enum.StrEnum" | "enum.IntEnum" | "builtins.str" | "builtins.int" => {
                    name.starts_with(char::is_uppercase)
                }
                "pydantic.BaseModel" => !name.starts_with("model_") && !MODEL.contains(&name),
                _ => false,
            },
            _ => false,
        }
    }

    fn own_class_lacks(&self, id: ObjectId, name: &str) -> bool {
        let Some(class) = self.class(id) else { return false };
        let keeps_extra = ["model_config", "class keyword extra", "Config"].iter().any(|setting| {
            class.attributes.get(setting).is_some_and(|known| known.slot.value.as_text() != Some("forbid"))
        });
        let has_metaclass =
            class.metaclass.as_ref().is_some_and(|metaclass| !matches!(metaclass.kind, ValueKind::Library(_)));
        class.attributes.get(name).is_none()
            && class.attributes.get("__getattr__").is_none()
            && class.attributes.get("__getattribute__").is_none()
            && class.attributes.rest.is_none()
            && !keeps_extra
            && !has_metaclass
    }
}
