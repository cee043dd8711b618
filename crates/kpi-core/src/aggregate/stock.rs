//! Stocks, ranks, running totals and daily statistics: what is read, not added.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::facts::{Row, Series};
use crate::figure::{Figure, Quality, Reason};
use crate::formula::OverTime;
use crate::metric::Law;
use crate::window::days_between;
use crate::{Rational, Value};

use super::money::Total;
use super::{Ask, Scene};

type Labels = Arc<[(Arc<str>, Arc<str>)]>;

/// The last reading in the period, per source and account, added up over them.
pub(super) fn closing(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let yesterday = scene.today.yesterday().unwrap_or(scene.today);
    let reference = ask.window.last().min(yesterday);
    readings(scene, ask, chosen, reference, |series| {
        let known = series.within(ask.window).filter(|row| row.value(ask.view).known().is_some());
        known.map(|row| row.window.last()).max()
    })
}

/// The opening value: the last reading before the period, otherwise its first reading, which is marked.
pub(super) fn opening(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let reference = ask.window.first().yesterday().unwrap_or(ask.window.first());
    let mut marked = BTreeSet::new();
    let mut figure = readings(scene, ask, chosen, reference, |series| {
        let known = || series.rows.iter().filter(|row| row.value(ask.view).known().is_some());
        let before = known().map(|row| row.window.last()).filter(|day| *day < ask.window.first()).max();
        before.or_else(|| {
            marked.insert(series.source);
            known().map(|row| row.window.last()).find(|day| ask.window.contains_day(*day))
        })
    });
    for source in marked {
        let id = scene.facts.sources.get(source).map_or("", |info| info.id.as_str());
        figure.notes.insert(format!("opening value of {} from {id} is the first reading of the period", ask.metric.id));
    }
    figure
}

fn readings(
    scene: &Scene<'_>,
    ask: &Ask<'_>,
    chosen: &[&Series],
    reference: Date,
    mut day_of: impl FnMut(&Series) -> Option<Date>,
) -> Figure {
    let mut total = Total::default();
    let mut quality = BTreeSet::new();
    let mut newest = None;
    for series in chosen {
        let Some(day) = day_of(series) else {
            let states = series.within(ask.window).filter_map(|row| match row.value(ask.view) {
                Value::Known(_) => None,
                Value::Absent(state) => Some(Reason::of_state(state)),
            });
            let id = scene.facts.sources.get(series.source).map_or("", |info| info.id.as_str());
            let figure = Figure::undefined(states.min().unwrap_or(Reason::MissingInput))
                .note(format!("no reading of {} from {id} in the period", ask.metric.id));
            return super::with_input(ask, figure);
        };
        let age = days_between(day, reference);
        if age > 0 {
            let id = scene.facts.sources.get(series.source).map_or("", |info| info.id.as_str());
            quality.insert(Quality::Stale(id.to_owned(), age));
        }
        for row in series.rows.iter().filter(|row| row.window.last() == day && ask.admits(row)) {
            if let Some(value) = row.value(ask.view).known() {
                newest = newest.max(row.readings.last().map(|reading| reading.at));
                total.add(value, row.currency, day);
            }
        }
    }
    let mut figure = total.figure(scene, ask);
    figure.quality.extend(quality);
    figure.newest = newest;
    figure
}

/// A running total becomes a flow: the last reading up to the period's end less the last before its start, each at most
/// one day from the edge.
pub(super) fn difference(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let mut total = Total::default();
    let close_edge = ask.window.last().min(scene.today);
    let open_edge = ask.window.first().yesterday().unwrap_or(ask.window.first());
    let mut newest = None;
    for series in chosen {
        let (close, open) = (near(ask, series, close_edge), near(ask, series, open_edge));
        let (Some(close), Some(open)) = (close, open) else {
            let edge = if close.is_none() { close_edge } else { open_edge };
            let id = scene.facts.sources.get(series.source).map_or("", |info| info.id.as_str());
            let figure = Figure::undefined(Reason::MissingInput)
                .note(format!("a hole: no reading of {} from {id} within a day of {edge}", ask.metric.id));
            return super::with_input(ask, figure);
        };
        for row in series.rows.iter().filter(|row| ask.admits(row)) {
            let Some(value) = row.value(ask.view).known() else { continue };
            newest = newest.max(row.readings.last().map(|reading| reading.at));
            if row.window.last() == close {
                total.add(value, row.currency, close);
            } else if row.window.last() == open {
                total.add(-value, row.currency, close);
            }
        }
    }
    let mut figure = total.figure(scene, ask);
    figure.newest = newest;
    figure
}

/// The last day with a reading on the edge or the day before it.
fn near(ask: &Ask<'_>, series: &Series, edge: Date) -> Option<Date> {
    let oldest = edge.yesterday().unwrap_or(edge);
    let known = series.rows.iter().filter(|row| row.value(ask.view).known().is_some());
    known.map(|row| row.window.last()).filter(|day| (oldest..=edge).contains(day)).max()
}

/// The last rank in the period of one keyword; several are listed, not combined.
pub(super) fn rank(ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let mut last: BTreeMap<(usize, Labels), (Date, Rational)> = BTreeMap::new();
    let mut newest = None;
    for series in chosen {
        for row in series.within(ask.window).filter(|row| ask.admits(row)) {
            if let Some(value) = row.value(ask.view).known() {
                newest = newest.max(row.readings.last().map(|reading| reading.at));
                last.insert((series.source, Arc::clone(&row.labels)), (row.window.last(), value.into()));
            }
        }
    }
    let ranks: Vec<Rational> = last.into_values().map(|(_, rank)| rank).collect();
    let mut figure = match ranks.as_slice() {
        [] => super::with_input(ask, Figure::undefined(Reason::MissingInput)),
        [only] => super::with_input(ask, Figure::constant(only.clone(), None)),
        several => {
            let note = format!("ranks of {} keywords are not combined: see them listed", several.len());
            super::with_input(ask, Figure::undefined(Reason::NotCombinable).note(note))
        }
    };
    figure.newest = newest;
    figure
}

/// The mean, the least or the greatest of the days on which every source has a figure.
pub(super) fn by_day(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let mut values = Vec::new();
    let mut newest = None;
    let mut inputs = Vec::new();
    for day in ask.window.iter_days() {
        let rows: Vec<Vec<&Row>> = chosen.iter().map(|series| of_day(ask, series, day)).collect();
        if rows.iter().any(Vec::is_empty) {
            continue;
        }
        let mut total = Total::default();
        let mut ranks = Vec::new();
        for row in rows.into_iter().flatten().filter(|row| ask.admits(row)) {
            let Some(value) = row.value(ask.view).known() else { continue };
            newest = newest.max(row.readings.last().map(|reading| reading.at));
            ranks.push(Rational::from(value));
            total.add(value, row.currency, day);
        }
        let mut figure = total.figure(scene, ask);
        if ask.metric.law == Law::Rank {
            figure.outcome = super::mean(&ranks).ok_or(Reason::MissingInput);
        }
        match figure.outcome {
            Ok(value) => values.push(value),
            Err(_) => return figure,
        }
        inputs.extend(figure.inputs.into_iter().flat_map(|input| input.converted));
    }
    let value = match ask.function {
        OverTime::Min => values.iter().min().cloned(),
        OverTime::Max => values.iter().max().cloned(),
        _ => super::mean(&values),
    };
    let Some(value) = value else {
        return super::with_input(ask, Figure::undefined(Reason::MissingInput));
    };
    let currency = ask.metric.id.is_money().then_some(scene.currency);
    let mut figure = super::with_input(ask, Figure::constant(value, currency));
    if let Some(input) = figure.inputs.first_mut() {
        input.converted = inputs;
    }
    let total = ask.day_count();
    if values.len() < total {
        figure.quality.insert(Quality::Partial(values.len(), total));
    }
    figure.newest = newest;
    figure
}

fn of_day<'f>(ask: &Ask<'_>, series: &'f Series, day: Date) -> Vec<&'f Row> {
    let window = crate::Window::day(day);
    if !ask.counts(window) {
        return Vec::new();
    }
    series.within(window).filter(|row| row.value(ask.view).known().is_some()).collect()
}
