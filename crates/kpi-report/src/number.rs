//! Exact numbers as text: rounded half to even once, grouped, with the language's marks.

use kpi_core::Rational;

/// The marks that a language writes numbers with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    /// Between whole and fraction.
    pub point: char,
    /// Between groups of three digits.
    pub group: char,
}

impl Marks {
    /// With exactly so many decimals.
    pub(crate) fn fixed(self, number: &Rational, decimals: u32) -> String {
        self.dress(&number.to_fixed(decimals))
    }

    /// With at most so many decimals and no zeros at the end. A number that would vanish keeps two digits.
    pub(crate) fn short(self, number: &Rational, decimals: u32) -> String {
        let mut text = number.to_fixed(decimals);
        let vanishes = |text: &str| !number.is_zero() && !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let mut more = decimals;
        while vanishes(&text) && more < decimals + 6 {
            more += 1;
            text = number.to_fixed(more);
            if !vanishes(&text) {
                text = number.to_fixed(more + 1);
            }
        }
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        self.dress(&text)
    }

    /// A plain decimal with this language's marks.
    fn dress(self, plain: &str) -> String {
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut text = sign.to_owned();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(self.point);
            text.push_str(fraction);
        }
        text
    }
}

/// Puts a plus before a number that is above zero, as changes are written.
pub(crate) fn signed(number: &Rational, text: String) -> String {
    if number.is_positive() { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use kpi_core::Rational;

    use super::Marks;

    const VI: Marks = Marks { point: ',', group: '.' };
    const EN: Marks = Marks { point: '.', group: ',' };

    fn number(text: &str) -> Rational {
        Rational::parse_plain(text).unwrap()
    }

    #[test]
    fn groups_and_rounds_as_both_languages_do() {
        assert_eq!(VI.short(&number("1234567.891"), 2), "1.234.567,89");
        assert_eq!(EN.short(&number("1234567.891"), 2), "1,234,567.89");
        assert_eq!(VI.short(&number("-1234.5"), 2), "-1.234,5");
        assert_eq!(EN.short(&number("-1234.5"), 2), "-1,234.5");
        assert_eq!(VI.fixed(&number("1893.7007"), 2), "1.893,70");
        assert_eq!(EN.short(&number("0.125"), 2), "0.12");
        assert_eq!(EN.short(&number("100"), 2), "100");
        assert_eq!(EN.short(&number("-0"), 2), "0");
    }

    #[test]
    fn a_small_number_does_not_vanish() {
        assert_eq!(EN.short(&number("0.00123"), 2), "0.0012");
        assert_eq!(EN.short(&number("-0.0000996"), 2), "-0.0001");
        assert_eq!(EN.short(&number("0.005"), 2), "0.005");
    }
}
