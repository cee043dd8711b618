//! Computes formulas over aggregated metrics.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::aggregate::{Ask, Scene, aggregate};
use crate::amount::AmountUnit;
use crate::facts::View;
use crate::figure::{Figure, Reason};
use crate::formula::{Condition, Expr, ExprKind, Operator, OverTime};
use crate::kpi::{Kpi, KpiSet};
use crate::{Dictionary, Period, Rational, Window};

/// Numbers longer than this (in digits of their parts) are refused, so that every formula ends.
const MAX_DIGITS: usize = 20_000;

/// For which days, which segment and which state of knowledge a formula is computed.
#[derive(Clone, Debug)]
pub struct At<'a> {
    /// The period.
    pub period: &'a Period,
    /// Which of its days count, by position; none for all.
    pub days: Option<&'a [bool]>,
    /// The segment, as conditions on rows.
    pub segment: &'a [Condition],
    /// Which reading of each figure counts.
    pub view: View,
}

/// Computes KPIs; each is computed once per period, segment and view.
#[derive(Debug)]
pub struct Engine<'a> {
    scene: Scene<'a>,
    kpis: &'a KpiSet,
    dictionary: &'a Dictionary,
    fiscal_year_start: i8,
    memo: RefCell<BTreeMap<Key, Figure>>,
}

type Key = (String, Period, Option<Vec<bool>>, Vec<Condition>, View);

impl<'a> Engine<'a> {
    /// An engine over one set of figures.
    pub fn new(scene: Scene<'a>, kpis: &'a KpiSet, dictionary: &'a Dictionary, fiscal_year_start: i8) -> Self {
        Self { scene, kpis, dictionary, fiscal_year_start, memo: RefCell::default() }
    }

    /// What all questions share.
    pub fn scene(&self) -> &Scene<'a> {
        &self.scene
    }

    /// The metrics that are known.
    pub fn dictionary(&self) -> &'a Dictionary {
        self.dictionary
    }

    /// The KPIs that are known.
    pub fn kpis(&self) -> &'a KpiSet {
        self.kpis
    }

    /// Computes a KPI.
    pub fn kpi(&self, kpi: &Kpi, at: &At<'_>) -> Figure {
        let key = (kpi.id.clone(), at.period.clone(), at.days.map(<[bool]>::to_vec), at.segment.to_vec(), at.view);
        if let Some(figure) = self.memo.borrow().get(&key) {
            return figure.clone();
        }
        let only = kpi.is_matched().then(|| self.matched_sources(kpi));
        let figure = self.expr(&kpi.expr, at, only.as_ref());
        self.memo.borrow_mut().insert(key, figure.clone());
        figure
    }

    /// The sources that supply every metric of a matched ratio.
    fn matched_sources(&self, kpi: &Kpi) -> BTreeSet<usize> {
        let metrics = self.kpis.metrics_of(kpi, self.dictionary);
        (0..self.scene.facts.sources.len())
            .filter(|source| metrics.iter().all(|metric| self.scene.facts.supplies(*source, *metric)))
            .collect()
    }

    fn expr(&self, expr: &Expr, at: &At<'_>, only: Option<&BTreeSet<usize>>) -> Figure {
        match &expr.kind {
            ExprKind::Number(text) => match Rational::parse_plain(text) {
                Some(number) => Figure::constant(number, None),
                None => Figure::undefined(Reason::MissingInput),
            },
            ExprKind::Name(name) => self.name(name, at, only),
            ExprKind::Negate(inner) => {
                let mut figure = self.expr(inner, at, only);
                figure.outcome = figure.outcome.map(|value| -value);
                figure.bounds = None;
                figure
            }
            ExprKind::Binary(operator, left, right) => {
                combine(*operator, self.expr(left, at, only), self.expr(right, at, only))
            }
            ExprKind::OverTime(function, inner, conditions) => match &inner.kind {
                ExprKind::Name(name) => self.metric(name, *function, conditions, at, only),
                _ => Figure::undefined(Reason::MissingInput),
            },
            ExprKind::Previous(inner, steps) => self.elsewhere(inner, at.period.steps_before(*steps), at, only),
            ExprKind::SameLastYear(inner) => self.elsewhere(inner, at.period.same_last_year(), at, only),
            ExprKind::ToDate(inner) => self.elsewhere(inner, self.year_to(at.period), at, only),
        }
    }

    /// The span from the beginning of the (fiscal) year in which a period ends to the period's end.
    fn year_to(&self, period: &Period) -> Option<Period> {
        let last = period.window().last();
        let year = if last.month() >= self.fiscal_year_start { last.year() } else { last.year().checked_sub(1)? };
        let first = Date::new(year, self.fiscal_year_start, 1).ok()?;
        Window::new(first, last).ok().map(Period::range)
    }

    fn elsewhere(&self, inner: &Expr, period: Option<Period>, at: &At<'_>, only: Option<&BTreeSet<usize>>) -> Figure {
        let Some(period) = period else {
            return Figure::undefined(Reason::MissingInput).note("the calendar has no such period");
        };
        let mut figure =
            self.expr(inner, &At { period: &period, days: None, segment: at.segment, view: View::Latest }, only);
        figure.present = None;
        figure
    }

    fn name(&self, name: &str, at: &At<'_>, only: Option<&BTreeSet<usize>>) -> Figure {
        if self.dictionary.get(name).is_some() {
            return self.metric(name, OverTime::ByLaw, &[], at, only);
        }
        if let Some(amount) = self.kpis.assumptions().get(name) {
            return match amount.unit {
                AmountUnit::Money(currency) if currency != self.scene.currency => {
                    let end = at.period.window().last();
                    match self.scene.fx.rate(currency, self.scene.currency, end, at.period.window()) {
                        Some(rate) => Figure::constant(amount.value.clone() * rate.rate, Some(self.scene.currency)),
                        None => Figure::undefined(Reason::MissingRate)
                            .note(format!("missing rate {currency}/{} {end}", self.scene.currency)),
                    }
                }
                AmountUnit::Money(currency) => Figure::constant(amount.value.clone(), Some(currency)),
                AmountUnit::Number | AmountUnit::Percent => Figure::constant(amount.value.clone(), None),
            };
        }
        match self.kpis.get(name) {
            Ok(kpi) => self.kpi(kpi, at),
            Err(_) => Figure::undefined(Reason::MissingInput),
        }
    }

    fn metric(
        &self,
        name: &str,
        function: OverTime,
        conditions: &[Condition],
        at: &At<'_>,
        only: Option<&BTreeSet<usize>>,
    ) -> Figure {
        let Some(metric) = self.dictionary.get(name) else { return Figure::undefined(Reason::MissingInput) };
        let mut all = conditions.to_vec();
        all.extend(at.segment.iter().cloned());
        let ask =
            Ask { metric, function, window: at.period.window(), days: at.days, conditions: &all, only, view: at.view };
        aggregate(&self.scene, &ask)
    }
}

fn combine(operator: Operator, left: Figure, right: Figure) -> Figure {
    let adds = matches!(operator, Operator::Add | Operator::Subtract);
    let mixed = !left.bases.is_empty() && !right.bases.is_empty() && left.bases != right.bases;
    // A ratio may join click-dated cohorts and events of the same sources; a sum joins one basis only.
    let allowed = !mixed || (!adds && left.sources == right.sources);
    let outcome = match (&left.outcome, &right.outcome) {
        (Err(one), Err(two)) => Err(*one.min(two)),
        (Err(reason), Ok(_)) | (Ok(_), Err(reason)) => Err(*reason),
        (Ok(_), Ok(_)) if !allowed => Err(Reason::NotCombinable),
        (Ok(one), Ok(two)) => calculate(operator, one, two),
    };
    let currency = match operator {
        Operator::Divide if left.currency.is_some() && right.currency.is_some() => None,
        Operator::Divide => left.currency,
        _ => left.currency.or(right.currency),
    };
    let mut figure = Figure::undefined(Reason::MissingInput);
    if !allowed && left.outcome.is_ok() && right.outcome.is_ok() {
        let name = |figure: &Figure| {
            let names: Vec<&str> = figure.bases.iter().map(|basis| basis.as_str()).collect();
            names.join(" and ")
        };
        figure.notes.insert(format!("figures by {} and by {} dates are not combined", name(&left), name(&right)));
    }
    figure.outcome = outcome;
    figure.currency = currency;
    figure.absorb(left);
    figure.absorb(right);
    figure
}

fn calculate(operator: Operator, one: &Rational, two: &Rational) -> Result<Rational, Reason> {
    let (one, two) = (one.clone(), two.clone());
    let result = match operator {
        Operator::Add => one + two,
        Operator::Subtract => one - two,
        Operator::Multiply => one * two,
        Operator::Divide => return one.checked_div(&two).ok_or(Reason::ZeroDenominator),
    };
    if result.digits() > MAX_DIGITS { Err(Reason::NotCombinable) } else { Ok(result) }
}
