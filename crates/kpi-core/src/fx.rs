//! Dated exchange rates: direct, inverse, or through one stated currency; never a guess, never 1.0.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::{Currency, Rational, Window};

/// Which day's rate converts an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FxRule {
    /// The rate of the amount's own day.
    #[default]
    Day,
    /// The rate of the period's last day.
    PeriodEnd,
    /// The mean of the period's rates.
    PeriodAverage,
}

impl FxRule {
    /// The rule as written in configurations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::PeriodEnd => "period_end",
            Self::PeriodAverage => "period_average",
        }
    }

    /// Reads a rule as written in configurations.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Day, Self::PeriodEnd, Self::PeriodAverage].into_iter().find(|rule| rule.as_str() == text)
    }
}

/// The table of rates with the rules for using it.
#[derive(Clone, Debug, Default)]
pub struct FxTable {
    rates: BTreeMap<(Currency, Currency), BTreeMap<Date, Rational>>,
    /// Which day's rate is used.
    pub rule: FxRule,
    /// How many days old a rate may be.
    pub max_age_days: u32,
    /// The currency through which two others may be joined.
    pub via: Option<Currency>,
    /// Where the rates are from, for stamps.
    pub origin: String,
}

/// The rate that converted an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How much of the target one unit of the source costs.
    pub rate: Rational,
    /// The rate's own date.
    pub date: Date,
}

impl FxTable {
    /// Adds a rate: one `base` costs so much `quote` on that day.
    pub fn add(&mut self, date: Date, base: Currency, quote: Currency, rate: Rational) {
        self.rates.entry((base, quote)).or_default().insert(date, rate);
    }

    /// Whether there is no rate at all.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }

    /// The rate for an amount of `day` in a period.
    pub fn rate(&self, from: Currency, to: Currency, day: Date, period: Window) -> Option<Rate> {
        let lookup = |one: Currency, two: Currency| match self.rule {
            FxRule::Day => self.pair_on(one, two, day),
            FxRule::PeriodEnd => self.pair_on(one, two, period.last()),
            FxRule::PeriodAverage => self.pair_average(one, two, period),
        };
        lookup(from, to).or_else(|| {
            let via = self.via.filter(|via| *via != from && *via != to)?;
            let (first, second) = (lookup(from, via)?, lookup(via, to)?);
            Some(Rate { rate: first.rate * second.rate, date: first.date.min(second.date) })
        })
    }

    fn pair_on(&self, from: Currency, to: Currency, day: Date) -> Option<Rate> {
        let oldest = day.checked_sub(Span::new().try_days(self.max_age_days).ok()?).ok()?;
        let newest = |base, quote| {
            let table: &BTreeMap<Date, Rational> = self.rates.get(&(base, quote))?;
            table.range(oldest..=day).next_back().map(|(date, rate)| Rate { rate: rate.clone(), date: *date })
        };
        newest(from, to).or_else(|| {
            let inverse = newest(to, from)?;
            Some(Rate { rate: Rational::one().checked_div(&inverse.rate)?, date: inverse.date })
        })
    }

    fn pair_average(&self, from: Currency, to: Currency, period: Window) -> Option<Rate> {
        let mean = |base, quote| {
            let table: &BTreeMap<Date, Rational> = self.rates.get(&(base, quote))?;
            let end = period.last().checked_add(1.day()).ok()?;
            let rates: Vec<(&Date, &Rational)> = table.range(period.first()..end).collect();
            let (date, _) = rates.last()?;
            let count = Rational::from(i64::try_from(rates.len()).ok()?);
            let total: Rational = rates.iter().map(|(_, rate)| (*rate).clone()).sum();
            Some(Rate { rate: total.checked_div(&count)?, date: **date })
        };
        mean(from, to).or_else(|| {
            let inverse = mean(to, from)?;
            Some(Rate { rate: Rational::one().checked_div(&inverse.rate)?, date: inverse.date })
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{FxRule, FxTable};
    use crate::{Currency, Rational, Window};

    fn code(text: &str) -> Currency {
        Currency::parse(text).unwrap()
    }

    fn table() -> FxTable {
        let mut table = FxTable::default();
        table.add(date(2026, 10, 30), code("USD"), code("VND"), Rational::from(25_300));
        table.add(date(2026, 10, 31), code("USD"), code("VND"), Rational::from(25_400));
        table.add(date(2026, 10, 30), code("EUR"), code("USD"), Rational::parse_plain("1.25").unwrap());
        table
    }

    fn rate(table: &FxTable, from: &str, to: &str, day: i8) -> String {
        let period = Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap();
        table
            .rate(code(from), code(to), date(2026, 10, day), period)
            .map_or_else(|| "none".to_owned(), |rate| format!("{} {}", rate.rate, rate.date))
    }

    #[test]
    fn takes_the_day_the_inverse_or_one_stated_way_and_never_guesses() {
        let mut table = table();
        assert_eq!(rate(&table, "USD", "VND", 30), "25300 2026-10-30");
        assert_eq!(rate(&table, "USD", "EUR", 30), "0.8 2026-10-30");
        assert_eq!(rate(&table, "EUR", "VND", 30), "none");
        assert_eq!(rate(&table, "EUR", "USD", 31), "none");
        table.via = Some(code("USD"));
        assert_eq!(rate(&table, "EUR", "VND", 30), "31625 2026-10-30");
        table.max_age_days = 1;
        assert_eq!(rate(&table, "EUR", "USD", 31), "1.25 2026-10-30");
        table.rule = FxRule::PeriodAverage;
        assert_eq!(rate(&table, "USD", "VND", 5), "25350 2026-10-31");
        table.rule = FxRule::PeriodEnd;
        assert_eq!(rate(&table, "USD", "VND", 5), "25400 2026-10-31");
    }
}
