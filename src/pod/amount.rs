//! Quantities as the API server computes with them: in 64 bits, which absurd amounts overflow.
//!
//! A quantity is kept as a 64-bit number and a power of ten where the text is short enough, and as digits else; the two
//! overflow differently. Source: <https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/apimachinery/pkg/api/resource>.

use super::quantity::{Quantity, split_digits, unit};

/// A quantity of a list of resources, which is rounded up to thousandths.
enum Kept {
    /// `number × 10^ten`.
    Short { number: i64, ten: i64 },
    /// All of its digits.
    Long(Quantity),
}

/// Whether the server takes the amount for a whole number.
#[must_use]
pub fn is_whole(text: &str) -> bool {
    let thousandths = match kept(text) {
        Some(Kept::Short { number, ten }) => scaled(number, ten + 3),
        Some(Kept::Long(quantity)) => quantity.wrapped(3),
        None => return true,
    };
    thousandths % 1000 == 0
}

/// Whether the server takes the amount for a multiple of another one: of huge pages, for their size.
#[must_use]
pub fn is_multiple(text: &str, of: &str) -> bool {
    let Ok(size) = Quantity::parse(of) else { return false };
    if size.is_zero() || size.is_negative() || !is_whole(of) {
        return false;
    }
    let whole = |text: &str| match kept(text) {
        Some(Kept::Short { number, ten }) => scaled(number, ten),
        Some(Kept::Long(quantity)) => quantity.wrapped(0),
        None => 0,
    };
    whole(text).checked_rem(whole(of)) == Some(0)
}

/// Whether the server prints the amount as it is written, since it looks canonical: `+1` and `01`, too.
#[must_use]
pub fn is_echoed(text: &str) -> bool {
    let unsigned = text.trim_matches(' ').trim_start_matches(['+', '-']).trim_start_matches('0');
    let (whole, rest) = split_digits(unsigned);
    let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), split_digits);
    let (Some((number, ten)), Ok(unit)) = (short(unsigned), unit(suffix)) else { return false };
    if unit.two > 0 {
        return (number >> unit.two) & 7 != 0;
    }
    let digits = format!("{whole}{fraction}");
    ten % 3 == 0 && !digits.ends_with("000") && !digits.starts_with('0') && !digits.is_empty()
}

fn kept(text: &str) -> Option<Kept> {
    let quantity = Quantity::parse(text).ok()?;
    let short = short(text.trim_matches(' ').trim_start_matches(['+', '-'])).map(|(number, ten)| {
        let number = if quantity.is_negative() { number.wrapping_neg() } else { number };
        if ten >= -3 { Kept::Short { number, ten } } else { Kept::Short { number: scaled(number, ten + 3), ten: -3 } }
    });
    Some(short.unwrap_or_else(|| Kept::Long(quantity.capped().rounded_to_milli())))
}

/// The number and the power of ten of a text that is short enough for them.
fn short(text: &str) -> Option<(i64, i64)> {
    let (whole, rest) = split_digits(text.trim_start_matches('0'));
    let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), split_digits);
    let unit = unit(suffix).ok()?;
    let length = i64::try_from(whole.len() + fraction.len()).ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let fits = match unit.two {
        0 => 18 - length >= 0 && unit.ten - places >= -9,
        two => fraction.is_empty() && 15 - length - i64::from(two) * 3 / 10 > 0,
    };
    let digits = format!("0{whole}{fraction}");
    let number: i64 = digits.parse().ok().filter(|_| fits)?;
    number.checked_mul(1 << unit.two).map(|number| (number, unit.ten - places))
}

/// `number × 10^ten`, as the server multiplies; fractions are rounded away from zero.
fn scaled(number: i64, ten: i64) -> i64 {
    match u32::try_from(ten) {
        Ok(power @ (0..=3 | 6 | 9)) => number.wrapping_mul(10_i64.pow(power)),
        Ok(power) => 10_i64.checked_pow(power).and_then(|factor| number.checked_mul(factor)).unwrap_or_default(),
        Err(_) => {
            let power = u32::try_from(ten.unsigned_abs()).unwrap_or(u32::MAX);
            let divisor = 10_i64.checked_pow(power).unwrap_or(i64::MAX);
            number / divisor + (number % divisor).signum()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_amounts_are_whole_or_not_as_for_the_server() {
        for whole in
            ["1", "1E", "10E", "1.0e+22", "1e400", "8Ei", "9223372036854775807", "9223372036854775808", "m", "1k"]
        {
            assert!(is_whole(whole), "{whole}");
        }
        let not = [
            "0.5",
            "1m",
            "1n",
            "1000000000000000000",
            "10000000000000000000",
            "1Ei",
            "12345678901234567890",
            "92233720368547758",
            "9Pi",
            "7Ei",
        ];
        for text in not {
            assert!(!is_whole(text), "{text}");
        }
    }

    #[test]
    fn absurd_amounts_are_multiples_or_not_as_for_the_server() {
        for text in ["0", "2Mi", "1Gi", "1Ei", "10E", "1e400", "1e1000000", "9223372036854775808", "Ki"] {
            assert!(is_multiple(text, "2Mi"), "{text}");
        }
        for text in ["1", "3Mi", "1E", "8Ei", "9Ei", "100000000000000000000", "1e-20", "1.5", "0.1m"] {
            assert!(!is_multiple(text, "2Mi"), "{text}");
        }
        assert!(!is_multiple("2Mi", "x") && !is_multiple("2Mi", "0"));
    }
}
