//! From figures to the snapshot's KPIs: values, comparisons, targets, pace, trends and segments.

mod compare;
mod document;
mod lists;
mod segments;

use jiff::civil::Date;

use crate::evaluate::{At, Engine};
use crate::facts::View;
use crate::figure::Figure;
use crate::goal::{Demand, Goal, Progress, Target, judge};
use crate::kpi::Kpi;
use crate::snapshot::{KpiDoc, ListDoc, PaceDoc, TargetDoc, TrendDoc, TrendPoint};
use crate::window::days_between;
use crate::{Period, Rational};

/// How many periods a trend shows, the current one included.
const TREND_POINTS: u32 = 13;

/// Computes the documents of all KPIs of one period.
#[derive(Debug)]
pub struct Computer<'a> {
    engine: Engine<'a>,
    period: &'a Period,
    trend: Vec<Period>,
}

impl<'a> Computer<'a> {
    /// A computer for one period.
    pub fn new(engine: Engine<'a>, period: &'a Period) -> Self {
        let mut trend: Vec<Period> = (1..TREND_POINTS).filter_map(|steps| period.steps_before(steps)).collect();
        trend.reverse();
        trend.push(period.clone());
        Self { engine, period, trend }
    }

    /// The engine, for questions beyond the documents.
    pub fn engine(&self) -> &Engine<'a> {
        &self.engine
    }

    /// The document of one KPI.
    pub fn document(&self, kpi: &Kpi) -> KpiDoc {
        document::document(self, kpi)
    }

    /// The ranked lists that the figures can fill.
    pub fn lists(&self) -> Vec<ListDoc> {
        lists::lists(self)
    }

    fn at<'p>(&self, period: &'p Period) -> At<'p> {
        At { period, days: None, segment: &[], view: View::Latest }
    }

    fn progress(&self) -> Progress {
        let window = self.period.window();
        let elapsed = days_between(window.first(), self.today()).clamp(0, window.days());
        Progress { elapsed, total: window.days() }
    }

    fn today(&self) -> Date {
        self.engine.scene().today
    }

    /// Where a figure that adds up ends at the pace of the days that have ended.
    fn projected(&self, kpi: &Kpi, segment: &[crate::formula::Condition]) -> Option<Rational> {
        let progress = self.progress();
        if !kpi.typed.additive || progress.elapsed == 0 {
            return None;
        }
        let length = usize::try_from(progress.total).ok()?;
        let ended: Vec<bool> =
            (0..length).map(|day| i32::try_from(day).is_ok_and(|day| day < progress.elapsed)).collect();
        let days = (!progress.is_over()).then_some(ended.as_slice());
        let at = At { period: self.period, days, segment, view: View::Latest };
        let value = self.engine.kpi(kpi, &at).outcome.ok()?;
        let scaled = value * Rational::from(i64::from(progress.total));
        scaled.checked_div(&Rational::from(i64::from(progress.elapsed)))
    }

    fn goal(&self, kpi: &Kpi, target: &Target) -> Option<Goal> {
        let baseline = |period: &Period| self.engine.kpi(kpi, &self.at(period)).outcome.ok();
        Some(match &target.demand {
            Demand::Value(amount) => Goal::Value(amount.value.clone()),
            Demand::Band(low, high) => Goal::Band(low.value.clone(), high.value.clone()),
            Demand::Relative(change, period) => {
                let base = baseline(period)?;
                Goal::Value(base.clone() + base * change.clone())
            }
            Demand::Points(change, period) => Goal::Value(baseline(period)? + change.clone()),
        })
    }

    /// How near a figure is to the goal that applies to a segment (empty for the whole).
    fn target(
        &self,
        kpi: &Kpi,
        figure: &Figure,
        segment: &std::collections::BTreeMap<String, String>,
        conditions: &[crate::formula::Condition],
    ) -> Option<TargetDoc> {
        let target =
            kpi.part.targets.iter().find(|target| target.segment == *segment && target.applies(self.period))?;
        let due = target.due.map(|day| (self.today(), day));
        let Some(goal) = self.goal(kpi, target) else {
            return Some(TargetDoc {
                value: None,
                attainment: None,
                gap: None,
                status: "no_data".to_owned(),
                max: None,
                due: target.due.map(|day| day.to_string()),
            });
        };
        let projected = self.projected(kpi, conditions);
        Some(judge(&goal, kpi.direction, figure.outcome.as_ref().ok(), projected.as_ref(), self.progress(), due))
    }

    fn pace(&self, kpi: &Kpi, target: Option<&TargetDoc>) -> PaceDoc {
        let progress = self.progress();
        let goal = target.and_then(|target| Rational::parse_plain(target.value.as_deref()?));
        let expected = goal.filter(|_| kpi.typed.additive).and_then(|goal| {
            let so_far = goal * Rational::from(i64::from(progress.elapsed));
            so_far.checked_div(&Rational::from(i64::from(progress.total)))
        });
        PaceDoc {
            days_elapsed: progress.elapsed,
            days_total: progress.total,
            expected: expected.map(|value| value.to_string()),
            projected: self.projected(kpi, &[]).map(|value| value.to_string()),
        }
    }

    fn trend(&self, kpi: &Kpi) -> TrendDoc {
        let values: Vec<Option<Rational>> =
            self.trend.iter().map(|period| self.engine.kpi(kpi, &self.at(period)).outcome.ok()).collect();
        let defined: Vec<&Rational> = values.iter().flatten().collect();
        let direction = match defined.as_slice() {
            [first, .., last] => Some(match last.cmp(first) {
                std::cmp::Ordering::Greater => "up",
                std::cmp::Ordering::Less => "down",
                std::cmp::Ordering::Equal => "flat",
            }),
            _ => None,
        };
        let begin = values.iter().position(Option::is_some).unwrap_or(values.len());
        let points = self.trend.iter().zip(&values).skip(begin).map(|(period, value)| TrendPoint {
            period: period.id().to_owned(),
            value: value.as_ref().map(ToString::to_string),
        });
        TrendDoc { direction: direction.map(str::to_owned), points: points.collect() }
    }
}
