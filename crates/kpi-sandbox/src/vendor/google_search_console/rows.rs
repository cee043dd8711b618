//! The rows of a search analytics answer: cells of the world, filtered, grouped, sorted and cut to the page.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::query::{Dimension, Filter, Operator, Query};
use crate::world::seo::{self, Cell, Site};
use crate::world::{World, date_in, days, plus};

/// Clicks, impressions, and the sum of positions.
type Sums = [u64; 3];

/// The answer to a query. `looped` is the page size to fill when the pages never end.
pub(super) fn answer(world: &World, site: &Site, query: &Query, now: Timestamp, looped: Option<usize>) -> Value {
    let today = date_in(now, seo::ZONE);
    let last_final = seo::last_final_day(now);
    let start = query.start.max(seo::first_kept_day(now));
    let end = query.end.min(if query.fresh { today } else { last_final });
    let mut groups: BTreeMap<Vec<String>, Sums> = BTreeMap::new();
    let served = query.search_type == "web"
        && !query.dimensions.contains(&Dimension::Hour)
        && !query.dimensions.contains(&Dimension::SearchAppearance);
    if served {
        for day in days(start, end) {
            let freshness = match (day - last_final).get_days() {
                ..=0 => 1000,
                1 => 850,
                _ => 400,
            };
            add_day(world, site, query, day, freshness, &mut groups);
        }
    }
    let mut rows: Vec<(Vec<String>, Sums)> = groups.into_iter().collect();
    if query.dimensions.contains(&Dimension::Date) {
        let place = query.dimensions.iter().position(|d| *d == Dimension::Date).unwrap_or(0);
        rows.sort_by(|a, b| (&a.0[place], Reverse(a.1[0]), &a.0).cmp(&(&b.0[place], Reverse(b.1[0]), &b.0)));
    } else {
        rows.sort_by(|a, b| (Reverse(a.1[0]), &a.0).cmp(&(Reverse(b.1[0]), &b.0)));
    }
    let mut page: Vec<Value> =
        rows.iter().skip(query.start_row).take(query.row_limit).map(|(keys, sums)| row(keys, *sums)).collect();
    if let (Some(size), Some(first)) = (looped, page.first().cloned()) {
        page.resize(size, first);
    }
    let mut body = Map::new();
    if !page.is_empty() {
        body.insert("rows".to_owned(), Value::Array(page));
    }
    let aggregation = if query.by_page { "byPage" } else { "byProperty" };
    body.insert("responseAggregationType".to_owned(), json!(aggregation));
    if query.fresh && query.dimensions.contains(&Dimension::Date) && query.end > last_final {
        let first = plus(last_final, 1).to_string();
        body.insert("metadata".to_owned(), json!({"firstIncompleteDate": first}));
    }
    Value::Object(body)
}

fn add_day(
    world: &World,
    site: &Site,
    query: &Query,
    day: Date,
    freshness: u64,
    groups: &mut BTreeMap<Vec<String>, Sums>,
) {
    let uses_query = query.dimensions.contains(&Dimension::Query)
        || query.filters.iter().any(|filter| filter.dimension == Dimension::Query);
    for cell in world.seo_cells(site, day, freshness) {
        if uses_query && cell.query.is_none() {
            continue;
        }
        if query.by_page {
            for (page, impressions, clicks, position) in site.pages(&cell) {
                add(query, day, &cell, &page, [clicks, impressions, impressions * position], groups);
            }
        } else {
            let sums = [cell.clicks, cell.impressions, cell.impressions * cell.position];
            add(query, day, &cell, "", sums, groups);
        }
    }
}

fn add(query: &Query, day: Date, cell: &Cell, page: &str, sums: Sums, groups: &mut BTreeMap<Vec<String>, Sums>) {
    if !query.filters.iter().all(|filter| passes(filter, cell, page)) {
        return;
    }
    let key = query
        .dimensions
        .iter()
        .map(|dimension| match dimension {
            Dimension::Date => day.to_string(),
            other => value(*other, cell, page).to_owned(),
        })
        .collect();
    let total = groups.entry(key).or_default();
    for (sum, part) in total.iter_mut().zip(sums) {
        *sum += part;
    }
}

fn value<'a>(dimension: Dimension, cell: &'a Cell, page: &'a str) -> &'a str {
    match dimension {
        Dimension::Query => cell.query.unwrap_or_default(),
        Dimension::Page => page,
        Dimension::Country => cell.country,
        Dimension::Device => cell.device,
        Dimension::Date | Dimension::Hour | Dimension::SearchAppearance => "",
    }
}

fn passes(filter: &Filter, cell: &Cell, page: &str) -> bool {
    let value = value(filter.dimension, cell, page).to_lowercase();
    let expression = filter.expression.to_lowercase();
    match filter.operator {
        Operator::Equals => value == expression,
        Operator::NotEquals => value != expression,
        Operator::Contains => value.contains(&expression),
        Operator::NotContains => !value.contains(&expression),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the vendor's numbers are doubles; counts stay far below 2^53")]
fn row(keys: &[String], [clicks, impressions, positions]: Sums) -> Value {
    let mut row = Map::new();
    if !keys.is_empty() {
        row.insert("keys".to_owned(), json!(keys));
    }
    row.insert("clicks".to_owned(), json!(clicks));
    row.insert("impressions".to_owned(), json!(impressions));
    row.insert("ctr".to_owned(), number(clicks as f64 / impressions as f64));
    row.insert("position".to_owned(), number(positions as f64 / impressions as f64));
    Value::Object(row)
}

/// A double as the vendor writes it: without a decimal point where it is whole.
fn number(value: f64) -> Value {
    let text = value.to_string();
    text.parse::<u64>().map_or_else(|_| json!(value), |whole| json!(whole))
}
