//! Tidy rows for spreadsheets and programs: one per KPI and segment, with figures in plain notation.

use std::collections::BTreeMap;

use kpi_core::snapshot::{ComparisonDoc, Snapshot, TargetDoc};

use crate::Locale;
use crate::view::View;

const HEADER: &str = "workspace,period,start,end,kpi,name,kind,level,stage,channel,segment,value,state,reason,unit,\
     currency,previous_period,previous_value,previous_absolute,previous_relative,previous_points,year_ago_period,\
     year_ago_value,year_ago_absolute,year_ago_relative,year_ago_points,target,target_max,attainment,gap,status,quality";

/// Writes the rows.
pub(crate) fn render(snapshot: &Snapshot, locale: Locale) -> String {
    let view = View::new(snapshot, locale);
    let mut text = format!("{HEADER}\n");
    for kpi in view.kpis() {
        let doc = kpi.doc;
        let none = String::new();
        let about = |segment: &str| {
            let period = &snapshot.period;
            let plain = |text: &Option<String>| words(text.as_deref().unwrap_or_default());
            vec![
                words(&snapshot.workspace),
                period.id.clone(),
                period.start.clone(),
                period.end.clone(),
                words(&doc.id),
                words(kpi.name),
                doc.kind.clone(),
                plain(&doc.level),
                plain(&doc.stage),
                plain(&doc.channel),
                words(segment),
            ]
        };
        let mut row = about("");
        row.extend(outcome(&doc.value, &doc.state, &doc.reason));
        row.extend([words(&doc.unit), doc.currency.clone().unwrap_or_default()]);
        row.extend(comparison(doc.previous.as_ref()));
        row.extend(comparison(doc.year_ago.as_ref()));
        row.extend(target(doc.target.as_ref()));
        row.push(words(&doc.quality.join("; ")));
        push(&mut text, &row);
        for segment in &doc.segments {
            let mut row = about(&segment_text(&segment.by));
            row.extend(outcome(&segment.value, &segment.state, &segment.reason));
            row.extend([words(&doc.unit), doc.currency.clone().unwrap_or_default()]);
            row.extend(comparison(None));
            row.extend(comparison(None));
            row.extend(target(segment.target.as_ref()));
            row.push(none.clone());
            push(&mut text, &row);
        }
    }
    text
}

fn outcome(value: &Option<String>, state: &str, reason: &Option<String>) -> [String; 3] {
    [value.clone().unwrap_or_default(), state.to_owned(), reason.clone().unwrap_or_default()]
}

fn comparison(doc: Option<&ComparisonDoc>) -> [String; 5] {
    let Some(doc) = doc else { return Default::default() };
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let change = &doc.change;
    [doc.period.clone(), plain(&doc.value), plain(&change.absolute), plain(&change.relative), plain(&change.points)]
}

fn target(doc: Option<&TargetDoc>) -> [String; 5] {
    let Some(doc) = doc else { return Default::default() };
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    [plain(&doc.value), plain(&doc.max), plain(&doc.attainment), plain(&doc.gap), doc.status.clone()]
}

/// A segment as it is written in the configuration: `campaign=brand;channel=ads`.
fn segment_text(by: &BTreeMap<String, String>) -> String {
    by.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";")
}

/// A cell of words. What a spreadsheet would take for a formula gets an apostrophe before it, as the names of
/// campaigns and pages come from outside.
fn words(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn push(text: &mut String, row: &[String]) {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}
