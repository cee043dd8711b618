//! The facts of each source, and which of them answer for a period: totals before parts, one breakdown, one basis, one rule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::money::Exchange;
use super::period::Period;
use crate::config::{Config, Source};
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::world::{World, date_in};
use crate::{files, vendor};

/// Why a figure is undefined.
pub(super) type Why = &'static str;

/// No source has the figure.
pub(super) const MISSING: Why = "missing_input";
/// A law forbids the sum.
pub(super) const NOT_COMBINABLE: Why = "not_combinable";
/// A rate is missing.
pub(super) const NO_RATE: Why = "missing_rate";

const STOCKS: [&str; 8] = [
    "followers",
    "opt_ins_total",
    "customers",
    "retained_customers",
    "repeat_customers",
    "tracked_keywords",
    "ranked_keywords",
    "open_pipeline",
];
const DISTINCT: [&str; 6] = ["reach", "visitors", "converting_visitors", "active_leads", "audience_size", "buyers"];

/// How a metric combines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Law {
    Flow,
    Stock,
    Distinct,
    Rank,
}

pub(super) fn law(metric: &str) -> Law {
    if STOCKS.contains(&metric) {
        Law::Stock
    } else if DISTINCT.contains(&metric) {
        Law::Distinct
    } else if metric == "keyword_rank" {
        Law::Rank
    } else {
        Law::Flow
    }
}

/// A figure with what must agree when figures are joined.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) value: Rational,
    pub(super) bases: BTreeSet<&'static str>,
    pub(super) definitions: BTreeSet<Option<&'static str>>,
    pub(super) sources: BTreeSet<usize>,
}

/// The facts of one source.
#[derive(Debug)]
pub(super) struct Account {
    /// Who claims: the adapter, or, of a file, its channel.
    pub(super) claimant: String,
    pub(super) channel: String,
    pub(super) id: String,
    number: usize,
    facts: BTreeMap<&'static str, Vec<Fact>>,
    /// Distinct metrics that the adapter offers, whether or not for this window.
    offers: &'static [&'static str],
}

impl Account {
    pub(super) fn read(world: &World, source: &Source, number: usize, now: Timestamp, period: Period) -> Self {
        let (mut list, offers): (Vec<Fact>, &'static [&'static str]) = match vendor::find(&source.adapter) {
            Some(vendor) => {
                let mut list = vendor.ledger(world, source, now);
                list.extend(vendor.window(world, source, now, period.start, period.end));
                let reach = matches!(source.adapter.as_str(), "google_ads" | "facebook_pages");
                (list, if reach { &["reach"] } else { &[] })
            }
            None => (files::ledger(world, source, now), &[]),
        };
        list.retain(|fact| fact.basis != "as_of" || is_read(fact.start, source, now, period));
        let mut facts: BTreeMap<&'static str, Vec<Fact>> = BTreeMap::new();
        for fact in list {
            facts.entry(fact.metric).or_default().push(fact);
        }
        let channel = channel(source);
        let claimant = if source.adapter == "file" { format!("channel:{channel}") } else { source.adapter.clone() };
        Self { claimant, channel, id: source.id.clone(), number, facts, offers }
    }

    /// An account with facts written by hand.
    #[cfg(test)]
    pub(super) fn by_hand(id: &str, claimant: &str, channel: &str, number: usize, list: Vec<Fact>) -> Self {
        let mut facts: BTreeMap<&'static str, Vec<Fact>> = BTreeMap::new();
        for fact in list {
            facts.entry(fact.metric).or_default().push(fact);
        }
        let (id, claimant, channel) = (id.to_owned(), claimant.to_owned(), channel.to_owned());
        Self { claimant, channel, id, number, facts, offers: &[] }
    }

    /// Whether the source has the metric for the period at all.
    pub(super) fn supplies(&self, metric: &str, period: Period) -> bool {
        match law(metric) {
            Law::Distinct => self.offers.contains(&metric) || self.facts.contains_key(metric),
            Law::Flow | Law::Stock | Law::Rank => self.inside(metric, period).next().is_some(),
        }
    }

    fn inside(&self, metric: &str, period: Period) -> impl Iterator<Item = &Fact> {
        let facts = self.facts.get(metric).into_iter().flatten();
        facts.filter(move |fact| fact.start >= period.start && fact.end <= period.end)
    }

    fn before(&self, metric: &str, period: Period) -> impl Iterator<Item = &Fact> {
        self.facts.get(metric).into_iter().flatten().filter(move |fact| fact.end < period.start)
    }

    /// The rows that answer for the sum of a flow: in each window the total, else the rows of the coarsest breakdown.
    pub(super) fn flow_rows(&self, metric: &str, period: Period) -> Vec<&Fact> {
        let mut windows: BTreeMap<(i32, Date, Date), Vec<&Fact>> = BTreeMap::new();
        for fact in self.inside(metric, period) {
            let length = (fact.end - fact.start).get_days();
            windows.entry((length, fact.start, fact.end)).or_default().push(fact);
        }
        // The finest windows come first; a longer one counts only where it overlaps none of them.
        let mut taken: Vec<(Date, Date)> = Vec::new();
        let mut rows = Vec::new();
        for ((_, start, end), facts) in windows {
            if taken.iter().rev().any(|(s, e)| *s <= end && start <= *e) {
                continue;
            }
            taken.push((start, end));
            let names = |fact: &Fact| fact.dims.keys().copied().collect::<Vec<_>>();
            let coarsest = facts.iter().map(|fact| names(fact)).min_by_key(|names| (names.len(), names.clone()));
            rows.extend(facts.into_iter().filter(|fact| Some(names(fact)) == coarsest));
        }
        rows
    }

    pub(super) fn flow(&self, metric: &str, period: Period, exchange: &Exchange) -> Result<Reading, Why> {
        self.sum(&self.flow_rows(metric, period), exchange)
    }

    /// The sum of rows that pass a test; zero when the source has rows and none passes.
    pub(super) fn flow_where(
        &self,
        metric: &str,
        period: Period,
        exchange: &Exchange,
        test: &dyn Fn(&Fact) -> bool,
    ) -> Result<Reading, Why> {
        let rows = self.flow_rows(metric, period);
        let mut reading = self.sum(&rows, exchange)?;
        let passed: Vec<&Fact> = rows.into_iter().filter(|fact| test(fact)).collect();
        reading.value = passed.iter().map(|fact| fact.value.clone()).sum();
        Ok(reading)
    }

    fn sum(&self, rows: &[&Fact], exchange: &Exchange) -> Result<Reading, Why> {
        if rows.is_empty() {
            return Err(MISSING);
        }
        let mut value = Rational::zero();
        for fact in rows {
            let part = exchange.convert(&fact.value, fact.currency.as_deref(), fact.end).ok_or(NO_RATE)?;
            value = value + part;
        }
        self.checked(value, rows)
    }

    fn checked(&self, value: Rational, rows: &[&Fact]) -> Result<Reading, Why> {
        let reading = Reading {
            value,
            bases: rows.iter().map(|fact| fact.basis).collect(),
            definitions: rows.iter().map(|fact| fact.definition).collect(),
            sources: BTreeSet::from([self.number]),
        };
        if reading.bases.len() > 1 || reading.definitions.len() > 1 { Err(NOT_COMBINABLE) } else { Ok(reading) }
    }

    /// The last reading of a stock in the period, added over the currencies of the account.
    pub(super) fn last(&self, metric: &str, period: Period, exchange: &Exchange) -> Result<Reading, Why> {
        self.at_edge(self.inside(metric, period), exchange, false)
    }

    /// The opening value of a stock: the last reading before the period, otherwise the first in it.
    pub(super) fn first(&self, metric: &str, period: Period, exchange: &Exchange) -> Result<Reading, Why> {
        match self.at_edge(self.before(metric, period), exchange, false) {
            Err(MISSING) => self.at_edge(self.inside(metric, period), exchange, true),
            found => found,
        }
    }

    fn at_edge<'a>(
        &self,
        facts: impl Iterator<Item = &'a Fact>,
        exchange: &Exchange,
        earliest: bool,
    ) -> Result<Reading, Why> {
        let mut series: BTreeMap<Option<&str>, &Fact> = BTreeMap::new();
        for fact in facts.filter(|fact| fact.dims.is_empty()) {
            let held = series.entry(fact.currency.as_deref()).or_insert(fact);
            let better = if earliest { fact.end < held.end } else { fact.end >= held.end };
            if better {
                *held = fact;
            }
        }
        self.sum(&series.into_values().collect::<Vec<_>>(), exchange)
    }

    /// The distinct count whose window is exactly the period.
    pub(super) fn distinct(&self, metric: &str, period: Period) -> Result<Reading, Why> {
        let exact = |fact: &&Fact| fact.start == period.start && fact.end == period.end && fact.dims.is_empty();
        let found: Vec<&Fact> = self.facts.get(metric).into_iter().flatten().filter(exact).collect();
        match found.as_slice() {
            [one] => self.checked(one.value.clone(), &[one]),
            _ => Err(NOT_COMBINABLE),
        }
    }

    /// The last rank in the period, where there is but one series.
    pub(super) fn rank(&self, metric: &str, period: Period) -> Result<Reading, Why> {
        let rows: Vec<&Fact> = self.inside(metric, period).collect();
        let series: BTreeSet<_> = rows.iter().map(|fact| &fact.dims).collect();
        if series.len() > 1 {
            return Err(NOT_COMBINABLE);
        }
        let last = rows.into_iter().max_by_key(|fact| fact.end).ok_or(MISSING)?;
        self.checked(last.value.clone(), &[last])
    }
}

/// Whether the driver reads running totals on a day: at month ends of the last thirteen months, at the last day of the
/// period and the day before it, and now.
fn is_read(day: Date, source: &Source, now: Timestamp, period: Period) -> bool {
    let today = date_in(now, source.text("timezone").unwrap_or("UTC"));
    let oldest = today.first_of_month().saturating_sub(13.months());
    let month_end = day == day.last_of_month() && day >= oldest;
    month_end || day == period.end || day == period.start.saturating_sub(1.day()) || day == today
}

fn channel(source: &Source) -> String {
    match source.adapter.as_str() {
        "google_search_console" => "seo",
        "facebook_pages" => "social",
        "mailchimp" => "email",
        "google_ads" => "ads",
        "eventbrite" => "events",
        _ => source.text("channel").unwrap_or_default(),
    }
    .to_owned()
}

/// The accounts of a configuration.
pub(super) fn accounts(world: &World, config: &Config, now: Timestamp, period: Period) -> Vec<Account> {
    let sources = config.sources();
    sources.iter().enumerate().map(|(n, source)| Account::read(world, source, n, now, period)).collect()
}
