//! Figures of a shape as text: rounded once, with unit, currency and the language's marks.

use kpi_core::{Currency, Rational};

use crate::locale::Words;
use crate::number::signed;
use crate::shape::Shape;

/// An amount for a headline, and the exact figure where the amount is shortened.
#[derive(Clone, Debug)]
pub(crate) struct Headline {
    /// The figure in large letters.
    pub text: String,
    /// The whole figure.
    pub exact: Option<String>,
}

impl Words {
    /// A figure with its sign of unit: `384.880 ₫`, `1,4%`, `2:34`.
    pub(crate) fn figure(&self, shape: &Shape, number: &Rational) -> String {
        match shape {
            Shape::Percent => self.percent(number, 2),
            Shape::Plain { .. } | Shape::Count { .. } => self.marks.short(number, 2),
            Shape::Points | Shape::Rank => self.marks.fixed(number, 1),
            Shape::Seconds { .. } => clock(number),
            Shape::Money { currency, .. } => {
                let decimals = Currency::parse(currency).map_or(2, Currency::minor_units);
                let vanishes =
                    !number.is_zero() && !number.to_fixed(decimals).bytes().any(|b| b.is_ascii_digit() && b != b'0');
                let amount = number.abs();
                let text = if vanishes { self.marks.short(&amount, 2) } else { self.marks.fixed(&amount, decimals) };
                let text = (self.money)(&text, currency);
                if number.is_negative() { format!("-{text}") } else { text }
            }
        }
    }

    /// A figure as the snapshot writes it; what is no number stays as it is.
    pub(crate) fn plain_figure(&self, shape: &Shape, plain: &str) -> String {
        Rational::parse_plain(plain).map_or_else(|| plain.to_owned(), |number| self.figure(shape, &number))
    }

    /// A figure that is expected, not counted: of things, only whole ones.
    pub(crate) fn estimate(&self, shape: &Shape, plain: &str) -> String {
        match (shape, Rational::parse_plain(plain)) {
            (Shape::Count { .. }, Some(number)) => self.marks.fixed(&number, 0),
            _ => self.plain_figure(shape, plain),
        }
    }

    /// A fraction as a percentage with at most so many decimals.
    pub(crate) fn percent(&self, fraction: &Rational, decimals: u32) -> String {
        let hundred = fraction.clone() * Rational::from(100);
        format!("{}%", self.marks.short(&hundred, decimals))
    }

    /// What stands behind a figure: `lead`, `trên mỗi lead`, `điểm`.
    pub(crate) fn unit(&self, shape: &Shape) -> Option<String> {
        let each = |id: &str| (self.entity)(id).map_or_else(|| id.to_owned(), |name| name.each.to_owned());
        match shape {
            Shape::Count { entity } => {
                Some((self.entity)(entity).map_or_else(|| entity.clone(), |name| name.many.to_owned()))
            }
            Shape::Money { per: Some(per), .. } | Shape::Seconds { per: Some(per) } => Some((self.per)(&each(per))),
            Shape::Plain { of: Some((_, per)) } => Some((self.per)(&each(per))),
            Shape::Points => Some(self.score_points.to_owned()),
            _ => None,
        }
    }

    /// A figure with its unit in one piece, for tables: `384.880 ₫/lead`, `125 lead`.
    pub(crate) fn with_unit(&self, shape: &Shape, plain: &str) -> String {
        let figure = self.plain_figure(shape, plain);
        match shape {
            Shape::Money { per: Some(per), .. } => {
                let each = (self.entity)(per).map_or(per.as_str(), |name| name.each);
                format!("{figure}/{each}")
            }
            Shape::Count { .. } | Shape::Points => match self.unit(shape) {
                Some(unit) => format!("{figure} {unit}"),
                None => figure,
            },
            _ => figure,
        }
    }

    /// A figure for a headline: amounts in ₫ from a million on are shortened.
    pub(crate) fn headline(&self, shape: &Shape, plain: &str) -> Headline {
        let whole = self.plain_figure(shape, plain);
        let short = match (shape, Rational::parse_plain(plain)) {
            (Shape::Money { currency, .. }, Some(number)) if currency == "VND" => self.short_dong(&number),
            _ => None,
        };
        match short {
            Some(text) => Headline { text, exact: Some(whole) },
            None => Headline { text: whole, exact: None },
        }
    }

    fn short_dong(&self, number: &Rational) -> Option<String> {
        let (million, thousand) = (Rational::from(1_000_000), Rational::from(1_000));
        let amount = number.abs();
        if amount < million {
            return None;
        }
        let millions = amount.checked_div(&million)?;
        // 999,96 million would round to 1.000,0 million.
        let carries = Rational::parse_plain(&millions.to_fixed(1)).is_some_and(|rounded| rounded >= thousand);
        let text = if carries {
            let billions = millions.checked_div(&thousand)?;
            format!("{}{}", self.marks.short(&billions, 2), self.billion)
        } else {
            format!("{}{}", self.marks.short(&millions, 1), self.million)
        };
        let text = (self.money)(&text, "VND");
        Some(if number.is_negative() { format!("-{text}") } else { text })
    }

    /// A difference with its sign.
    pub(crate) fn difference(&self, shape: &Shape, number: &Rational) -> String {
        let text = match shape {
            // The difference of two fractions is given in points of percentage.
            Shape::Percent => return self.points(&(number.clone() * Rational::from(100))),
            Shape::Points => format!("{} {}", self.figure(shape, number), self.score_points),
            _ => self.figure(shape, number),
        };
        signed(number, text)
    }

    /// Percentage points with their sign.
    pub(crate) fn points(&self, points: &Rational) -> String {
        signed(points, format!("{} {}", self.marks.short(points, 2), self.percentage_points))
    }

    /// A relative change with its sign.
    pub(crate) fn relative(&self, fraction: &Rational) -> String {
        signed(fraction, self.percent(fraction, 1))
    }
}

/// Seconds as minutes and seconds, or hours, minutes and seconds.
fn clock(seconds: &Rational) -> String {
    let whole = seconds.abs().to_fixed(0);
    let Ok(total) = whole.parse::<u64>() else { return whole };
    let sign = if seconds.is_negative() && total > 0 { "-" } else { "" };
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60);
    if hours > 0 { format!("{sign}{hours}:{minutes:02}:{rest:02}") } else { format!("{sign}{minutes}:{rest:02}") }
}

#[cfg(test)]
mod tests {
    use kpi_core::Rational;

    use crate::Locale;
    use crate::shape::Shape;

    fn money(currency: &str) -> Shape {
        Shape::Money { currency: currency.to_owned(), per: None }
    }

    #[test]
    fn shows_figures_as_both_languages_do() {
        let (vi, en) = (Locale::Vi.words(), Locale::En.words());
        let both = |shape: &Shape, plain: &str| (vi.plain_figure(shape, plain), en.plain_figure(shape, plain));
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(both(&money("VND"), "48110000"), pair("48.110.000 ₫", "₫48,110,000"));
        assert_eq!(both(&money("VND"), "384880.5"), pair("384.880 ₫", "₫384,880"));
        assert_eq!(both(&money("USD"), "1893.700787"), pair("1.893,70 US$", "$1,893.70"));
        assert_eq!(both(&money("TRY"), "-10"), pair("-10,00 ₺", "-₺10.00"));
        assert_eq!(both(&money("VND"), "0.04"), pair("0,04 ₫", "₫0.04"));
        assert_eq!(both(&Shape::Percent, "0.125"), pair("12,5%", "12.5%"));
        assert_eq!(both(&Shape::Percent, "0.0008"), pair("0,08%", "0.08%"));
        assert_eq!(both(&Shape::Seconds { per: None }, "154.4"), pair("2:34", "2:34"));
        assert_eq!(both(&Shape::Points, "42"), pair("42,0", "42.0"));
        assert_eq!(vi.with_unit(&Shape::Money { currency: "VND".into(), per: Some("lead".into()) }, "1"), "1 ₫/lead");
    }

    #[test]
    fn shortens_dong_in_headlines_only_from_a_million() {
        let (vi, en) = (Locale::Vi.words(), Locale::En.words());
        let short = |plain: &str| (vi.headline(&money("VND"), plain).text, en.headline(&money("VND"), plain).text);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(short("48110000"), pair("48,1 triệu ₫", "₫48.1M"));
        assert_eq!(short("999960000"), pair("1 tỷ ₫", "₫1B"));
        assert_eq!(short("1254000000"), pair("1,25 tỷ ₫", "₫1.25B"));
        assert_eq!(short("384880"), pair("384.880 ₫", "₫384,880"));
        assert_eq!(short("-2500000"), pair("-2,5 triệu ₫", "-₫2.5M"));
        assert_eq!(vi.headline(&money("VND"), "48110000").exact.as_deref(), Some("48.110.000 ₫"));
    }

    #[test]
    fn differences_of_shares_are_points() {
        let vi = Locale::Vi.words();
        let number = |text: &str| Rational::parse_plain(text).unwrap();
        assert_eq!(vi.difference(&Shape::Percent, &number("0.0047")), "+0,47 điểm %");
        assert_eq!(vi.difference(&Shape::Percent, &number("-0.06")), "-6 điểm %");
        assert_eq!(vi.relative(&number("-0.0378")), "-3,8%");
        assert_eq!(vi.difference(&Shape::Seconds { per: None }, &number("-12")), "-0:12");
    }
}
