//! Amounts of resources, as the API server stores and compares them.

use std::collections::BTreeMap;
use std::fmt;

use crate::pod::Quantity;

/// Amounts by the name of their resource.
pub type Amounts = BTreeMap<String, Amount>;

/// An amount in thousandths, which is as precise as the server keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    milli: i128,
    is_binary: bool,
}

const SUFFIXES: &[&str] = &["m", "", "k", "M", "G", "T", "P", "E"];
const BINARY_SUFFIXES: &[&str] = &["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

impl Amount {
    /// Reads a quantity; `None` where the text is none, or is too large for any resource.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let quantity = Quantity::parse(text).ok()?;
        let milli = quantity.rounded_to_milli().as_milli()?;
        Some(Self { milli, is_binary: quantity.is_binary() })
    }

    /// A plain number.
    #[must_use]
    pub fn number(value: i128) -> Self {
        Self { milli: value.saturating_mul(1000), is_binary: false }
    }

    /// The value in thousandths.
    #[must_use]
    pub const fn milli(self) -> i128 {
        self.milli
    }

    /// The value rounded up to a whole number, in thousandths: as the scheduler counts everything but cpu.
    #[must_use]
    pub const fn whole(self) -> i128 {
        (self.milli + 999).div_euclid(1000) * 1000
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.milli == 0
    }

    /// The sum, in the unit of the first.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { milli: self.milli.saturating_add(other.milli), is_binary: self.is_binary || other.is_binary }
    }

    /// The difference, at least zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self { milli: self.milli.saturating_sub(other.milli).max(0), ..self }
    }
}

impl fmt::Display for Amount {
    /// The canonical form: `1.5Gi` is `1536Mi`, `1000` is `1k`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (suffixes, factor, mut value) = if self.is_binary && self.milli.abs() >= 1024 * 1000 {
            (BINARY_SUFFIXES, 1024, self.whole() / 1000)
        } else {
            (SUFFIXES, 1000, self.milli)
        };
        if value == 0 {
            return out.write_str("0");
        }
        let mut power = 0;
        while value % factor == 0 && power + 1 < suffixes.len() {
            value /= factor;
            power += 1;
        }
        write!(out, "{value}{}", suffixes.get(power).copied().unwrap_or_default())
    }
}

/// Adds amounts to others.
pub fn add(to: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let sum = to.get(name).map_or(*amount, |known| known.plus(*amount));
        to.insert(name.clone(), sum);
    }
}

/// Keeps the larger of each amount.
pub fn keep_larger(of: &mut Amounts, others: &Amounts) {
    for (name, amount) in others {
        if of.get(name).is_none_or(|known| known.milli() < amount.milli()) {
            of.insert(name.clone(), *amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_their_canonical_form() {
        let cases = [
            ("1000", "1k"),
            ("99.9m", "100m"),
            ("1.5Gi", "1536Mi"),
            ("1024Mi", "1Gi"),
            ("512Ki", "512Ki"),
            ("0.5Ki", "512"),
            ("0", "0"),
            ("1500m", "1500m"),
            ("2", "2"),
            ("0.1", "100m"),
            ("8589934593", "8589934593"),
        ];
        for (text, expected) in cases {
            let amount = Amount::parse(text).map(|amount| amount.to_string());
            assert_eq!(amount.as_deref(), Some(expected), "{text}");
        }
    }
}
