//! The words of Mailchimp's API: what is asked, what comes back, and its errors.

use jiff::Timestamp;
use jiff::civil::Date;
use kpi_core::{Error, ErrorKind};
use kpi_http::exact::{Count, Number};
use kpi_http::{Offset, Reply};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

/// The most rows that Mailchimp documents for a page.
pub(super) const PAGE: u64 = 1000;

pub(super) const LIST_NAMES: &str = "lists.name,total_items";
pub(super) const LIST_SIZES: &str = "lists.id,lists.stats.member_count,total_items";
pub(super) const ACTIVITY_FIELDS: &str = "activity.day,activity.subs,activity.other_adds,total_items";
pub(super) const REPORT_FIELDS: &str = "reports.id,reports.send_time,reports.emails_sent,reports.abuse_reports,\
    reports.unsubscribed,reports.bounces,reports.opens,reports.clicks,reports.ecommerce,total_items";

type Pair = (&'static str, String);

/// `GET /reports`
#[derive(Debug, Deserialize)]
pub(super) struct Reports {
    pub(super) reports: Vec<Campaign>,
    pub(super) total_items: u64,
}

/// What one campaign has brought so far.
#[derive(Debug, Deserialize)]
pub(super) struct Campaign {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    #[serde(deserialize_with = "time_or_empty")]
    pub(super) send_time: Option<Timestamp>,
    pub(super) emails_sent: Count,
    pub(super) abuse_reports: Count,
    pub(super) unsubscribed: Count,
    pub(super) bounces: Bounces,
    pub(super) opens: Opens,
    pub(super) clicks: Clicks,
    pub(super) ecommerce: Option<Ecommerce>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bounces {
    pub(super) hard_bounces: Count,
    pub(super) soft_bounces: Count,
}

/// The figure without privacy proxies is not in every account's and not in older campaigns' reports.
#[derive(Debug, Deserialize)]
pub(super) struct Opens {
    pub(super) unique_opens: Count,
    pub(super) proxy_excluded_unique_opens: Option<Count>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Clicks {
    pub(super) clicks_total: Count,
    pub(super) unique_subscriber_clicks: Count,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ecommerce {
    pub(super) total_orders: Count,
    pub(super) total_revenue: Number,
    pub(super) currency_code: String,
}

/// `GET /lists`
#[derive(Debug, Deserialize)]
pub(super) struct Lists<T> {
    pub(super) lists: Vec<T>,
    pub(super) total_items: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListName {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct List {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    pub(super) stats: Stats,
}

#[derive(Debug, Deserialize)]
pub(super) struct Stats {
    pub(super) member_count: Count,
}

/// `GET /lists/{list_id}/activity`
#[derive(Debug, Deserialize)]
pub(super) struct Activity {
    pub(super) activity: Vec<ActiveDay>,
    pub(super) total_items: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct ActiveDay {
    pub(super) day: Date,
    pub(super) subs: Count,
    pub(super) other_adds: Count,
}

/// A page of rows that are known again by their keys.
pub(super) trait Paged: DeserializeOwned {
    type Row: Send;

    /// The rows, and how many there are on all pages.
    fn into_rows(self) -> (Vec<Self::Row>, u64);
    fn key(row: &Self::Row) -> String;
}

impl Paged for Reports {
    type Row = Campaign;

    fn into_rows(self) -> (Vec<Campaign>, u64) {
        (self.reports, self.total_items)
    }

    fn key(row: &Campaign) -> String {
        row.id.clone()
    }
}

impl Paged for Lists<List> {
    type Row = List;

    fn into_rows(self) -> (Vec<List>, u64) {
        (self.lists, self.total_items)
    }

    fn key(row: &List) -> String {
        row.id.clone()
    }
}

impl Paged for Activity {
    type Row = ActiveDay;

    fn into_rows(self) -> (Vec<ActiveDay>, u64) {
        (self.activity, self.total_items)
    }

    fn key(row: &ActiveDay) -> String {
        row.day.to_string()
    }
}

/// A time that did not come yet is the empty string.
fn time_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| serde::de::Error::custom("expected a time with its offset"))).transpose()
}

/// An empty id is none.
fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    if id.trim().is_empty() { Err(serde::de::Error::custom("expected an id")) } else { Ok(id) }
}

/// `since` excludes and `before` includes its second.
pub(super) fn sent_between((since, before): (Timestamp, Timestamp)) -> [Pair; 2] {
    let written = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    [("since_send_time", written(since)), ("before_send_time", written(before))]
}

pub(super) fn page(pages: &Offset, fields: &str, filter: &[Pair]) -> Vec<Pair> {
    let mut query = vec![("count", pages.limit().to_string()), ("offset", pages.start().to_string())];
    query.extend_from_slice(filter);
    query.push(("fields", fields.to_owned()));
    query
}

#[derive(Deserialize)]
struct Problem {
    title: String,
    status: u16,
}

/// Reads `application/problem+json`, and the bare replies of an overloaded gateway.
/// <https://mailchimp.com/developer/marketing/docs/errors/>
pub(super) fn classify(reply: &Reply) -> Option<Error> {
    if reply.is_success() {
        return None;
    }
    let Ok(problem) = serde_json::from_slice::<Problem>(&reply.body) else {
        let bare = serde_json::from_slice::<IgnoredAny>(&reply.body).is_err();
        let overloaded = bare && matches!(reply.status, 403 | 429);
        return overloaded.then(|| Error::new(ErrorKind::RateLimited, "the gateway refuses so much traffic"));
    };
    let title = problem.title.to_ascii_lowercase();
    let wrong_place = "check data_center: it is what stands behind the dash of the API key";
    let error = match problem.status {
        401 if title.contains("missing") => Error::new(ErrorKind::Auth, "no API key reached Mailchimp"),
        401 => {
            Error::new(ErrorKind::Auth, "the API key is not valid, or was revoked, or belongs to another data center")
                .hint(format!("make a new key under Extras → API keys, or {wrong_place}"))
        }
        403 if title.contains("datacenter") => {
            Error::new(ErrorKind::Auth, "the API key belongs to another data center").hint(wrong_place)
        }
        403 if title.contains("disabled") => Error::new(ErrorKind::Auth, "the API key's user is disabled"),
        403 => Error::new(ErrorKind::Permission, "the API key's user may not see this, or the account is deactivated")
            .hint("ask the account's owner for the role Manager or Admin"),
        404 => Error::new(ErrorKind::NotFound, "what was asked does not exist in the account"),
        429 => Error::new(ErrorKind::RateLimited, "more than 10 connections at once, over all apps of the user"),
        500.. => Error::new(ErrorKind::Unavailable, "the service failed"),
        _ => return None,
    };
    Some(error.with("code", problem.title))
}
