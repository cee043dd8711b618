//! What the report rests on: sources, zones, rates, assumptions, rules and the hash of its content.

use kpi_core::Rational;

use super::parts::{esc, section, status_class, table};
use crate::markdown::zone;
use crate::view::{View, symbol};
use crate::{period, trust};

/// The block at the end of the page.
pub(crate) fn block(view: &View<'_>, limit: usize) -> String {
    let (words, snapshot) = (view.words, view.snapshot);
    let mut text = format!("<p>{}</p>\n<h3>{}</h3>\n{}", esc(&view.completeness()), esc(words.sources), sources(view));
    text.push_str(&rates(view, limit));
    if !snapshot.assumptions.is_empty() {
        let mut items = String::new();
        for assumption in &snapshot.assumptions {
            let note = assumption.note.as_ref().map(|note| format!(" ({})", esc(note))).unwrap_or_default();
            items.push_str(&format!("<li><code>{}</code> = {}{note}", esc(&assumption.id), esc(&assumption.value)));
        }
        text.push_str(&format!("<h3>{}</h3>\n<ul>{items}</ul>\n", esc(words.assumptions)));
    }
    let rules: String = trust::STATUSES
        .iter()
        .map(|status| {
            let (class, word, rule) = (status_class(status), (words.status)(status), (words.status_rule)(status));
            format!("<li><b class={class}>{} {}</b>: {}", symbol(status), esc(word), esc(rule))
        })
        .collect();
    text.push_str(&format!("<h3>{}</h3>\n<ul>{rules}</ul>\n", esc(words.rules)));
    text.push_str(&format!(
        "<p>{} {}</p>\n<p class=mu>{}. {}: <code>{}</code></p>\n",
        esc(words.definitions),
        esc(&(words.basis)(&snapshot.period.timezone, &snapshot.currency)),
        esc(&(words.made)(&period::day(&snapshot.evaluated_on, words), snapshot.revision)),
        esc(words.hash),
        esc(&snapshot.content_hash),
    ));
    section("trust", words.trust, &text)
}

fn sources(view: &View<'_>) -> String {
    let words = view.words;
    let mut rows = String::new();
    for source in &view.snapshot.completeness.sources {
        let (class, mark) = match source.status.as_str() {
            "complete" => ("good", "✓"),
            "partial" => ("fair", "▲"),
            "failed" => ("bad", "✕"),
            _ => ("none", "–"),
        };
        let count = Rational::from(i64::try_from(source.rows).unwrap_or(i64::MAX));
        let error = source.error.as_ref().map(|error| {
            let what = esc((words.error_kind)(&error.kind));
            format!("<small>{what}. <span lang=en>{}</span></small>", esc(&error.message))
        });
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}{}<td>{}<td>{}<td><span class=\"st {class}\">{mark} {}</span><td class=n>{}<td>{}\n",
            esc(&source.id),
            error.unwrap_or_default(),
            esc(&source.adapter),
            esc(&view.channel(&source.channel)),
            esc((words.completeness)(&source.status)),
            words.marks.short(&count, 0),
            esc(&zone(view, &source.timezone, &source.shift_hours)),
        ));
    }
    let heads = [
        (words.sources, false),
        (words.adapter, false),
        (words.channel_label, false),
        (words.status_label, false),
        (words.rows, true),
        (words.zone, false),
    ];
    table("t", &heads, &rows)
}

fn rates(view: &View<'_>, limit: usize) -> String {
    let words = view.words;
    let used = trust::rates(view);
    if used.is_empty() {
        return String::new();
    }
    let mut rows = String::new();
    for rate in used.iter().take(limit) {
        rows.push_str(&format!(
            "<tr><td>{}<td>{} → {}<td class=n>{}<td>{}<td>{}\n",
            esc(&period::day(rate.date, words)),
            esc(rate.from),
            esc(rate.to),
            esc(&trust::rate_text(view, rate.rate)),
            esc((words.rate_rule)(rate.rule)),
            esc(rate.origin),
        ));
    }
    let heads =
        [(words.day, false), (words.amount, false), (words.rate, true), (words.rule, false), (words.origin, false)];
    let hidden = used.len().saturating_sub(limit);
    let more = if hidden > 0 { format!("<p class=mu>{}</p>\n", esc(&(words.more)(hidden))) } else { String::new() };
    let (heading, table) = (esc(words.rates), table("t", &heads, &rows));
    format!("<details><summary><b>{heading}</b></summary>\n{table}{more}</details>\n")
}
