//! From figures to the value of one metric over one period, by the metric's law.
//!
//! What a law forbids becomes `not_combinable`, never a wrong number (contract: sums over days for flows, the last reading
//! for stocks, the exact window for distinct counts; one basis and one definition in a sum; the coarsest breakdown that
//! answers the question; one claimant where several claim).

mod distinct;
mod flow;
mod money;
mod stock;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::facts::{FactSet, Row, Series, SourceStatus, View};
use crate::figure::{Figure, Input, Quality, Reason};
use crate::formula::{Condition, OverTime};
use crate::fx::FxTable;
use crate::metric::Law;
use crate::{Basis, Currency, Metric, MetricId, Rational, Window};

/// Who is right where several sources claim the same thing, by metric: `source id` or `channel:x`.
pub type Overlap = BTreeMap<MetricId, Vec<String>>;

/// What all questions of a snapshot share.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The figures.
    pub facts: &'a FactSet,
    /// The rates.
    pub fx: &'a FxTable,
    /// The reporting currency.
    pub currency: Currency,
    /// Who is right where several claim.
    pub overlap: &'a Overlap,
    /// The civil day of computing in the reporting zone.
    pub today: Date,
}

/// One question about one metric.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The metric.
    pub metric: &'static Metric,
    /// How its days become one value.
    pub function: OverTime,
    /// The period.
    pub window: Window,
    /// Which days of the period count, by position; none for all.
    pub days: Option<&'a [bool]>,
    /// The conditions on rows, segments included.
    pub conditions: &'a [Condition],
    /// The only sources that count, for matched ratios; none for all.
    pub only: Option<&'a BTreeSet<usize>>,
    /// Which reading of each figure counts.
    pub view: View,
}

impl Ask<'_> {
    /// The place of a day in the period.
    fn position(&self, day: Date) -> Option<usize> {
        self.window
            .contains_day(day)
            .then(|| usize::try_from(crate::window::days_between(self.window.first(), day)).ok())?
    }

    /// Whether all days of a row count.
    fn counts(&self, window: Window) -> bool {
        match self.days {
            None => self.window.contains(window),
            Some(days) => window
                .iter_days()
                .all(|day| self.position(day).and_then(|place| days.get(place)).copied().unwrap_or(false)),
        }
    }

    fn day_count(&self) -> usize {
        match self.days {
            None => usize::try_from(self.window.days()).unwrap_or(0),
            Some(days) => days.iter().filter(|counts| **counts).count(),
        }
    }

    fn about_sources(&self) -> bool {
        self.conditions.iter().any(Condition::is_about_source)
    }

    /// The names of the dimensions that the conditions need.
    fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.conditions.iter().filter(|condition| !condition.is_about_source()).map(|condition| condition.key.as_str())
    }

    /// Whether a row's labels satisfy the conditions.
    fn admits(&self, row: &Row) -> bool {
        self.conditions
            .iter()
            .filter(|condition| !condition.is_about_source())
            .all(|condition| row.labels.iter().any(|(name, value)| **name == condition.key && condition.holds(value)))
    }

    /// Whether a source satisfies the conditions on sources that do not need a series.
    fn admits_source(&self, scene: &Scene<'_>, source: usize) -> bool {
        let Some(info) = scene.facts.sources.get(source) else { return false };
        if self.only.is_some_and(|only| !only.contains(&source)) {
            return false;
        }
        self.conditions.iter().all(|condition| match condition.key.as_str() {
            "source" => condition.holds(&info.id),
            "channel" => info.adapter == "file" || condition.holds(&info.channel),
            key => match key.strip_prefix("label.") {
                Some(label) => condition.holds(info.labels.get(label).map_or("", String::as_str)),
                None => true,
            },
        })
    }

    fn admits_series(&self, scene: &Scene<'_>, series: &Series) -> bool {
        self.admits_source(scene, series.source)
            && self.conditions.iter().all(|condition| match condition.key.as_str() {
                "channel" => condition.holds(&series.channel),
                "account" => condition.holds(&series.account),
                "definition" => condition.holds(series.definition.as_deref().unwrap_or("")),
                _ => true,
            })
    }
}

/// Answers a question.
pub fn aggregate(scene: &Scene<'_>, ask: &Ask<'_>) -> Figure {
    let candidates = candidates(scene, ask);
    let chosen = coarsest(ask, candidates);
    let chosen = match by_claimants(scene, ask, chosen) {
        Ok(chosen) => chosen,
        Err(figure) => return *figure,
    };
    if let Some(figure) = lost_sources(scene, ask, &chosen) {
        return figure;
    }
    if chosen.is_empty() {
        return with_input(ask, Figure::undefined(Reason::MissingInput));
    }
    if ask.function != OverTime::Claimed && ask.metric.law != Law::Distinct {
        let rules: BTreeSet<_> = chosen.iter().map(|series| (series.definition.as_deref(), series.basis)).collect();
        if rules.len() > 1 {
            let names: Vec<String> = rules
                .iter()
                .map(|(definition, basis)| format!("{} ({basis})", definition.unwrap_or("the dictionary's")))
                .collect();
            let figure = Figure::undefined(Reason::NotCombinable).note(format!(
                "{} is counted by different rules: {}",
                ask.metric.id,
                names.join(", ")
            ));
            return with_input(ask, figure);
        }
    }
    let mut figure = match (ask.metric.law, ask.function) {
        (_, OverTime::Mean | OverTime::Min | OverTime::Max) => stock::by_day(scene, ask, &chosen),
        (Law::Flow, _) if chosen.iter().any(|series| series.basis == Basis::AsOf) => {
            stock::difference(scene, ask, &chosen)
        }
        (Law::Flow, _) => flow::sum(scene, ask, &chosen),
        (Law::Stock, OverTime::First) => stock::opening(scene, ask, &chosen),
        (Law::Stock, _) => stock::closing(scene, ask, &chosen),
        (Law::Rank, _) => stock::rank(ask, &chosen),
        (Law::Distinct, _) => distinct::exact(scene, ask, &chosen),
    };
    figure.bases = chosen.iter().map(|series| series.basis).collect();
    if ask.function == OverTime::Claimed {
        figure.bases.clear();
    }
    figure.sources = chosen.iter().map(|series| series.source).collect();
    mark_declared_without_data(scene, ask, &chosen, &mut figure);
    mark_provisional(scene, ask, &mut figure);
    if let Some(input) = figure.inputs.first_mut() {
        input.sources.clone_from(&figure.sources);
        input.definitions = chosen.iter().map(|series| (series.source, series.definition.clone())).collect();
    }
    figure
}

/// Gives a figure its one input.
fn with_input(ask: &Ask<'_>, mut figure: Figure) -> Figure {
    let value = figure.outcome.as_ref().ok().cloned();
    figure.inputs = vec![Input {
        metric: ask.metric.id,
        value,
        currency: figure.currency,
        sources: BTreeSet::new(),
        converted: Vec::new(),
        unconverted: BTreeMap::new(),
        definitions: BTreeSet::new(),
    }];
    figure
}

fn candidates<'f>(scene: &Scene<'f>, ask: &Ask<'_>) -> Vec<&'f Series> {
    let Some(list) = scene.facts.series.get(&ask.metric.id) else { return Vec::new() };
    list.iter()
        .filter(|series| ask.admits_series(scene, series))
        .filter(|series| ask.dimensions().all(|needed| series.dimensions.iter().any(|name| **name == *needed)))
        .collect()
}

/// Whether a series says anything about the period.
fn has_data(ask: &Ask<'_>, series: &Series) -> bool {
    let law = ask.metric.law;
    if series.within(ask.window).next().is_some() {
        return true;
    }
    let before = law == Law::Stock && ask.function == OverTime::First;
    (before && series.rows.first().is_some_and(|row| row.window.last() < ask.window.first()))
        || (law == Law::Flow && series.read.iter().any(|span| span.overlaps(ask.window)))
}

/// Per source, channel and account the series of the coarsest breakdown that answers.
fn coarsest<'f>(ask: &Ask<'_>, candidates: Vec<&'f Series>) -> Vec<&'f Series> {
    let mut groups: BTreeMap<(usize, &str, &str), Vec<&'f Series>> = BTreeMap::new();
    for series in candidates {
        // A span without rows has no account: it belongs to every account of its source.
        groups.entry((series.source, &series.channel, &series.account)).or_default().push(series);
    }
    let mut chosen = Vec::new();
    for mut group in groups.into_values() {
        if group.iter().any(|series| has_data(ask, series)) {
            group.retain(|series| has_data(ask, series));
        } else {
            continue;
        }
        // Rows beat a span that only says that a report was read.
        let with_rows = |series: &&Series| series.within(ask.window).next().is_some();
        let best = group
            .iter()
            .map(|series| (series.dimensions.len(), &series.dimensions))
            .min()
            .map(|(_, dimensions)| dimensions.clone());
        let Some(best) = best else { continue };
        group.retain(|series| series.dimensions == best);
        if group.len() > 1 && group.iter().any(with_rows) {
            group.retain(with_rows);
        }
        chosen.extend(group);
    }
    chosen
}

/// Leaves the one claimant that may speak, or says why none may.
fn by_claimants<'f>(scene: &Scene<'f>, ask: &Ask<'_>, chosen: Vec<&'f Series>) -> Result<Vec<&'f Series>, Box<Figure>> {
    if !ask.metric.claimed {
        return Ok(chosen);
    }
    let believed = scene.overlap.get(&ask.metric.id);
    let is_believed =
        |series: &&Series| believed.is_some_and(|list| list.iter().any(|entry| names_series(scene, series, entry)));
    if ask.function == OverTime::Claimed {
        let claims: Vec<&Series> = chosen.iter().copied().filter(|series| !is_believed(series)).collect();
        return Ok(if claims.is_empty() { chosen } else { claims });
    }
    let claimants: BTreeSet<String> = chosen.iter().map(|series| claimant(scene, series)).collect();
    let free = ask.about_sources() || ask.only.is_some() || !believed_exists(scene, ask.metric.id);
    match believed {
        Some(_) if !free || claimants.len() > 1 => {
            let winners: Vec<&Series> = chosen.iter().copied().filter(is_believed).collect();
            if winners.is_empty() && claimants.len() > 1 {
                return Err(Box::new(with_input(ask, several_claim(ask.metric.id, &claimants))));
            }
            Ok(winners)
        }
        None if claimants.len() > 1 => Err(Box::new(with_input(ask, several_claim(ask.metric.id, &claimants)))),
        _ => Ok(chosen),
    }
}

/// Whether a configured source is the one that the configuration believes.
fn believed_exists(scene: &Scene<'_>, metric: MetricId) -> bool {
    let entries = scene.overlap.get(&metric).map(Vec::as_slice).unwrap_or_default();
    entries.iter().any(|entry| {
        let channel = entry.strip_prefix("channel:");
        scene.facts.sources.iter().any(|info| info.id == *entry || channel.is_some_and(|name| info.channel == name))
    })
}

fn several_claim(metric: MetricId, claimants: &BTreeSet<String>) -> Figure {
    let names: Vec<&str> = claimants.iter().map(String::as_str).collect();
    Figure::undefined(Reason::NotCombinable)
        .note(format!("{metric} is claimed by {}: say in [overlap] who is right", names.join(" and ")))
}

/// Who claims the figures of a series: the adapter, or the channel of a file source.
pub fn claimant(scene: &Scene<'_>, series: &Series) -> String {
    match scene.facts.sources.get(series.source) {
        Some(info) if info.adapter == "file" => series.channel.to_string(),
        Some(info) => info.claimant.clone(),
        None => String::new(),
    }
}

fn names_series(scene: &Scene<'_>, series: &Series, entry: &str) -> bool {
    match entry.strip_prefix("channel:") {
        Some(channel) => *series.channel == *channel,
        None => scene.facts.sources.get(series.source).is_some_and(|info| info.id == entry),
    }
}

/// A source that failed, and whose committed slices do not cover the period, makes what needs it undefined.
fn lost_sources(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series]) -> Option<Figure> {
    let believed = scene.overlap.get(&ask.metric.id).filter(|_| !ask.about_sources() && ask.only.is_none());
    let needs_dimension = ask.dimensions().next().is_some();
    for (place, info) in scene.facts.sources.iter().enumerate() {
        if info.status == SourceStatus::Complete || !ask.admits_source(scene, place) {
            continue;
        }
        let mine: Vec<&&Series> = chosen.iter().filter(|series| series.source == place).collect();
        let relevant = match believed {
            Some(list) if ask.function != OverTime::Claimed => {
                list.iter().any(|entry| match entry.strip_prefix("channel:") {
                    Some(channel) => info.channel == channel,
                    None => info.id == *entry,
                })
            }
            _ => true,
        };
        // What a failed file would have held is unknown; where the configuration believes it, the figure needs it.
        let supplies = scene.facts.supplies(place, ask.metric.id) || (believed.is_some() && info.declared.is_empty());
        if !relevant || !supplies || (needs_dimension && mine.is_empty()) {
            continue;
        }
        if mine.is_empty() || !mine.iter().any(|series| covers(scene, ask, series)) {
            let figure = Figure::undefined(Reason::PartialInput).note(format!(
                "source {} is {}, and {} needs it",
                info.id,
                info.status.as_str(),
                ask.metric.id
            ));
            return Some(with_input(ask, figure));
        }
    }
    None
}

/// Whether the committed slices of a series answer the whole question.
fn covers(scene: &Scene<'_>, ask: &Ask<'_>, series: &Series) -> bool {
    match ask.metric.law {
        Law::Flow if series.basis != Basis::AsOf => {
            let yesterday = scene.today.yesterday().unwrap_or(scene.today);
            let Some(due) = ask.window.intersection(Window::new(Date::MIN, yesterday).unwrap_or(ask.window)) else {
                return true;
            };
            due.iter_days()
                .all(|day| series.was_read(day) || series.rows.iter().any(|row| row.window.contains_day(day)))
        }
        Law::Flow | Law::Stock | Law::Rank | Law::Distinct => has_data(ask, series),
    }
}

/// A source that declares the metric but has nothing for the period is a gap, not a zero.
fn mark_declared_without_data(scene: &Scene<'_>, ask: &Ask<'_>, chosen: &[&Series], figure: &mut Figure) {
    let restricted = ask.dimensions().next().is_some()
        || ask.metric.law != Law::Flow
        || (ask.metric.claimed && scene.overlap.contains_key(&ask.metric.id))
        || ask.conditions.iter().any(|condition| matches!(condition.key.as_str(), "account" | "definition"));
    if restricted {
        return;
    }
    for place in 0..scene.facts.sources.len() {
        let silent = !chosen.iter().any(|series| series.source == place);
        if silent && ask.admits_source(scene, place) && declares(scene, place, ask.metric.id) {
            figure.quality.insert(Quality::Partial(0, ask.day_count()));
        }
    }
}

fn declares(scene: &Scene<'_>, place: usize, metric: MetricId) -> bool {
    scene.facts.sources.get(place).is_some_and(|info| info.declared.contains(&metric))
}

fn mark_provisional(scene: &Scene<'_>, ask: &Ask<'_>, figure: &mut Figure) {
    let moving = figure.sources.iter().any(|place| {
        scene.facts.sources.get(*place).is_some_and(|info| {
            info.settling_days > 0
                && crate::window::days_between(ask.window.last(), scene.today)
                    <= i32::try_from(info.settling_days).unwrap_or(i32::MAX)
        })
    });
    if moving && figure.outcome.is_ok() {
        figure.quality.insert(Quality::Provisional);
    }
}

/// The mean of some numbers.
fn mean(numbers: &[Rational]) -> Option<Rational> {
    let count = Rational::from(i64::try_from(numbers.len()).ok()?);
    numbers.iter().cloned().sum::<Rational>().checked_div(&count)
}
