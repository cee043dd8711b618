//! Eventbrite: the API v3 in the parts that a reader of events, tickets and orders needs.
//!
//! The vendor keeps records, not figures: what was refunded or called off later is still listed, under the day on which
//! it was ordered, with its new state.

mod body;
mod call;
mod ledger;
mod orders_world;
mod refusal;
#[cfg(test)]
mod tests;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use self::call::{Call, USUAL};
use self::orders_world::{Order, Status};
use self::refusal::Refused;
use self::world::{Event, Organization};
use super::{Refusal, Vendor};
use crate::config::Source;
use crate::ledger::Fact;
use crate::sandbox::Sandbox;
use crate::world::World;

const NAME: &str = "eventbrite";

/// The most rows of a page of an organization's lists.
const MOST: usize = 100;

/// The API v3.
#[derive(Debug, Clone, Copy, Default)]
pub struct Eventbrite;

impl Vendor for Eventbrite {
    fn name(&self) -> &'static str {
        NAME
    }

    fn router(&self, sandbox: Arc<Sandbox>) -> Router {
        Router::new().fallback(answer).with_state(Desk::new(sandbox))
    }

    fn ledger(&self, world: &World, source: &Source, now: Timestamp) -> Vec<Fact> {
        let zone = source.text("timezone").and_then(|zone| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC);
        let organization = source.text("organization_id").map(|id| Organization::new(world, id));
        organization.map(|organization| ledger::facts(&organization, &zone, now)).unwrap_or_default()
    }

    fn secrets(&self, source: &Source) -> Vec<(String, String)> {
        let id = source.text("organization_id");
        id.map(|id| ("token".to_owned(), token(&World::default(), id))).into_iter().collect()
    }

    fn refuse(&self, refusal: Refusal, _path: &str) -> Option<Response> {
        let refused = match refusal {
            Refusal::RateLimited | Refusal::Quota => Refused::rate_limit(),
            Refusal::ServerError => Refused::internal(),
            Refusal::Revoked => Refused::bad_token(),
        };
        Some(refused.into_response())
    }
}

/// The private token of an organization's owner.
fn token(world: &World, organization_id: &str) -> String {
    let hash = world.hash_key(&format!("eventbrite/token/{organization_id}"));
    format!("TOKN{hash:016X}")
}

/// The public token of the same owner: it opens nothing of theirs.
fn public_token(world: &World, organization_id: &str) -> String {
    let hash = world.hash_key(&format!("eventbrite/public/{organization_id}"));
    format!("PUBL{hash:016X}")
}

/// What the answers share: every page of a list is cut from the same orders, so they are made once for each time.
struct Desk {
    sandbox: Arc<Sandbox>,
    /// By organization: for which time, and the orders.
    orders: Mutex<BTreeMap<String, (Timestamp, Orders)>>,
}

type Orders = Arc<Vec<(Event, Order)>>;

impl Desk {
    fn new(sandbox: Arc<Sandbox>) -> Arc<Self> {
        Arc::new(Self { sandbox, orders: Mutex::default() })
    }

    fn orders(&self, own: &Organization, now: Timestamp) -> Orders {
        let mut known = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&own.id) {
            Some((at, orders)) if *at == now => Arc::clone(orders),
            _ => {
                let orders = Arc::new(all_orders(own, now));
                known.insert(own.id.clone(), (now, Arc::clone(&orders)));
                orders
            }
        }
    }
}

async fn answer(State(desk): State<Arc<Desk>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let sandbox = &desk.sandbox;
    if !uri.path().ends_with('/') {
        return with_slash(&uri, &headers);
    }
    let call = Call::new(&uri, &headers, sandbox.now(), sandbox.fault(NAME, "page_loop"));
    let path: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
    let found = let_in(sandbox, &call).and_then(|organization| match method {
        Method::GET | Method::HEAD => find(&desk, &organization, &call, &path),
        _ => Err(Refused::method()),
    });
    match found {
        Ok(body) => (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Every path ends with a slash; the vendor sends who forgets it to the right address.
fn with_slash(uri: &Uri, headers: &HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("http://{host}/{NAME}{}/{query}", uri.path());
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response()
}

/// The organization whose owner holds the token.
fn let_in(sandbox: &Sandbox, call: &Call) -> Result<Organization, Refused> {
    let offered = call.token.as_deref().ok_or_else(Refused::no_token)?;
    for id in organizations(sandbox) {
        if token(&sandbox.world, id) == offered && !sandbox.fault(NAME, "token_expired") {
            return Ok(Organization::new(&sandbox.world, id));
        }
        if public_token(&sandbox.world, id) == offered {
            return Err(Refused::not_yours());
        }
    }
    Err(Refused::bad_token())
}

fn organizations(sandbox: &Sandbox) -> impl Iterator<Item = &str> {
    let sources = sandbox.sources.iter().filter(|source| source.adapter == NAME);
    sources.filter_map(|source| source.text("organization_id"))
}

fn find(desk: &Desk, own: &Organization, call: &Call, path: &[&str]) -> Result<Value, Refused> {
    let sandbox = &desk.sandbox;
    match path {
        ["v3", "users", "me"] => Ok(user(own)),
        ["v3", "users", "me", "organizations"] => call.page("organizations", &[own], MOST, |own| organization(own)),
        ["v3", "organizations", id, rest @ ..] => {
            if own.id != *id {
                let known = organizations(sandbox).any(|other| other == *id);
                return Err(if known { Refused::not_yours() } else { Refused::not_found("organization") });
            }
            match rest {
                ["events"] => events(own, call),
                ["attendees"] => attendees(call, &desk.orders(own, call.now), MOST),
                ["orders"] => orders(call, &desk.orders(own, call.now), MOST),
                _ => Err(Refused::not_found("path")),
            }
        }
        ["v3", "events", id, rest @ ..] => {
            let event = event(sandbox, own, call.now, id)?;
            let of_event = || -> Vec<(Event, Order)> {
                own.orders(&event, call.now).into_iter().map(|order| (event.clone(), order)).collect()
            };
            match rest {
                [] => Ok(body::event(own, &event, call.now)),
                ["attendees"] => attendees(call, &of_event(), USUAL),
                ["orders"] => orders(call, &of_event(), USUAL),
                ["ticket_classes"] => {
                    let orders = own.orders(&event, call.now);
                    call.page("ticket_classes", &[&event], USUAL, |event| body::ticket_class(event, &orders))
                }
                _ => Err(Refused::not_found("path")),
            }
        }
        ["v3", "series", id, "events"] => {
            let mut dates = own.events(call.now);
            dates.retain(|event| event.series.as_deref() == Some(*id));
            call.page("events", &dates, USUAL, |event| body::event(own, event, call.now))
        }
        ["v3", "orders", id] => {
            let all = desk.orders(own, call.now);
            let found = all.iter().find(|(_, order)| order.id == *id);
            found.map(|(event, order)| order_row(call, event, order)).ok_or_else(|| Refused::not_found("order"))
        }
        _ => Err(Refused::not_found("path")),
    }
}

fn user(own: &Organization) -> Value {
    json!({
        "emails": [{"email": "owner-1@example.com", "verified": true, "primary": true}],
        "id": format!("{}000000", own.prefix()),
        "name": "Owner 1",
        "first_name": "Owner",
        "last_name": "1",
        "is_public": false,
        "image_id": null,
    })
}

fn organization(own: &Organization) -> Value {
    json!({
        "_type": "organization",
        "name": own.name,
        "vertical": "default",
        "parent_id": null,
        "locale": null,
        // The one moment of this vendor that does not say its zone.
        "created": "2019-01-01T00:00:00",
        "image_id": null,
        "id": own.id,
    })
}

/// An event of the organization; that of another one is refused, not denied.
fn event(sandbox: &Sandbox, own: &Organization, now: Timestamp, id: &str) -> Result<Event, Refused> {
    if let Some(event) = own.events(now).into_iter().find(|event| event.id == id) {
        return Ok(event);
    }
    let mut others = organizations(sandbox).filter(|other| *other != own.id);
    let is_theirs =
        others.any(|other| Organization::new(&sandbox.world, other).events(now).iter().any(|event| event.id == id));
    Err(if is_theirs { Refused::not_yours() } else { Refused::not_found("event") })
}

fn events(own: &Organization, call: &Call) -> Result<Value, Refused> {
    const STATUSES: [&str; 7] = ["all", "live", "draft", "started", "ended", "completed", "canceled"];
    const ORDERS: [&str; 4] = ["start_asc", "start_desc", "created_asc", "created_desc"];
    let statuses = call.words("status", &STATUSES)?;
    let times = call.words("time_filter", &["all", "past", "current_future"])?;
    let mut events = own.events(call.now);
    events.retain(|event| {
        let status = event.status(call.now);
        let by_status = statuses.as_ref().is_none_or(|wanted| wanted.iter().any(|word| ["all", status].contains(word)));
        let by_time = times.as_ref().is_none_or(|wanted| {
            let word = if event.end <= call.now { "past" } else { "current_future" };
            wanted.iter().any(|wanted| ["all", word].contains(wanted))
        });
        by_status && by_time
    });
    // Every event is written up the same number of days before it begins, so both orders are one.
    if call.words("order_by", &ORDERS)?.is_some_and(|words| words.iter().any(|word| word.ends_with("_desc"))) {
        events.reverse();
    }
    call.page("events", &events, MOST, |event| body::event(own, event, call.now))
}

fn all_orders(own: &Organization, now: Timestamp) -> Vec<(Event, Order)> {
    let mut rows = Vec::new();
    for event in own.events(now) {
        rows.extend(own.orders(&event, now).into_iter().map(|order| (event.clone(), order)));
    }
    rows.sort_by(|(_, a), (_, b)| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
    rows
}

fn attendees(call: &Call, orders: &[(Event, Order)], most: usize) -> Result<Value, Refused> {
    let statuses = call.words("status", &["attending", "not_attending", "unpaid"])?;
    let since = call.time("changed_since")?;
    let mut rows = Vec::new();
    for (event, order) in orders {
        for attendee in &order.attendees {
            let word = match body::standing(order, attendee) {
                "Unpaid" => "unpaid",
                "Not Attending" => "not_attending",
                _ => "attending",
            };
            let by_status = statuses.as_ref().is_none_or(|wanted| wanted.contains(&word));
            if by_status && since.is_none_or(|since| attendee.changed >= since) {
                rows.push((event, order, attendee));
            }
        }
    }
    call.page("attendees", &rows, most, |(event, order, attendee)| body::attendee(event, order, attendee))
}

fn orders(call: &Call, orders: &[(Event, Order)], most: usize) -> Result<Value, Refused> {
    const STATUSES: [&str; 7] = ["placed", "refunded", "started", "active", "inactive", "both", "all_not_deleted"];
    let statuses = call.words("status", &STATUSES)?;
    let since = call.time("changed_since")?;
    let mut rows: Vec<&(Event, Order)> = orders.iter().collect();
    rows.retain(|(_, order)| {
        let words: &[&str] = match order.status {
            Status::Placed => &["placed", "active", "both", "all_not_deleted"],
            Status::Refunded => &["refunded", "inactive", "both", "all_not_deleted"],
            Status::Started(_) => &["started", "all_not_deleted"],
        };
        let by_status = statuses.as_ref().is_none_or(|wanted| wanted.iter().any(|word| words.contains(word)));
        by_status && since.is_none_or(|since| order.changed >= since)
    });
    call.page("orders", &rows, most, |(event, order)| order_row(call, event, order))
}

fn order_row(call: &Call, event: &Event, order: &Order) -> Value {
    let mut row = body::order(event, order);
    if call.expands("attendees") {
        row["attendees"] = order.attendees.iter().map(|attendee| body::attendee(event, order, attendee)).collect();
    }
    row
}
