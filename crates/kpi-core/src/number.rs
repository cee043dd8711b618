//! Exact rational numbers, for everything that is computed.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

/// The significant digits of a quotient that does not end.
const SIGNIFICANT_DIGITS: usize = 28;

/// An exact rational number of any size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rational(BigRational);

impl Rational {
    /// Zero.
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// The number `mantissa / 10^scale`.
    pub fn from_parts(mantissa: i128, scale: u32) -> Self {
        Self(BigRational::new(BigInt::from(mantissa), BigInt::from(10).pow(scale)))
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether it is above zero.
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Its distance from zero.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// The quotient, unless the divisor is zero.
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() { None } else { Some(Self(&self.0 / &divisor.0)) }
    }

    /// About how many digits its two parts have.
    pub(crate) fn digits(&self) -> usize {
        let bits = self.0.numer().bits() + self.0.denom().bits();
        usize::try_from(bits / 3).unwrap_or(usize::MAX)
    }

    /// An approximation, for drawing only.
    pub fn approximate(&self) -> f64 {
        self.0.to_f64().unwrap_or(0.0)
    }

    /// Rounded half to even at so many decimals, in plain notation with exactly that many.
    pub fn to_fixed(&self, decimals: u32) -> String {
        let scaled = round_half_even(&(&self.0 * BigRational::from(BigInt::from(10).pow(decimals))));
        place_point(&scaled, decimals as usize)
    }

    /// Reads a plain decimal such as `-12.50`.
    pub fn parse_plain(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let pointed = digits.contains('.');
        if whole.is_empty() || !plain(whole) || !plain(fraction) || (pointed && fraction.is_empty()) {
            return None;
        }
        let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
        Some(Self(BigRational::new(mantissa * sign, BigInt::from(10).pow(u32::try_from(fraction.len()).ok()?))))
    }
}

/// Adds many decimals exactly: in one wide integer as long as it fits, which is nearly always.
#[derive(Clone, Debug, Default)]
pub(crate) struct DecimalSum {
    mantissa: i128,
    scale: u32,
    beyond: Option<Rational>,
}

impl DecimalSum {
    pub(crate) fn add(&mut self, value: Decimal) {
        self.add_parts(value.mantissa(), value.scale());
    }

    pub(crate) fn join(&mut self, other: &Self) {
        self.add_parts(other.mantissa, other.scale);
        if let Some(more) = &other.beyond {
            let beyond = self.beyond.take().unwrap_or_else(Rational::zero);
            self.beyond = Some(beyond + more.clone());
        }
    }

    fn add_parts(&mut self, mantissa: i128, own_scale: u32) {
        let scale = self.scale.max(own_scale);
        let lifted = |mantissa: i128, from: u32| 10_i128.checked_pow(scale - from)?.checked_mul(mantissa);
        let sum = lifted(self.mantissa, self.scale)
            .zip(lifted(mantissa, own_scale))
            .and_then(|(one, two)| one.checked_add(two));
        match sum {
            Some(mantissa) => (self.mantissa, self.scale) = (mantissa, scale),
            None => {
                let beyond = self.beyond.take().unwrap_or_else(Rational::zero);
                self.beyond = Some(beyond + Rational::from_parts(mantissa, own_scale));
            }
        }
    }

    pub(crate) fn total(&self) -> Rational {
        let sum = Rational::from_parts(self.mantissa, self.scale);
        match &self.beyond {
            Some(beyond) => sum + beyond.clone(),
            None => sum,
        }
    }
}

impl fmt::Display for Rational {
    /// Plain notation: exact where the number ends, otherwise 28 significant digits, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.0))
    }
}

fn plain(number: &BigRational) -> String {
    if let Some(decimals) = ending_decimals(number.denom()) {
        let scaled = number * BigRational::from(BigInt::from(10).pow(decimals));
        return trim_zeros(place_point(&scaled.to_integer(), decimals as usize));
    }
    // Scale so that the integer part has exactly 28 digits, round, and correct for a carry or a short estimate.
    let magnitude = digits_before_point(&number.abs());
    let decimals = i64::try_from(SIGNIFICANT_DIGITS).unwrap_or(28) - magnitude;
    let factor = BigRational::from(BigInt::from(10).pow(u32::try_from(decimals.unsigned_abs()).unwrap_or(0)));
    let scaled = if decimals >= 0 { number * factor } else { number / factor };
    let rounded = round_half_even(&scaled);
    if decimals >= 0 {
        trim_zeros(place_point(&rounded, usize::try_from(decimals).unwrap_or(0)))
    } else {
        (rounded * BigInt::from(10).pow(u32::try_from(-decimals).unwrap_or(0))).to_string()
    }
}

/// How many digits stand before the point; negative counts zeros behind it (0.05 has -1, 0.5 has 0, 5 has 1).
fn digits_before_point(number: &BigRational) -> i64 {
    let length = |integer: &BigInt| i64::try_from(integer.magnitude().to_string().len()).unwrap_or(i64::MAX);
    let mut magnitude = length(number.numer()) - length(number.denom());
    // The estimate is the true magnitude or one less; compare with the power of ten to decide.
    let power = |exponent: i64| {
        let ten = BigRational::from(BigInt::from(10));
        if exponent >= 0 {
            BigRational::from(BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0)))
        } else {
            ten.recip() * BigRational::from(BigInt::from(10).pow(u32::try_from(-exponent - 1).unwrap_or(0))).recip()
        }
    };
    while *number >= power(magnitude) {
        magnitude += 1;
    }
    magnitude
}

/// The decimals of a number with this denominator, when it ends.
fn ending_decimals(denominator: &BigInt) -> Option<u32> {
    let (mut rest, mut twos, mut fives) = (denominator.clone(), 0_u32, 0_u32);
    let (two, five) = (BigInt::from(2), BigInt::from(5));
    while (&rest % &two).is_zero() {
        rest /= &two;
        twos += 1;
    }
    while (&rest % &five).is_zero() {
        rest /= &five;
        fives += 1;
    }
    rest.is_one().then_some(twos.max(fives))
}

fn round_half_even(number: &BigRational) -> BigInt {
    let floor = number.floor().to_integer();
    let twice = (number - BigRational::from(floor.clone())) * BigRational::from(BigInt::from(2));
    let one = BigRational::one();
    let up = twice > one || (twice == one && !(&floor % BigInt::from(2)).is_zero());
    if up { floor + 1 } else { floor }
}

fn place_point(integer: &BigInt, decimals: usize) -> String {
    let digits = integer.magnitude().to_string();
    let sign = if integer.sign() == Sign::Minus { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}

fn trim_zeros(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

impl From<Decimal> for Rational {
    fn from(value: Decimal) -> Self {
        Self::from_parts(value.mantissa(), value.scale())
    }
}

impl From<i64> for Rational {
    fn from(value: i64) -> Self {
        Self(BigRational::from(BigInt::from(value)))
    }
}

impl Add for Rational {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Rational {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Rational {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Div for Rational {
    type Output = Self;
    /// Panics on a zero divisor; use [`Rational::checked_div`] where it may be zero.
    fn div(self, other: Self) -> Self {
        Self(self.0 / other.0)
    }
}

impl Neg for Rational {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Rational {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Rational;

    fn quotient(numerator: i64, denominator: i64) -> String {
        (Rational::from(numerator) / Rational::from(denominator)).to_string()
    }

    // Worked with `bc` at scale 40 and rounded by hand.
    #[test]
    fn prints_exact_numbers_exactly_and_others_with_28_digits() {
        assert_eq!(quotient(140, 10_000), "0.014");
        assert_eq!(quotient(250_000, 384_880), "0.6495531074620660985242153398");
        assert_eq!(quotient(2, 3), "0.6666666666666666666666666667");
        assert_eq!(quotient(-1, 3), "-0.3333333333333333333333333333");
        assert_eq!(quotient(1, 300), "0.003333333333333333333333333333");
        assert_eq!(quotient(1_000_000, 7), "142857.1428571428571428571429");
        assert_eq!(quotient(10, 1), "10");
        assert_eq!(quotient(0, 5), "0");
        assert_eq!(quotient(-1250, 100), "-12.5");
        assert_eq!(quotient(1, 1024), "0.0009765625");
    }

    #[test]
    fn rounds_half_to_even_when_shown() {
        let half = |text: &str, decimals| Rational::parse_plain(text).map(|number| number.to_fixed(decimals));
        assert_eq!(half("0.125", 2).as_deref(), Some("0.12"));
        assert_eq!(half("0.135", 2).as_deref(), Some("0.14"));
        assert_eq!(half("-2.5", 0).as_deref(), Some("-2"));
        assert_eq!(half("1.5", 0).as_deref(), Some("2"));
        assert_eq!(half("0.05", 1).as_deref(), Some("0.0"));
    }

    #[test]
    fn sums_of_decimals_are_exact_beyond_every_width() {
        let texts = ["79228162514264337593543950335", "0.0000000000000000000000000001", "-5.5"];
        let mut sum = super::DecimalSum::default();
        let mut expected = Rational::zero();
        for _ in 0..3 {
            for value in texts.iter().filter_map(|text| text.parse::<rust_decimal::Decimal>().ok()) {
                sum.add(value);
                expected = expected + value.into();
            }
        }
        assert_eq!(sum.total(), expected);
        assert_eq!(sum.total().to_string(), "237684487542793012780631850988.5000000000000000000000000003");
    }

    #[test]
    fn reads_plain_decimals_only() {
        for bad in ["", "-", "1.", ".5", "1e3", "1,234", "+1", " 1", "--"] {
            assert_eq!(Rational::parse_plain(bad), None, "{bad}");
        }
        assert_eq!(Rational::parse_plain("-12.50").map(|number| number.to_string()).as_deref(), Some("-12.5"));
    }
}
