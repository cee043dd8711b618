//! Distinct counts: the vendor's own figure for the very window, or bounds.

use crate::facts::{Row, Series};
use crate::figure::{Figure, Reason};
use crate::{Rational, Value};

use super::{Ask, Scene};

pub(super) fn exact(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    // Another source that counts the same people, but has nothing for the period, leaves the whole unknown.
    let silent = (0..scene.facts.sources.len()).find(|place| {
        !chosen.iter().any(|series| series.source == *place)
            && ask.admits_source(scene, *place)
            && scene.facts.supplies(*place, ask.metric.id)
            && !ask.metric.claimed
    });
    let rows: Vec<Vec<&Row>> =
        chosen.iter().map(|series| series.within(ask.window).filter(|row| ask.admits(row)).collect()).collect();
    let mut figures = Vec::new();
    let mut newest = None;
    let mut gaps = Vec::new();
    for row in rows.iter().flatten() {
        newest = newest.max(row.readings.last().map(|reading| reading.at));
        match row.value(ask.view) {
            Value::Known(value) if row.window == ask.window => figures.push(Rational::from(value)),
            Value::Known(_) => {}
            Value::Absent(state) => gaps.push(Reason::of_state(state)),
        }
    }
    let answered =
        |rows: &Vec<&Row>| rows.iter().any(|row| row.window == ask.window && row.value(ask.view).known().is_some());
    if let [only] = figures.as_slice()
        && rows.iter().filter(|rows| !rows.is_empty()).all(answered)
        && silent.is_none()
    {
        let mut figure = super::with_input(ask, Figure::constant(only.clone(), None));
        figure.newest = newest;
        return figure;
    }
    let any = rows.iter().flatten().any(|row| row.value(ask.view).known().is_some());
    if !any {
        let reason = gaps.into_iter().min().unwrap_or(Reason::MissingInput);
        return super::with_input(ask, Figure::undefined(reason));
    }
    let note = if let Some(info) = silent.and_then(|place| scene.facts.sources.get(place)) {
        format!("{} of source {} is not known for {}", ask.metric.id, info.id, ask.window)
    } else if figures.len() > 1 {
        format!("{} counts distinct things: {} figures may hold the same ones", ask.metric.id, figures.len())
    } else {
        format!("{} was not read for exactly {}", ask.metric.id, ask.window)
    };
    let mut figure = super::with_input(ask, Figure::undefined(Reason::NotCombinable).note(note));
    figure.bounds = if silent.is_some() { None } else { bounds(ask, &rows) };
    figure.newest = newest;
    figure
}

/// The most that any part shows, and the sum of parts that cover the whole.
fn bounds(ask: &Ask<'_>, groups: &[Vec<&Row>]) -> Option<(Rational, Rational)> {
    let mut least = Rational::zero();
    let mut most = Rational::zero();
    for rows in groups.iter().filter(|rows| !rows.is_empty()) {
        let mut labels: Vec<_> = rows.iter().map(|row| &row.labels).collect();
        labels.sort();
        labels.dedup();
        for label in labels {
            let mine: Vec<&&Row> = rows.iter().filter(|row| row.labels == *label).collect();
            let known = mine.iter().filter_map(|row| row.value(ask.view).known().map(Rational::from));
            least = least.max(known.max()?);
            most = most + cheapest_cover(ask, &mine)?;
        }
    }
    Some((least, most))
}

/// The least sum of parts that cover every day of the period.
fn cheapest_cover(ask: &Ask<'_>, rows: &[&&Row]) -> Option<Rational> {
    let length = usize::try_from(ask.window.days()).ok()?;
    let mut best: Vec<Option<Rational>> = vec![None; length + 1];
    best[0] = Some(Rational::zero());
    for end in 1..=length {
        for row in rows {
            let (Some(first), Some(last)) = (ask.position(row.window.first()), ask.position(row.window.last())) else {
                continue;
            };
            let Some(value) = row.value(ask.view).known() else { continue };
            if last + 1 != end {
                continue;
            }
            // A part may reach back over days that another covers already.
            for start in first..end {
                let Some(before) = best[start].clone() else { continue };
                let sum = before + value.into();
                if best[end].as_ref().is_none_or(|known| sum < *known) {
                    best[end] = Some(sum);
                }
            }
        }
    }
    best.pop().flatten()
}
