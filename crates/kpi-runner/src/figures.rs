//! Reads from the store what a snapshot is computed from: totals for the whole trend, breakdowns where they are needed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};
use kpi_core::facts::{Fact, FactSet, FactSetBuilder, ReadSpan, SourceInfo};
use kpi_core::formula::{Condition, ExprKind};
use kpi_core::goal::{Demand, When};
use kpi_core::kpi::Kpi;
use kpi_core::{Absent, Decimal, MetricId, Period, Result, Value, ValueState, Window, Windows};
use kpi_store::{FactQuery, FactRow, Group, Selection, SliceId, SliceInfo, Store};

use crate::config::{Config, Source};

/// The dimensions that ranked lists need.
const LISTED: [&str; 6] = ["campaign", "event", "keyword", "page", "post", "query"];

/// Reads the figures for some KPIs of a period.
///
/// # Errors
/// Those of the store.
pub(crate) fn read(
    config: &Config,
    store: &dyn Store,
    period: &Period,
    kpis: &[&Kpi],
    infos: Vec<SourceInfo>,
) -> Result<FactSet> {
    let reader = Reader {
        config,
        store,
        span: span_of(config, period, kpis),
        recent: recent(period),
        conditions: condition_dimensions(config, kpis),
        segments: segment_dimensions(kpis),
    };
    let mut builder = FactSetBuilder::new(infos);
    for (place, source) in config.sources.iter().enumerate() {
        reader.source(place, source, &mut builder)?;
    }
    Ok(builder.finish())
}

struct Reader<'a> {
    config: &'a Config,
    store: &'a dyn Store,
    span: Window,
    recent: Window,
    conditions: BTreeSet<String>,
    segments: BTreeSet<String>,
}

type Breakdown = Vec<String>;

impl Reader<'_> {
    fn source(&self, place: usize, source: &Source, builder: &mut FactSetBuilder) -> Result<()> {
        let groups = self.store.groups(&source.id, self.span, &Selection::Latest)?;
        let slices = self.store.slices(&source.id)?;
        self.spans(place, source, &groups, &slices, builder);
        let (whole, recent) = self.breakdowns(&groups);
        let mut intern = Interner::default();
        let channel: Arc<str> = source.channel().as_str().into();
        let all = self.query(source, self.span, &whole, Selection::Latest);
        let mut latest: BTreeSet<RowKey> = BTreeSet::new();
        let revised: HashSet<&SliceId> =
            slices.iter().filter(|slice| slice.revision > 1).map(|slice| &slice.id).collect();
        let mut take = |row: FactRow<'_>, builder: &mut FactSetBuilder| {
            if revised.contains(row.slice) {
                latest.insert(key_of(&row));
            }
            if let Some(fact) = self.fact(place, &channel, &row, &mut intern) {
                builder.fact(fact);
            }
        };
        if !whole.is_empty() {
            self.store.facts(&all, &mut |row| {
                take(row, builder);
                Ok(())
            })?;
        }
        if !recent.is_empty() {
            let some = self.query(source, self.recent, &recent, Selection::Latest);
            self.store.facts(&some, &mut |row| {
                take(row, builder);
                Ok(())
            })?;
        }
        let wanted: Vec<Breakdown> = whole.iter().chain(&recent).cloned().collect();
        self.earlier(place, source, &slices, &wanted, &latest, &channel, builder)
    }

    /// The earlier revisions of slices within the period and the ones it is compared with, so that a restated figure can
    /// be shown as it was. A row that a later revision no longer has gets that as its last reading.
    #[expect(clippy::too_many_arguments, reason = "one step of reading a source, split off for its length")]
    fn earlier(
        &self,
        place: usize,
        source: &Source,
        slices: &[SliceInfo],
        wanted: &[Breakdown],
        latest: &BTreeSet<RowKey>,
        channel: &Arc<str>,
        builder: &mut FactSetBuilder,
    ) -> Result<()> {
        let revised: Vec<&SliceInfo> =
            slices.iter().filter(|slice| slice.revision > 1 && slice.id.window.overlaps(self.recent)).collect();
        let most = revised.iter().map(|slice| slice.revision).max().unwrap_or(1);
        let mut intern = Interner::default();
        let read_at: HashMap<&SliceId, Timestamp> = revised.iter().map(|slice| (&slice.id, slice.read_at)).collect();
        let mut gone: BTreeSet<RowKey> = BTreeSet::new();
        for revision in 1..most {
            let chosen: BTreeMap<_, _> = revised
                .iter()
                .filter(|slice| slice.revision > revision)
                .map(|slice| (slice.id.clone(), revision))
                .collect();
            let query = self.query(source, self.recent, wanted, Selection::Revisions(chosen));
            self.store.facts(&query, &mut |row| {
                let Some(fact) = self.fact(place, channel, &row, &mut intern) else { return Ok(()) };
                let key = key_of(&row);
                if !latest.contains(&key) && gone.insert(key) {
                    let zero = self.absent(source, &row) == Absent::Zero;
                    let value = if zero { Value::Known(Decimal::ZERO) } else { Value::Absent(ValueState::Missing) };
                    let at = read_at.get(row.slice).copied().unwrap_or(row.read_at);
                    builder.fact(Fact { value, read_at: at.max(row.read_at), ..fact.clone() });
                }
                builder.fact(fact);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn absent(&self, source: &Source, row: &FactRow<'_>) -> Absent {
        let report = source.opened.descriptor().report(&row.slice.report);
        report.map_or(Absent::Missing, |report| source.opened.absent(report))
    }

    fn query(&self, source: &Source, window: Window, breakdowns: &[Breakdown], selection: Selection) -> FactQuery {
        FactQuery {
            sources: vec![source.id.clone()],
            breakdowns: breakdowns.to_vec(),
            window: Some(window),
            selection,
            ..FactQuery::default()
        }
    }

    fn fact(&self, place: usize, channel: &Arc<str>, row: &FactRow<'_>, intern: &mut Interner) -> Option<Fact> {
        // A metric that this program no longer knows cannot be computed with.
        let metric = self.config.dictionary.get(row.metric)?;
        Some(Fact {
            source: place,
            channel: row.channel.map_or_else(|| Arc::clone(channel), |name| intern.text(name)),
            account: intern.text(row.account.unwrap_or("")),
            metric: metric.id,
            definition: row.definition.map(|name| intern.text(name)),
            basis: row.basis,
            window: row.window,
            breakdown: row.breakdown.iter().map(|(name, value)| (intern.text(name), intern.text(value))).collect(),
            value: row.value,
            currency: row.currency,
            read_at: row.read_at,
        })
    }

    /// Which breakdowns are read over the whole span, and which only for the period and the one before.
    fn breakdowns(&self, groups: &[Group]) -> (Vec<Breakdown>, Vec<Breakdown>) {
        let mut by_metric: BTreeMap<&str, Vec<&Breakdown>> = BTreeMap::new();
        for group in groups {
            by_metric.entry(&group.metric).or_default().push(&group.dimensions);
        }
        let mut whole: BTreeSet<Breakdown> = BTreeSet::new();
        let mut recent: BTreeSet<Breakdown> = BTreeSet::new();
        for sets in by_metric.values() {
            whole.extend(sets.iter().min_by_key(|set| (set.len(), **set)).map(|set| (*set).clone()));
            for set in sets {
                if set.iter().any(|name| self.conditions.contains(name)) {
                    whole.insert((*set).clone());
                } else if set.iter().any(|name| self.segments.contains(name) || LISTED.contains(&name.as_str()))
                    || set.len() == 1
                {
                    recent.insert((*set).clone());
                }
            }
        }
        recent.retain(|set| !whole.contains(set));
        (whole.into_iter().collect(), recent.into_iter().collect())
    }

    /// The days that were read, for each kind of figure.
    fn spans(
        &self,
        place: usize,
        source: &Source,
        groups: &[Group],
        slices: &[SliceInfo],
        builder: &mut FactSetBuilder,
    ) {
        for report in source.opened.descriptor().reports {
            let days: Vec<Window> = slices
                .iter()
                .filter(|slice| slice.id.report == report.id && slice.id.window.overlaps(self.span))
                .map(|slice| slice.id.window.intersection(self.span).unwrap_or(slice.id.window))
                .collect();
            if days.is_empty() {
                continue;
            }
            let absent = source.opened.absent(report);
            match report.windows {
                Windows::Days { .. } => {
                    for column in report.columns {
                        let mut dimensions: Vec<Arc<str>> =
                            report.breakdown.iter().map(|name| Arc::from(*name)).collect();
                        dimensions.sort();
                        builder.span(ReadSpan {
                            source: place,
                            channel: source.channel().as_str().into(),
                            metric: column.metric,
                            definition: column.definition.map(Arc::from),
                            basis: column.basis,
                            dimensions: dimensions.into(),
                            days: days.clone(),
                            absent,
                        });
                    }
                }
                Windows::Everything if absent == Absent::Zero => {
                    for group in groups.iter().filter(|group| group.report == report.id) {
                        let Some(metric) = self.config.dictionary.get(&group.metric) else { continue };
                        builder.span(ReadSpan {
                            source: place,
                            channel: group.channel.as_deref().unwrap_or(source.channel().as_str()).into(),
                            metric: metric.id,
                            definition: group.definition.as_deref().map(Arc::from),
                            basis: group.basis,
                            dimensions: group.dimensions.iter().map(|name| Arc::from(name.as_str())).collect(),
                            days: days.clone(),
                            absent,
                        });
                    }
                }
                _ => {}
            }
        }
    }
}

type RowKey = (String, String, String, Window, String, String);

/// What makes a figure the same in two revisions.
fn key_of(row: &FactRow<'_>) -> RowKey {
    let labels: Vec<String> = row.breakdown.iter().map(|(name, value)| format!("{name}\u{1f}{value}")).collect();
    let rule = format!("{}\u{1f}{}\u{1f}{}", row.definition.unwrap_or(""), row.basis, row.channel.unwrap_or(""));
    let currency = row.currency.map(|currency| currency.to_string()).unwrap_or_default();
    (row.metric.to_owned(), rule, row.account.unwrap_or("").to_owned(), row.window, labels.join("\u{1e}"), currency)
}

/// Each text once.
#[derive(Default)]
struct Interner(HashMap<String, Arc<str>>);

impl Interner {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let kept: Arc<str> = text.into();
        self.0.insert(text.to_owned(), Arc::clone(&kept));
        kept
    }
}

/// The days that any question may touch: the trend, what it is compared with, baselines, and the readings before them.
fn span_of(config: &Config, period: &Period, kpis: &[&Kpi]) -> Window {
    let mut first = period.window().first();
    let mut last = period.window().last();
    let mut reach = |other: Option<Period>| {
        if let Some(other) = other {
            first = first.min(other.window().first());
            last = last.max(other.window().last());
        }
    };
    reach(period.steps_before(13));
    reach(period.same_last_year().and_then(|year| year.previous()));
    for kpi in kpis {
        for target in &kpi.part.targets {
            if let Demand::Relative(_, baseline) | Demand::Points(_, baseline) = &target.demand {
                reach(Some(baseline.clone()));
            }
            if let When::Period(own) = &target.when
                && own.window() == period.window()
            {
                reach(Some(own.clone()));
            }
        }
        steps(config, kpi, period, &mut reach);
    }
    let first = first.checked_sub(40.days()).unwrap_or(first);
    Window::new(first, last).unwrap_or_else(|_| period.window())
}

/// The periods that a formula itself reaches back to.
fn steps(config: &Config, kpi: &Kpi, period: &Period, reach: &mut impl FnMut(Option<Period>)) {
    kpi.expr.walk(&mut |part| match &part.kind {
        ExprKind::Previous(_, steps) => reach(period.steps_before(steps + 13)),
        ExprKind::SameLastYear(_) => reach(period.same_last_year().and_then(|year| year.steps_before(13))),
        ExprKind::ToDate(_) => {
            let last = period.window().last();
            let back = last.checked_sub(3.years()).ok();
            reach(back.and_then(|first| Window::new(first, last).ok()).map(Period::range));
        }
        ExprKind::Name(name) => {
            if config.dictionary.get(name).is_none()
                && let Ok(inner) = config.kpis.get(name)
                && inner.id != kpi.id
            {
                steps(config, inner, period, reach);
            }
        }
        _ => {}
    });
}

/// The period with the one before and the one a year before: where restatements are shown.
fn recent(period: &Period) -> Window {
    let first = period.previous().map_or(period.window().first(), |before| before.window().first());
    Window::new(first, period.window().last()).unwrap_or_else(|_| period.window())
}

fn condition_dimensions(config: &Config, kpis: &[&Kpi]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for kpi in kpis {
        collect_conditions(config, kpi, &mut found);
    }
    found
}

fn collect_conditions(config: &Config, kpi: &Kpi, found: &mut BTreeSet<String>) {
    kpi.expr.walk(&mut |part| match &part.kind {
        ExprKind::OverTime(_, _, conditions) => {
            let dimensions = conditions.iter().filter(|condition: &&Condition| !condition.is_about_source());
            found.extend(dimensions.map(|condition| condition.key.clone()));
        }
        ExprKind::Name(name) if config.dictionary.get(name).is_none() => {
            if let Ok(inner) = config.kpis.get(name)
                && inner.id != kpi.id
            {
                collect_conditions(config, inner, found);
            }
        }
        _ => {}
    });
}

fn segment_dimensions(kpis: &[&Kpi]) -> BTreeSet<String> {
    let keys = kpis.iter().flat_map(|kpi| kpi.part.segments.iter().flatten());
    keys.cloned()
        .chain(kpis.iter().flat_map(|kpi| kpi.part.targets.iter().flat_map(|target| target.segment.keys().cloned())))
        .collect()
}

/// The metrics that a source's adapter declares.
pub(crate) fn declared(source: &Source) -> BTreeSet<MetricId> {
    let reports = source.opened.descriptor().reports.iter();
    let wanted = reports.filter(|report| report.windows != Windows::Everything && source.opened.wants(report));
    wanted.flat_map(|report| report.columns.iter().map(|column| column.metric)).collect()
}
