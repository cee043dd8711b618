//! Figures over all sources: which may be added, who is right where several claim the same, and arithmetic that keeps the laws.

use std::collections::BTreeSet;

use super::book::{Account, Law, MISSING, NOT_COMBINABLE, Reading, Why, law};
use super::money::Exchange;
use super::period::Period;
use crate::config::Config;
use crate::ledger::Fact;
use crate::rational::Rational;

/// A figure, or why there is none.
pub(super) type Figure = Result<Reading, Why>;

/// Metrics that several systems claim for themselves.
const CLAIMED: [&str; 7] = ["conversions", "conversion_value", "leads", "revenue", "orders", "visits", "visitors"];

/// Everything that a formula may ask.
#[derive(Debug)]
pub(super) struct Eval {
    pub(super) accounts: Vec<Account>,
    pub(super) config: Config,
    pub(super) exchange: Exchange,
    pub(super) period: Period,
}

impl Eval {
    /// A bare metric over all sources.
    pub(super) fn bare(&self, metric: &str) -> Figure {
        self.of(metric, &self.suppliers(&[metric]))
    }

    /// A quotient of two bare metrics over all sources.
    pub(super) fn ratio(&self, numerator: &str, denominator: &str) -> Figure {
        over(self.bare(numerator), self.bare(denominator))
    }

    /// The same, over only those sources that supply both.
    pub(super) fn matched(&self, numerator: &str, denominator: &str) -> Figure {
        let both = self.suppliers(&[numerator, denominator]);
        over(self.of(numerator, &both), self.of(denominator, &both))
    }

    /// The sources that supply every one of some metrics.
    pub(super) fn suppliers(&self, metrics: &[&str]) -> BTreeSet<usize> {
        let all = |account: &Account| metrics.iter().all(|metric| account.supplies(metric, self.period));
        self.accounts.iter().enumerate().filter(|(_, account)| all(account)).map(|(n, _)| n).collect()
    }

    /// A metric over some sources, by its law.
    pub(super) fn of(&self, metric: &str, sources: &BTreeSet<usize>) -> Figure {
        let chosen = self.resolve(metric, sources)?;
        let read = |n: &usize| {
            let account = &self.accounts[*n];
            match law(metric) {
                Law::Flow => account.flow(metric, self.period, &self.exchange),
                Law::Stock => account.last(metric, self.period, &self.exchange),
                Law::Distinct => account.distinct(metric, self.period),
                Law::Rank => account.rank(metric, self.period),
            }
        };
        if matches!(law(metric), Law::Distinct | Law::Rank) && chosen.len() > 1 {
            return Err(NOT_COMBINABLE);
        }
        total(chosen.iter().map(read))
    }

    /// The opening value of a stock over all sources.
    pub(super) fn first(&self, metric: &str) -> Figure {
        let sources = self.suppliers(&[metric]);
        total(sources.iter().map(|n| self.accounts[*n].first(metric, self.period, &self.exchange)))
    }

    /// The sum of a flow's rows that pass a test.
    pub(super) fn flow_where(&self, metric: &str, test: &dyn Fn(&Fact) -> bool) -> Figure {
        let sources = self.resolve(metric, &self.suppliers(&[metric]))?;
        total(sources.iter().map(|n| self.accounts[*n].flow_where(metric, self.period, &self.exchange, test)))
    }

    /// What the platforms of a channel claim, whoever is right.
    pub(super) fn claims(&self, metric: &str, channel: &str) -> Figure {
        let sources = self.suppliers(&[metric]);
        let of_channel = sources.iter().filter(|n| self.accounts[**n].channel == channel);
        total(of_channel.map(|n| self.accounts[*n].flow(metric, self.period, &self.exchange)))
    }

    /// The sources that are right about a metric.
    fn resolve(&self, metric: &str, sources: &BTreeSet<usize>) -> Result<BTreeSet<usize>, Why> {
        let claimants: BTreeSet<&str> = sources.iter().map(|n| self.accounts[*n].claimant.as_str()).collect();
        if !CLAIMED.contains(&metric) || claimants.len() < 2 {
            return Ok(sources.clone());
        }
        let rule = self.config.get(&["overlap", metric]).ok_or(NOT_COMBINABLE)?;
        let names: Vec<&str> = match rule {
            toml::Value::Array(list) => list.iter().filter_map(toml::Value::as_str).collect(),
            other => other.as_str().into_iter().collect(),
        };
        let right = |account: &Account| {
            names.iter().any(|name| match name.strip_prefix("channel:") {
                Some(channel) => account.channel == channel,
                None => account.id == *name,
            })
        };
        let chosen: BTreeSet<usize> = sources.iter().copied().filter(|n| right(&self.accounts[*n])).collect();
        if chosen.is_empty() { Err(MISSING) } else { Ok(chosen) }
    }

    /// A named constant of the configuration, an amount in the reporting currency.
    pub(super) fn assumption(&self, name: &str) -> Figure {
        let text = self.config.text(&["assumptions", name, "value"]).ok_or(MISSING)?;
        let text = text.trim();
        let number = |text: &str| Rational::parse(text.trim()).ok_or(MISSING);
        let value = if let Some(rest) = text.strip_suffix('%').or_else(|| text.strip_prefix('%')) {
            number(rest)? * Rational::scaled(1, 2)
        } else {
            match text.split_once(' ') {
                Some((amount, currency)) if currency.len() == 3 => {
                    let converted = self.exchange.convert(&number(amount)?, Some(currency), self.period.end);
                    converted.ok_or(super::book::NO_RATE)?
                }
                Some((amount, _)) => number(amount)?,
                None => number(text)?,
            }
        };
        constant_of(value)
    }
}

/// A plain number.
pub(super) fn constant(value: i64) -> Figure {
    constant_of(Rational::int(value))
}

fn constant_of(value: Rational) -> Figure {
    Ok(Reading { value, bases: BTreeSet::new(), definitions: BTreeSet::new(), sources: BTreeSet::new() })
}

fn joined(value: Rational, a: Reading, b: &Reading) -> Reading {
    let mut all = a;
    all.value = value;
    all.bases.extend(&b.bases);
    all.definitions.extend(&b.definitions);
    all.sources.extend(&b.sources);
    all
}

/// The sum over sources of one metric: one basis, one definition.
fn total(figures: impl Iterator<Item = Figure>) -> Figure {
    let mut sum: Option<Reading> = None;
    for figure in figures {
        let next = figure?;
        sum = Some(match sum {
            None => next,
            Some(sum) => joined(sum.value.clone() + next.value.clone(), sum, &next),
        });
    }
    let sum = sum.ok_or(MISSING)?;
    if sum.bases.len() > 1 || sum.definitions.len() > 1 { Err(NOT_COMBINABLE) } else { Ok(sum) }
}

/// The sum of two figures of one basis.
pub(super) fn plus(a: Figure, b: Figure) -> Figure {
    let (a, b) = (a?, b?);
    let sum = joined(a.value.clone() + b.value.clone(), a, &b);
    if sum.bases.len() > 1 { Err(NOT_COMBINABLE) } else { Ok(sum) }
}

/// The difference of two figures of one basis.
pub(super) fn minus(a: Figure, b: Figure) -> Figure {
    let mut b = b?;
    b.value = -b.value;
    plus(a, Ok(b))
}

/// The product.
pub(super) fn times(a: Figure, b: Figure) -> Figure {
    let (a, b) = (a?, b?);
    Ok(joined(a.value.clone() * b.value.clone(), a, &b))
}

/// The quotient. It may join a click-dated cohort with events, of the same sources only.
pub(super) fn over(a: Figure, b: Figure) -> Figure {
    let (a, b) = (a?, b?);
    let mixed = a.bases.union(&b.bases).count() > 1;
    if mixed && a.sources != b.sources {
        return Err(NOT_COMBINABLE);
    }
    over_any(Ok(a), Ok(b))
}

/// The quotient of figures that are meant to differ: what was claimed over what was.
pub(super) fn over_any(a: Figure, b: Figure) -> Figure {
    let (a, b) = (a?, b?);
    let quotient = a.value.over(&b.value).ok_or("zero_denominator")?;
    Ok(joined(quotient, a, &b))
}
