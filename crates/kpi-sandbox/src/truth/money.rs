//! Conversion into the reporting currency with dated rates.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::period::Period;
use crate::config::Config;
use crate::rational::Rational;
use crate::world::World;

pub(super) type Rates = BTreeMap<(&'static str, &'static str), BTreeMap<Date, Rational>>;

/// How amounts become amounts of the reporting currency.
#[derive(Debug)]
pub(super) struct Exchange {
    to: String,
    via: Option<String>,
    rule: Rule,
    max_age: i32,
    rates: Rates,
    period: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Day,
    PeriodEnd,
    PeriodAverage,
}

impl Exchange {
    pub(super) fn new(world: &World, config: &Config, now: Timestamp, period: Period) -> Self {
        let mut rates = Rates::new();
        if config.get(&["fx", "rates"]).is_some() {
            for (day, base, quote, rate) in world.rates(now) {
                rates.entry((base, quote)).or_default().insert(day, rate);
            }
        }
        let rule = match config.text(&["fx", "rule"]) {
            Some("period_end") => Rule::PeriodEnd,
            Some("period_average") => Rule::PeriodAverage,
            _ => Rule::Day,
        };
        let age = config.get(&["fx", "max_age_days"]).and_then(toml::Value::as_integer).unwrap_or(0);
        Self {
            to: config.text(&["workspace", "currency"]).unwrap_or("VND").to_owned(),
            via: config.text(&["fx", "via"]).map(str::to_owned),
            rule,
            max_age: i32::try_from(age).unwrap_or(0),
            rates,
            period,
        }
    }

    /// The same with rates written by hand, by the day, without any tolerance.
    #[cfg(test)]
    pub(super) fn by_hand(to: &str, rates: Rates, period: Period) -> Self {
        Self { to: to.to_owned(), via: None, rule: Rule::Day, max_age: 0, rates, period }
    }

    /// An amount of a day in the reporting currency; nothing when there is no rate for it. Zero needs no rate.
    pub(super) fn convert(&self, amount: &Rational, currency: Option<&str>, day: Date) -> Option<Rational> {
        let Some(from) = currency.filter(|from| *from != self.to) else {
            return Some(amount.clone());
        };
        if amount.is_zero() {
            return Some(Rational::zero());
        }
        let direct = self.either_way(from, &self.to, day);
        let rate = direct.or_else(|| {
            let via = self.via.as_deref()?;
            Some(self.either_way(from, via, day)? * self.either_way(via, &self.to, day)?)
        })?;
        Some(amount.clone() * rate)
    }

    /// The rate as stated, or the inverse of the stated one.
    fn either_way(&self, from: &str, to: &str, day: Date) -> Option<Rational> {
        if from == to {
            return Some(Rational::int(1));
        }
        let stated = self.stated(from, to, day);
        stated.or_else(|| Rational::int(1).over(&self.stated(to, from, day)?))
    }

    fn stated(&self, base: &str, quote: &str, day: Date) -> Option<Rational> {
        let (_, rates) = self.rates.iter().find(|((b, q), _)| *b == base && *q == quote)?;
        if self.rule == Rule::PeriodAverage {
            let inside: Vec<&Rational> =
                rates.range(self.period.start..=self.period.end).map(|(_, rate)| rate).collect();
            let count = Rational::int(inside.len());
            return inside.into_iter().cloned().sum::<Rational>().over(&count);
        }
        let asked = if self.rule == Rule::PeriodEnd { self.period.end } else { day };
        let (dated, rate) = rates.range(..=asked).next_back()?;
        ((asked - *dated).get_days() <= self.max_age).then(|| rate.clone())
    }
}
