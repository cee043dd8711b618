//! Figures as read back from the store, arranged for computing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::descriptor::Absent;
use crate::{Basis, Currency, MetricId, Value, ValueState, Window};

/// How a source's part of the run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceStatus {
    /// Everything that was asked came.
    Complete,
    /// Some of it came.
    Partial,
    /// Nothing came.
    Failed,
    /// It was not asked.
    Skipped,
}

impl SourceStatus {
    /// The status as written in snapshots.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A source, as computing sees it.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// Its id.
    pub id: String,
    /// Its adapter.
    pub adapter: String,
    /// Its channel.
    pub channel: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Who claims its figures: the adapter, or the channel of a file source.
    pub claimant: String,
    /// How its part of the run ended.
    pub status: SourceStatus,
    /// The metrics that its adapter declares, with their breakdowns.
    pub declared: BTreeSet<MetricId>,
    /// For how many days its figures still move.
    pub settling_days: u32,
}

/// A figure as the store gives it.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Which source, by its place in the list.
    pub source: usize,
    /// The channel.
    pub channel: Arc<str>,
    /// The account, where one source reports several.
    pub account: Arc<str>,
    /// The metric.
    pub metric: MetricId,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<Arc<str>>,
    /// What the dates mean.
    pub basis: Basis,
    /// The days it covers.
    pub window: Window,
    /// What it is cut by, sorted by dimension.
    pub breakdown: Arc<[(Arc<str>, Arc<str>)]>,
    /// The value.
    pub value: Value,
    /// The currency of an amount of money.
    pub currency: Option<Currency>,
    /// When the vendor was read.
    pub read_at: Timestamp,
}

/// Days that were asked of a source, so that a day without a row says something.
#[derive(Clone, Debug)]
pub struct ReadSpan {
    /// Which source, by its place in the list.
    pub source: usize,
    /// The channel.
    pub channel: Arc<str>,
    /// The metric.
    pub metric: MetricId,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<Arc<str>>,
    /// What the dates mean.
    pub basis: Basis,
    /// The names of the dimensions, sorted.
    pub dimensions: Arc<[Arc<str>]>,
    /// The days that were read.
    pub days: Vec<Window>,
    /// What a day without a row means.
    pub absent: Absent,
}

/// One reading of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: Value,
}

/// A figure over its window with all its readings, oldest first.
#[derive(Clone, Debug)]
pub struct Row {
    /// The days it covers.
    pub window: Window,
    /// The values of the series' dimensions.
    pub labels: Arc<[(Arc<str>, Arc<str>)]>,
    /// The currency of an amount of money.
    pub currency: Option<Currency>,
    /// The readings, oldest first; at least one.
    pub readings: Vec<Reading>,
}

/// Which reading of each figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// The newest.
    Latest,
    /// The first that was taken after the figure's days had ended.
    First,
    /// The newest that was read at most so many seconds after the end of the figure's period.
    ByAge {
        /// The last day of the period whose end the age counts from.
        period_end: Date,
        /// The age in seconds.
        seconds: i64,
    },
}

impl Row {
    /// The value that a view sees.
    pub fn value(&self, view: View) -> Value {
        let chosen = match view {
            View::Latest => self.readings.last(),
            View::First => {
                let ended = |reading: &&Reading| reading.at.as_second() > end_of(self.window.last());
                self.readings.iter().find(ended).or(self.readings.last())
            }
            View::ByAge { period_end, seconds } => {
                let end = end_of(period_end);
                let young = |reading: &&Reading| reading.at.as_second() - end <= seconds;
                self.readings.iter().rev().find(young).or(self.readings.first())
            }
        };
        chosen.map_or(Value::Absent(ValueState::Missing), |reading| reading.value)
    }
}

/// The last second of a day in UTC: ages are compared with each other, so the zone drops out.
fn end_of(day: Date) -> i64 {
    let midnight = day.to_datetime(jiff::civil::time(23, 59, 59, 0));
    jiff::tz::TimeZone::UTC.to_timestamp(midnight).map_or(0, |time| time.as_second())
}

/// Figures of one source, channel, account, metric, definition, basis and set of dimensions.
#[derive(Clone, Debug)]
pub struct Series {
    /// Which source, by its place in the list.
    pub source: usize,
    /// The channel.
    pub channel: Arc<str>,
    /// The account, where one source reports several.
    pub account: Arc<str>,
    /// The metric.
    pub metric: MetricId,
    /// The vendor's rule, where it differs from the dictionary's.
    pub definition: Option<Arc<str>>,
    /// What the dates mean.
    pub basis: Basis,
    /// The names of the dimensions, sorted.
    pub dimensions: Arc<[Arc<str>]>,
    /// The figures, by window and labels.
    pub rows: Vec<Row>,
    /// The days that were read, sorted and apart; empty where only rows tell.
    pub read: Vec<Window>,
    /// What a day without a row means.
    pub absent: Absent,
}

impl Series {
    /// The rows that lie wholly within a window.
    pub fn within(&self, window: Window) -> impl Iterator<Item = &Row> {
        let start = self.rows.partition_point(|row| row.window.first() < window.first());
        self.rows[start..]
            .iter()
            .take_while(move |row| row.window.first() <= window.last())
            .filter(move |row| window.contains(row.window))
    }

    /// Whether a day was read.
    pub fn was_read(&self, day: Date) -> bool {
        let index = self.read.partition_point(|span| span.last() < day);
        self.read.get(index).is_some_and(|span| span.contains_day(day))
    }
}

/// All figures that a snapshot is computed from.
#[derive(Clone, Debug, Default)]
pub struct FactSet {
    /// The sources, in the configuration's order.
    pub sources: Vec<SourceInfo>,
    /// The series of each metric, in a fixed order.
    pub series: BTreeMap<MetricId, Vec<Series>>,
}

type SeriesKey = (MetricId, usize, Arc<str>, Arc<str>, Option<Arc<str>>, Basis, Arc<[Arc<str>]>);
type RowKey = (Window, Arc<[(Arc<str>, Arc<str>)]>, Option<Currency>);

/// Gathers facts in any order; what comes out does not depend on it.
#[derive(Debug, Default)]
pub struct FactSetBuilder {
    sources: Vec<SourceInfo>,
    rows: BTreeMap<SeriesKey, BTreeMap<RowKey, Vec<Reading>>>,
    spans: Vec<ReadSpan>,
}

impl FactSetBuilder {
    /// Begins with the sources.
    pub fn new(sources: Vec<SourceInfo>) -> Self {
        Self { sources, ..Self::default() }
    }

    /// Adds a figure.
    pub fn fact(&mut self, fact: Fact) {
        let dimensions: Arc<[Arc<str>]> = fact.breakdown.iter().map(|(name, _)| Arc::clone(name)).collect();
        let key = (fact.metric, fact.source, fact.channel, fact.account, fact.definition, fact.basis, dimensions);
        let row = (fact.window, fact.breakdown, fact.currency);
        let readings = self.rows.entry(key).or_default().entry(row).or_default();
        readings.push(Reading { at: fact.read_at, value: fact.value });
    }

    /// Adds days that were read.
    pub fn span(&mut self, span: ReadSpan) {
        self.spans.push(span);
    }

    /// The arranged figures.
    pub fn finish(self) -> FactSet {
        let mut series: BTreeMap<MetricId, Vec<Series>> = BTreeMap::new();
        for ((metric, source, channel, account, definition, basis, dimensions), rows) in self.rows {
            let rows = rows.into_iter().map(|((window, labels, currency), mut readings)| {
                readings.sort_by_key(|reading| reading.at);
                Row { window, labels, currency, readings }
            });
            let rows = rows.collect();
            series.entry(metric).or_default().push(Series {
                source,
                channel,
                account,
                metric,
                definition,
                basis,
                dimensions,
                rows,
                read: Vec::new(),
                absent: Absent::Missing,
            });
        }
        for span in self.spans {
            let list = series.entry(span.metric).or_default();
            let alike = |series: &Series| {
                series.source == span.source
                    && series.channel == span.channel
                    && series.definition == span.definition
                    && series.basis == span.basis
                    && series.dimensions == span.dimensions
            };
            if !list.iter().any(alike) {
                list.push(Series {
                    source: span.source,
                    channel: Arc::clone(&span.channel),
                    account: Arc::from(""),
                    metric: span.metric,
                    definition: span.definition.clone(),
                    basis: span.basis,
                    dimensions: Arc::clone(&span.dimensions),
                    rows: Vec::new(),
                    read: Vec::new(),
                    absent: span.absent,
                });
            }
            for series in list.iter_mut().filter(|series| alike(series)) {
                series.read.extend(span.days.iter().copied());
                series.absent = span.absent;
            }
        }
        for list in series.values_mut() {
            list.sort_by(|one, two| series_order(one).cmp(&series_order(two)));
            for series in list {
                series.read = merged(std::mem::take(&mut series.read));
            }
        }
        FactSet { sources: self.sources, series }
    }
}

fn series_order(series: &Series) -> (usize, &str, &str, Option<&str>, Basis, &[Arc<str>]) {
    (series.source, &series.channel, &series.account, series.definition.as_deref(), series.basis, &series.dimensions)
}

/// Spans sorted and joined where they touch.
fn merged(mut spans: Vec<Window>) -> Vec<Window> {
    spans.sort();
    let mut joined: Vec<Window> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if touches(*last, span) => {
                if let Ok(both) = Window::new(last.first(), last.last().max(span.last())) {
                    *last = both;
                }
            }
            _ => joined.push(span),
        }
    }
    joined
}

fn touches(one: Window, two: Window) -> bool {
    one.last().tomorrow().map_or(true, |next| two.first() <= next)
}

impl FactSet {
    /// Whether a source has, or declares, a metric.
    pub fn supplies(&self, source: usize, metric: MetricId) -> bool {
        let declared = self.sources.get(source).is_some_and(|info| info.declared.contains(&metric));
        declared || self.series.get(&metric).is_some_and(|list| list.iter().any(|series| series.source == source))
    }

    /// Whether any source has, or declares, a metric.
    pub fn feeds(&self, metric: MetricId) -> bool {
        (0..self.sources.len()).any(|source| self.supplies(source, metric))
    }
}
