//! Pages and streams: the same rows, cut into pages with tokens or into the batches of one array.

use serde_json::{Map, Value, json};

use super::errors::{self, Failure, REQUEST_ID};
use super::rows::Report;
use crate::sandbox::Sandbox;

/// Rows in one batch of a stream.
const BATCH: usize = 10_000;

/// One page of a search; its token holds the query's hash and the place of the next row.
pub(super) fn page(
    sandbox: &Sandbox,
    report: &Report,
    query: &str,
    body: &Value,
    looped: bool,
) -> Result<Value, Failure> {
    let size = sandbox.settings.ads_page_size.max(1);
    let mark = format!("{:016x}", sandbox.world.hash_key(query));
    let start = match body.get("pageToken").and_then(Value::as_str).filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            let place = token.strip_prefix(&mark).and_then(|rest| rest.strip_prefix('-')).and_then(|n| n.parse().ok());
            place.ok_or_else(errors::page_token)?
        }
    };
    let start = if looped { 0 } else { start };
    let mut out = Map::new();
    let rows: Vec<Value> = report.rows.iter().skip(start).take(size).cloned().collect();
    if !rows.is_empty() {
        out.insert("results".to_owned(), Value::Array(rows));
    }
    if looped || report.rows.len() > start + size {
        out.insert("nextPageToken".to_owned(), json!(format!("{mark}-{}", start + size)));
    }
    let counted = body.get("searchSettings").and_then(|settings| settings.get("returnTotalResultsCount"));
    if counted.and_then(Value::as_bool) == Some(true) {
        out.insert("totalResultsCount".to_owned(), json!(report.rows.len().to_string()));
    }
    out.insert("fieldMask".to_owned(), json!(report.field_mask));
    out.insert("queryResourceConsumption".to_owned(), json!("310"));
    Ok(Value::Object(out))
}

/// All rows as the batches of a stream.
pub(super) fn batches(report: &Report) -> Value {
    if report.rows.is_empty() {
        return json!([{"fieldMask": report.field_mask, "requestId": REQUEST_ID}]);
    }
    let batch = |rows: &[Value]| {
        json!({
            "results": rows, "fieldMask": report.field_mask, "requestId": REQUEST_ID, "queryResourceConsumption": "310",
        })
    };
    Value::Array(report.rows.chunks(BATCH).map(batch).collect())
}

/// `metrics.cost_micros` is `metrics.costMicros` on the wire.
pub(super) fn camel(field: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for letter in field.chars() {
        match letter {
            '_' => upper = true,
            letter if upper => {
                out.push(letter.to_ascii_uppercase());
                upper = false;
            }
            letter => out.push(letter),
        }
    }
    out
}
