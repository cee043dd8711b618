//! Flows: the sum over the period's days.

use std::collections::BTreeMap;

use crate::descriptor::Absent;
use crate::facts::{Row, Series};
use crate::figure::{Figure, Quality, Reason};
use crate::{Currency, Value, Window};

use super::money::Total;
use super::{Ask, Scene};

pub(super) fn sum(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Figure {
    let mut total = Total::default();
    let mut present = vec![false; usize::try_from(ask.window.days()).unwrap_or(0)];
    let mut quality = Vec::new();
    let mut newest = None;
    let mut gaps: Vec<Reason> = Vec::new();
    let days = ask.day_count();
    let mut any = false;
    for series in chosen {
        let rows: Vec<&Row> = series.within(ask.window).filter(|row| ask.counts(row.window)).collect();
        let mut mine = zero_days(scene, ask, series);
        let mut known = false;
        for row in tiles(ask, &rows) {
            match row.value(ask.view) {
                Value::Known(value) => {
                    known = true;
                    for day in row.window.iter_days() {
                        set(&mut mine, ask.position(day), true);
                    }
                    newest = newest.max(row.readings.last().map(|reading| reading.at));
                    if ask.admits(row) {
                        total.add(value, row.currency, row.window.last());
                    }
                }
                Value::Absent(state) => {
                    gaps.push(Reason::of_state(state));
                    for day in row.window.iter_days() {
                        set(&mut mine, ask.position(day), false);
                    }
                }
            }
        }
        unend(scene, ask, series, &mut mine);
        let covered = mine.iter().filter(|day| **day).count();
        any |= covered > 0 || known;
        if covered < days {
            quality.push(Quality::Partial(covered, days));
        }
        for (all, one) in present.iter_mut().zip(&mine) {
            *all |= *one;
        }
    }
    if !any {
        let reason = gaps.into_iter().min().unwrap_or(Reason::MissingInput);
        let mut figure = super::with_input(ask, Figure::undefined(reason));
        figure.present = Some(present);
        return figure;
    }
    let mut figure = total.figure(scene, ask);
    figure.quality.extend(quality);
    figure.present = Some(present);
    figure.newest = newest;
    figure
}

/// A vendor's figures of a day that has not ended are counted, but the day is not: it cannot be compared yet. Files are
/// taken at their word.
fn unend(scene: &Scene<'_>, ask: &Ask<'_>, series: &Series, days: &mut [bool]) {
    if scene.facts.sources.get(series.source).is_none_or(|info| info.adapter == "file") {
        return;
    }
    for (day, present) in ask.window.iter_days().zip(days) {
        *present &= day < scene.today;
    }
}

fn set(days: &mut [bool], place: Option<usize>, value: bool) {
    if let Some(day) = place.and_then(|place| days.get_mut(place)) {
        *day = value;
    }
}

/// The days on which an absent row means zero: those that were read and have ended.
fn zero_days(scene: &Scene<'_>, ask: &Ask<'_>, series: &Series) -> Vec<bool> {
    let zero = series.absent == Absent::Zero;
    ask.window
        .iter_days()
        .map(|day| zero && day < scene.today && ask.counts(Window::day(day)) && series.was_read(day))
        .collect()
}

/// Of the rows of each label and currency the ones that count: of overlapping windows the finest that tile the period.
fn tiles<'f>(ask: &Ask<'_>, rows: &[&'f Row]) -> Vec<&'f Row> {
    if rows.iter().all(|row| row.window.days() == 1) {
        return rows.to_vec();
    }
    let mut groups: BTreeMap<(&[_], Option<Currency>), Vec<&'f Row>> = BTreeMap::new();
    for row in rows {
        groups.entry((&row.labels, row.currency)).or_default().push(row);
    }
    groups.into_values().flat_map(|group| finest_tiling(ask, &group)).collect()
}

/// A row of the tiling, and the position where it begins.
type Step<'f> = (&'f Row, usize);

/// The rows that cover the most days without overlap; of those the most rows.
fn finest_tiling<'f>(ask: &Ask<'_>, rows: &[&'f Row]) -> Vec<&'f Row> {
    let length = usize::try_from(ask.window.days()).unwrap_or(0);
    // best[k]: (days covered, rows used, the last row and where it begins) within the first k days.
    let mut best: Vec<(usize, usize, Option<Step<'f>>)> = vec![(0, 0, None); length + 1];
    for end in 1..=length {
        let mut winner = (best[end - 1].0, best[end - 1].1, None);
        for row in rows {
            let (Some(first), Some(last)) = (ask.position(row.window.first()), ask.position(row.window.last())) else {
                continue;
            };
            if last + 1 != end {
                continue;
            }
            let before = &best[first];
            let candidate = (before.0 + end - first, before.1 + 1);
            if candidate > (winner.0, winner.1) {
                winner = (candidate.0, candidate.1, Some((*row, first)));
            }
        }
        best[end] = winner;
    }
    let mut chosen = Vec::new();
    let mut end = length;
    while end > 0 {
        match best[end].2 {
            Some((row, first)) => {
                chosen.push(row);
                end = first;
            }
            None => end -= 1,
        }
    }
    chosen.reverse();
    chosen
}
