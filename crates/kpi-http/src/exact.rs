//! Exact numbers from JSON, read from the text that the vendor wrote and never through a float.
//!
//! Both types take a JSON number or a string with a number in it, because vendors write both, for one field even. They
//! read the raw text, so they work wherever a reply is decoded, but not below `#[serde(flatten)]`,
//! `#[serde(untagged)]` or out of a `serde_json::Value`: there the text of the number is gone already.

use std::fmt;

use kpi_core::{Decimal, Value};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The most decimals that a `Decimal` holds.
const MAX_SCALE: i32 = 28;

/// The largest mantissa that a `Decimal` holds.
const MAX_MANTISSA: i128 = (1 << 96) - 1;

/// A decimal, exactly as written: `12.50` keeps its zero, `1.5e3` is 1500.
///
/// What lies beyond the 28th decimal is rounded half to even: it is the noise of the vendor's floats (`5.6e-17`), and a
/// report must not fail for it. A number with more digits than fit otherwise, or with more than 38, is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(pub Decimal);

/// A count: a whole number, also when written `12.0` or `"12"`; `12.5` is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Count(pub i64);

impl Number {
    /// Reads a number as JSON writes it, without spaces, signs of plus or separators.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, scale) = parts(text)?;
        Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(Self)
    }
}

impl Count {
    /// Reads a whole number as JSON writes it.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse::<i64>() {
            return (!text.starts_with('+')).then_some(Self(whole));
        }
        let (mantissa, scale) = parts(text)?;
        let divisor = 10_i128.checked_pow(scale)?;
        if mantissa % divisor != 0 {
            return None;
        }
        i64::try_from(mantissa / divisor).ok().map(Self)
    }
}

/// Mantissa and scale of `-?digits(.digits)?([eE][+-]?digits)?`.
fn parts(text: &str) -> Option<(i128, u32)> {
    let (negative, bytes) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        bytes => (false, bytes),
    };
    // Up to 18 digits fit in a machine word, which is quicker; most numbers have no more.
    let (mut small, mut mantissa): (u64, Option<i128>) = (0, None);
    let mut scale: i32 = 0;
    let mut at = 0;
    let mut digits_before = 0;
    let mut point = None;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                let digit = byte - b'0';
                if at < 18 {
                    small = small * 10 + u64::from(digit);
                } else {
                    let sum = mantissa.unwrap_or(small.into()).checked_mul(10)?.checked_add(digit.into())?;
                    mantissa = Some(sum);
                }
                scale += i32::from(point.is_some());
                digits_before += usize::from(point.is_none());
            }
            b'.' if point.is_none() => point = Some(at),
            _ => break,
        }
        at += 1;
    }
    let bare_point = point.is_some_and(|point| point + 1 == at);
    if digits_before == 0 || bare_point {
        return None;
    }
    if let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        scale = scale.checked_sub(exponent(rest)?)?;
    }
    let (mantissa, scale) = fit(mantissa.unwrap_or(small.into()), scale)?;
    Some((if negative { -mantissa } else { mantissa }, scale))
}

fn exponent(rest: &[u8]) -> Option<i32> {
    let [b'e' | b'E', rest @ ..] = rest else { return None };
    let text = std::str::from_utf8(rest).ok()?;
    let digits = text.trim_start_matches(['+', '-']);
    (digits.len() + 1 >= text.len()).then_some(())?;
    text.parse().ok()
}

/// Brings the scale between 0 and 28 and checks the size.
fn fit(mut mantissa: i128, mut scale: i32) -> Option<(i128, u32)> {
    if mantissa == 0 {
        return Some((0, u32::try_from(scale.clamp(0, MAX_SCALE)).ok()?));
    }
    if scale < 0 {
        mantissa = mantissa.checked_mul(10_i128.checked_pow(scale.unsigned_abs())?)?;
        scale = 0;
    }
    if scale > MAX_SCALE {
        let surplus = u32::try_from(scale - MAX_SCALE).ok()?;
        mantissa = 10_i128.checked_pow(surplus).map_or(0, |divisor| round_half_even(mantissa, divisor));
        scale = MAX_SCALE;
    }
    // Zeros at the end carry no value; they go when the digits would not fit otherwise.
    while mantissa > MAX_MANTISSA && scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    (mantissa <= MAX_MANTISSA).then_some((mantissa, u32::try_from(scale).ok()?))
}

fn round_half_even(mantissa: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (mantissa / divisor, mantissa % divisor);
    let up = rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1);
    quotient + i128::from(up)
}

/// The text of a number, or of a number in a string, without copying it.
fn text_of(raw: &RawValue) -> Option<&str> {
    let text = raw.get();
    let number = text.strip_prefix('"').map_or(Some(text), |rest| rest.strip_suffix('"'))?;
    number.bytes().next().is_some_and(|byte| byte == b'-' || byte.is_ascii_digit()).then_some(number)
}

/// What stands there instead, without the vendor's value.
fn kind_of(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'"') => "another string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        _ => "another number",
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        text_of(raw)
            .and_then(Self::parse)
            .ok_or_else(|| D::Error::custom(format_args!("expected a decimal number, found {}", kind_of(raw))))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        text_of(raw)
            .and_then(Self::parse)
            .ok_or_else(|| D::Error::custom(format_args!("expected a whole number, found {}", kind_of(raw))))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Number> for Decimal {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Known(number.0)
    }
}

impl From<Count> for i64 {
    fn from(count: Count) -> Self {
        count.0
    }
}

impl From<Count> for Decimal {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

impl From<Count> for Value {
    fn from(count: Count) -> Self {
        Self::from(count.0)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{Count, Number};

    fn number(json: &str) -> Option<String> {
        serde_json::from_str::<Number>(json).ok().map(|number| number.to_string())
    }

    fn count(json: &str) -> Option<i64> {
        serde_json::from_str::<Count>(json).ok().map(|count| count.0)
    }

    #[test]
    fn decimals_keep_the_text_of_the_vendor() {
        for (json, text) in [
            ("12.50", "12.50"),
            ("\"12.50\"", "12.50"),
            ("-0.1", "-0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1.5e3", "1500"),
            ("1.25E-2", "0.0125"),
            ("\"1e+2\"", "100"),
            ("-0", "0"),
            ("0e99", "0"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("1234567890123456789012345678.90000", "1234567890123456789012345678.9"),
            ("5.551115123125783e-17", "0.0000000000000000555111512313"),
            ("1e-99", "0.0000000000000000000000000000"),
        ] {
            assert_eq!(number(json).as_deref(), Some(text), "{json}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for json in [
            "null",
            "true",
            "[]",
            "{}",
            "\"\"",
            "\"--\"",
            "\"1,234\"",
            "\"+1\"",
            "\" 1\"",
            "\"1.\"",
            "\".5\"",
            "\"1e\"",
            "\"1e+-2\"",
            "\"1.2.3\"",
            "\"0x10\"",
            "\"NaN\"",
            "1e40",
            "79228162514264337593543950336",
        ] {
            assert_eq!(number(json), None, "{json}");
        }
        for json in ["12.5", "\"12.5\"", "1e19", "\"\"", "null", "\"+3\"", "9223372036854775808"] {
            assert_eq!(count(json), None, "{json}");
        }
    }

    #[test]
    fn counts_are_whole() {
        for (json, whole) in [("12", 12), ("\"12\"", 12), ("12.0", 12), ("1.2e1", 12), ("-3", -3), ("0", 0)] {
            assert_eq!(count(json), Some(whole), "{json}");
        }
        assert_eq!(count("9223372036854775807"), Some(i64::MAX));
        assert_eq!(serde_json::from_str::<Vec<Option<Count>>>("[null, 1]").unwrap(), [None, Some(Count(1))]);
    }

    #[test]
    fn a_mistake_has_a_path_and_no_value() {
        #[derive(Debug, Deserialize)]
        struct Row {
            #[expect(dead_code, reason = "only its decoding counts")]
            clicks: Count,
        }
        let error = crate::Reply::new(200, r#"[{"clicks": 1}, {"clicks": "1,234"}]"#).json::<Vec<Row>>().unwrap_err();
        let text = "the reply has another shape: [1].clicks: expected a whole number, found another string";
        assert_eq!(error.to_string(), text);
    }
}
