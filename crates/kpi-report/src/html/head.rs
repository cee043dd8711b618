//! The top of the page, its written part and its change log.

use super::parts::{esc, section, table};
use crate::locale::Words;
use crate::period;
use crate::story;
use crate::view::{Kpi, View};

const STYLE: &str = include_str!("style.css");

/// Everything up to the first section.
pub(crate) fn open(view: &View<'_>, channels: bool) -> String {
    let (words, snapshot) = (view.words, view.snapshot);
    let title = (words.title)(&view.period());
    let mut text = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{} – {}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n",
        words.code,
        esc(&title),
        esc(&snapshot.workspace),
        STYLE,
        labels(words),
    );
    let dates = [&snapshot.period.start, &snapshot.period.end].map(|day| esc(&period::day(day, words)));
    let mut about = format!("{} – {}, {}", dates[0], dates[1], esc((words.period_status)(&snapshot.period.status)));
    if let (Some(kpi), "running") = (snapshot.kpis.first(), snapshot.period.status.as_str()) {
        about = format!("{about}, {}", esc(&(words.days_of)(kpi.pace.days_elapsed, kpi.pace.days_total)));
    }
    let class = if snapshot.completeness.status == "complete" { "good" } else { "fair" };
    text.push_str(&format!(
        "<header>\n<p class=mu>{}</p>\n<h1>{}</h1>\n<p class=mu>{about}. {}.</p>\n<p class=\"note {class}\">{}</p>\n",
        esc(&snapshot.workspace),
        esc(&title),
        esc(&(words.made)(&period::day(&snapshot.evaluated_on, words), snapshot.revision)),
        esc(&view.completeness()),
    ));
    if let Some(purpose) = &snapshot.report.purpose {
        text.push_str(&format!("<p><b>{}:</b> {}</p>\n", esc(words.purpose), esc(purpose)));
    }
    if !snapshot.report.questions.is_empty() {
        let items: String = snapshot.report.questions.iter().map(|question| format!("<li>{}", esc(question))).collect();
        text.push_str(&format!("<p><b>{}:</b></p>\n<ul>{items}</ul>\n", esc(words.questions)));
    }
    text.push_str(&warnings(view));
    text.push_str(&contents(view, channels));
    text.push_str("</header>\n<main>\n");
    text
}

/// The words that the narrow layout puts before the cells of a row.
fn labels(words: &Words) -> String {
    let label = |column: usize, text: &str| {
        let text: String = text.chars().filter(|character| !matches!(character, '"' | '\\' | '<')).collect();
        format!(".k td:nth-child({column})::before{{content:\"{text}\"}}\n")
    };
    let rules = [(3, words.vs_previous), (4, words.vs_year), (6, words.target)].map(|(at, text)| label(at, text));
    format!("@media (max-width:700px){{\n{}}}\n", rules.concat())
}

fn warnings(view: &View<'_>) -> String {
    let mut items = String::new();
    for source in view.failing() {
        let (problem, hint) = view.source_problem(source);
        let hint = hint.map(|hint| format!(" <b>{}:</b> {}", esc(view.words.to_do), esc(&hint))).unwrap_or_default();
        items.push_str(&format!("<li>{}{hint}", esc(&problem)));
    }
    for warning in &view.snapshot.warnings {
        items.push_str(&format!("<li>{}", note(view, warning)));
    }
    if items.is_empty() {
        return String::new();
    }
    format!("<div class=\"note fair\"><b>{}</b><ul>{items}</ul></div>\n", esc(view.words.warnings))
}

/// A note of the program; in English, and marked so, where it cannot be said in the page's language.
pub(crate) fn note(view: &View<'_>, note: &str) -> String {
    match view.words.note_text(note) {
        Some(text) => esc(&text),
        None if view.words.code == "en" => esc(note),
        None => format!("<span lang=en>{}</span>", esc(note)),
    }
}

fn contents(view: &View<'_>, channels: bool) -> String {
    if view.snapshot.kpis.is_empty() {
        return String::new();
    }
    let words = view.words;
    let mut places = vec![
        ("headlines", words.headlines),
        ("story", words.story),
        ("stages", words.by_stage),
        ("details", words.details),
        ("trust", words.trust),
    ];
    if channels && view.snapshot.kpis.iter().any(|kpi| kpi.channel.is_some()) {
        places.insert(3, ("channels", words.by_channel));
    }
    let links: String = places.iter().map(|(id, text)| format!("<a href=#{id}>{}</a> ", esc(text))).collect();
    format!("<nav aria-label=\"{}\">{links}</nav>\n", esc(words.contents))
}

/// The story in sentences.
pub(crate) fn story(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let mut text = String::new();
    for paragraph in story::tell(view, kpis) {
        let items: String = paragraph.sentences.iter().map(|sentence| format!("<li>{}\n", esc(sentence))).collect();
        text.push_str(&format!("<div><h3>{}</h3>\n<ul>{items}</ul></div>\n", esc(paragraph.heading)));
    }
    section("story", view.words.story, &format!("<div class=story>\n{text}</div>\n"))
}

/// The change log of goals and definitions.
pub(crate) fn changes(view: &View<'_>) -> String {
    let words = view.words;
    let mut rows = String::new();
    for change in &view.snapshot.changes {
        rows.push_str(&format!(
            "<tr><td>{}<th scope=\"row\">{}<td>{}<td>{}\n",
            esc(&period::day(&change.date, words)),
            esc(&view.name_of(&change.kpi)),
            esc((words.change_reason)(&change.reason)),
            esc(&change.note),
        ));
    }
    if rows.is_empty() {
        return String::new();
    }
    let heads = [(words.day, false), (words.kpi, false), (words.reason_label, false), (words.note, false)];
    section("changes", words.changes, &table("t", &heads, &rows))
}
