//! Very many rows, for measurements: pages that are built once, in which only the date is written anew.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;

use super::query::{Dimension, Query};

/// A page with the places at which its date stands.
#[derive(Debug)]
struct Template {
    start_row: usize,
    rows: usize,
    body: Vec<u8>,
    dates: Vec<usize>,
}

static TEMPLATES: Mutex<Vec<Template>> = Mutex::new(Vec::new());

/// One page of `rows_per_day` rows by date and query; nothing for any other query than one day by these two.
pub(super) fn page(query: &Query, rows_per_day: usize) -> Option<Bytes> {
    let by_query = query.dimensions == [Dimension::Date, Dimension::Query];
    if !by_query || query.start != query.end || !query.filters.is_empty() {
        return None;
    }
    let rows = rows_per_day.saturating_sub(query.start_row).min(query.row_limit);
    if rows == 0 {
        return Some(Bytes::from_static(b"{\"responseAggregationType\":\"byProperty\"}"));
    }
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = templates.iter().position(|t| t.start_row == query.start_row && t.rows == rows);
    let place = known.unwrap_or_else(|| {
        templates.push(build(query.start_row, rows));
        templates.len() - 1
    });
    let template = templates.get(place)?;
    let mut body = template.body.clone();
    let date = query.start.to_string();
    for at in &template.dates {
        body[*at..*at + date.len()].copy_from_slice(date.as_bytes());
    }
    Some(Bytes::from(body))
}

fn build(start_row: usize, rows: usize) -> Template {
    let mut text = String::from("{\"rows\":[");
    let mut dates = Vec::with_capacity(rows);
    for n in start_row..start_row + rows {
        if n > start_row {
            text.push(',');
        }
        text.push_str("{\"keys\":[\"");
        dates.push(text.len());
        let clicks = usize::from(n % 7 == 0);
        let impressions = 4 - 2 * (n % 2);
        let ctr = if clicks == 0 {
            "0"
        } else if impressions == 4 {
            "0.25"
        } else {
            "0.5"
        };
        let written = write!(
            text,
            "0000-00-00\",\"phần mềm số {n}\"],\"clicks\":{clicks},\"impressions\":{impressions},\"ctr\":{ctr},\"position\":{}.5}}",
            1 + n % 40
        );
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    text.push_str("],\"responseAggregationType\":\"byProperty\"}");
    Template { start_row, rows, body: text.into_bytes(), dates }
}
