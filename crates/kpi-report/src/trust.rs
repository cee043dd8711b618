//! What a report rests on, shared by the formats that show it.

use std::collections::BTreeSet;

use kpi_core::Rational;
use kpi_core::snapshot::ConversionDoc;

use crate::view::View;

/// A rate that was used, once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rate<'a> {
    pub date: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub rate: &'a str,
    pub rule: &'a str,
    pub origin: &'a str,
}

/// The rates that the snapshot's figures were converted with, by date.
pub(crate) fn rates<'a>(view: &View<'a>) -> Vec<Rate<'a>> {
    let inputs = view.snapshot.kpis.iter().flat_map(|kpi| &kpi.inputs);
    let used: BTreeSet<Rate<'a>> = inputs.flat_map(|input| &input.converted).map(rate).collect();
    used.into_iter().collect()
}

fn rate(doc: &ConversionDoc) -> Rate<'_> {
    let ConversionDoc { from, to, rate, date, rule, origin, .. } = doc;
    Rate { date, from, to, rate, rule, origin }
}

/// A rate as a number with up to six decimals: `25.300`.
pub(crate) fn rate_text(view: &View<'_>, rate: &str) -> String {
    Rational::parse_plain(rate).map_or_else(|| rate.to_owned(), |number| view.words.marks.short(&number, 6))
}

/// The statuses in the order in which their rules are told.
pub(crate) const STATUSES: [&str; 6] = ["met", "on_track", "behind", "missed", "too_early", "no_data"];
