//! The API v3 as a caller sees it, and the ledger beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Desk, Eventbrite, answer, public_token, token};
use crate::config::Source;
use crate::ledger::Fact;
use crate::rational::Rational;
use crate::sandbox::{Sandbox, Settings};
use crate::vendor::Vendor as _;
use crate::vendor::facebook_pages::samples::assert_has_keys_of;
use crate::world::World;

const NOW: &str = "2026-11-05T06:00:00Z";
const HOME: &str = "987654321";
const ABROAD: &str = "876543210";

fn source(id: &str) -> Source {
    let zone = if id == HOME { "timezone = \"Asia/Ho_Chi_Minh\"" } else { "" };
    let config = format!("organization_id = \"{id}\"\n{zone}").parse().unwrap();
    Source { id: format!("events-{id}"), adapter: "eventbrite".to_owned(), config }
}

fn sandbox(now: &str) -> Arc<Sandbox> {
    Arc::new(Sandbox::new(now.parse().unwrap(), vec![source(HOME), source(ABROAD)], Settings::default()))
}

async fn ask(sandbox: &Arc<Sandbox>, token: &str, path: &str) -> (u16, Value) {
    let mut headers = HeaderMap::new();
    if !token.is_empty() {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let reply = answer(State(Desk::new(sandbox.clone())), Method::GET, path.parse().unwrap(), headers).await;
    let status = reply.status().as_u16();
    let bytes = to_bytes(reply.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn get(sandbox: &Arc<Sandbox>, organization: &str, path: &str) -> Value {
    let (status, body) = ask(sandbox, &token(&sandbox.world, organization), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// All rows of a list, page after page.
async fn all(sandbox: &Arc<Sandbox>, organization: &str, path: &str, name: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut next = path.to_owned();
    loop {
        let body = get(sandbox, organization, &next).await;
        rows.extend(body[name].as_array().unwrap().iter().cloned());
        let Some(continuation) = body["pagination"]["continuation"].as_str() else {
            assert_eq!(body["pagination"]["has_more_items"], false);
            assert_eq!(body["pagination"]["object_count"], rows.len());
            return rows;
        };
        let mark = if path.contains('?') { '&' } else { '?' };
        next = format!("{path}{mark}continuation={continuation}");
    }
}

#[tokio::test]
async fn bodies_have_the_recorded_keys() {
    let sandbox = sandbox(NOW);
    let orders = get(&sandbox, HOME, &format!("/v3/organizations/{HOME}/orders/")).await;
    assert_has_keys_of("eventbrite/orders.json", &orders);
    let attendees = get(&sandbox, HOME, &format!("/v3/organizations/{HOME}/attendees/")).await;
    assert_has_keys_of("eventbrite/attendees.json", &attendees);
    let organizations = get(&sandbox, HOME, "/v3/users/me/organizations/").await;
    assert_eq!(organizations["organizations"][0]["id"], HOME);
    assert_eq!(organizations["organizations"][0]["created"], "2019-01-01T00:00:00");
}

#[tokio::test]
async fn a_path_without_a_slash_is_sent_to_the_one_with_it() {
    let sandbox = sandbox(NOW);
    let mut headers = HeaderMap::new();
    headers.insert("host", "127.0.0.1:9".parse().unwrap());
    let uri = "/v3/users/me?x=1".parse().unwrap();
    let reply = answer(State(Desk::new(sandbox)), Method::GET, uri, headers).await;
    assert_eq!(reply.status(), 301);
    assert_eq!(reply.headers()["location"], "http://127.0.0.1:9/eventbrite/v3/users/me/?x=1");
}

#[tokio::test]
async fn refusals_speak_the_vendors_words() {
    let sandbox = sandbox(NOW);
    let own = token(&sandbox.world, HOME);
    assert_eq!(Eventbrite.secrets(&source(HOME)), [("token".to_owned(), own.clone())]);
    let public = public_token(&sandbox.world, HOME);
    let theirs = get(&sandbox, ABROAD, &format!("/v3/organizations/{ABROAD}/events/")).await;
    let theirs = format!("/v3/events/{}/", theirs["events"][0]["id"].as_str().unwrap());
    let list = format!("/v3/organizations/{HOME}/events/");
    let cases = [
        ("", "/v3/users/me/".to_owned(), 401, "NO_AUTH", "An OAuth token is required for all requests"),
        ("wrong", "/v3/users/me/".to_owned(), 401, "INVALID_AUTH", "The OAuth token you provided was invalid."),
        (
            &public,
            "/v3/users/me/".to_owned(),
            403,
            "NOT_AUTHORIZED",
            "You do not have permission to access the resource you requested.",
        ),
        (&own, theirs, 403, "NOT_AUTHORIZED", "You do not have permission to access the resource you requested."),
        (&own, "/v3/events/1/".to_owned(), 404, "NOT_FOUND", "The event you requested does not exist."),
        (
            &own,
            format!("{list}?status=odd"),
            400,
            "ARGUMENTS_ERROR",
            "There are errors with your arguments: status - INVALID",
        ),
        (
            &own,
            format!("{list}?page=2"),
            400,
            "BAD_PAGE",
            "The page number you requested does not exist or is not valid, use the continuation token.",
        ),
        (
            &own,
            format!("{list}?continuation=x"),
            400,
            "BAD_CONTINUATION_TOKEN",
            "The continuation token you provided is invalid.",
        ),
    ];
    for (token, path, status, error, description) in cases {
        let (found, body) = ask(&sandbox, token, &path).await;
        assert_eq!(found, status, "{path}");
        assert_eq!(body["status_code"], status);
        assert_eq!((&body["error"], &body["error_description"]), (&json!(error), &json!(description)), "{path}");
    }
}

#[tokio::test]
async fn every_odd_event_is_there() {
    let sandbox = sandbox(NOW);
    let events = all(&sandbox, HOME, &format!("/v3/organizations/{HOME}/events/?page_size=25"), "events").await;
    let october: Vec<&Value> =
        events.iter().filter(|event| event["start"]["local"].as_str().unwrap().starts_with("2026-10")).collect();
    let statuses: BTreeSet<&str> = october.iter().map(|event| event["status"].as_str().unwrap()).collect();
    assert!(statuses.is_superset(&BTreeSet::from(["completed", "draft"])), "{statuses:?}");
    assert!(events.iter().any(|event| event["status"] == "canceled"));
    let currencies: BTreeSet<&str> = october.iter().map(|event| event["currency"].as_str().unwrap()).collect();
    assert_eq!(currencies, BTreeSet::from(["USD", "VND"]));
    let parent = october.iter().find(|event| event["is_series_parent"] == true).unwrap();
    let id = parent["id"].as_str().unwrap();
    let nobody = get(&sandbox, HOME, &format!("/v3/events/{id}/attendees/")).await;
    assert_eq!(nobody["attendees"], json!([]));
    assert_eq!(
        nobody["pagination"],
        json!({"object_count": 0, "page_number": 1, "page_size": 50, "page_count": 1, "has_more_items": false})
    );
    let dates = get(&sandbox, HOME, &format!("/v3/series/{id}/events/")).await;
    assert_eq!(dates["events"].as_array().unwrap().len(), 2);
    let deserted = october.iter().find(|event| event["name"]["text"] == "Office hours 2026-10").unwrap();
    let people = get(&sandbox, HOME, &format!("/v3/events/{}/attendees/", deserted["id"].as_str().unwrap())).await;
    let people = people["attendees"].as_array().unwrap();
    assert!(!people.is_empty() && people.iter().all(|person| person["checked_in"] == false));
    let live = get(&sandbox, HOME, &format!("/v3/organizations/{HOME}/events/?status=live")).await;
    assert!(live["events"].as_array().unwrap().iter().all(|event| event["status"] == "live"));
}

#[tokio::test]
async fn dong_have_no_minor_units_and_dollars_have_two() {
    let sandbox = sandbox(NOW);
    let orders = all(&sandbox, HOME, &format!("/v3/organizations/{HOME}/orders/"), "orders").await;
    let paid = |currency: &str| {
        let gross = |order: &Value| order["costs"]["gross"].clone();
        orders.iter().map(gross).find(|gross| gross["currency"] == currency && gross["value"] != 0).unwrap()
    };
    let dong = paid("VND");
    assert_eq!(dong["major_value"], dong["value"].to_string());
    let dollars = paid("USD");
    let (whole, cents) = dollars["major_value"].as_str().unwrap().split_once('.').unwrap();
    assert_eq!(dollars["value"].to_string(), format!("{whole}{cents}"));
    for order in &orders {
        let value = |name: &str| order["costs"][name]["value"].as_u64().unwrap();
        assert_eq!(value("gross"), value("base_price") + value("eventbrite_fee") + value("payment_fee") + value("tax"));
    }
}

#[tokio::test]
async fn an_order_in_progress_still_has_time() {
    let sandbox = sandbox(NOW);
    let orders = all(&sandbox, HOME, &format!("/v3/organizations/{HOME}/orders/?status=started"), "orders").await;
    assert_eq!(orders[0]["time_remaining"], 600);
    assert!(orders.iter().all(|order| order["created"] == NOW));
}

#[tokio::test]
async fn a_refund_changes_a_past_month() {
    let path = format!("/v3/organizations/{HOME}/orders/?changed_since=2026-11-01T00:00:00Z");
    let changed = all(&sandbox(NOW), HOME, &path, "orders").await;
    let old: Vec<&Value> = changed.iter().filter(|order| order["created"].as_str().unwrap() < "2026-11-01").collect();
    assert!(old.iter().any(|order| order["status"] == "refunded"), "{} old orders changed", old.len());
    let revenue = |now: &str| total(&facts(HOME, now), "revenue", "VND");
    assert!(revenue("2026-11-20T00:00:00Z") < revenue("2026-11-01T00:00:00Z"));
}

fn facts(organization: &str, now: &str) -> Vec<Fact> {
    Eventbrite.ledger(&World::default(), &source(organization), now.parse::<Timestamp>().unwrap())
}

/// The sum over October 2026 of the day totals of a metric.
fn total(facts: &[Fact], metric: &str, currency: &str) -> Rational {
    let october = |fact: &&Fact| fact.start.year() == 2026 && fact.start.month() == 10;
    let own = |fact: &&Fact| fact.metric == metric && fact.currency.as_deref().unwrap_or_default() == currency;
    facts.iter().filter(october).filter(own).filter(|fact| fact.dims.is_empty()).map(|fact| fact.value.clone()).sum()
}

#[tokio::test]
async fn the_ledger_counts_what_a_reader_of_the_records_counts() {
    let sandbox = sandbox(NOW);
    let organization = format!("/v3/organizations/{ABROAD}");
    let orders = all(&sandbox, ABROAD, &format!("{organization}/orders/?page_size=100"), "orders").await;
    let attendees = all(&sandbox, ABROAD, &format!("{organization}/attendees/"), "attendees").await;
    let in_october = |row: &&Value| row["created"].as_str().unwrap().starts_with("2026-10");
    let placed = orders.iter().filter(in_october).filter(|order| order["status"] == "placed");
    let facts = facts(ABROAD, NOW);
    assert_eq!(total(&facts, "orders", ""), Rational::int(placed.clone().count()));
    for currency in ["USD", "EUR"] {
        let gross = placed.clone().map(|order| &order["costs"]["gross"]).filter(|gross| gross["currency"] == currency);
        let sum: Rational = gross.map(|gross| Rational::parse(gross["major_value"].as_str().unwrap()).unwrap()).sum();
        assert!(!sum.is_zero());
        assert_eq!(total(&facts, "revenue", currency), sum);
    }
    let registered = attendees
        .iter()
        .filter(in_october)
        .filter(|person| person["cancelled"] == false && person["refunded"] == false && person["status"] != "Unpaid");
    assert_eq!(total(&facts, "event_registrations", ""), Rational::int(registered.count()));
    let events = all(&sandbox, ABROAD, &format!("{organization}/events/"), "events").await;
    let began: BTreeSet<&str> = events
        .iter()
        .filter(|event| event["start"]["utc"].as_str().unwrap().starts_with("2026-10"))
        .map(|event| event["id"].as_str().unwrap())
        .collect();
    let came = attendees.iter().filter(|person| {
        began.contains(person["event_id"].as_str().unwrap())
            && person["checked_in"] == true
            && person["cancelled"] == false
    });
    assert_eq!(total(&facts, "event_attendance", ""), Rational::int(came.count()));
    assert!(attendees.iter().any(|person| person["cancelled"] == true));
    assert!(attendees.iter().all(|person| person["profile"]["email"].as_str().unwrap().ends_with("@example.com")));
}
