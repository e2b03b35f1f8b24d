//! What functions take and give, and since which Kubernetes version the server compiles them.
//!
//! Source: <https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries>. A server takes new
//! expressions by the version before its own, so that it can be rolled back: a library of 1.30 may be used from 1.31 on.

use super::types::{Judgement, Type, overload};

/// What stands before the dot in names of functions.
pub fn is_namespace(name: &str) -> bool {
    matches!(name, "math" | "lists" | "sets" | "optional" | "strings" | "ip" | "cel" | "format" | "base64")
}

/// The first version of which the server compiles a function; `None` where none does.
pub fn since(name: &str, arguments: usize) -> Option<u8> {
    Some(match name {
        "charAt" | "indexOf" | "join" | "lastIndexOf" | "lowerAscii" | "replace" | "split" | "substring" | "trim"
        | "upperAscii" | "size" | "contains" | "startsWith" | "endsWith" | "matches" | "find" | "findAll"
        | "isSorted" | "sum" | "min" | "max" | "url" | "isURL" | "getScheme" | "getHost" | "getHostname"
        | "getPort" | "getEscapedPath" | "getQuery" | "int" | "uint" | "double" | "string" | "bytes" | "bool"
        | "dyn" | "type" | "duration" | "timestamp" | "has" => 27,
        "all" | "exists" | "exists_one" | "map" | "filter" if arguments < 3 || name == "map" => 27,
        "getDate" | "getDayOfMonth" | "getDayOfWeek" | "getDayOfYear" | "getFullYear" | "getHours"
        | "getMilliseconds" | "getMinutes" | "getMonth" | "getSeconds" => 27,
        "path" | "group" | "serviceAccount" | "resource" | "subresource" | "namespace" | "name" | "check"
        | "allowed" | "reason" | "errored" | "error" => 28,
        "optional.of"
        | "optional.none"
        | "optional.ofNonZeroValue"
        | "hasValue"
        | "value"
        | "or"
        | "orValue"
        | "optMap"
        | "optFlatMap"
        | "quantity"
        | "isQuantity"
        | "sign"
        | "isGreaterThan"
        | "isLessThan"
        | "compareTo"
        | "asApproximateFloat"
        | "asInteger"
        | "isInteger"
        | "add"
        | "sub" => 29,
        "format" | "strings.quote" | "sets.contains" | "sets.equivalent" | "sets.intersects" => 30,
        "ip"
        | "isIP"
        | "ip.isCanonical"
        | "family"
        | "isUnspecified"
        | "isLoopback"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast"
        | "isGlobalUnicast"
        | "cidr"
        | "isCIDR"
        | "containsIP"
        | "containsCIDR"
        | "masked"
        | "prefixLength" => 31,
        "validate" | "fieldSelector" | "labelSelector" => 32,
        _ if name.starts_with("format.") => 32,
        "all" | "exists" | "existsOne" | "exists_one" | "transformList" | "transformMap" | "transformMapEntry" => 33,
        "semver" | "isSemver" | "major" | "minor" | "patch" => 34,
        "distinct" | "flatten" | "slice" | "sort" | "sortBy" | "lists.range" | "first" | "last" => 35,
        "reverse" => 35,
        _ => return None,
    })
}

/// The type that a function gives.
pub fn result(space: Option<&str>, name: &str, target: Option<&Type>, arguments: &[Type]) -> Judgement {
    let all = || target.into_iter().chain(arguments).cloned().collect::<Vec<_>>();
    if let Some(target) = target
        && of_text(name)
        && !matches!(target, Type::Text | Type::Dyn | Type::Other | Type::List(_))
    {
        return Err(overload(name, &all()));
    }
    let list_only = |kind: Type| match target {
        Some(Type::List(_)) => Type::Other,
        _ => kind,
    };
    let optional = |kind: &Type| Type::Optional(Box::new(kind.clone()));
    Ok(match (space, name) {
        (None, "size") if arguments.len() != usize::from(target.is_none()) => return Err(overload(name, &all())),
        // It is a function, and no method.
        (None, "sign") if target.is_some_and(|kind| matches!(kind, Type::Named(_))) => {
            return Err(overload(name, &all()));
        }
        (None, "size") => match target.or(arguments.first()) {
            Some(Type::Bool | Type::Int | Type::Uint | Type::Double | Type::Null) => {
                return Err(overload(name, &all()));
            }
            _ => Type::Int,
        },
        (None, "contains" | "startsWith" | "endsWith" | "matches") => {
            if arguments.first().is_some_and(|kind| kind.differs(&Type::Text)) {
                return Err(overload(name, &all()));
            }
            Type::Bool
        }
        (None, "isSorted" | "isIP" | "isCIDR" | "isURL" | "isQuantity" | "isSemver" | "hasValue" | "isGreaterThan")
        | (None, "isLessThan" | "isInteger" | "containsIP" | "containsCIDR" | "allowed" | "errored")
        | (Some("sets"), _)
        | (Some("ip"), _)
        | (None, "bool") => Type::Bool,
        (
            None,
            "int" | "compareTo" | "sign" | "asInteger" | "family" | "prefixLength" | "major" | "minor" | "patch",
        )
        | (None, "indexOf" | "lastIndexOf") => Type::Int,
        (None, "uint") => Type::Uint,
        (None, "double" | "asApproximateFloat") => Type::Double,
        (None, "bytes") => Type::Bytes,
        (None, "dyn") => Type::Dyn,
        (
            None,
            "charAt" | "join" | "lowerAscii" | "upperAscii" | "replace" | "substring" | "trim" | "find" | "format",
        )
        | (None, "string" | "getScheme" | "getHost" | "getHostname" | "getPort" | "getEscapedPath")
        | (Some("strings"), _) => Type::Text,
        (None, "split" | "findAll") => Type::List(Box::new(Type::Text)),
        (None, "reverse") => list_only(Type::Text),
        (None, "sum" | "min" | "max") => match target {
            Some(Type::List(item)) => (**item).clone(),
            _ => Type::Other,
        },
        (None, "quantity") => Type::Named("kubernetes.Quantity"),
        (None, "url") => Type::Named("kubernetes.URL"),
        (None, "ip") => Type::Named("net.IP"),
        (None, "cidr") => Type::Named("net.CIDR"),
        (None, "semver") => Type::Named("kubernetes.Semver"),
        (Some("optional"), "of") => arguments.first().map_or(Type::Other, optional),
        (None, "value") => match target {
            Some(Type::Optional(inner)) => (**inner).clone(),
            _ => Type::Other,
        },
        (None, "orValue") => match (target, arguments.first()) {
            (Some(Type::Optional(inner)), Some(other)) if inner.differs(other) => {
                return Err(overload(name, &all()));
            }
            (Some(Type::Optional(inner)), Some(other)) if **inner == *other => other.clone(),
            _ => Type::Other,
        },
        _ => Type::Other,
    })
}

/// Whether a function is one of strings; some are of lists too.
fn of_text(name: &str) -> bool {
    matches!(
        name,
        "contains"
            | "startsWith"
            | "endsWith"
            | "matches"
            | "charAt"
            | "lowerAscii"
            | "upperAscii"
            | "replace"
            | "split"
            | "substring"
            | "trim"
            | "find"
            | "findAll"
    )
}
