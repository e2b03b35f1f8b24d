//! The three-state answer to "what is in this field?".

/// What is known of a field. Rules about absence speak only on `Missing`, rules about values only on `Known`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<T> {
    /// It is there, and this is it.
    Known(T),
    /// It is certainly not there (or null, which Kubernetes reads as not there).
    Missing,
    /// It cannot be told without running the program.
    Dynamic,
}

impl<T> Field<T> {
    /// The value, where known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing | Self::Dynamic => None,
        }
    }

    /// Whether the field is certainly absent.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Whether nothing is known.
    pub const fn is_dynamic(&self) -> bool {
        matches!(self, Self::Dynamic)
    }

    /// The same answer about a reference.
    pub const fn as_ref(&self) -> Field<&T> {
        match self {
            Self::Known(value) => Field::Known(value),
            Self::Missing => Field::Missing,
            Self::Dynamic => Field::Dynamic,
        }
    }

    /// Converts a known value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Self::Known(value) => Field::Known(convert(value)),
            Self::Missing => Field::Missing,
            Self::Dynamic => Field::Dynamic,
        }
    }

    /// Follows a known value to a further field.
    pub fn then<U>(self, follow: impl FnOnce(T) -> Field<U>) -> Field<U> {
        match self {
            Self::Known(value) => follow(value),
            Self::Missing => Field::Missing,
            Self::Dynamic => Field::Dynamic,
        }
    }

    /// The known value, or `default` where the field is missing; `None` where it is dynamic.
    pub fn or_default(self, default: T) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Missing => Some(default),
            Self::Dynamic => None,
        }
    }
}
