//! The texts of a KPI's row.

use kpi_core::Rational;

use super::{Paint, sparkline, status_text};
use crate::change::Change;
use crate::locale::Words;
use crate::view::Kpi;

/// A text with its paint, and a longer form where there is room.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub short: String,
    pub long: String,
    pub paint: Paint,
}

impl Cell {
    fn plain(text: String) -> Self {
        Self { short: text.clone(), long: text, paint: Paint::Plain }
    }
}

/// A KPI's row.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    pub name: String,
    pub value: Cell,
    pub previous: Cell,
    pub year: Cell,
    pub trend: Cell,
    pub target: Cell,
    pub status: Cell,
}

impl Cells {
    /// The texts of a KPI.
    pub(crate) fn of(kpi: &Kpi<'_>, words: &Words) -> Self {
        let value = kpi.value().map_or_else(|| "–".to_owned(), |value| words.with_unit(&kpi.shape, value));
        let bare = kpi.value().map_or_else(|| "–".to_owned(), |value| words.plain_figure(&kpi.shape, value));
        let status = status_text(kpi, words);
        Self {
            name: kpi.name.to_owned(),
            value: Cell { short: bare, long: value, paint: Paint::Bold },
            previous: change_cell(Change::of(kpi.doc.previous.as_ref(), &kpi.shape, words), words),
            year: change_cell(Change::of(kpi.doc.year_ago.as_ref(), &kpi.shape, words), words),
            trend: Cell::plain(sparkline(&kpi.trend())),
            target: target_cell(kpi, words),
            status: Cell { short: status.clone(), long: status, paint: Paint::of_status(kpi.status().unwrap_or("")) },
        }
    }
}

fn change_cell(change: Option<Change>, words: &Words) -> Cell {
    let Some(change) = change else { return Cell::plain("–".to_owned()) };
    let short = format!("{}{}{}", change.mark(), change.arrow(), change.main);
    let long = change.verdict(words).map_or_else(|| short.clone(), |verdict| format!("{short} {verdict}"));
    let paint = if change.verdict(words).is_some() { Paint::of_change(change.improved) } else { Paint::Plain };
    Cell { short, long, paint }
}

fn target_cell(kpi: &Kpi<'_>, words: &Words) -> Cell {
    let Some(goal) = kpi.goal(words) else { return Cell::plain(String::new()) };
    let attainment = kpi.doc.target.as_ref().and_then(|target| target.attainment.as_deref());
    let share = attainment.and_then(Rational::parse_plain).map(|share| words.percent(&share, 1));
    let long = share.as_ref().map_or_else(|| goal.clone(), |share| format!("{goal} ({share})"));
    Cell { short: share.unwrap_or(goal), long, paint: Paint::Plain }
}
