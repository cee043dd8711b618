//! KPIs in rows: strategic ones, by stage, by channel, and the ranked lists.

use kpi_core::Rational;

use super::parts::{attainment, change_cell, esc, goal_bar, link, quality, section, spark, status, table, value};
use crate::svg;
use crate::view::{Kpi, View};

/// The strategic KPIs, then the others by stage.
pub(crate) fn groups(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let words = view.words;
    let (strategic, others): (Vec<_>, Vec<_>) = kpis.iter().cloned().partition(Kpi::is_strategic);
    let mut text = String::new();
    if !strategic.is_empty() {
        text.push_str(&section("strategic", words.strategic, &kpi_table(view, &strategic)));
    }
    let mut stages = String::new();
    for (stage, members) in view.stages(&others) {
        stages.push_str(&format!("<h3>{}</h3>\n{}", esc(stage), kpi_table(view, &members)));
    }
    text.push_str(&section("stages", words.by_stage, &stages));
    text
}

fn kpi_table(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let words = view.words;
    let heads = [
        (words.kpi, false),
        (words.value, true),
        (words.vs_previous, true),
        (words.vs_year, true),
        (words.trend, false),
        (words.target, false),
        (words.status_label, false),
    ];
    let rows: String = kpis.iter().map(|kpi| kpi_row(view, kpi)).collect();
    table("k", &heads, &rows)
}

fn kpi_row(view: &View<'_>, kpi: &Kpi<'_>) -> String {
    let words = view.words;
    let said = kpi.reason(words).map(|reason| esc(&reason)).into_iter();
    let quality = quality(kpi, view);
    let said: Vec<String> = said.chain((!quality.is_empty()).then_some(quality)).collect();
    let under = if said.is_empty() { String::new() } else { format!("<small>{}</small>", said.join(" · ")) };
    let goal = kpi.goal(words).map(|goal| {
        let share = attainment(kpi, words).map(|share| format!(" <small>{}</small>", esc(&share))).unwrap_or_default();
        format!("{}{share}{}", esc(&goal), goal_bar(kpi))
    });
    let status = status(kpi, words);
    let status =
        status.map_or_else(|| format!("<td class=mu>{}", esc(words.no_goal)), |status| format!("<td>{status}"));
    format!(
        "<tr><th scope=\"row\">{}{under}<td>{}{}{}<td>{}<td>{}{status}\n",
        link(kpi),
        value(kpi, words),
        change_cell(kpi.doc.previous.as_ref(), kpi, words),
        change_cell(kpi.doc.year_ago.as_ref(), kpi, words),
        spark(kpi, view),
        goal.unwrap_or_default(),
    )
}

/// The KPIs of each channel group, as short tables.
pub(crate) fn channels(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let words = view.words;
    let mut order: Vec<&str> = Vec::new();
    for channel in kpis.iter().filter_map(Kpi::channel) {
        if !order.contains(&channel) {
            order.push(channel);
        }
    }
    let mut text = String::new();
    for channel in order {
        let mut rows = String::new();
        for kpi in kpis.iter().filter(|kpi| kpi.channel() == Some(channel)) {
            let changed = change_cell(kpi.doc.previous.as_ref(), kpi, words);
            rows.push_str(&format!(
                "<tr><th scope=\"row\">{}<td>{}{changed}
",
                link(kpi),
                value(kpi, words)
            ));
        }
        let heads = [(words.kpi, false), (words.value, true), (words.vs_previous, true)];
        text.push_str(&format!("<div><h3>{}</h3>\n{}</div>\n", esc(&view.channel(channel)), table("c", &heads, &rows)));
    }
    if text.is_empty() {
        text
    } else {
        section("channels", words.by_channel, &format!("<div class=two>\n{text}</div>\n"))
    }
}

/// The ranked lists with bars.
pub(crate) fn lists(view: &View<'_>, rows: usize) -> String {
    let words = view.words;
    let mut text = String::new();
    for list in view.snapshot.lists.iter().filter(|_| rows > 0) {
        let shape = view.shape_of(&list.metric, list.currency.as_deref());
        let numbers = list.rows.iter().filter_map(|row| Rational::parse_plain(&row.value));
        let most = numbers.max().map_or(0.0, |most| most.approximate());
        // A better rank is a smaller number: no bar says that.
        let bars = shape != crate::shape::Shape::Rank && most > 0.0;
        let mut items = String::new();
        for (index, row) in list.rows.iter().take(rows).enumerate() {
            let number = Rational::parse_plain(&row.value);
            let share = number.map_or(0.0, |number| number.approximate() / most);
            let bar = if bars { svg::bar(share) } else { String::new() };
            let before = row.previous.as_deref().map(|before| words.plain_figure(&shape, before));
            items.push_str(&format!(
                "<tr><td class=n>{}<th scope=\"row\">{} <small>{}</small>{bar}<td class=n>{}<td class=n>{}\n",
                index + 1,
                esc(&row.label),
                esc(&row.source),
                esc(&words.plain_figure(&shape, &row.value)),
                esc(&before.unwrap_or_else(|| "–".to_owned())),
            ));
        }
        let heads = [(words.rank, true), (words.item, false), (words.value, true), (words.before, true)];
        let hidden = list.rows.len().saturating_sub(rows);
        let more = if hidden > 0 { format!("<p class=mu>{}</p>\n", esc(&(words.more)(hidden))) } else { String::new() };
        let incomplete =
            if list.incomplete { format!("<p class=mu>{}</p>\n", esc(words.incomplete_list)) } else { String::new() };
        let table = table("t", &heads, &items);
        text.push_str(&format!("<div><h3>{}</h3>\n{table}{more}{incomplete}</div>\n", esc(view.local(&list.name))));
    }
    if text.is_empty() { text } else { section("lists", words.lists, &format!("<div class=two>\n{text}</div>\n")) }
}
