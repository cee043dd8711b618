//! Pieces that several parts of the page use.

use kpi_core::Rational;
use kpi_core::snapshot::ComparisonDoc;

use crate::change::Change;
use crate::locale::Words;
use crate::svg::{self, Goal};
use crate::view::{Kpi, View, symbol};

/// Text as the page may hold it, in elements and in quoted attributes.
pub(crate) fn esc(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

/// A section with its heading.
pub(crate) fn section(id: &str, heading: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!("<section id={id}>\n<h2>{}</h2>\n{content}</section>\n", esc(heading))
}

/// A link to a KPI's details.
pub(crate) fn link(kpi: &Kpi<'_>) -> String {
    format!("<a href=#k{}>{}</a>", kpi.index, esc(kpi.name))
}

/// The class that colours a status.
pub(crate) fn status_class(status: &str) -> &'static str {
    match status {
        "met" | "on_track" => "good",
        "behind" => "fair",
        "missed" => "bad",
        _ => "none",
    }
}

/// A status as symbol, word and colour; nothing for a figure without a goal.
pub(crate) fn status(kpi: &Kpi<'_>, words: &Words) -> Option<String> {
    let status = kpi.status()?;
    Some(format!("<b class=\"st {}\">{} {}</b>", status_class(status), symbol(status), esc((words.status)(status))))
}

/// The colour of a change, where it is for the better or the worse.
pub(crate) fn change_class(change: &Change, words: &Words) -> Option<&'static str> {
    change.verdict(words)?;
    change.improved.map(|better| if better { "good" } else { "bad" })
}

/// A change with arrow and verdict.
pub(crate) fn change(change: &Change, words: &Words) -> String {
    let mark = if change.mark().is_empty() {
        String::new()
    } else {
        format!("<abbr title=\"{}\">≈</abbr> ", esc(words.not_alike))
    };
    let verdict = change.verdict(words).map(|verdict| format!(" <small>{}</small>", esc(verdict))).unwrap_or_default();
    format!("{mark}{}{}{verdict}", change.arrow(), esc(&change.main))
}

/// A cell with a change.
pub(crate) fn change_cell(doc: Option<&ComparisonDoc>, kpi: &Kpi<'_>, words: &Words) -> String {
    let Some(found) = Change::of(doc, &kpi.shape, words) else { return "<td>".to_owned() };
    let class = change_class(&found, words).map(|class| format!(" class={class}")).unwrap_or_default();
    format!("<td{class}>{}", change(&found, words))
}

/// A KPI's value with its unit; a dash where it has none.
pub(crate) fn value(kpi: &Kpi<'_>, words: &Words) -> String {
    let Some(value) = kpi.value() else { return "–".to_owned() };
    let unit = words.unit(&kpi.shape).map(|unit| format!(" <small>{}</small>", esc(&unit))).unwrap_or_default();
    format!("<b>{}</b>{unit}", esc(&words.plain_figure(&kpi.shape, value)))
}

/// The sparkline of a KPI, with what it shows as its name.
pub(crate) fn spark(kpi: &Kpi<'_>, view: &View<'_>) -> String {
    let words = view.words;
    let trend = kpi.trend();
    let values: Vec<Option<Rational>> = trend.into_iter().map(|(_, value)| value).collect();
    let figure =
        |value: Option<&Rational>| value.map_or_else(|| "–".to_owned(), |value| words.figure(&kpi.shape, value));
    let (least, most) = (values.iter().flatten().min(), values.iter().flatten().max());
    let label = (words.spark)(values.len(), &figure(least), &figure(most));
    svg::sparkline(&values, view.snapshot.period.status == "running", &esc(&label))
}

/// The bar of a KPI against its goal, where both are figures; the words beside it say the same.
pub(crate) fn goal_bar(kpi: &Kpi<'_>) -> String {
    let (Some(value), Some(target)) = (kpi.value(), &kpi.doc.target) else { return String::new() };
    let Some(number) = Rational::parse_plain(value) else { return String::new() };
    let read = |text: &Option<String>| text.as_deref().and_then(Rational::parse_plain);
    let runs = kpi.doc.pace.days_elapsed < kpi.doc.pace.days_total;
    let expected = if runs { read(&kpi.doc.pace.expected) } else { None };
    let goal = Goal { from: read(&target.value), to: read(&target.max), expected };
    svg::bullet(&number, &goal, status_class(&target.status))
}

/// How much of the goal is reached, in words.
pub(crate) fn attainment(kpi: &Kpi<'_>, words: &Words) -> Option<String> {
    let attainment = kpi.doc.target.as_ref()?.attainment.as_deref().and_then(Rational::parse_plain)?;
    Some((words.attained)(&words.percent(&attainment, 1)))
}

/// The marks of quality, and the bounds of a distinct count.
pub(crate) fn quality(kpi: &Kpi<'_>, view: &View<'_>) -> String {
    let marks = kpi.doc.quality.iter().map(|mark| view.quality(mark));
    let said: Vec<String> = kpi.bounds(view.words).into_iter().chain(marks).map(|mark| esc(&mark)).collect();
    said.join(" · ")
}

/// A table in a box of its own that scrolls where the page is narrow.
pub(crate) fn table(class: &str, heads: &[(&str, bool)], rows: &str) -> String {
    let mut head = String::new();
    for (text, number) in heads {
        let class = if *number { " class=n" } else { "" };
        head.push_str(&format!("<th scope=\"col\"{class}>{}", esc(text)));
    }
    format!(
        "<div class=box tabindex=0><table class={class}>\n<thead><tr>{head}</thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}
