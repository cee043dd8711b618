//! The snapshot as reports look at it: KPIs with shapes and names, in groups, with their statuses.

use std::collections::BTreeMap;

use kpi_core::metric::{Dictionary, MetricUnit};
use kpi_core::snapshot::{KpiDoc, Snapshot, SourceDoc, TargetDoc};
use kpi_core::{Rational, Result};

use crate::locale::{Locale, Words};
use crate::period;
use crate::shape::Shape;

/// The stages in their order; the empty one holds what belongs to none.
const STAGES: [&str; 5] = ["awareness", "engagement", "conversion", "loyalty", ""];

/// How many headlines there are at most.
const HEADLINES: usize = 8;

/// How many periods a trend shows.
pub(crate) const TREND: usize = 13;

/// A snapshot with the language that it is read in.
pub(crate) struct View<'a> {
    pub snapshot: &'a Snapshot,
    pub words: &'static Words,
    locale: Locale,
    dictionary: Result<Dictionary>,
}

/// A KPI with its place in the snapshot and the shape of its figures.
#[derive(Clone, Debug)]
pub(crate) struct Kpi<'a> {
    pub doc: &'a KpiDoc,
    pub index: usize,
    pub shape: Shape,
    pub name: &'a str,
}

impl<'a> View<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, locale: Locale) -> Self {
        Self { snapshot, words: locale.words(), locale, dictionary: Dictionary::builtin() }
    }

    /// A text of both languages in this one; the other one where this one is empty.
    pub(crate) fn local(&self, text: &'a kpi_core::snapshot::LocalText) -> &'a str {
        let (first, second) = match self.locale {
            Locale::Vi => (&text.vi, &text.en),
            Locale::En => (&text.en, &text.vi),
        };
        if first.is_empty() { second } else { first }
    }

    /// All KPIs in the configured order.
    pub(crate) fn kpis(&self) -> Vec<Kpi<'a>> {
        let docs = self.snapshot.kpis.iter().enumerate();
        docs.map(|(index, doc)| {
            let money = doc.unit.starts_with("money").then_some(self.snapshot.currency.as_str());
            let shape = Shape::of(&doc.id, &doc.unit, doc.currency.as_deref().or(money));
            let name = self.local(&doc.name);
            let name = if name.is_empty() { doc.id.as_str() } else { name };
            Kpi { doc, index, shape, name }
        })
        .collect()
    }

    /// The KPIs of each stage that has some, in the order of the journey.
    pub(crate) fn stages(&self, kpis: &[Kpi<'a>]) -> Vec<(&'static str, Vec<Kpi<'a>>)> {
        let stage_of = |kpi: &Kpi<'_>| {
            let stage = kpi.doc.stage.as_deref().unwrap_or_default();
            STAGES.into_iter().find(|known| *known == stage).unwrap_or_default()
        };
        let groups = STAGES.into_iter().map(|stage| {
            let members = kpis.iter().filter(|kpi| stage_of(kpi) == stage).cloned().collect();
            ((self.words.stage)(stage), members)
        });
        groups.filter(|(_, members): &(_, Vec<_>)| !members.is_empty()).collect()
    }

    /// The KPIs at the top of the report: strategic ones, then those with goals, then the first ones.
    pub(crate) fn headlines(&self, kpis: &[Kpi<'a>]) -> Vec<Kpi<'a>> {
        let mut chosen: Vec<Kpi<'a>> = kpis.to_vec();
        chosen.sort_by_key(|kpi| (!kpi.is_strategic(), kpi.doc.target.is_none(), kpi.index));
        let wanted = chosen.iter().filter(|kpi| kpi.is_strategic() || kpi.doc.target.is_some()).count();
        chosen.truncate(wanted.clamp(4, HEADLINES));
        chosen
    }

    /// The name of a metric or KPI by its id.
    pub(crate) fn name_of(&self, id: &str) -> String {
        if let Some(doc) = self.snapshot.kpis.iter().find(|doc| doc.id == id) {
            let name = self.local(&doc.name);
            if !name.is_empty() {
                return name.to_owned();
            }
        }
        let metric = self.dictionary.as_ref().ok().and_then(|dictionary| dictionary.get(id));
        metric.map_or_else(
            || id.to_owned(),
            |metric| match self.locale {
                Locale::Vi => metric.name_vi.to_owned(),
                Locale::En => metric.name_en.to_owned(),
            },
        )
    }

    /// The shape of a metric's figures.
    pub(crate) fn shape_of(&self, metric: &str, currency: Option<&str>) -> Shape {
        let known = self.dictionary.as_ref().ok().and_then(|dictionary| dictionary.get(metric));
        let unit = match (known.map(|known| known.unit), self.snapshot.kpis.iter().find(|doc| doc.id == metric)) {
            (Some(MetricUnit::Count(entity)), _) => entity,
            (Some(MetricUnit::Seconds), _) => "seconds",
            (Some(MetricUnit::Rank), _) => "rank",
            (Some(MetricUnit::Money), _) => "money",
            (_, Some(doc)) => doc.unit.as_str(),
            // A figure of an adapter's own metric is shown as a bare number.
            _ => return currency.map_or(Shape::Plain { of: None }, |code| Shape::of(metric, "money", Some(code))),
        };
        let currency = currency.or_else(|| unit.starts_with("money").then_some(self.snapshot.currency.as_str()));
        Shape::of(metric, unit, currency)
    }

    /// A segment in words: `Kênh: Quảng cáo, Chiến dịch: brand`.
    pub(crate) fn segment(&self, by: &BTreeMap<String, String>) -> String {
        let words = by.iter().map(|(key, value)| {
            let value = self.segment_value(key, value);
            if by.len() == 1 { value } else { format!("{}: {value}", self.dimension(key)) }
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// What segments are cut by, in words.
    pub(crate) fn dimensions(&self, by: &BTreeMap<String, String>) -> String {
        by.keys().map(|key| self.dimension(key)).collect::<Vec<_>>().join(", ")
    }

    fn dimension(&self, key: &str) -> String {
        let bare = key.strip_prefix("label.").or_else(|| key.strip_prefix("dim.")).unwrap_or(key);
        (self.words.dimension)(bare).map_or_else(|| bare.to_owned(), str::to_owned)
    }

    fn segment_value(&self, key: &str, value: &str) -> String {
        if key == "channel" { self.channel(value) } else { value.to_owned() }
    }

    /// A channel in words.
    pub(crate) fn channel(&self, code: &str) -> String {
        (self.words.channel)(code).map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// The period in words.
    pub(crate) fn period(&self) -> String {
        period::name(&self.snapshot.period.id, self.words)
    }

    /// A quality mark in words.
    pub(crate) fn quality(&self, mark: &str) -> String {
        let words = self.words;
        let mut parts = mark.split(' ');
        match (parts.next().unwrap_or_default(), parts.next(), parts.next()) {
            ("provisional", ..) => words.provisional.to_owned(),
            ("sampled", ..) => words.sampled.to_owned(),
            ("thresholded", ..) => words.thresholded.to_owned(),
            ("partial", Some(days), _) => (words.partial)(days),
            ("stale", Some(source), Some(days)) => (words.stale)(source, days.trim_end_matches('d')),
            _ => mark.to_owned(),
        }
    }

    /// The sources that did not deliver the whole period.
    pub(crate) fn failing(&self) -> Vec<&'a SourceDoc> {
        self.snapshot.completeness.sources.iter().filter(|source| source.status != "complete").collect()
    }

    /// How complete the report is, as a sentence.
    pub(crate) fn completeness(&self) -> String {
        let sources = &self.snapshot.completeness.sources;
        let complete = sources.iter().filter(|source| source.status == "complete").count();
        (self.words.completeness_line)(&self.snapshot.completeness.status, complete, sources.len())
    }

    /// What kept a source from being complete, and what to do about it.
    pub(crate) fn source_problem(&self, source: &SourceDoc) -> (String, Option<String>) {
        let words = self.words;
        let status = (words.completeness)(&source.status).to_lowercase();
        match &source.error {
            None => (format!("{} ({}), {status}.", source.id, source.adapter), None),
            Some(error) => {
                let hint = (words.error_hint)(&error.kind).map_or_else(|| sentence(&error.hint), str::to_owned);
                let what = (words.error_kind)(&error.kind);
                let text = (words.source_failed)(&source.id, &source.adapter, &status, what);
                (text, (!hint.is_empty()).then_some(hint))
            }
        }
    }

    /// A note of the program in this language where it can be said, otherwise as it stands.
    pub(crate) fn note(&self, note: &str) -> String {
        self.words.note_text(note).unwrap_or_else(|| note.to_owned())
    }
}

impl<'a> Kpi<'a> {
    /// Whether it is of the strategic level.
    pub(crate) fn is_strategic(&self) -> bool {
        self.doc.level.as_deref() == Some("strategic")
    }

    /// The value, where there is one.
    pub(crate) fn value(&self) -> Option<&'a str> {
        if self.doc.state == "value" { self.doc.value.as_deref() } else { None }
    }

    /// The code of its status; none where it has no goal.
    pub(crate) fn status(&self) -> Option<&'a str> {
        self.doc.target.as_ref().map(|target| target.status.as_str())
    }

    /// Why it is undefined, as a sentence.
    pub(crate) fn reason(&self, words: &Words) -> Option<String> {
        if self.value().is_some() {
            return None;
        }
        let code = self.doc.reason.as_deref().unwrap_or_default();
        let (code, more) = code.split_once(' ').map_or((code, None), |(code, more)| (code, Some(more)));
        let sentence = (words.reason)(code);
        Some(more.map_or_else(|| sentence.to_owned(), |more| format!("{sentence} ({more})")))
    }

    /// The bounds of a distinct count, in words.
    pub(crate) fn bounds(&self, words: &Words) -> Option<String> {
        let [low, high] = self.doc.bounds.as_ref()?;
        Some((words.between)(&words.plain_figure(&self.shape, low), &words.plain_figure(&self.shape, high)))
    }

    /// The goal in words: one figure or a band.
    pub(crate) fn goal(&self, words: &Words) -> Option<String> {
        goal_text(self.doc.target.as_ref()?, &self.shape, words)
    }

    /// The last periods of its trend with their values.
    pub(crate) fn trend(&self) -> Vec<(&'a str, Option<Rational>)> {
        let points = &self.doc.trend.points;
        let from = points.len().saturating_sub(TREND);
        let read = |value: &Option<String>| value.as_deref().and_then(Rational::parse_plain);
        points[from..].iter().map(|point| (point.period.as_str(), read(&point.value))).collect()
    }

    /// The channel group that it is reported in.
    pub(crate) fn channel(&self) -> Option<&'a str> {
        self.doc.channel.as_deref()
    }
}

/// A goal in words: one figure or a band.
pub(crate) fn goal_text(target: &TargetDoc, shape: &Shape, words: &Words) -> Option<String> {
    let low = target.value.as_deref().map(|value| words.plain_figure(shape, value));
    let high = target.max.as_deref().map(|value| words.plain_figure(shape, value));
    match (low, high) {
        (Some(low), Some(high)) => Some(format!("{low} – {high}")),
        (low, high) => low.or(high),
    }
}

/// A fragment as a sentence: a capital letter first (but for the program's name) and a full stop last.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let capital: String = if text.starts_with("kpi ") { first.to_string() } else { first.to_uppercase().collect() };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{capital}{}{stop}", letters.as_str())
}

/// The symbol of a status, which says the same as its word and its colour.
pub(crate) fn symbol(status: &str) -> &'static str {
    match status {
        "met" => "✓",
        "on_track" => "●",
        "behind" => "▲",
        "missed" => "✕",
        "too_early" => "○",
        _ => "–",
    }
}
