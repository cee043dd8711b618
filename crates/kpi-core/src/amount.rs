//! Figures in configurations: strings with their unit, such as `250000 VND`, `3 %` or `42`.

use std::fmt;

use crate::{Currency, Rational, Unit, UnitAtom};

/// A figure with its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The number; of a percentage, the fraction.
    pub value: Rational,
    /// What it is in.
    pub unit: AmountUnit,
}

/// What a configured figure is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountUnit {
    /// A plain number.
    Number,
    /// A percentage, kept as a fraction.
    Percent,
    /// Money.
    Money(Currency),
}

impl Amount {
    /// Reads `250000 VND`, `3 %`, `%3`, `3%`, `-5 %` or `42`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fail = || {
            format!(
                "`{text}` is not a figure: write a plain decimal with its unit, such as \"250000 VND\", \"3 %\" or \"42\""
            )
        };
        let trimmed = text.trim();
        let number = |part: &str| Rational::parse_plain(part.trim()).ok_or_else(fail);
        let hundredth = Rational::from_parts(1, 2);
        if let Some(rest) = trimmed.strip_suffix('%').or_else(|| trimmed.strip_prefix('%')) {
            return Ok(Self { value: number(rest)? * hundredth, unit: AmountUnit::Percent });
        }
        match trimmed.split_once(char::is_whitespace) {
            None => Ok(Self { value: number(trimmed)?, unit: AmountUnit::Number }),
            Some((figure, code)) => {
                let currency = Currency::parse(code.trim()).map_err(|_| fail())?;
                Ok(Self { value: number(figure)?, unit: AmountUnit::Money(currency) })
            }
        }
    }

    /// The unit of the figure in formulas.
    pub fn formula_unit(&self) -> Unit {
        match self.unit {
            AmountUnit::Number | AmountUnit::Percent => Unit::number(),
            AmountUnit::Money(_) => Unit::of(UnitAtom::Money),
        }
    }

    /// Whether a KPI of this unit can be compared with the figure; the message says why not.
    ///
    /// # Errors
    /// Says what the KPI's unit is and what was given.
    pub fn fits(&self, unit: &Unit, currency: Currency) -> Result<(), String> {
        let wanted = if unit.is_money() { format!("{unit} in {currency}") } else { unit.to_string() };
        match self.unit {
            AmountUnit::Money(given) if unit.is_money() && given == currency => Ok(()),
            AmountUnit::Money(given) if unit.is_money() => {
                Err(format!("the target is in {given}, but the KPI is reported in {currency}"))
            }
            AmountUnit::Percent if unit.is_ratio() => Ok(()),
            AmountUnit::Number if !unit.has_money() => Ok(()),
            AmountUnit::Percent => Err(format!("the target is a percentage, but the KPI's unit is {wanted}")),
            AmountUnit::Money(given) => {
                Err(format!("the target is an amount in {given}, but the KPI's unit is {wanted}"))
            }
            AmountUnit::Number => Err(format!("the target has no currency, but the KPI's unit is {wanted}")),
        }
    }
}

impl fmt::Display for AmountUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number => f.write_str("number"),
            Self::Percent => f.write_str("percent"),
            Self::Money(currency) => write!(f, "{currency}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn reads_figures_with_units() {
        let read = |text: &str| match Amount::parse(text) {
            Ok(amount) => format!("{} {}", amount.value, amount.unit),
            Err(_) => "refused".to_owned(),
        };
        assert_eq!(read("250000 VND"), "250000 VND");
        assert_eq!(read("3 %"), "0.03 percent");
        assert_eq!(read("%3"), "0.03 percent");
        assert_eq!(read("2%"), "0.02 percent");
        assert_eq!(read("-5 %"), "-0.05 percent");
        assert_eq!(read("42"), "42 number");
        assert_eq!(read("4.5"), "4.5 number");
        for bad in ["", "VND", "1,000 VND", "3 percent", "250.000.000 VND", "5 vnd"] {
            assert_eq!(read(bad), "refused", "{bad}");
        }
    }
}
