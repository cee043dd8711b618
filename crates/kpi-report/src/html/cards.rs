//! The headlines: one card per KPI with its value, its changes, its trend, its goal and its status.

use super::parts::{attainment, change, change_class, esc, goal_bar, link, quality, section, spark, status};
use crate::change::Change;
use crate::view::{Kpi, View};

/// The cards of the headline KPIs.
pub(crate) fn headlines(view: &View<'_>, kpis: &[Kpi<'_>]) -> String {
    let cards: String = view.headlines(kpis).iter().map(|kpi| card(view, kpi)).collect();
    section("headlines", view.words.headlines, &format!("<div class=cards>\n{cards}</div>\n"))
}

fn card(view: &View<'_>, kpi: &Kpi<'_>) -> String {
    let words = view.words;
    let mut text = format!("<article>\n<h3>{}</h3>\n", link(kpi));
    match kpi.value() {
        Some(value) => {
            let headline = words.headline(&kpi.shape, value);
            let exact = headline.exact.map(|exact| format!(" title=\"{}\"", esc(&exact))).unwrap_or_default();
            let unit = words.unit(&kpi.shape).map(|unit| format!(" <small>{}</small>", esc(&unit))).unwrap_or_default();
            text.push_str(&format!("<p class=big><span{exact}>{}</span>{unit}</p>\n", esc(&headline.text)));
        }
        None => {
            let reason = kpi.reason(words).unwrap_or_default();
            text.push_str(&format!("<p class=big>–</p>\n<p>{}</p>\n", esc(&reason)));
        }
    }
    for (doc, label) in [(&kpi.doc.previous, words.vs_previous), (&kpi.doc.year_ago, words.vs_year)] {
        if let Some(found) = Change::of(doc.as_ref(), &kpi.shape, words) {
            let class = change_class(&found, words).unwrap_or_default();
            let detail = found.detail.as_ref().map(|detail| format!(" title=\"{}\"", esc(detail))).unwrap_or_default();
            let change = change(&found, words);
            text.push_str(&format!(
                "<p class=ch><span class=\"{class}\"{detail}>{change}</span> <span class=mu>{}</span></p>\n",
                esc(label)
            ));
        }
    }
    text.push_str(&spark(kpi, view));
    text.push_str("<div class=go>");
    if let Some(goal) = goal(view, kpi) {
        let share = attainment(kpi, words).map(|share| format!(" · {}", esc(&share))).unwrap_or_default();
        text.push_str(&format!("{}<p class=mu>{} {}{share}</p>", goal_bar(kpi), esc(words.target), esc(&goal)));
    }
    match status(kpi, words) {
        Some(status) => text.push_str(&format!("<p>{status}</p>")),
        None => text.push_str(&format!("<p class=mu>{}</p>", esc(words.no_goal))),
    }
    let quality = quality(kpi, view);
    if !quality.is_empty() {
        text.push_str(&format!("<p class=mu>{quality}</p>"));
    }
    text.push_str("</div>\n</article>\n");
    text
}

/// The goal in words, shortened as the value is.
fn goal(view: &View<'_>, kpi: &Kpi<'_>) -> Option<String> {
    let target = kpi.doc.target.as_ref()?;
    match (&target.value, &target.max) {
        (Some(value), None) => Some(view.words.headline(&kpi.shape, value).text),
        _ => kpi.goal(view.words),
    }
}
