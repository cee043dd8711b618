//! Exact numbers: every amount and count of the world, its ledger and its truth is a rational, never a float.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// The significant digits of a quotient that does not end.
const DIGITS: usize = 28;

/// An exact rational number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rational(BigRational);

impl Rational {
    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// A whole number.
    pub fn int(value: impl Into<BigInt>) -> Self {
        Self(BigRational::from_integer(value.into()))
    }

    /// `mantissa / 10^scale`: 1234 with scale 2 is 12.34.
    pub fn scaled(mantissa: impl Into<BigInt>, scale: u32) -> Self {
        Self(BigRational::new(mantissa.into(), BigInt::from(10).pow(scale)))
    }

    /// Reads plain decimal notation, such as `-12.50`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let scale = u32::try_from(fraction.len()).ok()?;
        let mantissa: BigInt = all.parse().ok()?;
        Some(Self::scaled(mantissa * sign, scale))
    }

    /// Whether this is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// The quotient, or nothing when the divisor is zero.
    #[must_use]
    pub fn over(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() { None } else { Some(Self(&self.0 / &divisor.0)) }
    }

    /// Plain notation. What does not end is rounded half-even to 28 significant digits.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        match self.ending_scale() {
            Some(scale) => plain(&(&self.0 * pow10(scale)).to_integer(), scale),
            None => self.rounded(),
        }
    }

    /// The number of decimals that show the value exactly, when there is such a number.
    fn ending_scale(&self) -> Option<i64> {
        let mut rest = self.0.denom().clone();
        let mut count = |factor: u32| {
            let factor = BigInt::from(factor);
            let mut times = 0_i64;
            while (&rest % &factor).is_zero() {
                rest /= &factor;
                times += 1;
            }
            times
        };
        let scale = count(2).max(count(5));
        rest.is_one().then_some(scale)
    }

    fn rounded(&self) -> String {
        // Find the scale at which the integer part of the magnitude has exactly DIGITS digits.
        let magnitude = self.0.abs();
        let digits = |value: &BigInt| value.magnitude().to_string().len();
        let whole = magnitude.to_integer();
        let mut scale = if whole.is_zero() {
            let leading = digits(&magnitude.recip().to_integer());
            (DIGITS + leading - 1) as i64
        } else {
            DIGITS as i64 - digits(&whole) as i64
        };
        while digits(&(&magnitude * pow10(scale)).to_integer()) < DIGITS {
            scale += 1;
        }
        while digits(&(&magnitude * pow10(scale)).to_integer()) > DIGITS {
            scale -= 1;
        }
        let mantissa = half_even(&(&self.0 * pow10(scale)));
        let mut text = plain(&mantissa, scale);
        if text.contains('.') {
            text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        text
    }

    /// The nearest whole number, a tie going to the even one.
    #[must_use]
    pub fn round_half_even(&self) -> Self {
        Self(BigRational::from_integer(half_even(&self.0)))
    }

    /// The value rounded half-even to a number of decimals.
    #[must_use]
    pub fn round_to(&self, decimals: u32) -> Self {
        let factor = pow10(i64::from(decimals));
        Self(BigRational::from_integer(half_even(&(&self.0 * &factor))) / factor)
    }
}

fn pow10(scale: i64) -> BigRational {
    let power = BigInt::from(10).pow(u32::try_from(scale.unsigned_abs()).unwrap_or(u32::MAX));
    if scale >= 0 { BigRational::from_integer(power) } else { BigRational::new(BigInt::one(), power) }
}

fn half_even(value: &BigRational) -> BigInt {
    let floor = value.floor().to_integer();
    let rest = value - BigRational::from_integer(floor.clone());
    let half = BigRational::new(BigInt::one(), BigInt::from(2));
    match rest.cmp(&half) {
        Ordering::Less => floor,
        Ordering::Greater => floor + 1,
        Ordering::Equal if (&floor % BigInt::from(2)).is_zero() => floor,
        Ordering::Equal => floor + 1,
    }
}

/// Writes `mantissa / 10^scale`.
fn plain(mantissa: &BigInt, scale: i64) -> String {
    let sign = if mantissa.is_negative() { "-" } else { "" };
    let mut digits = mantissa.magnitude().to_string();
    let Ok(scale) = usize::try_from(scale) else {
        let zeros = usize::try_from(scale.unsigned_abs()).unwrap_or(0);
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    if digits.len() <= scale {
        digits = format!("{}{digits}", "0".repeat(scale + 1 - digits.len()));
    }
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_decimal())
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
    /// # Panics
    /// When the divisor is zero; `over` is the safe form.
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
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        values.fold(Self::zero(), |total, value| total + value)
    }
}

#[cfg(test)]
mod tests {
    use super::Rational;

    fn quotient(a: i64, b: i64) -> String {
        Rational::int(a).over(&Rational::int(b)).unwrap().to_decimal()
    }

    #[test]
    fn writes_ending_quotients_exactly() {
        assert_eq!(quotient(48_110_000, 125), "384880");
        assert_eq!(quotient(-1, 8), "-0.125");
        assert_eq!(Rational::parse("0.00068300").unwrap().to_decimal(), "0.000683");
        assert_eq!(Rational::parse("1200.50").unwrap().to_decimal(), "1200.5");
    }

    #[test]
    fn rounds_endless_quotients_to_28_digits() {
        assert_eq!(quotient(2, 3), "0.6666666666666666666666666667");
        assert_eq!(quotient(250_000, 384_880), "0.6495531074620660985242153398");
        assert_eq!(quotient(1, 300), "0.003333333333333333333333333333");
        assert_eq!(quotient(-200, 3), "-66.66666666666666666666666667");
    }

    #[test]
    fn rounds_ties_to_even() {
        assert_eq!(Rational::parse("2.5").unwrap().round_half_even().to_decimal(), "2");
        assert_eq!(Rational::parse("-1.5").unwrap().round_half_even().to_decimal(), "-2");
        assert_eq!(Rational::parse("1.005").unwrap().round_to(2).to_decimal(), "1");
    }
}
