//! Trends of the headlines, their segments, and the figures of all periods as a heat map.

use kpi_core::Rational;

use super::parts::{esc, link, section, table};
use crate::period;
use crate::svg::{self, Frame, Label};
use crate::view::{Kpi, View};

/// How many KPIs' segments are drawn.
const SEGMENTED: usize = 6;

/// Line charts of the headline KPIs, each with its figures as a table.
pub(crate) fn trends(view: &View<'_>, kpis: &[Kpi<'_>], charts: usize) -> String {
    let figures: Vec<String> = view.headlines(kpis).iter().filter_map(|kpi| trend(view, kpi)).take(charts).collect();
    if figures.is_empty() {
        return String::new();
    }
    section("trends", view.words.trends, &format!("<div class=charts>\n{}</div>\n", figures.concat()))
}

fn trend(view: &View<'_>, kpi: &Kpi<'_>) -> Option<String> {
    let words = view.words;
    let trend = kpi.trend();
    let values: Vec<Option<Rational>> = trend.iter().map(|(_, value)| value.clone()).collect();
    if values.iter().flatten().count() < 2 {
        return None;
    }
    let label = |figure: &Rational| Label {
        figure: figure.clone(),
        text: esc(&words.headline(&kpi.shape, &figure.to_string()).text),
    };
    let (least, most) = (label(values.iter().flatten().min()?), label(values.iter().flatten().max()?));
    let target = kpi.doc.target.as_ref().filter(|target| target.max.is_none());
    let goal = target.and_then(|target| target.value.as_deref()).and_then(Rational::parse_plain).map(|figure| {
        let mut goal = label(&figure);
        goal.text = format!("{} {}", esc(words.target), goal.text);
        goal
    });
    let short = |period: &str| esc(&period::short(period, words));
    let (first, last) = (short(trend.first()?.0), short(trend.last()?.0));
    let title = esc(&(words.spark)(values.len(), &least.text, &most.text));
    let running = view.snapshot.period.status == "running";
    let frame =
        Frame { least: &least, most: &most, goal: goal.as_ref(), ends: [&first, &last], running, title: &title };
    let mut rows = String::new();
    for (period, value) in &trend {
        let text = value.as_ref().map_or_else(|| "–".to_owned(), |value| words.figure(&kpi.shape, value));
        let name = esc(&period::name(period, words));
        rows.push_str(&format!("<tr><th scope=\"row\">{name}<td class=n>{}\n", esc(&text)));
    }
    let heads = [(words.period, false), (words.value, true)];
    Some(format!(
        "<figure>\n<figcaption>{}</figcaption>\n{}\n<details><summary>{}</summary>\n{}</details>\n</figure>\n",
        link(kpi),
        svg::line(&values, &frame),
        esc(words.as_table),
        table("t", &heads, &rows),
    ))
}

/// Bars of the headline KPIs' segments: a table whose rows are bars.
pub(crate) fn segments(view: &View<'_>, kpis: &[Kpi<'_>], rows: usize) -> String {
    let headlines = view.headlines(kpis);
    let tables: Vec<String> = headlines
        .iter()
        .filter(|_| rows > 0)
        .filter_map(|kpi| {
            let table = segment_tables(view, kpi, rows, 1);
            (!table.is_empty()).then(|| format!("<div><h3>{}</h3>\n{table}</div>\n", link(kpi)))
        })
        .take(SEGMENTED)
        .collect();
    if tables.is_empty() {
        return String::new();
    }
    section("segments", view.words.segments, &format!("<div class=two>\n{}</div>\n", tables.concat()))
}

/// The segments of a KPI, one table for each way of cutting, largest first.
pub(crate) fn segment_tables(view: &View<'_>, kpi: &Kpi<'_>, limit: usize, tables: usize) -> String {
    let words = view.words;
    let mut cuts: Vec<Vec<&String>> = Vec::new();
    for segment in &kpi.doc.segments {
        let cut: Vec<&String> = segment.by.keys().collect();
        if !cuts.contains(&cut) {
            cuts.push(cut);
        }
    }
    let mut text = String::new();
    for cut in cuts.into_iter().take(tables) {
        let alike = kpi.doc.segments.iter().filter(|segment| segment.by.keys().eq(cut.iter().copied()));
        let mut members: Vec<_> =
            alike.map(|segment| (segment.value.as_deref().and_then(Rational::parse_plain), segment)).collect();
        members.sort_by(|(one, _), (two, _)| two.cmp(one));
        let most = members.iter().filter_map(|(value, _)| value.as_ref()).max().map_or(0.0, Rational::approximate);
        let mut rows = String::new();
        for (value, segment) in members.iter().take(limit) {
            let (figure, bar) = match value {
                Some(value) => {
                    let bar = if most > 0.0 { svg::bar(value.approximate() / most) } else { String::new() };
                    (esc(&words.figure(&kpi.shape, value)), bar)
                }
                None => {
                    let reason = (words.reason)(segment.reason.as_deref().unwrap_or_default());
                    ("–".to_owned(), format!("<small>{}</small>", esc(reason)))
                }
            };
            let name = esc(&view.segment(&segment.by));
            rows.push_str(&format!("<tr><th scope=\"row\">{name}{bar}<td class=n>{figure}\n"));
        }
        let label = members.first().map(|(_, segment)| view.dimensions(&segment.by)).unwrap_or_default();
        text.push_str(&table("t", &[(&label, false), (words.value, true)], &rows));
        let hidden = members.len().saturating_sub(limit);
        if hidden > 0 {
            text.push_str(&format!("<p class=mu>{}</p>\n", esc(&(words.more)(hidden))));
        }
    }
    text
}

/// Every KPI's figures of all periods: the table behind the sparklines, shaded.
pub(crate) fn heat_map(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let words = view.words;
    let mut periods: Vec<&str> = Vec::new();
    for kpi in kpis {
        periods.extend(kpi.trend().iter().map(|(period, _)| *period));
    }
    periods.sort_unstable();
    periods.dedup();
    if periods.len() < 2 {
        return String::new();
    }
    let mut rows = String::new();
    for kpi in kpis {
        let trend = kpi.trend();
        let values = || trend.iter().filter_map(|(_, value)| value.as_ref());
        let (Some(least), Some(most)) = (values().min(), values().max()) else { continue };
        let range = (most.clone() - least.clone()).approximate();
        rows.push_str(&format!("<tr><th scope=\"row\">{}", esc(kpi.name)));
        for period in &periods {
            let value = trend.iter().find(|(name, _)| name == period).and_then(|(_, value)| value.as_ref());
            let Some(value) = value else {
                rows.push_str("<td>–");
                continue;
            };
            let share = (value.clone() - least.clone()).approximate() / range;
            let class = match share {
                _ if range <= 0.0 => "",
                share if share >= 0.8 => " class=h4",
                share if share >= 0.6 => " class=h3",
                share if share >= 0.4 => " class=h2",
                share if share >= 0.2 => " class=h1",
                _ => "",
            };
            rows.push_str(&format!("<td{class}>{}", esc(&words.figure(&kpi.shape, value))));
        }
        rows.push('\n');
    }
    let names: Vec<String> = periods.iter().map(|period| period::short(period, words)).collect();
    let heads: Vec<(&str, bool)> =
        std::iter::once((words.kpi, false)).chain(names.iter().map(|name| (name.as_str(), true))).collect();
    let content = format!(
        "<details><summary>{}</summary>\n<p class=mu>{}</p>\n{}</details>\n",
        esc(words.as_table),
        esc(words.heat_note),
        table("heat", &heads, &rows)
    );
    section("figures", words.figures, &content)
}
