//! The drill-down: for each KPI its formula, what it is computed from, its comparisons, segments, claims and notes.

use kpi_core::Rational;
use kpi_core::snapshot::{ComparisonDoc, InputDoc};

use super::Details;
use super::charts::segment_tables;
use super::head::note;
use super::parts::{esc, section, status};
use crate::change::Change;
use crate::period;
use crate::story::gap_text;
use crate::view::{Kpi, View, goal_text};

/// How many ways of cutting a KPI are shown.
const CUTS: usize = 4;

/// Every KPI's details, closed until they are asked for, open on paper.
pub(crate) fn all(view: &View<'_>, kpis: &[Kpi<'_>], details: Details) -> String {
    let each: String = kpis.iter().map(|kpi| one(view, kpi, details)).collect();
    section("details", view.words.details, &each)
}

fn one(view: &View<'_>, kpi: &Kpi<'_>, details: Details) -> String {
    let (words, doc) = (view.words, kpi.doc);
    let value = kpi.value().map_or_else(|| "–".to_owned(), |value| words.with_unit(&kpi.shape, value));
    let mut list = List::default();
    if let Some(reason) = kpi.reason(words) {
        list.add(words.value, &esc(&reason));
    }
    if !doc.formula.is_empty() && doc.formula != doc.id {
        list.add(words.formula, &format!("<code>{} = {}</code>", esc(&doc.id), esc(&doc.formula)));
    }
    if details != Details::Terse {
        list.add(words.reading, &esc(&reading(view, kpi)));
    }
    list.add_all(words.inputs, doc.inputs.iter().map(|input| input_text(view, input)));
    for (comparison, label) in [(&doc.previous, words.vs_previous), (&doc.year_ago, words.vs_year)] {
        let told = |doc: &&ComparisonDoc| details != Details::Terse || !doc.like_for_like;
        if let Some(comparison) = comparison.as_ref().filter(told) {
            list.add(label, &comparison_text(view, kpi, comparison));
        }
    }
    if let Some(goal) = kpi.goal(words) {
        list.add(words.target, &goal_line(view, kpi, &goal));
    }
    if let Some(restated) = &doc.restated {
        let texts = [&restated.from, &restated.to].map(|figure| words.plain_figure(&kpi.shape, figure));
        list.add(words.restated_heading, &esc(&format!("{} → {}", texts[0], texts[1])));
    }
    let claims = doc.claimed.iter().flatten().map(|claim| {
        let shape = view.shape_of(&claim.metric, doc.currency.as_deref());
        let figure = claim.value.as_deref().map_or_else(|| "–".to_owned(), |figure| words.plain_figure(&shape, figure));
        let used = if claim.used { format!(" <b>({})</b>", esc(words.claim_used)) } else { String::new() };
        format!("{}: {}{used}", esc(&claim.claimant), esc(&figure))
    });
    list.add_all(words.claimed, claims);
    let gaps = doc.unattributed.iter().flatten().map(|gap| {
        let shape = view.shape_of(&gap.metric, None);
        let figures = [&gap.total, &gap.parts, &gap.value].map(|figure| words.plain_figure(&shape, figure));
        let share = gap.share.as_deref().and_then(Rational::parse_plain).map(|share| words.percent(&share, 1));
        let share = share.map(|share| format!(" ({share})")).unwrap_or_default();
        let text = (words.unattributed_of)(&figures[0], &figures[1], &format!("{}{share}", figures[2]));
        esc(&format!("{}, {}: {text}", view.name_of(&gap.metric), gap.source))
    });
    list.add_all(words.unattributed, gaps);
    if let Some(owner) = doc.owner.as_ref().filter(|_| details != Details::Terse) {
        list.add(words.owner, &esc(owner));
    }
    let served: Vec<String> = doc.supports.iter().map(|id| esc(&view.name_of(id))).collect();
    if !served.is_empty() {
        list.add(words.supports, &served.join(", "));
    }
    list.add_all(words.notes, doc.notes.iter().map(|text| note(view, text)));
    let hidden = doc.segments.len();
    let (segments, goals) = match details {
        Details::Full(0) if hidden > 0 => {
            let more = esc(&(words.more)(hidden));
            (format!("<p class=mu>{}: {more}</p>\n", esc(words.segments)), String::new())
        }
        Details::Full(rows) => (segment_tables(view, kpi, rows, CUTS), segment_goals(view, kpi, rows)),
        Details::Terse => (String::new(), String::new()),
    };
    format!(
        "<details id=k{}><summary>{} <b>{}</b> {}</summary>\n<dl>{}</dl>\n{segments}{goals}</details>\n",
        kpi.index,
        esc(kpi.name),
        esc(&value),
        status(kpi, words).unwrap_or_default(),
        list.0,
    )
}

/// Terms with what they mean.
#[derive(Default)]
struct List(String);

impl List {
    fn add(&mut self, term: &str, meaning: &str) {
        self.0.push_str(&format!("<dt>{}<dd>{meaning}", esc(term)));
    }

    fn add_all(&mut self, term: &str, meanings: impl Iterator<Item = String>) {
        let lines: Vec<String> = meanings.collect();
        if !lines.is_empty() {
            self.add(term, &lines.join("<br>"));
        }
    }
}

fn reading(view: &View<'_>, kpi: &Kpi<'_>) -> String {
    let words = view.words;
    let direction = (words.direction)(&kpi.doc.direction).to_owned();
    let level = kpi.doc.level.as_deref().map(|level| (words.level)(level).to_owned());
    std::iter::once(direction).chain(level).collect::<Vec<_>>().join(" · ")
}

fn input_text(view: &View<'_>, input: &InputDoc) -> String {
    let words = view.words;
    let shape = view.shape_of(&input.metric, input.currency.as_deref());
    let figure = input.value.as_deref().map_or_else(|| "–".to_owned(), |value| words.plain_figure(&shape, value));
    let mut pairs: Vec<(&str, &str, usize)> = Vec::new();
    for conversion in &input.converted {
        match pairs.iter_mut().find(|(from, to, _)| *from == conversion.from && *to == conversion.to) {
            Some((_, _, count)) => *count += 1,
            None => pairs.push((&conversion.from, &conversion.to, 1)),
        }
    }
    let converted: Vec<String> =
        pairs.into_iter().map(|(from, to, count)| (words.converted)(from, to, count)).collect();
    let sources = input.sources.join(", ");
    let about: Vec<String> = (!sources.is_empty()).then_some(sources).into_iter().chain(converted).collect();
    let about = if about.is_empty() { String::new() } else { format!(" <small>{}</small>", esc(&about.join("; "))) };
    format!("{}: {}{about}", esc(&view.name_of(&input.metric)), esc(&figure))
}

fn comparison_text(view: &View<'_>, kpi: &Kpi<'_>, doc: &ComparisonDoc) -> String {
    let words = view.words;
    let figure = |value: &Option<String>| {
        value.as_deref().map_or_else(|| "–".to_owned(), |value| words.plain_figure(&kpi.shape, value))
    };
    let mut text = format!("{}: {}", period::name(&doc.period, words), figure(&doc.value));
    if doc.compared_value != doc.value {
        text = format!("{text} (≈ {})", figure(&doc.compared_value));
    }
    if let Some(change) = Change::of(Some(doc), &kpi.shape, words) {
        let detail = change.detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        text.push_str(&detail);
        if !change.alike {
            text = format!("{text}; {}", words.not_alike);
        }
    }
    if let Some(per_day) = doc.per_day_relative.as_deref().and_then(Rational::parse_plain) {
        text = format!("{text}; {}", (words.per_day)(&words.relative(&per_day)));
    }
    let caveats: String = doc.caveats.iter().map(|caveat| format!("<br>{}", note(view, caveat))).collect();
    format!("{}{caveats}", esc(&text))
}

fn goal_line(view: &View<'_>, kpi: &Kpi<'_>, goal: &str) -> String {
    let (words, pace) = (view.words, &kpi.doc.pace);
    let mut parts = vec![goal.to_owned()];
    parts.extend(super::parts::attainment(kpi, words));
    parts.extend(gap_text(view, kpi).map(|gap| format!("{} {gap}", words.gap)));
    let due = kpi.doc.target.as_ref().and_then(|target| target.due.as_deref());
    parts.extend(due.map(|due| (words.due)(&period::day(due, words))));
    let figure = |label: &str, value: &Option<String>| {
        value.as_deref().map(|value| format!("{label}: {}", words.estimate(&kpi.shape, value)))
    };
    if pace.days_elapsed < pace.days_total {
        parts.extend(figure(words.expected, &pace.expected));
        parts.extend(figure(words.projected, &pace.projected));
    }
    esc(&parts.join(" · "))
}

/// The segments that have goals of their own.
fn segment_goals(view: &View<'_>, kpi: &Kpi<'_>, rows: usize) -> String {
    let words = view.words;
    let with_goals = kpi.doc.segments.iter().filter_map(|segment| Some((segment, segment.target.as_ref()?)));
    let mut text = String::new();
    for (segment, target) in with_goals.take(rows) {
        let Some(goal) = goal_text(target, &kpi.shape, words) else { continue };
        let name = view.segment(&segment.by);
        let status = (words.status)(&target.status);
        text.push_str(&format!("<p>{}: {} {} · {}</p>\n", esc(&name), esc(words.target), esc(&goal), esc(status)));
    }
    text
}
