//! Resource quantities: `500m`, `1.5Gi`, `1e3`; exact, whatever their size.
//!
//! The grammar is the one that the API server implements, not the one in its error message.
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.

use std::cmp::Ordering;

/// Exponents beyond this compare as if they were this: no real resource comes near it, and big powers cost minutes.
const MAX_EXPONENT: i64 = 4000;

const BILLION: i128 = 1_000_000_000;

/// A quantity as its sign, its decimal digits, and powers of ten and two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    negative: bool,
    /// Decimal digits without leading zeros; empty for zero.
    digits: Vec<u8>,
    /// The value is `digits × 10^ten × 2^two`.
    ten: i64,
    two: u32,
    family: Family,
}

/// How the unit was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Decimal,
    Binary,
    Exponent,
}

/// Why a text is not a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// Not a number with a suffix.
    Format,
    /// A number, but with a suffix that Kubernetes does not know.
    Suffix,
}

impl Quantity {
    /// Parses a quantity.
    ///
    /// # Errors
    /// `Format` where the text has another shape, `Suffix` where only its unit is unknown.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(unsigned);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest),
            None => ("", rest),
        };
        let unit = unit(suffix)?;
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let mut quantity = Self {
            negative,
            digits: digits.get(leading..).unwrap_or_default().to_vec(),
            ten: unit.ten.saturating_sub(places),
            two: unit.two,
            family: unit.family,
        };
        quantity.normalise();
        Ok(quantity)
    }

    /// Drops trailing zeros, so that equal decimal values look alike.
    fn normalise(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
            self.ten = self.ten.saturating_add(1);
        }
        if self.digits.is_empty() {
            self.ten = 0;
            self.two = 0;
            self.negative = false;
        }
    }

    /// Whether it is zero.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The size in billionths, where that fits; so it is for all but odd quantities, and costs no allocation.
    fn billionths(&self) -> Option<i128> {
        let power = u32::try_from(self.ten.checked_add(9)?).ok()?;
        let add = |value: i128, digit: &u8| value.checked_mul(10)?.checked_add(i128::from(*digit));
        let digits = self.digits.iter().try_fold(0_i128, add)?;
        digits.checked_mul(10_i128.checked_pow(power)?)?.checked_mul(2_i128.checked_pow(self.two)?)
    }

    /// Whether it is a whole number.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        if let Some(size) = self.billionths() {
            return size % BILLION == 0;
        }
        let plain = self.without_two();
        plain.digits.is_empty() || plain.ten >= 0
    }

    /// The value in thousandths, rounded away from zero, as the server keeps resource lists.
    #[must_use]
    pub fn rounded_to_milli(&self) -> Self {
        let mut plain = self.without_two();
        if plain.ten >= -3 || plain.digits.is_empty() {
            return self.clone();
        }
        let dropped = usize::try_from(-3 - plain.ten).unwrap_or(usize::MAX);
        let kept = plain.digits.len().saturating_sub(dropped);
        plain.digits.truncate(kept);
        add_one(&mut plain.digits);
        plain.ten = -3;
        plain.normalise();
        plain
    }

    /// The value; with a binary unit no more than 64 bits hold, as the server caps it.
    #[must_use]
    pub fn capped(&self) -> Self {
        let most = Self { negative: false, two: 0, ..Self::of_digits("9223372036854775807") };
        match self.family == Family::Binary && self.compare_size(&most) == Ordering::Greater {
            true => Self { negative: self.negative, ..most },
            false => self.clone(),
        }
    }

    fn of_digits(digits: &str) -> Self {
        let digits = digits.bytes().map(|byte| byte - b'0').collect();
        Self { negative: false, digits, ten: 0, two: 0, family: Family::Binary }
    }

    /// The lowest 64 bits of the value times ten to a power, which is rounded up to a whole number first.
    #[must_use]
    pub fn wrapped(&self, power: i64) -> i64 {
        let mut plain = self.without_two();
        plain.ten = plain.ten.saturating_add(power);
        if plain.ten < 0 {
            let dropped = usize::try_from(-plain.ten).unwrap_or(usize::MAX);
            plain.digits.truncate(plain.digits.len().saturating_sub(dropped));
            add_one(&mut plain.digits);
            plain.ten = 0;
        }
        let digits =
            plain.digits.iter().fold(0_u64, |value, digit| value.wrapping_mul(10).wrapping_add(u64::from(*digit)));
        // After so many factors of two nothing is left.
        let factor = (0..plain.ten.min(64)).fold(1_u64, |value, _| value.wrapping_mul(10));
        let bits = i64::from_ne_bytes(digits.wrapping_mul(factor).to_ne_bytes());
        if plain.negative { bits.wrapping_neg() } else { bits }
    }

    /// Compares the numeric values.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => other.compare_size(self),
            (false, false) => self.compare_size(other),
        }
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        if let (Some(a), Some(b)) = (self.billionths(), other.billionths()) {
            return a.cmp(&b);
        }
        let (a, b) = (self.without_two(), other.without_two());
        match (a.digits.is_empty(), b.digits.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let magnitude = |value: &Self| value.ten.saturating_add(i64::try_from(value.digits.len()).unwrap_or(i64::MAX));
        // Normalised digits compare like fractions once the magnitudes agree.
        magnitude(&a).cmp(&magnitude(&b)).then_with(|| a.digits.cmp(&b.digits))
    }

    /// Whether the value is a whole multiple of `other`, both being whole numbers that fit in 64 bits.
    #[must_use]
    pub fn is_multiple_of(&self, other: &Self) -> bool {
        match (self.as_i128(), other.as_i128()) {
            (Some(value), Some(unit)) if unit > 0 => value % unit == 0,
            _ => false,
        }
    }

    /// The value, where it is a whole number below 2^96.
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        if let Some(size) = self.billionths() {
            let whole = (size % BILLION == 0).then_some(size / BILLION).filter(|size| *size < 10_i128.pow(28))?;
            return Some(if self.negative { -whole } else { whole });
        }
        let plain = self.without_two();
        let zeros = usize::try_from(plain.ten).ok()?;
        if plain.digits.len() + zeros > 28 {
            return None;
        }
        let digits = plain.digits.iter().copied().chain(std::iter::repeat_n(0, zeros));
        let value = digits.fold(0_i128, |value, digit| value * 10 + i128::from(digit));
        Some(if plain.negative { -value } else { value })
    }

    /// The value in thousandths, where that is a whole number below 2^96.
    #[must_use]
    pub fn as_milli(&self) -> Option<i128> {
        let mut thousandfold = self.without_two();
        thousandfold.ten = thousandfold.ten.saturating_add(3);
        if thousandfold.is_zero() {
            thousandfold.ten = 0;
        }
        thousandfold.as_i128()
    }

    /// The same value with the power of two multiplied out.
    fn without_two(&self) -> Self {
        let mut plain = self.clone();
        for _ in 0..plain.two / 10 {
            multiply(&mut plain.digits, 1024);
        }
        plain.two = 0;
        plain.normalise();
        plain
    }

    /// Whether the unit was a power of 1024.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.family == Family::Binary
    }

    /// Whether it is `1` of one of the units in `suffixes`, with the empty suffix for plain 1.
    #[must_use]
    pub fn is_one_of(&self, suffixes: &[&str]) -> bool {
        suffixes.iter().any(|suffix| {
            Self::parse(&format!("1{suffix}")).is_ok_and(|one| {
                self.compare(&one) == Ordering::Equal && (self.family == one.family || suffix.is_empty())
            })
        }) && self.family != Family::Exponent
    }
}

/// What a suffix means.
pub(super) struct Unit {
    pub(super) ten: i64,
    pub(super) two: u32,
    family: Family,
}

pub(super) fn unit(suffix: &str) -> Result<Unit, QuantityError> {
    let decimal = |ten| Ok(Unit { ten, two: 0, family: Family::Decimal });
    let binary = |two| Ok(Unit { ten: 0, two, family: Family::Binary });
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        other => exponent(other),
    }
}

/// `e3`, `E-3`; and which error another suffix is.
fn exponent(suffix: &str) -> Result<Unit, QuantityError> {
    if !is_suffix_shaped(suffix) {
        return Err(QuantityError::Format);
    }
    let digits = suffix.strip_prefix(['e', 'E']).ok_or(QuantityError::Suffix)?;
    let value: i64 = digits.parse().map_err(|_| QuantityError::Suffix)?;
    // The server keeps 32 bits of the exponent.
    let wrapped = i64::from(value.to_le_bytes().first_chunk::<4>().map_or(0, |low| i32::from_le_bytes(*low)));
    Ok(Unit { ten: wrapped.clamp(-MAX_EXPONENT, MAX_EXPONENT), two: 0, family: Family::Exponent })
}

/// Letters of units, an optional sign, digits, and no more.
fn is_suffix_shaped(suffix: &str) -> bool {
    let rest = suffix.trim_start_matches(|character| "eEinumkKMGTP".contains(character));
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    rest.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn multiply(digits: &mut Vec<u8>, factor: u32) {
    let mut carry = 0;
    for digit in digits.iter_mut().rev() {
        let value = u32::from(*digit) * factor + carry;
        *digit = u8::try_from(value % 10).unwrap_or_default();
        carry = value / 10;
    }
    while carry > 0 {
        digits.insert(0, u8::try_from(carry % 10).unwrap_or_default());
        carry /= 10;
    }
}

fn add_one(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn the_grammar_is_the_servers() {
        for zero in ["+", "-", ".", "m", "0", "00", "-0", "0.0Gi"] {
            assert!(quantity(zero).is_zero(), "{zero}");
        }
        for good in ["1.", ".5", "1e3", "1E+3", "1E-3", "1E", " 1Gi ", "1e2147483647", "01", "+1"] {
            quantity(good);
        }
        for bad in ["", "1GB", "1Kb", "1 Gi", "1,5", "0x10", "1_000", "1..2", "1e3Ki", "1e1e1", "100%", "NaN", "\t1"] {
            assert_eq!(Quantity::parse(bad), Err(QuantityError::Format), "{bad}");
        }
        for bad in ["1K", "1ki", "1i", "1e", "1E+", "1Mi1", "1k1", "1+", "--1", "1EE", "1e99999999999999999999"] {
            assert_eq!(Quantity::parse(bad), Err(QuantityError::Suffix), "{bad}");
        }
    }

    #[test]
    fn values_compare_exactly() {
        let pairs = [
            ("1024Mi", "1Gi", Ordering::Equal),
            ("1000m", "1", Ordering::Equal),
            ("1G", "1Gi", Ordering::Less),
            ("0.1Ki", "102400m", Ordering::Equal),
            ("1e3", "1k", Ordering::Equal),
            ("1e4294967297", "10", Ordering::Equal),
            ("-1", "0", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("9223372036854775808", "9223372036854775807", Ordering::Greater),
            ("1.5Gi", "1536Mi", Ordering::Equal),
            ("1e100", "1E", Ordering::Greater),
        ];
        for (a, b, expected) in pairs {
            assert_eq!(quantity(a).compare(&quantity(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn whole_numbers_and_rounding() {
        assert!(quantity("1000m").is_whole());
        assert!(!quantity("1500m").is_whole());
        assert!(quantity("0.5Ki").is_whole());
        assert_eq!(quantity("1n").rounded_to_milli().compare(&quantity("1m")), Ordering::Equal);
        assert_eq!(quantity("1.5m").rounded_to_milli().compare(&quantity("2m")), Ordering::Equal);
        assert_eq!(quantity("1e-100").rounded_to_milli().compare(&quantity("1m")), Ordering::Equal);
        assert_eq!(quantity("9.9999").rounded_to_milli().compare(&quantity("10")), Ordering::Equal);
        assert!(quantity("4Mi").is_multiple_of(&quantity("2Mi")));
        assert!(!quantity("3Mi").is_multiple_of(&quantity("2Mi")));
    }
}
