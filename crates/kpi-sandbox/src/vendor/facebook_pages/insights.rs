//! The `insights` edges of a Page and of a post.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::graph::{Call, GraphError, moment};
use super::metrics::{Metric, Span};
use super::posts_world::{Kind, Post};
use super::world::{Page, Paid, end_of, pacific, start_of};
use crate::world::{FIRST_DAY, days, plus};

/// The widest window that may be asked, and the hour that a change of the clocks may add.
const WIDEST: SignedDuration = SignedDuration::from_hours(90 * 24 + 1);

/// What the switched-on faults change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// The names of the clock's day.
    AsPublished,
    /// `page_video_views` is retired today.
    VideoViewsRetired,
}

/// Answers `GET /{page-id}/insights`.
pub(super) fn of_page(call: &Call, page: &Page, names: Names) -> Result<Value, GraphError> {
    let today = call.now.to_zoned(pacific()).date();
    let metrics = metrics(call, today, names)?;
    let spans: Vec<Span> = match call.get("period") {
        None => Span::ALL.to_vec(),
        Some("lifetime" | "month") => Vec::new(),
        Some(word) => match Span::ALL.into_iter().find(|span| span.word() == word) {
            Some(span) => vec![span],
            None => return Err(GraphError::new(100, "(#100) The value must be a valid period")),
        },
    };
    let breakdown = match call.get("breakdown") {
        None => None,
        Some(name @ ("is_from_ads" | "is_from_followers"))
            if metrics.iter().all(|(_, m)| matches!(m, Metric::Views)) =>
        {
            Some(name)
        }
        Some(_) => return Err(GraphError::new(100, "(#100) The breakdown is not supported for this metric")),
    };
    let (since, until) = window(call)?;

    let mut data = Vec::new();
    let too_small = page.is_too_small(call.now);
    for (name, metric) in metrics.iter().filter(|_| !too_small) {
        for span in spans.iter().copied().filter(|span| metric.has(*span)) {
            let values = points(call, page, *metric, span, breakdown, (since, until));
            if !values.is_empty() {
                data.push(series(page, name, span, &values));
            }
        }
    }
    let length = until.as_second() - since.as_second();
    let neighbour = |since: i64, until: i64| call.link(&[("since", since.to_string()), ("until", until.to_string())]);
    Ok(json!({
        "data": data,
        "paging": {
            "previous": neighbour(since.as_second() - length, since.as_second()),
            "next": neighbour(until.as_second(), until.as_second() + length),
        },
    }))
}

/// The asked metrics; one unknown name fails them all, and the refusal does not say which.
fn metrics(call: &Call, today: Date, names: Names) -> Result<Vec<(String, Metric)>, GraphError> {
    let Some(list) = call.get("metric") else {
        let message = "(#3001) No metric was specified to be fetched. Please specify one or more metrics to be fetched \
                       and try again.";
        return Err(GraphError::new(3001, message).subcode(1_504_028));
    };
    let mut metrics = Vec::new();
    for name in list.split(',').map(str::trim) {
        let gone = names == Names::VideoViewsRetired && name == "page_video_views";
        match Metric::named(name, today) {
            Some(metric) if !gone => metrics.push((name.to_owned(), metric)),
            _ => return Err(not_a_metric()),
        }
    }
    Ok(metrics)
}

fn not_a_metric() -> GraphError {
    GraphError::new(100, "(#100) The value must be a valid insights metric")
}

/// The asked window; two days up to the last midnight when nothing is asked.
fn window(call: &Call) -> Result<(Timestamp, Timestamp), GraphError> {
    let midnight = start_of(call.now.to_zoned(pacific()).date());
    let two_days = 48.hours();
    let asked = (call.time("since")?, call.time("until")?);
    let (since, until) = match asked {
        (Some(since), Some(until)) => (since, until),
        (Some(since), None) => (since, call.now),
        (None, Some(until)) => (until.saturating_sub(two_days).unwrap_or(Timestamp::MIN), until),
        (None, None) => (midnight.saturating_sub(two_days).unwrap_or(Timestamp::MIN), midnight),
    };
    if since >= until {
        return Err(GraphError::new(100, "(#100) The since parameter must be before the until parameter"));
    }
    if matches!(asked, (Some(_), Some(_))) && until.duration_since(since) > WIDEST {
        let message = "(#100) There cannot be more than 90 days (7776000 s) between since and until";
        return Err(GraphError::new(100, message).subcode(1_504_016));
    }
    Ok((since, until))
}

/// One point for every day that ends within the window, has ended, and is not older than two years.
fn points(
    call: &Call,
    page: &Page,
    metric: Metric,
    span: Span,
    breakdown: Option<&str>,
    (since, until): (Timestamp, Timestamp),
) -> Vec<Value> {
    let zone = pacific();
    let first = plus(since.to_zoned(zone.clone()).date(), -1).max(oldest_day(call.now));
    let last = until.min(call.now).to_zoned(zone).date();
    let mut points = Vec::new();
    for day in days(first, last) {
        let end = end_of(day);
        if end <= since || end > until || end > call.now {
            continue;
        }
        let point = |value: Value| {
            let mut point = Map::new();
            point.insert("value".to_owned(), value);
            point.insert("end_time".to_owned(), json!(moment(end)));
            point
        };
        let Some(name) = breakdown else {
            points.extend(metric.value(page, span, day, call.now).map(|value| Value::Object(point(value))));
            continue;
        };
        for (flag, value) in split(page, name, span, day, call.now) {
            let mut point = point(json!(value));
            point.insert(name.to_owned(), json!(flag));
            points.push(Value::Object(point));
        }
    }
    points
}

/// The two parts of the views of a point, with the vendor's flags, which are strings.
fn split(page: &Page, breakdown: &str, span: Span, last: Date, now: Timestamp) -> [(&'static str, u64); 2] {
    let sum = |of_day: &dyn Fn(Date) -> u64| -> u64 { (0..span.days()).map(|back| of_day(plus(last, -back))).sum() };
    if breakdown == "is_from_ads" {
        let organic = sum(&|day| page.views(day, Paid::Organic, now));
        return [("0", organic), ("1", sum(&|day| page.views(day, Paid::Ads, now)))];
    }
    let all = sum(&|day| page.all_views(day, now));
    let followers = sum(&|day| page.views(day, Paid::Organic, now) * 6 / 10);
    [("0", all - followers), ("1", followers)]
}

/// The oldest day of which the vendor still tells: two years, and not before the world began.
pub(super) fn oldest_day(now: Timestamp) -> Date {
    now.to_zoned(pacific()).date().saturating_sub(2.years()).max(FIRST_DAY)
}

fn series(page: &Page, name: &str, span: Span, values: &[Value]) -> Value {
    let words = name.trim_start_matches("page_").replace('_', " ");
    json!({
        "name": name,
        "period": span.word(),
        "values": values,
        "title": format!("{} Page {words}", span.title()),
        "description": format!("{}: The number of {words} of your Page.", span.title()),
        "id": format!("{}/insights/{name}/{}", page.id, span.word()),
    })
}

/// Answers `GET /{post-id}/insights`: totals of the post's life, without days.
pub(super) fn of_post(call: &Call, page: &Page, post: &Post) -> Result<Value, GraphError> {
    let list = call.get("metric").unwrap_or("post_media_view,post_total_media_view_unique,post_clicks");
    let mut data = Vec::new();
    for name in list.split(',').map(str::trim) {
        let Some(value) = post_value(post, name, call.now) else { return Err(not_a_metric()) };
        if name == "post_total_media_view_unique" && page.is_too_small(call.now) {
            return Err(GraphError::new(200, "(#200) The Page has too few followers for this metric"));
        }
        if name.starts_with("post_video") && post.kind != Kind::Video {
            continue;
        }
        let words = name.replace('_', " ");
        data.push(json!({
            "name": name,
            "period": "lifetime",
            "values": [{"value": value}],
            "title": format!("Lifetime {words}"),
            "description": format!("Lifetime: The number of {words}."),
            "id": format!("{}/insights/{name}/lifetime", post.id),
        }));
    }
    let link = |since: i64| call.link(&[("since", since.to_string()), ("until", (since + 172_800).to_string())]);
    let now = call.now.as_second();
    Ok(json!({"data": data, "paging": {"previous": link(now - 345_600), "next": link(now)}}))
}

fn post_value(post: &Post, name: &str, now: Timestamp) -> Option<Value> {
    let views = post.views(now);
    let reactions = post.reactions(now);
    let value = match name {
        "post_media_view" => json!(views),
        "post_total_media_view_unique" => json!(views * 84 / 100),
        "post_clicks" => json!(views / 25),
        "post_clicks_by_type" => json!({"other clicks": views / 40, "link clicks": views / 25 - views / 40}),
        "post_reactions_like_total" => json!(reactions - reactions / 8),
        "post_reactions_by_type_total" => json!({"like": reactions - reactions / 8, "love": reactions / 8}),
        "post_activity_by_action_type" => {
            json!({"like": reactions, "comment": post.comments(now), "share": post.shares(now)})
        }
        "post_video_views" => json!(views / 3),
        "post_video_avg_time_watched" => json!(8_431),
        "post_video_view_time" => json!(views / 3 * 8_431),
        _ => return None,
    };
    Some(value)
}
