//! The words of Eventbrite's API: what comes back, of which people's names and addresses are never read, and its errors.

use jiff::Timestamp;
use kpi_core::{Error, ErrorKind, Result};
use kpi_http::Reply;
use kpi_http::exact::{Count, Number};
use serde::{Deserialize, Deserializer};

/// Every status but `draft`.
pub(super) const EVENT_STATUSES: &str = "live,started,ended,completed,canceled";

/// One page of any list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) rows: Vec<T>,
    pub(super) pagination: Option<Pagination>,
}

/// Older lists leave out `has_more_items`; the last page has no `continuation`.
#[derive(Debug, Deserialize)]
pub(super) struct Pagination {
    has_more_items: Option<bool>,
    continuation: Option<String>,
    page_number: Option<u64>,
    page_count: Option<u64>,
}

/// `/users/me/organizations/`
#[derive(Debug, Deserialize)]
pub(super) struct Organizations {
    organizations: Vec<Organization>,
    pagination: Option<Pagination>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) name: Option<String>,
}

/// `/organizations/{id}/events/` and `/series/{id}/events/`
#[derive(Debug, Deserialize)]
pub(super) struct Events {
    events: Vec<Event>,
    pagination: Option<Pagination>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    pub(super) start: Start,
    pub(super) status: String,
    #[serde(default)]
    pub(super) is_series_parent: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Start {
    pub(super) utc: Timestamp,
}

/// `/organizations/{id}/attendees/` and `/events/{id}/attendees/`
#[derive(Debug, Deserialize)]
pub(super) struct Attendees {
    attendees: Vec<Attendee>,
    pagination: Option<Pagination>,
}

/// One ticket.
#[derive(Debug, Deserialize)]
pub(super) struct Attendee {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) checked_in: bool,
    pub(super) cancelled: bool,
    pub(super) refunded: bool,
    #[serde(deserialize_with = "filled")]
    pub(super) event_id: String,
    pub(super) order_id: String,
}

/// `/organizations/{id}/orders/`
#[derive(Debug, Deserialize)]
pub(super) struct Orders {
    orders: Vec<Order>,
    pagination: Option<Pagination>,
}

/// One order; `time_remaining` counts down while the buyer is still at it.
#[derive(Debug, Deserialize)]
pub(super) struct Order {
    #[serde(deserialize_with = "filled")]
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) status: String,
    pub(super) time_remaining: Option<Number>,
    #[serde(deserialize_with = "filled")]
    pub(super) event_id: String,
    pub(super) costs: Costs,
}

#[derive(Debug, Deserialize)]
pub(super) struct Costs {
    pub(super) gross: Money,
}

/// `value` counts minor units; `major_value` is not in old replies.
#[derive(Debug, Deserialize)]
pub(super) struct Money {
    pub(super) currency: String,
    pub(super) value: Count,
    pub(super) major_value: Option<Number>,
}

impl Organizations {
    pub(super) fn into_page(self) -> Page<Organization> {
        Page { rows: self.organizations, pagination: self.pagination }
    }
}

impl Events {
    pub(super) fn into_page(self) -> Page<Event> {
        Page { rows: self.events, pagination: self.pagination }
    }
}

impl Attendees {
    pub(super) fn into_page(self) -> Page<Attendee> {
        Page { rows: self.attendees, pagination: self.pagination }
    }
}

impl Orders {
    pub(super) fn into_page(self) -> Page<Order> {
        Page { rows: self.orders, pagination: self.pagination }
    }
}

/// An empty id is none.
fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    if id.trim().is_empty() { Err(serde::de::Error::custom("expected an id")) } else { Ok(id) }
}

/// What leads to the next page; `None` on the last.
pub(super) fn continuation(pagination: Option<Pagination>) -> Result<Option<String>> {
    let Some(Pagination { has_more_items, continuation, page_number, page_count }) = pagination else {
        return Ok(None);
    };
    let more = has_more_items.unwrap_or(continuation.is_some() || page_number < page_count);
    let continuation = continuation.filter(|token| more && !token.is_empty());
    if more && continuation.is_none() {
        return Err(Error::new(ErrorKind::Protocol, "there are more pages, but no continuation leads to them"));
    }
    Ok(continuation)
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

/// Reads Eventbrite's error envelope. <https://www.eventbrite.com/platform/docs/errors>
pub(super) fn classify(reply: &Reply) -> Option<Error> {
    let Failure { error: code } = serde_json::from_slice(&reply.body).ok()?;
    let error = match code.as_str() {
        "INVALID_AUTH" => Error::new(ErrorKind::Auth, "the token is not valid, or was revoked")
            .hint("use the private token of the API keys page; the API key itself is no token"),
        "NO_AUTH" => Error::new(ErrorKind::Auth, "no token reached Eventbrite"),
        "NOT_AUTHORIZED" => Error::new(ErrorKind::Permission, "the token's user may not see this")
            .hint("use the private token, not the public one, of a user of the organization"),
        "NOT_FOUND" => Error::new(ErrorKind::NotFound, "what was asked does not exist"),
        "HIT_RATE_LIMIT" => Error::new(ErrorKind::RateLimited, "the token's calls of the hour or the day are used up"),
        "INTERNAL_ERROR" => Error::new(ErrorKind::Unavailable, "the service failed"),
        _ => return None,
    };
    Some(error.with("code", code))
}
