//! One self-contained page: no request, no script, readable on a phone, on paper and in the dark.

use kpi_core::snapshot::Snapshot;

use crate::Locale;
use crate::view::{Kpi, View};

mod cards;
mod charts;
mod details;
mod embed;
mod head;
mod parts;
mod tables;
mod trust;

use parts::esc;

/// What a page may take, so that it can be sent by mail.
const BUDGET: usize = 150_000;

/// How much a page shows.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Rows of lists and of the headlines' segments.
    rows: usize,
    /// The details of each KPI.
    details: Details,
    /// Large charts.
    charts: usize,
    /// Rates of exchange.
    rates: usize,
    /// Whether the KPIs stand by channel once more.
    channels: bool,
}

/// How much the details of each KPI hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Details {
    /// Everything, with so many rows of segments.
    Full(usize),
    /// What stands nowhere else on the page.
    Terse,
}

/// What is tried, richest first.
const PLANS: [Plan; 6] = [
    Plan { rows: 10, details: Details::Full(10), charts: 6, rates: 60, channels: true },
    Plan { rows: 10, details: Details::Full(4), charts: 6, rates: 40, channels: true },
    Plan { rows: 8, details: Details::Full(0), charts: 6, rates: 40, channels: true },
    Plan { rows: 8, details: Details::Terse, charts: 4, rates: 20, channels: true },
    Plan { rows: 3, details: Details::Terse, charts: 2, rates: 5, channels: true },
    Plan { rows: 3, details: Details::Terse, charts: 2, rates: 5, channels: false },
];

/// Writes the page. Where it would take more than a mail bears, it shows fewer segments and embeds less.
pub(crate) fn render(snapshot: &Snapshot, locale: Locale) -> Result<String, serde_json::Error> {
    let view = View::new(snapshot, locale);
    let kpis = view.kpis();
    let scripts = embed::scripts(snapshot)?;
    let mut text = String::new();
    for plan in PLANS {
        text = page(&view, &kpis, plan);
        let room = BUDGET.saturating_sub(text.len());
        if let Some(script) = scripts.iter().find(|script| script.len() <= room) {
            return Ok(text.replacen(MARK, script, 1));
        }
    }
    let smallest = scripts.last().map(String::as_str).unwrap_or_default();
    Ok(text.replacen(MARK, smallest, 1))
}

/// Where the embedded snapshot goes; no text can hold it, as texts are escaped.
const MARK: &str = "<snapshot>";

fn page(view: &View<'_>, kpis: &[Kpi<'_>], plan: Plan) -> String {
    let words = view.words;
    let mut text = head::open(view, plan.channels);
    if kpis.is_empty() {
        text.push_str(&format!("<p>{}</p>\n", esc(words.empty)));
    } else {
        text.push_str(&cards::headlines(view, kpis));
        text.push_str(&head::story(view, kpis));
        text.push_str(&charts::trends(view, kpis, plan.charts));
        text.push_str(&tables::groups(view, kpis));
        if plan.channels {
            text.push_str(&tables::channels(view, kpis));
        }
        text.push_str(&charts::segments(view, kpis, plan.rows));
        text.push_str(&tables::lists(view, plan.rows));
        text.push_str(&charts::heat_map(view, kpis));
        text.push_str(&details::all(view, kpis, plan.details));
    }
    text.push_str(&head::changes(view));
    text.push_str(&trust::block(view, plan.rates));
    text.push_str(&format!("</main>\n{MARK}\n</body>\n</html>\n"));
    text
}
