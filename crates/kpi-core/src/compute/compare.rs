//! Comparisons with other periods: like with like in days, age, sources and definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::evaluate::At;
use crate::facts::View;
use crate::figure::Figure;
use crate::kpi::{Direction, Kpi};
use crate::snapshot::{ChangeOf, ComparisonDoc, RestatedDoc};
use crate::{MetricId, Period, Rational};

use super::Computer;

/// A comparison, and whether the current figure proved to be provisional by it.
pub(super) struct Comparison {
    pub(super) document: ComparisonDoc,
    pub(super) still_moving: bool,
}

pub(super) fn compare(
    computer: &Computer<'_>,
    kpi: &Kpi,
    current: &Figure,
    other: Option<Period>,
) -> Option<Comparison> {
    let other = other?;
    let whole = computer.engine.kpi(kpi, &computer.at(&other));
    if whole.outcome.is_err() && whole.inputs.iter().all(|input| input.value.is_none()) && whole.sources.is_empty() {
        return None;
    }
    let mut caveats = Vec::new();
    let view = alike_age(computer, kpi, current, &whole, &other);
    let still_moving = view != View::Latest;
    let (now, then, like_for_like) = match common_days(current, &whole) {
        Days::All => (current.outcome.clone().ok(), value(computer, kpi, &other, None, view), true),
        Days::Some(mine, theirs) => (
            value(computer, kpi, computer.period, Some(&mine), View::Latest),
            value(computer, kpi, &other, Some(&theirs), view),
            true,
        ),
        Days::None => {
            caveats.push("no day has figures in both periods".to_owned());
            (current.outcome.clone().ok(), value(computer, kpi, &other, None, view), false)
        }
    };
    let broken = definitions_differ(computer, current, &whole);
    if let Some(metric) = broken {
        caveats.push(format!("definition_break: {metric} is counted by another rule in {}", other.id()));
    }
    if sources_differ(current, &whole) {
        caveats.push(format!("other sources have figures in {}", other.id()));
    }
    let change = if broken.is_some() { undefined() } else { change(kpi, now.as_ref(), then.as_ref()) };
    let improved = improved(kpi.direction, &change);
    let per_day_relative = per_day(computer, kpi, &other, current, &whole);
    let document = ComparisonDoc {
        period: other.id().to_owned(),
        value: whole.outcome.as_ref().ok().map(ToString::to_string),
        compared_value: then.map(|value| value.to_string()),
        like_for_like,
        improved,
        change,
        caveats,
        per_day_relative,
    };
    Some(Comparison { document, still_moving })
}

fn value(computer: &Computer<'_>, kpi: &Kpi, period: &Period, days: Option<&[bool]>, view: View) -> Option<Rational> {
    let at = At { period, days, segment: &[], view };
    computer.engine.kpi(kpi, &at).outcome.ok()
}

enum Days {
    All,
    Some(Vec<bool>, Vec<bool>),
    None,
}

/// The days, by position, that both periods have; all of both where neither lacks one.
fn common_days(current: &Figure, other: &Figure) -> Days {
    let (Some(mine), Some(theirs)) = (&current.present, &other.present) else { return Days::All };
    let full = |days: &[bool]| days.iter().all(|day| *day);
    if full(mine) && full(theirs) {
        return Days::All;
    }
    let common: Vec<bool> = mine.iter().zip(theirs).map(|(one, two)| *one && *two).collect();
    if !common.contains(&true) {
        return Days::None;
    }
    let fitted = |length: usize| (0..length).map(|day| common.get(day).copied().unwrap_or(false)).collect();
    Days::Some(fitted(mine.len()), fitted(theirs.len()))
}

/// The other period as it was known at the current one's age, where that makes a difference.
fn alike_age(computer: &Computer<'_>, kpi: &Kpi, current: &Figure, whole: &Figure, other: &Period) -> View {
    let Some(newest) = current.newest else { return View::Latest };
    let end = |period: &Period| {
        let midnight = period.window().last().to_datetime(jiff::civil::time(23, 59, 59, 0));
        jiff::tz::TimeZone::UTC.to_timestamp(midnight).map_or(0, |time| time.as_second())
    };
    let seconds = newest.as_second() - end(computer.period);
    let view = View::ByAge { period_end: other.window().last(), seconds };
    let aged = computer.engine.kpi(kpi, &At { period: other, days: None, segment: &[], view });
    if aged.outcome == whole.outcome { View::Latest } else { view }
}

type Rules = BTreeMap<(MetricId, usize), BTreeSet<Option<Arc<str>>>>;

/// The first metric that a source counted by another rule.
fn definitions_differ(_: &Computer<'_>, current: &Figure, other: &Figure) -> Option<MetricId> {
    let rules = |figure: &Figure| {
        let mut found = Rules::new();
        for input in &figure.inputs {
            for (source, definition) in &input.definitions {
                found.entry((input.metric, *source)).or_default().insert(definition.clone());
            }
        }
        found
    };
    let theirs = rules(other);
    rules(current)
        .into_iter()
        .find(|(key, definitions)| theirs.get(key).is_some_and(|other| other != definitions))
        .map(|((metric, _), _)| metric)
}

fn sources_differ(current: &Figure, other: &Figure) -> bool {
    !other.sources.is_empty() && !current.sources.is_empty() && current.sources != other.sources
}

pub(super) fn undefined() -> ChangeOf {
    ChangeOf { kind: "undefined".to_owned(), absolute: None, relative: None, points: None }
}

fn change(kpi: &Kpi, now: Option<&Rational>, then: Option<&Rational>) -> ChangeOf {
    let (Some(now), Some(then)) = (now, then) else { return undefined() };
    let absolute = now.clone() - then.clone();
    let hundred = Rational::from(100);
    let points = kpi.is_percentage().then(|| (absolute.clone() * hundred).to_string());
    let relative = if then.is_positive() { absolute.checked_div(then) } else { None };
    let kind = if then.is_zero() && !now.is_zero() { "new" } else { "changed" };
    ChangeOf {
        kind: kind.to_owned(),
        absolute: Some(absolute.to_string()),
        relative: relative.map(|share| share.to_string()),
        points,
    }
}

fn improved(direction: Direction, change: &ChangeOf) -> Option<bool> {
    let difference = Rational::parse_plain(change.absolute.as_deref()?)?;
    match direction {
        _ if difference.is_zero() => None,
        Direction::Up => Some(difference.is_positive()),
        Direction::Down => Some(difference.is_negative()),
        Direction::Band | Direction::Neutral => None,
    }
}

/// The change of the daily mean, where a figure adds up and the two periods differ in days.
fn per_day(computer: &Computer<'_>, kpi: &Kpi, other: &Period, current: &Figure, whole: &Figure) -> Option<String> {
    let (mine, theirs) = (computer.period.window().days(), other.window().days());
    if !kpi.typed.additive || mine == theirs || !computer.progress().is_over() {
        return None;
    }
    let (now, then) = (current.outcome.as_ref().ok()?, whole.outcome.as_ref().ok()?);
    let now = now.checked_div(&Rational::from(i64::from(mine)))?;
    let then = then.checked_div(&Rational::from(i64::from(theirs)))?;
    then.is_positive().then(|| (now - then.clone()).checked_div(&then)).flatten().map(|share| share.to_string())
}

/// What was reported first, where that was another value.
pub(super) fn restated(computer: &Computer<'_>, kpi: &Kpi, current: &Figure) -> Option<RestatedDoc> {
    let now = current.outcome.as_ref().ok()?;
    let first = value(computer, kpi, computer.period, None, View::First)?;
    if first == *now {
        return None;
    }
    let absolute = now.clone() - first.clone();
    let relative = if first.is_positive() { absolute.checked_div(&first) } else { None };
    Some(RestatedDoc {
        from: first.to_string(),
        to: now.to_string(),
        absolute: absolute.to_string(),
        relative: relative.map(|share| share.to_string()),
    })
}
