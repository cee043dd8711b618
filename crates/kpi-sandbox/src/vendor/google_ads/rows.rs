//! The rows of a report: figures of the world, filtered, grouped by the selected segments, and without idle rows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::cell::{Cell, Cells};
use super::clients::{account, clients, manager};
use super::errors::{self, Failure};
use super::gaql::{Condition, Operator, Query, Resource};
use super::{PEOPLE_DAYS, pages};
use crate::world::ads::{self, Customer, Figures};
use crate::world::{FIRST_DAY, World, days};

/// All rows of a query, and the names of the selected fields on the wire.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) rows: Vec<Value>,
    pub(super) field_mask: String,
}

pub(super) fn report(world: &World, id: &str, query: &Query, now: Timestamp) -> Result<Report, Failure> {
    let customer = ads::customer(id);
    let mut found = match (query.from, customer) {
        (Resource::CustomerClient, _) => clients(id),
        (_, Some(customer)) => figures(world, customer, query, now)?,
        (_, None) if query.selects("metrics") => return Err(errors::manager_metrics()),
        (Resource::Customer, None) => vec![manager()],
        (Resource::Campaign, None) => Vec::new(),
    };
    found.retain(|cells| query.conditions.iter().all(|condition| holds(condition, cells)));
    found.sort_by(|a, b| compare_rows(query, a, b));
    if let Some(limit) = query.limit {
        found.truncate(limit);
    }
    let rows = found.iter().map(|cells| row(id, query, cells)).collect();
    let field_mask = query.select.iter().map(|field| pages::camel(field)).collect::<Vec<_>>().join(",");
    Ok(Report { rows, field_mask })
}

/// The group that figures of one day and device belong to.
fn segments(query: &Query, day: Date, device: &str) -> Vec<(String, Cell)> {
    let text = |date: Date| Cell::Text(date.to_string());
    let first_of = |month: i8| Date::new(day.year(), month, 1).unwrap_or(day);
    let chosen = query.select.iter().filter_map(|field| field.strip_prefix("segments."));
    chosen
        .map(|name| {
            let cell = match name {
                "date" => text(day),
                "week" => {
                    let back = i64::from(day.weekday().to_monday_zero_offset());
                    text(day.saturating_sub(back.days()))
                }
                "month" => text(first_of(day.month())),
                "quarter" => text(first_of((day.month() - 1) / 3 * 3 + 1)),
                "year" => Cell::Small(i64::from(day.year())),
                _ => Cell::Text(device.to_owned()),
            };
            (format!("segments.{name}"), cell)
        })
        .collect()
}

/// The first and last day that the conditions leave.
fn range(query: &Query, today: Date) -> Result<(Date, Date), Failure> {
    let bad = || errors::invalid("dateRangeError", "INVALID_DATE", "The date is invalid.");
    let (mut start, mut end) = (None, None);
    for condition in query.conditions.iter().filter(|condition| condition.field == "segments.date") {
        let date = |n: usize| condition.values.get(n).and_then(|text| text.parse::<Date>().ok()).ok_or_else(bad);
        match condition.operator {
            Operator::Between => (start, end) = (Some(date(0)?), Some(date(1)?)),
            Operator::Equal => (start, end) = (Some(date(0)?), Some(date(0)?)),
            Operator::GreaterOrEqual => start = Some(date(0)?),
            Operator::Greater => start = Some(date(0)?.saturating_add(1.day())),
            Operator::LessOrEqual => end = Some(date(0)?),
            Operator::Less => end = Some(date(0)?.saturating_sub(1.day())),
            Operator::NotEqual | Operator::In | Operator::NotIn => return Err(bad()),
        }
    }
    let by_time = query.select.iter().any(|field| field.starts_with("segments.") && field != "segments.device");
    if by_time && (start.is_none() || end.is_none()) {
        let detail = "Error in query: a finite date range must be specified when segmenting by date.";
        return Err(errors::query("EXPECTED_FILTERS_ON_DATE_RANGE", detail));
    }
    let (start, end) = (start.unwrap_or(FIRST_DAY), end.unwrap_or(today));
    if start > end {
        return Err(errors::invalid(
            "dateRangeError",
            "START_DATE_AFTER_END_DATE",
            "The start date is after the end date.",
        ));
    }
    if start < today.saturating_sub(37.months()) {
        return Err(bad());
    }
    Ok((start, end))
}

struct Group {
    cells: Cells,
    figures: Figures,
    first: Date,
    last: Date,
    campaign: Option<&'static str>,
}

fn figures(world: &World, customer: &'static Customer, query: &Query, now: Timestamp) -> Result<Vec<Cells>, Failure> {
    let today = customer.today(now);
    let (start, end) = range(query, today)?;
    let people = query.select.iter().any(|field| field == "metrics.unique_users");
    if people && query.select.iter().any(|field| field == "segments.device") {
        let kind = "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE";
        return Err(errors::query(
            kind,
            "Cannot select or filter on the metric 'unique_users' with 'segments.device'.",
        ));
    }
    if people && (end - start).get_days() >= PEOPLE_DAYS {
        let detail = "unique_users is available for date ranges of 92 days or less.";
        return Err(errors::invalid("dateRangeError", "INVALID_DATE", detail));
    }
    let segmented = query.selects("segments");
    let by_campaign = query.from == Resource::Campaign;
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<(usize, Vec<String>), usize> = BTreeMap::new();
    for (n, campaign) in customer.campaigns.iter().enumerate() {
        let attributes = || {
            let mut cells = account(customer);
            if by_campaign {
                cells.extend([
                    ("campaign.id".to_owned(), Cell::Whole(campaign.id.parse().unwrap_or_default())),
                    ("campaign.name".to_owned(), Cell::Text(campaign.name.to_owned())),
                    ("campaign.status".to_owned(), Cell::Text(campaign.status(today).to_owned())),
                    ("campaign.advertising_channel_type".to_owned(), Cell::Text(campaign.channel.to_owned())),
                ]);
            }
            cells
        };
        let owner = if by_campaign { n } else { 0 };
        let id = by_campaign.then_some(campaign.id);
        if !segmented {
            places.entry((owner, Vec::new())).or_insert_with(|| {
                let (cells, figures) = (attributes(), Figures::default());
                groups.push(Group { cells, figures, first: start, last: end, campaign: id });
                groups.len() - 1
            });
            if !query.selects("metrics") {
                continue;
            }
        }
        for day in days(start.max(FIRST_DAY), end.min(today)) {
            for (figures, (device, _)) in world.ads_day(customer, campaign, day, today).iter().zip(ads::DEVICES) {
                let segments = segments(query, day, device);
                let key = segments.iter().map(|(_, cell)| cell.to_text()).collect();
                let place = *places.entry((owner, key)).or_insert_with(|| {
                    let mut cells = attributes();
                    cells.extend(segments);
                    groups.push(Group { cells, figures: Figures::default(), first: day, last: day, campaign: id });
                    groups.len() - 1
                });
                groups[place].figures.add(figures);
                if segmented {
                    groups[place].last = groups[place].last.max(day);
                }
            }
        }
    }
    let mut found = Vec::new();
    for group in groups {
        let mut metrics = metrics(&group.figures);
        if people {
            let count = world.ads_people(customer, group.campaign, group.first, group.last, today);
            metrics.insert("metrics.unique_users".to_owned(), Cell::Whole(count));
        }
        let idle = query.select.iter().filter_map(|field| metrics.get(field)).all(Cell::is_zero);
        if segmented && idle {
            continue;
        }
        let mut cells = group.cells;
        cells.extend(metrics);
        found.push(cells);
    }
    Ok(found)
}

fn metrics(figures: &Figures) -> Cells {
    BTreeMap::from([
        ("metrics.impressions".to_owned(), Cell::Whole(figures.impressions)),
        ("metrics.clicks".to_owned(), Cell::Whole(figures.clicks)),
        ("metrics.cost_micros".to_owned(), Cell::Whole(figures.cost_micros)),
        ("metrics.conversions".to_owned(), Cell::Hundredths(figures.conversions)),
        ("metrics.conversions_value".to_owned(), Cell::Hundredths(figures.value)),
        ("metrics.video_trueview_views".to_owned(), Cell::Whole(figures.video_views)),
    ])
}

fn holds(condition: &Condition, cells: &Cells) -> bool {
    // Days were cut before the figures were added up.
    let Some(cell) = cells.get(&condition.field).filter(|_| condition.field != "segments.date") else {
        return true;
    };
    let order: Vec<Ordering> = condition.values.iter().map(|value| cell.compare_literal(value)).collect();
    let first = order.first().copied().unwrap_or(Ordering::Equal);
    match condition.operator {
        Operator::Equal => first.is_eq(),
        Operator::NotEqual => first.is_ne(),
        Operator::Less => first.is_lt(),
        Operator::LessOrEqual => first.is_le(),
        Operator::Greater => first.is_gt(),
        Operator::GreaterOrEqual => first.is_ge(),
        Operator::In => order.iter().any(|o| o.is_eq()),
        Operator::NotIn => order.iter().all(|o| o.is_ne()),
        Operator::Between => first.is_ge() && order.get(1).is_some_and(|o| o.is_le()),
    }
}

fn compare_rows(query: &Query, a: &Cells, b: &Cells) -> Ordering {
    for (field, descending) in &query.order {
        let order = match (a.get(field), b.get(field)) {
            (Some(a), Some(b)) => a.compare(b),
            _ => Ordering::Equal,
        };
        if order.is_ne() {
            return if *descending { order.reverse() } else { order };
        }
    }
    Ordering::Equal
}

fn row(id: &str, query: &Query, cells: &Cells) -> Value {
    let mut out = Map::new();
    for field in &query.select {
        let (family, name) = field.split_once('.').unwrap_or((field, ""));
        let own = cells.get(&format!("{family}.id")).map(Cell::to_text).unwrap_or_default();
        let entry = out.entry(pages::camel(family)).or_insert_with(|| match family {
            "customer" => json!({"resourceName": format!("customers/{id}")}),
            "campaign" => json!({"resourceName": format!("customers/{id}/campaigns/{own}")}),
            "customer_client" => json!({"resourceName": format!("customers/{id}/customerClients/{own}")}),
            _ => json!({}),
        });
        if let (Some(cell), Some(entry)) = (cells.get(field), entry.as_object_mut()) {
            entry.insert(pages::camel(name), cell.to_wire());
        }
    }
    Value::Object(out)
}
